"""The run chart's method: kinds of chart, rule sets with their false alarms."""

import pytest
from streamlit.testing.v1 import AppTest

from nhr_dash.settings import ROOT
from nhr_dash.statistics.rules import RULE_SETS
from nhr_dash.text.catalog import has, t
from nhr_dash.ui import waiting

FJORDVIK, NARVIK, NATION = "999100001", "974795396", "1"
RUN_CHART = "pages/team/seriediagram.py"


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run().switch_page(RUN_CHART)
    for name, code in link.items():
        app.query_params[name] = code
    app.session_state["method"] = app.session_state["more"] = True
    return healthy(app.run())


def healthy(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, [one.value for one in (*app.exception, *app.error)]
    return app


def told(app: AppTest) -> str:
    return " ".join(one.value for one in app.markdown)


def spec(app: AppTest) -> str:
    return app.get("vega_lite_chart")[0].proto.spec


@pytest.mark.usefixtures("on_sample")
class TestMethod:
    @pytest.mark.parametrize("language", ["nb", "en"])
    def test_every_kind_and_rule_set_opens_with_its_false_alarms(self, language):
        app = opened(sykehus=FJORDVIK, lang=language, diagram="run")
        for kind in ("p", "pp"):
            for rules in RULE_SETS:
                app.selectbox(key="w_diagram").set_value(kind)
                app.selectbox(key="w_regler").set_value(rules)
                healthy(app.run())
                assert t(language, f"method.rule_sets.{rules}") in told(app)
                assert t(language, "method.ribbon") in spec(app)
        assert len(app.table[0].value) == len(RULE_SETS)

    def test_a_run_chart_has_no_ribbon(self):
        app = opened(sykehus=FJORDVIK, indikator="pakke_bilde_15min", diagram="run")
        assert t("nb", "method.ribbon") not in spec(app)

    def test_the_kinds_fit_the_series(self):
        app = opened(sykehus=NARVIK, indikator="hjerneslag_tromb_40min", punkt="patient")
        assert len(app.selectbox(key="w_diagram").options) == 3
        app.selectbox(key="w_diagram").set_value("i")
        assert t("nb", "method.ribbon") in spec(healthy(app.run()))

    @pytest.mark.parametrize(("choice", "code"), [("diagram", "torte"), ("regler", "magi"), ("diagram", "i")])
    def test_a_link_to_what_is_not_there_is_said(self, choice, code):
        app = opened(sykehus=FJORDVIK, indikator="pakke_bilde_15min", **{choice: code})
        assert [one.value for one in app.warning] == [
            t("nb", "method.cannot.unknown_kind" if choice == "diagram" else "method.cannot.unknown_rules")
        ]

    def test_the_choice_stands_in_the_link(self):
        app = opened(sykehus=FJORDVIK)
        app.selectbox(key="w_regler").set_value("nhs")
        app.run()
        assert app.query_params["regler"] in ("nhs", ["nhs"])

    def test_closed_it_computes_no_false_alarms(self):
        app = opened(sykehus=FJORDVIK)
        app.session_state["method"] = False
        assert "falsk alarm" not in told(app.run())


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_rule_and_rule_set_has_its_words(language):
    for rules in RULE_SETS.values():
        assert has(language, f"method.rule_sets.{rules.id}")
        assert all(has(language, f"method.rules.{rule.key}") for rule in rules.rules)


@pytest.mark.usefixtures("on_sample")
class TestWaiting:
    @pytest.mark.parametrize("language", ["nb", "en"])
    @pytest.mark.parametrize("unit", [FJORDVIK, NARVIK, NATION])
    def test_the_wait_is_told_beside_the_advice(self, unit, language):
        app = opened(sykehus=unit, lang=language, indikator="hjerneslag_beh_enhet")
        app.session_state["waiting"] = True
        assert t(language, "power.seen", three="{", six="", twelve="").partition("{")[0] in told(healthy(app.run()))


def test_a_wait_longer_than_a_project_says_what_to_do_instead():
    said = " ".join(waiting.sentences(waiting.Plan(4.0, 60, 0.75, 0.88, has_minutes=True), 30.0, "nb"))
    assert "35 måneder før" in said
    assert t("nb", "power.instead") in said and "foretaket" in said


def test_nothing_to_wait_for_where_all_get_it():
    assert waiting.sentences(waiting.Plan(4.0, 60, 1.0, 1.0, has_minutes=False), None, "nb") == (
        t("nb", "power.nothing_to_gain"),
    )
