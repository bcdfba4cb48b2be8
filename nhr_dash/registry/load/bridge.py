"""Between the staging file and the database: what is pulled for a delivery, and how it is written.

On a SQLite file both are attached to one connection and rows never pass through Python. On
PostgreSQL rows go over by COPY.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Engine, Table, text
from sqlalchemy.exc import OperationalError

from nhr_dash.registry.load.attached import AttachBridge
from nhr_dash.registry.load.copied import CopyBridge
from nhr_dash.registry.load.findings import Refused
from nhr_dash.registry.load.staging import PREFIX, Staging

_LOCK_WAIT_SECONDS = 30
_ADVISORY_LOCK = 0x4E48_5201  # any number that is ours


class Bridge(Protocol):
    """What a load asks of the database. ``keys`` is SQL over the staging tables that gives key values."""

    def pull_keys(self, table: Table, columns: Sequence[str], keys: str) -> None:
        """Copy rows with these keys into staging; rows that stand there already stay as they are."""

    def pull_where(self, table: Table, condition: ColumnElement[bool] | None = None) -> None:
        """Copy rows that fulfil a condition (all, without one) into staging."""

    def has_facts(self) -> bool:
        """False in a database that no admission has been loaded into."""

    def pull_neighbours(self) -> None:
        """Copy facts of untouched admissions that are counted in the same cells as touched ones."""

    def release(self) -> None:
        """Let go of the staging file before the writing."""

    def delete(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        """Remove rows with these keys from the database."""

    def insert(self, connection: Connection, table: Table, condition: str | None = None) -> None:
        """Copy staging rows that fulfil a condition (all, without one) into the database."""

    def stamp(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        """Give rows with these keys the delivery they have in staging."""

    def writing(self) -> AbstractContextManager[Connection]:
        """The one transaction that writes; nothing is kept if it is left with an error."""

    def tidy(self) -> None:
        """What can be done after the writing, when nobody has to wait."""


def file_of(engine: Engine) -> Path | None:
    """The file of a SQLite database; None for any other."""
    database = engine.url.database
    if engine.url.get_backend_name() != "sqlite" or not database or database == ":memory:":
        return None
    return Path(database).resolve()


def bridge(engine: Engine, staging: Staging) -> Bridge:
    """The bridge that fits the database."""
    path = file_of(engine)
    return CopyBridge(engine, staging) if path is None else AttachBridge(engine, staging, path)


@contextmanager
def only_loader(engine: Engine, folder: Path) -> Iterator[None]:
    """Hold the right to load: one loader a database at a time.

    Both locks are let go by the system when a process dies. Raises :class:`Refused` when another
    load is still running after half a minute.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / f"{PREFIX}lock", timeout=_LOCK_WAIT_SECONDS, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Refused("load.refused.busy") from error
        if engine.url.get_backend_name() != "postgresql":
            yield
            return
        # Loaders on other machines. No transaction is open meanwhile: it would keep the database from tidying.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"SET lock_timeout = '{_LOCK_WAIT_SECONDS}s'"))
            try:
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            except OperationalError as error:
                raise Refused("load.refused.busy") from error
            try:
                yield
            finally:
                connection.invalidate()  # closed, not kept: with it the lock goes, whatever has happened
    finally:
        lock.close()
