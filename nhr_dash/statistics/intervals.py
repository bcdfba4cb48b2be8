"""Confidence intervals for proportions, their difference, and counts.

Scalars give an `Interval`, arrays give an `IntervalArrays` of the same broadcast shape. Where nothing was counted
(no patients) every number is NaN: missing, never 0. Only numpy is imported at the top; scipy where it is needed.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """An estimate with its lower and upper limit, all on the same scale; NaN where it cannot be computed."""

    estimate: float
    low: float
    high: float


class IntervalArrays(NamedTuple):
    """`Interval` for many series at once: three arrays of one shape."""

    estimate: Floats
    low: Floats
    high: Floats


NO_INTERVAL = Interval(math.nan, math.nan, math.nan)


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution (Wichura 1988); ValueError outside (0, 1)."""
    if not 0.0 < probability < 1.0:
        raise ValueError(f"a probability must lie between 0 and 1, not {probability}")
    return NormalDist().inv_cdf(probability)


def two_sided_z(level: float) -> float:
    """The z that leaves (1 − level)/2 in each tail; level 0.95 gives 1.96. ValueError outside (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"a confidence level must lie between 0 and 1, not {level}")
    return NormalDist().inv_cdf(0.5 + level / 2)


def _check(x: Floats, n: Floats) -> None:
    """ValueError when a count is negative or larger than its denominator; NaN passes (missing)."""
    if np.any(x < 0) or np.any(n < 0):
        raise ValueError("counts cannot be negative")
    if np.any(x > n):
        raise ValueError("a numerator cannot be larger than its denominator")


@overload
def wilson(x: float, n: float, level: float = 0.95) -> Interval: ...
@overload
def wilson(x: NDArray[Any], n: ArrayLike, level: float = 0.95) -> IntervalArrays: ...
def wilson(x: Any, n: Any, level: float = 0.95) -> Interval | IntervalArrays:
    """Wilson's score interval for x of n (Wilson, JASA 1927;22:209).

    x and n are counts (scalars or arrays that broadcast). n = 0 or NaN gives NaN. Limits stay in 0..1, and are exactly
    0 at x = 0 and exactly 1 at x = n. ValueError if x < 0 or x > n. Equals R's prop.test(correct=FALSE).
    """
    z = two_sided_z(level)
    xs, ns = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    _check(xs, ns)
    size = np.where(ns > 0, ns, np.nan)
    p = xs / size
    centre = (xs + z * z / 2) / (size + z * z)
    half = z / (size + z * z) * np.sqrt(xs * (1 - p) + z * z / 4)
    low = np.where(xs == 0, np.where(np.isnan(size), np.nan, 0.0), centre - half)
    high = np.where(xs == ns, np.where(np.isnan(size), np.nan, 1.0), centre + half)
    if xs.ndim == 0:
        return Interval(float(p), float(low), float(high))
    return IntervalArrays(p, low, high)


def clopper_pearson(x: float, n: float, level: float = 0.95) -> Interval:
    """The exact binomial interval (Clopper & Pearson, Biometrika 1934;26:404). n = 0 gives NaN."""
    from scipy.stats import beta

    two_sided_z(level)
    _check(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    if not n > 0:
        return NO_INTERVAL
    tail = (1 - level) / 2
    low = 0.0 if x == 0 else float(beta.ppf(tail, x, n - x + 1))
    high = 1.0 if x == n else float(beta.ppf(1 - tail, x + 1, n - x))
    return Interval(x / n, low, high)


@overload
def newcombe(x1: float, n1: float, x2: float, n2: float, level: float = 0.95) -> Interval: ...
@overload
def newcombe(x1: NDArray[Any], n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, level: float = 0.95) -> IntervalArrays: ...
def newcombe(x1: Any, n1: Any, x2: Any, n2: Any, level: float = 0.95) -> Interval | IntervalArrays:
    """Difference of two proportions, after − before, with Newcombe's hybrid score interval.

    Group 1 is before, group 2 after; scalars or arrays that broadcast. NaN where a group is empty.
    Newcombe, Stat Med 1998;17:873, method 10 (squared arms of the two Wilson intervals).
    """
    before = wilson(np.asarray(x1, dtype=float), n1, level)
    after = wilson(np.asarray(x2, dtype=float), n2, level)
    difference = np.asarray(after.estimate - before.estimate)
    low = difference - np.hypot(after.estimate - after.low, before.high - before.estimate)
    high = difference + np.hypot(after.high - after.estimate, before.estimate - before.low)
    if difference.ndim == 0:
        return Interval(float(difference), float(low), float(high))
    return IntervalArrays(difference, np.asarray(low), np.asarray(high))


def _restricted_p1(x1: float, n1: float, x2: float, n2: float, delta: float) -> float:
    """Most likely share before, given that the share after is exactly `delta` higher (cubic of M&N 1985, appendix)."""
    total = n1 + n2
    cubic = total
    square = (n2 + 2 * n1) * delta - total - (x1 + x2)
    linear = (n1 * delta - total - 2 * x1) * delta + x1 + x2
    constant = x1 * delta * (1 - delta)
    c = square**3 / (27 * cubic**3) - square * linear / (6 * cubic**2) + constant / (2 * cubic)
    b = math.copysign(math.sqrt(max(square**2 / (9 * cubic**2) - linear / (3 * cubic), 0.0)), c)
    if b == 0:
        share = -square / (3 * cubic)
    else:
        angle = (math.pi + math.acos(max(-1.0, min(1.0, c / b**3)))) / 3
        share = 2 * b * math.cos(angle) - square / (3 * cubic)
    return min(max(share, 0.0, -delta), 1.0, 1.0 - delta)


def _score(x1: float, n1: float, x2: float, n2: float, delta: float) -> float:
    """Score statistic of M&N for one hypothetical difference; falls as `delta` rises."""
    distance = x2 / n2 - x1 / n1 - delta
    p1 = _restricted_p1(x1, n1, x2, n2, delta)
    p2 = p1 + delta
    total = n1 + n2
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * total / (total - 1)
    if variance <= 0:
        return 0.0 if distance == 0 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def miettinen_nurminen(x1: float, n1: float, x2: float, n2: float, level: float = 0.95) -> Interval:
    """Difference of two proportions, after − before, with the score interval of Miettinen & Nurminen.

    Stat Med 1985;4:213, with their factor N/(N−1). Found by bisection on the score equation itself, because
    statsmodels' version solves another equation and fails on ordinary tables. NaN where a group is empty.
    """
    z = two_sided_z(level)
    for x, n in ((x1, n1), (x2, n2)):
        _check(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    if not (n1 > 0 and n2 > 0):
        return NO_INTERVAL
    difference = x2 / n2 - x1 / n1

    def root(outer: float, wanted: float) -> float:
        """The difference, between the estimate and `outer` (−1 or 1), where the score is `wanted`."""
        inside, outside = difference, outer
        for _ in range(80):
            middle = (inside + outside) / 2
            if abs(_score(x1, n1, x2, n2, middle)) < wanted:
                inside = middle
            else:
                outside = middle
        return (inside + outside) / 2

    low = -1.0 if difference <= -1 else root(-1.0, z)
    high = 1.0 if difference >= 1 else root(1.0, z)
    return Interval(difference, low, high)


def byar(count: float, level: float = 0.95) -> Interval:
    """Byar's interval for a Poisson count (Breslow & Day 1987, p 69); 0 counted has the lower limit 0."""
    z = two_sided_z(level)
    if not count >= 0:
        return NO_INTERVAL
    low = 0.0 if count == 0 else count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    more = count + 1
    return Interval(count, low, more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3)


def exact_poisson(count: float, level: float = 0.95) -> Interval:
    """The exact interval for a Poisson count (Garwood, Biometrika 1936;28:437)."""
    from scipy.stats import chi2

    two_sided_z(level)
    if not count >= 0:
        return NO_INTERVAL
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(chi2.ppf(tail, 2 * count)) / 2
    return Interval(count, low, float(chi2.isf(tail, 2 * (count + 1))) / 2)


def median(values: ArrayLike) -> Interval:
    """The median with its exact 95 % interval (Conover, Practical Nonparametric Statistics 1999, 3.2).

    NaN is unknown and left out. Under six values no two of them hold the median with 95 %: the limits are NaN.
    """
    known = np.sort(np.asarray(values, dtype=float)[~np.isnan(np.asarray(values, dtype=float))])
    n = len(known)
    if not n:
        return NO_INTERVAL
    # Whole numbers: so few of n fair coins have at most 2.5 % of the 2 to the n outcomes.
    below, tail = -1, 0
    while 40 * (tail + math.comb(n, below + 1)) <= 2**n:
        below += 1
        tail += math.comb(n, below)
    middle = float(np.median(known))
    if below < 0:
        return Interval(middle, math.nan, math.nan)
    return Interval(middle, float(known[below]), float(known[n - 1 - below]))
