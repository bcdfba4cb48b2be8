"""Drawings for a table row."""

import re
from xml.etree import ElementTree

import pytest

from nhr_dash.charts import sparkline, symbols


def test_a_trend_is_one_well_formed_drawing_with_gaps():
    svg = sparkline.trend([1, 2, 0, 3, 0, 1], [2, 2, 0, 4, 0, 2])
    root = ElementTree.fromstring(svg)
    assert root.get("aria-hidden") == "true"
    path = root.findall("path")[1].get("d")
    assert path.count("M") == 3  # two gaps part the line, never a drop to zero
    assert len(root.findall("circle")) == 3  # two lone points and the last one


def test_a_trend_of_nothing_is_nothing():
    assert sparkline.trend([0, 0], [0, 0]) == ""
    assert sparkline.last_patients(()) == ""


def test_minutes_have_their_own_scale():
    root = ElementTree.fromstring(sparkline.trend([30, 60], [1, 1]))
    heights = [float(y) for y in re.findall(r" ([\d.]+)", root.findall("path")[1].get("d"))]
    assert heights[1] < heights[0]


def test_the_last_patients_are_discs_and_rings():
    root = ElementTree.fromstring(sparkline.last_patients((True, False, True), alt="2 av 3 <ja>"))
    assert root.get("aria-label") == "2 av 3 <ja>"
    assert [c.get("stroke") is None for c in root.findall("circle")] == [True, False, True]


def test_levels_differ_in_shape_too():
    signs = {name: symbols.level(name) for name in ("high", "moderate", "low")}
    assert len({re.sub("#[0-9a-f]{6}", "", sign) for sign in signs.values()}) == 3
    assert symbols.level("high", hollow=True) != signs["high"]
    for sign in (*signs.values(), symbols.side("worse", "forverring")):
        ElementTree.fromstring(sign)
    with pytest.raises(ValueError, match="best"):
        symbols.level("best")
