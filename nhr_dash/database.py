"""Engines, transactions, migrations and the data version: one address, SQLite by default."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    cast,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

BUSY_TIMEOUT_SECONDS = 30
_CONNECT_SECONDS = 10
MIGRATIONS = Path(__file__).resolve().parent / "migrations"

# What SQLite says of a database that isn't finished or isn't whole, and the codes PostgreSQL has for it (42501: a role
# without its rights).
_INCOMPLETE = (
    "no such table", "no such column", "malformed", "not a database", "42P01", "42703", "42501", "XX001", "XX002",
)  # fmt: skip
# Waited for too long: a lock (55P03), each other (40P01), a transaction that came first (40001), the clock (57014).
_LOCKED = ("locked", "busy", "55P03", "40P01", "40001", "57014")
_WRITERS = 0x4E48_5202  # the lock of those who write, any number that is ours

# The two facts about a database that are asked before anything else is known of its tables.
_state = Table("tilstand", MetaData(), Column("key", String(40)), Column("value", String(255)))

# Built once: every question begins with the first of them.
_VERSION = select(_state.c.value).where(_state.c.key == "data_version")
_SYNTHETIC = select(_state.c.value).where(_state.c.key == "synthetic")
_revisions = Table("alembic_version", MetaData(), Column("version_num", String(32)))


class DatabaseProblem(Exception):
    """The database can't be used now. ``kind`` names the sentence that a person is shown:
    ``missing``, ``locked``, ``incomplete`` or ``unreachable``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def connect(url: str, *, create: bool = False, connect_seconds: int = _CONNECT_SECONDS) -> Engine:
    """An engine for an address.

    SQLite gets WAL, a busy timeout of 30 s and foreign keys; PostgreSQL as long to wait for a lock.
    Raises :class:`DatabaseProblem` ``missing`` when the SQLite file is not there and ``create`` is false.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        waiting = {"options": f"-c lock_timeout={BUSY_TIMEOUT_SECONDS}s", "connect_timeout": connect_seconds}
        return create_engine(address, pool_pre_ping=True, connect_args=waiting)
    if address.database and address.database != ":memory:":
        path = Path(address.database)
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise DatabaseProblem("missing")
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def _pragmas(connection, _record) -> None:  # noqa: ANN001 (driver object)
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
        cursor.close()

    return engine


def upgrade(engine: Engine) -> None:
    """Bring every table to the newest migration; an empty database gets them all."""
    if revision(engine) == newest_revision():
        return  # the common case, without the time it takes to load Alembic
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        begin_writing(connection)  # two that begin at once must not both
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_revision() -> str:
    """The migration that this program needs."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*.py"))


def revision(engine: Engine) -> str | None:
    """The migration a database stands at; None before the first."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(_revisions.name):
            return None
        return connection.scalar(_revisions.select())


@contextmanager
def problems_named() -> Iterator[None]:
    """Turn a driver's errors into :class:`DatabaseProblem`, the driver's own kept as the cause."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseProblem(_kind(error.orig)) from error


def _kind(error: BaseException | None) -> str:
    said = getattr(error, "sqlstate", None) or str(error).lower()  # PostgreSQL has codes, in every language
    if any(sign in said for sign in _LOCKED):
        return "locked"
    if 'database "' in said and "does not exist" in said:
        return "missing"
    return "incomplete" if any(sign in said for sign in _INCOMPLETE) else "unreachable"


def data_version(connection: Connection) -> int:
    """The number that rises with every change of the data; 0 in a database nothing was loaded into."""
    return int(connection.scalar(_VERSION) or 0)


def raise_data_version(connection: Connection) -> int:
    """Count the data version up by one, inside the caller's transaction."""
    _count_up(connection, "data_version")
    return data_version(connection)


def raise_team_version(connection: Connection) -> None:
    """Count up the number that rises with everything a team writes, inside the caller's transaction."""
    _count_up(connection, "team_version")


def begin_writing(connection: Connection) -> None:
    """Begin the caller's transaction as one that writes, before it reads what it builds on.

    SQLite otherwise begins at the first change: what was read before could be old by then, and the end
    of a savepoint would be the end of the transaction. PostgreSQL lets several write at once: two who
    change the same records in different order would wait for each other. Others wait, up to the busy timeout.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
    if connection.dialect.name == "sqlite" and not connection.connection.in_transaction:  # type: ignore[attr-defined]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@dataclass(frozen=True, slots=True)
class State:
    """What every run asks first. ``data_version`` rises with the numbers and what stands on charts,
    ``team_version`` with every word of a team; ``synthetic`` marks the sample registry."""

    data_version: int
    team_version: int
    synthetic: bool


def state(connection: Connection) -> State:
    """The versions and the mark of the synthetic registry, in one query."""
    values = {key: value for key, value in connection.execute(_state.select())}
    return State(int(values.get("data_version", 0)), int(values.get("team_version", 0)), values.get("synthetic") == "1")


def is_synthetic(connection: Connection) -> bool:
    """True in a database that the sample generator made; a real delivery never sets it."""
    return connection.scalar(_SYNTHETIC) == "1"


def mark_synthetic(connection: Connection) -> None:
    """Called by the sample generator alone, on an empty database."""
    _set_state(connection, "synthetic", "1")


def _count_up(connection: Connection, key: str) -> None:
    """In one statement: two that count at once must not arrive at the same number."""
    _put(connection, key, "1", cast(cast(_state.c.value, Integer) + 1, String(255)))


def raise_above(connection: Connection, standing: State) -> None:
    """Lift both versions above what they are and above ``standing``, so that whoever has seen either reads anew."""
    now = state(connection)
    _set_state(connection, "data_version", str(max(now.data_version, standing.data_version) + 1))
    _set_state(connection, "team_version", str(max(now.team_version, standing.team_version) + 1))


def _set_state(connection: Connection, key: str, value: str) -> None:
    _put(connection, key, value, value)


def _put(connection: Connection, key: str, first: str, then: str | ColumnElement[str]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(_state).values(key=key, value=first)
    connection.execute(new.on_conflict_do_update(index_elements=[_state.c.key], set_={"value": then}))


def check(engine: Engine) -> None:
    """Raise :class:`DatabaseProblem` ``incomplete`` unless the tables are there."""
    with problems_named(), engine.connect() as connection:
        if not inspect(connection).has_table(_state.name):
            raise DatabaseProblem("incomplete")
