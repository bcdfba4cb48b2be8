"""Events and cycles out of a CSV or Excel table: read and told row by row first, written when the person says so.

The headings are the fields' names as the history writes them, Norwegian or English. A table that is
given twice changes nothing the second time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import uuid4

from sqlalchemy import Boolean, Date, Float
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import checks, history, kinds, sheets, store
from nhr_dash.improvement.models import Cycle, Event, Kept
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry.load.findings import Finding
from nhr_dash.text.catalog import LANGUAGES, t

Record = TypeVar("Record", Event, Cycle)

EVENT_FIELDS = ("starts_on", "title", "kind", "ends_on", "title_en", "note", "reference", "assumed")
CYCLE_FIELDS = (
    "number", "title", "starts_on", "ends_on", "idea", "follows", "scale", "question", "prediction_kind",
    "prediction_value", "prediction_of", "prediction", "plan_what", "plan_who", "plan_where", "plan_data", "happened",
    "deviations", "learned", "result", "act", "act_why", "decided_on",
)  # fmt: skip
"""In the order of a table without headings."""
_NEEDED = {Event: ("starts_on", "title"), Cycle: ("title",)}
_ALSO = {"dato": "starts_on", "date": "starts_on", "start": "starts_on", "slutt": "ends_on", "end": "ends_on"}
_CODES: dict[tuple[type[Kept], str], tuple[str, type[StrEnum]]] = {
    (Event, "kind"): ("project.event_", kinds.EventKind),
    (Cycle, "scale"): ("project.scale_", kinds.Scale),
    (Cycle, "prediction_kind"): ("project.prediction_", kinds.PredictionKind),
    (Cycle, "act"): ("project.act_", kinds.Act),
}


@dataclass(frozen=True, slots=True)
class Plan(Generic[Record]):
    """What a table would add. ``same``: rows that stand already."""

    records: tuple[Record, ...]
    same: int
    findings: tuple[Finding, ...]


class _Bad(Exception):
    def __init__(self, reason_key: str, **params: Any) -> None:
        super().__init__(reason_key)
        self.reason_key = reason_key
        self.params = params


def events(
    data: str | bytes,
    name: str,
    there: Sequence[Event],
    *,
    project: str | None = None,
    unit: int | None = None,
    indicator: str | None = None,
) -> Plan[Event]:
    """Events of a project, or on a unit's charts (``unit`` missing: national). ``there``: those that stand.

    Raises the loader's ``Refused`` where it is no table. Nothing is written.
    """
    sheet = _sheet(data, name, Event, EVENT_FIELDS)
    seen = {(one.starts_on, one.title) for one in there if one.unit == unit and one.indicator == indicator}
    records: list[Event] = []
    same, findings = 0, sheet.notes()
    for row in sheet.rows:
        values, faults = _values(sheet, row, Event, EVENT_FIELDS, {})
        record = Event(project=project, unit=unit, indicator=indicator, **values)
        faults = faults or _checked(sheet, row, record)
        findings += faults
        if faults:
            continue
        if (record.starts_on, record.title) in seen:
            same += 1
            continue
        seen.add((record.starts_on, record.title))
        records.append(record)
    return Plan(tuple(records), same, tuple(findings))


def cycles(data: str | bytes, name: str, whole: Whole) -> Plan[Cycle]:
    """Cycles of a project. An idea is named by its title, the cycle that one builds on by its number.

    A cycle without a number gets the next one. Raises the loader's ``Refused`` where it is no table.
    Nothing is written.
    """
    sheet = _sheet(data, name, Cycle, CYCLE_FIELDS)
    by_number = {one.number: one for one in whole.cycles}
    ideas = {one.title.strip().casefold(): one.id for one in whole.ideas}

    def idea(cell: str) -> str:
        if cell.casefold() not in ideas:
            raise _Bad("refused.table.unknown_idea")
        return ideas[cell.casefold()]

    def follows(cell: str) -> str:
        before = by_number.get(int(sheets.number(cell) or 0))
        if before is None:
            raise _Bad("refused.table.unknown_cycle")
        return before.id

    records: list[Cycle] = []
    same, findings = 0, sheet.notes()
    for row in sheet.rows:
        values, faults = _values(sheet, row, Cycle, CYCLE_FIELDS, {"idea": idea, "follows": follows, "number": _whole})
        values.setdefault("number", max(by_number, default=0) + 1)
        record = Cycle(id=str(uuid4()), project=whole.project.id, **values)
        faults = faults or _checked(sheet, row, record)
        old = by_number.get(record.number)
        if not faults and old is not None:
            if old.title == record.title:
                same += 1
                continue
            number = row.cells.get("number", "")
            faults = [sheet.fault(row.line, "number", number, "refused.table.number_taken", title=old.title)]
        findings += faults
        if not faults:
            by_number[record.number] = record
            records.append(record)
    return Plan(tuple(records), same, tuple(findings))


def write(session: Session, scope: Scope, plan: Plan[Any]) -> None:
    """Store what a table would add, in the caller's transaction. Raises ``NotAllowed`` and ``checks.Refused``."""
    for record in plan.records:
        store.make(session, scope, record)


def _sheet(data: str | bytes, name: str, kind: type[Kept], fields: Sequence[str]) -> sheets.Sheet:
    known = {
        t(language, history.label(kind.__tablename__, field)).casefold(): field
        for field in fields
        for language in LANGUAGES
    }
    return sheets.read(data, name, known | _ALSO, fields, _NEEDED[kind])  # type: ignore[index]


def _values(
    sheet: sheets.Sheet,
    row: sheets.Row,
    kind: type[Kept],
    fields: Sequence[str],
    own: dict[str, Callable[[str], Any]],
) -> tuple[dict[str, Any], list[Finding]]:
    """The values of a row's cells that say something. ``own``: how some fields are read."""
    values: dict[str, Any] = {}
    faults = []
    for field in fields:
        cell = row.cells.get(field, "")
        if not cell:
            continue
        try:
            values[field] = own[field](cell) if field in own else _value(kind, field, cell)
        except (_Bad, sheets.cells.Bad) as bad:
            faults.append(sheet.fault(row.line, field, cell, bad.reason_key, **bad.params))
    return values, faults


def _value(kind: type[Kept], field: str, cell: str) -> Any:
    if (kind, field) in _CODES:
        return _code(cell, *_CODES[kind, field])
    column = kind.__mapper__.columns[field].type
    for stored, convert in ((Date, sheets.day), (Float, sheets.number), (Boolean, sheets.tick)):
        if isinstance(column, stored):
            bad = sheets.fault_of(cell, stored)
            if bad:
                raise bad
            return convert(cell)
    return cell


def _whole(cell: str) -> int:
    bad = sheets.fault_of(cell, Float)
    if bad:
        raise bad
    value = sheets.number(cell)
    if value is None or value != int(value) or value < 1:
        raise _Bad("load.value.not_whole")
    return int(value)


def _code(cell: str, area: str, codes: type[StrEnum]) -> str:
    """A code by itself or by its word in either language."""
    words = {t(language, f"{area}{code}").casefold(): code.value for code in codes for language in LANGUAGES}
    found = words.get(cell.casefold(), cell if cell in tuple(codes) else None)
    if found is None:
        raise _Bad("refused.table.unknown_word", words=", ".join(t(LANGUAGES[0], f"{area}{code}") for code in codes))
    return found


def _checked(sheet: sheets.Sheet, row: sheets.Row, record: Event | Cycle) -> list[Finding]:
    store.fill_in(record)
    try:
        checks.check_new(type(record), store.values(record))
    except checks.Refused as refused:
        return [sheet.refused(row, refused)]
    return []
