"""Saving what teams write: nobody's words are overwritten unseen, everything has a history, nothing is gone for good.

A save names the version that the person saw. Where somebody else has changed *other* fields since, both
saves stand. Where the same field was changed, the second person gets a :class:`Conflict` with both texts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from nhr_dash.access import NotAllowed, Scope
from nhr_dash.database import raise_data_version, raise_team_version
from nhr_dash.improvement import checks
from nhr_dash.improvement.models import Change, Decision, Event, Kept, Participant, Project

Record = TypeVar("Record", bound=Kept)

_STAMPS = frozenset({"id", "version", "created_at", "created_by", "changed_at", "changed_by", "deleted_at"})
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


def make(session: Session, scope: Scope, record: Record) -> Record:
    """Store a new record, in the caller's transaction. Raises ``NotAllowed`` and :class:`checks.Refused`."""
    now = _now()
    record.created_at = record.changed_at = now
    record.created_by = record.changed_by = scope.person[:120]
    _require(session, scope, record)
    fields = _fields(record)
    checks.check(type(record), {name: value for name, value in fields.items() if value is not None}, fields)
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
    for left in reversed(range(TRIES)):
        record = found(session, kind, record_id)
        _require(session, scope, record)
        new = {name: value for name, value in changes.items() if getattr(record, name) != value}
        if not new:
            return record
        if record.version != version:
            _refuse_clashes(session, record, version, new)
        checks.check(kind, new, {**_fields(record), **new})
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
        for name, value in new.items():
            _log(session, record, name, before[name], value)
        _count_up(session, charted=not record.charted.isdisjoint(new))
        return record
    raise AssertionError("the last try returns or raises")


def delete(session: Session, scope: Scope, kind: type[Kept], record_id: str) -> None:
    """Take a record out of sight; :func:`restore` brings it back. One that is gone already is no fault."""
    _set_deleted(session, scope, kind, record_id, _now())


def restore(session: Session, scope: Scope, kind: type[Kept], record_id: str) -> None:
    """Bring a deleted record back. Raises :class:`Gone` where there never was one."""
    _set_deleted(session, scope, kind, record_id, None)


def _set_deleted(session: Session, scope: Scope, kind: type[Kept], record_id: str, at: datetime | None) -> None:
    record = session.get(kind, record_id)
    if record is None:
        raise Gone(record_id)
    _require(session, scope, record)
    if (record.deleted_at is None) == (at is None):
        return
    record.deleted_at = at
    record.changed_at, record.changed_by = _now(), scope.person[:120]
    session.flush()
    _log(session, record, "", *(("stands", "deleted") if at else ("deleted", "stands")))
    _count_up(session, charted=bool(record.charted))


def found(session: Session, kind: type[Record], record_id: str) -> Record:
    """A record that stands. Raises :class:`Gone`."""
    record = session.get(kind, record_id)
    if record is None or record.deleted_at is not None:
        raise Gone(record_id)
    return record


def history(session: Session, scope: Scope, project: str) -> list[Change]:
    """Every change of a project and what belongs to it, newest first. Raises ``NotAllowed``."""
    _require(session, scope, found(session, Project, project))
    return list(session.scalars(select(Change).where(Change.project == project).order_by(Change.at.desc(), Change.id)))


def may_edit(session: Session, scope: Scope, record: Kept) -> bool:
    """May this person change the record?"""
    try:
        _require(session, scope, record)
    except NotAllowed:
        return False
    return True


def _require(session: Session, scope: Scope, record: Kept) -> None:
    """A project is changed by those who have a taking-part hospital as their own; a national event by the registry."""
    if isinstance(record, Event | Decision) and record.project is None:
        if record.unit is None:
            scope.require_load()
        else:
            scope.require_detail(record.unit)
        return
    project = record if isinstance(record, Project) else session.get(Project, getattr(record, "project", ""))
    if project is None:
        raise Gone(record.id)
    taking_part = {project.unit, *_participants(session, project.id)}
    if not any(scope.visibility.in_detail(unit) for unit in taking_part):
        raise NotAllowed("none of the project's hospitals is among the scope's own")
    unit = getattr(record, "unit", None)
    if isinstance(record, Project | Event) and unit is not None:
        scope.require_detail(unit)


def _participants(session: Session, project: str | None) -> list[int]:
    if project is None:
        return []
    wanted = select(Participant.unit).where(Participant.project == project, Participant.deleted_at.is_(None))
    with session.no_autoflush:
        return list(session.scalars(wanted))


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
    if not first:
        return
    fields = {name: Clash(_read(change.before), getattr(record, name)) for name, change in first.items()}
    raise Conflict(record.version, since[-1].by, since[-1].at, fields)


def _fields(record: Kept) -> dict[str, Any]:
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
            at=_now(),
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


def _read(value: str | None) -> Any:
    return None if value is None else json.loads(value)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
