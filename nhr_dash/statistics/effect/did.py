"""Difference in differences: own change minus that of units that took no part, and whether they ran alike before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.effect.evidence import comparison_change, dispersion
from nhr_dash.statistics.intervals import NO_INTERVAL, Interval, two_sided_z

Floats = NDArray[np.float64]

FEWEST_UNITS = 5
FEWEST_MONTHS = 6
"""Months before the change that a trend before can be judged from."""


@dataclass(frozen=True)
class DifferenceInDifferences:
    """Own change, the others' change and the difference between them, shares 0..1.

    effect: own − others, with its interval; p: two-sided. trend_before: how much faster own shares rose a year than the
    others' before the change, with its interval; None with under six months. parallel: False when that interval
    excludes 0, so that the comparison rests on units that already went another way. months: the picture data, one row a
    month: month (0-based), own, others (shares), patients, difference, low, high, after (bool), counted (False in the
    ramp-in). reason: text key when there is no comparison; the numbers are then NaN.
    """

    own_change: float
    others_change: float
    effect: Interval
    p: float
    trend_before: Interval | None
    parallel: bool | None
    units: int
    months: pd.DataFrame
    reason: str | None


def _change(counts: Floats, patients: Floats, spans: tuple[slice, slice]) -> tuple[float, float]:
    """Change of the pooled share of some units (units × months) and its variance: clustered from five units on."""
    sums = [part[:, span].sum(axis=1) for span in spans for part in (counts, patients)]
    if counts.shape[0] >= FEWEST_UNITS:
        shift, variance = comparison_change(*sums)
        return float(shift), float(variance)
    x1, n1, x2, n2 = (float(part.sum()) for part in sums)
    if not (n1 > 0 and n2 > 0):
        return math.nan, math.nan
    pooled = [(counts[:, span].sum(axis=0), patients[:, span].sum(axis=0)) for span in spans]
    spread = float(dispersion((pooled[0], pooled[1])))
    # Half a patient a side keeps 0 and 100 % from looking certain.
    shares = [(x + 0.5) / (n + 1) for x, n in ((x1, n1), (x2, n2))]
    chance = spread * sum(p * (1 - p) / n for p, n in zip(shares, (n1, n2), strict=True))
    return x2 / n2 - x1 / n1, chance


def _share(counts: Floats, patients: Floats) -> Floats:
    """Pooled share a month; NaN without patients."""
    held = patients.sum(axis=0)
    return np.divide(counts.sum(axis=0), held, out=np.full(held.shape, np.nan), where=held > 0)


def _slope(difference: Floats, variance: Floats, z: float) -> Interval | None:
    """Weighted slope of the monthly differences, a year, with its interval."""
    known = ~np.isnan(difference) & (variance > 0)
    if known.sum() < FEWEST_MONTHS:
        return None
    time, weight = np.flatnonzero(known) / 12.0, 1 / variance[known]
    middle = time - np.average(time, weights=weight)
    information = float(weight @ middle**2)
    slope = float(weight @ (middle * difference[known])) / information
    half = z / math.sqrt(information)
    return Interval(slope, slope - half, slope + half)


def difference_in_differences(
    own_counts: ArrayLike,
    own_patients: ArrayLike,
    other_counts: ArrayLike,
    other_patients: ArrayLike,
    change: int,
    *,
    ramp_in: int = 0,
    level: float = 0.95,
) -> DifferenceInDifferences:
    """Compare the change of the units of a project with units that took no part, over the same months.

    Counts and patients: units × months (one unit: months). change: index of the first month of the change; `ramp_in`
    months from there count as neither before nor after. Weighted by patients; errors clustered by unit (Liang & Zeger
    1986), and by month-to-month variation where the own units are fewer than five. Refused with fewer than five other
    units. ValueError when shapes differ.
    """
    own_x, own_n, other_x, other_n = (
        np.nan_to_num(np.atleast_2d(np.asarray(part, dtype=float)))
        for part in (own_counts, own_patients, other_counts, other_patients)
    )
    if own_x.shape != own_n.shape or other_x.shape != other_n.shape or own_x.shape[1] != other_x.shape[1]:
        raise ValueError("counts and patients need the same units and months")
    count = own_x.shape[1]
    z = two_sided_z(level)
    spans = (slice(0, change), slice(min(change + ramp_in, count), count))
    units = int((other_n.sum(axis=1) > 0).sum())
    own, others = _share(own_x, own_n), _share(other_x, other_n)
    spread = float(dispersion(((own_x[:, :change].sum(axis=0), own_n[:, :change].sum(axis=0)),))) if change else 1.0
    held, other_held = own_n.sum(axis=0), other_n.sum(axis=0)
    # The others' share stands in for both: a month of 0 or 100 % is no more certain than another.
    middle = np.clip(np.nan_to_num(others, nan=0.5), 0.02, 0.98)
    variance = np.where(
        (held > 0) & (other_held > 0),
        middle * (1 - middle) * (spread / np.maximum(held, 1) + 1 / np.maximum(other_held, 1)),
        np.nan,
    )
    reach = z * np.sqrt(variance)
    month = np.arange(count)
    frame = pd.DataFrame(
        {
            "month": month,
            "own": own,
            "others": others,
            "patients": held,
            "difference": own - others,
            "low": own - others - reach,
            "high": own - others + reach,
            "after": month >= change,
            "counted": (month < change) | (month >= change + ramp_in),
        }
    )
    trend = _slope((own - others)[:change], np.nan_to_num(variance[:change]), z)
    parallel = None if trend is None else trend.low <= 0 <= trend.high
    ours, ours_variance = _change(own_x, own_n, spans)
    reason = "effect.few_units" if units < FEWEST_UNITS else None
    theirs, theirs_variance = _change(other_x, other_n, spans) if reason is None else (math.nan, math.nan)
    total = ours_variance + theirs_variance
    if reason is None and not total > 0:
        reason = "effect.no_patients"
    if reason is not None:
        return DifferenceInDifferences(ours, theirs, NO_INTERVAL, math.nan, trend, parallel, units, frame, reason)
    effect, half = ours - theirs, z * math.sqrt(total)
    p = math.erfc(abs(effect) / math.sqrt(2 * total))
    interval = Interval(effect, effect - half, effect + half)
    return DifferenceInDifferences(ours, theirs, interval, p, trend, parallel, units, frame, None)
