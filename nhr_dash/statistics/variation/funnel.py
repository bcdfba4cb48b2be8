"""Funnel plots: which units differ from the target by more than chance, and than the usual spread between units."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nhr_dash.statistics import fdr
from nhr_dash.statistics.intervals import Floats, normal_quantile
from nhr_dash.statistics.variation.dispersion import (
    Dispersion,
    Scale,
    Trimming,
    additive_limits,
    dispersion,
    scores,
    standard_error,
)
from nhr_dash.statistics.variation.limits import (
    Kind,
    Limits,
    Method,
    chance_limits,
    chance_outside,
    one_tail,
    sizes,
    tails,
)

Adjustment = Literal["none", "additive", "multiplicative"]
Many = Literal["none", "bonferroni", "fdr"]
FEWEST_UNITS_FOR_SPREAD = 5


@dataclass(frozen=True)
class Funnel:
    """A funnel and its units.

    `points`: one row a unit in the order given: x, n, value, z, p (two-sided: P of being this far from the target),
    p_adjusted (for the number of units, as asked for), and for each level `low_<percent>`, `high_<percent>` and
    `outside_<percent>` (−1 below, 0 within, +1 above), such as low_99.8. NaN and 0 where nobody was counted.

    `adjustment` is what was done, which is `none` when units vary no more than chance. `expected_outside` is the
    number of units outside each level by chance if all were alike (level → number), `likely_outside` the same with
    the true probabilities of whole counts, which in small units are lower.
    """

    kind: Kind
    method: Method
    target: float
    levels: tuple[float, ...]
    adjustment: Adjustment
    many: Many
    scale: Scale
    spread: Dispersion
    points: pd.DataFrame
    drawn_levels: tuple[float, ...]
    expected_outside: dict[float, float]
    likely_outside: dict[float, float]

    def limits(self, n: ArrayLike, level: float) -> Limits:
        """The lines at any sizes n, for drawing; level is one of `levels`, with the adjustments asked for."""
        drawn = self.drawn_levels[self.levels.index(level)]
        return _limits(n, self.target, one_tail(drawn), self)

    def unadjusted(self, n: ArrayLike, level: float) -> Limits:
        """The lines of chance alone, at any sizes n and any level."""
        return chance_limits(n, self.target, one_tail(level), self.kind, self.method)


@dataclass(frozen=True)
class _Shape:
    kind: Kind
    method: Method
    adjustment: Adjustment
    scale: Scale
    spread: Dispersion


def column(name: str, level: float) -> str:
    """The column of `Funnel.points` for a level, such as low_99.8."""
    return f"{name}_{100 * level:g}"


def _limits(n: ArrayLike, target: float, tail: float, shape: _Shape | Funnel) -> Limits:
    """Chance limits, widened for over-dispersion."""
    if shape.adjustment == "multiplicative":
        # z·√φ as a tail of its own keeps the limits of small units exact.
        widened = NormalDist().cdf(normal_quantile(tail) * shape.spread.phi**0.5)
        return chance_limits(n, target, max(widened, 1e-300), shape.kind, shape.method)
    chance = chance_limits(n, target, tail, shape.kind, shape.method)
    if shape.adjustment == "none":
        return chance
    error = standard_error(n, target, shape.scale)
    between = additive_limits(error, target, shape.spread.tau2, tail, shape.scale)
    # The transformed scale is only approximate in small units: variation between units never narrows a limit.
    return Limits(np.minimum(chance.low, between.low), np.maximum(chance.high, between.high))


def _p_values(x: Floats, n: Floats, target: float, z: Floats, error: Floats, shape: _Shape) -> Floats:
    """Two-sided p-values that agree with the limits: outside a level exactly when p < 1 − level."""
    from scipy.stats import norm

    if shape.method == "normal":
        variance = target * (1 - target) if shape.kind == "proportion" else target
        distance = np.abs(x / n - target)
        with np.errstate(divide="ignore", invalid="ignore"):
            natural = np.where(distance == 0, 0.0, distance / np.sqrt(variance / n))
        chance = 2 * norm.sf(natural)
    else:
        few, many = tails(x, n, target, shape.kind)
        chance = np.minimum(1.0, 2 * np.minimum(few, many))
    if shape.adjustment == "multiplicative":
        return 2 * norm.sf(norm.isf(np.maximum(chance, 1e-300) / 2) / shape.spread.phi**0.5)
    if shape.adjustment == "additive":
        wide = 2 * norm.sf(np.abs(z) * error / np.sqrt(error**2 + shape.spread.tau2))
        return np.maximum(chance, wide)
    return chance


def _drawn(level: float, p: Floats, many: Many) -> float:
    """The level the limits are drawn at, after paying for the number of units."""
    units = int(np.sum(~np.isnan(p)))
    if many == "none" or units == 0:
        return level
    found = int(np.nansum(fdr.benjamini_hochberg(p) <= 1 - level)) if many == "fdr" else 0
    return 1 - (1 - level) * max(found, 1) / units


def funnel(
    x: ArrayLike,
    n: ArrayLike,
    *,
    kind: Kind = "proportion",
    target: float | None = None,
    levels: tuple[float, ...] = (0.95, 0.998),
    method: Method = "exact",
    adjustment: Adjustment = "none",
    trim: float = 0.1,
    trimming: Trimming = "winsorised",
    scale: Scale | None = None,
    many: Many = "none",
) -> Funnel:
    """A funnel of units with x of n (`proportion`, whole numbers) or x events per n (`rate`).

    Observed/expected is a rate with n the expected numbers and target 1. target defaults to the sum of x over the sum
    of n. adjustment for over-dispersion: `additive` (τ²) moves large units most, `multiplicative` (φ) all alike; both
    rest on scores trimmed by `trim` at each end, and need at least five units and φ > 1, else none is made. many pays
    for looking at many units: `bonferroni`, or `fdr` (Benjamini & Hochberg; Jones, J Clin Epidemiol 2008;61:232): of
    the units found outside a level, a share 1 − level is false. Then its line lies where the last found unit does.

    ValueError when lengths differ, a count is negative or above its denominator, nobody was counted, or a target or
    level is impossible.
    """
    counts, size = np.asarray(x, dtype=float), sizes(n)
    if counts.shape != size.shape or counts.ndim != 1:
        raise ValueError("one numerator and one denominator a unit")
    counts = np.where(np.isnan(size), np.nan, counts)
    known = ~np.isnan(counts)
    size = np.where(known, size, np.nan)
    if np.any(counts[known] < 0) or (kind == "proportion" and np.any(counts[known] > size[known])):
        raise ValueError("a count must lie between 0 and its denominator")
    if not known.any():
        raise ValueError("nobody was counted in any unit")
    goal = float(counts[known].sum() / size[known].sum()) if target is None else float(target)
    if not goal >= 0 or (kind == "proportion" and goal > 1):
        raise ValueError(f"impossible target {goal}")
    scale = scale or ("arcsine" if kind == "proportion" else "root")
    scored = scores(counts, size, goal, scale) if goal > 0 else None
    spread = dispersion(scored.z, scored.error, trim, trimming) if scored else Dispersion(np.nan, 0.0, counts * 0, 0)
    # On the log scale a unit with no events can survive the trimming, and φ is then without an end.
    grounds = spread.units >= FEWEST_UNITS_FOR_SPREAD and 1 < spread.phi < np.inf
    if not grounds or (adjustment == "additive" and spread.tau2 == 0):
        adjustment = "none"
    shape = _Shape(kind, method, adjustment, scale, spread)
    z = scored.z if scored else np.full(size.shape, np.nan)
    error = scored.error if scored else np.full(size.shape, np.nan)
    p = _p_values(counts, size, goal, z, error, shape)
    corrected = {"none": p, "bonferroni": fdr.bonferroni(p), "fdr": fdr.benjamini_hochberg(p)}[many]
    points = pd.DataFrame({"x": counts, "n": size, "value": counts / size, "z": z, "p": p, "p_adjusted": corrected})
    units = int(known.sum())
    drawn = tuple(_drawn(level, p, many) for level in levels)
    expected, likely = {}, {}
    for level, at in zip(levels, drawn, strict=True):
        low, high = _limits(size, goal, one_tail(at), shape)
        points[column("low", level)], points[column("high", level)] = low, high
        found = corrected <= 1 - level if many == "fdr" else corrected < 1 - level
        side = np.where(points["value"] < goal, -1, 1)
        points[column("outside", level)] = np.where(known & found, side, 0)
        expected[level] = units * (1 - at)
        chance = chance_limits(size, goal, one_tail(at), kind, method)
        likely[level] = float(np.nansum(chance_outside(chance, size, goal, kind)))
    return Funnel(kind, method, goal, levels, adjustment, many, scale, spread, points, drawn, expected, likely)
