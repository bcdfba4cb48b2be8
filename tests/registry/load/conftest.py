"""An empty registry with its hospitals, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.registry.load import LoadReport, load_files
from nhr_dash.settings import settings


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A registry on SQLite; a module marked :data:`on_both` is run on PostgreSQL too.

    Staging and findings are in ``registry-load`` under ``tmp_path`` on both.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('empty_file'), tmp_path / 'registry.db')}"
    else:
        url = request.getfixturevalue("postgres_server").cleaned()
        monkeypatch.setenv("NHR_DATA_DIR", str(tmp_path))
        settings.cache_clear()
    engine = connect(url)
    yield engine
    engine.dispose()
    settings.cache_clear()


on_both = pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def load(engine: Engine) -> Callable[..., LoadReport]:
    def run(*paths: Path, **options: Any) -> LoadReport:
        return load_files(engine, everything("test"), paths, **options)

    return run


@pytest.fixture
def content(engine: Engine) -> Callable[..., list[tuple]]:
    """Rows of a table, sorted, for comparing before and after."""

    def read(table: Any, *columns: str) -> list[tuple]:
        chosen = select(*(table.c[name] for name in columns)) if columns else select(table)
        with engine.connect() as connection:
            return sorted((tuple(row) for row in connection.execute(chosen)), key=repr)

    return read
