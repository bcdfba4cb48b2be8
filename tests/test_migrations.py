"""A database of every released schema comes up to today's with all it held; models and migrations agree."""

import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, func, inspect, select
from sqlalchemy.orm import Session

from nhr_dash import database
from nhr_dash.access import everything
from nhr_dash.improvement import annotations, store
from nhr_dash.improvement.models import Event, Project
from nhr_dash.registry.metadata import metadata

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
FJORDVIK, INDICATOR = 999100001, "pakke_bilde_15min"
ME = everything("test")


@pytest.fixture
def old(request, tmp_path):
    """A database as a released version left it (``0001.sql`` unless a test asks for another)."""
    path = tmp_path / "old.db"
    dump = getattr(request, "param", SCHEMAS[0])
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(dump.read_text(encoding="utf-8"))
    engine = database.connect(f"sqlite:///{path.as_posix()}")
    yield engine
    engine.dispose()


def counts(engine):
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) for name, table in tables.tables.items()
        }


@pytest.mark.parametrize("old", SCHEMAS, ids=lambda path: path.stem, indirect=True)
def test_every_row_is_kept(old):
    before = counts(old)
    database.upgrade(old)
    after = counts(old)
    kept = before.keys() & after.keys() - {"alembic_version"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert before.keys() - kept <= {"alembic_version", "event"}
    assert after["chart_event"] == before["event"] > 0
    assert "event" not in after


def test_what_stood_on_charts_stands_there_still(old):
    database.upgrade(old)
    with old.begin() as connection:
        found = annotations.events(connection, FJORDVIK, INDICATOR, None, date(2026, 1, 1), "nb")
        assert [(one.title, one.national, one.assumed) for one in found] == [
            ("Ny retningslinje", True, False),
            ("Varsling «før» ankomst", False, True),
        ]
        (phase,) = annotations.phases(connection, FJORDVIK, INDICATOR)
        assert (phase.starts_on, phase.reason, phase.answers) == (date(2023, 2, 1), "Varsling", ())
        assert phase.trace == annotations.Trace(by="sykepleier", at=datetime(2024, 1, 1, 8))
        (held_out,) = annotations.exclusions(connection, FJORDVIK, INDICATOR)
        assert (held_out.ends_on, held_out.reason) == (date(2024, 5, 31), "ombygging")
        annotations.remove_phase(connection, ME, phase.id)
        annotations.add_phase(connection, ME, FJORDVIK, INDICATOR, phase.starts_on, "samme dag, ny grunn")
        assert database.state(connection) == database.State(9, 0, True)


def test_an_old_event_is_a_record_like_any_other(old):
    database.upgrade(old)
    with Session(old) as session, session.begin():
        event = session.scalars(select(Event).where(Event.unit == FJORDVIK)).one()
        assert (event.note, event.reference, event.ends_on) == ("linje 1\nlinje 2", "", date(2023, 3, 1))
        store.save(session, ME, Event, event.id, event.version, {"title": "Varsling"})
        assert store.make(session, ME, Project(title="x", unit=FJORDVIK)).version == 1


def test_once_up_nothing_is_left_to_do(old):
    database.upgrade(old)
    database.upgrade(old)
    with old.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_an_empty_database_gets_what_the_models_say(tmp_path):
    engine = database.connect(f"sqlite:///{(tmp_path / 'new.db').as_posix()}", create=True)
    database.upgrade(engine)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
        indexes = inspect(connection).get_indexes("chart_phase")
    engine.dispose()
    assert found == []
    assert [(one["unique"], bool(one["dialect_options"])) for one in indexes] == [(1, True)]
