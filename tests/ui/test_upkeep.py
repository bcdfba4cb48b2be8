"""*Indikatorene* as a person meets it: what tells hospitals apart, a limit that is moved, who may propose."""

import re

import pytest

from tests.ui.test_pages import healthy, link_of, opened

PAGE = "pages/fagrad/indikatorene.py"
LIPID = "hjerneslag_ut_lipidsenk"


def page(**link):
    return healthy(opened(PAGE, **{"lang": "nb", "indikator": LIPID, "aar": "2019", **link}))


def words(app) -> str:
    told = (*app.markdown, *app.caption, *app.info, *app.warning, *app.get("html"))
    return "\n".join(one.value for one in told).replace("\u202f", " ").replace("\\", "")


@pytest.mark.usefixtures("on_sample")
class TestIndicators:
    def test_lipids_of_2019_tell_hospitals_poorly_apart(self):
        """As published: nearly every hospital at high (45 of 47)."""
        told = words(page())
        assert re.search(r"\d+ av 12 indikatorer skiller godt mellom sykehusene i 2019", told)
        assert re.search(r"skiller dårlig: 4[56] av 4[67] på høy", told), told[-2000:]

    def test_english_is_whole(self):
        assert not re.search(r"sykehus|skiller|moderat\b|prosentpoeng", words(page(lang="en")))

    def test_a_wrong_year_has_a_sentence(self):
        assert "Det er ingen tall for 1999" in words(page(aar="1999"))


@pytest.mark.usefixtures("on_sample")
class TestLimits:
    def test_the_limits_that_hold_come_first(self):
        app = page()
        assert [one.value for one in app.select_slider] == ["75", "65"]
        assert "som er de som gjelder" in words(app)
        assert not app.dataframe

    def test_a_moved_limit_names_who_changes_and_stands_in_the_link(self):
        app = page()
        app.select_slider(key="w_hoy").set_value("90").run()
        told = words(healthy(app))
        found = re.search(r"(\d+) av \d+ sykehus ville bytte nivå i 2019: (\d+) høy, .* mot (\d+) høy", told)
        assert found, told
        assert int(found[1]) == int(found[3]) - int(found[2]) == len(app.dataframe[0].value)
        assert link_of(app)["hoy"] == "90"

    def test_another_indicator_begins_with_its_own_limits(self):
        app = page(hoy="90")
        app.selectbox(key="w_indikator").select("hjerneslag_inn_enhet").run()
        assert [one.value for one in app.select_slider] == ["90", "75"]

    @pytest.mark.parametrize(
        ("link", "told"),
        [
            ({"hoy": "60", "moderat": "70"}, "Grensen for høy må være over"),
            ({"hoy": "mye"}, "Grensene i lenken kan ikke brukes"),
            ({"indikator": "pakke_bilde_15min"}, "ingen grenser for måloppnåelse"),
            ({"indikator": "hjerneslag_dg", "aar": "2025"}, "Ingen sykehus har mange nok pasienter i 2025"),
        ],
    )
    def test_bad_input_is_answered_in_a_sentence(self, link, told):
        assert told in words(page(**link))


@pytest.mark.usefixtures("on_sample")
@pytest.mark.parametrize(("role", "may"), [("fagraad", True), ("register", True), ("team", False), ("leder", False)])
def test_only_the_fagraad_and_the_registry_have_the_form(role, may):
    app = page(rolle=role)
    assert ("Fagrådet og registeret kan foreslå andre grenser." in words(app)) != may
    assert bool(app.text_area) == may
