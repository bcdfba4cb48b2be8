"""Shares compared within strata, and along an order: the same answer when the mix of patients changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.intervals import Interval, two_sided_z

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StratifiedChange:
    """Before and after within strata (hospitals, severity groups), pooled after Mantel and Haenszel.

    odds_ratio: after over before, None where its limits do not exist; difference: pooled difference of shares, after −
    before. p: two-sided, without continuity correction; p_corrected: with. strata: those with patients on both sides.
    reason: text key when no stratum has patients on both sides; the numbers are then NaN.
    """

    odds_ratio: Interval | None
    difference: float
    p: float
    p_corrected: float
    strata: int
    reason: str | None


def _counts(*parts: ArrayLike) -> list[Floats]:
    """Arrays of one length; ValueError when a count is negative or above its denominator."""
    x1, n1, x2, n2 = (np.asarray(part, dtype=float) for part in parts)
    if not x1.shape == n1.shape == x2.shape == n2.shape or x1.ndim != 1:
        raise ValueError("strata need four lists of one length")
    if np.any((x1 < 0) | (x1 > n1) | (x2 < 0) | (x2 > n2)):
        raise ValueError("a count lies between 0 and its denominator")
    both = (n1 > 0) & (n2 > 0)
    return [part[both] for part in (x1, n1, x2, n2)]


def stratified_change(
    before_counts: ArrayLike,
    before_patients: ArrayLike,
    after_counts: ArrayLike,
    after_patients: ArrayLike,
    *,
    level: float = 0.95,
) -> StratifiedChange:
    """Compare shares within strata (Mantel & Haenszel, J Natl Cancer Inst 1959;22:719).

    One element a stratum; a stratum without patients on one side tells nothing and is left out. Interval of the odds
    ratio after Robins, Breslow & Greenland, Biometrics 1986;42:311.
    """
    x1, n1, x2, n2 = _counts(before_counts, before_patients, after_counts, after_patients)
    if x1.size == 0:
        return StratifiedChange(None, math.nan, math.nan, math.nan, 0, "effect.no_patients")
    total = n1 + n2
    a, b, c, d = x2, n2 - x2, x1, n1 - x1
    right, wrong = a * d / total, b * c / total
    numerator, denominator = float(right.sum()), float(wrong.sum())
    difference = float(((x2 * n1 - x1 * n2) / total).sum() / (n1 * n2 / total).sum())
    odds = None
    if numerator > 0 and denominator > 0:
        agree, differ = (a + d) / total, (b + c) / total
        variance = float(
            (agree * right).sum() / (2 * numerator**2)
            + (agree * wrong + differ * right).sum() / (2 * numerator * denominator)
            + (differ * wrong).sum() / (2 * denominator**2)
        )
        estimate, reach = numerator / denominator, math.exp(two_sided_z(level) * math.sqrt(variance))
        odds = Interval(estimate, estimate / reach, estimate * reach)
    events = x1 + x2
    # Strata of one patient have no variance and divide by zero otherwise.
    spread = float((n1 * n2 * events * (total - events) / (total**2 * np.maximum(total - 1, 1))).sum())
    distance = abs(float((x2 - events * n2 / total).sum()))
    p = p_corrected = 1.0
    if spread > 0:
        p = math.erfc(distance / math.sqrt(2 * spread))
        p_corrected = math.erfc(max(0.0, distance - min(0.5, distance)) / math.sqrt(2 * spread))
    return StratifiedChange(odds, difference, p, p_corrected, int(x1.size), None)


def trend_p(counts: ArrayLike, patients: ArrayLike, score: ArrayLike | None = None) -> float:
    """Does a share rise or fall along an order (years, doses)? Two-sided p (Cochran 1954, Armitage 1955).

    One element a group; score: its place, 1, 2, 3 … when not given. Groups without patients are left out. NaN with
    fewer than two groups, or where none or all had it.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(patients, dtype=float)
    place = np.arange(1.0, x.size + 1) if score is None else np.asarray(score, dtype=float)
    x, place, n = x[n > 0], place[n > 0], n[n > 0]
    if x.size < 2:
        return math.nan
    share = float(x.sum() / n.sum())
    middle = place - float((n * place).sum() / n.sum())
    spread = share * (1 - share) * float((n * middle**2).sum())
    if spread <= 0:
        return math.nan
    return math.erfc(abs(float((x * middle).sum())) / math.sqrt(2 * spread))
