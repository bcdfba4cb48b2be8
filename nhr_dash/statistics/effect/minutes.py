"""The verdict on minutes: the rule of `verdict`, on the ranks of the minutes instead of a share.

At few patients a month the minutes say more than the share within the limit, because a patient at 41 minutes and one at
140 no longer count the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.effect.durations import MinutesShift, known, minutes_shift
from nhr_dash.statistics.effect.evidence import ORDINARY_CORRELATION, drift_allowance
from nhr_dash.statistics.effect.verdict import (
    CLEAR,
    FEWEST_COMPARISON_UNITS,
    LIKELY,
    Grade,
    caps,
    equivalent_baseline,
    grade_evidence,
)
from nhr_dash.statistics.looks import FIRST_LOOK, schedule

Floats = NDArray[np.float64]

POINTS_TO_CHANCE = 0.7
"""A share that rises by δ near its middle raises the chance of a shorter time by about 0.7 δ (normal log minutes)."""


@dataclass(frozen=True)
class MinutesVerdict:
    """The grade of a change in minutes and what it rests on.

    shift: own before and after. faster: chance (0..1) that a patient after was faster than one before, 0.5 when nothing
    changed; compared: own minus the other units' chance, None without comparison. z: evidence for faster; z_likely,
    z_clear, look, allowance, reasons and others as in `verdict.Verdict`.
    """

    grade: Grade
    shift: MinutesShift
    faster: float
    compared: float | None
    allowance: float
    z: float
    z_likely: float
    z_clear: float
    look: int
    reasons: tuple[str, ...]
    others: int


def chance_of_faster(before: ArrayLike, after: ArrayLike) -> tuple[float, float]:
    """Chance that one after is shorter than one before (ties count half), and its variance when nothing changed.

    Sorted or not; NaN is unknown. NaN without patients on both sides. (Mann–Whitney U over n1·n2.)
    """
    b, a = known(before), known(after)
    if not (b.size and a.size):
        return math.nan, math.nan
    longer = b.size - np.searchsorted(b, a, side="right").astype(float)
    equal = np.searchsorted(b, a, side="right") - np.searchsorted(b, a, side="left")
    total = a.size + b.size
    times = np.unique(np.concatenate((b, a)), return_counts=True)[1].astype(float)
    ties = float((times**3 - times).sum()) / (total * (total - 1)) if total > 1 else 0.0
    variance = max(0.0, total + 1 - ties) / (12 * a.size * b.size)
    return float((longer + equal / 2).sum()) / (a.size * b.size), variance


def _others(units: Sequence[tuple[ArrayLike, ArrayLike]]) -> tuple[float, float, int] | None:
    """Chance of faster in units that took no part, each against itself; variance clustered by unit; how many."""
    chances, weights = [], []
    for before, after in units:
        chance, variance = chance_of_faster(before, after)
        if variance > 0:
            chances.append(chance)
            weights.append(1 / variance)
    if len(chances) < FEWEST_COMPARISON_UNITS:
        return None
    value, weight = np.array(chances), np.array(weights) / sum(weights)
    pooled = float(weight @ value)
    spread = len(chances) / (len(chances) - 1) * float((weight**2) @ (value - pooled) ** 2)
    return pooled, spread, len(chances)


def judge_minutes(
    before: ArrayLike,
    after: ArrayLike,
    *,
    before_months: int,
    after_months: int,
    comparison: Sequence[tuple[ArrayLike, ArrayLike]] | None = None,
    limit: float | None = None,
    season: bool = True,
    chosen_after_looking: bool = False,
    gap_months: float = 0.0,
) -> MinutesVerdict:
    """Judge a change in minutes (shorter is better) by the rule of `verdict.judge`.

    before, after: minutes of the patients of whole months, NaN unknown; *_months: how many months each span has.
    comparison: (before, after) of each unit that took no part, same months, at least five. limit: for the share within.
    """
    shift = minutes_shift(before, after, limit=limit)
    chance, variance = chance_of_faster(before, after)
    theirs = _others(comparison) if comparison is not None else None
    monthly = (shift.before_patients + shift.after_patients) / max(1, before_months + after_months)
    variance *= 1 + max(monthly - 1, 0.0) * ORDINARY_CORRELATION
    months = (before_months, after_months)
    allowance = 0.0 if theirs else POINTS_TO_CHANCE * drift_allowance(*months, gap_months, season=season)
    baseline = equivalent_baseline(shift.before_patients, shift.after_patients, max(after_months, 1))
    plans = [schedule(baseline, max(after_months, FIRST_LOOK), alpha) for alpha in (LIKELY, CLEAR)]
    needed = (plans[0].z[-1], plans[1].z[-1])
    z = evidence_better = evidence_worse = 0.0
    if variance > 0:
        z = (chance - 0.5) / math.sqrt(variance)
        better = [(chance - 0.5 - allowance) / math.sqrt(variance)]
        worse = [(0.5 - chance - allowance) / math.sqrt(variance)]
        if theirs:
            against = (chance - theirs[0]) / math.sqrt(variance + theirs[1])
            better, worse = [*better, against], [*worse, -against]
        evidence_better, evidence_worse = min(better), min(worse)
    held = caps(comparison is not None, theirs is not None, season, chosen_after_looking, months=months)
    grade, reasons = grade_evidence((evidence_better, evidence_worse), needed, held)
    furthest = (0.5 - allowance) / math.sqrt(variance) if variance > 0 else 0.0
    if after_months < FIRST_LOOK:
        grade, reasons = Grade.TOO_LITTLE_DATA, ("verdict.too_early",)
    elif not variance > 0:
        grade, reasons = Grade.TOO_LITTLE_DATA, (shift.reason or "effect.too_few_for_interval",)
    elif furthest < needed[0]:
        grade, reasons = Grade.TOO_LITTLE_DATA, ("verdict.cannot_decide",)
    return MinutesVerdict(
        grade=grade,
        shift=shift,
        faster=chance,
        compared=chance - theirs[0] if theirs else None,
        allowance=allowance,
        z=z,
        z_likely=needed[0],
        z_clear=needed[1],
        look=after_months,
        reasons=reasons,
        others=theirs[2] if theirs else 0,
    )
