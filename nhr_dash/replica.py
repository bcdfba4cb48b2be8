"""A streaming replica: a copy of the database that follows it, and is asked only for what it is known to have."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from nhr_dash.database import DatabaseProblem, connect, data_version, problems_named

BEHIND_SECONDS, LOST_SECONDS = 1.0, 10.0
"""How long a replica is left alone after it was behind, and after it didn't answer."""
_CONNECT_SECONDS = 2  # somebody waits, and the database itself can answer


class Replica:
    """One process's connections to a replica."""

    def __init__(self, url: str) -> None:
        self._engine = connect(url, connect_seconds=_CONNECT_SECONDS)
        self._not_before = 0.0

    @contextmanager
    def reading(self, version: int) -> Iterator[Connection | None]:
        """A connection that holds at least this data version; None where the database itself must be asked."""
        connection = self._connection(version)
        if connection is None:
            yield None
            return
        try:
            with problems_named(), connection:
                yield connection
        except DatabaseProblem:
            self._leave(LOST_SECONDS)
            raise

    def _connection(self, version: int) -> Connection | None:
        if time.monotonic() < self._not_before:
            return None
        try:
            connection = self._engine.connect()
        except DBAPIError:
            self._leave(LOST_SECONDS)
            return None
        try:
            if data_version(connection) >= version:
                return connection
            self._leave(BEHIND_SECONDS)
        except DBAPIError:
            self._leave(LOST_SECONDS)
        connection.close()
        return None

    def _leave(self, seconds: float) -> None:
        self._not_before = time.monotonic() + seconds
