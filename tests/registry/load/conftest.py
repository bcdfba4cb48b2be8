"""An empty registry with its hospitals, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from nhr_dash.access import everything
from nhr_dash.database import connect, upgrade
from nhr_dash.registry.load import LoadReport, load_files
from nhr_dash.registry.units import seed_units


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "registry.db"
    engine = connect(f"sqlite:///{path.as_posix()}", create=True)
    upgrade(engine)
    with engine.begin() as connection:
        seed_units(connection)
    engine.dispose()
    return path


@pytest.fixture
def engine(empty_database: Path, tmp_path: Path) -> Iterator[Engine]:
    path = Path(shutil.copy(empty_database, tmp_path / "registry.db"))
    engine = connect(f"sqlite:///{path.as_posix()}")
    yield engine
    engine.dispose()


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
