"""A backup restored is what was backed up, on either kind of database and from one to the other."""

import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData, insert, select
from sqlalchemy.orm import Session

from nhr_dash import backup, database
from nhr_dash.access import everything
from nhr_dash.improvement import annotations, projects, store
from nhr_dash.improvement.models import Cycle, Project
from nhr_dash.registry.load import load_files
from nhr_dash.settings import settings
from tests.registry.load.made import acute, followup, write

FJORDVIK, INDICATOR = 999100001, "pakke_bilde_15min"
ME = everything("test")


@pytest.fixture
def filled(database_url, tmp_path, monkeypatch):
    """A registry with forms, facts, a project with a ramp of cycles, and a phase."""
    monkeypatch.setenv("NHR_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    engine = database.connect(database_url)
    files = [
        write(tmp_path / "acute.csv", [acute("A1"), acute("A2", DeathDate="2024-05-01")]),
        write(tmp_path / "follow.csv", [followup("F1", "A1")]),
    ]
    load_files(engine, ME, files)
    with Session(engine) as session, session.begin():
        new = Project(title="Bilder «før» 🧠", unit=FJORDVIK, links=["https://example.org/æøå"], aim_value=0.6)
        project = projects.create(session, ME, new, indicator=INDICATOR, units=[])
        first = store.make(session, ME, Cycle(project=project.id, title="Én vakt"))
        store.make(session, ME, Cycle(project=project.id, title="En uke", follows=first.id))
    with engine.begin() as connection:
        annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, datetime(2024, 2, 1).date(), "varsling")
    yield engine
    engine.dispose()
    settings.cache_clear()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def elsewhere(request, tmp_path):
    """The address of a database where nothing is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{(tmp_path / 'elsewhere.db').as_posix()}"
        return
    server = request.getfixturevalue("postgres_server")
    url = server.empty()
    yield url
    server.drop(url)


def content(engine):
    """Every row of every table; the versions apart, which rise when a backup is restored."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(*(table.c[key] for key in sorted(table.c.keys()))))))
            for name, table in tables.tables.items()
            if name != "tilstand"
        }


def test_every_table_comes_back(filled, elsewhere, tmp_path):
    backup.backup(filled, tmp_path / "copy.db")
    engine = database.connect(elsewhere, create=True)
    backup.restore(engine, tmp_path / "copy.db")
    found = content(engine)
    assert found == content(filled)
    for name in (
        "akuttskjema",
        "oppfolgingsskjema",
        "fact",
        "day_summary",
        "project",
        "cycle",
        "change",
        "chart_phase",
    ):
        assert found[name], name
    with filled.connect() as before, engine.connect() as after:
        was, now = database.state(before), database.state(after)
        assert (now.data_version, now.team_version) == (was.data_version + 1, was.team_version + 1)
    with engine.begin() as connection:  # a new row gets a number of its own
        annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, datetime(2024, 3, 1).date(), "ny")
    load_files(engine, ME, [write(tmp_path / "more.csv", [acute("A3")])])
    engine.dispose()


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(filled, tmp_path):
    """Somebody saves without pause: of each save, the project and its history are both there or neither."""
    stop = threading.Event()

    def write_on():
        own = database.connect(filled.url.render_as_string(hide_password=False))
        while not stop.is_set():
            with Session(own) as session, session.begin():
                store.make(session, ME, Project(title="Ny", unit=FJORDVIK))
        own.dispose()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for number in range(3):
            backup.backup(filled, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        with closing(sqlite3.connect(tmp_path / f"{number}.db")) as copy:
            made = "SELECT record FROM change WHERE record_table = 'project' AND field = '' ORDER BY 1"
            assert copy.execute(made).fetchall() == copy.execute("SELECT id FROM project ORDER BY 1").fetchall()
            (version,) = copy.execute("SELECT value FROM tilstand WHERE key = 'team_version'").fetchone()
            assert int(version) == copy.execute("SELECT count(*) FROM change WHERE field = ''").fetchone()[0]


def test_what_stands_is_only_replaced_when_asked(filled, tmp_path):
    backup.backup(filled, tmp_path / "copy.db")
    before = content(filled)
    with Session(filled) as session, session.begin():
        store.make(session, ME, Project(title="Kom til siden", unit=FJORDVIK))
    changed = content(filled)
    with pytest.raises(backup.Refused, match="not_empty"):
        backup.restore(filled, tmp_path / "copy.db")
    assert content(filled) == changed
    with filled.connect() as connection:
        standing = database.state(connection)
    backup.restore(filled, tmp_path / "copy.db", replace=True)
    assert content(filled) == before
    with filled.connect() as connection:
        assert database.state(connection).team_version > standing.team_version


def test_a_backup_is_its_owners_and_overwrites_nothing(filled, tmp_path):
    backup.backup(filled, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    with pytest.raises(backup.Refused, match="exists"):
        backup.backup(filled, tmp_path / "copy.db")
    assert not list(tmp_path.glob(".backup-*"))


@pytest.mark.parametrize("kind", ["text", "empty", "other", "missing", "newer"])
def test_only_a_backup_is_restored(filled, tmp_path: Path, kind):
    before = content(filled)
    path = tmp_path / "copy.db"
    if kind in {"other", "newer"}:
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("CREATE TABLE alembic_version (version_num)" if kind == "newer" else "CREATE TABLE x (y)")
            raw.execute(
                "INSERT INTO alembic_version VALUES ('9999')" if kind == "newer" else "INSERT INTO x VALUES (1)"
            )
            raw.commit()
    elif kind != "missing":
        path.write_text("this is no backup " * 100 if kind == "text" else "")
    with pytest.raises(backup.Refused, match="newer" if kind == "newer" else "not_a_backup"):
        backup.restore(filled, path, replace=True)
    assert content(filled) == before


def test_a_database_that_has_not_been_brought_up_to_date_is_not_backed_up(filled, tmp_path):
    table = MetaData()
    table.reflect(filled, only=["alembic_version"])
    with filled.begin() as connection:
        connection.execute(table.tables["alembic_version"].delete())
        connection.execute(insert(table.tables["alembic_version"]).values(version_num="0001"))
    with pytest.raises(database.DatabaseProblem, match="incomplete"):
        backup.backup(filled, tmp_path / "copy.db")
