"""The help page: every tab in both languages; the course judges by the real rules and can start again."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from nhr_dash import database
from nhr_dash.registry import units
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.settings import settings
from nhr_dash.statistics.runs import analyse
from nhr_dash.text.catalog import t
from nhr_dash.ui import course

PAGE = str(Path(__file__).parents[2] / "pages" / "hjelp" / "hjelp.py")
TABS = ("start", "lese", "signal", "indikator", "hvem", "forskning")
LANGUAGES = ("nb", "en")


@pytest.fixture(autouse=True)
def empty_registry(tmp_path, monkeypatch):
    """Help needs no patient: an empty sample registry is enough."""
    url = f"sqlite:///{(tmp_path / 'empty.db').as_posix()}"
    made = database.connect(url, create=True)
    database.upgrade(made)
    with made.begin() as connection:
        units.seed_units(connection)
        database.mark_synthetic(connection)
    made.dispose()
    monkeypatch.setenv("NHR_DATABASE_URL", url)
    settings.cache_clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()
    settings.cache_clear()


def opened(language, **link):
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["lang"] = language
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.error, app.error[0].value
    return app


def said(app):
    return "\n".join(one.value for one in (*app.markdown, *app.subheader, *app.caption, *app.info, *app.success))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_from_its_link(language, tab):
    app = opened(language, fane=tab)
    assert app.title[0].value == t(language, "help.title")
    assert app.query_params["fane"] in (tab, [tab])
    sign = {
        "start": "help.text_start",
        "lese": "help.read_run",
        "signal": "help_course.question",
        "indikator": "help.indicators_intro",
        "hvem": "help.text_hvem",
        "forskning": "help.text_forskning",
    }
    assert t(language, sign[tab]) in said(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.id)
def test_every_indicator_says_who_is_counted_and_what_is_assumed(language, one):
    app = opened(language, fane="indikator", indikator=one.id)
    words = one.words(language)
    text = said(app)
    assert words.title in text
    assert words.population in text
    assert words.assumed_note in text
    assert one.source in text


def test_a_strict_target_says_that_the_limit_itself_is_not_enough():
    assert "Akkurat 60\u202f% er ikke nok" in said(opened("nb", fane="indikator", indikator="pakke_bilde_15min"))


def test_a_target_that_ended_says_when():
    text = said(opened("en", fane="indikator", indikator="nki_trombolyse_40min"))
    assert "until 1 Jan 2025" in text


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_same_seed_gives_the_same_rounds_and_the_rules_are_the_real_ones(seed):
    first = course.rounds(seed)
    course.rounds.cache_clear()
    again = course.rounds(seed)
    assert first == again
    assert {one.kind for one in first} == {kind.name for kind in course.KINDS}
    for one in first:
        assert one.runs == analyse(one.shares, one.centre)
    assert {one.runs.signal for one in first} == {True, False}


def test_another_seed_gives_other_series():
    assert {one.shares for one in course.rounds(1)}.isdisjoint({one.shares for one in course.rounds(2)})


def play(app, language, answer):
    """Answer every round by ``answer`` and return what was said after each."""
    found = []
    for one in course.rounds(app.session_state["course"].seed):
        app.button(key="course_more" if answer(one) else "course_chance").click().run()
        found.append((one, said(app)))
        app.button(key="course_next").click().run()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_course_is_judged_at_once_by_the_rules_and_scored_at_the_end(language):
    app = opened(language, fane="signal")
    for one, text in play(app, language, lambda one: one.runs.signal):
        assert t(language, "help_course.right") in text
        assert course.reason(one, language) in text
        assert t(language, f"help_course.lesson_{one.kind}") in text
    count = len(course.KINDS)
    assert t(language, "help_course.score", right=count, count=count) in said(app)


def test_wrong_answers_are_told_as_false_alarms_and_missed():
    app = opened("nb", fane="signal")
    played = play(app, "nb", lambda one: True)
    signals = sum(one.runs.signal for one, _ in played)
    assert t("nb", "help_course.score", right=signals, count=len(played)) in said(app)
    assert t("nb", "help_course.mistakes", false_alarms=len(played) - signals, missed=0) in said(app)


def test_the_course_starts_again_with_new_series():
    app = opened("en", fane="signal")
    play(app, "en", lambda one: False)
    app.button(key="course_again").click().run()
    assert t("en", "help_course.round", number=1, count=len(course.KINDS)) in said(app)
    assert app.session_state["course"].seed == 2
    assert app.session_state["course"].answers == []


def test_a_judged_run_is_bracketed_with_its_count_and_nothing_is_given_away_before():
    one = next(one for one in course.rounds(1) if one.kind == "up")
    label = t("nb", "chart.bracket_own_up", count=one.runs.longest, limit=one.runs.longest_max)
    assert label in str(course.spec(one, "nb", judged=True))
    assert label not in str(course.spec(one, "nb", judged=False))
    assert "triangle" not in str(course.spec(one, "nb", judged=False))


def test_an_unknown_tab_or_indicator_in_a_link_falls_back_with_a_sentence():
    assert t("nb", "help.text_start") in said(opened("nb", fane="finnes-ikke"))
    app = opened("nb", fane="indikator", indikator="finnes_ikke")
    assert app.warning[0].value == t("nb", "problem.unknown_indicator")
