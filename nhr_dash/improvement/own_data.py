"""Data points of a team's own measure out of a table: typed, pasted from Excel, or a file.

A day has one point: a table that is given twice changes nothing the second time, and a corrected one
corrects. Rows that can't be read are told one by one; the others are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Float
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import checks, sheets, store
from nhr_dash.improvement.kinds import DataKind
from nhr_dash.improvement.models import Measure, Point
from nhr_dash.registry.load.findings import Finding

_KNOWN = {
    "dato": "day", "date": "day", "dag": "day", "day": "day",
    "teller": "numerator", "numerator": "numerator", "ja": "numerator", "yes": "numerator",
    "nevner": "denominator", "denominator": "denominator", "i alt": "denominator", "total": "denominator",
    "verdi": "value", "value": "value", "minutter": "value", "minutes": "value", "antall": "value", "count": "value",
    "merknad": "note", "note": "note", "kommentar": "note", "comment": "note",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """What a table says about a measure. ``new``: points to make. ``changed``: points that stand, each with its
    new values. ``same``: how many rows say what stands already."""

    new: tuple[Point, ...]
    changed: tuple[tuple[Point, dict[str, Any]], ...]
    same: int
    findings: tuple[Finding, ...]


def columns(data_kind: str) -> tuple[str, ...]:
    """The columns of a table without headings, in order, by the field each fills."""
    if data_kind == DataKind.SHARE:
        return ("day", "numerator", "denominator", "note")
    return ("day", "note") if data_kind == DataKind.DATES else ("day", "value", "note")


def read(data: str | bytes, name: str, measure: Measure, there: Sequence[Point]) -> Table:
    """What a table means for a measure; nothing is written. ``there``: its points that stand.

    Raises the loader's ``Refused`` where it is no table, too large, or lacks a column that the measure needs.
    """
    fields = columns(measure.data_kind)
    known = {word: field for word, field in _KNOWN.items() if field in fields}
    sheet = sheets.read(data, name, known, fields, [one for one in fields if one != "note"])
    standing = {point.day: point for point in there if point.measure == measure.id}
    findings = sheet.notes()
    new: list[Point] = []
    changed: list[tuple[Point, dict[str, Any]]] = []
    lines: dict[date, int] = {}
    for row in sheet.rows:
        values, faults = _values(sheet, row, fields)
        if not faults and values["day"] in lines:
            faults = [sheet.fault(row.line, "day", row.cells["day"], "load.row.twice", first=lines[values["day"]])]
        point = Point(project=measure.project, measure=measure.id, **values)
        if not faults:
            faults = _checked(sheet, row, point)
        findings += faults
        if faults:
            continue
        lines[point.day] = row.line
        old = standing.get(point.day)
        if old is None:
            new.append(point)
        elif differing := {field: value for field, value in values.items() if getattr(old, field) != value}:
            changed.append((old, differing))
    return Table(tuple(new), tuple(changed), len(lines) - len(new) - len(changed), tuple(findings))


def write(session: Session, scope: Scope, table: Table) -> None:
    """Make and correct the points, in the caller's transaction. Raises ``NotAllowed`` and ``store.Conflict``."""
    for point in table.new:
        store.make(session, scope, point)
    for old, values in table.changed:
        store.save(session, scope, Point, old.id, old.version, values)


def _values(sheet: sheets.Sheet, row: sheets.Row, fields: Sequence[str]) -> tuple[dict[str, Any], list[Finding]]:
    """A row's values; a missing note leaves the one that stands."""
    values: dict[str, Any] = {}
    faults = []
    for field in fields:
        cell = row.cells.get(field, "")
        if field == "note":
            if cell:
                values[field] = cell
            continue
        bad = sheets.fault_of(cell, Date if field == "day" else Float)
        if bad:
            faults.append(sheet.fault(row.line, field, cell, bad.reason_key, **bad.params))
            continue
        values[field] = sheets.day(cell) if field == "day" else sheets.number(cell)
        if values[field] is None:
            faults.append(sheet.fault(row.line, field, cell, "refused.empty"))
    return values, faults


def _checked(sheet: sheets.Sheet, row: sheets.Row, point: Point) -> list[Finding]:
    store.fill_in(point)
    try:
        checks.check_new(Point, store.values(point))
    except checks.Refused as refused:
        return [sheet.refused(row, refused)]
    return []
