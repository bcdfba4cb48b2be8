"""The grid of units and indicators: symbol and colour say the same, and what is hidden leaves nothing behind."""

import json
from time import perf_counter

import pandas
import pytest

from nhr_dash.charts import attainment, palette
from nhr_dash.charts.attainment import Cell, Row
from nhr_dash.reports import export

HEADS = ("Utskrevet med antitrombotisk behandling", "Utskrevet med antikoagulasjon og mer til enn det er plass til")


def cell(level="high", **given):
    known = {"indicator": "i", "doubtful": False, "outside": "none", "change": "none", "value": "90 %"}
    known["tips"] = ("90 % (80–95), 50 pasienter", "høy")
    return Cell(level=level, **(known | given))


def draw(rows, heads=HEADS, *, signals=False, language="nb"):
    return attainment.build(
        rows,
        heads=heads,
        count=("Høye i 2020 → 2021", "20→21"),
        signals=signals,
        title="Måloppnåelse",
        subtitle="Sykehus",
        sentence="Ingen.",
        language=language,
        table=pandas.DataFrame(),
    )


def row(*cells, unit=1, own=False):
    return Row(unit, f"Sykehus {unit}", cells, ("6 av 11 → 10 av 12", "6→10"), own)


def marks(drawing):
    return next(layer["data"]["values"] for layer in drawing.spec["layer"] if layer["mark"]["type"] == "point")


@pytest.mark.parametrize("level", ["high", "moderate", "low"])
def test_a_level_is_shape_and_colour_and_hollow_where_it_may_be_another(level):
    firm, doubtful = marks(draw([row(cell(level), cell(level, doubtful=True))]))
    assert firm["shape"] == doubtful["shape"] == palette.LEVEL_SHAPE[level]
    assert firm["colour"] == firm["fill"] == palette.LEVEL_COLOUR[level]
    assert doubtful["fill"] == palette.PAPER


def test_few_patients_and_no_number_are_grey_and_told_apart():
    few, gone = marks(draw([row(cell(""), cell("", value="", tips=("–", "for få pasienter til å vises")))]))
    assert few["colour"] == gone["colour"] == palette.LINE
    assert few["shape"] != gone["shape"]


def test_what_stands_out_is_a_triangle_a_change_an_arrow_and_both_have_room():
    found = marks(
        draw(
            [row(cell(outside="worse"), cell(change="better")), row(cell(outside="worse", change="better"))],
            signals=True,
        )
    )
    assert [one["shape"] for one in found[:2]] == ["triangle-down", found[1]["shape"]]
    assert (found[0]["colour"], found[1]["colour"]) == (palette.WORSE, palette.BETTER)
    assert (found[2]["move"], found[3]["move"]) == (-5, 5)
    assert "circle" not in {one["shape"] for one in found}


def test_nothing_of_a_hidden_value_is_in_the_picture():
    gone = cell("", value="", tips=("–", "for få pasienter til å vises"))
    drawn = draw([row(gone, gone, unit=7)])
    assert "90" not in json.dumps([layer["data"] for layer in drawn.spec["layer"]])


def test_headings_that_begin_alike_differ_where_they_are_cut():
    drawn = draw(
        [row(cell(), cell())],
        heads=[f"Utskrevet med {word}" for word in ("antitrombotisk behandling", "antikoagulasjon")],
    )
    (heads,) = (layer["data"]["values"] for layer in drawn.spec["layer"] if "angle" in layer["mark"])
    assert heads[0]["one"] != heads[1]["one"]
    assert all(len(one["one"]) == 1 and len(one["two"]) <= 2 for one in heads)


def test_47_units_and_12_indicators_are_built_in_time_and_can_be_taken_along():
    rows = [
        row(*[cell(level) for level in ("high", "moderate", "low") * 4], unit=unit, own=unit == 3) for unit in range(47)
    ]
    draw(rows[:1], heads=["x"] * 12)
    begun = perf_counter()
    drawn = draw(rows, heads=[f"Indikator {at}" for at in range(12)])
    assert perf_counter() - begun < 0.5
    picture = export.picture(drawn, export.Stamp(1, None, 100, "http://x", True), "nb", "svg").decode()
    assert picture.count("Sykehus ") >= 47
    assert "6 av 11 → 10 av 12" in picture
