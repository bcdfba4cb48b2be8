"""The bridge to PostgreSQL: rows and keys go over by COPY, and what they are compared with stays there."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    MetaData,
    Select,
    Table,
    and_,
    create_engine,
    insert,
    select,
    text,
)
from sqlalchemy.pool import NullPool

from nhr_dash.registry.load.staging import Staging, column_names, quoted
from nhr_dash.registry.tables import fact

_BATCH = 1_000
_KEYS = "nhr_load_keys"


class CopyBridge:
    """A PostgreSQL database, near or far."""

    def __init__(self, engine: Engine, staging: Staging) -> None:
        self._engine = engine
        self._staging = staging
        self._stage = create_engine(f"sqlite:///{staging.path.as_posix()}", poolclass=NullPool)

    def pull_keys(self, table: Table, columns: Sequence[str], keys: str) -> None:
        """Copy rows with these keys into staging."""
        named = _named(table, columns)
        with self._engine.begin() as source:
            sent = self._send(source, table, columns, keys)
            same = and_(*(one == sent.c[one.name] for one in named))
            self._copy(source, table, select(table).where(select(sent).where(same).exists()))

    def pull_where(self, table: Table, condition: ColumnElement[bool] | None = None) -> None:
        """Copy rows that fulfil a condition into staging."""
        with self._engine.connect() as source:
            self._copy(source, table, select(table) if condition is None else select(table).where(condition))

    def _copy(self, source: Connection, table: Table, chosen: Select, into: str = "") -> None:
        target = table if not into else Table(into, MetaData(), *(Column(one.name, one.type) for one in table.c))
        streamed = source.execution_options(yield_per=_BATCH).execute(chosen)
        with self._stage.begin() as stage:
            for batch in _batches(streamed):
                stage.execute(insert(target).prefix_with("OR IGNORE"), [_row(target, found) for found in batch])

    def has_facts(self) -> bool:
        """False in a database that no admission has been loaded into."""
        with self._engine.connect() as source:
            return source.execute(select(fact.c.admission).limit(1)).first() is not None

    def pull_neighbours(self) -> None:
        """Copy facts of untouched admissions in the same cells as touched ones."""
        cell = ("indicator", "hospital", "admitted_at")
        with self._engine.begin() as source:
            sent = self._send(source, fact, cell, "SELECT indicator, hospital, day FROM cell")
            that_day = and_(
                fact.c.indicator == sent.c.indicator,
                fact.c.hospital == sent.c.hospital,
                fact.c.admitted_at >= sent.c.admitted_at,
                fact.c.admitted_at < sent.c.admitted_at + text("interval '1 day'"),
            )
            self._copy(source, fact, select(fact).join(sent, that_day), into="fact_neighbour")
        key = quoted(column.name for column in fact.primary_key)
        self._staging.run(f"DELETE FROM fact_neighbour WHERE ({key}) IN (SELECT {key} FROM fact_gone)")
        self._staging.run("INSERT INTO fact SELECT * FROM fact_neighbour")

    def release(self) -> None:
        """Staging is read to the end: its connection is needed until then."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one transaction that writes."""
        with self._engine.begin() as connection:
            yield connection

    def tidy(self) -> None:
        """Nothing to do: the database looks after itself."""

    def delete(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        """Remove rows with these keys."""
        self._send(connection, table, columns, keys)
        connection.exec_driver_sql(f'DELETE FROM "{table.name}" t USING {_KEYS} k WHERE {_same(columns)}')

    def insert(self, connection: Connection, table: Table, condition: str | None = None) -> None:
        """Copy staging rows into the database."""
        names = column_names(table)
        chosen = f'SELECT {quoted(names)} FROM "{table.name}" WHERE {condition or 1}'
        _put(connection, table.name, names, self._staging.run(chosen))

    def stamp(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        """Give rows with these keys the delivery they have in staging."""
        stored = table.c.delivery.name
        rows = f'SELECT {quoted([*columns, stored])} FROM "{table.name}" WHERE ({quoted(columns)}) IN ({keys})'
        self._send(connection, table, [*columns, stored], rows)
        connection.exec_driver_sql(
            f'UPDATE "{table.name}" t SET "{stored}" = k."{stored}" FROM {_KEYS} k WHERE {_same(columns)}'
        )

    def _send(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> Table:
        """Key values out of staging as a table of this transaction's own, of the types of these columns."""
        names = quoted(columns)
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{_KEYS}")
        connection.exec_driver_sql(
            f'CREATE TEMP TABLE {_KEYS} ON COMMIT DROP AS SELECT {names} FROM "{table.name}" WITH NO DATA'
        )
        _put(connection, _KEYS, columns, self._staging.run(keys))
        connection.exec_driver_sql(f"ANALYZE {_KEYS}")
        return Table(_KEYS, MetaData(), *(Column(one.name, one.type) for one in _named(table, columns)))


def _put(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows as SQLite stores them: days, moments and ticks are written as PostgreSQL reads them."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({quoted(columns)}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _same(columns: Sequence[str]) -> str:
    return " AND ".join(f't."{name}" = k."{name}"' for name in columns)


def _named(table: Table, columns: Sequence[str]) -> list[Any]:
    by_name = {column.name: column for column in table.c}
    return [by_name[name] for name in columns]


def _row(table: Table, found: Any) -> dict[str, Any]:
    return dict(zip(table.c.keys(), found, strict=True))


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield batch
