"""What stands on a chart besides the numbers: events, starts of phases, and days held out of lines and rules.

All are dates, so that they hold at every grain. What a team sets it can also take away and bring back;
each raises the data version, because charts are kept by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Table, or_, select

from nhr_dash.access import Scope
from nhr_dash.database import begin_writing, raise_data_version
from nhr_dash.improvement import models
from nhr_dash.improvement.tables import chart_exclusion, chart_phase
from nhr_dash.registry import units
from nhr_dash.registry.series import newest_admission

LONGEST_REASON = 200
QUESTIONS = ("sustained", "cause", "wanted", "lasting")
"""What is asked before a level is moved: has it held, is the cause known, was it wanted, will it last?"""


class Refused(ValueError):
    """What was to be set on a chart can't be. ``kind`` names the sentence that a person is shown:
    ``future``, ``backwards``, ``no_reason``, ``long_reason``, ``same_phase`` or ``same_exclusion``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Event:
    """A dated or spanning event. ``national`` ones stand on every chart; ``assumed`` where a source is missing."""

    starts_on: date
    ends_on: date | None
    title: str
    kind: str
    national: bool
    assumed: bool

    @property
    def role(self) -> str:
        """How its flag looks on a chart."""
        return "national" if self.national else "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Who set something on a chart and when (UTC), and who took it away: missing while it stands."""

    by: str = ""
    at: datetime | None = None
    removed_by: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a new phase of a chart begins, and why. ``answers``: pairs of a question's code and its answer."""

    starts_on: date
    reason: str
    id: int = 0
    answers: tuple[tuple[str, str], ...] = ()
    trace: Trace = Trace()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Days (both inclusive) whose points are left out of lines and rules, and why."""

    starts_on: date
    ends_on: date
    reason: str
    id: int = 0
    trace: Trace = Trace()


def events(
    connection: Connection, unit: int, indicator: str, start: date | None, end: date, language: str
) -> list[Event]:
    """Events on a unit's chart of an indicator that touch the days from start to end, by date.

    A trust's or a region's events stand on the charts of its hospitals, a national one on every chart.
    """
    c = models.Event
    above = [unit, *units.parents(connection, unit).values()]
    rows = connection.execute(
        select(c.starts_on, c.ends_on, c.title, c.title_en, c.kind, c.unit, c.assumed)
        .where(c.deleted_at.is_(None))
        .where(or_(c.unit.is_(None), c.unit.in_(above)))
        .where(or_(c.indicator.is_(None), c.indicator == indicator))
        .where(c.starts_on <= end)
        .order_by(c.starts_on, c.created_at, c.id)
    )
    return [
        Event(
            row.starts_on,
            row.ends_on,
            (row.title_en or row.title) if language == "en" else row.title,
            row.kind,
            row.unit is None,
            bool(row.assumed),
        )
        for row in rows
        if start is None or (row.ends_on or row.starts_on) >= start
    ]


def phases(connection: Connection, unit: int, indicator: str, *, with_removed: bool = False) -> list[Phase]:
    """Starts of phases on a unit's chart of an indicator, by date; those that were removed too when asked for."""
    c = chart_phase.c
    wanted = _those(chart_phase, unit, indicator, with_removed).order_by(c.starts_on, c.id)
    return [
        Phase(row.starts_on, row.reason, row.id, tuple((row.answers or {}).items()), _trace(row))
        for row in connection.execute(wanted)
    ]


def exclusions(connection: Connection, unit: int, indicator: str, *, with_removed: bool = False) -> list[Exclusion]:
    """Days held out of a unit's chart of an indicator, by date; those that were removed too when asked for."""
    c = chart_exclusion.c
    wanted = _those(chart_exclusion, unit, indicator, with_removed).order_by(c.starts_on, c.id)
    return [
        Exclusion(row.starts_on, row.ends_on, row.reason, row.id, _trace(row)) for row in connection.execute(wanted)
    ]


def add_phase(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator: str,
    starts_on: date,
    reason: str,
    answers: Mapping[str, str] | None = None,
) -> None:
    """Let a new phase begin on a day, in the caller's transaction. Raises :class:`Refused` and ``NotAllowed``.

    ``answers``: what was said to some or all of :data:`QUESTIONS`, each no longer than a reason.
    """
    scope.require_edit(unit)
    begin_writing(connection)
    reason = _checked(connection, starts_on, starts_on, reason)
    if any(phase.starts_on == starts_on for phase in phases(connection, unit, indicator)):
        raise Refused("same_phase")
    said = {name: answers[name].strip() for name in QUESTIONS if answers and answers.get(name, "").strip()}
    if any(len(answer) > LONGEST_REASON for answer in said.values()):
        raise Refused("long_reason")
    values = {"starts_on": starts_on, "reason": reason, "answers": said or None}
    _insert(connection, chart_phase, scope, unit=unit, indicator=indicator, **values)


def set_baseline(
    connection: Connection, scope: Scope, unit: int, indicator: str, starts_on: date, ends_on: date, reason: str
) -> None:
    """Make the days from start to end (inclusive) a phase of their own, which what follows is held against.

    A phase that already begins at one of its edges stays as it is. Raises :class:`Refused` and ``NotAllowed``.
    """
    scope.require_edit(unit)
    begin_writing(connection)
    reason = _checked(connection, starts_on, ends_on, reason)
    there = {phase.starts_on for phase in phases(connection, unit, indicator)}
    edges = [day for day in (starts_on, ends_on + timedelta(days=1)) if day not in there]
    if not edges:
        raise Refused("same_phase")
    for day in edges:
        _insert(connection, chart_phase, scope, unit=unit, indicator=indicator, starts_on=day, reason=reason)


def add_exclusion(
    connection: Connection, scope: Scope, unit: int, indicator: str, starts_on: date, ends_on: date, reason: str
) -> None:
    """Hold the days from start to end (inclusive) out of lines and rules. Raises :class:`Refused`, ``NotAllowed``."""
    scope.require_edit(unit)
    begin_writing(connection)
    reason = _checked(connection, starts_on, ends_on, reason)
    there = exclusions(connection, unit, indicator)
    if any((one.starts_on, one.ends_on) == (starts_on, ends_on) for one in there):
        raise Refused("same_exclusion")
    values = {"starts_on": starts_on, "ends_on": ends_on, "reason": reason}
    _insert(connection, chart_exclusion, scope, unit=unit, indicator=indicator, **values)


def remove_phase(connection: Connection, scope: Scope, number: int) -> None:
    """Take a phase away by its id; one that is gone already is no fault. Raises ``NotAllowed``."""
    _remove(connection, scope, chart_phase, number)


def remove_exclusion(connection: Connection, scope: Scope, number: int) -> None:
    """Take an exclusion away by its id; one that is gone already is no fault. Raises ``NotAllowed``."""
    _remove(connection, scope, chart_exclusion, number)


def restore_phase(connection: Connection, scope: Scope, number: int) -> None:
    """Bring a phase back by its id. Raises ``NotAllowed``, and :class:`Refused` where another begins that day."""
    _restore(connection, scope, chart_phase, number, ("starts_on",), "same_phase")


def restore_exclusion(connection: Connection, scope: Scope, number: int) -> None:
    """Bring an exclusion back by its id. Raises ``NotAllowed``, and :class:`Refused` where the same days are out."""
    _restore(connection, scope, chart_exclusion, number, ("starts_on", "ends_on"), "same_exclusion")


def _those(table: Table, unit: int, indicator: str, with_removed: bool) -> Select[Any]:
    found = table.select().where(table.c.unit == unit, table.c.indicator == indicator)
    return found if with_removed else found.where(table.c.removed_at.is_(None))


def _trace(row: Any) -> Trace:
    return Trace(by=row.created_by, at=row.created_at, removed_by=row.removed_by, removed_at=row.removed_at)


def _checked(connection: Connection, first: date, last: date, reason: str) -> str:
    """The reason without spaces around it, once the days and it are found usable."""
    reason = " ".join(reason.split())
    newest = newest_admission(connection)
    if last < first:
        raise Refused("backwards")
    if newest is None or last > newest.date():
        raise Refused("future")
    if not reason:
        raise Refused("no_reason")
    if len(reason) > LONGEST_REASON:
        raise Refused("long_reason")
    return reason


def _insert(connection: Connection, table: Table, scope: Scope, **values: Any) -> None:
    connection.execute(table.insert().values(**values, created_at=_now(), created_by=scope.person[:120]))
    raise_data_version(connection)


def _remove(connection: Connection, scope: Scope, table: Table, number: int) -> None:
    unit = connection.scalar(select(table.c.unit).where(table.c.id == number))
    if unit is None:
        return
    scope.require_edit(unit)
    stands = table.update().where(table.c.id == number, table.c.removed_at.is_(None))
    if connection.execute(stands.values(removed_at=_now(), removed_by=scope.person[:120])).rowcount:
        raise_data_version(connection)


def _restore(
    connection: Connection, scope: Scope, table: Table, number: int, place: tuple[str, ...], taken: str
) -> None:
    begin_writing(connection)
    row = connection.execute(table.select().where(table.c.id == number)).one_or_none()
    if row is None:
        return
    scope.require_edit(row.unit)
    if row.removed_at is None:
        return
    same = [table.c[name] == getattr(row, name) for name in place]
    if connection.execute(_those(table, row.unit, row.indicator, False).where(*same)).first():
        raise Refused(taken)
    connection.execute(table.update().where(table.c.id == number).values(removed_at=None, removed_by=None))
    raise_data_version(connection)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
