"""The bridge to a SQLite file: both files attached to one connection, rows never pass through Python."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, Table
from sqlalchemy.dialects import sqlite

from nhr_dash.registry.load.staging import Staging, column_names, quoted
from nhr_dash.registry.tables import fact

_WRITE_CACHE_KIB = 131_072


class AttachBridge:
    """A SQLite file: the database is attached to staging to pull, staging to the database to write."""

    def __init__(self, engine: Engine, staging: Staging, path: Path) -> None:
        self._engine = engine
        self._staging = staging
        staging.run("ATTACH ? AS reg", str(path))

    def pull_keys(self, table: Table, columns: Sequence[str], keys: str) -> None:
        """Copy rows with these keys into staging."""
        self._pull(table, f"({quoted(columns)}) IN ({keys})")

    def pull_where(self, table: Table, condition: ColumnElement[bool] | None = None) -> None:
        """Copy rows that fulfil a condition into staging."""
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
        """False in a database that no admission has been loaded into."""
        return bool(self._staging.one("SELECT 1 FROM reg.fact LIMIT 1"))

    def pull_neighbours(self) -> None:
        """Copy facts of untouched admissions in the same cells as touched ones."""
        names = quoted(column_names(fact), "f")
        same = " AND ".join(f'g."{column.name}" = f."{column.name}"' for column in fact.primary_key)
        self._staging.run(
            f"INSERT INTO fact_neighbour SELECT {names} FROM cell c CROSS JOIN reg.fact f "
            "ON f.indicator = c.indicator AND f.hospital = c.hospital AND f.admitted_at >= c.day "
            f"AND f.admitted_at < date(c.day, '+1 day') WHERE NOT EXISTS (SELECT 1 FROM fact_gone g WHERE {same})"
        )
        self._staging.run("INSERT INTO main.fact SELECT * FROM fact_neighbour")

    def release(self) -> None:
        """Close staging's own connection: the database's attaches the file."""
        self._staging.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one transaction that writes."""
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
                connection.exec_driver_sql("DETACH staging")

    def tidy(self) -> None:
        """Bring what was written from the log into the file, while nobody has to wait."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def delete(self, connection: Connection, table: Table, columns: Sequence[str], keys: str) -> None:
        """Remove rows with these keys."""
        connection.exec_driver_sql(f'DELETE FROM main."{table.name}" WHERE ({quoted(columns)}) IN ({keys})')

    def insert(self, connection: Connection, table: Table, condition: str | None = None) -> None:
        """Copy staging rows into the database."""
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
        """Give rows with these keys the delivery they have in staging."""
        same = " AND ".join(f's."{name}" = "{table.name}"."{name}"' for name in columns)
        stored = table.c.delivery.name
        connection.exec_driver_sql(
            f'UPDATE main."{table.name}" SET "{stored}" = '
            f'(SELECT s."{stored}" FROM staging."{table.name}" AS s WHERE {same}) '
            f"WHERE ({quoted(columns)}) IN ({keys})"
        )
