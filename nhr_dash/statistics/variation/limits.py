"""How far from the target chance alone takes a unit of a given size: the two lines of a funnel.

Everything is on the scale of the share (0..1), or of events per exposure. Arrays go in and come out in one shape;
n = 0 or NaN gives NaN. `tail` is the probability left outside on *one* side, so 95 % limits have tail 0.025.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nhr_dash.statistics.intervals import Floats, normal_quantile

Kind = Literal["proportion", "rate"]
Method = Literal["exact", "normal"]


class Limits(NamedTuple):
    """Lower and upper limit, arrays of one shape."""

    low: Floats
    high: Floats


def one_tail(level: float) -> float:
    """The probability outside on one side; level 0.998 gives 0.001. ValueError outside (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level must lie between 0 and 1, not {level}")
    return (1.0 - level) / 2


def sizes(n: ArrayLike) -> Floats:
    """Denominators as floats, with NaN where nobody was counted. ValueError when negative."""
    values = np.asarray(n, dtype=float)
    if np.any(values < 0):
        raise ValueError("denominators cannot be negative")
    return np.where(values > 0, values, np.nan)


def _binomial_low(n: Floats, target: float, tail: float) -> Floats:
    """The lower limit in patients, interpolated between whole patients; may be below 0."""
    from scipy.stats import binom

    patients = binom.ppf(tail, n, target)
    reached = binom.cdf(patients, n, target)
    before = binom.cdf(patients - 1, n, target)
    return patients - (reached - tail) / (reached - before)


def binomial_limits(n: ArrayLike, target: float, tail: float) -> Limits:
    """Exact limits for a share of n patients (n whole), interpolated (Spiegelhalter, Stat Med 2005;24:1185, app. A.1).

    A unit is below the lower limit exactly when P(this few or fewer) < tail. The paper uses the same formula for the
    upper limit, which then asks for P(*more* than this) < tail: 10 of 10 lies outside the 99.8 % limit of a target of
    88 %, although it happens in 28 of 100 such units. So the upper limit here is the mirror of the lower one (what is
    too many successes is too few failures): above it exactly when P(this many or more) < tail.
    """
    size = sizes(n)
    low = _binomial_low(size, target, tail) / size
    high = 1.0 - _binomial_low(size, 1.0 - target, tail) / size
    return Limits(np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0))


def _most_events(mean: Floats, tail: float) -> Floats:
    """The largest whole number r with P(r or more) > tail; scipy's own search fails below a tail of about 1e-15."""
    from scipy.stats import poisson

    # Beyond 37 standard errors (the smallest tail a float can hold) there is nothing to look for.
    low, high = np.zeros_like(mean), np.floor(mean + 60 * np.sqrt(mean) + 1500)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        inside = poisson.sf(middle - 1, mean) > tail
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.where(np.isnan(mean), np.nan, low)


def poisson_limits(n: ArrayLike, target: float, tail: float) -> Limits:
    """Exact limits for events per exposure n (any positive number), interpolated as in `binomial_limits`.

    With n the expected number and target 1 these are the limits of observed/expected. They pass through the points at
    which the exact interval of Garwood (1936) just touches the target.
    """
    from scipy.stats import poisson

    size = sizes(n)
    mean = size * target
    fewest = poisson.ppf(tail, mean)
    reached, before = poisson.cdf(fewest, mean), poisson.cdf(fewest - 1, mean)
    low = fewest - (reached - tail) / (reached - before)
    most = _most_events(mean, tail)
    this, next_ = poisson.sf(most - 1, mean), poisson.sf(most, mean)
    high = most + (this - tail) / (this - next_)
    return Limits(np.maximum(low, 0.0) / size, high / size)


def garwood_limits(n: ArrayLike, target: float, tail: float) -> Limits:
    """The χ² limits that FunnelPlotR and the NHS's SHMI draw for observed/expected: Garwood's interval around n·target.

    They treat the expected number as if it had been observed, so they are slightly wider than `poisson_limits`.
    """
    from scipy.stats import chi2

    size = sizes(n)
    mean = size * target
    return Limits(chi2.ppf(tail, 2 * mean) / 2 / size, chi2.isf(tail, 2 * (mean + 1)) / 2 / size)


def normal_limits(n: ArrayLike, target: float, tail: float, kind: Kind = "proportion") -> Limits:
    """Normal approximation: target ± z·√(variance/n), held within 0..1 (a rate at 0 or more). Poor below n = 100."""
    size = sizes(n)
    variance = target * (1 - target) if kind == "proportion" else target
    half = -normal_quantile(tail) * np.sqrt(variance / size)
    highest = 1.0 if kind == "proportion" else np.inf
    return Limits(
        np.clip(target - half, 0.0, 1.0 if kind == "proportion" else None), np.minimum(target + half, highest)
    )


def chance_limits(n: ArrayLike, target: float, tail: float, kind: Kind, method: Method) -> Limits:
    """The limits of one kind by one method."""
    if method == "normal":
        return normal_limits(n, target, tail, kind)
    return binomial_limits(n, target, tail) if kind == "proportion" else poisson_limits(n, target, tail)


def tails(x: ArrayLike, n: ArrayLike, target: float, kind: Kind) -> tuple[Floats, Floats]:
    """P(as few or fewer) and P(as many or more) where only chance moves units from the target; NaN where missing."""
    from scipy.stats import binom, poisson

    count, size = np.broadcast_arrays(np.asarray(x, dtype=float), sizes(n))
    if kind == "proportion":
        return binom.cdf(count, size, target), binom.sf(count - 1, size, target)
    return poisson.cdf(count, size * target), poisson.sf(count - 1, size * target)


def chance_outside(limits: Limits, n: ArrayLike, target: float, kind: Kind) -> Floats:
    """The true probability that each unit lies outside its limits by chance alone.

    Counts are whole, so a small unit has far less than the nominal probability with exact limits, and more with normal
    ones.
    """
    from scipy.stats import binom, poisson

    size = sizes(n)
    # A limit that falls on a whole number is not passed by that number; the margin is for rounding only.
    below = np.ceil(limits.low * size - 1e-9) - 1
    above = np.floor(limits.high * size + 1e-9)
    if kind == "proportion":
        return binom.cdf(below, size, target) + binom.sf(above, size, target)
    return poisson.cdf(below, size * target) + poisson.sf(above, size * target)
