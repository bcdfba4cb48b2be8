"""The run chart of a project's card."""

import math
import time
from xml.etree import ElementTree

from nhr_dash.charts import mini, palette

VALUES = [0.2] * 12 + [math.nan] + [0.7] * 14
SIDES = ["none"] * 13 + ["better"] * 14


def paths(svg):
    return [path.get("d") for path in ElementTree.fromstring(svg).iter("path")]


def test_before_and_after_have_their_own_medians_and_the_start_a_tick():
    svg = mini.build(VALUES, start=13, aim=0.6, sides=SIDES, alt="18 % <før>")
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "18 % <før>"
    assert len([p for p in root.iter("path") if p.get("stroke") == palette.INK]) == 2
    assert len([p for p in root.iter("path") if p.get("stroke") == palette.TARGET]) == 1
    assert len(root.findall("polygon")) == 14
    assert len(root.findall("circle")) == 12


def test_without_a_start_there_is_one_median_and_no_tick():
    root = ElementTree.fromstring(mini.build(VALUES))
    assert root.get("aria-hidden") == "true"
    assert len([p for p in root.iter("path") if p.get("stroke") == palette.INK]) == 1


def test_a_gap_parts_the_line():
    line = max(paths(mini.build(VALUES)), key=len)
    assert line.count("M") == 2


def test_the_latest_points_of_a_long_series_are_drawn():
    root = ElementTree.fromstring(mini.build([0.5] * 50 + [0.9], start=40, sides=["none"] * 50 + ["worse"]))
    assert len(root.findall("circle")) + len(root.findall("polygon")) == mini.MOST
    assert len(root.findall("polygon")) == 1


def test_nothing_known_is_nothing():
    assert mini.build([]) == ""
    assert mini.build([math.nan] * 3) == ""


def test_two_hundred_cards_take_no_time():
    began = time.process_time()
    for _ in range(200):
        mini.build(VALUES, start=13, aim=0.6, sides=SIDES)
    assert (time.process_time() - began) / 200 < 0.001
