"""Sessions and attempts on both kinds of database: what ends them, and what the database knows of them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from nhr_dash import database
from nhr_dash.settings import SignIn, read
from nhr_dash.signin import Person, sessions
from nhr_dash.signin.routes import Cookies

NURSE = Person("sub-1", "Sykepleier", "")
LIMITS = sessions.Limits(idle=timedelta(minutes=60), lifetime=timedelta(hours=10))
START = datetime(2026, 1, 1, 8)
SET = {
    "NHR_OIDC_ISSUER": "https://idp.example",
    "NHR_OIDC_CLIENT_ID": "nhr",
    "NHR_OIDC_CLIENT_SECRET": "s3cret",
    "NHR_PUBLIC_URL": "https://nhr.example/",
}


@pytest.fixture
def connection(database_url):
    engine = database.connect(database_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_a_session_lives_while_it_is_used_but_not_for_ever(connection) -> None:
    key = sessions.key_of(sessions.open_session(connection, NURSE, "token", LIMITS, START))
    for hour in range(1, 11):
        now = START + timedelta(hours=hour)
        found = sessions.current(connection, key, LIMITS, now)
        assert found and found.person == NURSE
        sessions.saw(connection, key, now)
    assert sessions.current(connection, key, LIMITS, START + timedelta(hours=10, seconds=1)) is None


def test_an_unused_session_ends_and_is_removed(connection) -> None:
    key = sessions.key_of(sessions.open_session(connection, NURSE, "token", LIMITS, START))
    late = START + timedelta(minutes=61)
    assert sessions.current(connection, key, LIMITS, late) is None
    sessions.open_session(connection, Person("sub-2", "", ""), "token", LIMITS, late)
    assert sessions.close(connection, key, everywhere=False) is None


def test_use_does_not_bring_an_ended_session_back(connection) -> None:
    key = sessions.key_of(sessions.open_session(connection, NURSE, "token", LIMITS, START))
    assert sessions.close(connection, key, everywhere=False) == sessions.Ended("sub-1", "token")
    sessions.saw(connection, key, START)
    assert sessions.current(connection, key, LIMITS, START) is None


def test_the_database_does_not_hold_what_signs_somebody_in(connection) -> None:
    cookie = sessions.open_session(connection, NURSE, "token", LIMITS, START)
    attempt, _ = sessions.begin_attempt(connection, "/", START)
    rows = [*connection.execute(select(sessions._session)), *connection.execute(select(sessions._attempt))]
    assert not {value for row in rows for value in row} & {cookie, attempt}
    assert sessions.current(connection, cookie, LIMITS, START) is None


def test_an_attempt_serves_once_and_not_for_long(connection) -> None:
    cookie, attempt = sessions.begin_attempt(connection, "/prosjekter", START)
    assert sessions.take_attempt(connection, cookie, attempt.state, START) == attempt
    assert sessions.take_attempt(connection, cookie, attempt.state, START) is None
    cookie, attempt = sessions.begin_attempt(connection, "/", START)
    assert sessions.take_attempt(connection, cookie, attempt.state, START + timedelta(minutes=16)) is None


def test_behind_a_certificate_the_cookies_are_the_hosts_own() -> None:
    chosen = read(SET).sign_in
    assert isinstance(chosen, SignIn) and chosen.secure
    assert Cookies(chosen).session == "__Host-nhr_session"
    assert chosen.public_url == "https://nhr.example"
    assert "s3cret" not in repr(read(SET))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NHR_OIDC_ISSUER", "http://idp.example"),
        ("NHR_PUBLIC_URL", "http://nhr.example"),
        ("NHR_PUBLIC_URL", "https://nhr.example/dash"),
        ("NHR_PUBLIC_URL", ""),
        ("NHR_OIDC_CLIENT_ID", ""),
        ("NHR_OIDC_CLIENT_SECRET", ""),
        ("NHR_OIDC_PRIVATE_KEY_FILE", "too.pem"),
        ("NHR_OIDC_SCOPE", "profile"),
        ("NHR_SIGN_IN_HOURS", "0"),
        ("NHR_SIGN_IN_IDLE_MINUTES", "soon"),
    ],
)
def test_a_setting_that_would_not_hold_is_refused_by_name(name, value) -> None:
    with pytest.raises(ValueError, match="NHR_"):
        read(SET | {name: value})


def test_without_an_issuer_nobody_signs_in() -> None:
    assert read({"NHR_PUBLIC_URL": "https://nhr.example"}).sign_in is None
