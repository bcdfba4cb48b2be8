"""The funnel and the ranking as they are drawn: what is marked, what is named, and nothing that wasn't handed in."""

import json

import pytest

from nhr_dash.charts import caterpillar, funnel, names, palette
from nhr_dash.charts.caterpillar import Ranked
from nhr_dash.charts.funnel import Limit, Point
from nhr_dash.charts.names import Named
from tests.charts.conftest import rows_of


def point(unit, name, share=0.8, patients=100, **given):
    return Point(unit, name, share, share - 0.05, share + 0.05, share * patients, patients, **given)


POINTS = (
    point(1, "Bodø", 0.93, 149, own=True),
    point(2, "Gjøvik", 0.69, 206, outside=2, side="worse", p=0.0001),
    point(3, "Ahus", 0.94, 697, outside=1, side="better", p=0.03),
    point(4, "Narvik", 0.92, 55, moving="bedre fra 2. tertial 2024"),
    point(5, "Voss", 0.87, 53),
)
LIMITS = (
    Limit("95 %", (50.0, 700.0), (0.77, 0.84), (0.97, 0.9)),
    Limit("99,8 %", (50.0, 700.0), (0.72, 0.82), (1.0, 0.92), wide=True),
)


def drawn(points=POINTS, language="nb", goal=(0.9, "mål 90 %")):
    return funnel.build(
        points,
        LIMITS,
        center=0.87,
        center_name="landet 87 %",
        goal=goal,
        kind="hospital",
        title="Direkte innlagt",
        subtitle="Sykehus · 2024",
        sentence="Lavest er Gjøvik.",
        language=language,
    )


def marks(drawing):
    return {row["unit"]: row for row in rows_of(drawing.spec) if "unit" in row}


@pytest.mark.parametrize("language", ["nb", "en"])
def test_ones_own_unit_is_filled_and_who_lies_outside_has_colour_and_shape(language):
    found = marks(drawn(language=language))
    assert found[1]["fill"] == palette.INK
    assert (found[2]["shape"], found[2]["fill"]) == ("triangle-down", palette.WORSE)
    assert (found[3]["shape"], found[3]["fill"]) == ("triangle-up", palette.PAPER), "outside the inner limits alone"
    assert (found[5]["shape"], found[5]["fill"]) == ("circle", palette.PAPER)
    assert list(found) == [4, 5, 3, 2, 1], "what is to be seen is drawn last"


def test_named_are_ones_own_those_outside_and_those_that_move():
    named = {row["name"] for row in rows_of(drawn().spec) if "at" in row}
    assert named == {"Bodø", "Gjøvik", "Ahus", "Narvik"}


def test_a_point_is_read_aloud_beginning_with_its_name():
    said = marks(drawn())[2]["said"]
    assert said.startswith("Gjøvik: 69")
    assert "dårligere, utenfor 99,8" in said


def test_nothing_is_in_the_spec_that_was_not_handed_in():
    left = drawn(POINTS[:1] + POINTS[2:])
    text = json.dumps(left.spec, ensure_ascii=False, allow_nan=False)
    assert "Gjøvik" not in text
    assert "206" not in left.table.to_csv()
    assert len(left.table) == 4


def test_the_goal_has_a_line_where_there_is_one():
    assert "mål 90 %" in json.dumps(drawn().spec, ensure_ascii=False)
    assert "mål 90 %" not in json.dumps(drawn(goal=None).spec, ensure_ascii=False)


def test_names_never_cover_each_other_or_a_point():
    crowd = [Named(0.5 + 0.01 * index, 0.5 + 0.005 * (index % 3), f"Sykehus {index}", "#000") for index in range(12)]
    layers = names.layers(crowd, [(one.x, one.y) for one in crowd], [0.5], 46, 80, 400)
    rows = [row for layer in layers for row in layer["data"]["values"]]
    for step, width in enumerate(names.WIDTHS):
        boxes = []
        for row in rows:
            place = row["at"][step]
            if place["shown"]:
                x = 46 + place["x"] * (width - 126) + place["dx"]
                long = names.measure(row["name"], palette.SMALL)
                boxes.append((x, place["y"] - 7, x + long, place["y"] + 7))
        assert boxes, "some are named"
        assert all(box[0] >= 46 and box[2] <= width - 80 + 1 for box in boxes), "inside the plane"
        assert all(names._free(box, boxes[:index]) for index, box in enumerate(boxes))
        for one in crowd:
            x, y = 46 + one.x * (width - 126), one.y * 400
            assert names._free((x - 3, y - 3, x + 3, y + 3), boxes)


RANKED = (
    Ranked(3, "Ahus", 0.94, 0.92, 0.96, 0.938, 1, 8, 697),
    Ranked(1, "Bodø", 0.93, 0.87, 0.96, 0.92, 1, 29, 149, own=True),
    Ranked(2, "Gjøvik", 0.69, 0.63, 0.75, 0.73, 45, 45, 206),
)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_a_ranking_has_the_possible_places_of_each(language):
    made = caterpillar.build(
        RANKED,
        places=45,
        center=0.87,
        center_name="landet",
        goal=None,
        kind="hospital",
        title="Direkte innlagt",
        subtitle="2024",
        sentence="Øverst er Ahus.",
        language=language,
    )
    found = marks(made)
    assert [found[unit]["places"] for unit in (3, 1, 2)] == ["1–8", "1–29", "45"]
    assert found[1]["colour"] == palette.INK
    assert found[2]["v"] == 0.73, "the point is the share with chance evened out"
    assert made.table.iloc[2, -1] == "45"
    assert len(made.alt) > 30
    json.dumps(made.spec, allow_nan=False)
