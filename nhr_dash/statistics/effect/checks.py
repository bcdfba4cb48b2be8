"""What else could explain it: the checks that go with every before-and-after comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.effect.durations import mann_whitney
from nhr_dash.statistics.fdr import benjamini_hochberg
from nhr_dash.statistics.intervals import newcombe, wilson

Floats = NDArray[np.float64]

NOTABLE_POINTS = 0.05
"""Change in coverage, completeness or case mix, as a share, from which it is worth a word."""
NOTABLE_SIZE = 0.2
"""Standardised difference of patients' mix from which it is worth a word (Cohen's "small")."""
NOTABLE_RETURN = 0.01


@dataclass(frozen=True)
class Check:
    """One check. key: text key (`checks.…`); passed: nothing to mention; values: whole numbers and codes for the text.

    `column` among the values is a column's code, to be replaced by its title where the sentence is made.
    """

    key: str
    passed: bool
    values: dict[str, int | str] = field(default_factory=dict, hash=False)


def between_unit_variance(counts: ArrayLike, patients: ArrayLike) -> tuple[float, float]:
    """Patient-weighted mean share and the variance of the true shares between units (≥ 0), by moments.

    DerSimonian & Laird, Control Clin Trials 1986;7:177, with binomial variances at the mean. NaN without patients.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(patients, dtype=float)
    x, n = x[n > 0], n[n > 0]
    if n.size == 0:
        return math.nan, math.nan
    mean = float(x.sum() / n.sum())
    spread = mean * (1 - mean)
    if n.size < 2 or spread <= 0:
        return mean, 0.0
    excess = float((n * (x / n - mean) ** 2).sum()) / spread - (n.size - 1)
    scale = float(n.sum() - (n**2).sum() / n.sum()) / spread
    return mean, max(0.0, excess / scale) if scale > 0 else 0.0


def expected_return(own_count: float, own_patients: float, counts: ArrayLike, patients: ArrayLike) -> float:
    """How far the share is expected to move by itself when it is measured again: towards the mean of all units, 0..1.

    (mean − own) × (1 − reliability); positive when the own baseline was low. NaN without patients.
    """
    mean, between = between_unit_variance(counts, patients)
    if not own_patients > 0 or math.isnan(mean):
        return math.nan
    chance = mean * (1 - mean) / own_patients
    reliability = between / (between + chance) if between + chance > 0 else 1.0
    return (mean - own_count / own_patients) * (1 - reliability)


def regression_to_mean(
    own_count: float, own_patients: float, counts: ArrayLike, patients: ArrayLike, *, direction: int = 1
) -> Check:
    """Was the baseline so poor that part of an improvement comes by itself? counts, patients: all units' baselines."""
    back = direction * expected_return(own_count, own_patients, counts, patients)
    values: dict[str, int | str] = {} if math.isnan(back) else {"points": round(100 * back)}
    return Check("checks.regression_to_mean", not back >= NOTABLE_RETURN, values)


def case_mix(before: pd.DataFrame, after: pd.DataFrame) -> tuple[Check, ...]:
    """Were the patients alike? One check a column that both frames have; rows are patients.

    Numbers (age, NIHSS) are compared by rank test and standardised difference, everything else category by category,
    with missing as its own. A column is mentioned when it is both notable in size and beyond chance (FDR 5 % over the
    columns). Values: column, and for numbers before and after as whole means, for the rest the category and percent.
    """
    found: list[tuple[float, bool, dict[str, int | str]]] = []
    for column in [name for name in before.columns if name in after.columns]:
        first, second = before[column], after[column]
        if pd.api.types.is_numeric_dtype(first) and not pd.api.types.is_bool_dtype(first):
            found.append(
                _number_drift(column, first.to_numpy(float, na_value=np.nan), second.to_numpy(float, na_value=np.nan))
            )
        else:
            found.append(_category_drift(column, first, second))
    adjusted = benjamini_hochberg([p for p, _, _ in found])
    checks = []
    for (_, notable, values), p in zip(found, adjusted, strict=True):
        key = "checks.case_mix_number" if "category" not in values else "checks.case_mix_category"
        checks.append(Check(key, not (notable and p < 0.05), values))
    return tuple(checks)


def _number_drift(column: str, first: Floats, second: Floats) -> tuple[float, bool, dict[str, int | str]]:
    """p, whether notable, and values for one numeric column."""
    first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    if min(first.size, second.size) < 2:
        return 1.0, False, {"column": column, "before": 0, "after": 0}
    p = mann_whitney(first, second).p
    spread = math.sqrt((float(first.var(ddof=1)) + float(second.var(ddof=1))) / 2)
    means = float(first.mean()), float(second.mean())
    size = abs(means[1] - means[0]) / spread if spread > 0 else 0.0
    values: dict[str, int | str] = {"column": column, "before": round(means[0]), "after": round(means[1])}
    return (1.0 if math.isnan(p) else p), size >= NOTABLE_SIZE, values


def _category_drift(column: str, first: pd.Series, second: pd.Series) -> tuple[float, bool, dict[str, int | str]]:
    """p, whether notable, and the category that changed most, for one column of categories."""
    from scipy.stats import chi2

    groups = [series.astype(object).where(series.notna(), "missing").astype(str) for series in (first, second)]
    sizes = [len(group) for group in groups]
    empty: dict[str, int | str] = {"column": column, "category": "", "before": 0, "after": 0}
    if min(sizes) == 0:
        return 1.0, False, empty
    categories = sorted(set(groups[0]) | set(groups[1]))
    counts = np.array([[int((group == category).sum()) for category in categories] for group in groups], dtype=float)
    expected = counts.sum(axis=0) * np.array(sizes)[:, None] / sum(sizes)
    p = float(chi2.sf(((counts - expected) ** 2 / expected).sum(), len(categories) - 1)) if len(categories) > 1 else 1.0
    shares = counts / np.array(sizes)[:, None]
    most = int(np.argmax(np.abs(shares[1] - shares[0])))
    values: dict[str, int | str] = {
        "column": column,
        "category": categories[most],
        "before": round(100 * float(shares[0, most])),
        "after": round(100 * float(shares[1, most])),
    }
    return p, bool(abs(shares[1, most] - shares[0, most]) >= NOTABLE_POINTS), values


def completeness(known_before: int, before: int, known_after: int, after: int) -> Check:
    """Did the share of patients with a known answer change? A better share can be nothing but missing forms."""
    change = newcombe(known_before, before, known_after, after)
    beyond = change.low > 0 or change.high < 0
    notable = bool(beyond and abs(change.estimate) >= NOTABLE_POINTS)
    shares = [wilson(known_before, before).estimate, wilson(known_after, after).estimate]
    values: dict[str, int | str] = {}
    if not any(math.isnan(share) for share in shares):
        values = {"before": round(100 * shares[0]), "after": round(100 * shares[1])}
    return Check("checks.completeness", not notable, values)


def coverage(before: float, after: float) -> Check:
    """Did coverage (0..1, NaN unknown) change by five points or more between the years of the spans?"""
    if math.isnan(before) or math.isnan(after):
        return Check("checks.coverage_unknown", False)
    values: dict[str, int | str] = {"before": round(100 * before), "after": round(100 * after)}
    return Check("checks.coverage", abs(after - before) < NOTABLE_POINTS, values)


def changed_definition(start: date, end: date, changes: Sequence[date]) -> Check:
    """Did the indicator's rule change within the time compared (first day inclusive, last day exclusive)?"""
    inside = sorted(day for day in changes if start < day < end)
    return Check("checks.definition", not inside, {"date": inside[0].isoformat()} if inside else {})


def other_projects(start: date, end: date, projects: Sequence[tuple[date, date | None]]) -> Check:
    """Was another project under way in the time after (start inclusive, end exclusive)? None: still under way."""
    count = sum(1 for first, last in projects if first < end and (last is None or last >= start))
    return Check("checks.other_projects", count == 0, {"count": count})


def season(before_months: int, after_months: int) -> Check:
    """Are both spans whole years, so that the season counts the same in both?"""
    whole = before_months > 0 and after_months > 0 and before_months % 12 == 0 and after_months % 12 == 0
    return Check("checks.season", whole, {"before": before_months, "after": after_months})


def provisional(months: int) -> Check:
    """Are months among those compared still provisional?"""
    return Check("checks.provisional", months == 0, {"months": months})


def parallel_before(parallel: bool | None) -> Check:
    """Did the units compared with run alike before? None: too few months to know."""
    if parallel is None:
        return Check("checks.parallel_unknown", False)
    return Check("checks.parallel", parallel)


def enough_patients(chance: float) -> Check:
    """Was there a fair chance (0..1) to see the lift that was wanted?"""
    return Check("checks.power", chance >= 0.8, {"percent": round(100 * chance)})
