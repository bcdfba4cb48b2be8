"""The bridge to any database that SQLAlchemy speaks to (PostgreSQL, SQLite in memory): typed rows, in batches."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
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

from nhr_dash.registry.load.staging import Staging, quoted
from nhr_dash.registry.tables import fact

_BATCH = 500


class RowBridge:
    """Any database that SQLAlchemy speaks to: typed rows, in batches."""

    def __init__(self, engine: Engine, staging: Staging) -> None:
        self._engine = engine
        self._staging = staging
        self._stage = create_engine(f"sqlite:///{staging.path.as_posix()}", poolclass=NullPool)

    def pull_keys(self, table: Table, columns: Sequence[str], keys: str) -> None:
        """Copy rows with these keys into staging."""
        named = _named(table, columns)
        with self._engine.connect() as source:
            for batch in _batches(self._staging.run(keys).fetchall()):
                condition = tuple_(*named).in_(batch) if len(named) > 1 else named[0].in_([key for (key,) in batch])
                self._copy(source, table, condition)

    def pull_where(self, table: Table, condition: ColumnElement[bool] | None = None) -> None:
        """Copy rows that fulfil a condition into staging."""
        with self._engine.connect() as source:
            self._copy(source, table, condition)

    def _copy(self, source: Connection, table: Table, condition: ColumnElement[bool] | None) -> None:
        chosen = select(table) if condition is None else select(table).where(condition)
        with self._stage.begin() as target:
            for batch in _batches(source.execute(chosen)):
                target.execute(insert(table).prefix_with("OR IGNORE"), [_row(table, found) for found in batch])

    def has_facts(self) -> bool:
        """False in a database that no admission has been loaded into."""
        with self._engine.connect() as source:
            return source.execute(select(fact.c.admission).limit(1)).first() is not None

    def pull_neighbours(self) -> None:
        """Copy facts of untouched admissions in the same cells as touched ones."""
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
        """The one transaction that writes."""
        with self._engine.begin() as connection:
            yield connection

    def tidy(self) -> None:
        """Nothing to do: the database looks after itself."""

    def delete(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        """Remove rows with these keys."""
        statement = delete(table).where(*_equal(table, columns))
        for batch in self._keys(table, columns, keys):
            connection.execute(statement, batch)

    def insert(self, connection: Connection, table: Table, condition: str | None = None) -> None:
        """Copy staging rows into the database."""
        with self._stage.connect() as stage:
            for batch in _batches(stage.execute(select(table).where(text(condition or "1")))):
                connection.execute(insert(table), [_row(table, found) for found in batch])

    def stamp(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        """Give rows with these keys the delivery they have in staging."""
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
