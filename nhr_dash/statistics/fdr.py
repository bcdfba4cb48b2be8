"""Many tests at once: p-values adjusted so that a list of findings can be trusted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def _ordered(p: ArrayLike) -> tuple[Floats, NDArray[np.intp], NDArray[np.bool_]]:
    """The p-values as an array, the order of those known (largest first), and which are known."""
    values = np.asarray(p, dtype=float)
    if values.ndim != 1:
        raise ValueError("p-values must be one list")
    known = ~np.isnan(values)
    if np.any((values[known] < 0) | (values[known] > 1)):
        raise ValueError("a p-value must lie between 0 and 1")
    order = np.flatnonzero(known)[np.argsort(-values[known], kind="stable")]
    return values, order, known


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p-values that control the expected share of false findings (Benjamini & Hochberg, JRSS B 1995;57:289).

    p is one-dimensional; NaN (no test was possible) stays NaN and is not counted as a test. A finding with an adjusted
    value ≤ q belongs to a list of which at most a share q is expected to be false. ValueError outside 0..1.
    """
    values, order, _ = _ordered(p)
    adjusted = np.full(values.shape, np.nan)
    tests = order.size
    if tests:
        rank = np.arange(tests, 0, -1)
        adjusted[order] = np.minimum(np.minimum.accumulate(values[order] * tests / rank), 1.0)
    return adjusted


def benjamini_yekutieli(p: ArrayLike) -> Floats:
    """As `benjamini_hochberg`, valid whatever the dependence between the tests (Ann Statist 2001;29:1165)."""
    values, order, _ = _ordered(p)
    adjusted = np.full(values.shape, np.nan)
    tests = order.size
    if tests:
        rank = np.arange(tests, 0, -1)
        weight = float(np.sum(1 / np.arange(1, tests + 1)))
        adjusted[order] = np.minimum(np.minimum.accumulate(values[order] * weight * tests / rank), 1.0)
    return adjusted


def bonferroni(p: ArrayLike) -> Floats:
    """p-values times the number of tests made, at most 1; NaN stays NaN and is not counted."""
    values, order, _ = _ordered(p)
    return np.minimum(values * order.size, 1.0)


def holm(p: ArrayLike) -> Floats:
    """Holm's stepwise version of Bonferroni (Scand J Statist 1979;6:65); never larger than Bonferroni's."""
    values, order, _ = _ordered(p)
    adjusted = np.full(values.shape, np.nan)
    rising = order[::-1]
    if rising.size:
        left = np.arange(rising.size, 0, -1)
        adjusted[rising] = np.minimum(np.maximum.accumulate(values[rising] * left), 1.0)
    return adjusted
