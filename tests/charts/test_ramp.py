"""Cycles climb by the size of their test."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from nhr_dash.charts import ramp
from nhr_dash.charts.ramp import RampCycle

CYCLES = (
    RampCycle(1, "Varsling før ankomst", "patient", "next"),
    RampCycle(2, "Varsling hele vakta", "shift", "adapt", 1),
    RampCycle(3, "Varsling med sjekkliste fra ambulansen " * 5, "shift", "adopt", 2),
    RampCycle(4, "Hele avdelingen", "ward", "adopt", 3),
    RampCycle(5, "Sms <b> & co", "patient", "abandon", 1),
    RampCycle(6, "Annen gren", "patient", "", 1),
    RampCycle(7, "Hele sykehuset", "hospital", "", 4),
    RampCycle(8, "For seg selv", "shift"),
)


def boxes(svg):
    rects = ElementTree.fromstring(svg).iter("rect")
    return [tuple(float(r.get(name)) for name in ("x", "y", "width", "height")) for r in rects if r.get("x")]


def test_a_larger_test_stands_higher_and_what_follows_stands_to_the_right():
    found = dict(zip((one.number for one in CYCLES), boxes(ramp.build(CYCLES, "nb")), strict=True))
    assert found[7][1] < found[4][1] < found[2][1] < found[1][1]
    for one in CYCLES:
        if one.follows:
            assert found[one.number][0] > found[one.follows][0]
    for (x, y, w, h), (x2, y2, w2, h2) in combinations(found.values(), 2):
        assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["nb", "en"])
def test_each_decision_has_its_word_its_shape_and_its_number(narrow, language):
    svg = ramp.build(CYCLES, language, narrow=narrow)
    root = ElementTree.fromstring(svg)
    texts = [text.text for text in root.iter("text")]
    assert {str(one.number) for one in CYCLES} <= set(texts)
    words = {"nb": ("behold", "juster", "forkast", "test videre", "pågår"), "en": ("adopt", "adapt", "abandon")}
    assert set(words[language]) <= set(texts)
    assert "<b>" not in svg
    assert "\u2026" in "".join(texts)
    assert len(re.findall(r"<g transform", svg)) == len(CYCLES)


def test_cycles_that_follow_each_other_in_a_circle_or_a_missing_one_still_draw():
    circle = (RampCycle(1, "a", "shift", follows=2), RampCycle(2, "b", "shift", follows=1))
    assert ramp.build(circle, "nb")
    assert ramp.build((RampCycle(1, "a", "shift", follows=1),), "nb")
    assert ramp.build((RampCycle(2, "a", "shift", follows=99),), "nb", narrow=True)
    assert ramp.build((), "nb") is None


def test_the_outline_says_what_follows_what():
    said = ramp.outline(CYCLES, "nb")
    assert "4: Hele avdelingen, én avdeling, behold, etter syklus 3." in said


def test_on_a_phone_words_say_what_a_line_would_have_to_pass_others_for():
    texts = [text.text for text in ElementTree.fromstring(ramp.build(CYCLES, "nb", narrow=True)).iter("text")]
    assert "én vakt" in texts  # 2 follows 1, the one above it
    assert "én pasient, etter syklus 1" in texts  # 5 and 6
    assert "hele sykehuset, etter syklus 4" in texts
