"""Days from which a change can be judged: starts of projects, cycles and phases, and events, as they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import annotations, publishing
from nhr_dash.improvement.models import Cycle, Event, Measure, Participant, Project
from nhr_dash.registry import units

Origin = Literal["project", "cycle", "phase", "event"]


@dataclass(frozen=True, slots=True)
class Start:
    """A stored change at a unit. ``code`` names it in a link; ``settled_on``: the end of its ramp-in, if it has one;
    ``before_from``: where a team has set its baseline.

    ``project``: the UUID of the project that it belongs to, with the hospitals that take part; else None and empty.
    """

    code: str
    origin: Origin
    title: str
    changed_on: date
    settled_on: date | None = None
    before_from: date | None = None
    project: str | None = None
    participants: tuple[int, ...] = ()


def stored(session: Session, scope: Scope, unit: int, indicator: str, language: str) -> tuple[Start, ...]:
    """Every stored change at a unit that is about an indicator: projects first, then by day, newest first.

    A project that is neither published nor one's own is left out. The same day from two sources stands twice: they
    have different titles, and a project knows who took part.
    """
    own = scope.visibility.in_detail(unit)
    found = _projects(session, unit, indicator, language, own=own)
    found += _cycles(session, unit, indicator, own=own)
    connection = session.connection()
    found += [
        Start(f"fase:{phase.starts_on.isoformat()}", "phase", phase.reason, phase.starts_on)
        for phase in annotations.phases(connection, unit, indicator)
    ]
    found += _events(session, unit, indicator, language)
    order: Sequence[Origin] = ("project", "cycle", "phase", "event")
    return tuple(sorted(found, key=lambda one: (order.index(one.origin), -one.changed_on.toordinal(), one.title)))


def _projects(session: Session, unit: int, indicator: str, language: str, *, own: bool) -> list[Start]:
    rows = session.execute(
        select(Project, Participant, Measure)
        .join(Participant, Participant.project == Project.id)
        .join(Measure, Measure.project == Project.id)
        .where(Participant.unit == unit, Measure.indicator == indicator)
        .where(*(kind.deleted_at.is_(None) for kind in (Project, Participant, Measure)))
        .order_by(Measure.position)
    ).all()
    units_of: dict[str, list[int]] = {}
    for of, other in session.execute(
        select(Participant.project, Participant.unit).where(
            Participant.project.in_([row[0].id for row in rows]), Participant.deleted_at.is_(None)
        )
    ):
        units_of.setdefault(of, []).append(other)
    found: dict[str, Start] = {}
    for project, participant, measure in rows:
        window = publishing.window(project, measure, participant)
        if window is None or project.id in found or not (own or project.published):
            continue
        found[project.id] = Start(
            f"prosjekt:{project.id}",
            "project",
            project.titled(language),
            window.changed_on,
            window.settled_on,
            window.before_from,
            project.id,
            tuple(units_of.get(project.id, ())),
        )
    return list(found.values())


def _cycles(session: Session, unit: int, indicator: str, *, own: bool) -> list[Start]:
    """Cycles that measure the indicator, or belong to a project that does and name no measure."""
    rows = session.execute(
        select(Cycle, Project.published)
        .join(Project, Project.id == Cycle.project)
        .join(Participant, (Participant.project == Project.id) & (Participant.unit == unit))
        .join(Measure, (Measure.project == Project.id) & (Measure.indicator == indicator))
        .where(Cycle.starts_on.is_not(None), or_(Cycle.unit.is_(None), Cycle.unit == unit))
        .where(or_(Cycle.measure.is_(None), Cycle.measure == Measure.id))
        .where(*(kind.deleted_at.is_(None) for kind in (Project, Cycle, Participant, Measure)))
        .distinct()
    )
    return [
        Start(f"syklus:{cycle.id}", "cycle", f"{cycle.number} · {cycle.title}", cycle.starts_on, project=cycle.project)
        for cycle, published in rows
        if cycle.starts_on is not None and (own or published)
    ]


def _events(session: Session, unit: int, indicator: str, language: str) -> list[Start]:
    above = [unit, *units.parents(session.connection(), unit).values()]
    rows = session.scalars(
        select(Event)
        .where(Event.deleted_at.is_(None), or_(Event.unit.is_(None), Event.unit.in_(above)))
        .where(or_(Event.indicator.is_(None), Event.indicator == indicator))
    )
    return [
        Start(
            f"hendelse:{event.id}",
            "event",
            event.titled(language),
            event.starts_on,
        )
        for event in rows
    ]
