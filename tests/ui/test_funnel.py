"""The funnel and the ranking: what is said of units, and what is said where there is nothing to compare."""

import json
from time import process_time

import numpy as np
import pandas
import pytest

from nhr_dash.registry.across import Across, Asked
from nhr_dash.registry.reach import Footnote
from nhr_dash.ui.variation import funnel as page
from nhr_dash.ui.variation import funnel_answer, ranking_answer
from nhr_dash.ui.variation.funnel_answer import Look
from nhr_dash.ui.variation.moving import Moving
from tests.ui.test_pages import BODO, NATION, healthy, link_of, opened

PAGE = "pages/fagrad/variasjon.py"
DIRECT, IMAGING = "hjerneslag_inn_enhet", "pakke_bilde_15min"
TITLES = ("Direkte innlagt", "Sykehus · 2024")


def units(counts, why=None, compared=None, indicator=DIRECT, notes=None):
    """A comparison of units numbered from 1 with (numerator, denominator)."""
    x, n = np.array(counts, dtype=float).T
    rows = pandas.DataFrame(
        {
            "unit": range(1, len(counts) + 1),
            "name": [f"Sted {index}" for index in range(1, len(counts) + 1)],
            "numerator": x,
            "denominator": n.astype(int),
            "value": x / np.where(n > 0, n, np.nan),
            "compared": compared or [True] * len(counts),
            "why": why or [""] * len(counts),
        }
    )
    return Across(Asked(indicator, 2024, 2024), rows, notes or {}, (x.sum(), int(n.sum())), True)


def funnel(found, own=(1, "Sted 1"), look=None, moving=None):
    return funnel_answer.answer(found, moving or {}, own, look or Look("none"), TITLES, "nb")


def ranking(found, own=(1, "Sted 1")):
    return ranking_answer.answer(found, own, TITLES, "nb")


ORDINARY = [(80, 100), (82, 100), (78, 100), (81, 100), (79, 100), (60, 100)]
HIDDEN = ["", "", "", "", "", "few"]


def test_lowest_and_highest_have_intervals_and_chance_its_share():
    view = funnel(units(ORDINARY))
    assert "Lavest er Sted 6 med 60\u202f% (usikkerhet 50–69)" in view.sentence
    assert "høyest Sted 2 med 82\u202f% (73–88)" in view.sentence
    assert "1 av 6 sykehus ligger utenfor" in view.sentence
    assert "Tilfeldigheter alene ville gitt omtrent" in view.sentence
    worst = next(point for point in view.points if point.unit == 6)
    assert (worst.side, worst.outside) == ("worse", 2)


@pytest.mark.parametrize("made", [funnel, ranking])
def test_what_is_hidden_is_in_no_number_and_named_with_its_reason(made):
    view = made(units(ORDINARY, why=HIDDEN))
    everything = json.dumps(view.drawing.spec) + view.drawing.table.to_csv() + view.sentence + " ".join(view.beside)
    assert "Sted 6" not in everything
    assert "1 vises ikke (for få pasienter til å vises): Sted 6." in view.under


def test_who_isnt_compared_is_held_against_the_limits_of_the_others():
    view = funnel(units(ORDINARY, compared=[True] * 5 + [False]), own=(6, "Sted 6"))
    mine = next(point for point in view.points if point.own)
    assert mine.outside == 2
    assert "5 sykehus" in view.sentence
    assert "Sted 6 vises, men er ikke blant dem som sammenlignes." in view.beside


def test_a_hospital_without_a_stroke_unit_stands_apart():
    notes = {6: (Footnote("footnote.no_stroke_unit", "Sted 6"),)}
    view = funnel(units(ORDINARY, compared=[True] * 5 + [False], notes=notes))
    assert {point.unit for point in view.points} == {1, 2, 3, 4, 5}
    assert any(line.startswith("Sted 6 har ikke slagenhet") for line in view.under)


def test_whose_level_moves_is_told_of_first():
    moving = {2: Moving(pandas.Timestamp("2024-05-01").date(), "better")}
    view = funnel(units(ORDINARY), moving=moving)
    assert view.beside[0].startswith("Se på denne først: nivået flytter seg hos Sted 2 (bedre fra 2. tertial 2024)")


def test_limits_that_could_not_be_widened_say_why():
    assert any("Det er for få" in line for line in funnel(units(ORDINARY[:4]), look=Look("additive")).beside)
    alike = units([(80, 100)] * 8)
    assert any("varierer ikke mer" in line for line in funnel(alike, look=Look("additive")).beside)


def test_looking_at_many_is_paid_for():
    counts = [(80, 100)] * 40 + [(71, 100)]
    assert next(p for p in funnel(units(counts)).points if p.unit == 41).outside
    view = funnel(units(counts), look=Look("none", many=True))
    assert not any(point.outside for point in view.points)
    assert "tar hensyn til at vi ser på mange" in view.sentence
    cells = {point.unit: page._line(point, Look("none", many=True), "nb").cells[-1] for point in view.points}
    assert "p\u00a0=\u00a0" in cells[41]
    alone = page._line(view.points[-1], Look("none"), "nb").cells[-1]
    assert "p\u00a0" not in alone


@pytest.mark.parametrize("made", [funnel, ranking])
@pytest.mark.parametrize(
    ("found", "said"),
    [
        (units([(0, 0), (0, 0)]), "Ingen pasienter passer"),
        (units([(8, 10), (0, 0)]), "Bare Sted 1 passer"),
        (units([(10, 10), (20, 20), (30, 30)]), "Ingen eller alle"),
        (units([(8, 10), (3, 20), (7, 30)], why=["few"] * 3), "Alle har for få pasienter"),
    ],
)
def test_nothing_to_compare_has_a_sentence(made, found, said):
    view = made(found)
    assert view.drawing is None
    assert view.refused.startswith(said)


def test_two_are_a_funnel_but_no_ranking():
    two = units([(80, 100), (60, 100)])
    assert funnel(two).drawing is not None
    assert ranking(two).refused.startswith("Det må være minst tre")


def test_a_ranking_says_how_far_it_can_be_trusted():
    sure = ranking(units([(20, 1000), (400, 1000), (800, 1000), (980, 1000)]))
    assert sure.beside[0].startswith("Rekkefølgen er stort sett til å stole på")
    assert [row.first for row in sure.rows] == [1, 2, 3, 4]
    assert sure.rows[0].name == "Sted 4"
    chance = ranking(units([(8, 10), (7, 10), (9, 10), (8, 10)]))
    assert chance.beside[0].startswith("Rekkefølgen sier lite")
    assert (chance.rows[0].first, chance.rows[0].last) == (1, 4)


@pytest.mark.usefixtures("on_sample")
class TestPage:
    @pytest.mark.parametrize(
        ("link", "said"),
        [
            ({"indikator": "minutter"}, "Indikatoren finnes ikke"),
            ({"aar1": "1999"}, "Det er ingen tall for 1999."),
            ({"aar1": "2024", "aar2": "2020"}, "Vi viser 2020–2024."),
            ({"sykehus": NATION}, "Hele landet er ikke blant dem"),
            ({"gruppe": "974795361"}, ""),
        ],
    )
    @pytest.mark.parametrize("view", ["trakt", "rangering"])
    def test_bad_choices_have_a_sentence_and_the_page_goes_on(self, link, said, view):
        app = healthy(opened(PAGE, **{"sykehus": BODO, "visning": view, **link}))
        told = " ".join(one.value.replace("\\", "") for one in (*app.warning, *app.info, *app.markdown))
        assert said in told
        assert app.get("vega_lite_chart")

    def test_choices_stand_in_the_link_and_hold(self):
        asked = {"indikator": IMAGING, "aar1": "2022", "aar2": "2023", "utvalg": "sex:female", "spredning": "none"}
        app = healthy(opened(PAGE, sykehus=BODO, **asked))
        assert link_of(app) | asked == link_of(app)
        app.selectbox(key="w_sorter").select("navn").run()
        assert link_of(app)["sorter"] == "navn"

    @pytest.mark.parametrize("view", ["trakt", "rangering"])
    def test_a_new_question_is_answered_in_two_seconds(self, view):
        app = healthy(opened(PAGE, sykehus=BODO, visning=view))
        begun = process_time()
        app.selectbox(key="w_indikator").select(IMAGING).run()
        assert process_time() - begun < 2
        begun = process_time()
        app.run()
        assert process_time() - begun < 0.6
