"""Projects as they are read: one whole project, and many of them as a list. A query a table, never one a project."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from nhr_dash.access import NotAllowed, Scope
from nhr_dash.improvement import models, store
from nhr_dash.improvement.kinds import Act, Scale
from nhr_dash.improvement.models import (
    Cycle,
    Decision,
    Deliverable,
    Effect,
    Entry,
    Event,
    Idea,
    Measure,
    Member,
    Obstacle,
    Participant,
    Point,
    Project,
    ProjectPhase,
    Task,
)

Mine = TypeVar(
    "Mine",
    Decision,
    Deliverable,
    Effect,
    Entry,
    Event,
    Cycle,
    Idea,
    Measure,
    Member,
    Obstacle,
    Participant,
    Point,
    ProjectPhase,
    Task,
)


@dataclass(frozen=True)
class Whole:
    """A project and everything that stands in it; lists in the order they are shown."""

    project: Project
    participants: Sequence[Participant]
    members: Sequence[Member]
    phases: Sequence[ProjectPhase]
    measures: Sequence[Measure]
    points: Sequence[Point]
    ideas: Sequence[Idea]
    cycles: Sequence[Cycle]
    entries: Sequence[Entry]
    events: Sequence[Event]
    decisions: Sequence[Decision]
    tasks: Sequence[Task]
    deliverables: Sequence[Deliverable]
    obstacles: Sequence[Obstacle]
    effects: Sequence[Effect]

    @property
    def units(self) -> tuple[int, ...]:
        """Hospitals that take part, the owner first."""
        others = [one.unit for one in self.participants if one.unit != self.project.unit]
        return (self.project.unit, *dict.fromkeys(others))

    @property
    def outcome(self) -> Measure | None:
        """The measure that the aim is about: the first outcome measure."""
        return next((one for one in self.measures if one.kind == "outcome"), None)


class Step(NamedTuple):
    """A cycle in a list: its number, and what was decided (empty: nothing yet)."""

    number: int
    act: str


@dataclass(frozen=True)
class Listed:
    """A project in a list, with the few things that a card shows."""

    project: Project
    units: tuple[int, ...]
    participants: tuple[Participant, ...]
    outcome: Measure | None
    cycles: tuple[Step, ...]
    tasks: tuple[Task, ...]
    deliverables: tuple[Deliverable, ...]
    obstacles: tuple[Obstacle, ...]
    effects: tuple[Effect, ...]


def whole(session: Session, scope: Scope, project: str) -> Whole:
    """One project. Raises ``store.Gone``, and ``NotAllowed`` unless it is published or one's own."""
    found = store.found(session, Project, project)

    def of(kind: type[Mine], *order: object) -> list[Mine]:
        wanted: Select[Mine] = select(kind).where(kind.project == project, kind.deleted_at.is_(None))
        return list(session.scalars(wanted.order_by(*order, kind.created_at, kind.id)))  # type: ignore[arg-type]

    result = Whole(
        project=found,
        participants=of(Participant),
        members=of(Member),
        phases=of(ProjectPhase, ProjectPhase.starts_on),
        measures=of(Measure, Measure.position),
        points=of(Point, Point.day),
        ideas=of(Idea),
        cycles=of(Cycle, Cycle.number),
        entries=of(Entry, Entry.day),
        events=of(Event, Event.starts_on),
        decisions=of(Decision, Decision.decided_on),
        tasks=of(Task, Task.due_on),
        deliverables=of(Deliverable, Deliverable.due_on),
        obstacles=of(Obstacle, Obstacle.by),
        effects=of(Effect),
    )
    if not (found.published or is_own(scope, result.units)):
        raise NotAllowed(f"project {project} is neither published nor one's own")
    return result


def is_own(scope: Scope, units: Iterable[int]) -> bool:
    """Is one of the hospitals the person's own?"""
    return any(scope.visibility.in_detail(unit) for unit in units)


def listed(session: Session, scope: Scope) -> list[Listed]:
    """Every project that may be seen (one's own and the published), newest change first; a query a table."""
    found = select(Project).where(Project.deleted_at.is_(None)).order_by(Project.changed_at.desc(), Project.id)
    participants = _by_project(session, Participant)
    measures = _by_project(session, Measure, Measure.position)
    # Ten times as many as the projects, and their texts aren't shown: rows, not records.
    cycles: dict[str, list[Step]] = {}
    steps = select(Cycle.project, Cycle.number, Cycle.act).where(Cycle.deleted_at.is_(None))
    for row in session.execute(steps.order_by(Cycle.number, Cycle.id)):
        cycles.setdefault(row.project, []).append(Step(row.number, row.act))
    tasks = _by_project(session, Task, Task.due_on)
    deliverables = _by_project(session, Deliverable, Deliverable.due_on)
    obstacles = _by_project(session, Obstacle, Obstacle.by)
    effects = _by_project(session, Effect)
    result = []
    for project in session.scalars(found):
        mine = tuple(participants.get(project.id, ()))
        taking_part = tuple(dict.fromkeys([project.unit, *(one.unit for one in mine)]))
        if not (project.published or is_own(scope, taking_part)):
            continue
        result.append(
            Listed(
                project=project,
                units=taking_part,
                participants=mine,
                outcome=next((one for one in measures.get(project.id, ()) if one.kind == "outcome"), None),
                cycles=tuple(cycles.get(project.id, ())),
                tasks=tuple(tasks.get(project.id, ())),
                deliverables=tuple(deliverables.get(project.id, ())),
                obstacles=tuple(obstacles.get(project.id, ())),
                effects=tuple(effects.get(project.id, ())),
            )
        )
    return result


def _by_project(session: Session, kind: type[Mine], *order: object) -> dict[str, list[Mine]]:
    wanted: Select[Mine] = select(kind).where(kind.deleted_at.is_(None))
    found: dict[str, list[Mine]] = {}
    for one in session.scalars(wanted.order_by(*order, kind.id)):  # type: ignore[arg-type]
        found.setdefault(one.project or "", []).append(one)
    return found


def on_chart(session: Session, scope: Scope, unit: int, indicator: str) -> list[tuple[Project, Cycle]]:
    """Cycles whose flags stand on a unit's chart of an indicator, by date: those of its projects that measure it."""
    measures = Measure.project == Project.id, Measure.indicator == indicator, Measure.deleted_at.is_(None)
    takes_part = Participant.project == Project.id, Participant.unit == unit, Participant.deleted_at.is_(None)
    rows = session.execute(
        select(Project, Cycle)
        .join(Cycle, Cycle.project == Project.id)
        .where(Cycle.starts_on.is_not(None), or_(Cycle.unit.is_(None), Cycle.unit == unit))
        .where(Project.deleted_at.is_(None), Cycle.deleted_at.is_(None))
        .where(exists().where(*measures), exists().where(*takes_part))
        .order_by(Cycle.starts_on, Cycle.number)
    )
    return [(project, cycle) for project, cycle in rows if project.published or scope.visibility.in_detail(unit)]


def create(session: Session, scope: Scope, project: Project, *, indicator: str | None, units: Sequence[int]) -> Project:
    """A new project with its hospitals and, where an indicator is named, its outcome measure."""
    store.make(session, scope, project)
    for unit in dict.fromkeys([project.unit, *units]):
        store.make(session, scope, models.Participant(project=project.id, unit=unit))
    if indicator is not None:
        store.make(session, scope, Measure(project=project.id, kind="outcome", position=0, indicator=indicator))
    return project


def follow(session: Session, scope: Scope, cycle: Cycle, day: date) -> Cycle:
    """The next cycle of a ramp: same idea and measure, a step larger where the test is to grow.

    ``day``: when it was decided, written on the cycle before where nothing stands. Raises what a save does.
    """
    scales = list(Scale)
    place = scales.index(Scale(cycle.scale)) + (cycle.act in (Act.NEXT, Act.ADOPT))
    made = store.make(
        session,
        scope,
        Cycle(
            project=cycle.project,
            unit=cycle.unit,
            title=cycle.title,
            idea=cycle.idea,
            follows=cycle.id,
            scale=scales[min(place, len(scales) - 1)],
            measure=cycle.measure,
            prediction_kind=cycle.prediction_kind,
        ),
    )
    if cycle.decided_on is None:
        store.save(session, scope, Cycle, cycle.id, cycle.version, {"decided_on": day})
    return made
