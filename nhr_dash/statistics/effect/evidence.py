"""How strongly before and after differ: score statistics for one series or for many at once.

All arguments broadcast; counts are patients. The same functions serve the verdict on the screen and the measured table
of its error rates, so that the table is about what the product does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

ORDINARY_CORRELATION = 0.02
"""Month-to-month variation beyond chance that is taken for ordinary (intra-month correlation ρ)."""


def restricted_shares(x1: Floats, n1: Floats, x2: Floats, n2: Floats, delta: Floats) -> tuple[Floats, Floats]:
    """Most likely shares before and after when the true difference is `delta` (Miettinen & Nurminen 1985)."""
    total = n1 + n2
    square = (n2 + 2 * n1) * delta - total - (x1 + x2)
    linear = (n1 * delta - total - 2 * x1) * delta + x1 + x2
    constant = x1 * delta * (1 - delta)
    c = square**3 / (27 * total**3) - square * linear / (6 * total**2) + constant / (2 * total)
    b = np.copysign(np.sqrt(np.maximum(square**2 / (9 * total**2) - linear / (3 * total), 0.0)), c)
    ratio = np.divide(c, b**3, out=np.zeros(np.broadcast(c, b).shape), where=b != 0)
    angle = (math.pi + np.arccos(np.clip(ratio, -1.0, 1.0))) / 3
    p1 = 2 * b * np.cos(angle) - square / (3 * total)
    p1 = np.clip(p1, np.maximum(0.0, -delta), np.minimum(1.0, 1.0 - delta))
    return p1, p1 + delta


def score(
    before_count: ArrayLike,
    before_patients: ArrayLike,
    after_count: ArrayLike,
    after_patients: ArrayLike,
    *,
    delta: ArrayLike = 0.0,
    dispersion: ArrayLike = 1.0,
    extra_variance: ArrayLike = 0.0,
) -> Floats:
    """z for "after − before is more than delta" (score test; positive is higher).

    delta: difference allowed for, −1..1; dispersion: factor on the binomial variance; extra_variance: added variance,
    for an allowance that is itself an estimate. 0 where a group is empty or nothing varies: no evidence.
    """
    x1, n1, x2, n2, d = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (before_count, before_patients, after_count, after_patients, delta))
    )
    empty = (n1 <= 0) | (n2 <= 0)
    n1, n2 = np.where(empty, 1.0, n1), np.where(empty, 1.0, n2)
    p1, p2 = restricted_shares(x1, n1, x2, n2, d)
    total = n1 + n2
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * total / (total - 1) * np.asarray(dispersion, dtype=float)
    variance = variance + np.asarray(extra_variance, dtype=float)
    distance = x2 / n2 - x1 / n1 - d
    usable = ~empty & (variance > 1e-14)
    return np.divide(distance, np.sqrt(np.where(usable, variance, 1.0)), out=np.zeros(d.shape), where=usable)


def _chi_square_95(freedom: Floats) -> Floats:
    """95 % point of chi-square (Wilson & Hilferty 1931, within 1 % from 3 degrees of freedom)."""
    part = 2 / (9 * np.maximum(freedom, 1.0))
    return np.asarray(np.maximum(freedom, 1.0) * (1 - part + 1.6448536 * np.sqrt(part)) ** 3, dtype=float)


def dispersion(spans: tuple[tuple[ArrayLike, ArrayLike], ...]) -> Floats:
    """Variance of monthly shares beyond the binomial, ≥ 1.

    spans: (counts, patients) with months along the last axis, before and after apart, so that the change itself does
    not count as variation. Ordinary variation (ρ = 0.02) is always allowed for: 1 + (n − 1)ρ. More is used when the
    months show clearly more (chi-square at 5 %), because an estimate from a year of months is too noisy otherwise.
    """
    squares = totals = chi = freedom = np.zeros(())
    for counts, patients in spans:
        x, n = np.asarray(counts, dtype=float), np.asarray(patients, dtype=float)
        sum_n = n.sum(axis=-1)
        share = np.divide(x.sum(axis=-1), sum_n, out=np.zeros(sum_n.shape), where=sum_n > 0)
        spread = share * (1 - share)
        miss = (x - n * share[..., None]) ** 2 / np.where(n > 0, n, 1.0)
        chi = chi + np.divide(miss.sum(axis=-1), spread, out=np.zeros(sum_n.shape), where=spread > 0)
        freedom = freedom + np.maximum((n > 0).sum(axis=-1) - 1.0, 0.0)
        squares, totals = squares + (n**2).sum(axis=-1), totals + sum_n
    typical = np.divide(squares, totals, out=np.ones(np.shape(totals)), where=totals > 0)
    ordinary = 1 + np.maximum(typical - 1, 0.0) * ORDINARY_CORRELATION
    clearly_more = (freedom >= 3) & (chi > ordinary * _chi_square_95(freedom))
    return np.where(clearly_more, chi / np.maximum(freedom, 1.0), ordinary)


def comparison_change(
    before_count: ArrayLike, before_patients: ArrayLike, after_count: ArrayLike, after_patients: ArrayLike
) -> tuple[Floats, Floats]:
    """Change of the pooled share in units that took no part, with its variance; units along the last axis.

    Weighted by patients; the variance is clustered by unit (linearised ratios, factor K/(K − 1)). NaN without patients.
    """
    x1, n1, x2, n2 = (np.asarray(v, dtype=float) for v in (before_count, before_patients, after_count, after_patients))
    total1, total2 = n1.sum(axis=-1, keepdims=True), n2.sum(axis=-1, keepdims=True)
    there = (total1 > 0) & (total2 > 0)
    safe1, safe2 = np.where(there, total1, np.nan), np.where(there, total2, np.nan)
    p1, p2 = x1.sum(axis=-1, keepdims=True) / safe1, x2.sum(axis=-1, keepdims=True) / safe2
    influence = (x2 - p2 * n2) / safe2 - (x1 - p1 * n1) / safe1
    units = x1.shape[-1]
    factor = units / (units - 1) if units > 1 else math.nan
    return (p2 - p1)[..., 0], factor * (influence**2).sum(axis=-1)


def own_drift(
    before_count: ArrayLike,
    before_patients: ArrayLike,
    after_count: ArrayLike,
    after_patients: ArrayLike,
    *,
    dispersion: ArrayLike = 1.0,
) -> Floats:
    """Variance with which units that took no part moved apart by themselves, beyond chance; units along the last axis.

    What they do, the own unit would have done too: it belongs to the uncertainty of a comparison. By moments
    (DerSimonian & Laird 1986), and 0 unless they clearly differ (Cochran's Q at 5 %), because few units tell it badly.
    """
    x1, n1, x2, n2, spread = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (before_count, before_patients, after_count, after_patients)),
        np.asarray(dispersion, dtype=float)[..., None],
    )
    there = (n1 > 0) & (n2 > 0)
    safe1, safe2 = np.where(there, n1, 1.0), np.where(there, n2, 1.0)
    change = x2 / safe2 - x1 / safe1
    # Half a patient a side keeps 0 and 100 % from looking certain.
    p1, p2 = (x1 + 0.5) / (safe1 + 1), (x2 + 0.5) / (safe2 + 1)
    chance = spread * (p1 * (1 - p1) / safe1 + p2 * (1 - p2) / safe2)
    weight = np.where(there, 1 / chance, 0.0)
    total = np.maximum(weight.sum(axis=-1), 1e-300)
    mean = (weight * change).sum(axis=-1) / total
    q = (weight * (change - mean[..., None]) ** 2).sum(axis=-1)
    freedom = there.sum(axis=-1) - 1.0
    scale = total - (weight**2).sum(axis=-1) / total
    excess = np.divide(q - freedom, scale, out=np.zeros(q.shape), where=scale > 0)
    return np.where((freedom >= 3) & (q > _chi_square_95(freedom)), np.maximum(excess, 0.0), 0.0)


def drift_allowance(
    before_months: float, after_months: float, gap_months: float = 0.0, *, season: bool = True
) -> float:
    """What else can move a share when there is nothing to compare with, 0..1.

    Two points a year of general improvement between the middles of the spans, and ±5 points of season in its worst
    phase; whole years cancel the season.
    """
    apart = (before_months + after_months) / 2 + gap_months
    return 0.02 * apart / 12 + (seasonal_swing(before_months) + seasonal_swing(after_months) if season else 0.0)


def seasonal_swing(months: float, amplitude: float = 0.05) -> float:
    """Largest mean that a yearly sine of this amplitude can have over so many months in a row; 0 for whole years."""
    if months <= 0:
        return amplitude
    peak = abs(math.sin(math.pi * months / 12)) / (months * math.sin(math.pi / 12))
    return amplitude * min(1.0, peak)
