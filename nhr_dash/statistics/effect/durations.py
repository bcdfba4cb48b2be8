"""Before and after for minutes: how many minutes faster, how sure that is, and how many are now within the limit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.effect.proportions import ShareChange, before_after
from nhr_dash.statistics.intervals import NO_INTERVAL, Interval, two_sided_z

Floats = NDArray[np.float64]

EXACT_BELOW = 50
"""Both groups smaller than this and no ties: exact distribution, as in R."""
ALL_PAIRS = 4_000_000
"""Up to so many pairs the differences are listed; beyond, the wanted one is found by bisection."""
LEAST_LEVEL = 0.75
"""The widest interval of a very small sample covers less than 95 %; below this it is not given at all."""
SHORTEST = 0.5
"""Minutes: 0 minutes is real (a stroke in hospital), but has no logarithm; half a minute stands for it."""


@dataclass(frozen=True)
class RankTest:
    """Mann–Whitney test with the Hodges–Lehmann shift (after − before, in the data's unit)."""

    statistic: float
    p: float
    shift: Interval
    exact: bool


@dataclass(frozen=True)
class MinutesShift:
    """Minutes before and after; differences are after − before, so a negative shift is faster.

    median_*, quartiles_*: minutes. shift: Hodges–Lehmann median of all differences with its interval. p: Mann–Whitney,
    two-sided. ratio: after over before, from the logarithms (0.8 = a fifth shorter). within: the share within the
    limit, when one was given. reason: text key when a group is empty (the numbers are NaN), when so few patients allow
    no interval, or when all values are equal (the limits are NaN).
    """

    before_patients: int
    after_patients: int
    median_before: float
    median_after: float
    quartiles_before: tuple[float, float]
    quartiles_after: tuple[float, float]
    shift: Interval
    p: float
    ratio: Interval
    within: ShareChange | None
    reason: str | None


def known(values: ArrayLike) -> Floats:
    """The values that are known, sorted. NaN is unknown; ValueError when not one-dimensional or infinite."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise ValueError("minutes must be one list")
    array = np.sort(array[~np.isnan(array)])
    if array.size and not np.isfinite(array[[0, -1]]).all():
        raise ValueError("minutes must be finite")
    return array


@lru_cache(maxsize=256)
def _rank_sum_cdf(first: int, second: int) -> Floats:
    """Exact null distribution function of the Mann–Whitney statistic, element w = P(W ≤ w) (Mann & Whitney 1947)."""
    rows: list[Floats] = [np.ones(1) for _ in range(second + 1)]
    for i in range(1, first + 1):
        row = np.ones(1)
        fresh = [row]
        for j in range(1, second + 1):
            mass = np.zeros(i * j + 1)
            # The largest value is in the first group with chance i/(i+j), and then beats all j of the second.
            mass[j:] += i / (i + j) * rows[j]
            mass[: row.size] += j / (i + j) * row
            row = mass
            fresh.append(row)
        rows = fresh
    distribution: Floats = np.cumsum(rows[second])
    distribution.flags.writeable = False
    return distribution


@lru_cache(maxsize=64)
def _signed_rank_cdf(n: int) -> Floats:
    """Exact null distribution function of Wilcoxon's signed-rank statistic."""
    mass = np.ones(1)
    for rank in range(1, n + 1):
        longer = np.zeros(mass.size + rank)
        longer[: mass.size] += 0.5 * mass
        longer[rank:] += 0.5 * mass
        mass = longer
    distribution: Floats = np.cumsum(mass)
    distribution.flags.writeable = False
    return distribution


def _order_statistic(first: Floats, second: Floats, position: int) -> float:
    """The difference second − first at a 1-based position among all n1·n2 in rising order; both sorted."""
    pairs = first.size * second.size
    if pairs <= ALL_PAIRS:
        differences = np.subtract.outer(second, first).ravel()
        return float(np.partition(differences, position - 1)[position - 1])
    low, high = float(second[0] - first[-1]), float(second[-1] - first[0])
    for _ in range(100):
        middle = (low + high) / 2
        if int(np.searchsorted(second, first + middle, side="right").sum()) >= position:
            high = middle
        else:
            low = middle
    return high


def _median_difference(first: Floats, second: Floats) -> float:
    """Hodges–Lehmann: the median of all differences."""
    pairs = first.size * second.size
    upper = _order_statistic(first, second, pairs // 2 + 1)
    if pairs % 2:
        return upper
    return (_order_statistic(first, second, pairs // 2) + upper) / 2


def _tie_sum(*groups: Floats) -> float:
    """Σ(t³ − t) over the ties within each group."""
    total = 0.0
    for group in groups:
        times = np.unique(group, return_counts=True)[1].astype(float)
        total += float((times**3 - times).sum())
    return total


def _normal_two_sided(distance: float, deviation: float) -> float:
    """Two-sided p with the continuity correction; NaN where nothing varies."""
    if deviation <= 0:
        return math.nan
    return min(1.0, math.erfc(max(0.0, abs(distance) - 0.5) / deviation / math.sqrt(2)))


def mann_whitney(before: ArrayLike, after: ArrayLike, level: float = 0.95) -> RankTest:
    """Do the values after tend to be longer or shorter? Mann–Whitney with the Hodges–Lehmann shift and its interval.

    One-dimensional; NaN is unknown and left out. Exact without ties below 50 a group, else normal with tie and
    continuity correction (Hollander & Wolfe 1999, ch 4). Empty groups and all-equal values give NaN. Very
    small groups get the widest interval there is, whose level may be under the one asked for (2 with 3 patients: 80 %),
    or NaN limits.
    """
    b, a = known(before), known(after)
    if not (b.size and a.size):
        return RankTest(math.nan, math.nan, NO_INTERVAL, False)
    pairs, both = a.size * b.size, np.concatenate((b, a))
    less = np.searchsorted(b, a, side="left").sum()
    statistic = float((less + np.searchsorted(b, a, side="right").sum()) / 2)
    ties = _tie_sum(both)
    exact = ties == 0 and max(a.size, b.size) < EXACT_BELOW
    z, total = two_sided_z(level), both.size
    if exact:
        distribution = _rank_sum_cdf(a.size, b.size)
        below = distribution[int(min(statistic, pairs - statistic))]
        p = min(1.0, 2 * float(below))
        position = int(np.searchsorted(distribution, (1 - level) / 2 * (1 - 1e-12)))
    else:
        deviation = math.sqrt(max(0.0, pairs / 12 * (total + 1 - ties / (total * (total - 1)))))
        p = _normal_two_sided(statistic - pairs / 2, deviation)
        # Shifted by a value that is no difference, only the ties within each group remain.
        within = math.sqrt(max(0.0, pairs / 12 * (total + 1 - _tie_sum(b, a) / (total * (total - 1)))))
        position = math.floor(pairs / 2 - 0.5 - z * within) + 1
    position = min(max(position, 1), pairs)
    estimate = _median_difference(b, a)
    if np.ptp(both) == 0:
        return RankTest(statistic, math.nan, Interval(estimate, math.nan, math.nan), False)
    if 2 / math.comb(total, a.size) > 1 - LEAST_LEVEL:
        return RankTest(statistic, p, Interval(estimate, math.nan, math.nan), exact)
    low, high = _order_statistic(b, a, position), _order_statistic(b, a, pairs + 1 - position)
    return RankTest(statistic, p, Interval(estimate, min(low, high), max(low, high)), exact)


def minutes_shift(
    before: ArrayLike, after: ArrayLike, *, limit: float | None = None, level: float = 0.95
) -> MinutesShift:
    """Compare the minutes of patients before a change with those after it.

    One-dimensional lists of minutes; NaN is unknown and left out (unknown is not "too late"). limit: minutes; a
    patient at exactly the limit is within it. One patient a side gives the medians and the reason why there is no more.
    """
    b, a = known(before), known(after)
    within = None
    if limit is not None:
        within = before_after(int((b <= limit).sum()), b.size, int((a <= limit).sum()), a.size, level=level)
    if not (b.size and a.size):
        gone = (math.nan, math.nan)
        missing = "both" if not (b.size or a.size) else "before" if not b.size else "after"
        reason = "effect.no_patients" if missing == "both" else f"effect.no_patients_{missing}"
        middle = [float(np.median(group)) if group.size else math.nan for group in (b, a)]
        return MinutesShift(
            b.size, a.size, middle[0], middle[1], gone, gone, NO_INTERVAL, math.nan, NO_INTERVAL, within, reason
        )
    test = mann_whitney(b, a, level)
    logs = mann_whitney(np.log(np.maximum(b, SHORTEST)), np.log(np.maximum(a, SHORTEST)), level).shift
    unsure: str | None = None
    if math.isnan(test.shift.low):
        unsure = "effect.all_equal" if math.isnan(test.p) else "effect.too_few_for_interval"
    quartiles = [np.quantile(group, (0.25, 0.5, 0.75)).tolist() for group in (b, a)]
    return MinutesShift(
        before_patients=b.size,
        after_patients=a.size,
        median_before=quartiles[0][1],
        median_after=quartiles[1][1],
        quartiles_before=(quartiles[0][0], quartiles[0][2]),
        quartiles_after=(quartiles[1][0], quartiles[1][2]),
        shift=test.shift,
        p=test.p,
        ratio=Interval(math.exp(logs.estimate), math.exp(logs.low), math.exp(logs.high)),
        within=within,
        reason=unsure,
    )


def quantile_change(
    before: ArrayLike, after: ArrayLike, quantile: float = 0.5, *, level: float = 0.95, draws: int = 2000, seed: int = 1
) -> Interval:
    """Change of any quantile (after − before) with a bootstrap percentile interval (Efron & Tibshirani 1993, ch 13).

    quantile 0..1, R's type 7. NaN without patients on both sides; with fewer than 5 on one side the estimate stands
    and the limits are NaN, because resampling so few says nothing. The seed makes the same page show the same numbers.
    """
    if not 0 <= quantile <= 1:
        raise ValueError("a quantile lies between 0 and 1")
    b, a = known(before), known(after)
    if not (b.size and a.size):
        return NO_INTERVAL
    estimate = float(np.quantile(a, quantile) - np.quantile(b, quantile))
    if min(a.size, b.size) < 5:
        return Interval(estimate, math.nan, math.nan)
    generator = np.random.default_rng(seed)
    changes = np.zeros(draws)
    for group, sign in ((a, 1), (b, -1)):
        drawn = group[generator.integers(0, group.size, (draws, group.size))]
        changes += sign * np.quantile(drawn, quantile, axis=1)
    low, high = np.quantile(changes, ((1 - level) / 2, (1 + level) / 2))
    return Interval(estimate, float(low), float(high))


def paired_minutes(before: ArrayLike, after: ArrayLike, level: float = 0.95) -> RankTest:
    """The same patients or hospitals measured twice: Wilcoxon's signed-rank test with the Hodges–Lehmann shift.

    Two lists of one length (ValueError otherwise); a pair with a NaN is left out, as are pairs without a change. No
    pair that changed: shift 0 with p 1; no pair at all: NaN. (Hollander & Wolfe 1999, ch 3.)
    """
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError("pairs need two lists of one length")
    change = (second - first)[~np.isnan(second - first)]
    if change.size == 0:
        return RankTest(math.nan, math.nan, NO_INTERVAL, False)
    moved = change[change != 0]
    n = moved.size
    if n == 0:
        return RankTest(0.0, 1.0, Interval(0.0, 0.0, 0.0), True)
    size = np.abs(moved)
    ordered = np.sort(size)
    ranks = (np.searchsorted(ordered, size, "left") + np.searchsorted(ordered, size, "right") + 1) / 2
    statistic, most = float(ranks[moved > 0].sum()), n * (n + 1) // 2
    ties = _tie_sum(size)
    exact = ties == 0 and n == change.size and n < EXACT_BELOW
    i, j = np.triu_indices(n)
    walsh = np.sort((moved[i] + moved[j]) / 2)
    if exact:
        distribution = _signed_rank_cdf(n)
        p = min(1.0, 2 * float(distribution[int(min(statistic, most - statistic))]))
        position = int(np.searchsorted(distribution, (1 - level) / 2 * (1 - 1e-12)))
    else:
        full = n * (n + 1) * (2 * n + 1) / 24
        p = _normal_two_sided(statistic - most / 2, math.sqrt(full - ties / 48))
        within = math.sqrt(full - _tie_sum(moved) / 48)
        position = math.floor(most / 2 - 0.5 - two_sided_z(level) * within) + 1
    position = min(max(position, 1), most)
    low, high = float(walsh[position - 1]), float(walsh[most - position])
    return RankTest(statistic, p, Interval(float(np.median(walsh)), min(low, high), max(low, high)), exact)
