"""What a load has to say: findings about single cells and rows, and a report a file.

A value out of a patient's row stands in the findings file and in the report, never in the log.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from nhr_dash.text.catalog import t

Level = Literal["error", "warning", "note"]
SHOWN = 5_000
"""Findings of a file that a report carries; the findings file holds them all."""


class Refused(Exception):
    """A whole file (or load) is refused. ``reason_key`` names the sentence, ``params`` fills it in."""

    def __init__(self, reason_key: str, **params: Any) -> None:
        super().__init__(reason_key)
        self.reason_key = reason_key
        self.params = params


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found wrong in a file.

    ``line`` is the line in the file as an editor counts it (a sheet's row number), where the row
    begins; missing where the finding is about the whole file. ``value`` is the cell as it stood.
    ``level``: an *error* rejects the row, a *warning* is reported and the row still loads, a
    *note* is about the file's columns.
    """

    file: str
    line: int | None
    column: str
    value: str
    reason_key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    level: Level = "error"

    def sentence(self, language: str) -> str:
        """The reason in words."""
        return t(language, self.reason_key, **dict(self.params))


@dataclass(slots=True)
class FileReport:
    """What became of one file, or of one sheet of a workbook.

    ``form`` is the table's name, missing when the file was refused before it was recognised.
    ``rows_older``: rows left alone because a newer extract has been loaded. ``findings`` holds the
    first :data:`SHOWN`, ``findings_count`` how many there are. ``refused`` is a text key.
    """

    file: str
    form: str | None = None
    extract_date: date | None = None
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_older: int = 0
    rows_rejected: int = 0
    rows_withdrawn: int = 0
    withdrawn_keys: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    findings_count: int = 0
    newest_admission: datetime | None = None
    refused: str | None = None
    refused_params: Mapping[str, Any] = field(default_factory=dict)
    already_loaded: bool = False

    def refusal(self, language: str) -> str:
        """Why the file was refused, in words; empty when it wasn't."""
        return t(language, self.refused, **dict(self.refused_params)) if self.refused else ""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. ``data_version`` is missing when nothing was written.

    ``transaction_seconds``: how long the writing transaction held the database.
    """

    files: tuple[FileReport, ...]
    findings_file: Path | None
    dry_run: bool
    data_version: int | None
    transaction_seconds: float = 0.0

    @property
    def refused(self) -> bool:
        """True if any file was refused whole."""
        return any(file.refused for file in self.files)

    @property
    def clean(self) -> bool:
        """True if no file was refused and no row rejected."""
        return not self.refused and not any(file.rows_rejected for file in self.files)


def write_findings(path: Path, findings: Iterable[Finding], language: str) -> None:
    """Write findings as Excel in Norway opens them: semicolons and a byte order mark.

    The file holds cells of patients' rows: only its owner may read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        names = ("file", "line", "column", "value", "level", "reason")
        writer.writerow([t(language, f"load.findings.{name}") for name in names])
        for one in findings:
            level = t(language, f"load.level.{one.level}")
            line = "" if one.line is None else one.line
            cells = (one.file, line, one.column, one.value, level, one.sentence(language))
            writer.writerow([_harmless(cell) for cell in cells])


def _harmless(cell: object) -> object:
    """A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
