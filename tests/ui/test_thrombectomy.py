"""*Trombektomi* as a person meets it."""

import re

import pytest

from tests.ui.test_before_after import words
from tests.ui.test_pages import healthy, opened

PAGE = "pages/fagrad/trombektomi.py"
FJORDVIK = "999100001"
pytestmark = pytest.mark.usefixtures("on_sample")


def told(**link: str) -> str:
    return words(healthy(opened(PAGE, sykehus=FJORDVIK, **({"lang": "nb"} | link)))).replace("\\", "")


def test_the_wait_names_shortest_and_longest_among_those_with_enough_patients():
    said = told(aar1="2024", aar2="2024")
    found = re.search(r"kortest ved Haukeland, median (\d+) min \((\d+)–(\d+)\), og lengst ved (\w+) → \w+", said)
    assert found, said[:300]
    assert int(found[2]) < int(found[1]) < int(found[3])


def test_at_the_centre_those_sent_on_are_told_apart():
    said = told(visning="senter", aar1="2023", aar2="2024", lang="en")
    assert re.search(r"shortest is [\w. ]+, transferred, median 2\d min", said), said[:300]
    assert "admitted directly" in said


def test_shares_differ_no_more_than_chance_in_one_year():
    said = told(visning="andel", aar1="2024", aar2="2024")
    assert re.search(r"Lavest: \w+, \d+,\d % \(\d+,\d–\d+,\d\)", said), said[:300]
    assert "ikke større enn tilfeldigheter" in said


def test_a_reader_is_told_how_many_are_left_out():
    said = told(rolle="leser", aar1="2024", aar2="2024")
    assert re.search(r"\d+ rader er utelatt", said), said[:300]
    assert "Kirkenes" not in said


@pytest.mark.parametrize(
    ("first", "last", "sentence"), [("1999", "2024", "ingen tall for 1999"), ("2024", "2020", "før året")]
)
def test_a_wrong_year_has_a_sentence(first, last, sentence):
    assert sentence in told(aar1=first, aar2=last)
