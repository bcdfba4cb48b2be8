"""Centre lines and Shewhart limits, every kind, many series at a time.

Arrays are two-dimensional, one series a row, one point a column, NaN is missing. The lines are estimated from a *base*
(the points that set them) and drawn at all points, so a single chart with phases, a frozen start and excluded points
uses the same code as six hundred charts in one call. Limits are three standard deviations from the centre line; the
inner lines two.

Sources: Montgomery, Introduction to Statistical Quality Control, 6th ed. (i, mr, xbar, s, p, c, u); Nelson 1982
(J Qual Tech 14:172) for screened moving ranges; Laney 2002 (Qual Eng 14:531) for the primes; Taylor 2018 for I prime;
Benneyan 2001 (Health Care Manag Sci 4:305) for g; Nelson 1994 (J Qual Tech 26:239) for t.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

D2 = 1.128
"""Mean range of two standard normal numbers, to the digits every published table and chart uses."""
D4 = 3.267
"""A moving range beyond this many average moving ranges is out of control."""
D4_PRIME = 3.2665
"""The same for I prime, with the digits its author gives."""
G_MEDIAN = 0.693
"""Median of a geometric distribution as a share of its mean, for a line that is given rather than estimated."""
T_POWER = 3.6
"""Times between rare events are about normal after the 3.6th root."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of many series: each array is (series, points) or (series, 1).

    `sigma` is (series, 1): the standard deviation of one value (i, mr, xbar, s; of the transformed values for t), of
    one unit of the denominator (p, u, ip), of one count (c, g), and for pp and up the factor σz by which the values
    vary more than the binomial or Poisson would. NaN for run.
    """

    center: Floats
    lower: Floats
    upper: Floats
    lower_2s: Floats
    upper_2s: Floats
    sigma: Floats


@dataclass(frozen=True, slots=True)
class Points:
    """Points of many series: `value` as drawn, `size` the denominators (ones where there is none).

    Both NaN where a point is missing or its denominator is 0; `total` is the numerator. `line` is a given centre line,
    of the shape of `value` or (series, 1); None has it estimated.
    """

    value: Floats
    total: Floats
    size: Floats
    line: Floats | None = None

    def columns(self, keep: NDArray[np.bool_]) -> "Points":
        """Return the points of the columns marked in `keep`; those left out leave no gap."""
        line = self.line
        if line is not None and line.shape[1] > 1:
            line = line[:, keep]
        return Points(self.value[:, keep], self.total[:, keep], self.size[:, keep], line)


def mean(a: Floats) -> Floats:
    """Mean of each row without the missing, (rows, 1); NaN for a row of none.

    A second pass removes the rounding of the first, so that the mean of equal numbers is that number.
    """
    missing = np.isnan(a)
    if missing.any():
        count = a.shape[1] - np.count_nonzero(missing, axis=1)[:, None]
        first = np.where(missing, 0.0, a).sum(axis=1, keepdims=True) / count
        return first + np.where(missing, 0.0, a - first).sum(axis=1, keepdims=True) / count
    count = np.float64(a.shape[1])
    first = a.sum(axis=1, keepdims=True) / count
    return first + (a - first).sum(axis=1, keepdims=True) / count


def total(a: Floats) -> Floats:
    """Sum of each row without the missing, (rows, 1)."""
    sums = a.sum(axis=1, keepdims=True)
    return np.nansum(a, axis=1, keepdims=True) if np.isnan(sums).any() else sums


def median(a: Floats) -> Floats:
    """Median of each row without the missing, (rows, 1); NaN for a row of none."""
    if a.shape[1] == 0:
        return np.full((a.shape[0], 1), np.nan)
    ordered = np.sort(a, axis=1)
    count = a.shape[1] - np.count_nonzero(np.isnan(a), axis=1)[:, None]
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, a.shape[1] - 1), axis=1)
    return (low + high) / 2


def average_range(ranges: Floats, *, screened: bool, beyond: float = D4) -> Floats:
    """Mean of moving ranges, (rows, 1); screened: once more without those that are themselves out of control.

    Screening is one pass with a strict comparison: a flat series loses every range and has no limits (NaN) rather
    than limits of no width.
    """
    average = mean(ranges)
    if not screened:
        return average
    return mean(np.where(ranges < beyond * average, ranges, np.nan))


def moving_ranges(a: Floats) -> Floats:
    """Distance of each point from the one before; a missing point takes two ranges with it."""
    return np.abs(a[:, 1:] - a[:, :-1])


def c4(size: Floats) -> Floats:
    """Expected standard deviation of `size` standard normal numbers; NaN for fewer than two."""
    sizes, where = np.unique(size, return_inverse=True)
    constants = [
        math.sqrt(2 / (m - 1)) * math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) if m > 1 else math.nan
        for m in sizes.tolist()
    ]
    return np.array(constants)[where].reshape(size.shape)


def _around(
    center: Floats, step: Floats, sigma: Floats, *, floor: float | None = None, ceiling: float | None = None
) -> Lines:
    """Lines two and three steps from the centre, cut at what a value can be; takes `step` over as its own."""
    two = 2 * step
    three = np.multiply(step, 3, out=step)
    shape = np.broadcast_shapes(center.shape, step.shape)
    lower, lower_2s = center - three, center - two
    upper = np.add(center, three, out=three) if three.shape == shape else center + three
    upper_2s = np.add(center, two, out=two) if two.shape == shape else center + two
    if floor is not None:
        np.maximum(lower, floor, out=lower)
        np.maximum(lower_2s, floor, out=lower_2s)
    if ceiling is not None:
        np.minimum(upper, ceiling, out=upper)
        np.minimum(upper_2s, ceiling, out=upper_2s)
    return Lines(center, lower, upper, lower_2s, upper_2s, sigma)


def _over_root(numerator: Floats, size: Floats) -> Floats:
    """Return `numerator` / sqrt(`size`), in one new array."""
    root = np.sqrt(size)
    return np.divide(numerator, root, out=root) if root.shape[1] >= numerator.shape[1] else numerator / root


def _run(points: Points, base: Points, screened: bool) -> Lines:
    center = median(base.value) if points.line is None else points.line
    nothing = np.full((center.shape[0], 1), np.nan)
    return Lines(center, nothing, nothing, nothing, nothing, nothing)


def _individuals(points: Points, base: Points, screened: bool) -> Lines:
    center = mean(base.value) if points.line is None else points.line
    distance = base.value if base.line is None else base.value - base.line
    sigma = average_range(moving_ranges(distance), screened=screened) / D2
    return _around(center, sigma.copy(), sigma)


def _moving_range(points: Points, base: Points, screened: bool) -> Lines:
    center = mean(base.value) if points.line is None else points.line
    zero = np.zeros_like(center)
    upper = D4 * center
    return Lines(center, zero, upper, zero, upper * 2 / 3, mean(base.value) / D2)


def _individuals_prime(points: Points, base: Points, screened: bool) -> Lines:
    """Lines of I prime: excluded points and those after a frozen start still add to the spread, as in the reference."""
    center = total(base.total) / total(base.size) if points.line is None else points.line
    inverse = 1 / points.size
    each = math.sqrt(math.pi / 2) * moving_ranges(points.value) / np.sqrt(inverse[:, 1:] + inverse[:, :-1])
    sigma = average_range(each, screened=screened, beyond=D4_PRIME)
    return _around(center, _over_root(sigma, points.size), sigma)


def _proportion(points: Points, base: Points, screened: bool) -> Lines:
    center = total(base.total) / total(base.size) if points.line is None else points.line
    sigma = np.sqrt(center * (1 - center))
    return _around(center, _over_root(sigma, points.size), sigma[:, :1], floor=0.0, ceiling=1.0)


def _rate(points: Points, base: Points, screened: bool) -> Lines:
    center = total(base.total) / total(base.size) if points.line is None else points.line
    return _around(center, _over_root(np.sqrt(center), points.size), np.sqrt(center[:, :1]), floor=0.0)


def _proportion_prime(points: Points, base: Points, screened: bool) -> Lines:
    center = total(base.total) / total(base.size) if points.line is None else points.line
    spread = center * (1 - center)
    factor = _prime_factor(base, center, screened, binomial=True)
    return _around(center, factor * np.sqrt(spread / points.size), factor, floor=0.0, ceiling=1.0)


def _rate_prime(points: Points, base: Points, screened: bool) -> Lines:
    center = total(base.total) / total(base.size) if points.line is None else points.line
    factor = _prime_factor(base, center, screened, binomial=False)
    return _around(center, factor * np.sqrt(center / points.size), factor, floor=0.0)


def _prime_factor(base: Points, center: Floats, screened: bool, *, binomial: bool) -> Floats:
    level = center if base.line is None else base.line
    spread = level * (1 - level) if binomial else level
    z = (base.value - level) / np.sqrt(spread / base.size)
    return average_range(moving_ranges(z), screened=screened) / D2


def _count(points: Points, base: Points, screened: bool) -> Lines:
    center = mean(base.value) if points.line is None else points.line
    sigma = np.sqrt(center)
    return _around(center, sigma.copy(), sigma[:, :1], floor=0.0)


def _between_counts(points: Points, base: Points, screened: bool) -> Lines:
    """Lines for counts between events: limits from the mean, but the line shown is the median."""
    level = mean(base.value) if points.line is None else points.line
    sigma = np.sqrt(level * (level + 1))
    around = _around(level, sigma.copy(), sigma[:, :1], floor=0.0)
    center = median(base.value) if points.line is None else G_MEDIAN * points.line
    return Lines(center, around.lower, around.upper, around.lower_2s, around.upper_2s, around.sigma)


def _between_times(points: Points, base: Points, screened: bool) -> Lines:
    """Lines for times between events: an individuals chart of the 3.6th root, turned back.

    A lower limit that is negative or unknown becomes 0, below which no time lies. A negative inner line has no
    meaning on the scale of times and is missing.
    """
    on_root = _individuals(_root(points), _root(base), screened)
    return Lines(
        on_root.center**T_POWER,
        np.where(on_root.lower > 0, np.abs(on_root.lower) ** T_POWER, 0.0),
        on_root.upper**T_POWER,
        np.where(on_root.lower_2s < 0, np.nan, np.abs(on_root.lower_2s) ** T_POWER),
        on_root.upper_2s**T_POWER,
        on_root.sigma,
    )


def _root(points: Points) -> Points:
    line = None if points.line is None else points.line ** (1 / T_POWER)
    return Points(points.value ** (1 / T_POWER), points.total, points.size, line)


_Estimator = Callable[[Points, Points, bool], Lines]
ESTIMATORS: dict[str, _Estimator] = {
    "run": _run,
    "i": _individuals,
    "ip": _individuals_prime,
    "mr": _moving_range,
    "p": _proportion,
    "pp": _proportion_prime,
    "c": _count,
    "u": _rate,
    "up": _rate_prime,
    "g": _between_counts,
    "t": _between_times,
}


def lines(kind: str, points: Points, base: Points, *, screened: bool = True) -> Lines:
    """Lines at `points` set by `base`, for any kind but xbar and s.

    Where `line` is given and varies, moving ranges are taken of the distances from it. Where nothing can be computed
    the lines are NaN.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return ESTIMATORS[kind](points, base, screened)


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Subgroups of many series: mean and standard deviation (NaN below two values) are (series, subgroups).

    `size` is (subgroups,), the same for all series, 0 for an empty one. `line` is a given centre line, (series,
    subgroups); None has it estimated.
    """

    mean: Floats
    deviation: Floats
    size: Floats
    line: Floats | None = None


def subgroup_lines(kind: str, groups: Subgroups, base: NDArray[np.bool_]) -> Lines:
    """Lines of xbar or s charts, set by the subgroups marked in `base`, (subgroups,).

    An empty subgroup takes no part; one of a single value has no deviation and no limits. The standard deviation is
    the mean of the subgroups' where all are equally large, otherwise (one of them empty, too) pooled.
    """
    sizes = groups.size
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = base & (sizes > 0)
        spread = base & (sizes > 1)
        if len(np.unique(sizes)) <= 1:
            deviation = mean(groups.deviation[:, spread])
        else:
            degrees = sizes[spread] - 1
            deviation = np.sqrt(total(degrees * groups.deviation[:, spread] ** 2) / np.sum(degrees))
        unbias = c4(sizes)[None, :]
        if kind == "xbar":
            level = total(sizes[filled] * groups.mean[:, filled]) / np.sum(sizes[filled])
            center = level if groups.line is None else groups.line
            return _around(center, deviation / (unbias * np.sqrt(sizes)), deviation)
        center = deviation if groups.line is None else groups.line
        unit = _around(np.ones((1, 1)), np.sqrt(1 - unbias**2) / unbias, deviation, floor=0.0)
        lower, upper, lower_2s, upper_2s = (
            center * factor for factor in (unit.lower, unit.upper, unit.lower_2s, unit.upper_2s)
        )
        return Lines(center, lower, upper, lower_2s, upper_2s, deviation)
