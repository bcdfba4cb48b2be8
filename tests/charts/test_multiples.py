"""Small multiples: one facet on common scales, with nothing of what is hidden."""

import json
import math
from datetime import date
from time import perf_counter

import pandas
import vl_convert

from nhr_dash.charts import multiples, palette
from nhr_dash.charts.multiples import Change, Panel
from nhr_dash.reports import export

STARTS = tuple(date(2022 + month // 12, month % 12 + 1, 1) for month in range(36))
UP, DOWN = Change(date(2023, 5, 1), 0.5, 0.9, "better"), Change(date(2023, 9, 1), 0.8, 0.6, "worse")


def panel(unit, value=0.5, **given):
    patients = [12] * len(STARTS)
    return Panel(unit, f"Sykehus {unit}", [value] * len(STARTS), patients, "144 pasienter i året", **given)


def draw(panels, language="nb"):
    return multiples.build(
        panels,
        starts=STARTS,
        end=date(2025, 1, 1),
        provisional=[month >= 34 for month in range(36)],
        grain="month",
        title="Direkte innlagt",
        subtitle="alle sykehus",
        sentence="Ingen endring.",
        language=language,
        room="windowSize()[0]",
        table=pandas.DataFrame(),
    )


def rows(drawing, kind):
    return [row for row in drawing.spec["data"]["values"] if row["k"] == kind]


def test_one_facet_in_the_order_given_and_one_scale():
    drawn = draw([panel(3), panel(1), panel(2)])
    assert [row["name"] for row in rows(drawn, "head")] == ["Sykehus 3", "Sykehus 1", "Sykehus 2"]
    assert [row["o"] for row in rows(drawn, "head")] == [0, 1, 2]
    assert set(drawn.spec["facet"]) == {"row", "column"}
    scales = [
        layer["encoding"]["y"]["scale"]["domain"] for layer in drawn.spec["spec"]["layer"] if "y" in layer["encoding"]
    ]
    assert scales and all(one == [0.0, 1.0] for one in scales)


def test_low_shares_fill_the_common_scale():
    assert multiples.domain([0.05, 0.12, math.nan]) == (0.0, 0.2)
    assert multiples.domain([0.05, 0.7]) == (0.0, 1.0)
    assert multiples.domain([]) == (0.0, 1.0)


def test_a_change_is_its_two_levels_colour_shape_and_day():
    drawn = draw([panel(1, change=UP), panel(2, change=DOWN), panel(3)])
    lines = [row["line"] for row in rows(drawn, "head")]
    assert lines == ["▲ 50 → 90\u202f%, mai 23", "▼ 80 → 60\u202f%, sep. 23", ""]
    assert [row["v"] for row in rows(drawn, "level")] == [0.5, 0.9, 0.8, 0.6]
    assert [row["c"] for row in rows(drawn, "step")] == [palette.BETTER, palette.WORSE]


def test_a_hidden_hospital_has_its_name_and_reason_and_no_number():
    gone = Panel(7, "Tynset", [0.123] * 36, [4] * 36, "", why="for få pasienter til å vises")
    drawn = draw([panel(1), gone])
    (why,) = rows(drawn, "why")
    assert why["text"].replace("\n", " ") == gone.why
    assert "0.123" not in json.dumps(drawn.spec)
    assert {row["o"] for row in rows(drawn, "point")} == {0}


def test_a_gap_parts_the_line_and_late_points_are_pale():
    values = [math.nan if month == 5 else 0.5 for month in range(36)]
    drawn = draw([Panel(1, "Bodø", values, [0 if month == 5 else 12 for month in range(36)], "")])
    points = rows(drawn, "point")
    assert points[5]["v"] is None and "n" not in points[5]
    assert [row.get("early", False) for row in points] == [False] * 34 + [True] * 2


def test_47_hospitals_in_36_months_are_built_and_drawn_in_time():
    panels = [panel(unit, change=UP if unit % 9 == 0 else None) for unit in range(47)]
    draw(panels[:1])  # what is imported at first use
    begun = perf_counter()
    drawn = draw(panels)
    assert perf_counter() - begun < 0.5
    assert len(json.dumps(drawn.spec)) < 300_000
    picture = export.picture(drawn, export.Stamp(1, date(2024, 12, 31), 100, "http://x", True), "nb", "svg").decode()
    assert picture.count("Sykehus ") == 47
    assert "eksempeldata" in picture
    assert "Direkte innlagt" in picture
    assert vl_convert.vegalite_to_vega(drawn.spec, vl_version="6.1")["marks"]
