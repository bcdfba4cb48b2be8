"""Saving what teams write: nobody's words are overwritten unseen, everything has a history, nothing is gone for good.

A save names the version that the person saw. Where somebody else has changed *other* fields since, both
saves stand. Where the same field was changed, the second person gets a :class:`Conflict` with both texts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import Date, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from nhr_dash.access import NotAllowed, Scope
from nhr_dash.database import begin_writing, raise_data_version, raise_team_version
from nhr_dash.improvement import checks
from nhr_dash.improvement.models import (
    Change,
    Cycle,
    Decision,
    Effect,
    Event,
    Kept,
    LimitProposal,
    Participant,
    Project,
)

Record = TypeVar("Record", bound=Kept)

_STAMPS = frozenset({"id", "version", "created_at", "created_by", "changed_at", "changed_by", "deleted_at"})
_NEWEST_FIRST = (Change.at.desc(), Change.version.desc(), Change.field, Change.id)
TRIES = 5
"""How often a save is tried again when another one came in between; the second try nearly always succeeds."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people have changed: what both started from, and what stands now."""

    base: Any
    theirs: Any


class Conflict(Exception):
    """Somebody else has changed the same fields. Nothing was saved; ``version`` is what a merge saves over."""

    def __init__(self, version: int, by: str, at: datetime, fields: dict[str, Clash]) -> None:
        super().__init__(", ".join(fields))
        self.version = version
        self.by = by
        self.at = at
        self.fields = fields


class Gone(Exception):
    """The record doesn't exist, or was deleted."""


def make(session: Session, scope: Scope, record: Record, *, at: datetime | None = None) -> Record:
    """Store a new record, in the caller's transaction. Raises ``NotAllowed`` and :class:`checks.Refused`.

    A cycle without a number gets the project's next one. ``at``: the moment (UTC) that it was made, for what
    wasn't written just now.
    """
    begin_writing(session.connection())
    fill_in(record)
    record.created_at = record.changed_at = at or _now()
    record.created_by = record.changed_by = scope.person[:120]
    _require(session, scope, record)
    if isinstance(record, Cycle) and record.number is None:
        session.get(Project, record.project, with_for_update=True, populate_existing=True)  # one number at a time
        record.number = next_number(session, record.project)
    fields = values(record)
    checks.check_new(type(record), fields)
    checks.check_references(session, record, fields, fields)
    session.add(record)
    session.flush()
    _log(session, record, "", None, None)
    _count_up(session, charted=bool(record.charted))
    return record


def save(
    session: Session, scope: Scope, kind: type[Record], record_id: str, version: int, changes: Mapping[str, Any]
) -> Record:
    """Change fields of a record, in the caller's transaction.

    ``version`` is the one that the person saw. Raises :class:`Conflict`, :class:`Gone`,
    :class:`checks.Refused` (``field`` and ``kind`` name the sentence at the field), ``NotAllowed``.
    """
    if not _STAMPS.isdisjoint(changes):
        raise ValueError("stamps are set by the store alone")

    def write(record: Record) -> dict[str, Any]:
        new = {name: value for name, value in changes.items() if getattr(record, name) != value}
        if not new:
            return {}
        if record.version != version:
            _refuse_clashes(session, record, version, new)
        if "project" in new:
            raise checks.Refused("project", "other_project")
        whole = {**values(record), **new}
        checks.check(kind, new, whole)
        checks.check_references(session, record, new, whole)
        return new

    return _change(session, scope, lambda: found(session, kind, record_id), write)


def delete(session: Session, scope: Scope, kind: type[Kept], record_id: str) -> None:
    """Take a record out of sight; :func:`restore` brings it back. One that is gone already is no fault."""
    _set_deleted(session, scope, kind, record_id, _now())


def restore(session: Session, scope: Scope, kind: type[Kept], record_id: str) -> None:
    """Bring a deleted record back. Raises :class:`Gone` where there never was one."""
    _set_deleted(session, scope, kind, record_id, None)


def _set_deleted(session: Session, scope: Scope, kind: type[Record], record_id: str, at: datetime | None) -> None:
    def there() -> Record:
        record = session.get(kind, record_id)
        if record is None:
            raise Gone(record_id)
        return record

    def write(record: Record) -> dict[str, Any]:
        return {} if (record.deleted_at is None) == (at is None) else {"deleted_at": at}

    _change(session, scope, there, write)


def _change(
    session: Session, scope: Scope, read: Callable[[], Record], write: Callable[[Record], dict[str, Any]]
) -> Record:
    """Write over exactly the version that ``write`` has judged; where another save came between, judge again."""
    begin_writing(session.connection())
    for left in reversed(range(TRIES)):
        record = read()
        _require(session, scope, record)
        new = write(record)
        if not new:
            return record
        before = {name: getattr(record, name) for name in new}
        try:
            with session.begin_nested():
                for name, value in new.items():
                    setattr(record, name, value)
                record.changed_at, record.changed_by = _now(), scope.person[:120]
                _require(session, scope, record)  # also where it now belongs
                session.flush()
        except StaleDataError:
            session.expire(record)
            if not left:
                raise
            continue
        if "deleted_at" in new:
            _log(session, record, "", *(("stands", "deleted") if new["deleted_at"] else ("deleted", "stands")))
            _count_up(session, charted=bool(record.charted))
            return record
        for name, value in new.items():
            _log(session, record, name, before[name], value)
        _count_up(session, charted=not record.charted.isdisjoint(new))
        return record
    raise AssertionError("the last try returns or raises")


def found(session: Session, kind: type[Record], record_id: str) -> Record:
    """A record that stands. Raises :class:`Gone`."""
    record = session.get(kind, record_id)
    if record is None or record.deleted_at is not None:
        raise Gone(record_id)
    return record


def history(session: Session, scope: Scope, project: str) -> list[Change]:
    """Every change of a project and what belongs to it, newest first. Raises ``NotAllowed`` unless it is one's own."""
    there = found(session, Project, project)
    if not any(scope.visibility.in_detail(unit) for unit in (there.unit, *checks.participants(session, project))):
        raise NotAllowed(f"project {project} is not one's own")
    return list(session.scalars(select(Change).where(Change.project == project).order_by(*_NEWEST_FIRST)))


def may_edit(session: Session, scope: Scope, record: Kept) -> bool:
    """May this person change the record?"""
    try:
        _require(session, scope, record)
    except NotAllowed:
        return False
    return True


def next_number(session: Session, project: str) -> int:
    """The number of a project's next cycle; numbers of deleted cycles are not used again."""
    numbers = session.scalars(select(Cycle.number).where(Cycle.project == project)).all()
    return max(numbers, default=0) + 1


def _require(session: Session, scope: Scope, record: Kept) -> None:
    """A proposal of limits is the fagråd's or the registry's; everything else belongs to hospitals."""
    if isinstance(record, LimitProposal):
        scope.require_propose()
    else:
        _require_of_units(session, scope, record)


def _require_of_units(session: Session, scope: Scope, record: Kept) -> None:
    """A project is changed by the teams of its hospitals, what is one hospital's by that one.

    A national event is the registry's, a decision the leader's; publishing, and the effects that are stored by it,
    need the leader of a hospital in it. Hospitals are added to a project by those who are in it.
    """
    unit = getattr(record, "unit", None)
    may = scope.may_edit
    if isinstance(record, Decision):
        may = scope.may_decide
    elif isinstance(record, Effect) or (isinstance(record, Project) and _is_shown_or_hidden(record)):
        may = scope.may_publish
    if isinstance(record, Event) and unit is None:
        scope.require_load()
    elif isinstance(record, Project) and inspect(record).attrs.unit.history.has_changes():
        scope.require_edit(record.unit)  # to own a project, not to work in one
    elif unit is not None and not isinstance(record, Project | Participant | Effect) and not may(unit):
        raise NotAllowed(f"no role at unit {unit} that changes this")
    project_id = record.id if isinstance(record, Project) else getattr(record, "project", None)
    if project_id is None:
        return
    project = record if isinstance(record, Project) else session.get(Project, project_id)
    if project is None:
        raise Gone(project_id)
    involved = {project.unit, *checks.participants(session, project_id)}
    if isinstance(record, Participant) and inspect(record).persistent:
        involved.add(record.unit)  # who has left a project may undo that
    if not any(may(one) for one in involved):
        raise NotAllowed("no role that changes this at any of the project's hospitals")


def _is_shown_or_hidden(project: Project) -> bool:
    """Is this save the one that publishes a project, or takes that back?"""
    changed = inspect(project).attrs.published.history.has_changes()
    return changed and (project.published or inspect(project).persistent)


def _refuse_clashes(session: Session, record: Kept, version: int, new: Mapping[str, Any]) -> None:
    """Raise where a field of ``new`` has been changed by somebody since ``version``."""
    since = session.scalars(
        select(Change)
        .where(Change.record == record.id, Change.version > version, Change.field.in_(new))
        .order_by(Change.version)
    ).all()
    first: dict[str, Change] = {}
    for change in since:
        first.setdefault(change.field, change)
    fields = {
        name: Clash(typed(type(record), name, change.before), getattr(record, name))
        for name, change in first.items()
        if _written(getattr(record, name)) != change.before  # changed and changed back: nobody's words are at stake
    }
    if fields:
        last = [change for change in since if change.field in fields][-1]
        raise Conflict(record.version, last.by, last.at, fields)


def fill_in(record: Kept) -> None:
    """Give a new record its defaults now, so that the checks see what will be stored."""
    for column in record.__mapper__.columns:
        default: Any = column.default
        if default is not None and getattr(record, column.key) is None:
            setattr(record, column.key, default.arg(None) if default.is_callable else default.arg)


def values(record: Kept) -> dict[str, Any]:
    """What a team has written in a record: every field but its stamps."""
    return {
        column.key: getattr(record, column.key)
        for column in type(record).__mapper__.column_attrs
        if column.key not in _STAMPS
    }


def _log(session: Session, record: Kept, field: str, before: Any, after: Any) -> None:
    project = record.id if isinstance(record, Project) else getattr(record, "project", None)
    session.add(
        Change(
            project=project,
            table=record.__tablename__,
            record=record.id,
            version=record.version,
            field=field,
            before=_written(before),
            after=_written(after),
            at=record.changed_at,
            by=record.changed_by,
        )
    )
    session.flush()


def _count_up(session: Session, *, charted: bool) -> None:
    connection = session.connection()
    raise_team_version(connection)
    if charted:
        raise_data_version(connection)


def _written(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


def typed(kind: type[Kept], field: str, written: str | None) -> Any:
    """A value out of the history as the field holds it: a day as a day."""
    value = None if written is None else json.loads(written)
    if isinstance(value, str) and isinstance(kind.__mapper__.columns[field].type, Date):
        return date.fromisoformat(value)
    return value


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
