"""The driver diagram: every box in its place, nothing crosses, nothing executes."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from nhr_dash.charts import driver, svg
from nhr_dash.charts.driver import Driver, Idea

AIM = "Over 60 % skal få bildediagnostikk innen 15 minutter"
DRIVERS = (
    Driver(
        "Varsling",
        (
            Driver("Tidlig melding", ideas=(Idea("Fast telefon", "adopted"), Idea("Sms", "abandoned"))),
            Driver("Teamet er samlet", ideas=(Idea("Møte i hallen", "testing"),)),
        ),
        ideas=(Idea("Plakat", "adapted"),),
    ),
    Driver("CT er ledig", ideas=(Idea("Ledig bord"), Idea("x" * 400))),
    Driver("Kompetanse"),
)


def boxes(svg):
    rects = ElementTree.fromstring(svg).iter("rect")
    return [tuple(float(r.get(name)) for name in ("x", "y", "width", "height")) for r in rects if r.get("x")]


def test_boxes_never_overlap_and_lie_within_the_drawing():
    svg = driver.build(AIM, DRIVERS, "nb")
    found = boxes(svg)
    assert len(found) == 12
    root = ElementTree.fromstring(svg)
    for x, y, w, h in found:
        assert x + w <= float(root.get("width"))
        assert y >= 0
        assert y + h <= float(root.get("height"))
    for (x, y, w, h), (x2, y2, w2, h2) in combinations(found, 2):
        assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_no_link_crosses_another():
    svg = driver.build(AIM, DRIVERS, "nb")
    links = [tuple(map(float, one)) for one in re.findall(r"M([\d.]+) ([\d.]+)C.*? .*? .*? .*? ([\d.]+) ([\d.]+)", svg)]
    assert len(links) == 11
    for (x, y, _, y2), (other_x, other_y, _, other_y2) in combinations(links, 2):
        if x == other_x:
            assert (y - other_y) * (y2 - other_y2) >= 0


def test_a_tall_aim_has_room():
    for words in (5, 60):
        for drivers in (DRIVERS, DRIVERS[2:]):
            tops = [y for _, y, _, _ in boxes(driver.build("ord " * words, drivers, "nb"))]
            assert min(tops) >= 29


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["nb", "en"])
def test_text_is_escaped_and_each_status_has_its_word_and_shape(narrow, language):
    hostile = Driver("<script>alert(1)</script> & co", ideas=tuple(Idea("'\"<b>", status) for status in driver._SIGN))
    svg = driver.build('<img src=x onerror="x">', (hostile,), language, narrow=narrow)
    ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "<img" not in svg
    words = {"nb": ("beholdt", "justert", "forkastet", "testes"), "en": ("adopted", "adapted", "abandoned")}
    assert all(f">{word}" in svg for word in words[language])


def test_a_phone_gets_an_indented_tree():
    svg = driver.build(AIM, DRIVERS, "nb", narrow=True)
    assert float(ElementTree.fromstring(svg).get("width")) <= 380


def test_nothing_to_draw():
    assert driver.build(AIM, (), "nb") is None


def test_the_outline_reads_in_order():
    said = driver.outline(AIM, DRIVERS, "nb")
    assert said.index("Varsling") < said.index("Fast telefon (beholdt)") < said.index("CT er ledig")


def test_words_move_to_the_next_line_whole():
    for width in range(120, 300, 7):
        text = "CT-bordet holdes ledig fra rød respons er meldt"
        found = svg.fold(text, width)
        assert " ".join(found) == text
        assert all(svg.width_of(line) <= width for line in found)
    assert len(svg.fold("x" * 400, 200, most=3)) == 3
    assert svg.fold("", 200) == [""]
