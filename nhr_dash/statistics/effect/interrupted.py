"""Interrupted series: did the level or the slope change, against the line that the months before would have gone on?

y ~ 1 + time + level change + slope change (Wagner et al, J Clin Pharm Ther 2002;27:299), linear for values, logistic
for counts of patients and log-linear for rates, with Newey–West errors because neighbouring months resemble each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.intervals import NO_INTERVAL, Interval

Floats = NDArray[np.float64]
Family = Literal["linear", "binomial", "poisson"]

FEWEST = 8
"""Points needed on each side; with fewer the slope is a guess."""
ITERATIONS = 100
STEEPEST = 12.0
"""A logistic or log coefficient beyond this means that all or none had it: no finite estimate exists."""


@dataclass(frozen=True)
class Fit:
    """A fitted model: coefficients, model-based and Newey–West covariance, fitted values, dispersion.

    dispersion: Pearson's, which multiplies the model-based covariance in a quasi-binomial model (already in the linear
    one). converged: False where no finite estimate exists.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    robust: Floats
    fitted: Floats
    dispersion: float
    converged: bool


@dataclass(frozen=True)
class InterruptedSeries:
    """What changed, on the scale of the series where nothing else is said.

    level_change, slope_change: coefficient with its 95 % Newey–West interval; values for a linear series, log odds for
    shares, log rates for rates (ratio_scale True: exp of it is an odds or rate ratio). at_end: difference between the
    fitted and the counterfactual value at the last point. fitted, counterfactual, low, high: one value a point given,
    NaN before the change for the last three. reason: text key when refused; then everything is NaN.
    """

    level_change: Interval
    slope_change: Interval
    at_end: Interval
    p_level: float
    p_slope: float
    fitted: Floats
    counterfactual: Floats
    low: Floats
    high: Floats
    points_before: int
    points_after: int
    lag: int
    ratio_scale: bool
    reason: str | None


def design(points: int, changepoint: int, *, season: bool = False) -> tuple[tuple[str, ...], Floats]:
    """Names and matrix of the model for all points; the change comes after the first `changepoint` points.

    season adds one yearly sine and cosine, for months.
    """
    time = np.arange(1, points + 1, dtype=float)
    columns = [np.ones(points), time, (time > changepoint).astype(float), np.maximum(0.0, time - changepoint)]
    names = ["intercept", "time", "level_change", "trend_change"]
    if season:
        columns += [np.sin(2 * np.pi * time / 12), np.cos(2 * np.pi * time / 12)]
        names += ["season_sine", "season_cosine"]
    return tuple(names), np.column_stack(columns)


def default_lag(points: int) -> int:
    """Months of memory in the errors: ⌊4 (n/100)^(2/9)⌋ (Newey & West 1994)."""
    return math.floor(4 * (points / 100) ** (2 / 9))


def newey_west(scores: Floats, bread: Floats, lag: int, *, adjust: bool = False) -> Floats:
    """Heteroskedasticity and autocorrelation consistent covariance (Newey & West, Econometrica 1987;55:703).

    scores: each point's contribution (points × coefficients); bread: inverse information; lag 0 is White's. adjust
    multiplies by n/(n − k).
    """
    points, size = scores.shape
    meat = scores.T @ scores
    for distance in range(1, min(lag, points - 1) + 1):
        product = scores[distance:].T @ scores[:-distance]
        meat = meat + (1 - distance / (lag + 1)) * (product + product.T)
    covariance = bread @ meat @ bread
    return np.asarray(covariance * (points / (points - size) if adjust else 1.0), dtype=float)


def _mean_and_weight(family: Family, linear: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Expected share or rate for the linear predictor, and the weight of each point (variance of the count)."""
    if family == "binomial":
        mean = 1 / (1 + np.exp(-np.clip(linear, -700, 700)))
        return mean, size * mean * (1 - mean)
    mean = np.exp(np.clip(linear, -700, 700))
    return mean, size * mean


def _deviance(family: Family, count: Floats, size: Floats, mean: Floats) -> float:
    """Deviance of counts; 0 log 0 is 0."""
    expected = size * mean

    def part(seen: Floats, wanted: Floats) -> Floats:
        """seen · log(seen/wanted), 0 where nothing was seen."""
        ratio = np.divide(seen, wanted, out=np.ones_like(seen), where=(seen > 0) & (wanted > 0))
        return np.asarray(seen * np.log(ratio), dtype=float)

    if family == "binomial":
        return 2 * float((part(count, expected) + part(size - count, size - expected)).sum())
    return 2 * float((part(count, expected) - (count - expected)).sum())


def _inverse(matrix: Floats) -> Floats:
    """Inverse of an information matrix; of the part that is known where it is singular."""
    return np.asarray(np.linalg.pinv(matrix), dtype=float)


def _least_squares(x: Floats, y: Floats) -> Floats:
    """Coefficients of an ordinary least-squares fit."""
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=float)


def fit(
    names: tuple[str, ...],
    x: Floats,
    y: Floats,
    size: Floats | None,
    *,
    family: Family,
    lag: int,
    adjust: bool = False,
) -> Fit:
    """Fit the model to complete points: y values (linear) or counts with `size` as denominators or exposures.

    Iteratively reweighted least squares to 1e-14 in deviance. ValueError when counts come without `size`.
    """
    points, columns = x.shape
    if family == "linear":
        bread = _inverse(x.T @ x)
        beta = _least_squares(x, y)
        residual = y - x @ beta
        variance = float(residual @ residual) / max(points - columns, 1)
        robust = newey_west(x * residual[:, None], bread, lag, adjust=adjust)
        return Fit(names, beta, bread * variance, robust, x @ beta, variance, True)
    if size is None:
        raise ValueError("counts need denominators")
    share = (y + 0.5) / (size + 1) if family == "binomial" else (y + 0.1) / size
    linear = np.log(share / (1 - share)) if family == "binomial" else np.log(share)
    beta, before, converged = np.zeros(columns), math.inf, False
    mean, weight = _mean_and_weight(family, linear, size)
    for _ in range(ITERATIONS):
        working = linear + (y - size * mean) / weight
        root = np.sqrt(weight)
        beta = _least_squares(x * root[:, None], working * root)
        linear = x @ beta
        mean, weight = _mean_and_weight(family, linear, size)
        if np.abs(linear).max() > 30 or weight.min() <= 0:
            break
        now = _deviance(family, y, size, mean)
        converged = abs(now - before) <= 1e-14 * (abs(now) + 0.1)
        if converged:
            break
        before = now
    bread = _inverse((x * weight[:, None]).T @ x)
    left = y - size * mean
    safe = np.where(weight > 0, weight, 1.0)
    pearson = float((left**2 / safe).sum()) / max(points - columns, 1)
    robust = newey_west(x * left[:, None], bread, lag, adjust=adjust)
    finite = bool(np.abs(beta).max() <= STEEPEST) if family == "binomial" else True
    return Fit(names, beta, bread, robust, mean, pearson, converged and finite)


def _refused(points: int, before: int, after: int, reason: str, family: Family) -> InterruptedSeries:
    """The answer when there is none."""
    nothing = np.full(points, np.nan)
    return InterruptedSeries(
        level_change=NO_INTERVAL,
        slope_change=NO_INTERVAL,
        at_end=NO_INTERVAL,
        p_level=math.nan,
        p_slope=math.nan,
        fitted=nothing,
        counterfactual=nothing,
        low=nothing,
        high=nothing,
        points_before=before,
        points_after=after,
        lag=0,
        ratio_scale=family != "linear",
        reason=reason,
    )


def interrupted_series(
    y: ArrayLike,
    changepoint: int,
    *,
    denominator: ArrayLike | None = None,
    family: Family | None = None,
    season: bool = False,
    lag: int | None = None,
    level: float = 0.95,
) -> InterruptedSeries:
    """Change of level and slope after the first `changepoint` points, with the counterfactual line and its band.

    y: one value a period in order (a gap is NaN and keeps its place in time); with `denominator` counts of patients,
    and the model is quasi-binomial (or "poisson" for rates). Periods without patients are gaps. A ramp-in is made by
    setting its periods to NaN. Refused below 8 points on each side, and where all or none had it. ValueError when
    lengths differ or the family does not fit.
    """
    from scipy.stats import t as student

    values = np.asarray(y, dtype=float)
    kind: Family = family or ("linear" if denominator is None else "binomial")
    if (kind == "linear") != (denominator is None):
        raise ValueError("counts need denominators, values none")
    size = None if denominator is None else np.asarray(denominator, dtype=float)
    if size is not None and size.shape != values.shape:
        raise ValueError("counts and denominators need one length")
    known = ~np.isnan(values) if size is None else ~np.isnan(values) & (np.nan_to_num(size) > 0)
    points = values.size
    before, after = int(known[:changepoint].sum()), int(known[changepoint:].sum())
    if before < FEWEST or after < FEWEST:
        return _refused(points, before, after, "effect.too_few_points", kind)
    names, x = design(points, changepoint, season=season)
    memory = default_lag(before + after) if lag is None else lag
    got = fit(
        names, x[known], values[known], None if size is None else size[known], family=kind, lag=memory, adjust=True
    )
    if not got.converged:
        return _refused(points, before, after, "effect.none_or_all_series", kind)
    covariance = got.robust
    if kind != "linear":
        # Newey–West from few points can fall far below what chance alone gives: the larger of the two counts.
        quasi = got.covariance * max(1.0, got.dispersion)
        wider = np.sqrt(np.maximum(1.0, np.diag(quasi) / np.maximum(np.diag(covariance), 1e-300)))
        covariance = covariance * np.outer(wider, wider)
    # Student's t, because the errors themselves are estimated from few points.
    freedom = before + after - x.shape[1]
    z = float(student.ppf(0.5 + level / 2, freedom))
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))

    def limits(position: int) -> tuple[Interval, float]:
        """Interval and p of one coefficient."""
        value, error = float(got.coefficients[position]), float(errors[position])
        p = 2 * float(student.sf(abs(value) / error, freedom)) if error > 0 else math.nan
        return Interval(value, value - z * error, value + z * error), p

    without = x.copy()
    without[:, 2:4] = 0.0
    linear, reach = without @ got.coefficients, z * np.sqrt(np.maximum(0, (without @ covariance * without).sum(axis=1)))
    lines = [_response(kind, part) for part in (x @ got.coefficients, linear, linear - reach, linear + reach)]
    for line in lines[1:]:
        line[:changepoint] = np.nan
    last = int(np.flatnonzero(known)[-1])
    (level_change, p_level), (slope_change, p_slope) = limits(2), limits(3)
    return InterruptedSeries(
        level_change=level_change,
        slope_change=slope_change,
        at_end=_at_end(kind, x[last], without[last], got.coefficients, covariance, z=z),
        p_level=p_level,
        p_slope=p_slope,
        fitted=lines[0],
        counterfactual=lines[1],
        low=lines[2],
        high=lines[3],
        points_before=before,
        points_after=after,
        lag=memory,
        ratio_scale=kind != "linear",
        reason=None,
    )


def _response(family: Family, linear: Floats) -> Floats:
    """The linear predictor on the scale of the series."""
    if family == "linear":
        return linear.copy()
    return _mean_and_weight(family, linear, np.ones_like(linear))[0]


def _at_end(family: Family, there: Floats, without: Floats, beta: Floats, covariance: Floats, *, z: float) -> Interval:
    """Fitted minus counterfactual at one point, with a delta-method interval."""
    pair = np.array([there @ beta, without @ beta])
    mean = _response(family, pair)
    slope = np.ones(2)
    if family == "binomial":
        slope = mean * (1 - mean)
    elif family == "poisson":
        slope = mean
    gradient = slope[0] * there - slope[1] * without
    half = z * math.sqrt(max(0.0, float(gradient @ covariance @ gradient)))
    difference = float(mean[0] - mean[1])
    return Interval(difference, difference - half, difference + half)
