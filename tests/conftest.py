"""What every test may ask for: a clean environment, the sample registry, a fixed way to find Chromium."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from sqlalchemy import Pool, event

from tests.support import chromium, nginx, postgres, provider, sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A developer's own settings must not reach the tests, and no test may write beside the code.
_OURS = {"NHR_BROWSER", "NHR_CHROMIUM", "NHR_POSTGRES", "NHR_PROVIDER", "NHR_NGINX"}
for _name in [name for name in os.environ if name.startswith("NHR_") and name not in _OURS]:
    del os.environ[_name]
os.environ["NHR_DATA_DIR"] = str(sample.CACHE / "unused")

HOUSE = "tests/deploy/"

# A time limit for one example fails on a busy machine and says nothing about the code. Where a change is judged, the
# same examples are tried each time; at a desk, new ones.
hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("house")


def pytest_configure() -> None:
    """Refuse to begin where something is required that isn't there."""
    for name, missing in _missing().items():
        if os.environ.get(f"NHR_{name.upper()}") == "required":
            raise pytest.UsageError(f"NHR_{name.upper()}=required, but {missing}")


def _missing() -> dict[str, str]:
    """What this machine lacks, by marker: the only reasons a test of this project is ever left out."""
    found = {
        "browser": chromium.find() is not None,
        "postgres": postgres.there(),
        "provider": provider.find() is not None,
        "nginx": nginx.find() is not None,
    }
    reasons = {
        "browser": chromium.MISSING,
        "postgres": postgres.MISSING,
        "provider": provider.MISSING,
        "nginx": nginx.MISSING,
    }
    return {name: reasons[name] for name, there in found.items() if not there}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what this machine can't run."""
    for name, reason in _missing().items():
        for item in items:
            if name in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))  # the browser and the server are required in CI


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of the whole installation go to one process, which builds it once; all others wherever there is room.

    xdist's own groups (3.8) have no effect: the names of pytest 9 don't carry them.
    """
    from xdist.scheduler import LoadScopeScheduling

    class OneHouse(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return HOUSE if nodeid.startswith(HOUSE) else nodeid

    return OneHouse(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was compared with reference results, and in one line what was left out and why."""
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for name, said in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(said)
    for name, reason in _missing().items():
        left_out = [report for report in terminalreporter.stats.get("skipped", []) if name in report.keywords]
        if left_out:
            terminalreporter.write_line(f"{len(left_out)} {name} tests left out: {reason}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for the tests marked ``postgres``."""
    with postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with its units: a test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('empty_file'), tmp_path / 'registry.db')}"
        return
    yield request.getfixturevalue("postgres_server").cleaned()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest migration with the reference units and no patients: copy it."""
    from nhr_dash.database import connect, upgrade
    from nhr_dash.registry.units import seed_units

    path = tmp_path_factory.mktemp("empty") / "registry.db"
    engine = connect(f"sqlite:///{path.as_posix()}", create=True)
    upgrade(engine)
    with engine.begin() as connection:
        seed_units(connection)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def sample_database() -> Path:
    """The file of the finished sample registry. Shared by all tests: read it, never write to it."""
    return sample.database()


MEMORY, ROOM = Path("/dev/shm"), 3_000_000_000
"""Where a copy costs no disk, and the free bytes that it takes to be used."""


@pytest.fixture
def sample_copy(sample_database: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the sample registry that a test may do what it likes with; gone afterwards, for it is 300 MB."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="nhr-", dir=MEMORY if in_memory else tmp_path) as folder:
        copy = Path(shutil.copy(sample_database, Path(folder) / "sample.db"))
        with connections_closed(copy):
            yield copy


@contextmanager
def connections_closed(file: Path) -> Iterator[None]:
    """Close what was opened to a file: the app keeps its engines for ever, and a deleted file its room until then."""
    opened: list[sqlite3.Connection] = []

    def remember(connection: object, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            opened.extend([connection] * (connection.execute("PRAGMA database_list").fetchone()[2] == str(file)))

    event.listen(Pool, "connect", remember)
    try:
        yield
    finally:
        event.remove(Pool, "connect", remember)
        for one in opened:
            one.close()


@pytest.fixture
def on_sample(sample_database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This process's settings point at the shared sample registry, for page tests."""
    from nhr_dash.settings import settings

    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_database.as_posix()}")
    settings.cache_clear()
    yield sample_database
    settings.cache_clear()


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests of this process: Playwright can't be started in it a second time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield started
        started.close()
