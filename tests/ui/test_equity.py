"""*Likeverdig?* as a person meets it: a country, a region, one's own hospital, another one, and bad input."""

import re

import pytest

from tests.ui.test_pages import BODO, FJORDVIK, NARVIK, NATION, NORTH, healthy, link_of, opened

PAGE = "pages/fagrad/likeverdig.py"


def page(**link):
    return healthy(opened(PAGE, **{"lang": "nb", "sykehus": NATION, **link}))


def words(app) -> str:
    told = (*app.markdown, *app.caption, *app.info, *app.warning)
    return "\n".join(one.value for one in told).replace("\u202f", " ").replace("\\", "")


@pytest.mark.usefixtures("on_sample")
class TestDifferences:
    @pytest.mark.parametrize("dimension", ["sex", "age", "arrival"])
    def test_the_finding_counts_and_the_most_certain_one_has_its_size(self, dimension):
        app = page(etter=dimension)
        told = words(app)
        assert re.search(r"Hele landet, 20\d\d–20\d\d: (\d+|Ingen) av \d+ indikatorer", told), told
        assert re.search(r"\d+,\d % \(.+\) og \d+,\d % \(.+\), en forskjell på [+−]?\d+,\d prosentpoeng", told), told
        assert "ikke justert" in told and "Bosted er ikke med" in told
        assert len(app.get("vega_lite_chart")) == 1
        assert link_of(app)["etter"] == dimension

    @pytest.mark.parametrize("unit", [NORTH, BODO, FJORDVIK, NARVIK])
    def test_units_of_every_size(self, unit):
        assert page(sykehus=unit, lang="en").get("vega_lite_chart")

    def test_another_hospital_is_seen_as_far_as_its_groups_are_large_enough(self):
        told = words(page(sykehus=NARVIK, rolle="team", etter="age"))
        assert "kan ikke deles slik" in told or "Ikke vist, fordi minst én gruppe" in told
        assert "Narvik, 20" not in words(page(sykehus=NARVIK, rolle="leser", etter="age"))

    def test_english_is_whole(self):
        assert not re.search(r"kvinner|prosentpoeng|usikkerhet|indikatorer", words(page(lang="en")))


@pytest.mark.usefixtures("on_sample")
@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"aar1": "1999"}, "Det er ingen tall for 1999"),
        ({"aar1": "2024", "aar2": "2022"}, "før året du begynte med"),
        ({"etter": "bosted"}, "kvinner og menn"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(link, told):
    assert told in words(page(**link))
