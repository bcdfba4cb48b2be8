"""A save from a tab whose session has ended changes nothing: a callback runs before the page and its guard."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from nhr_dash import database
from nhr_dash.settings import settings
from nhr_dash.signin import Person, gate, routes, sessions

DOORS = ("saving", "writing")


def script(door: str) -> None:
    import streamlit as st

    from nhr_dash.ui import caches

    def save() -> None:
        with getattr(caches, door)():
            st.session_state["saved"] = st.session_state.get("saved", 0) + 1

    st.button("Lagre", on_click=save)


@pytest.fixture
def engine(sample_copy, monkeypatch):
    for name, value in {
        "NHR_DATABASE_URL": f"sqlite:///{sample_copy.as_posix()}",
        "NHR_OIDC_ISSUER": "https://idp.example",
        "NHR_OIDC_CLIENT_ID": "nhr",
        "NHR_OIDC_CLIENT_SECRET": "-",
        "NHR_PUBLIC_URL": "https://nhr.example",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    engine = database.connect(settings().database_url)
    yield engine
    engine.dispose()
    settings.cache_clear()


@pytest.mark.parametrize("door", DOORS)
def test_a_save_needs_a_living_session(engine: Engine, door: str) -> None:
    limits = sessions.Limits(timedelta(hours=1), timedelta(hours=10))
    with engine.begin() as connection:
        cookie = sessions.open_session(connection, Person("sub", "", ""), "token", limits, routes.now())
    tab = AppTest.from_function(script, args=(door,))
    tab.user = {gate.USER_KEY: sessions.key_of(cookie)}
    tab.run().button[0].click().run()
    assert tab.session_state["saved"] == 1
    with engine.begin() as connection:
        sessions.close(connection, sessions.key_of(cookie), everywhere=False)
    tab.button[0].click().run()
    assert tab.session_state["saved"] == 1
    assert "Innloggingen er avsluttet" in tab.info[0].value
