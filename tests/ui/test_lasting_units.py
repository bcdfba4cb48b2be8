"""*Varig bedring* as a person meets it."""

import re

import pytest

from nhr_dash.text.catalog import t
from tests.ui.test_before_after import words
from tests.ui.test_pages import BODO, NORTH, healthy, opened

PAGE = "pages/fagrad/varig_bedring.py"
IMAGING = "pakke_bilde_15min"
pytestmark = pytest.mark.usefixtures("on_sample")


def told(**link: str) -> str:
    return words(healthy(opened(PAGE, sykehus=BODO, **({"lang": "nb"} | link)))).replace("\\", "")


def test_over_every_indicator_it_says_how_many_are_chance():
    said = told()
    assert re.search(r"\d+ varige bedringer ved \d+ sykehus de siste 5 årene\. Størst: ", said)
    assert re.search(r"Vi så gjennom \d+ serier .* omtrent \d+ av dem skilt seg ut av rene tilfeldigheter", said)
    assert re.search(r"i snitt høyst \d,\d tilfeldige", said)


def test_one_indicator_names_hospital_size_and_whether_it_holds():
    said = told(gjelder_indikator=IMAGING)
    assert re.search(r"Størst: Fjordvik, .*: \d\d % → \d\d % fra mai 2023 \(\+\d+ prosentpoeng", said)
    assert re.search(r"\d+ pasienter før, \d+ etter\. Holder seg: \d\d % det siste året", said)


def test_others_see_no_counts_and_how_to_ask():
    said = told(gjelder_indikator="pakke_bilde_15min_4t", rolle="fagraad")
    assert "Minst 20 pasienter før og etter" in said
    assert "Spør Fjordvik hva de gjorde" in said
    assert not re.search(r"\d+ pasienter før, \d+ etter", said)


def test_a_region_without_improvements_says_so():
    assert "Ingen sykehus har blitt varig bedre de siste 5 årene" in told(region=NORTH, gjelder_indikator=IMAGING)


def test_an_indicator_without_a_share_by_month_is_told():
    assert t("nb", "lasting_units.no_indicator") in told(gjelder_indikator="pakke_lyske")


def test_english():
    assert "on average at most" in told(lang="en")
