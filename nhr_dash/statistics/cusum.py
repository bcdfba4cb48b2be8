"""Patient by patient: Bernoulli and risk-adjusted CUSUM with limits that keep their promise, VLAD and EWMA.

The CUSUM's limit is found for the volume and the baseline at hand. A fixed 3.5 gives 5–38 % false alarms a year at
Norwegian volumes, because it knows neither how many patients there are nor that the baseline itself is an estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

STATES = 240
"""Cells between 0 and the limit; doubling them moves the false-alarm probability by less than 0.0005."""


@dataclass(frozen=True)
class Cusum:
    """A CUSUM: its value after each patient (0-based, same length as the outcomes) and where it signalled."""

    value: Floats
    signals: tuple[int, ...]
    limit: float


@dataclass(frozen=True)
class Limit:
    """A calibrated limit h, and the probability that it is passed within a year when nothing has changed."""

    h: float
    false_alarm: float


def shifted(share: ArrayLike, odds_ratio: float) -> Floats:
    """The share (0..1) after the odds are multiplied by the odds ratio."""
    p = np.asarray(share, dtype=float)
    return odds_ratio * p / (1 - p + odds_ratio * p)


def weights(outcome: ArrayLike, expected: ArrayLike, odds_ratio: float) -> Floats:
    """Log-likelihood-ratio weights (Steiner et al, Biostatistics 2000;1:441).

    outcome: 0 or 1, NaN unknown (weight 0); expected: probability of 1 for each patient, or one for all, 0 < p < 1;
    odds_ratio: the change looked for (> 1 up, < 1 down). With one p for all this is the Bernoulli CUSUM's weight.
    ValueError for other values.
    """
    y, p = np.broadcast_arrays(np.asarray(outcome, dtype=float), np.asarray(expected, dtype=float))
    if odds_ratio <= 0 or odds_ratio == 1:
        raise ValueError("the odds ratio must be positive and other than 1")
    if np.any((p <= 0) | (p >= 1)):
        raise ValueError("expected probabilities must lie between 0 and 1")
    if np.any((y != 0) & (y != 1) & ~np.isnan(y)):
        raise ValueError("an outcome is 0, 1 or missing")
    scored = y * math.log(odds_ratio) - np.log1p(p * (odds_ratio - 1))
    return np.where(np.isnan(y), 0.0, scored)


def accumulate(weight: ArrayLike, h: float, *, reset: bool = True) -> Cusum:
    """Sum the weights, never below 0; a signal where the sum reaches h (≥), after which it starts again from 0.

    The value shown at a signal is the sum that reached the limit. Without reset it goes on from there, and every
    patient at or above the limit is listed.
    """
    if not h > 0:
        raise ValueError("a limit must be positive")
    values, signals, sum_now = [], [], 0.0
    for position, step in enumerate(np.asarray(weight, dtype=float).tolist()):
        sum_now = max(0.0, sum_now + step)
        values.append(sum_now)
        if sum_now >= h:
            signals.append(position)
            if reset:
                sum_now = 0.0
    return Cusum(np.array(values, dtype=float), tuple(signals), h)


def bernoulli_cusum(outcome: ArrayLike, baseline: float, odds_ratio: float, h: float) -> Cusum:
    """Bernoulli CUSUM of 0/1 outcomes against one baseline share (Reynolds & Stoumbos, J Qual Technol 1999;31:87)."""
    return accumulate(weights(outcome, baseline, odds_ratio), h)


def vlad(outcome: ArrayLike, expected: ArrayLike) -> Floats:
    """Expected minus observed, summed up: lives (or whatever 1 means) gained (Lovegrove, Lancet 1997;350:1128).

    An unknown outcome (NaN) moves nothing. It has no limits of its own: show it with the CUSUM's signals.
    """
    y, p = np.asarray(outcome, dtype=float), np.asarray(expected, dtype=float)
    return np.cumsum(np.where(np.isnan(y), 0.0, p - y))


@dataclass(frozen=True)
class Ewma:
    """Exponentially weighted average with its limits, one value a point; where a point is missing the average stays."""

    value: Floats
    lower: Floats
    upper: Floats
    outside: NDArray[np.bool_]


def ewma(y: ArrayLike, center: float, sigma: float | ArrayLike, weight: float = 0.2, width: float = 3.0) -> Ewma:
    """EWMA chart (Roberts, Technometrics 1959;1:239; limits: Montgomery 9.2).

    y: values, NaN missing; center: the level before; sigma: standard deviation of one point, one for all or one a
    point (then the exact variance with unequal denominators); weight λ in (0, 1]; width L in sigmas. ValueError else.
    """
    if not 0 < weight <= 1:
        raise ValueError("the weight must lie between 0 and 1")
    values, spread = np.broadcast_arrays(np.asarray(y, dtype=float), np.asarray(sigma, dtype=float))
    average, variance, shown, reach = center, 0.0, [], []
    for value, deviation in zip(values.tolist(), spread.tolist(), strict=True):
        if not (math.isnan(value) or math.isnan(deviation)):
            average = weight * value + (1 - weight) * average
            variance = weight**2 * deviation**2 + (1 - weight) ** 2 * variance
        shown.append(average)
        reach.append(width * math.sqrt(variance))
    path, half = np.array(shown, dtype=float), np.array(reach, dtype=float)
    outside = (np.abs(path - center) > half) & ~np.isnan(values)
    return Ewma(path, center - half, center + half, outside)


def signal_probability(
    p_true: float,
    baseline: ArrayLike,
    odds_ratio: float,
    h: float,
    *,
    patients: int,
    chances: ArrayLike | None = None,
) -> float:
    """Probability that the Bernoulli CUSUM reaches h within so many patients, by Markov chain (Brook & Evans 1972).

    p_true: the real share; baseline: the share the chart uses, or several possible ones with their `chances`
    (an estimated baseline). Mass between two cells is split between them, so that the mean step is exact.
    """
    p = np.atleast_1d(np.asarray(baseline, dtype=float))
    chance = np.full(p.size, 1 / p.size) if chances is None else np.asarray(chances, dtype=float)
    cell = h / STATES
    yes, no = (weights(outcome, p, odds_ratio) / cell for outcome in (1.0, 0.0))
    mass = np.zeros((p.size, STATES))
    mass[:, 0] = 1.0
    moves = [(*_landing(steps), share) for steps, share in ((yes, p_true), (no, 1 - p_true))]
    size = STATES + 1
    offset = np.arange(p.size)[:, None] * size
    for _ in range(patients):
        flat = np.zeros(p.size * size)
        for cells, part, share in moves:
            flat += np.bincount((cells + offset).ravel(), (mass * (1 - part) * share).ravel(), flat.size)
            upper = np.minimum(cells + 1, STATES)
            flat += np.bincount((upper + offset).ravel(), (mass * part * share).ravel(), flat.size)
        mass = flat.reshape(p.size, size)[:, :STATES]
    return float(chance @ (1 - mass.sum(axis=1)))


def _landing(steps: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Where each cell's mass lands after a step (in cells): the lower cell, and the part that goes to the next."""
    target = np.arange(STATES)[None, :] + steps[:, None]
    held = np.clip(target, 0.0, STATES)
    lower = np.floor(held).astype(np.intp)
    return lower, held - lower


def possible_baselines(baseline: float, patients: int, nodes: int = 41) -> tuple[Floats, Floats]:
    """Baselines that so many patients may show when the real share is `baseline`, with their chances."""
    from scipy.stats import binom

    counts = np.arange(patients + 1)
    chance = binom.pmf(counts, patients, baseline)
    keep = chance > 1e-6
    seen, chance = counts[keep].astype(float), chance[keep] / chance[keep].sum()
    if seen.size > nodes:
        group = np.arange(seen.size) * nodes // seen.size
        total = np.bincount(group, chance)
        seen, chance = np.bincount(group, chance * seen) / total, total
    # Half a patient is added to each side, so that a baseline of 0 or 100 % still has odds.
    return (seen + 0.5) / (patients + 1), chance


@lru_cache(maxsize=512)
def calibrated_limit(
    baseline: float,
    yearly_patients: int,
    *,
    baseline_patients: int | None = None,
    odds_ratio: float = 2.0,
    false_alarm: float = 0.05,
) -> Limit:
    """The limit h that gives the wanted probability of a false alarm within a year of patients.

    baseline: share 0 < p < 1; baseline_patients: how many it was estimated from (None: known from outside, such as a
    standard). odds_ratio > 1 looks for a rise, < 1 for a fall. ValueError for impossible values. Cached.
    """
    if not 0 < baseline < 1 or not 0 < false_alarm < 1 or yearly_patients < 1:
        raise ValueError("baseline and false-alarm rate lie between 0 and 1, and a year has patients")
    if baseline_patients is None:
        possible, chances = np.array([baseline]), np.array([1.0])
    else:
        possible, chances = possible_baselines(baseline, baseline_patients)
    low, high = 0.05, 12.0
    while high - low > 0.004:
        middle = (low + high) / 2
        if (
            signal_probability(baseline, possible, odds_ratio, middle, patients=yearly_patients, chances=chances)
            > false_alarm
        ):
            low = middle
        else:
            high = middle
    reached = signal_probability(baseline, possible, odds_ratio, high, patients=yearly_patients, chances=chances)
    return Limit(high, reached)


def simulated_limit(
    expected: ArrayLike,
    yearly_patients: int,
    *,
    odds_ratio: float = 2.0,
    false_alarm: float = 0.05,
    runs: int = 4000,
    seed: int = 1,
) -> Limit:
    """The limit h of a risk-adjusted CUSUM: with it the wanted share of years of in-control patients has a signal.

    expected: probabilities (0 < p < 1) of the unit's own patients, from which years are drawn; a limit for their mean
    alone would be wrong where patients differ (Steiner et al, Biostatistics 2000;1:441, section 4). ValueError for
    impossible values.
    """
    p = np.asarray(expected, dtype=float)
    if not p.size or yearly_patients < 1 or not 0 < false_alarm < 1:
        raise ValueError("a year has patients, and a false-alarm rate lies between 0 and 1")
    random = np.random.default_rng(seed)
    now, highest = np.zeros(runs), np.zeros(runs)
    for _ in range(yearly_patients):
        drawn = p[random.integers(0, p.size, runs)]
        outcome = (random.random(runs) < drawn).astype(float)
        now = np.maximum(0.0, now + weights(outcome, drawn, odds_ratio))
        np.maximum(highest, now, out=highest)
    h = float(np.quantile(highest, 1 - false_alarm, method="higher"))
    # Heights are whole sums of a few weights: many years may reach exactly h, which would count as a signal.
    h = math.nextafter(h, math.inf)
    return Limit(h, float((highest >= h).mean()))


@dataclass(frozen=True)
class RiskAdjusted:
    """Patients followed against what was expected of each: the VLAD, and a CUSUM for fewer and one for more events.

    Arrays with one value a patient. `fewer_limit` and `more_limit` each give a false alarm in `false_alarm` of years.
    """

    gained: Floats
    fewer: Cusum
    more: Cusum
    fewer_limit: Limit
    more_limit: Limit


def risk_adjusted(
    outcome: ArrayLike,
    expected: ArrayLike,
    yearly_patients: int,
    *,
    odds_ratio: float = 2.0,
    false_alarm: float = 0.025,
) -> RiskAdjusted:
    """Follow events (1 or 0, in order) against their probabilities, for odds multiplied and divided by the odds ratio.

    false_alarm: a year, of each of the two limits. ValueError as in `weights` and `simulated_limit`.
    """
    found = []
    for ratio in (1 / odds_ratio, odds_ratio):
        limit = simulated_limit(expected, yearly_patients, odds_ratio=ratio, false_alarm=false_alarm)
        found.append((accumulate(weights(outcome, expected, ratio), limit.h), limit))
    (fewer, fewer_limit), (more, more_limit) = found
    return RiskAdjusted(vlad(outcome, expected), fewer, more, fewer_limit, more_limit)
