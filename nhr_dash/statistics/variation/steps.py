"""Who changed, when and by how much: one lasting step looked for in every unit's series, with false findings held down.

Each unit gets an exact p-value for its best step, however many places were tried; the p-values of all units then share
one false discovery rate, and the intervals pay for being chosen (Benjamini & Yekutieli, JASA 2005;100:71).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics import fdr
from nhr_dash.statistics.casemix.logistic import expit, logit
from nhr_dash.statistics.intervals import Floats, newcombe

FEWEST_PERIODS = 3
FEWEST_PATIENTS = 10
# The true place has a score statistic at most this far below the best in 95 % of found steps or more (simulated at 4,
# 11 and 37 patients a period, lifts of 13 to 25 points: the 95th percentile runs from 3.6 to 7.4).
PLACE_QUANTILE = 7.4
COLUMNS = [
    *("found", "start", "earliest", "latest", "before", "after", "others", "difference", "low", "high"),
    *("patients_before", "patients_after", "statistic", "p", "p_adjusted", "reason"),
]


@dataclass(frozen=True)
class Steps:
    """The best step of each unit.

    `units`: one row a unit, in the order given. found; start (0-based place of the first period after the step);
    earliest and latest (the places that the step can have had, 95 %); before and after (shares); others (the change
    that `against` lets expect, else 0); difference beyond that, with low and high; patients_before and patients_after;
    statistic (score); p (exact, for the best of all places); p_adjusted (for all units); reason (None, or why no step
    could be looked for: variation.too_little_data or variation.none_or_all). Where there is a reason
    numbers are NaN and start, earliest and latest are −1.

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


def _level(n: Floats, against: Floats, events: float) -> Floats:
    """Each period's chance when the unit follows `against` all along, moved in log odds to meet its own events."""
    from scipy.optimize import brentq

    if np.ptp(against[n > 0]) == 0:
        return np.full(n.shape, events / n.sum())
    odds = logit(against)

    def missing(move: float) -> float:
        return float((n * expit(odds + move)).sum() - events)

    return expit(odds + brentq(missing, -40.0, 40.0, xtol=1e-13))


def _statistic(x: ArrayLike, expected: ArrayLike, variance: ArrayLike, whole: float) -> Floats:
    """Score statistic of a step: x events up to a place where `expected` (with `variance`) were, of `whole` variance.

    With one chance all along this is Pearson's χ² of the four-fold table before/after.
    """
    spread = np.asarray(variance, dtype=float) * (1 - np.asarray(variance, dtype=float) / whole)
    return (np.asarray(x, dtype=float) - np.asarray(expected, dtype=float)) ** 2 / spread


def _places(n: Floats, fewest_periods: int, fewest_patients: int) -> NDArray[np.intp]:
    """Where a step may be: enough periods with patients, and enough patients, on both sides."""
    with_patients = np.cumsum(n > 0)
    patients = np.cumsum(n)
    before = (with_patients >= fewest_periods) & (patients >= fewest_patients)
    after = (with_patients[-1] - with_patients >= fewest_periods) & (patients[-1] - patients >= fewest_patients)
    # A period without patients moves no patient over: the step is said to come at the first period that has some.
    following = np.append(n[1:] > 0, False)
    return np.flatnonzero(before & after & following)


def exact_p(n: ArrayLike, chance: ArrayLike, events: int, places: ArrayLike, reached: float) -> float:
    """P(the best step reaches the statistic `reached`) when there is none, given the number of events.

    n: patients a period, chance: of each of its patients; places: the periods after which a step was looked for. The
    running count of events is a Markov chain; the probability that leaves it at each place is added up, so small
    p-values are exact too.
    """
    from scipy.stats import binom

    size, shares = np.asarray(n, dtype=float), np.asarray(chance, dtype=float)
    looked = set(np.asarray(places).tolist())
    # One call for all periods: scipy asks as much of a call with one number as of one with hundreds.
    counted = size.astype(np.intp) + 1
    outcomes = np.concatenate([np.arange(m) for m in counted])
    every = binom.pmf(outcomes, np.repeat(size, counted), np.repeat(shares, counted))
    steps = np.split(every, np.cumsum(counted)[:-1])
    rest = [np.ones(1)]
    for step in reversed(steps):
        rest.append(np.convolve(rest[-1], step)[: events + 1])
    rest.reverse()
    expected, variance = np.cumsum(size * shares), np.cumsum(size * shares * (1 - shares))
    state, p = np.ones(1), 0.0
    for place, step in enumerate(steps):
        state = np.convolve(state, step)[: events + 1]
        if place not in looked:
            continue
        counts = np.arange(state.size)
        value = _statistic(counts, expected[place], variance[place], variance[-1])
        left = events - counts
        ahead = rest[place + 1]
        gone = (value >= reached * (1 - 1e-9)) & (left < ahead.size)
        p += float((state[gone] * ahead[left[gone]]).sum())
        state[gone] = 0.0
    return min(1.0, p / float(rest[0][events]))


def _spread(x: Floats, n: Floats, against: Floats, start: NDArray[np.intp]) -> float:
    """φ around the best steps: Pearson's χ² per degree of freedom, over all units together, at least 1."""
    squares, freedom = 0.0, 0.0
    for row, size, goal, at in zip(x, n, against, start, strict=True):
        if at < 0:
            continue
        for part in (slice(0, at), slice(at, None)):
            known = size[part] > 0
            y, m = row[part][known], size[part][known]
            if 0 < y.sum() < m.sum():
                share = _level(m, goal[part][known], float(y.sum()))
                squares += float(((y - m * share) ** 2 / (m * share * (1 - share))).sum())
                freedom += float(known.sum()) - 1
        # The place of the step was chosen to fit: about one more freedom is used.
        freedom -= 1
    return max(1.0, squares / freedom) if freedom > 0 else 1.0


@dataclass(frozen=True)
class _Search:
    """One unit's series, where a step may be, and the statistic there."""

    x: Floats
    n: Floats
    against: Floats
    chance: Floats
    places: NDArray[np.intp]
    value: Floats

    @property
    def start(self) -> int:
        """The first period after the best step."""
        return int(self.places[int(np.argmax(self.value))]) + 1

    def row(self, phi: float, level: float) -> dict[str, float]:
        """Numbers of the best step for `Steps.units`."""
        possible = self.places[self.value >= self.value.max() - phi * PLACE_QUANTILE] + 1
        at = self.start
        x1, n1 = float(self.x[:at].sum()), float(self.n[:at].sum())
        x2, n2 = float(self.x[at:].sum()), float(self.n[at:].sum())
        expected = self.n * self.chance
        others = 0.0
        if np.ptp(self.against[self.n > 0]) > 0:
            others = float(expected[at:].sum() / n2 - expected[:at].sum() / n1)
        # Over-dispersion makes the patients worth fewer.
        change = newcombe(x1 / phi, n1 / phi, x2 / phi, n2 / phi, level)
        return {
            **{"start": at, "earliest": int(possible.min()), "latest": int(possible.max())},
            **{"before": x1 / n1, "after": x2 / n2, "others": others},
            **{"difference": change.estimate - others, "low": change.low - others, "high": change.high - others},
            **{"patients_before": n1, "patients_after": n2, "statistic": float(self.value.max())},
        }


def _search(x: Floats, n: Floats, against: Floats, fewest_periods: int, fewest_patients: int) -> _Search | str:
    """Look through one unit's series, or say why not."""
    places = _places(n, fewest_periods, fewest_patients) if n.size else np.array([], dtype=np.intp)
    if not places.size:
        return "variation.too_little_data"
    events = float(x.sum())
    if events in (0.0, float(n.sum())):
        return "variation.none_or_all"
    chance = _level(n, against, events)
    expected, variance = np.cumsum(n * chance), np.cumsum(n * chance * (1 - chance))
    value = _statistic(np.cumsum(x)[places], expected[places], variance[places], variance[-1])
    return _Search(x, n, against, chance, places, value)


def find_steps(
    x: ArrayLike,
    n: ArrayLike,
    *,
    against: ArrayLike | None = None,
    rate: float = 0.05,
    fewest_periods: int = FEWEST_PERIODS,
    fewest_patients: int = FEWEST_PATIENTS,
) -> Steps:
    """Look for one step in each of many series.

    x and n: units × periods, patients with the outcome and patients (whole numbers); NaN or n = 0 is a period without
    patients. against: the share that others had in each period (periods, or units × periods, best without the unit
    itself), strictly between 0 and 1: then only a step *beyond* what happened to everybody counts, and without it a
    trend in the whole country is reported as a step in every unit. A step needs fewest_periods and fewest_patients on
    both sides. rate: of the units reported, at most this share (expected) have no step. ValueError when shapes differ,
    x > n, or `against` is not inside 0..1.
    """
    counts, size = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    if counts.shape != size.shape or counts.ndim != 2:
        raise ValueError("units × periods, of the same shape")
    empty = np.isnan(counts) | ~(size > 0)
    counts, size = np.where(empty, 0.0, counts), np.where(empty, 0.0, size)
    if np.any(counts < 0) or np.any(counts > size):
        raise ValueError("a count must lie between 0 and its denominator")
    if not 0 < rate < 1:
        raise ValueError("a rate must lie between 0 and 1")
    others = np.broadcast_to(np.asarray(0.5 if against is None else against, dtype=float), size.shape)
    if not np.all(empty | ((others > 0) & (others < 1))):
        raise ValueError("the share of others must lie between 0 and 1 wherever there are patients")
    others = np.where(empty, 0.5, others)
    searches = [_search(*series, fewest_periods, fewest_patients) for series in zip(counts, size, others, strict=True)]
    starts = np.array([-1 if isinstance(one, str) else one.start for one in searches], dtype=np.intp)
    phi = _spread(counts, size, others, starts)
    p = np.full(len(searches), np.nan)
    for unit, one in enumerate(searches):
        if not isinstance(one, str):
            p[unit] = exact_p(one.n, one.chance, round(one.x.sum()), one.places, float(one.value.max()) / phi)
    adjusted = fdr.benjamini_hochberg(p)
    found = np.nan_to_num(adjusted, nan=1.0) <= rate
    # Only the units found are reported: their intervals are widened so that a share `rate` of *these* miss.
    level = 1 - rate * max(int(found.sum()), 1) / max(int((starts >= 0).sum()), 1)
    nothing = {"start": -1, "earliest": -1, "latest": -1}
    rows = [
        {**nothing, "reason": one} if isinstance(one, str) else {**one.row(phi, level), "reason": None}
        for one in searches
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).assign(found=found, p=p, p_adjusted=adjusted)
    table["reason"] = table["reason"].astype(object).where(table["reason"].notna(), None)
    return Steps(table, phi, rate)
