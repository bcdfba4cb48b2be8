"""A wrong link, an empty period, a database that is gone, busy or broken: a sentence and a way on, no traceback."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import FJORDVIK, PAGES
from tests.browser.conftest import address, warm
from tests.support.server import Server, serve
from tests.support.session import Run, Session

# What only a programmer should ever read.
TRACES = re.compile(r"Traceback|OperationalError|DatabaseError|sqlalchemy|\.py\b")


def first_answer(tmp_path: Path, environment: dict[str, str], **request: str) -> Run:
    with serve(tmp_path / "log.txt", environment=environment) as server, Session(server.port) as session:
        return session.run(**request)


def assert_said(run: Run, sentence: str) -> None:
    """The sentence is there, and nothing technical is."""
    text = "\n".join(run.strings())
    assert sentence in text
    assert "exception" not in run.kinds()
    assert not TRACES.search(text)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("sykehus=123&lang=nb", "Lenken peker på et sykehus som ikke finnes her"),
        ("sykehus=Bod%C3%B8&lang=nb", "Lenken peker på et sykehus som ikke finnes her"),
        ("sykehus=%27%3B+drop+table+fact%3B--&lang=nb", "Lenken peker på et sykehus som ikke finnes her"),
        ("indikator=finnes_ikke&lang=nb", "Lenken peker på en indikator som ikke finnes her"),
        ("indikator=finnes_ikke&lang=en", "indicator"),
    ],
)
def test_a_wrong_link_says_so_and_shows_something_else(app: Server, query: str, sentence: str) -> None:
    with Session(app.port) as session:
        answer = session.run(page_name="seriediagram", query=query)
    assert_said(answer, sentence)
    assert "vega_lite_chart" in answer.kinds()


@pytest.mark.parametrize(
    "query",
    [
        "periode=i+fjor",
        "punkt=uke",
        "punkt=every_k&k=0",
        "punkt=every_k&k=-3",
        "punkt=every_k&k=1e9",
        "k=%00",
        "lang=xx",
    ],
)
def test_a_code_that_is_no_choice_falls_back_to_the_usual_one(app: Server, query: str) -> None:
    with Session(app.port) as session:
        answer = session.run(page_name="seriediagram", query=f"sykehus={FJORDVIK}&{query}")
    assert "vega_lite_chart" in answer.kinds()
    assert "exception" not in answer.kinds()
    assert "error" not in {alert.format for alert in answer.of_kind("alert")}  # type: ignore[attr-defined]


def test_a_missing_database_is_said_on_every_page(tmp_path: Path) -> None:
    with serve(tmp_path / "log.txt", environment=address(tmp_path / "nowhere.db")) as server:
        for name in PAGES:
            with Session(server.port) as session:
                assert_said(session.run(page_name=name), "Databasen finnes ikke der innstillingen sier")
    assert not (tmp_path / "nowhere.db").exists(), "looking for a database doesn't make one"
    assert "DatabaseProblem" in (tmp_path / "log.txt").read_text(encoding="utf-8"), "the log has the error itself"


def empty_database(path: Path) -> Path:
    """A database with every table, the hospitals, and nothing else: a new installation before its first delivery."""
    from nhr_dash import database
    from nhr_dash.registry.units import seed_units

    engine = database.connect(f"sqlite:///{path.as_posix()}", create=True)
    database.upgrade(engine)
    with engine.begin() as connection:
        seed_units(connection)
    engine.dispose()
    return path


def cut_off(path: Path) -> bytes:
    """The first half of a real database file."""
    whole = empty_database(path).read_bytes()
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    "content",
    [lambda _: b"", lambda _: b"not a database at all" * 100, cut_off],
    ids=["empty file", "another file", "cut off"],
)
def test_a_half_written_database_is_said(tmp_path: Path, content: Callable[[Path], bytes]) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(content(tmp_path / "whole.db"))
    answer = first_answer(tmp_path, address(broken), page_name="seriediagram")
    assert_said(answer, "Databasen er ikke ferdig laget eller er skadet")


@pytest.mark.slow
def test_a_locked_database_is_said_after_the_busy_timeout(tmp_path: Path, sample_copy: Path) -> None:
    with closing(sqlite3.connect(sample_copy, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE tilstand SET value = value")
        answer = first_answer(tmp_path, address(sample_copy), page_name="seriediagram")
        assert_said(answer, "Databasen er opptatt akkurat nå. Ingenting er tapt")


def test_a_database_that_comes_back_is_used_at_the_next_try(
    tmp_path: Path, sample_copy: Path, look: Callable[..., Page]
) -> None:
    away = sample_copy.with_name("away.db")
    sample_copy.rename(away)
    with serve(tmp_path / "log.txt", environment=address(sample_copy)) as server:
        warm(server)
        page = look(f"{server.url}/seriediagram?sykehus={FJORDVIK}")
        assert "Databasen finnes ikke" in page.inner_text("body")
        away.rename(sample_copy)
        page.get_by_role("button", name="Prøv igjen").click()
        page.wait_for_selector('[role="graphics-document"]', timeout=30_000)
        assert f"sykehus={FJORDVIK}" in page.url, "what was chosen is not lost"


def test_an_empty_database_is_said_on_every_page(tmp_path: Path) -> None:
    """Behind another gate, before the first delivery: no data, no failure."""
    environment = {**address(empty_database(tmp_path / "empty.db")), "NHR_OTHER_GATE": "1"}
    with serve(tmp_path / "log.txt", environment=environment) as server:
        for name in PAGES:
            with Session(server.port) as session:
                answer = session.run(page_name=name)
            assert "exception" not in answer.kinds(), name
            assert "vega_lite_chart" not in answer.kinds(), name
            assert len(answer.strings()) > 3, name
            assert "Noe gikk galt" not in answer.text(), name
