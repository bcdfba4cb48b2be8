"""*Nytt prosjekt*: the numbers now, aims that are realistic, and a project that keeps what was typed."""

from collections.abc import Iterator
from datetime import date

import pytest
import streamlit as st
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.improvement import models, templates
from nhr_dash.registry.indicators import INDICATORS, by_id
from nhr_dash.settings import ROOT, settings
from nhr_dash.text.catalog import t
from nhr_dash.ui import guide
from nhr_dash.ui.waiting import WELL_AHEAD, Plan

FJORDVIK, TYNSET = 999100001, 974725215
GUIDE = "pages/team/nytt_prosjekt.py"
NEEDLE = "pakke_nal_30min"
ME = everything("test")
TODAY = date(2025, 12, 28)


@pytest.fixture
def connection(sample_database) -> Iterator[Connection]:
    engine = connect(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as opened_connection:
        yield opened_connection
    engine.dispose()


class TestBasis:
    @pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.id)
    def test_every_indicator_has_a_level_or_says_that_it_has_none(self, connection, one):
        found = guide.read(connection, ME, FJORDVIK, one.id)
        assert guide.level(found, "nb")
        assert (found.plan is None) or not (one.is_duration or one.is_coverage)

    def test_the_plan_asks_for_the_target_where_it_is_well_ahead(self, connection):
        found = guide.read(connection, ME, FJORDVIK, "hjerneslag_test_svelg")
        assert found.plan is not None and found.patients > 100
        assert found.plan.after in [one.value for one in found.suggestions]
        assert found.plan.after > found.plan.before

    def test_with_too_few_patients_there_is_no_plan(self, connection):
        found = guide.read(connection, ME, TYNSET, NEEDLE)
        assert found.plan is None
        assert found.level is None or t("nb", "guide.no_plan") in guide.level(found, "nb")


class TestSuggestions:
    def test_the_nearest_comes_first_and_none_is_what_they_have(self):
        indicator = by_id("pakke_bilde_15min")
        plan = Plan(11.0, 24, 0.18, 0.6, has_minutes=True)
        offered = guide.suggestions(indicator, plan, TODAY)
        assert [one.why for one in offered] == ["smallest", "target"]
        assert offered[1].value == 0.6 and offered[1].strict
        assert all(one.value - plan.before >= WELL_AHEAD for one in offered)

    def test_a_level_at_the_top_has_nothing_ahead(self):
        plan = Plan(11.0, 24, 1.0, 1.0, has_minutes=True)
        assert guide.suggestions(by_id("pakke_bilde_15min"), plan, TODAY) == []


@pytest.mark.parametrize(
    ("today", "ends"),
    [
        (date(2026, 11, 22), [date(2027, 5, 31), date(2027, 11, 30), date(2028, 5, 31)]),
        (date(2026, 12, 31), [date(2027, 6, 30), date(2027, 12, 31), date(2028, 6, 30)]),
        (date(2027, 8, 1), [date(2028, 2, 29), date(2028, 8, 31), date(2029, 2, 28)]),
    ],
)
def test_aims_end_with_a_month(today, ends):
    assert guide.month_ends(today) == ends


@pytest.fixture
def app(sample_copy, monkeypatch) -> Iterator[AppTest]:
    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_copy.as_posix()}")
    settings.cache_clear()
    st.cache_resource.clear()  # another database of the same version
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    settings.cache_clear()


def opened(app: AppTest, **link: str) -> AppTest:
    app.run().switch_page(GUIDE)
    for name, code in link.items():
        app.query_params[name] = code
    return healthy(app.run())


def healthy(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, [one.value for one in (*app.exception, *app.error)]
    return app


def stored(sample_copy) -> models.Project:
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with Session(engine) as session:
        found = session.query(models.Project).order_by(models.Project.created_at.desc()).first()
        assert found is not None
        session.expunge(found)
    engine.dispose()
    return found


def click(app: AppTest, key: str) -> AppTest:
    return healthy(app.button(key=key).click().run())


class TestPage:
    @pytest.mark.parametrize("language", ["nb", "en"])
    def test_it_opens_with_the_numbers_of_the_indicator(self, app, language):
        opened(app, sykehus=str(FJORDVIK), indikator=NEEDLE, lang=language)
        told = " ".join(one.value for one in app.markdown)
        assert t(language, "power.title") in told
        assert by_id(NEEDLE).words(language).title in told

    def test_from_the_first_choice_to_a_planned_project(self, app, sample_copy):
        opened(app, sykehus=str(FJORDVIK), indikator=NEEDLE)
        click(app, "guide_begin")
        assert stored(sample_copy).status == "idea"
        click(app, "aim_smallest")
        click(app, "aim_by_12")
        project = stored(sample_copy)
        assert project.aim_value is not None and project.aim_by is not None
        assert any("få trombolyse innen 30 minutter" in one.value for one in app.markdown)
        click(app, "guide_cycle")
        assert t("nb", "guide.cycle_may_wait") not in [one.value for one in app.caption]

    def test_a_template_brings_its_ideas_and_a_first_test(self, app, sample_copy):
        opened(app, sykehus=str(FJORDVIK), mal=templates.all("nb")[0].code)
        click(app, "guide_begin")
        project = stored(sample_copy)
        assert project.title == templates.all("nb")[0].title
        assert project.aim_whom == templates.all("nb")[0].whom
        assert t("nb", "guide.cycle_may_wait") not in [one.value for one in app.caption]

    @pytest.mark.parametrize("code", [one.code for one in templates.all("en")])
    def test_every_template_opens(self, app, code):
        opened(app, sykehus=str(FJORDVIK), mal=code, lang="en")
        click(app, "guide_begin")

    def test_it_is_gone_on_with_from_its_link(self, app, sample_copy):
        opened(app, sykehus=str(FJORDVIK), indikator=NEEDLE)
        click(app, "guide_begin")
        again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        opened(again, sykehus=str(FJORDVIK), utkast=stored(sample_copy).id)
        assert again.button(key="guide_open")

    def test_a_draft_that_is_gone_begins_anew(self, app):
        opened(app, utkast="no-such-project")
        assert app.button(key="guide_begin")

    def test_an_aim_that_is_no_improvement_is_warned_of(self, app):
        opened(app, sykehus=str(FJORDVIK), indikator=NEEDLE)
        click(app, "guide_begin")
        box = next(one for one in app.text_input if one.label == t("nb", "guide.how_much_share"))
        healthy(box.set_value("5").run())
        assert any("ikke bedre" in one.value for one in app.warning)
        box = next(one for one in app.text_input if one.label == t("nb", "guide.how_much_share"))
        healthy(box.set_value("140").run())
        assert t("nb", "refused.over_100") in [one.value for one in app.warning]

    def test_something_that_the_registry_does_not_measure(self, app, sample_copy):
        opened(app, sykehus=str(FJORDVIK))
        click(app, "guide_begin_own")
        assert stored(sample_copy).title == t("nb", "guide.untitled")
