"""Before and after: what is drawn is what the statistics found."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import vl_convert

from nhr_dash.charts import before_after, cumulative
from nhr_dash.charts.before_after import Subject
from nhr_dash.statistics.effect.did import difference_in_differences
from nhr_dash.statistics.effect.interrupted import interrupted_series
from tests.charts.conftest import monthly, rows_of

SUBJECT = Subject("Bildediagnostikk innen 15 minutter", "Fjordvik sykehus (opplæring)", "nb", synthetic=True)
BEFORE = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, math.nan, -5]
AFTER = [5, 5, 10, 10, 15, 20, 25, 30, 35, 40]


def drawn_text(spec, width=400):
    return vl_convert.vegalite_to_svg({**spec, "width": width}, vl_version="6.1")


def curves(language="nb", before=BEFORE, after=AFTER, limit=15.0):
    return cumulative.build(
        before, after, limit=limit, indicator="Bilde", unit_name="Fjordvik", language=language, synthetic=True
    )


def did(change=13, ramp_in=0, units=8):
    frame = monthly()
    patients = np.full((units, 27), 30)
    counts = np.tile(np.linspace(9, 12, 27).round(), (units, 1)) + np.arange(units)[:, None]
    return list(frame["start"]), difference_in_differences(
        frame["numerator"], frame["denominator"], counts, patients, change, ramp_in=ramp_in
    )


def test_curves_hold_medians_quartiles_and_the_share_within_the_limit():
    table = curves().table
    assert table.iloc[0].tolist() == ["før", "10", "33 min", "55 min", "78 min", "91 min", "10\u202f%"]
    assert table.iloc[1].tolist()[-1] == "50\u202f%"
    assert curves().title == "Bilde: 10\u202f% innen 15 min før, 50\u202f% etter"
    assert (
        "Innen 15 min: 10\u202f% (1 av 10 pasienter) før og 50\u202f% (5 av 10 pasienter) etter." in curves().sentence
    )


def test_a_curve_rises_step_by_step_to_where_it_is_cut():
    steps = [row for row in rows_of(curves().spec) if "v0" in row]
    ends = [row for row in steps if row["v"] == 1.0]
    assert ends  # all after were served before the axis ends
    assert all(row["m2"] >= row["m"] for row in steps)
    assert all(row["v"] >= row["v0"] for row in steps)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_curves_without_a_limit_or_without_patients(language):
    assert "Halvparten" in curves(limit=None).sentence
    assert curves(language, before=[]).table.iloc[0, 3] == "–"
    assert "<svg" in drawn_text(curves(language, before=[], after=[]).spec)
    assert "<svg" in drawn_text(curves(language, after=[7]).spec)


def interrupted(subject=SUBJECT, points=27, change=13):
    frame = monthly().iloc[:points]
    found = interrupted_series(frame["numerator"], change, denominator=frame["denominator"])
    return found, before_after.interrupted(frame, found, change, subject)


def test_the_line_without_a_change_begins_at_the_change_and_has_a_band():
    found, drawn = interrupted()
    band = next(layer for layer in drawn.spec["layer"] if layer["mark"]["type"] == "area")["data"]["values"]
    assert len(band) == 14
    assert band[-1]["low"] == pytest.approx(found.low[-1])
    assert drawn.table.iloc[0, 4] == "–"
    assert "75 prosentpoeng over" in drawn.title
    assert "usikkerhet 58–93" in drawn.sentence
    assert "eksempeldata" in drawn.subtitle
    assert "<svg" in drawn_text(drawn.spec)


def test_a_refused_series_says_why():
    _, drawn = interrupted(replace(SUBJECT, language="en"), points=15)
    assert "can't be estimated" in drawn.title
    assert "8 points" in drawn.sentence
    assert not [layer for layer in drawn.spec["layer"] if layer["mark"]["type"] == "area"]


def test_minutes_are_written_as_minutes():
    frame = monthly()
    frame["value"] = np.concatenate([np.linspace(60, 62, 13), np.linspace(30, 28, 14)]) + np.tile([1, -1, 0], 9)
    found = interrupted_series(frame["value"], 13)
    drawn = before_after.interrupted(frame, found, 13, replace(SUBJECT, kind="minutes"))
    assert "min under linjen uten endring" in drawn.title


def test_own_change_stands_beside_the_others():
    starts, found = did()
    drawn = before_after.compared(starts, found, SUBJECT)
    assert "mer enn de andre" in drawn.title
    assert "+" not in drawn.title
    assert "8 sykehus" in drawn.sentence
    assert "samme takt" in str(drawn.spec["title"]) or "annen takt" in str(drawn.spec["title"])
    assert drawn.table.shape == (27, 5)
    assert "<svg" in drawn_text(drawn.spec)


def test_the_ramp_in_is_grey_and_too_few_others_are_refused():
    starts, found = did(ramp_in=3)
    names = [row["text"] for row in rows_of(before_after.compared(starts, found, SUBJECT).spec) if "text" in row]
    assert "endring, innføringsperiode" in names
    starts, found = did(units=3)
    assert "ingen å sammenligne med" in before_after.compared(starts, found, SUBJECT).title


def test_spans_are_shaded_around_their_points(draw):
    plain = draw()
    before, after = (date(2022, 1, 1), date(2023, 1, 1)), (date(2023, 4, 1), date(2024, 2, 1))
    drawn = before_after.spans(plain, before, after, "nb")
    shade, names = drawn.spec["layer"][:2]
    assert len(shade["data"]["values"]) == 2
    assert [row["text"] for row in names["data"]["values"]] == ["før", "etter", "innføring"]
    first = shade["data"]["values"][0]
    december, january = 1_669_852_800_000, 1_672_531_200_000
    assert december < first["t2"] < january
    assert "Før: januar 2022 – desember 2022. Etter: april 2023 – januar 2024." in drawn.alt
    assert drawn.spec["layer"][2:] == plain.spec["layer"]
    touching = before_after.spans(plain, before, (date(2023, 1, 1), date(2024, 2, 1)), "en")
    assert len(touching.spec["layer"][1]["data"]["values"]) == 2
    assert "<svg" in drawn_text(drawn.spec)
