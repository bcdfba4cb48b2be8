"""Every project's effect at once: one's own judged now, others' as it was stored when it was published."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import evidence, projects, publishing
from nhr_dash.improvement.evidence import Evidence, Window
from nhr_dash.improvement.models import Project
from nhr_dash.improvement.projects import Listed
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics.effect import Grade
from nhr_dash.statistics.fdr import benjamini_hochberg


@dataclass(frozen=True)
class ProjectEffect:
    """One project's effect at one hospital, on a share (0-1).

    ``p``: NaN for a stored effect, which was judged alone. ``stands_out``: beyond chance over all that are shown (FDR
    5 %), or graded an improvement or worsening when it was stored.
    """

    project: Project
    unit: int
    indicator: str
    before: float
    before_patients: int
    after: float
    after_patients: int
    difference: float
    low: float
    high: float
    grade: Grade
    p: float
    stored: bool
    stands_out: bool = False


def every(session: Session, scope: Scope) -> tuple[ProjectEffect, ...]:
    """The effect of every project that may be seen and has begun, largest gain first.

    A project without a start, or whose outcome is the team's own measure, coverage or a duration, has none.
    """
    listed = projects.listed(session, scope)
    found = [*_own(session, scope, listed), *_published(scope, listed)]
    judged = [one.p for one in found if not np.isnan(one.p)]
    adjusted = iter(benjamini_hochberg(judged))
    marked = [
        replace(one, stands_out=(_graded(one) if np.isnan(one.p) else bool(next(adjusted) < 0.05))) for one in found
    ]
    return tuple(sorted(marked, key=lambda one: -one.difference * (by_id(one.indicator).direction or 1)))


def _graded(one: ProjectEffect) -> bool:
    return one.grade not in (Grade.NO_CERTAIN_CHANGE, Grade.TOO_LITTLE_DATA)


def _own(session: Session, scope: Scope, listed: Sequence[Listed]) -> list[ProjectEffect]:
    asked: list[tuple[int, str, Window]] = []
    about: list[tuple[Project, tuple[int, ...]]] = []
    for one in listed:
        indicator = one.outcome.indicator if one.outcome is not None else None
        if indicator is None or by_id(indicator).is_coverage or by_id(indicator).is_duration:
            continue
        of = {each.unit: each for each in one.participants}
        for unit in one.units:
            window = publishing.window(one.project, one.outcome, of.get(unit))
            if window is not None and scope.visibility.in_detail(unit):
                asked.append((unit, indicator, window))
                about.append((one.project, one.units))
    answers = evidence.judged_many(session.connection(), scope, asked, participants=[units for _, units in about])
    return [
        _effect(project, answer)
        for (project, _), answer in zip(about, answers, strict=True)
        if isinstance(answer, Evidence) and answer.verdict is not None and _counted(answer)
    ]


def _counted(answer: Evidence) -> bool:
    return answer.verdict is not None and not np.isnan(answer.verdict.change.difference.estimate)


def _effect(project: Project, answer: Evidence) -> ProjectEffect:
    assert answer.verdict is not None  # only such come here
    change = answer.verdict.change
    return ProjectEffect(
        project,
        answer.unit,
        answer.indicator,
        change.before.estimate,
        change.before_patients,
        change.after.estimate,
        change.after_patients,
        *change.difference,
        answer.grade,
        change.p,
        stored=False,
    )


def _published(scope: Scope, listed: Sequence[Listed]) -> list[ProjectEffect]:
    """Stored effects at hospitals that are not one's own."""
    return [
        ProjectEffect(
            one.project,
            effect.unit,
            one.outcome.indicator,
            effect.before,
            effect.before_patients,
            effect.after,
            effect.after_patients,
            effect.difference,
            effect.low,
            effect.high,
            Grade(effect.grade),
            float("nan"),
            stored=True,
        )
        for one in listed
        if one.outcome is not None
        and one.outcome.indicator is not None
        and not by_id(one.outcome.indicator).is_duration
        for effect in publishing.shown(one.effects, scope)
        if not scope.visibility.in_detail(effect.unit)
    ]
