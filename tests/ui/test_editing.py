"""A text of a record on its page: saved as it comes, laid beside another's, and never given up before it is saved."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.improvement import store
from nhr_dash.improvement.models import Cycle, Project
from nhr_dash.settings import ROOT, settings
from nhr_dash.ui import editing, typed

ME, FJORDVIK = everything("test"), 999100001


@pytest.fixture
def engine(sample_copy, monkeypatch) -> Iterator[Engine]:
    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_copy.as_posix()}")
    settings.cache_clear()
    opened = connect(f"sqlite:///{sample_copy.as_posix()}")
    yield opened
    opened.dispose()
    settings.cache_clear()


@pytest.fixture
def cycle(engine) -> str:
    with Session(engine) as session, session.begin():
        project = store.make(session, ME, Project(title="Bilde", unit=FJORDVIK))
        return store.make(session, ME, Cycle(project=project.id, title="En vakt", plan_what="en to tre")).id


@pytest.fixture
def page(cycle) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run().switch_page("pages/team/syklus.py")
    app.query_params["syklus"] = cycle
    return app.run()


def kept(person: str, key: str) -> str:
    """A field's name in the browser of a person."""
    return editing._kept(SimpleNamespace(scope=everything(person)), key)


def test_what_one_person_left_unsaved_is_not_another_persons():
    assert kept("demo", "cycle:1:plan_what") != kept("overlege", "cycle:1:plan_what")
    assert kept("demo", "cycle:1:plan_what") == kept("demo", "cycle:1:plan_what")
    assert not {"#", "|"} & set(kept("auth0|12#3", "cycle:1:plan_what"))


def write(app: AppTest, cycle: str, text: str, count: int, base: str = "en to tre") -> AppTest:
    """What the browser sends when somebody has typed."""
    key = kept("demo", f"cycle:{cycle}:plan_what")
    sent = {
        "text": text,
        "number": count,
        "version": 1,
        "base": base,
        "session": app.session_state["typed"][key].session,
    }
    app.session_state[typed._name(key)] = {"typed": sent}
    app.run()
    assert not app.exception and not app.error
    return app


def other(engine: Engine, cycle: str, text: str) -> None:
    with Session(engine) as session, session.begin():
        version = store.found(session, Cycle, cycle).version
        store.save(session, everything("overlege"), Cycle, cycle, version, {"plan_what": text})


def stands(engine: Engine, cycle: str) -> str:
    with Session(engine) as session:
        return store.found(session, Cycle, cycle).plan_what


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception and not app.error
    return app


def asks(app: AppTest) -> bool:
    return any("To versjoner" in one.proto.body for one in app.get("html"))


def test_saved_as_it_comes(engine, cycle, page):
    write(page, cycle, "en to tre fire", 1)
    write(page, cycle, "en to tre fire fem", 2)
    assert stands(engine, cycle) == "en to tre fire fem"
    assert not asks(page)


@pytest.mark.parametrize(
    ("button", "result"),
    [("Behold min", "en to 3"), ("Behold den andres", "1 to tre"), ("Lagre sammenslått", "1 to 3")],
)
def test_another_saved_in_between(engine, cycle, page, button, result):
    other(engine, cycle, "1 to tre")
    assert asks(write(page, cycle, "en to 3", 1))
    assert stands(engine, cycle) == "1 to tre", "nothing is written over"
    press(page, button)
    assert stands(engine, cycle) == result
    assert not asks(page)


def test_written_on_while_asked(engine, cycle, page):
    other(engine, cycle, "1 to tre")
    write(page, cycle, "en to 3", 1)
    assert asks(write(page, cycle, "en to 3 og mer", 2))
    press(page, "Behold min")
    assert stands(engine, cycle) == "en to 3 og mer"


def test_a_third_saved_while_asked(engine, cycle, page):
    other(engine, cycle, "1 to tre")
    write(page, cycle, "en to 3", 1)
    other(engine, cycle, "1 II tre")
    press(page, "Lagre sammenslått")
    assert stands(engine, cycle) == "1 II tre"
    assert asks(page), "the choice comes anew"
    press(page, "Lagre sammenslått")
    assert stands(engine, cycle) == "1 II 3"


def test_a_long_text_can_be_merged(engine, cycle, page):
    long = "en to tre " + "ord " * 1500
    other(engine, cycle, "1 to tre")
    write(page, cycle, long, 1)
    press(page, "Behold min")
    assert stands(engine, cycle).strip() == long.strip()
