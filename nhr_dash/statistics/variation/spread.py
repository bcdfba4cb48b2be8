"""How far apart units truly are: the fan of true values, the gap between best and worst, what it means in patients.

All from one set of draws of what the units' true values can be (see :mod:`shrinkage`): the spread of raw values holds
chance, that of shrunken means is too small. Quantiles of the drawn values are neither (Shen & Louis, JRSS B
1998;60:455).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.intervals import Floats, Interval
from nhr_dash.statistics.variation.limits import sizes
from nhr_dash.statistics.variation.shrinkage import _draw, _prior, _quantile, _table, _units

SHARES = (0.10, 0.25, 0.50, 0.75, 0.90)
FIFTH = 5
DRAWS = 1500
"""Fewer than where units are ranked: a dozen years are worked out for one drawing."""
_LEVEL = 0.95


@dataclass(frozen=True)
class Spread:
    """Units of one year seen together. Shares 0..1; NaN where it can't be told.

    `units`: one row a unit in the order given: shrunken, low, high (95 % credible); NaN without patients.
    `between`: standard deviation of true values, with interval. `raw`: that of the raw values, `chance`: what it would
    be if every unit had the same true value. `quantiles`: of true values, at :data:`SHARES`. `lowest`, `highest`: of
    the units that may be named. `fifth`: units in the best and in the worst fifth, each at least one; `gap`: between
    their means, `patients`: how many more would have succeeded had the worst fifth been as the best.
    """

    units: pd.DataFrame
    between: Interval
    raw: float
    chance: float
    quantiles: tuple[float, ...]
    lowest: float
    highest: float
    fifth: int
    gap: Interval
    patients: Interval


def spread(
    x: ArrayLike,
    n: ArrayLike,
    *,
    compared: ArrayLike | None = None,
    named: ArrayLike | None = None,
    direction: int = 1,
    draws: int = DRAWS,
    seed: int = 1,
) -> Spread:
    """Units with x of n. `compared`: which the spread is between (all, unless given); the others are only seen in its
    light, each with a row. `named`: which of those compared may be the lowest and the highest.

    A fifth of one single unit is made of the named ones alone. `direction`: +1 where more is better, -1 where less is.
    CannotShrink and ValueError as in `shrink`.
    """
    inside = np.ones(np.shape(x), dtype=bool) if compared is None else np.asarray(compared, dtype=bool)
    may = inside if named is None else inside & np.asarray(named, dtype=bool)
    size = sizes(n)
    counts, of = _units(np.where(inside, x, np.nan), n, "proportion")
    known, beside = ~np.isnan(of), ~inside & ~np.isnan(size)
    counts[beside], of[beside] = np.asarray(x, dtype=float)[beside], size[beside]
    prior = _prior(counts[known], of[known], "proportion")
    some = known | beside
    true = _draw(prior, counts[some], of[some], draws, seed)
    units = pd.DataFrame(np.nan, index=range(counts.size), columns=["shrunken", "low", "high"])
    units.loc[some] = _table(prior, counts[some], of[some], true, _LEVEL)[units.columns].to_numpy()
    between = Interval(*(_quantile(prior.sd, prior.weight, share) for share in (0.5, 0.025, 0.975)))
    p = float((prior.mean * prior.weight).sum())
    visible = true[:, (may & known)[some]]
    lowest, highest = (visible.min(axis=1), visible.max(axis=1)) if visible.size else (np.full(1, np.nan),) * 2
    seen = true[:, known[some]]
    fifth = max(1, round(seen.shape[1] / FIFTH))
    of_fifth = may & known if fifth == 1 else known
    gap, patients = _fifths(true[:, of_fifth[some]], of[of_fifth], fifth, direction)
    return Spread(
        units,
        between,
        float(np.std(counts[known] / of[known], ddof=1)),
        float(np.sqrt(np.mean(p * (1 - p) / of[known]))),
        tuple(float(one) for one in np.quantile(seen, SHARES, axis=1).mean(axis=1)),
        float(lowest.mean()),
        float(highest.mean()),
        fifth,
        gap,
        patients,
    )


def _fifths(true: Floats, size: Floats, fifth: int, direction: int) -> tuple[Interval, Interval]:
    """The gap between the best and the worst, and the patients it means; each draw has its own best and worst."""
    if true.shape[1] < 2 * fifth:
        nothing = Interval(np.nan, np.nan, np.nan)
        return nothing, nothing
    order: NDArray[np.intp] = np.argsort(true * direction, axis=1)
    worst, best = order[:, :fifth], order[:, -fifth:]
    goal = np.take_along_axis(true, best, axis=1).mean(axis=1)
    low = np.take_along_axis(true, worst, axis=1)
    gap = np.abs(goal - low.mean(axis=1))
    more = np.abs(((goal[:, None] - low) * size[worst]).sum(axis=1))
    return _told(gap), _told(more)


def _told(values: Floats) -> Interval:
    low, middle, high = np.quantile(values, [(1 - _LEVEL) / 2, 0.5, (1 + _LEVEL) / 2])
    return Interval(float(middle), float(low), float(high))
