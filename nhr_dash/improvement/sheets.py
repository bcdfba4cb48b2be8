"""Small tables from a team: pasted out of Excel, or a CSV or Excel file; read as text by the loader's readers."""

import tempfile
import zipfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from sqlalchemy import Boolean, Column, Date, Float

from nhr_dash.improvement import checks
from nhr_dash.registry.load import cells, reading
from nhr_dash.registry.load.findings import Finding, Refused

MOST_BYTES, MOST_UNPACKED, MOST_ROWS = 5_000_000, 50_000_000, 5_000
"""What a team types in years is a hundredth of this; what is larger is another file, or meant to do harm."""
_ZIP = b"PK\x03\x04"
_SAME = {"not_an_export": "not_text", "not_whole": "not_text"} | dict.fromkeys(
    ("too_large", "unpacks_too_large", "too_many_rows", "too_wide"), "large"
)
"""What the loader tells apart and a team needn't."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells by field; a cell that is missing is empty. ``line`` counts from 1, as an editor does."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose columns are known. ``headings``: field -> its heading in the file, or its usual one."""

    name: str
    headings: dict[str, str]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...]

    def fault(self, line: int, field: str, value: str, reason_key: str, **params: Any) -> Finding:
        """What is wrong with a cell."""
        return Finding(self.name, line, self.headings.get(field, field), value, reason_key, params)

    def refused(self, row: Row, refused: checks.Refused) -> Finding:
        """What a record's own checks say, told of the cell it came from."""
        value = row.cells.get(refused.field, "")
        return self.fault(row.line, refused.field, value, f"refused.{refused.kind}", **refused.values)

    def notes(self) -> list[Finding]:
        """Columns that are not read."""
        return [Finding(self.name, None, one, "", "load.note.ignored", level="note") for one in self.ignored]


def read(data: str | bytes, name: str, known: dict[str, str], usual: Sequence[str], needed: Collection[str]) -> Sheet:
    """A table out of what was pasted (text) or uploaded (bytes).

    ``known``: heading in small letters -> field. ``usual``: the fields in the order of a table without headings.
    ``needed``: fields that a table must have. Raises the loader's ``Refused`` (``refused.table.…``).
    """
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    if len(raw) > MOST_BYTES:
        raise Refused("refused.table.large", file=name)
    skipped = len(raw) - len(raw.lstrip(b"\r\n"))
    lines_before = raw[:skipped].count(b"\n")

    def score(headings: tuple[str, ...]) -> int:
        hits = sum(one.casefold() in known or day(one) is not None or number(one) is not None for one in headings)
        return hits * 1_000 + len(headings)  # between two delimiters that mean as much, the one that is there

    first, found = _table(raw[skipped:], name, score)
    fields = [known.get(one.casefold(), "") for one in first]
    if any(fields):
        ignored = tuple(heading for heading, field in zip(first, fields, strict=True) if heading and not field)
        headings = {field: heading for heading, field in zip(first, fields, strict=True) if field}
    else:
        fields, ignored, found = list(usual), (), [(1, list(first)), *found]
        headings = {field: next(word for word, one in known.items() if one == field) for field in usual}
    missing = [field for field in needed if field not in headings]
    if missing:
        wanted = ", ".join(next(word for word, one in known.items() if one == field) for field in missing)
        raise Refused("refused.table.columns", file=name, columns=wanted)
    rows = tuple(
        Row(line + lines_before, {field: cell.strip() for field, cell in zip(fields, row, strict=False) if field})
        for line, row in found
    )
    return Sheet(name, headings, rows, ignored)


def _table(raw: bytes, name: str, score: Callable[[tuple[str, ...]], int]) -> tuple[tuple[str, ...], list[Any]]:
    """The first row, and the others with the line each begins at."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"  # a workbook is opened by its name, a text whatever its name
        path.write_bytes(raw)
        try:
            if raw.startswith(_ZIP):
                with zipfile.ZipFile(path) as packed:
                    if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                        raise Refused("refused.table.large", file=name)
            source = max(reading.open_file(path, score).sources, key=lambda one: score(one.headings))
            rows: list[Any] = []
            for block in source.blocks():
                rows += [(lines[0], row) for lines, row in zip(block.lines, block.rows, strict=True)]
                if len(rows) > MOST_ROWS:
                    raise Refused("refused.table.rows", file=name, most=MOST_ROWS)
        except Refused as refused:
            kind = refused.reason_key.rpartition(".")[2]
            raise Refused(f"refused.table.{_SAME.get(kind, kind)}", **{**refused.params, "file": name}) from refused
        except (zipfile.BadZipFile, ParseError, KeyError, ValueError, OSError) as error:
            raise Refused("refused.table.not_text", file=name) from error
    return source.headings, rows


_READERS: dict[type, cells.Memo] = {
    Date: cells.memo(Column("day", Date), {}),
    Float: cells.memo(Column("number", Float, info={"low": -1e15}), {}),
    Boolean: cells.memo(Column("tick", Boolean), {}),
}


def fault_of(text: str, kind: type) -> cells.Bad | None:
    """Why a cell can't be read as a ``Date``, a ``Float`` or a ``Boolean``: the loader's own reason."""
    _, bad = _READERS[kind].read([_cell(text)])
    return bad[0][1] if bad else None


def day(text: str) -> date | None:
    """A day as Norwegians or ISO write it; None where it is none."""
    (value,), _ = _READERS[Date].read([_cell(text)])
    return date.fromisoformat(value[0]) if value[0] else None


def number(text: str) -> float | None:
    """A number with a decimal comma or point; None where it is none."""
    (value,), _ = _READERS[Float].read([_cell(text)])
    return value


def tick(text: str) -> bool:
    """Ticked or not; an empty cell is not."""
    (value,), _ = _READERS[Boolean].read([_cell(text)])
    return bool(value)


def _cell(text: str) -> str:
    # The registry writes -1 where nothing is known; a team that writes it means a number, and is told.
    return "-1.0" if text.strip() == "-1" else text.strip()
