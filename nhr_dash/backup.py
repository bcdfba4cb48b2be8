"""A backup is one SQLite file at today's migration, whatever database it was taken of: either kind can be restored.

It is taken while the database is in use, as it stood at one moment. It holds patients' rows: only its owner
may read it. Tables are read as they stand in the database, so that none is forgotten.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from nhr_dash.database import (
    BUSY_TIMEOUT_SECONDS,
    DatabaseProblem,
    begin_writing,
    newest_revision,
    problems_named,
    raise_above,
    revision,
    state,
    upgrade,
)

_BATCH = 2_000
_REVISIONS = "alembic_version"
# What every database holds that nothing was ever loaded into or written in.
_ALWAYS_THERE = frozenset({"tilstand", "sykehus", "foretak", "unit_membership", "counted_at", "indikator"})
_PASSING = ("sign_in_session", "sign_in_attempt")


class Refused(Exception):
    """Nothing was done; ``kind`` names the sentence: ``exists``, ``not_a_backup``, ``newer`` or
    ``not_empty``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def backup(engine: Engine, path: Path) -> None:
    """Write what stands at this moment to a new file; others read and write meanwhile.

    Raises :class:`Refused` ``exists`` where there is a file already, and
    :class:`~nhr_dash.database.DatabaseProblem`, also for a database that isn't at the newest migration.
    """
    if path.exists():
        raise Refused("exists")
    with problems_named():
        if revision(engine) != newest_revision():
            raise DatabaseProblem("incomplete")
        with _unfinished(path.parent) as file:
            if engine.dialect.name == "sqlite":
                _copy_file(Path(str(engine.url.database)), file)
                with closing(sqlite3.connect(file)) as copy:
                    copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            else:
                _read_all(engine, file)
            file.rename(path)


def restore(engine: Engine, path: Path, *, replace: bool = False) -> None:
    """Put a backup in place of what a database holds, in one transaction; older backups are brought up to date.

    The versions that tell running apps to read anew end above those of both. Raises :class:`Refused`
    ``not_a_backup`` or ``newer`` (than this program), and ``not_empty`` for a database that holds
    something, unless ``replace``; and :class:`~nhr_dash.database.DatabaseProblem`.
    """
    with tempfile.TemporaryDirectory(prefix="nhr-restore-") as folder:
        file = Path(folder) / "backup.db"
        _checked(path, file)
        with problems_named():
            upgrade(engine)
            with engine.connect() as connection:
                if not replace and _holds_something(connection):
                    raise Refused("not_empty")
                standing = state(connection)
            if engine.dialect.name == "sqlite":
                copy = _opened(file)
                with copy.begin() as connection:
                    raise_above(connection, standing)
                copy.dispose()
                _copy_file(file, Path(str(engine.url.database)))
            else:
                _write_all(engine, file)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A file that only its owner may read and that is removed unless it was renamed."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as name:
        file = Path(name) / "backup.db"
        file.touch(mode=0o600)
        yield file


def _copy_file(source: Path, target: Path) -> None:
    """One SQLite file into another, as it stands at one moment and in one transaction."""
    with (
        closing(sqlite3.connect(source)) as read,
        closing(sqlite3.connect(target, timeout=BUSY_TIMEOUT_SECONDS)) as written,
    ):
        read.backup(written)


def _opened(file: Path) -> Engine:
    """A backup's file, without foreign keys: a row may come before the one that it refers to."""
    return create_engine(f"sqlite:///{file.as_posix()}", poolclass=NullPool)


def _read_all(engine: Engine, file: Path) -> None:
    copy = _opened(file)
    upgrade(copy)
    moment = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with moment as source, copy.begin() as target:
        here = _tables(target)
        for name, table in _tables(source).items():
            for batch in source.execution_options(yield_per=_BATCH).execute(select(table)).mappings().partitions():
                target.execute(here[name].insert(), [dict(row) for row in batch])
    copy.dispose()


def _write_all(engine: Engine, file: Path) -> None:
    """Rows as SQLite stores them: days, moments, ticks and JSON are written as PostgreSQL reads them."""
    with closing(sqlite3.connect(file)) as read, engine.begin() as connection:
        begin_writing(connection)
        standing = state(connection)
        tables = _tables(connection)
        connection.execute(text("TRUNCATE " + ", ".join(f'"{name}"' for name in tables)))
        driver: Any = connection.connection.driver_connection
        for name, table in tables.items():
            columns = ", ".join(f'"{column.name}"' for column in table.c)
            with driver.cursor() as cursor, cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
                for row in read.execute(f'SELECT {columns} FROM "{name}"'):
                    copy.write_row(row)
            _count_on(connection, table)
        raise_above(connection, standing)


def _count_on(connection: Connection, table: Table) -> None:
    """New rows get numbers after those that were restored."""
    for column in table.primary_key:
        name = text("SELECT pg_get_serial_sequence(:table, :column)")
        sequence = connection.scalar(name, {"table": f'"{table.name}"', "column": column.name})
        last = sequence and connection.scalar(select(func.max(column)))
        if last:
            connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})


def _tables(connection: Connection) -> dict[str, Table]:
    """Every table of a database but Alembic's own; those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name != _REVISIONS}


def _holds_something(connection: Connection) -> bool:
    return any(
        connection.execute(select(table).limit(1)).first() is not None
        for name, table in _tables(connection).items()
        if name not in _ALWAYS_THERE
    )


def _checked(path: Path, file: Path) -> None:
    """Make a copy of a backup and bring it to today's migration. Raises :class:`Refused`."""
    file.touch(mode=0o600)
    copy = _opened(file)
    try:
        shutil.copyfile(path, file)
        with copy.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
        made = revision(copy)
    except (DatabaseError, OSError) as error:
        raise Refused("not_a_backup") from error
    if not whole or made is None:
        raise Refused("not_a_backup")
    if made > newest_revision():
        raise Refused("newer")
    upgrade(copy)
    with copy.begin() as connection:  # who has signed out since must not be signed in again
        for name in _PASSING:
            connection.exec_driver_sql(f"DELETE FROM {name}")
    copy.dispose()
