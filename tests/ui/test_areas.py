"""*Forbedringsområder* as a person meets it: what is most, what is left out and why, and the questions."""

import re

import pytest

from nhr_dash.improvement.kinds import Source
from nhr_dash.improvement.potential import GOALS
from nhr_dash.text.catalog import t
from tests.ui.test_before_after import words
from tests.ui.test_pages import BODO, FJORDVIK, NATION, NORTH, TYNSET, healthy, opened

PAGE = "pages/fagrad/forbedringsomrader.py"
pytestmark = pytest.mark.usefixtures("on_sample")


def told(unit: str = BODO, **link: str) -> str:
    return words(healthy(opened(PAGE, sykehus=unit, **({"lang": "nb"} | link)))).replace("\\", "")


@pytest.mark.parametrize("goal", GOALS)
def test_the_sentence_says_how_many_how_sure_and_of_what(goal):
    said = told(naa=goal)
    assert re.search(
        r"Om Bodø når .*, er det omtrent \*\*\d+ flere pasienter i året\*\* som .* \(usikkerhet \d+–\d+\)", said
    )
    assert re.search(r"\d+ av \d+ indikatorer ligger under med mer enn tilfeldigheter forklarer", said)
    assert "Måles i minutter" in said


def test_what_can_be_chance_has_its_own_heading():
    assert "Kan være tilfeldig" in told()


def test_the_country_names_the_hospitals_that_hold_most():
    said = told(gjelder="landet")
    assert re.search(r"ved \d+ sykehus", said)
    assert re.search(r"Mest å hente: \w+", said)
    assert "for få pasienter til å vises" in told(gjelder="landet", rolle="leser")


@pytest.mark.parametrize("unit", [NORTH, NATION])
def test_a_region_and_the_country_are_their_hospitals(unit):
    assert "Mest å hente" in told(unit)


@pytest.mark.parametrize("way", Source)
def test_every_way_of_finding_an_area_filters_or_tells_where_to_look(way):
    said = told(vei=way)
    asks = "kan ikke tallene svare på" in said
    assert asks == (way in ("guideline", "clinicians", "new_treatment"))


def test_what_has_no_target_is_said():
    assert "Uten ønsket målnivå nå, og derfor ikke med: Andel trombolyse innen 40 minutter" in told()


def test_a_hospital_without_a_stroke_unit_is_told_so():
    assert "Sykehuset har ikke slagenhet. Derfor ikke med:" in told(TYNSET)


def test_english():
    assert "more patients a year" in told(lang="en")


def test_who_may_not_edit_there_has_no_button():
    app = healthy(opened(PAGE, sykehus=BODO, lang="nb", rolle="fagraad"))
    assert not [one for one in app.button if one.label == "Begynn prosjekt"]
    assert "Prosjekter begynner sykehusene selv" in words(app)


class TestQuestions:
    def test_the_data_answer_where_they_can(self):
        said = told(visning="sporsmal", enhet=TYNSET, indikator="hjerneslag_inn_enhet")
        assert "Sykehuset har ikke slagenhet" in said
        assert re.search(r"Dekningsgraden var \d+\s%", said)
        assert re.search(r"\d+\s% er 80 år eller eldre her, \d+\s% i landet", said)

    def test_a_unit_that_is_hidden_is_asked_about_all_the_same(self):
        link = {"visning": "sporsmal", "enhet": TYNSET, "indikator": "hjerneslag_tromb_40min", "rolle": "leser"}
        app = healthy(opened(PAGE, sykehus=FJORDVIK, lang="nb", **link))
        said = words(app)
        assert "for få pasienter" in said
        assert "80 år eller eldre her" not in said
        assert "Finnes det en skrevet rutine, og er den til å følge?" in [one.label for one in app.checkbox]

    def test_coverage_has_no_patients_to_divide(self):
        assert "Dekningsgraden var" in told(visning="sporsmal", enhet=BODO, indikator="hjerneslag_dg")

    def test_an_unknown_unit_is_told(self):
        assert t("nb", "problem.unknown_unit") in told(visning="sporsmal", enhet="1x")

    def test_others_copy_the_list(self):
        app = healthy(opened(PAGE, sykehus=BODO, lang="nb", visning="sporsmal", enhet=BODO, rolle="fagraad"))
        assert not [one for one in app.button if one.label == "Begynn et prosjekt med spørsmålene"]
        assert "[ ] Er alle pasientene registrert?" in app.code[0].value
