"""Over-dispersion: units vary more than chance, and by how much (φ and τ²).

Spiegelhalter, Qual Saf Health Care 2005;14:347 and Stat Med 2005;24:1185; NHS Digital, SHMI method. Scores are worked
out on a scale where the spread of a unit depends on its size only. Checked against FunnelPlotR.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.intervals import Floats, normal_quantile
from nhr_dash.statistics.variation.limits import Limits, sizes

Scale = Literal["arcsine", "root", "log", "log_counts"]
Trimming = Literal["winsorised", "truncated"]


@dataclass(frozen=True)
class Scores:
    """Each unit's value on the scale, the target there, its standard error, and z = (value − target)/error.

    Arrays with one number a unit; NaN where nobody was counted. On the log scale a unit with nothing observed has
    value and z −inf, which trimming takes away.
    """

    value: Floats
    target: float
    error: Floats
    z: Floats


@dataclass(frozen=True)
class Dispersion:
    """φ: the mean of z², 1 when chance explains all. τ²: variance between units on the scale (0 when φ is small).

    `trimmed` is z after trimming (NaN where a unit was dropped), `units` the number that φ rests on. φ is NaN without
    units, and infinite when a score of −inf survives the trimming.
    """

    phi: float
    tau2: float
    trimmed: Floats
    units: int

    @property
    def excess_p(self) -> float:
        """P(a φ as large or larger by chance), from χ² with `units` degrees of freedom; too large after trimming."""
        from scipy.stats import chi2

        return float(chi2.sf(self.units * self.phi, self.units)) if self.units else float("nan")


def on_scale(share: ArrayLike, scale: Scale) -> Floats:
    """A share, rate or ratio on the scale."""
    values = np.asarray(share, dtype=float)
    with np.errstate(divide="ignore"):
        if scale == "arcsine":
            return np.arcsin(np.sqrt(np.clip(values, 0.0, 1.0)))
        return np.sqrt(values) if scale == "root" else np.log(values)


def from_scale(value: ArrayLike, scale: Scale) -> Floats:
    """Back from the scale; what lies beyond 0 or 1 becomes 0 or 1 (the sine would fold back: a peer's trap)."""
    values = np.asarray(value, dtype=float)
    if scale == "arcsine":
        return np.sin(np.clip(values, 0.0, np.pi / 2)) ** 2
    return np.maximum(values, 0.0) ** 2 if scale == "root" else np.exp(values)


def standard_error(n: ArrayLike, target: float, scale: Scale) -> Floats:
    """The standard error by chance at the target, for units of size n."""
    size = sizes(n)
    return 1 / np.sqrt(size * target) if scale == "log" else 1 / (2 * np.sqrt(size))


def scores(x: ArrayLike, n: ArrayLike, target: float, scale: Scale) -> Scores:
    """Scores of units with x of n.

    `arcsine`: shares, Y = asin √(x/n). `root`: rates and observed/expected, √. `log`: the same, ln (SHMI).
    `log_counts`: one count over another, ln of (x + ½)/(n + ½).
    """
    counts, size = np.broadcast_arrays(np.asarray(x, dtype=float), sizes(n))
    goal = float(on_scale(target, scale))
    if scale == "log_counts":
        value = np.log((counts + 0.5) / (size + 0.5))
        error = np.sqrt(counts / (counts + 0.5) ** 2 + size / (size + 0.5) ** 2)
    else:
        value, error = on_scale(counts / size, scale), standard_error(size, target, scale)
    return Scores(value, goal, error, (value - goal) / error)


def winsorised(z: Floats, trim: float) -> Floats:
    """z with the lowest and highest share `trim` pulled in to that quantile; no unit is lost."""
    known = z[~np.isnan(z)]
    if not known.size:
        return z.copy()
    # 'lower' and 'higher' meet in the interpolation by hand: numpy's own gives NaN beside an infinite score.
    ordered = np.sort(known)

    def quantile(share: float) -> float:
        place = (known.size - 1) * share
        below = min(int(place + 1e-12), known.size - 1)
        part = place - below
        return float(ordered[below] if part <= 1e-12 else ordered[below] * (1 - part) + ordered[below + 1] * part)

    return np.clip(z, quantile(trim), quantile(1 - trim))


def truncated(z: Floats, trim: float) -> Floats:
    """z with the units of the lowest and highest group dropped (NaN), by rank in 1/trim groups, as in SHMI."""
    from scipy.stats import rankdata

    known = ~np.isnan(z)
    kept = np.full(z.shape, np.nan)
    groups = round(1 / trim)
    rank = rankdata(z[known])
    group = np.floor(rank * groups / (rank.size + 1) + 1e-9)
    kept[known] = np.where((group == 0) | (group == groups - 1), np.nan, z[known])
    return kept


def dispersion(z: ArrayLike, error: ArrayLike, trim: float = 0.1, trimming: Trimming = "winsorised") -> Dispersion:
    """φ and τ² (method of moments, DerSimonian & Laird 1986) from scores and standard errors, one a unit.

    trim is the share pulled in or dropped at each end, 0 for none; ValueError unless 0 ≤ trim < 0.5.
    """
    if not 0 <= trim < 0.5:
        raise ValueError(f"the trimmed share must be at least 0 and under a half, not {trim}")
    scored = np.asarray(z, dtype=float)
    trimmed = scored.copy()
    if trim > 0:
        trimmed = winsorised(scored, trim) if trimming == "winsorised" else truncated(scored, trim)
    known: NDArray[np.bool_] = ~np.isnan(trimmed)
    units = int(known.sum())
    if not units:
        return Dispersion(float("nan"), 0.0, trimmed, 0)
    phi = float(np.mean(trimmed[known] ** 2))
    weight = 1 / np.asarray(error, dtype=float)[known] ** 2
    spread = float(weight.sum() - (weight**2).sum() / weight.sum())
    excess = units * phi - (units - 1)
    return Dispersion(phi, max(0.0, excess / spread) if spread > 0 else 0.0, trimmed, units)


def additive_limits(error: ArrayLike, target: float, tau2: float, tail: float, scale: Scale) -> Limits:
    """target ± z·√(s² + τ²) on the scale and back: the random-effects funnel."""
    half = -normal_quantile(tail) * np.sqrt(np.asarray(error, dtype=float) ** 2 + tau2)
    goal = float(on_scale(target, scale))
    return Limits(from_scale(goal - half, scale), from_scale(goal + half, scale))
