"""One verdict on a change: a written rule, with error rates that are measured (docs/error_rates.md).

The rule, for a start date stored before anyone looked:
1. Only whole months count, without the ramp-in. Before three months, or while even the best and the worst possible
   outcome would decide nothing, there is too little data.
2. A yes needs the score test of after against before to pass the boundary of that month's look (`looks`), with
   ordinary month-to-month variation allowed for: 5 % a year of looks for "likely", 2.5 % for "clear".
3. Where units that took no part can be compared with, the difference from their change must pass the same boundary;
   if they clearly moved apart by themselves, that much is expected of the own unit too.
   Without them, what a general improvement and the season could have done is subtracted, and "likely" is the most.
4. "Likely" is also the most with spans that are not whole years where there is season (unless the whole years among
   them are clear by themselves, see `spans.judge_series`), and with spans that were chosen after looking at the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from nhr_dash.statistics.effect.evidence import comparison_change, dispersion, drift_allowance, own_drift, score
from nhr_dash.statistics.effect.proportions import ShareChange, before_after
from nhr_dash.statistics.intervals import Interval, two_sided_z
from nhr_dash.statistics.looks import FIRST_LOOK, schedule

CLEAR, LIKELY = 0.025, 0.05
FEWEST_COMPARISON_UNITS = 5


class Grade(StrEnum):
    """The six answers; each value is also a key in the text catalog `verdict`."""

    CLEAR_IMPROVEMENT = "clear_improvement"
    LIKELY_IMPROVEMENT = "likely_improvement"
    NO_CERTAIN_CHANGE = "no_certain_change"
    LIKELY_WORSENING = "likely_worsening"
    CLEAR_WORSENING = "clear_worsening"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True)
class Months:
    """A span as whole calendar months in order: counts and patients, one element a month (0 patients is a month)."""

    counts: tuple[float, ...]
    patients: tuple[float, ...]

    def __post_init__(self) -> None:
        """Counts and patients must match."""
        if len(self.counts) != len(self.patients):
            raise ValueError("counts and patients need one element a month")

    @property
    def total(self) -> tuple[float, float]:
        """Count and patients of the whole span."""
        return float(sum(self.counts)), float(sum(self.patients))


@dataclass(frozen=True)
class Comparison:
    """Units that took no part, over the same two spans: one element a unit."""

    before_counts: tuple[float, ...]
    before_patients: tuple[float, ...]
    after_counts: tuple[float, ...]
    after_patients: tuple[float, ...]


@dataclass(frozen=True)
class Verdict:
    """The grade and everything it rests on.

    change: own before and after; compared: own change minus the others' (None without comparison); allowance: points
    (0..1) subtracted where there is no comparison; z, z_compared: evidence for improvement (negative: worsening);
    z_likely, z_clear: what this month's look needs; look: months after the change; reasons: text keys that say why it
    is not more; dispersion: factor on the variance; others: units compared with.
    """

    grade: Grade
    change: ShareChange
    compared: Interval | None
    allowance: float
    z: float
    z_compared: float | None
    z_likely: float
    z_clear: float
    look: int
    dispersion: float
    reasons: tuple[str, ...]
    others: int


def equivalent_baseline(before_patients: float, after_patients: float, after_months: int) -> int:
    """Months of baseline at the volume after, 3 to 60: what the boundaries go by."""
    monthly = after_patients / after_months
    return int(min(60, max(3, round(before_patients / monthly)))) if monthly > 0 else 3


def _can_decide(before: Months, after: Months, needed: float, allowance: float, spread: float) -> bool:
    """Could any outcome of the patients after have decided something?"""
    x1, n1 = before.total
    n2 = after.total[1]
    best = float(score(x1, n1, n2, n2, delta=allowance, dispersion=spread))
    worst = float(score(x1, n1, 0, n2, delta=-allowance, dispersion=spread))
    return best >= needed or worst <= -needed


def judge(
    before: Months,
    after: Months,
    *,
    comparison: Comparison | None = None,
    direction: int = 1,
    season: bool = True,
    chosen_after_looking: bool = False,
    gap_months: float = 0.0,
    yearly_patients: float | None = None,
) -> Verdict:
    """Judge a change in a share by the rule of this module.

    before, after: whole months without the ramp-in (`gap_months` long) and without provisional months. comparison: at
    least five units that took no part, the same months; fewer are not used, and said. direction: +1 when higher is
    better. season: whether the indicator may have one. Never raises for few or no patients: the grade says so.
    """
    (x1, n1), (x2, n2) = before.total, after.total
    look = len(after.patients)
    change = before_after(int(x1), int(n1), int(x2), int(n2), yearly_patients=yearly_patients)
    spread = float(dispersion(((before.counts, before.patients), (after.counts, after.patients))))
    others = comparison if comparison and len(comparison.before_counts) >= FEWEST_COMPARISON_UNITS else None
    allowance, variance = 0.0, 0.0
    their_change = None
    if others is not None:
        sums = (others.before_counts, others.before_patients, others.after_counts, others.after_patients)
        shift, uncertainty = comparison_change(*sums)
        if np.isfinite(shift) and np.isfinite(uncertainty):
            their_change = float(shift)
            variance = float(uncertainty + own_drift(*sums, dispersion=spread))
    if their_change is None:
        allowance = drift_allowance(len(before.patients), look, gap_months, season=season)
    baseline = equivalent_baseline(n1, n2, max(look, 1))
    plans = [schedule(baseline, max(look, FIRST_LOOK), alpha) for alpha in (LIKELY, CLEAR)]
    z_likely, z_clear = (plan.z[-1] for plan in plans)
    own = [float(score(x1, n1, x2, n2, delta=sign * allowance, dispersion=spread)) for sign in (1, -1)]
    evidence = [own[0], -own[1]]
    z_compared, compared = None, None
    if their_change is not None:
        z_compared = float(score(x1, n1, x2, n2, delta=their_change, dispersion=spread, extra_variance=variance))
        evidence = [min(own[0], z_compared), -max(own[1], z_compared)]
        compared = _compared(change, their_change, spread, variance)
    months = (len(before.patients), look)
    held = caps(comparison is not None, their_change is not None, season, chosen_after_looking, months=months)
    better, worse = evidence if direction > 0 else evidence[::-1]
    grade, reasons = grade_evidence((better, worse), (z_likely, z_clear), held)
    if look < FIRST_LOOK:
        grade, reasons = Grade.TOO_LITTLE_DATA, ("verdict.too_early",)
    elif change.reason is not None:
        grade, reasons = Grade.TOO_LITTLE_DATA, (change.reason,)
    elif grade is Grade.NO_CERTAIN_CHANGE and not _can_decide(before, after, z_likely, allowance, spread):
        grade, reasons = Grade.TOO_LITTLE_DATA, ("verdict.cannot_decide",)
    return Verdict(
        grade=grade,
        change=change,
        compared=compared,
        allowance=allowance,
        z=own[0] if direction > 0 else -own[1],
        z_compared=None if z_compared is None else direction * z_compared,
        z_likely=z_likely,
        z_clear=z_clear,
        look=look,
        dispersion=spread,
        reasons=reasons,
        others=len(others.before_counts) if others is not None and their_change is not None else 0,
    )


def _compared(change: ShareChange, their_change: float, spread: float, variance: float) -> Interval:
    """Own change minus the others', with a 95 % interval."""
    p1, n1, p2, n2 = change.before.estimate, change.before_patients, change.after.estimate, change.after_patients
    estimate = change.difference.estimate - their_change
    if not (n1 and n2):
        return Interval(float("nan"), float("nan"), float("nan"))
    # Half a patient a side keeps 0 and 100 % from looking certain.
    shares = [(p * n + 0.5) / (n + 1) for p, n in ((p1, n1), (p2, n2))]
    own = spread * sum(p * (1 - p) / n for p, n in zip(shares, (n1, n2), strict=True))
    half = two_sided_z(0.95) * float(np.sqrt(own + variance))
    return Interval(estimate, estimate - half, estimate + half)


def caps(
    asked: bool, compared: bool, season: bool, chosen_after_looking: bool, *, months: tuple[int, int]
) -> tuple[str, ...]:
    """Text keys of what keeps a yes from being clear.

    asked: a comparison was given; compared: it could be used; months: months before and after.
    """
    found = []
    if not compared:
        found.append("verdict.few_comparison" if asked else "verdict.no_comparison")
    if season and any(span % 12 for span in months):
        found.append("verdict.not_whole_years")
    if chosen_after_looking:
        found.append("verdict.chosen_after_looking")
    return tuple(found)


def grade_evidence(
    evidence: tuple[float, float], needed: tuple[float, float], held_back: tuple[str, ...]
) -> tuple[Grade, tuple[str, ...]]:
    """Grade, with reasons, from evidence (for better, for worse), the z needed (likely, clear) and the caps."""
    likely, clear = needed
    grades = (
        (Grade.LIKELY_IMPROVEMENT, Grade.CLEAR_IMPROVEMENT),
        (Grade.LIKELY_WORSENING, Grade.CLEAR_WORSENING),
    )
    for value, (less, more) in zip(evidence, grades, strict=True):
        if value >= clear:
            return (less, held_back) if held_back else (more, ())
        if value >= likely:
            return less, ("verdict.not_yet_clear", *held_back)
    return Grade.NO_CERTAIN_CHANGE, ()


def judge_many(
    before: tuple[ArrayLike, ArrayLike], after: tuple[ArrayLike, ArrayLike], others: tuple[ArrayLike, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The evidence of `judge` with comparison, for many series of one shape: own z and compared z (improvement up).

    before, after: (counts, patients) with months along the last axis; others: before counts, before patients, after
    counts, after patients with units along the last axis.
    """
    sums = [np.asarray(part, dtype=float).sum(axis=-1) for part in (*before, *after)]
    spread = dispersion((before, after))
    own = score(*sums, dispersion=spread)
    shift, uncertainty = comparison_change(*others)
    variance = uncertainty + own_drift(*others, dispersion=spread)
    return own, score(*sums, delta=shift, dispersion=spread, extra_variance=variance)
