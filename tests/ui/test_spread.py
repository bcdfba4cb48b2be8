"""*Blir forskjellene mindre?* as a person meets it: the answer, the years, one's own line, and bad input."""

import re

import pytest

from tests.ui.test_pages import BODO, FJORDVIK, NATION, NORTH, healthy, link_of, opened

PAGE = "pages/fagrad/variasjon.py"
DIRECT = "hjerneslag_inn_enhet"


def view(**link):
    return healthy(opened(PAGE, visning="mindre", **{"lang": "nb", "sykehus": BODO, "indikator": DIRECT, **link}))


def words(app) -> str:
    told = (*app.markdown, *app.caption, *app.info, *app.warning)
    return "\n".join(one.value for one in told).replace("\u202f", " ").replace("\\", "")


@pytest.mark.usefixtures("on_sample")
class TestAnswer:
    def test_the_sentence_has_both_ends_with_intervals_and_what_chance_gives(self):
        told = words(view())
        assert re.search(r"standardavviket falt fra \d+,\d \(usikkerhet \d+,\d–\d+,\d\) til \d+,\d \(", told), told
        assert re.search(r"I 20\d\d lå \w+ lavest \(\d+ %, usikkerhet \d+–\d+ %\) og \w+ høyest", told)
        assert re.search(r"tilfeldigheter alene gitt om lag \d+,\d", told)
        assert re.search(r"flere pasienter i året \(usikkerhet \d+–\d+\) som blir innlagt direkte", told)

    def test_each_year_is_a_row_and_ones_own_unit_a_column(self):
        app = view()
        table = app.dataframe[0].value
        assert len(table) >= 10
        assert any(name.startswith("Bodø") for name in table.columns)
        assert len(app.get("vega_lite_chart")) == 2

    @pytest.mark.parametrize("unit", [NORTH, NATION, FJORDVIK])
    def test_a_unit_of_another_level_has_a_sentence_and_a_training_hospital_a_line(self, unit):
        assert ("er ikke blant dem som sammenlignes" in words(view(sykehus=unit))) == (unit != FJORDVIK)

    @pytest.mark.parametrize("level", ["trust", "region"])
    def test_other_levels(self, level):
        told = words(view(nivaa=level))
        assert {"trust": "helseforetakene", "region": "regionene"}[level] in told
        assert ("den svakeste femdelen" in told) == (level == "trust")

    def test_english_is_whole(self):
        assert not re.search(r"prosentpoeng|usikkerhet|sykehusene", words(view(lang="en")))


@pytest.mark.usefixtures("on_sample")
class TestYears:
    def test_chosen_years_stand_in_the_link(self):
        app = view(sprik1="2016", sprik2="2020")
        assert "fra 2016 til 2020" in words(app)
        assert {"sprik1": "2016", "sprik2": "2020"}.items() <= link_of(app).items()

    @pytest.mark.parametrize(
        ("link", "told"),
        [
            ({"sprik1": "1999"}, "Det er ingen tall for 1999"),
            ({"sprik1": "2020", "sprik2": "2016"}, "før året du begynte med"),
            ({"sprik1": "2020", "sprik2": "2020"}, "Det må være minst to år"),
            ({"indikator": "pakke_lyske"}, "måles i minutter"),
            ({"gruppe": "983974880"}, "er ikke med: for få med pasienter"),
        ],
    )
    def test_bad_input_is_answered_in_a_sentence(self, link, told):
        assert told in words(view(**link))
