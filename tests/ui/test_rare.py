"""Patient by patient on *Seriediagram*: gaps between misses, and the CUSUM with what it promises."""

import pytest

from nhr_dash.text.catalog import t
from tests.ui.test_method import FJORDVIK, NATION, healthy, opened, spec, told

HAMAR = "974724960"
DIRECT, IMAGING = "hjerneslag_inn_enhet", "pakke_bilde_15min"


def kinds(app):
    return app.selectbox(key="w_diagram").options


def numbers(app):
    app.session_state["numbers_open"] = True
    return healthy(app.run()).table[-1].value


@pytest.mark.usefixtures("on_sample")
class TestRare:
    @pytest.mark.parametrize("language", ["nb", "en"])
    @pytest.mark.parametrize("kind", ["g", "t"])
    def test_gaps_between_misses_have_their_sentence_numbers_and_false_alarms(self, kind, language):
        app = opened(sykehus=HAMAR, indikator=DIRECT, diagram=kind, lang=language)
        assert t(language, f"rare.what_{kind}") in spec(app)
        assert t(language, f"method.kinds_why.{kind}") in told(app)
        assert len(app.table[0].value) == 6
        assert t(language, f"chart.table.gap_{kind}") in numbers(app).columns
        app.selectbox(key="w_regler").set_value("nelson")
        healthy(app.run())

    @pytest.mark.parametrize("language", ["nb", "en"])
    def test_a_cusum_says_what_it_is_held_against_and_how_often_it_is_wrong(self, language):
        app = opened(sykehus=FJORDVIK, indikator=IMAGING, diagram="cusum", lang=language, periode="alt")
        sentence = told(app).replace("\u202f", " ")
        assert {"nb": "18 % før (128 av 712", "en": "18% before (128 of 712"}[language] in sentence
        assert {"nb": "5,0 % av årene", "en": "5.0% of years"}[language] in sentence
        assert t(language, "rare.limit_better") in spec(app)
        assert not app.table, "its limits are its own: there are no rules to choose between"
        assert t(language, "rare.column_worse") in numbers(app).columns

    def test_only_where_they_make_sense(self):
        assert len(kinds(opened(sykehus=HAMAR, indikator=DIRECT))) == 7
        often_missed = kinds(opened(sykehus=FJORDVIK, indikator=IMAGING))
        assert t("nb", "method.kinds.g") not in often_missed
        assert t("nb", "method.kinds.cusum") in often_missed
        assert t("nb", "method.kinds.cusum") not in kinds(opened(sykehus=NATION, indikator=DIRECT))

    def test_a_link_that_asks_for_what_does_not_fit_says_so(self):
        app = opened(sykehus=NATION, indikator=DIRECT, diagram="g")
        assert t("nb", "method.cannot.unknown_kind") in [one.value for one in app.warning]
