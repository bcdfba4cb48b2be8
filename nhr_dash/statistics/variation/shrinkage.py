"""What lies behind the dots: shrunken values, the true spread between units, and how sure a ranking is.

Units' true shares follow a beta distribution (true ratios a gamma distribution), each unit's patients are counted from
its own. Shares: Martuzzi & Hills, Am J Epidemiol 1995;141:369; ratios: Clayton & Kaldor, Biometrics 1987;43:671. The
spread between units is itself uncertain with few units, so every answer is averaged over what it can be (a grid with a
flat prior on the between-unit standard deviation: Gelman, Bayesian Anal 2006;1:515).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nhr_dash.statistics.intervals import Floats, Interval, two_sided_z
from nhr_dash.statistics.variation.limits import Kind, sizes

FEWEST_UNITS = 3
DRAWS = 4000
_SPREADS, _MEANS = 60, 25
# The largest spread looked at: as share of √(p(1−p)) for shares, of the mean for ratios.
_WIDEST = 0.98


class CannotShrink(ValueError):
    """No spread can be found. `reason` is too_few_units (under three with patients) or none_or_all (all alike);
    its words are variation.<reason>.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Shrunken:
    """Units seen together.

    `units`: one row a unit in the order given: x, n, value (raw), shrunken, low, high (credible interval), reliability
    (0..1, how much of the shrunken value is the unit's own), rank, rank_low, rank_high (1 is the highest value; the
    interval holds `level` of the possible rankings), best and worst (P that the unit truly is the highest or lowest).
    Numbers are NaN for a unit without patients.

    `mean`: the typical value. `between`: standard deviation of true values between units (estimate: median of what it
    can be), with interval; its low end is never exactly 0, so compare with `between_at_most` what matters clinically.
    `rankability`: the share of the differences between raw values that is true (van Houwelingen; Lingsma 2010), and
    `pairs_known`: the share of pairs of units whose order is known with probability over `level`.
    """

    kind: Kind
    level: float
    units: pd.DataFrame
    mean: float
    between: Interval
    rankability: float
    pairs_known: float


def _grid_of(p: float, patients: float, kind: Kind) -> tuple[Floats, Floats]:
    """Grid of (mean, relative spread), flattened: means around p, spreads from nearly 0 to the widest."""
    if kind == "proportion":
        middle, width = np.log(p / (1 - p)), 1 / np.sqrt(patients * p * (1 - p))
    else:
        middle, width = np.log(p), 1 / np.sqrt(patients * p)
    # Spread between units makes the mean less certain than its patients alone say.
    steps = np.linspace(-1, 1, _MEANS) * max(4 * width, 0.8)
    means = 1 / (1 + np.exp(-(middle + steps))) if kind == "proportion" else np.exp(middle + steps)
    spreads = np.linspace(0, 1, _SPREADS + 1)[1:] ** 2 * _WIDEST
    mean, spread = np.meshgrid(means, spreads, indexing="ij")
    return mean.ravel(), spread.ravel()


@dataclass(frozen=True)
class _Prior:
    """Distribution of the units' true values at every point of the grid, and how likely each point is."""

    kind: Kind
    mean: Floats
    sd: Floats
    first: Floats  # beta: a; gamma: shape
    second: Floats  # beta: b; gamma: rate
    weight: Floats


def _prior(x: Floats, n: Floats, kind: Kind) -> _Prior:
    """Weights of the grid from the units' counts; nothing missing."""
    from scipy.special import betaln, gammaln

    mean, spread = _grid_of(float(x.sum() / n.sum()), float(n.sum()), kind)
    if kind == "proportion":
        sd = spread * np.sqrt(mean * (1 - mean))
        size = 1 / spread**2 - 1
        first, second = mean * size, (1 - mean) * size
        each = betaln(first + x[:, None], second + (n - x)[:, None]) - betaln(first, second)
    else:
        sd = spread * mean
        first, second = 1 / spread**2, 1 / (spread**2 * mean)
        count, seen = x[:, None], n[:, None]
        each = (
            gammaln(first + count) - gammaln(first) + first * np.log(second) - (first + count) * np.log(second + seen)
        )
    together = each.sum(axis=0)
    # Flat on the standard deviation: the squared grid is finer near 0, so points weigh what they stand for.
    weight = np.exp(together - together.max()) * np.sqrt(spread)
    return _Prior(kind, mean, sd, first, second, weight / weight.sum())


def _quantile(values: Floats, weight: Floats, share: float) -> float:
    """A quantile of weighted values."""
    order = np.argsort(values, kind="stable")
    return float(np.interp(share, np.cumsum(weight[order]) - weight[order] / 2, values[order]))


def _draw(prior: _Prior, x: Floats, n: Floats, draws: int, seed: int) -> Floats:
    """True values that the units can have: (draws, units)."""
    random = np.random.default_rng(seed)
    at = random.choice(prior.weight.size, size=draws, p=prior.weight)
    first = prior.first[at][:, None] + x
    if prior.kind == "proportion":
        return random.beta(first, prior.second[at][:, None] + n - x)
    return random.gamma(first, 1 / (prior.second[at][:, None] + n))


def _shrunken(prior: _Prior, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """How much of each unit's shrunken value is its own, and the value."""
    if prior.kind == "proportion":
        own = n[:, None] / (prior.first + prior.second + n[:, None])
    else:
        own = n[:, None] / (prior.second + n[:, None])
    raw = (x / n)[:, None]
    return (own * prior.weight).sum(axis=1), ((own * raw + (1 - own) * prior.mean) * prior.weight).sum(axis=1)


def _table(prior: _Prior, x: Floats, n: Floats, true: Floats, level: float) -> pd.DataFrame:
    """The rows of `Shrunken.units` for units with patients."""
    reliability, shrunken = _shrunken(prior, x, n)
    tail = (1 - level) / 2
    rank = np.argsort(np.argsort(-true, axis=1), axis=1) + 1
    low, high = np.quantile(true, [tail, 1 - tail], axis=0)
    rank_low, rank_high = np.quantile(rank, [tail, 1 - tail], axis=0, method="inverted_cdf")
    return pd.DataFrame(
        {
            "x": x,
            "n": n,
            "value": x / n,
            "shrunken": shrunken,
            "low": low,
            "high": high,
            "reliability": reliability,
            "rank": rank.mean(axis=0),
            "rank_low": rank_low.astype(float),
            "rank_high": rank_high.astype(float),
            "best": (rank == 1).mean(axis=0),
            "worst": (rank == x.size).mean(axis=0),
        }
    )


def _units(x: ArrayLike, n: ArrayLike, kind: Kind) -> tuple[Floats, Floats]:
    """Counts and sizes, checked; NaN where nobody was counted."""
    counts, size = np.asarray(x, dtype=float), sizes(n)
    if counts.shape != size.shape or counts.ndim != 1:
        raise ValueError("one numerator and one denominator a unit")
    known = ~np.isnan(size) & ~np.isnan(counts)
    seen, of = counts[known], size[known]
    if np.any(seen < 0) or (kind == "proportion" and np.any(seen > of)):
        raise ValueError("a count must lie between 0 and its denominator")
    if seen.size < FEWEST_UNITS:
        raise CannotShrink("too_few_units")
    if not seen.sum() or (kind == "proportion" and seen.sum() == of.sum()):
        raise CannotShrink("none_or_all")
    return np.where(known, counts, np.nan), np.where(known, size, np.nan)


def shrink(
    x: ArrayLike,
    n: ArrayLike,
    *,
    kind: Kind = "proportion",
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> Shrunken:
    """Units with x of n (`proportion`) or x events per n (`rate`; n the expected numbers gives observed/expected).

    NaN or n = 0 is a unit without patients. The same seed gives the same answer. CannotShrink when fewer than three
    units have patients or all outcomes are alike; ValueError when lengths differ or a count is impossible.
    """
    two_sided_z(level)
    counts, size = _units(x, n, kind)
    known = ~np.isnan(size)
    seen, of = counts[known], size[known]
    prior = _prior(seen, of, kind)
    true = _draw(prior, seen, of, draws, seed)
    rows = _table(prior, seen, of, true, level)
    units = pd.DataFrame(np.nan, index=range(counts.size), columns=rows.columns)
    units.loc[known] = rows.to_numpy()
    tail = (1 - level) / 2
    between = Interval(*(_quantile(prior.sd, prior.weight, share) for share in (0.5, tail, 1 - tail)))
    mean = float((prior.mean * prior.weight).sum())
    chance = mean * (1 - mean) / of if kind == "proportion" else mean / of
    rankability = between.estimate**2 / (between.estimate**2 + float(np.median(chance)))
    higher = [(true[:, [unit]] > np.delete(true, unit, axis=1)).mean(axis=0) for unit in range(seen.size)]
    sure = np.concatenate(higher)
    return Shrunken(kind, level, units, mean, between, float(rankability), float(2 * np.mean(sure > level)))


def best_unit(
    x: ArrayLike, n: ArrayLike, direction: int = 1, *, level: float = 0.95, draws: int = 1000, seed: int = 1
) -> tuple[int, Interval]:
    """The place of the unit with the best shrunken share, and that share with its credible interval.

    As in `shrink`, without what it works out of all the others. `direction`: 1 where high is good, else -1.
    """
    counts, size = _units(x, n, "proportion")
    known = np.flatnonzero(~np.isnan(size))
    seen, of = counts[known], size[known]
    prior = _prior(seen, of, "proportion")
    values = _shrunken(prior, seen, of)[1]
    at = int(np.argmax(values * direction))
    true = _draw(prior, seen[[at]], of[[at]], draws, seed)
    two_sided_z(level)
    tail = (1 - level) / 2
    low, high = np.quantile(true, [tail, 1 - tail])
    return int(known[at]), Interval(float(values[at]), float(low), float(high))


class SpreadChange(NamedTuple):
    """Whether differences between units became smaller.

    `before` and `after`: standard deviation between units; `ratio`: after/before, under 1 is smaller; `p_smaller`: the
    probability that it truly became smaller.
    """

    before: Interval
    after: Interval
    ratio: Interval
    p_smaller: float


def spread_change(
    before: tuple[ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike],
    *,
    kind: Kind = "proportion",
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> SpreadChange:
    """Compare the true spread between units in two periods, each given as (x, n) with one number a unit.

    The raw spread also falls when units grow or the level nears 100 %; this one does not fall because units grow. The
    periods are taken as independent, which is cautious when the same units are in both. Errors as in `shrink`.
    """
    two_sided_z(level)
    tail = (1 - level) / 2
    random = np.random.default_rng(seed)
    spreads: list[Interval] = []
    drawn: list[Floats] = []
    for x, n in (before, after):
        counts, size = _units(x, n, kind)
        known = ~np.isnan(size)
        prior = _prior(counts[known], size[known], kind)
        spreads.append(Interval(*(_quantile(prior.sd, prior.weight, share) for share in (0.5, tail, 1 - tail))))
        drawn.append(random.choice(prior.sd, size=draws, p=prior.weight))
    ratio = drawn[1] / drawn[0]
    low, middle, high = np.quantile(ratio, [tail, 0.5, 1 - tail])
    return SpreadChange(
        spreads[0], spreads[1], Interval(float(middle), float(low), float(high)), float(np.mean(ratio < 1))
    )
