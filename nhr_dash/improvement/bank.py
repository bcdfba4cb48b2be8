"""The idea bank: published projects with what they tried, and a project of one's own that starts from one."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import projects, publishing
from nhr_dash.improvement.kinds import IdeaStatus, Source, Status
from nhr_dash.improvement.models import LINE, Effect, Idea, Project

ORDER = tuple(IdeaStatus(code) for code in ("adopted", "adapted", "testing", "idea", "abandoned"))
"""Ideas that lasted come first."""


@dataclass(frozen=True)
class Published:
    """A published project, its change ideas (those that lasted first) and the stored effects that may be seen."""

    listed: projects.Listed
    ideas: tuple[Idea, ...]
    effects: tuple[Effect, ...]


def published(session: Session, scope: Scope) -> list[Published]:
    """Every published project, the last changed first."""
    ideas: dict[str, list[Idea]] = {}
    wanted = (
        select(Idea)
        .join(Project, Idea.project == Project.id)
        .where(Idea.deleted_at.is_(None), Project.published)
        .order_by(Idea.created_at, Idea.id)
    )
    for one in session.scalars(wanted):
        ideas.setdefault(one.project, []).append(one)
    return [
        Published(
            listed=one,
            ideas=tuple(sorted(ideas.get(one.project.id, ()), key=lambda idea: ORDER.index(IdeaStatus(idea.status)))),
            effects=tuple(publishing.shown(one.effects, scope)),
        )
        for one in projects.listed(session, scope)
        if one.project.published
    ]


def begin_from(session: Session, scope: Scope, source: str, unit: int, title: str, language: str) -> str:
    """A new project of a hospital that starts from a published one, by its id: with its outcome and its origin.

    Raises ``store.Gone``, ``NotAllowed`` and ``checks.Refused``.
    """
    found = projects.whole(session, scope, source)
    outcome = found.outcome
    project = Project(
        title=title[:LINE],
        unit=unit,
        status=Status.IDEA,
        language=language,
        source=Source.PUBLISHED_PROJECT,
        origin=source,
        aim_whom=found.project.aim_whom,
    )
    indicator = outcome.indicator if outcome is not None else None
    return projects.create(session, scope, project, indicator=indicator, units=()).id
