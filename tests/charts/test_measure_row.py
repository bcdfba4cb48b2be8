"""The family of measures: one drawing, one time axis, each with its level and what is known of it."""

import json

import pytest

from nhr_dash.charts import palette
from nhr_dash.charts.measure_row import MOST, MeasureRow, build
from nhr_dash.statistics import reading
from tests.charts.conftest import Goal, by_patient, monthly, rows_of


def row(kind="outcome", frame=None, *, aim=None, duration=False, direction=1):
    frame = monthly() if frame is None else frame
    read = reading.read_frame(frame, direction=direction, duration=duration)
    return MeasureRow(kind, f"Måling {kind}", frame, read, aim, direction)


def minutes():
    frame = monthly([0] * 27, [6] * 27)
    frame["value"] = [180.0, 150.0, 210.0] * 9
    return frame


FAMILY = (row(aim=Goal()), row("process"), row("balancing", minutes(), duration=True, direction=-1, aim=Goal(120)))


def test_rows_share_one_time_axis_and_one_spec():
    drawn = build(FAMILY, "nb")
    axes = [layer["encoding"]["x"] for layer in drawn.spec["layer"] if "axis" in layer["encoding"].get("x", {})]
    assert len(axes) == 1
    assert drawn.spec["width"] == "container"
    assert len([r for r in rows_of(drawn.spec) if "period" in r]) == 81
    json.dumps(drawn.spec)


def test_each_row_says_its_kind_its_level_now_and_before_and_its_patients():
    heads = [r for r in rows_of(build(FAMILY, "nb").spec) if "kind" in r]
    assert {r["kind"] for r in heads} == {"resultat", "prosess", "balanse"}
    first = next(r for r in heads if r["kind"] == "resultat")
    assert (first["now"], first["was"], first["n"]) == ("65\u202f%", "før 19\u202f%", "174 pasienter")
    assert first["signed"] == 1
    balance = next(r for r in heads if r["kind"] == "balanse")
    assert (balance["now"], balance["signed"]) == ("180 min", 0)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_table_says_the_same(language):
    table = build(FAMILY, language).table
    assert table.shape == (3, 7)
    assert "60" in table.iloc[0, 5]
    assert "120 min" in table.iloc[2, 5]
    assert not table.iloc[0, 6].startswith(":")


def test_rows_never_overlap_and_the_ninth_is_left_out():
    drawn = build([row()] * (MOST + 1), "nb")
    assert len(drawn.table) == MOST
    ys = {r["y"] for r in rows_of(drawn.spec) if "period" in r}
    assert max(ys) <= drawn.spec["height"]


def test_few_patients_are_hollow_except_where_each_point_is_one_patient():
    def fills(frame, **given):
        spec = build([row(frame=frame, **given)], "nb").spec
        return {r["fill"] == palette.PAPER for r in rows_of(spec) if "period" in r}

    assert fills(monthly([2] * 12, [3] * 12, phases=(12,), provisional=0)) == {True}
    assert fills(by_patient([20, 30, 10] * 4, (12,)), duration=True) == {False}


def test_no_measures_and_a_measure_without_patients_still_draw():
    assert "ingen målinger" in build([], "nb").subtitle
    empty = build([row(frame=monthly([0, 0], [0, 0], phases=(2,), provisional=0))], "nb")
    assert empty.table.iloc[0, 3] == "–"
    assert build([row(frame=monthly([], [], phases=(), provisional=0))], "en").spec["layer"]
