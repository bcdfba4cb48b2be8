"""*Før og etter* as a person meets it: the verdict in words, the stories, links, and bad input."""

import re

import pytest

from tests.ui.test_pages import healthy, link_of, opened

PAGE = "pages/leader/for_og_etter.py"
FJORDVIK, SKOGVIK, HAMAR, FLEKKEFJORD, HAUKELAND = "999100001", "999100002", "974724960", "974595214", "974557746"
IMAGING, DIRECT = "pakke_bilde_15min", "hjerneslag_inn_enhet"


def words(app) -> str:
    return "\n".join(one.value for one in (*app.markdown, *app.caption, *app.info, *app.warning)).replace("\u202f", " ")


def verdict(**link: str) -> str:
    return words(healthy(opened(PAGE, lang="nb", **link))).replace("\\", "")


@pytest.mark.usefixtures("on_sample")
class TestStories:
    def test_imaging_18_to_60(self):
        told = verdict(sykehus=FJORDVIK, indikator=IMAGING)
        found = re.search(
            r"18 % → (\d+)[\d,]* % \(\+(\d+) prosentpoeng, usikkerhet (\d+)–(\d+)\)\. Klar bedring\.", told
        )
        assert found, told[:400]
        assert found[1] == "60"
        assert 40 <= int(found[2]) <= 44
        assert "flere pasienter i året får bildediagnostikk innen 15 minutter" in told

    def test_direct_admission_73_to_86(self):
        told = verdict(sykehus=SKOGVIK, indikator=DIRECT, start="datoer", endret="2021-09-01")
        found = re.search(r"(\d+) % → (\d+) % \(\+1\d prosentpoeng", told)
        assert found, told[:400]
        assert abs(int(found[1]) - 73) <= 1
        assert abs(int(found[2]) - 86) <= 1
        assert "Sannsynlig bedring" in told, "days chosen after the numbers were known"

    def test_hamars_coverage_is_told_by_years(self):
        told = verdict(sykehus=HAMAR, indikator="hjerneslag_dg", start="datoer", endret="2019-01-01")
        assert re.search(r"Dekningsgrad: 80 % \(2018\) → 95 % \(20\d\d\) \(\+15 prosentpoeng\)", told), told[:400]

    def test_flekkefjord_year_by_year(self):
        app = healthy(opened(PAGE, lang="nb", sykehus=FLEKKEFJORD, indikator=DIRECT))
        app.session_state["card_years"] = True
        app.run()
        table = next(one.value for one in app.table if "År" in one.value.columns)
        years = dict(zip(table["År"], table["Resultat"].str.replace("\u202f", " "), strict=True))
        assert [years["2012"], years["2014"], years["2021"]] == ["36 %", "79 %", "89 %"]

    def test_minutes_to_the_groin_fall_at_haukeland(self):
        told = verdict(sykehus=HAUKELAND, indikator="pakke_lyske", start="datoer", endret="2021-01-01")
        assert re.search(r"median \d+ min → \d+ min \(\d+ minutter raskere", told), told[:400]


@pytest.mark.usefixtures("on_sample")
class TestChoices:
    def test_the_stored_change_comes_first_and_stands_in_the_link(self):
        app = healthy(opened(PAGE, sykehus=FJORDVIK, indikator=IMAGING))
        code = app.selectbox(key="w_start").value
        assert code.startswith("prosjekt:")
        assert link_of(app)["start"] == code

    def test_chosen_days_stand_in_the_link(self):
        app = opened(PAGE, sykehus=FJORDVIK, indikator=IMAGING, start="datoer", endret="2023-02-01", til="2024-02-01")
        assert {"endret": "2023-02-01", "til": "2024-02-01"}.items() <= link_of(healthy(app)).items()

    def test_english_is_whole(self):
        told = words(healthy(opened(PAGE, lang="en", sykehus=FJORDVIK, indikator=IMAGING)))
        assert "Clear improvement" in told
        assert not re.search(r"prosentpoeng|usikkerhet|pasienter", told)

    @pytest.mark.parametrize("view", ["alle", "trodde"])
    def test_the_other_views(self, view):
        told = words(healthy(opened(PAGE, lang="nb", sykehus=FJORDVIK, visning=view)))
        assert {"alle": "bedre, 0 dårligere", "trodde": "forutsigelser slo til"}[view] in told


@pytest.mark.usefixtures("on_sample")
class TestBadInput:
    @pytest.mark.parametrize(
        ("link", "told"),
        [
            ({"start": "datoer", "endret": "2024-01-01", "innfort": "2023-06-01"}, "feil rekkefølge"),
            ({"start": "datoer", "endret": "2024-01-01", "fra": "2024-06-01"}, "feil rekkefølge"),
            ({"start": "datoer", "endret": "2009-01-01"}, "før de første pasientene"),
            ({"start": "datoer", "endret": "2026-06-01"}, "etter de nyeste tallene"),
            ({"start": "datoer", "endret": "i fjor"}, "ikke en dato"),
            ({"start": "datoer", "endret": "-"}, "Velg dagen"),
            ({"start": "prosjekt:finnes-ikke"}, "finnes ikke her lenger"),
        ],
    )
    def test_each_is_answered_in_a_sentence(self, link, told):
        app = healthy(opened(PAGE, lang="nb", sykehus=FJORDVIK, indikator=IMAGING, **link))
        assert told in words(app)

    def test_all_of_them_before_and_after_is_an_answer(self):
        """Nine patients of ten or more in both spans: a share, an interval and a grade, never inf or nan."""
        told = verdict(
            sykehus=SKOGVIK, indikator="nki_slagenhet", start="datoer", endret="2023-01-01", fra="2022-11-01"
        )
        assert re.search(r"\d+ % → \d+[\d,]* % \([+−]?\d+ prosentpoeng, usikkerhet −?\d+ ?(–|til) ?−?\d+\)", told), told
        assert re.search(r"[Ii]ngen sikker endring|[Ff]or få|tidlig|Sannsynlig", told), told
        assert not re.search(r"\bnan\b|\binf\b", told)
