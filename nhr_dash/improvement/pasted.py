"""Numbers of a team's own measure as they are typed or pasted from a spreadsheet: a row a day, columns by tabs or ;.

Share: day, numerator, denominator. Count and minutes: day, value. Dates: a day a row. A first row of headings is
passed over. Every row that can't be read is named; then nothing is kept, so that what was pasted can be mended.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhr_dash.improvement.kinds import DataKind
from nhr_dash.text.formats import parse_number

MOST_ROWS = 5000
LONGEST_SHOWN = 60
_NORWEGIAN = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class Fault:
    """A row (from 1) that can't be read. ``kind``: columns, day, number, more_than_all, too_many."""

    row: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read: values of points, and the faults."""

    rows: tuple[dict[str, Any], ...]
    faults: tuple[Fault, ...]


def columns(data_kind: str) -> Sequence[str]:
    """The fields of a point besides its day."""
    if data_kind == DataKind.SHARE:
        return ("numerator", "denominator")
    return () if data_kind == DataKind.DATES else ("value",)


def read(text: str, data_kind: str) -> Pasted:
    """Rows as fields of points: ``day`` and what :func:`columns` names."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_ROWS:
        return Pasted((), (Fault(MOST_ROWS + 1, "too_many", ""),))
    if lines and not any(sign.isdigit() for sign in lines[0][1]):
        lines = lines[1:]  # headings
    found, faults = [], []
    for number, line in lines:
        row = _row(line, columns(data_kind))
        if isinstance(row, str):
            faults.append(Fault(number, row, line.strip()[:LONGEST_SHOWN]))
        else:
            found.append(row)
    return Pasted(tuple(found), tuple(faults))


def _row(line: str, names: Sequence[str]) -> dict[str, Any] | str:
    """The fields of a row, or what is wrong with it."""
    cells = [cell.strip() for cell in re.split(r"[\t;]", line.strip())]
    if len(cells) != len(names) + 1:
        return "columns"
    day = _day(cells[0])
    if day is None:
        return "day"
    numbers = [parse_number(cell) for cell in cells[1:]]
    if any(one is None or one < 0 for one in numbers):
        return "number"
    row = dict(zip(names, numbers, strict=True))
    if "denominator" in row and (row["numerator"] or 0) > (row["denominator"] or 0):
        return "more_than_all"
    return {"day": day, **row}


def _day(text: str) -> date | None:
    """A day as Norwegians write it (31.12.2025) or as machines do (2025-12-31)."""
    if found := _NORWEGIAN.fullmatch(text):
        parts = [int(part) for part in reversed(found.groups())]
    elif found := _ISO.fullmatch(text):
        parts = [int(part) for part in found.groups()]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None
