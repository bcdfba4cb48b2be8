"""The pages as a person meets them, without a browser: choices, links, languages, units at every level."""

import pickle

import pytest
from streamlit.testing.v1 import AppTest

from nhr_dash.database import connect
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.settings import ROOT, settings

FJORDVIK, BODO, NARVIK, TYNSET, NORTH, NATION = "999100001", "974795361", "974795396", "974725215", "883658752", "1"
RUN_CHART = "pages/team/seriediagram.py"


def opened(page: str = "", **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if page:
        app.run().switch_page(page)
    for name, code in link.items():
        app.query_params[name] = code
    return app.run()


def healthy(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, [one.value for one in (*app.exception, *app.error)]
    return app


def link_of(app: AppTest) -> dict[str, str]:
    # AppTest gives back what a page wrote itself as lists or as plain text, by how it was set.
    return {name: code if isinstance(code, str) else code[0] for name, code in app.query_params.items()}


@pytest.mark.usefixtures("on_sample")
class TestChoices:
    def test_a_choice_holds_on_the_next_page_and_stands_in_the_link(self):
        app = opened()
        app.selectbox(key="w_sykehus").select(BODO).run()
        app.selectbox(key="w_periode").select("120").run()
        app.switch_page(RUN_CHART).run()
        assert app.selectbox(key="w_sykehus").value == BODO
        assert app.selectbox(key="w_periode").value == "120"
        assert link_of(app) | {"sykehus": BODO, "periode": "120"} == link_of(app)

    def test_a_link_wins_over_what_was_chosen_before(self):
        app = opened(RUN_CHART, sykehus=BODO)
        app.query_params["sykehus"] = NARVIK
        app.run()
        assert app.selectbox(key="w_sykehus").value == NARVIK

    def test_another_indicator_gets_its_own_recommended_grain(self):
        app = opened(RUN_CHART, sykehus=NARVIK, indikator="hjerneslag_beh_enhet", punkt="year")
        assert app.selectbox(key="w_punkt").value == "year"
        app.selectbox(key="w_indikator").select("hjerneslag_tromb_40min").run()
        assert app.selectbox(key="w_punkt").value == "patient"

    def test_english_is_one_click_away_and_holds(self):
        app = opened()
        assert app.title[0].value == "Hvordan går det hos oss?"
        app.segmented_control(key="w_lang").select("en").run()
        assert app.title[0].value == "How are we doing?"
        assert app.switch_page(RUN_CHART).run().title[0].value == "Is it a change, or chance?"


@pytest.mark.usefixtures("on_sample")
class TestRunChart:
    @pytest.mark.parametrize("language", ["nb", "en"])
    def test_every_indicator_opens(self, language):
        app = opened(RUN_CHART, sykehus=FJORDVIK, lang=language)
        for one in INDICATORS:
            app.selectbox(key="w_indikator").select(one.id).run()
            healthy(app)
            # Fjordvik is no thrombectomy centre: what is counted there has no patients, and a sentence.
            assert app.get("vega_lite_chart") or (one.unit == "centre" and app.info), one.id

    @pytest.mark.parametrize("unit", [FJORDVIK, NARVIK, TYNSET, NORTH, NATION])
    def test_every_grain_opens_at_units_of_every_size(self, unit):
        app = opened(RUN_CHART, sykehus=unit, indikator="hjerneslag_tromb_40min")
        options = app.selectbox(key="w_punkt").options
        assert ("én pasient" in " ".join(options)) == (unit not in {NORTH, NATION})
        for label in options:
            app.selectbox(key="w_punkt").set_value(label)
            healthy(app.run())

    def test_the_training_hospital_reads_18_to_60(self):
        app = healthy(opened(RUN_CHART, sykehus=FJORDVIK, indikator="pakke_bilde_15min"))
        sentence = app.markdown[0].value
        assert "fra 18\u202f%" in sentence and "til 60\u202f%" in sentence
        assert "på rad over nivået før" in sentence
        assert "Målet er over 60\u202f%, ikke nådd ennå." in sentence

    def test_small_hospital_is_one_point_a_patient_on_the_minutes(self):
        app = healthy(opened(RUN_CHART, sykehus=NARVIK, indikator="hjerneslag_tromb_40min"))
        assert app.selectbox(key="w_punkt").value == "patient"
        assert "Median" in app.markdown[0].value and "Innen 40 min" in app.markdown[0].value

    def test_assumed_population_is_said(self):
        app = opened(RUN_CHART, sykehus=FJORDVIK, indikator="pakke_bilde_15min")
        captions = " ".join(one.value for one in app.caption)
        assert "Hvem er med:" in captions and "Antatt:" in captions

    def test_structural_zero_has_its_footnote(self):
        app = healthy(opened(RUN_CHART, sykehus=TYNSET, indikator="hjerneslag_beh_enhet"))
        assert any("slagenhet" in one.value and "Tynset" in one.value for one in app.caption)


@pytest.mark.usefixtures("on_sample")
class TestOverview:
    @pytest.mark.parametrize("unit", [FJORDVIK, NARVIK, TYNSET, NORTH, NATION])
    @pytest.mark.parametrize("language", ["nb", "en"])
    def test_opens_at_every_level(self, unit, language):
        app = healthy(opened(sykehus=unit, lang=language))
        assert len(app.get("page_link")) >= 15

    def test_small_hospital_shows_its_last_ten_patients(self):
        html = " ".join(one.value for one in opened(sykehus=NARVIK).get("html"))
        assert "siste 10 pasienter" in html

    def test_at_most_three_stand_out(self, on_sample):
        from nhr_dash.access import everything
        from nhr_dash.registry.units import all_units
        from nhr_dash.ui import overview

        engine = connect(f"sqlite:///{on_sample.as_posix()}")
        with engine.connect() as connection:
            hospitals = [unit for unit in all_units(connection) if unit.level == "hospital"][:12]
            found = [overview.read(connection, everything("test"), unit.orgnr, "nb") for unit in hospitals]
        engine.dispose()
        assert all(len(one.stand_out) <= overview.MOST_TO_LOOK_AT for one in found)
        # Raw run rules over 20 rows would lift up something at most hospitals.
        assert sum(bool(one.stand_out) for one in found) <= len(found) / 2


@pytest.mark.usefixtures("on_sample")
@pytest.mark.parametrize("page", sorted((ROOT / "pages").rglob("*.py")), ids=lambda page: page.stem)
def test_what_a_session_holds_can_be_written_down(page):
    """Streamlit has a setting that checks it, which fails at its own components (1.67)."""
    app = healthy(opened(page.relative_to(ROOT).as_posix(), sykehus=FJORDVIK))
    held = app.session_state.to_dict()
    assert held
    assert pickle.dumps({name: value for name, value in held.items() if not name.startswith("typed_")})


@pytest.mark.usefixtures("on_sample")
@pytest.mark.parametrize("page", ["", RUN_CHART, "pages/data/innlasting.py", "pages/hjelp/hjelp.py"])
def test_nobody_signed_in_sees_nothing(page, monkeypatch):
    monkeypatch.setenv("NHR_DEMO", "0")
    settings.cache_clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if page:
        app.switch_page(page)
    app.run()
    assert [one.value for one in app.info] == ["Du er ikke logget inn. Be den som har ansvar for løsningen om tilgang."]
    assert not app.title and not app.get("vega_lite_chart") and not app.get("html")[1:]
