"""Who changed, when and by how much: one lasting step looked for in every unit's series, with false findings held down.

Each unit gets an exact p-value for its best step, however many places were tried; the p-values of all units then share
one false discovery rate, and the intervals pay for being chosen (Benjamini & Yekutieli, JASA 2005;100:71).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics import fdr
from nhr_dash.statistics.intervals import Floats, newcombe

FEWEST_PERIODS = 3
FEWEST_PATIENTS = 10
# The true place has a likelihood ratio at most this far below the best in 95 % of found steps or more (simulated at 4,
# 11 and 37 patients a period, lifts of 13 to 25 points: the 95th percentile runs from 3.6 to 7.4).
PLACE_QUANTILE = 7.4
COLUMNS = [
    *("found", "start", "earliest", "latest", "before", "after", "difference", "low", "high"),
    *("patients_before", "patients_after", "statistic", "p", "p_adjusted", "reason"),
]


@dataclass(frozen=True)
class Steps:
    """The best step of each unit.

    `units`: one row a unit, in the order given. found; start (0-based place of the first period after the step);
    earliest and latest (the places that the step can have had, 95 %); before and after (shares), difference with low
    and high; patients_before and patients_after; statistic (likelihood ratio); p (exact, for the best of all places);
    p_adjusted (for all units); reason (None, or why no step could be looked for: steps.too_little_data or
    steps.none_or_all). Where there is a reason numbers are NaN and start, earliest and latest are −1.

    `phi`: how much more the series vary around their steps than chance (1 or more); the tests are held back by it.
    `rate`: the false discovery rate.
    """

    units: pd.DataFrame
    phi: float
    rate: float

    @property
    def found(self) -> pd.DataFrame:
        """The units with a step, largest difference first."""
        chosen = self.units[self.units["found"]]
        return chosen.reindex(chosen["difference"].abs().sort_values(ascending=False, kind="stable").index)


def _loglik(x: Floats, n: Floats) -> Floats:
    """Highest log-likelihood of x of n with one share; 0 where all or none."""
    p = np.divide(x, n, out=np.zeros_like(x), where=n > 0)
    inside = (p > 0) & (p < 1)
    safe = np.where(inside, p, 0.5)
    return np.where(inside, x * np.log(safe) + (n - x) * np.log1p(-safe), 0.0)


def _statistic(x: Floats, n: Floats, all_x: float, all_n: float) -> Floats:
    """Likelihood ratio of a step after the first n patients, x of them with the outcome."""
    rest_x, rest_n = all_x - x, all_n - n
    whole = _loglik(np.array([float(all_x)]), np.array([float(all_n)]))[0]
    return np.maximum(0.0, 2 * (_loglik(x, n) + _loglik(rest_x, rest_n) - whole))


def _places(n: Floats, fewest_periods: int, fewest_patients: int) -> NDArray[np.intp]:
    """Where a step may be: enough periods with patients, and enough patients, on both sides."""
    with_patients = np.cumsum(n > 0)
    patients = np.cumsum(n)
    before = (with_patients >= fewest_periods) & (patients >= fewest_patients)
    after = (with_patients[-1] - with_patients >= fewest_periods) & (patients[-1] - patients >= fewest_patients)
    # A period without patients moves no patient over: the step is said to come at the first period that has some.
    following = np.append(n[1:] > 0, False)
    return np.flatnonzero(before & after & following)


def exact_p(n: ArrayLike, events: int, places: ArrayLike, reached: float) -> float:
    """P(the best step reaches the statistic `reached`) when all patients are alike, given the number of events.

    n: patients a period; places: the periods after which a step was looked for. The running count of events is a Markov
    chain; the probability that leaves it at each place is added up, so small p-values are exact too.
    """
    from scipy.stats import binom

    size = np.asarray(n, dtype=float)
    total, share = float(size.sum()), events / float(size.sum())
    looked = set(np.asarray(places).tolist())
    state, p, seen = np.ones(1), 0.0, 0.0
    whole = float(binom.pmf(events, total, share))
    for place, patients in enumerate(size):
        if patients > 0:
            state = np.convolve(state, binom.pmf(np.arange(patients + 1), patients, share))[: events + 1]
            seen += patients
        if place in looked:
            counts = np.arange(state.size, dtype=float)
            possible = events - counts <= total - seen
            value = np.where(possible, _statistic(counts, np.full_like(counts, seen), events, total), 0.0)
            gone = possible & (value >= reached - 1e-9)
            p += float((state[gone] * binom.pmf(events - counts[gone], total - seen, share)).sum())
            state[gone] = 0.0
    return min(1.0, p / whole)


def _spread(x: Floats, n: Floats, start: NDArray[np.intp]) -> float:
    """φ around the best steps: Pearson's χ² per degree of freedom, over all units together, at least 1."""
    squares, freedom = 0.0, 0.0
    for row, size, at in zip(x, n, start, strict=True):
        if at < 0:
            continue
        for part in (slice(0, at), slice(at, None)):
            y, m = row[part], size[part]
            known = m > 0
            share = float(y.sum() / m.sum())
            if 0 < share < 1:
                squares += float((((y - m * share)[known]) ** 2 / (m[known] * share * (1 - share))).sum())
                freedom += float(known.sum()) - 1
        # The place of the step was chosen to fit: about one more freedom is used.
        freedom -= 1
    return max(1.0, squares / freedom) if freedom > 0 else 1.0


def find_steps(
    x: ArrayLike,
    n: ArrayLike,
    *,
    rate: float = 0.05,
    fewest_periods: int = FEWEST_PERIODS,
    fewest_patients: int = FEWEST_PATIENTS,
) -> Steps:
    """Look for one step in each of many series.

    x and n: units × periods, patients with the outcome and patients; NaN or n = 0 is a period without patients. A step
    needs fewest_periods and fewest_patients on both sides. rate: of the units reported, at most this share (expected)
    have no step. The test takes patients to be independent but for φ, and has one step in mind: a slow trend, or a
    change that the whole country made, is reported as a step too. ValueError when shapes differ or x > n.
    """
    counts, sizes = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    if counts.shape != sizes.shape or counts.ndim != 2:
        raise ValueError("units × periods, of the same shape")
    empty = np.isnan(counts) | ~(sizes > 0)
    counts, sizes = np.where(empty, 0.0, counts), np.where(empty, 0.0, sizes)
    if np.any(counts < 0) or np.any(counts > sizes):
        raise ValueError("a count must lie between 0 and its denominator")
    if not 0 < rate < 1:
        raise ValueError("a rate must lie between 0 and 1")
    units = counts.shape[0]
    table = pd.DataFrame(np.nan, index=range(units), columns=COLUMNS)
    start = np.full(units, -1)
    earliest, latest = start.copy(), start.copy()
    searched: dict[int, NDArray[np.intp]] = {}
    reasons: list[str | None] = [None] * units
    for unit in range(units):
        where = _places(sizes[unit], fewest_periods, fewest_patients) if sizes.shape[1] else np.array([], dtype=int)
        all_x, all_n = float(counts[unit].sum()), float(sizes[unit].sum())
        if not where.size:
            reasons[unit] = "steps.too_little_data"
            continue
        if all_x in (0.0, all_n):
            reasons[unit] = "steps.none_or_all"
            continue
        searched[unit] = where
        value = _statistic(np.cumsum(counts[unit])[where], np.cumsum(sizes[unit])[where], all_x, all_n)
        start[unit] = where[int(np.argmax(value))] + 1
        table.loc[unit, "statistic"] = value.max()
    phi = _spread(counts, sizes, start)
    for unit, where in searched.items():
        all_x, all_n = float(counts[unit].sum()), float(sizes[unit].sum())
        best = float(table.loc[unit, "statistic"])
        table.loc[unit, "p"] = exact_p(sizes[unit], round(all_x), where, best / phi)
        value = _statistic(np.cumsum(counts[unit])[where], np.cumsum(sizes[unit])[where], all_x, all_n)
        possible = where[value >= best - phi * PLACE_QUANTILE] + 1
        earliest[unit], latest[unit] = possible.min(), possible.max()
    adjusted = fdr.benjamini_hochberg(table["p"].to_numpy())
    found = np.nan_to_num(adjusted, nan=1.0) <= rate
    # Only the units found are reported: their intervals are widened so that a share `rate` of *these* miss.
    level = 1 - rate * max(int(found.sum()), 1) / max(len(searched), 1)
    for unit in searched:
        at = start[unit]
        x1, n1 = float(counts[unit, :at].sum()), float(sizes[unit, :at].sum())
        x2, n2 = float(counts[unit, at:].sum()), float(sizes[unit, at:].sum())
        # Over-dispersion makes the patients worth fewer.
        change = newcombe(x1 / phi, n1 / phi, x2 / phi, n2 / phi, level)
        table.loc[unit, ["before", "after", "difference", "low", "high"]] = [x1 / n1, x2 / n2, *change]
        table.loc[unit, ["patients_before", "patients_after"]] = [n1, n2]
    table["p_adjusted"], table["found"] = adjusted, found
    table["start"], table["earliest"], table["latest"] = start, earliest, latest
    table["reason"] = pd.Series(reasons, dtype=object)
    return Steps(table, phi, rate)
