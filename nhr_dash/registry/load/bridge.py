"""Between the staging file and the database: what is pulled for a delivery, and how it is written.

On a SQLite file both are attached to one connection and rows never pass through Python. On any
other database (PostgreSQL, or SQLite in memory) rows pass as typed values, in batches.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    and_,
    bindparam,
    create_engine,
    delete,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import NullPool

from nhr_dash.registry.load.findings import Refused
from nhr_dash.registry.load.staging import PREFIX, Staging, column_names, quoted
from nhr_dash.registry.tables import fact

_BATCH = 500
_LOCK_WAIT_SECONDS = 30
_ADVISORY_LOCK = 0x4E48_5201  # any number that is ours
_WRITE_CACHE_KIB = 131_072


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

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one transaction that writes; nothing is kept if it is left with an error."""
        yield from ()


def file_of(engine: Engine) -> Path | None:
    """The file of a SQLite database; None for any other."""
    database = engine.url.database
    if engine.url.get_backend_name() != "sqlite" or not database or database == ":memory:":
        return None
    return Path(database).resolve()


def bridge(engine: Engine, staging: Staging) -> Bridge:
    """The bridge that fits the database."""
    path = file_of(engine)
    return RowBridge(engine, staging) if path is None else AttachBridge(engine, staging, path)


class AttachBridge:
    """A SQLite file: the database is attached to staging to pull, staging to the database to write."""

    def __init__(self, engine: Engine, staging: Staging, path: Path) -> None:
        self._engine = engine
        self._staging = staging
        staging.run("ATTACH ? AS reg", str(path))

    def pull_keys(self, table: Table, columns: Sequence[str], keys: str) -> None:
        self._pull(table, f"({quoted(columns)}) IN ({keys})")

    def pull_where(self, table: Table, condition: ColumnElement[bool] | None = None) -> None:
        if condition is None:
            self._pull(table, "1")
        else:
            self._pull(table, str(condition.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})))

    def _pull(self, table: Table, condition: str) -> None:
        names = quoted(column_names(table))
        self._staging.run(
            f'INSERT OR IGNORE INTO main."{table.name}" ({names}) '
            f'SELECT {names} FROM reg."{table.name}" AS "{table.name}" WHERE {condition}'
        )

    def has_facts(self) -> bool:
        return bool(self._staging.one("SELECT 1 FROM reg.fact LIMIT 1"))

    def pull_neighbours(self) -> None:
        names = quoted(column_names(fact), "f")
        key = quoted((column.name for column in fact.primary_key), "f")
        own = quoted(column.name for column in fact.primary_key)
        self._staging.run(
            f"INSERT INTO fact_neighbour SELECT {names} FROM cell c CROSS JOIN reg.fact f "
            "ON f.indicator = c.indicator AND f.hospital = c.hospital AND f.admitted_at >= c.day "
            f"AND f.admitted_at < date(c.day, '+1 day') WHERE ({key}) NOT IN (SELECT {own} FROM fact_gone)"
        )
        self._staging.run("INSERT INTO main.fact SELECT * FROM fact_neighbour")

    def release(self) -> None:
        self._staging.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("ATTACH ? AS staging", (str(self._staging.path),))
            connection.exec_driver_sql(f"PRAGMA main.cache_size=-{_WRITE_CACHE_KIB}")
            connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")  # not while others wait for us
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
            finally:
                connection.rollback()
                connection.exec_driver_sql("PRAGMA main.cache_size=-2000")
                connection.exec_driver_sql("PRAGMA wal_autocheckpoint=1000")
                connection.exec_driver_sql("PRAGMA main.wal_checkpoint(PASSIVE)")
                connection.exec_driver_sql("DETACH staging")

    def delete(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        connection.exec_driver_sql(f'DELETE FROM main."{table.name}" WHERE ({quoted(columns)}) IN ({keys})')

    def insert(self, connection: Connection, table: Table, condition: str | None = None) -> None:
        if table.dialect_options["sqlite"]["with_rowid"] is False and self._copies_whole(connection, table):
            # The derived tables of a first load: SQLite then copies the tree page by page.
            connection.exec_driver_sql(f'INSERT INTO main."{table.name}" SELECT * FROM staging."{table.name}"')
            return
        names = quoted(column_names(table))
        connection.exec_driver_sql(
            f'INSERT INTO main."{table.name}" ({names}) SELECT {names} FROM staging."{table.name}" '
            f"WHERE {condition or 1}"
        )

    @staticmethod
    def _copies_whole(connection: Connection, table: Table) -> bool:
        """True where nothing stands and both sides have the columns in one order, so that ``*`` is safe."""
        if connection.exec_driver_sql(f'SELECT 1 FROM main."{table.name}" LIMIT 1').first():
            return False
        sides = (
            connection.exec_driver_sql(f'PRAGMA {name}.table_info("{table.name}")') for name in ("main", "staging")
        )
        mine, theirs = ([row[1] for row in side] for side in sides)
        return mine == theirs

    def stamp(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        same = " AND ".join(f's."{name}" = "{table.name}"."{name}"' for name in columns)
        stored = table.c.delivery.name
        connection.exec_driver_sql(
            f'UPDATE main."{table.name}" SET "{stored}" = '
            f'(SELECT s."{stored}" FROM staging."{table.name}" AS s WHERE {same}) '
            f"WHERE ({quoted(columns)}) IN ({keys})"
        )


class RowBridge:
    """Any database that SQLAlchemy speaks to: typed rows, in batches."""

    def __init__(self, engine: Engine, staging: Staging) -> None:
        self._engine = engine
        self._staging = staging
        self._stage = create_engine(f"sqlite:///{staging.path.as_posix()}", poolclass=NullPool)

    def pull_keys(self, table: Table, columns: Sequence[str], keys: str) -> None:
        named = _named(table, columns)
        with self._engine.connect() as source:
            for batch in _batches(self._staging.run(keys).fetchall()):
                condition = tuple_(*named).in_(batch) if len(named) > 1 else named[0].in_([key for (key,) in batch])
                self._copy(source, table, condition)

    def pull_where(self, table: Table, condition: ColumnElement[bool] | None = None) -> None:
        with self._engine.connect() as source:
            self._copy(source, table, condition)

    def _copy(self, source: Connection, table: Table, condition: ColumnElement[bool] | None) -> None:
        chosen = select(table) if condition is None else select(table).where(condition)
        with self._stage.begin() as target:
            for batch in _batches(source.execute(chosen)):
                target.execute(insert(table).prefix_with("OR IGNORE"), [_row(table, found) for found in batch])

    def has_facts(self) -> bool:
        with self._engine.connect() as source:
            return source.execute(select(fact.c.admission).limit(1)).first() is not None

    def pull_neighbours(self) -> None:
        key = [column.name for column in fact.primary_key]
        cells = self._staging.run("SELECT indicator, hospital, day FROM cell").fetchall()
        near = Table("fact_neighbour", MetaData(), *(Column(one.name, one.type) for one in fact.c))
        with self._engine.connect() as source, self._stage.begin() as target:
            for batch in _batches(cells):
                rows = [_row(fact, row) for row in source.execute(select(fact).where(or_(*map(_in_cell, batch))))]
                if rows:
                    target.execute(insert(near), rows)
        gone = f"DELETE FROM fact_neighbour WHERE ({quoted(key)}) IN (SELECT {quoted(key)} FROM fact_gone)"
        self._staging.run(gone)
        self._staging.run("INSERT INTO fact SELECT * FROM fact_neighbour")

    def release(self) -> None:
        """Staging is read to the end: its connection is needed until then."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    def delete(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        statement = delete(table).where(*_equal(table, columns))
        for batch in self._keys(table, columns, keys):
            connection.execute(statement, batch)

    def insert(self, connection: Connection, table: Table, condition: str | None = None) -> None:
        with self._stage.connect() as stage:
            for batch in _batches(stage.execute(select(table).where(text(condition or "1")))):
                connection.execute(insert(table), [_row(table, found) for found in batch])

    def stamp(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        statement = update(table).where(*_equal(table, columns)).values(delivery=bindparam("to_delivery"))
        for batch in self._keys(table, columns, keys, delivery=True):
            connection.execute(statement, batch)

    def _keys(
        self, table: Table, columns: Sequence[str], keys: str, *, delivery: bool = False
    ) -> Iterator[list[dict[str, Any]]]:
        """Typed key values of staging rows, as parameters; keys whose row is gone are read as they are."""
        wanted = [*_named(table, columns), *([table.c.delivery] if delivery else [])]
        names = [*(f"key_{place}" for place in range(len(columns))), *(["to_delivery"] if delivery else [])]
        if delivery:
            chosen: Iterable[Any] = self._typed(select(*wanted).where(text(f"({quoted(columns)}) IN ({keys})")))
        else:
            dialect = sqlite.dialect()
            typed = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in wanted]
            chosen = (
                [value if read is None else read(value) for value, read in zip(row, typed, strict=True)]
                for row in self._staging.run(keys).fetchall()
            )
        for batch in _batches(chosen):
            yield [dict(zip(names, row, strict=True)) for row in batch]

    def _typed(self, chosen: Any) -> Iterator[Any]:
        with self._stage.connect() as stage:
            yield from stage.execute(chosen)


def _named(table: Table, columns: Sequence[str]) -> list[Any]:
    by_name = {column.name: column for column in table.c}
    return [by_name[name] for name in columns]


def _equal(table: Table, columns: Sequence[str]) -> list[Any]:
    return [column == bindparam(f"key_{place}") for place, column in enumerate(_named(table, columns))]


def _in_cell(cell: tuple[int, int, str]) -> ColumnElement[bool]:
    indicator, hospital, day = cell
    start = datetime.fromisoformat(day)
    return and_(
        fact.c.indicator == indicator,
        fact.c.hospital == hospital,
        fact.c.admitted_at >= start,
        fact.c.admitted_at < start + timedelta(days=1),
    )


def _row(table: Table, found: Any) -> dict[str, Any]:
    return dict(zip(table.c.keys(), found, strict=True))


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield batch


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
        with engine.connect() as connection:  # loaders on other machines
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_LOCK}):
                raise Refused("load.refused.busy")
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
    finally:
        lock.close()
