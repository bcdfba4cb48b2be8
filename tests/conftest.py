"""What every test may ask for: a clean environment, the sample registry, a fixed way to find Chromium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support import chromium, sample

# A developer's own settings must not reach the tests, and no test may write beside the code.
for _name in [name for name in os.environ if name.startswith("NHR_") and name not in {"NHR_BROWSER", "NHR_CHROMIUM"}]:
    del os.environ[_name]
os.environ["NHR_DATA_DIR"] = str(sample.CACHE / "unused")

# A time limit for one example fails on a busy machine and says nothing about the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_configure() -> None:
    """Refuse to begin where a browser is required and none is there."""
    if os.environ.get("NHR_BROWSER") == "required" and chromium.find() is None:
        raise pytest.UsageError(f"NHR_BROWSER=required, but {chromium.MISSING}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser tests out where there is no browser."""
    if chromium.find() is not None:
        return
    # The one reason a test of this project is ever left out: a machine without a browser.
    left_out = pytest.mark.skip(reason=chromium.MISSING)
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was compared with reference results, and in one line what was left out and why."""
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for name, said in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(said)
    left_out = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    if left_out:
        terminalreporter.write_line(f"{len(left_out)} browser tests left out: {chromium.MISSING}")


@pytest.fixture(scope="session")
def sample_database() -> Path:
    """The file of the finished sample registry. Shared by all tests: read it, never write to it."""
    return sample.database()


@pytest.fixture
def sample_copy(sample_database: Path, tmp_path: Path) -> Path:
    """A copy of the sample registry that a test may do what it likes with."""
    return Path(shutil.copy(sample_database, tmp_path / "sample.db"))


@pytest.fixture
def on_sample(sample_database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This process's settings point at the shared sample registry, for page tests."""
    from nhr_dash.settings import settings

    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_database.as_posix()}")
    settings.cache_clear()
    yield sample_database
    settings.cache_clear()
