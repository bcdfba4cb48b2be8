"""What changed, readable: one entry a person, record and stretch of work, with what stood before and after.

Text is saved while it is typed. Saves of one person in one record that follow within ten minutes are one
entry, and a field in it shows what stood before the first and after the last of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from nhr_dash.improvement import store
from nhr_dash.improvement.models import Change, Kept, Project

TOGETHER = timedelta(minutes=10)
"""Longest pause between two saves that are told as one."""

What = Literal["made", "changed", "deleted", "restored"]
KINDS: dict[str, type[Kept]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Project.registry.mappers if issubclass(mapper.class_, Kept)
}
"""Table's name -> class, of every record that a team writes."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that changed. ``label`` is the text key of its name; values are typed as the record holds them."""

    name: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history. ``kind``: the text key of the record's kind; ``at`` (UTC) is when it ended."""

    what: What
    table: str
    record: str
    kind: str
    by: str
    began: datetime
    at: datetime
    fields: tuple[Field, ...] = ()


def label(table: str, field: str) -> str:
    """The text key of a field's name."""
    return f"history.{table}.{field}"


def told(changes: Iterable[Change]) -> list[Entry]:
    """Changes in any order, as entries, newest first.

    A field that ends as it began is left out, and an entry that has no field left with it. What another
    person did in the record, or its deletion, ends an entry.
    """
    by_record: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda one: (one.version, one.at, one.field)):
        if change.table in KINDS:
            by_record.setdefault(change.record, []).append(change)
    found = [entry for those in by_record.values() for entry in _entries(those)]
    return sorted(found, key=lambda one: (one.at, one.began, one.record), reverse=True)


def _entries(changes: list[Change]) -> Iterable[Entry]:
    """Entries of one record, its changes given from the first on."""
    together: list[Change] = []
    for change in changes:
        if together and not _belongs(together[-1], change):
            yield from _entry(together)
            together = []
        together.append(change)
    yield from _entry(together)


def _belongs(last: Change, change: Change) -> bool:
    return bool(last.field and change.field and last.by == change.by and change.at - last.at <= TOGETHER)


def _entry(changes: list[Change]) -> Iterable[Entry]:
    first, last = changes[0], changes[-1]
    kind = KINDS[first.table]
    fields: dict[str, Field] = {}
    for change in changes:
        if not change.field:
            continue
        before = fields[change.field].before if change.field in fields else _value(kind, change, change.before)
        after = _value(kind, change, change.after)
        fields[change.field] = Field(change.field, label(change.table, change.field), before, after)
    changed = tuple(one for one in fields.values() if one.before != one.after)
    if changed or not first.field:
        yield Entry(
            what=_what(first),
            table=first.table,
            record=first.record,
            kind=label(first.table, "record"),
            by=first.by,
            began=first.at,
            at=last.at,
            fields=changed,
        )


def _value(kind: type[Kept], change: Change, written: str | None) -> Any:
    return store.typed(kind, change.field, written)


def _what(change: Change) -> What:
    if change.field:
        return "changed"
    if change.after is None:
        return "made"
    return "deleted" if change.after == '"deleted"' else "restored"
