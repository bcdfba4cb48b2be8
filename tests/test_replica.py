"""A replica answers only what it has caught up with, and nobody notices when it is gone. With a real one."""

import time
from collections.abc import Iterator
from datetime import date

import pytest
import streamlit as st
from sqlalchemy import Connection, Engine, make_url, text

from nhr_dash import database, replica
from nhr_dash.access import everything
from nhr_dash.improvement import annotations
from nhr_dash.registry import case_mix
from nhr_dash.registry.load import load_files
from nhr_dash.settings import settings
from nhr_dash.ui import doors
from tests.registry.load.made import BODO, acute, write
from tests.support.postgres import Follower, Server

pytestmark = pytest.mark.postgres
ME = everything("test")
ADMITTED = "hjerneslag_inn_enhet"
PATIENCE = 20  # seconds


@pytest.fixture
def primary(postgres_server: Server, tmp_path, monkeypatch) -> Iterator[Engine]:
    url = postgres_server.cleaned()
    monkeypatch.setenv("NHR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NHR_DATABASE_URL", url)
    settings.cache_clear()
    engine = database.connect(url)
    load_files(engine, ME, [write(tmp_path / "acute.csv", [acute("A1"), acute("A2")])])
    yield engine
    engine.dispose()
    settings.cache_clear()


@pytest.fixture
def follower(primary: Engine, postgres_server: Server, monkeypatch) -> Iterator[Follower]:
    with postgres_server.followed(primary.url.render_as_string(hide_password=False)) as made:
        monkeypatch.setenv("NHR_REPLICA_URL", made.url)
        settings.cache_clear()
        st.cache_resource.clear()
        yield made
        for door in (doors.replica(made.url)._engine, doors.engine(settings().database_url)):
            door.dispose()
        st.cache_resource.clear()


def version(engine: Engine) -> int:
    with engine.connect() as connection:
        return database.data_version(connection)


def is_copy(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT pg_is_in_recovery()")))


def asked(version: int | None) -> tuple[bool, int]:
    """Did the replica answer, and what was the data version that it, or the database, held?"""
    with doors.reading(version) as connection:
        return is_copy(connection), database.data_version(connection)


def from_copy(version: int) -> bool:
    """Does the replica answer within some seconds?"""
    until = time.monotonic() + PATIENCE
    while not asked(version)[0]:
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def test_a_replica_answers_what_it_has_caught_up_with(primary, follower, monkeypatch):
    now = version(primary)
    assert from_copy(now)
    with doors.reading(now) as connection:
        mine = case_mix.patients(connection, ME, BODO, ADMITTED, date(2024, 1, 1), date(2025, 1, 1))
        assert len(mine) == 2
    assert asked(None) == (False, now), "what isn't of the data version is asked of the database itself"
    with doors.asking() as session:
        assert not is_copy(session.connection())

    follower.hold()
    with primary.begin() as connection:
        annotations.add_phase(connection, ME, BODO, ADMITTED, date(2024, 2, 1), "varsling")
    assert asked(now + 1) == (False, now + 1)
    questions = []
    start = time.monotonic()
    with monkeypatch.context() as patch:
        patch.setattr(replica, "data_version", lambda connection: questions.append(connection) or now)
        for _ in range(20):
            assert asked(now + 1) == (False, now + 1)
    assert len(questions) <= 1 + time.monotonic() - start, "one that is behind is asked at most once a second"

    follower.go_on()
    assert from_copy(now + 1)


def test_a_replica_that_is_killed_is_missed_by_nobody(primary, follower):
    now = version(primary)
    assert from_copy(now)
    follower.kill()
    for _ in range(5):
        assert asked(now) == (False, now)


def test_a_replica_that_goes_in_the_middle_of_a_question_is_left_alone(primary, follower):
    now = version(primary)
    assert from_copy(now)
    with pytest.raises(database.DatabaseProblem), doors.reading(now) as connection:
        follower.kill()
        database.data_version(connection)
    assert asked(now) == (False, now)


def test_one_that_was_never_there(primary, monkeypatch):
    elsewhere = make_url(primary.url).set(query={"host": "/nowhere"})
    monkeypatch.setenv("NHR_REPLICA_URL", elsewhere.render_as_string(hide_password=False))
    settings.cache_clear()
    st.cache_resource.clear()
    now = version(primary)
    assert asked(now) == (False, now)
    doors.engine(settings().database_url).dispose()
    st.cache_resource.clear()
