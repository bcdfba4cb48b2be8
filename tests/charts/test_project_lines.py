"""What a project lays on its run chart: its own aim, its own numbers, and a point that can be clicked."""

import json
from datetime import date

import pytest
from streamlit.elements.vega_charts import _parse_selection_mode

from nhr_dash.charts import palette
from nhr_dash.charts.own_points import OwnPoint
from tests.charts.conftest import Goal, by_patient, monthly, rows_of

OWN = (OwnPoint(date(2024, 4, 12), 3, 4), OwnPoint(date(2024, 5, 3), 5, 5), OwnPoint(date(2021, 1, 1), 1, 1))


def texts(spec):
    return [row["text"] for row in rows_of(spec) if "text" in row]


def test_a_click_on_a_point_gives_its_day(draw):
    spec = draw().spec
    assert _parse_selection_mode(spec, "dot") == ["dot"]
    layer = next(layer for layer in spec["layer"] if "params" in layer)
    assert layer["params"][0]["select"]["fields"] == ["day"]
    assert [row["day"] for row in layer["data"]["values"]][:2] == ["2022-01-01", "2022-02-01"]
    patients = draw(by_patient([20, 30, 10] * 5, (15,)), grain="patient", duration=True, limit=15.0).spec
    assert _parse_selection_mode(patients, "dot") == ["dot"]


def test_the_aim_is_drawn_only_when_asked_and_told_from_the_target(draw):
    assert not any("Prosjektets" in text for text in texts(draw().spec))
    spec = draw(aim=Goal(0.7), aim_by=date(2026, 12, 31)).spec
    assert "Prosjektets mål: over 70\u202f% innen 31. des. 2026" in texts(spec)
    dashes = [layer["mark"]["strokeDash"] for layer in spec["layer"] if len(layer["mark"].get("strokeDash", ())) == 4]
    assert dashes
    english = texts(draw(aim=Goal(0.7, False), aim_by=date(2026, 12, 31), language="en").spec)
    assert "The project's aim: at least 70% by 31 Dec 2026" in english


def test_an_aim_at_the_target_has_the_line_to_itself(draw):
    def dashes(**given):
        marks = [layer["mark"] for layer in draw(target=Goal(0.6), **given).spec["layer"]]
        return [
            len(mark["strokeDash"]) for mark in marks if mark.get("color") == palette.TARGET and "strokeDash" in mark
        ]

    assert dashes(aim=Goal(0.7)) == [2, 4]
    assert dashes(aim=Goal(0.6)) == [4]


def test_an_aim_outside_what_the_points_span_gets_room(draw):
    low = monthly([1] * 12, [20] * 12, phases=(12,), provisional=0)
    spec = draw(low, target=None, aim=Goal(0.9)).spec
    assert "Prosjektets mål: over 90\u202f%" in texts(spec)


def test_a_share_is_no_aim_for_minutes(draw):
    frame = by_patient([20, 30, 10] * 5, (15,))
    shown = {"grain": "patient", "duration": True, "limit": 15.0}
    assert not any("Prosjektets" in text for text in texts(draw(frame, aim=Goal(0.7), **shown).spec))
    spec = draw(frame, aim=Goal(20, False), direction=-1, **shown).spec
    assert "Prosjektets mål: høyst 20 min" in texts(spec)


def test_own_numbers_are_squares_after_the_registrys_and_rows_of_their_own(draw):
    drawn = draw(own_points=OWN)
    layer = next(layer for layer in drawn.spec["layer"] if layer["mark"].get("shape") == "square")
    assert [row["v"] for row in layer["data"]["values"]] == [0.75, 1.0]  # the one before the drawn time is left out
    assert "□ teamets egne tall, ikke summert" in json.dumps(drawn.spec["title"], ensure_ascii=False)
    assert "350 pasienter" in drawn.subtitle
    assert len(drawn.table) == 29
    assert drawn.table.iloc[-1].tolist() == ["3. mai 2024", "100\u202f%", "5 av 5", "–", "teamets egne tall"]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_own_minutes_stand_among_the_patients(draw, language):
    own = (OwnPoint(date(2022, 4, 12), minutes=0.0), OwnPoint(date(2022, 5, 3), 1, 1))
    frame = by_patient([20, 30, 10] * 5, (15,))
    drawn = draw(frame, grain="patient", duration=True, limit=15.0, own_points=own, language=language)
    layer = next(layer for layer in drawn.spec["layer"] if layer["mark"].get("shape") == "square")
    assert [row["v"] for row in layer["data"]["values"]] == [1.0]  # no place for 0 on a log axis
    assert drawn.table.iloc[-1, 1] == "0 min"
