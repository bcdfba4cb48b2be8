"""The staging file: a small SQLite database where a delivery is put together before it is merged.

It has the registry's own tables (the forms, facts and day summary of what the delivery touches)
and, for each file, an inbox of checked rows. The database that people use is only read meanwhile.
It holds patients' rows: only its owner may read it, and it is removed when the load ends.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from nhr_dash.registry.load.checking import packed, unpacked
from nhr_dash.registry.load.findings import Finding
from nhr_dash.registry.load.layouts import LAYOUTS, Layout
from nhr_dash.registry.tables import day_summary, delivery, fact

PREFIX = "nhr-load-"
TABLES: tuple[Table, ...] = (*(layout.table for layout in LAYOUTS), delivery, fact, day_summary)
_CACHE_KIB = 65_536


@dataclass(frozen=True, slots=True)
class Inbox:
    """A file's rows in staging: table name and the database names of its columns (besides ``line``)."""

    table: str
    columns: tuple[str, ...]


def quoted(names: Iterable[str], alias: str = "") -> str:
    """Column names for SQL, comma separated."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def column_names(table: Table) -> tuple[str, ...]:
    """A table's column names in the database, in order."""
    return tuple(column.name for column in table.c)


@cache
def _tables_sql() -> str:
    dialect = sqlite.dialect()
    made = [str(CreateTable(table, include_foreign_key_constraints=[]).compile(dialect=dialect)) for table in TABLES]
    for layout in LAYOUTS:
        key = quoted(layout.names(layout.key))
        made.append(f'CREATE TABLE "state_{layout.form}" ({key}, status TEXT NOT NULL, PRIMARY KEY ({key}))')
        made.append(f'CREATE TABLE "held_{layout.form}" ({key})')
    made.append("CREATE TABLE touched_key (key TEXT PRIMARY KEY) WITHOUT ROWID")
    made.append("CREATE TABLE touched (id INTEGER PRIMARY KEY)")
    made.append(
        "CREATE TABLE finding (part INTEGER, file TEXT, line INTEGER, col TEXT, value TEXT, "
        "reason TEXT, params TEXT, level TEXT)"
    )
    # Facts to be removed, and facts of untouched admissions in the same sums. Their columns need the
    # types of the table they are compared with: without them SQLite can't use the key.
    like = str(CreateTable(fact, include_foreign_key_constraints=[]).compile(dialect=dialect)).strip()
    made.extend(
        like.replace("CREATE TABLE fact ", f"CREATE TABLE {name} ", 1) for name in ("fact_gone", "fact_neighbour")
    )
    made.append("CREATE TABLE cell (indicator, hospital, day, PRIMARY KEY (indicator, hospital, day)) WITHOUT ROWID")
    return ";\n".join(made)


@cache
def _fact_indexes() -> tuple[str, ...]:
    return tuple(str(CreateIndex(index).compile(dialect=sqlite.dialect())) for index in fact.indexes)


class Staging:
    """The staging database of one load. Use as a context manager: leaving it removes the file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        clear(folder)
        self.path = folder / f"{PREFIX}staging.db"
        self.path.touch(mode=0o600)
        self.db = sqlite3.connect(self.path, isolation_level=None)
        # nothing here needs to survive a crash: a load starts again from the files
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}", "temp_store=FILE"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.executescript(f"BEGIN;\n{_tables_sql()};\nCOMMIT")

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the connection, so that others may read the file; it stays until the context ends."""
        self.db.close()

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Execute one statement."""
        return self.db.execute(sql, values)

    def one(self, sql: str, *values: Any) -> Any:
        """The first value of the first row; None if there is none."""
        row = self.db.execute(sql, values).fetchone()
        return row[0] if row else None

    def inbox(self, part: int, columns: Sequence[str]) -> Inbox:
        """Make the inbox of a file."""
        table = f"inbox_{part}"
        self.run(f"CREATE TABLE {table} (line INTEGER PRIMARY KEY, {quoted(columns)})")
        return Inbox(table, tuple(columns))

    def put(self, inbox: Inbox, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows (line, then values) to an inbox."""
        marks = ", ".join("?" * (len(inbox.columns) + 1))
        self.run("BEGIN")
        self.db.executemany(f"INSERT INTO {inbox.table} VALUES ({marks})", rows)
        self.run("COMMIT")

    def insert(self, table: Table, row: dict[str, Any]) -> None:
        """Add one row, given by column key, in the form SQLite stores it."""
        names = quoted(table.c[key].name for key in row)
        self.run(f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(row))})', *row.values())

    def hold(self, layout: Layout, keys: Iterable[tuple[Any, ...]]) -> None:
        """Remember keys of rejected rows: such forms are not absent from a full delivery."""
        marks = ", ".join("?" * len(layout.key))
        self.db.executemany(f'INSERT INTO "held_{layout.form}" VALUES ({marks})', keys)

    def add(self, part: int, findings: Iterable[Finding]) -> None:
        """Keep findings of a file."""
        rows = [(part, *packed(one)) for one in findings]
        if rows:
            self.db.executemany("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def index_facts(self) -> None:
        """Give facts the index they have in the database, so that a first load can copy them whole."""
        for statement in _fact_indexes():
            self.run(statement)

    def findings(self, part: int | None = None, limit: int = -1) -> Iterator[Finding]:
        """Findings in the order of the files' lines; notes about columns come last."""
        where = "" if part is None else f"WHERE part = {part}"
        rows = self.run(
            f"SELECT file, line, col, value, reason, params, level FROM finding {where} "
            f"ORDER BY part, level = 'note', line, rowid LIMIT {limit}"
        )
        return map(unpacked, rows)


def clear(folder: Path) -> None:
    """Remove what an interrupted load left behind. The caller holds the loader's lock."""
    for left in folder.glob(f"{PREFIX}*.db*"):
        with suppress(OSError):
            left.unlink()
