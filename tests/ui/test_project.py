"""The page about one project: its words, what it shows of each project, and what can be changed on it."""

from datetime import date

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.database import connect
from nhr_dash.improvement import kinds, projects, publishing
from nhr_dash.improvement.sample_projects import project_id
from nhr_dash.settings import ROOT, settings
from nhr_dash.text.catalog import LANGUAGES, has, t
from nhr_dash.ui import chart_events
from nhr_dash.ui.project import board, tabs
from nhr_dash.ui.project.history import written
from tests.ui.test_pages import healthy

ALL = everything("test")
FJORDVIK, SKOGVIK, IMAGING = 999100001, 999100002, "pakke_bilde_15min"
OWN, SEVERAL = project_id("fjordvik-bildediagnostikk"), project_id("tre-sykehus-trombolysealarm")
STRANGER = Scope("other", Visibility(frozenset({974795361})))

WORDS = {
    kinds.Status: "status",
    kinds.Funding: "funding",
    kinds.Initiator: "initiator",
    kinds.Reach: "reach",
    kinds.Source: "source",
    kinds.Dimension: "dimension",
    kinds.PhaseKind: "phase",
    kinds.MeasureKind: "measure",
    kinds.DataKind: "data",
    kinds.IdeaStatus: "idea",
    kinds.Scale: "scale",
    kinds.PredictionKind: "prediction",
    kinds.Act: "act",
    kinds.Shift: "shift",
    kinds.EventKind: "event",
    kinds.Progress: "progress",
}


def test_every_closed_list_is_named_here():
    lists = {one for one in vars(kinds).values() if isinstance(one, type) and one.__module__ == kinds.__name__}
    assert lists == set(WORDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language):
    keys = [f"project.{name}_{code}" for codes, name in WORDS.items() for code in codes]
    keys += [f"project.acted_{code}" for code in kinds.Act]
    assert [key for key in keys if not has(language, key)] == []


@pytest.fixture
def session(sample_copy):
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with Session(engine) as opened_session:
        yield opened_session
    engine.dispose()


@pytest.fixture
def on_copy(sample_copy, monkeypatch):
    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_copy.as_posix()}")
    settings.cache_clear()
    yield sample_copy
    settings.cache_clear()


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run().switch_page("pages/team/prosjekt.py")
    for name, code in link.items():
        app.query_params[name] = code
    return app.run()


def read(session, project, unit, scope=ALL, language="nb"):
    from nhr_dash.improvement import evidence

    def others(indicator, minutes):
        return evidence.hospitals(session.connection(), ALL, indicator, minutes=minutes)

    return board.read(session, scope, project, unit, date(2021, 1, 1), language, others)


class TestBoard:
    def test_the_training_project_reads_as_its_story(self, session):
        found = read(session, OWN, FJORDVIK)
        assert found.aim.startswith("Innen ") and "60" in found.aim
        assert [one.name for one in found.questions] == ["knowledge", "practice", "care"]
        assert found.questions[2].answer is True
        assert "bedring" in found.verdict[0] and "18" in found.verdict[0]
        assert found.chart is not None and found.chart.aim is not None
        assert found.family is not None and found.hospitals is None

    def test_the_verdict_and_the_third_question_say_the_same(self, session):
        for one in projects.listed(session, ALL):
            found = read(session, one.project.id, one.project.unit)
            if found.verdict:
                grade = found.questions[2].reason.said("nb").removesuffix(" siden endringen.").rstrip(".")
                assert (
                    grade.removesuffix(" ennå") in found.verdict[0]
                    or "Før få" in found.verdict[0]
                    or grade in str(found.verdict)
                ), (one.project.title, grade, found.verdict)

    def test_several_hospitals_have_a_row_each(self, session):
        found = read(session, SEVERAL, SKOGVIK)
        assert list(found.hospitals.iloc[:, 0]) == ["Skogvik", "Myrdal", "Høgfjell"]
        assert found.facets is not None

    def test_others_see_the_stored_effect_alone(self, session):
        own, seen = read(session, SEVERAL, SKOGVIK), read(session, SEVERAL, SKOGVIK, STRANGER)
        effects = publishing.shown(projects.whole(session, STRANGER, SEVERAL).effects, STRANGER)
        assert all(min(one.before_patients, one.after_patients) >= publishing.FEWEST for one in effects)
        assert seen.verdict != own.verdict
        assert seen.chart.points == ()


class TestPublishing:
    def test_publishing_stores_the_effect_in_whole_months_and_unpublishing_takes_it_back(self, session):
        with pytest.raises(NotAllowed):
            projects.whole(session, STRANGER, OWN)
        (effect,) = publishing.publish(session, ALL, OWN)
        days = (effect.before_from, effect.before_until, effect.after_from, effect.after_until)
        assert [one.day for one in days] == [1, 1, 1, 1]
        assert effect.before < 0.25 < effect.after and effect.grade.endswith("improvement")
        assert projects.whole(session, STRANGER, OWN).project.published
        publishing.publish(session, ALL, OWN)
        assert len(projects.whole(session, ALL, OWN).effects) == 1
        publishing.unpublish(session, ALL, OWN)
        assert projects.whole(session, ALL, OWN).effects == []

    def test_only_ones_own_project(self, session):
        with pytest.raises(NotAllowed):
            publishing.publish(session, STRANGER, SEVERAL)

    def test_few_patients_are_not_shown_to_others(self, session):
        (effect,) = publishing.publish(session, ALL, OWN)
        effect.after_patients = publishing.FEWEST - 1
        assert publishing.shown([effect], STRANGER) == []
        assert publishing.shown([effect], ALL) == [effect]


def test_a_units_cycles_are_flags_on_its_chart_and_national_events_can_be_left_out(session):
    asked = (session.connection(), ALL, FJORDVIK, IMAGING, None, date(2025, 12, 28), "nb")
    flags = chart_events.read(*asked)
    numbers = len(projects.whole(session, ALL, OWN).cycles)
    assert sum(bool(one.cycle) for one in flags) == numbers
    assert [one.starts_on for one in flags] == sorted(one.starts_on for one in flags)
    assert not any(one.role == "national" for one in chart_events.read(*asked, national=False))


def test_history_is_written_in_words():
    names = {"999100001": "Fjordvik"}
    assert written("project", "status", "running", names, "nb") == "pågår"
    assert written("change_idea", "status", "adopted", names, "nb") == "beholdt"
    assert written("project_measure", "kind", "balancing", names, "nb") == "balanse"
    assert written("project", "dimensions", ["safe"], names, "en") == "safe services"
    assert written("project_unit", "unit", 999100001, names, "nb") == "Fjordvik"
    assert written("task", "title", "running", names, "nb") == "running"
    assert written("project", "aim_value", 0.6, names, "nb") == "0,60"


class TestPage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_project_opens(self, on_copy, session, language):
        for one in projects.listed(session, ALL):
            app = healthy(opened(prosjekt=one.project.id, sykehus=str(one.project.unit), lang=language))
            assert app.header[0].value

    @pytest.mark.parametrize("tab", list(tabs.TABS))
    def test_every_tab_opens(self, on_copy, tab):
        healthy(opened(prosjekt=OWN, sykehus=str(FJORDVIK), fane=tab))

    def test_without_a_link_the_hospitals_own_project_opens(self, on_copy):
        assert healthy(opened(sykehus=str(FJORDVIK))).header

    def test_no_project_and_an_unknown_one_are_said(self, on_copy):
        app = healthy(opened(sykehus="974795396"))
        assert t("nb", "project.none_here", unit="Narvik") in [one.value for one in app.info]
        app = healthy(opened(prosjekt="../etc"))
        assert t("nb", "project.gone") in [one.value for one in app.info]

    def test_a_task_is_added_and_markup_in_it_stays_text(self, on_copy, session):
        app = opened(prosjekt=OWN, sykehus=str(FJORDVIK), fane="oppgaver")
        title = "<b>Ring</b> [CT](http://x) :red[nå]"
        app.session_state[f"add_task_{OWN}_0"] = True
        app.run()
        app.text_input[0].set_value(title)
        save = next(one for one in app.button if one.label == t("nb", "project.save"))
        healthy(save.click().run())
        assert title in [one.title for one in projects.whole(session, ALL, OWN).tasks]
        assert any(r"\<b\>Ring" in one.value for one in app.markdown)


def test_an_event_is_added_on_the_run_chart(on_copy, session):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run().switch_page("pages/team/seriediagram.py")
    app.query_params["sykehus"], app.query_params["indikator"] = str(FJORDVIK), IMAGING
    app.run()
    app.session_state["event_0"] = True
    app.run()
    next(one for one in app.text_input if one.label == t("nb", "events.title")).set_value("Ny CT")
    healthy(next(one for one in app.button if one.label == t("nb", "project.save")).click().run())
    flags = chart_events.read(session.connection(), ALL, FJORDVIK, IMAGING, None, date(2025, 12, 28), "nb")
    assert "Ny CT" in [one.title for one in flags]
