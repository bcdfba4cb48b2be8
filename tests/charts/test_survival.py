"""Crude and adjusted side by side, calibration, VLAD and CUSUM: what is drawn, and that nothing else is."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import vl_convert

from nhr_dash.charts import funnel, palette, survival, vlad
from nhr_dash.charts.funnel import Limit, Point
from nhr_dash.charts.survival import At, Group, Line
from nhr_dash.statistics.cusum import risk_adjusted
from tests.charts.conftest import rows_of


def at(share):
    return At(share, "88–92", "3 (usikkerhet 1–9)")


LINES = (
    Line(
        "Ålesund", 870, (at(0.862), at(0.886), at(0.912)), moved=True, end=("Ålesund 91,2 %, plass 44 → 5", "Ålesund")
    ),
    Line("Bodø", 743, (at(0.899), at(0.902), at(0.902)), own=True, end=("Bodø 90,2 %, plass 15 → 11", "Bodø")),
    Line("Stord", 385, (at(0.912), at(0.912), at(0.914))),
)


def draw(language="nb"):
    return survival.build(
        LINES,
        center=0.8915,
        center_name=("hele landet 89,2 %", "landet 89,2 %"),
        outcome="30 dagers overlevelse",
        title="Ålesund går fra 86,2 % til 91,2 %",
        subtitle="2020–2024",
        sentence="Lavest i … og høyest i …",
        table=pd.DataFrame({"Sykehus": [line.name for line in LINES]}),
        language=language,
    )


def test_every_hospital_has_three_points_and_two_pieces():
    rows = rows_of(draw().spec)
    points = [row for row in rows if "place" in row]
    assert [(row["name"], row["place"], row["v"]) for row in points if row["name"] == "Ålesund"] == [
        ("Ålesund", 0, 0.862),
        ("Ålesund", 1, 0.886),
        ("Ålesund", 2, 0.912),
    ]
    assert len(points) == 9
    assert len([row for row in rows if "v2" in row]) == 6


def test_ones_own_lies_on_top_and_the_names_stand_apart():
    rows = rows_of(draw().spec)
    points = [row for row in rows if "place" in row]
    assert points[-1]["name"] == "Bodø"
    assert points[-1]["colour"] == palette.INK
    ends = sorted(row["y"] for row in rows if row.get("short") in {"Bodø", "Ålesund", "landet 89,2 %"})
    assert len(ends) == 3
    assert min(np.diff(ends)) >= 16.9


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("width", [360, 1200])
def test_it_is_drawn_at_every_width_with_the_whole_axis(language, width):
    svg = vl_convert.vegalite_to_svg({**draw(language).spec, "width": width}, vl_version="6.1")
    assert "<text" in svg
    assert "86%" in svg.replace("\u202f", "")
    assert len(draw(language).alt) > 30


def test_a_models_groups_stand_against_the_line_of_what_was_expected():
    groups = {
        "national": [Group(0.02, 0.01, 0.005, 0.02, 4400), Group(0.3, 0.28, 0.26, 0.3, 4400)],
        "registry": [Group(0.01, 0.01, 0.005, 0.02, 4400), Group(0.42, 0.4, 0.38, 0.42, 4400)],
    }
    drawn = survival.calibration(
        groups, missed="døde innen 30 dager", title="t", subtitle="", sentence="s", language="nb"
    )
    points = [row for row in rows_of(drawn.spec) if "e" in row]
    assert {row["shape"] for row in points} == {"circle", "diamond"}
    assert len(drawn.table) == 4
    scales = [
        layer["encoding"]["x"]["scale"]["domain"] for layer in drawn.spec["layer"] if "scale" in layer["encoding"]["x"]
    ]
    assert scales == [[0, 0.5]]
    assert "<path" in vl_convert.vegalite_to_svg({**drawn.spec, "width": 500}, vl_version="6.1")


def followed(ratio=1.0, patients=900):
    random = np.random.default_rng(5)
    p = random.beta(1, 7, patients).clip(0.01, 0.9)
    odds = ratio * p / (1 - p)
    missed = (random.random(patients) < odds / (1 + odds)).astype(float)
    when = [datetime(2020, 1, 1, 8) + timedelta(days=2 * place) for place in range(patients)]
    return when, missed, p, risk_adjusted(missed, p, 182)


SUBJECT = vlad.Subject("Ålesund", "døde innen 30 dager", "2020–2024", True, "nb")


@pytest.mark.parametrize(("ratio", "word"), [(0.3, "færre"), (3.0, "flere")])
def test_the_vlad_says_how_many_fewer_or_more_than_expected(ratio, word):
    when, missed, p, found = followed(ratio)
    drawn = vlad.vlad(when, missed.tolist(), p.tolist(), found.gained.tolist(), len(when), SUBJECT)
    count = round(abs(p.sum() - missed.sum()))
    assert drawn.title == f"Ålesund: {count} {word} døde innen 30 dager enn ventet"
    assert sum(int(cell) for cell in drawn.table["Antall"]) == missed.sum()
    assert "Eksempeldata" in drawn.subtitle or "eksempeldata" in drawn.subtitle
    pieces = [row for row in rows_of(drawn.spec) if "t2" in row]
    assert 200 < len(pieces) < 300, "more patients than fit are drawn by week"
    assert "<path" in vl_convert.vegalite_to_svg({**drawn.spec, "width": 700}, vl_version="6.1")


def test_a_signal_is_shape_colour_and_a_row():
    when, _, _, found = followed(3.0)
    drawn = vlad.cusum(when, found, len(when), SUBJECT)
    marks = [row for row in rows_of(drawn.spec) if row.get("size") == 105]
    assert len(marks) == len(found.more.signals) == len(drawn.table) > 0
    assert {(row["shape"], row["colour"]) for row in marks} == {("triangle-down", palette.WORSE)}
    assert "signal om flere" in drawn.title
    assert "<path" in vl_convert.vegalite_to_svg({**drawn.spec, "width": 700}, vl_version="6.1")


def test_without_a_signal_the_limits_are_drawn_all_the_same():
    when = followed(1.0, 120)[0]
    quiet = risk_adjusted(np.tile([0.0] * 7 + [1.0], 15), np.full(120, 0.125), 60)
    drawn = vlad.cusum(when, quiet, len(when), SUBJECT)
    assert drawn.title == "Ålesund: ingen signaler i CUSUM"
    assert drawn.table.empty
    levels = {row["v"] for row in rows_of(drawn.spec) if set(row) == {"v"}}
    assert {quiet.fewer_limit.h, -quiet.more_limit.h} <= levels


def test_a_funnel_can_stand_on_what_was_expected():
    points = [
        Point(unit, f"Sykehus {unit}", 0.88 + 0.01 * unit, 0.85, 0.93, 90, 100 * unit, weight=10.0 * unit)
        for unit in (1, 2, 3)
    ]
    least, most = funnel.reach(points)
    assert least <= 10 and most >= 30
    limit = Limit("95 %", (least, most), (0.8, 0.85), (0.95, 0.93))
    words = {"title": "t", "subtitle": "s", "sentence": "o", "center_name": "landet", "kind": "hospital"}
    drawn = funnel.build(points, [limit], center=0.9, goal=None, language="nb", axis="Ventet antall døde", **words)
    owner = next(layer for layer in drawn.spec["layer"] if "axis" in layer["encoding"]["x"])
    assert [row["n"] for row in owner["data"]["values"]] == [10.0, 20.0, 30.0]
    assert owner["encoding"]["x"]["axis"]["title"] == "Ventet antall døde"
    assert owner["encoding"]["y"]["scale"]["domain"] == [0.85, 0.95], "near each other: steps of five"
