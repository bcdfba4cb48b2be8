"""The fan and the deviations: gaps stay gaps, and the picture is drawn at every width."""

import math

import pandas
import pytest
import vl_convert

from nhr_dash.charts import spread
from nhr_dash.charts.spread import FanYear
from tests.charts.conftest import rows_of

NAN = math.nan


def year(at, *, own=0.8, known=True):
    if not known:
        return FanYear(at, (), NAN, NAN, 0.85, own, NAN, NAN, NAN, NAN)
    return FanYear(at, (0.7, 0.8, 0.85, 0.9, 0.95), 0.5, 0.98, 0.85, own, 0.06, 0.05, 0.08, 0.03)


YEARS = [year(2019), year(2020, known=False), year(2021), year(2022, own=NAN), year(2023)]
GIVEN = {"title": "Mindre", "subtitle": ["Sykehus"], "sentence": "Det ble mindre.", "table": pandas.DataFrame()}


def fan(language="nb", years=YEARS, own="Bodø"):
    return spread.fan(years, own=own, language=language, **GIVEN)


def areas(drawing):
    return [layer for layer in drawing.spec["layer"] if layer["mark"]["type"] == "area"]


def test_a_year_that_could_not_be_worked_out_parts_the_fan():
    assert [len(layer["data"]["values"]) for layer in areas(fan())] == [3, 3]
    bars = [layer for layer in fan().spec["layer"] if layer["mark"].get("strokeWidth") == 12]
    assert len(bars) == 2, "2019 stands alone: two upright bars"
    lines = [row for row in rows_of(fan().spec) if "t2" in row and row["v"] == row["v2"] == 0.8]
    assert len(lines) == 2, "one's own line from 2019 to 2020 and to 2021, not over 2022"


def test_lines_are_named_at_their_ends_and_only_those_of_a_place_have_a_number():
    named = {row["long"] for row in rows_of(fan().spec) if "long" in row}
    assert named == {"Bodø 80\u202f%", "landet 85\u202f%", "høyest", "lavest"}
    nobody = [year(2020, own=NAN), year(2021, own=NAN)]
    assert "Bodø" not in str(fan(years=nobody).spec)


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("width", [320, 1200])
def test_both_pictures_are_drawn(language, width):
    for drawing in (fan(language), spread.deviation(YEARS, language=language, **GIVEN)):
        assert len(drawing.alt) > 30
        assert "<text" in vl_convert.vegalite_to_svg({**drawing.spec, "width": width}, vl_version="6.1")


def test_intervals_stand_as_upright_lines():
    rows = rows_of(spread.deviation(YEARS, language="nb", **GIVEN).spec)
    assert sum(row.get("low") == 0.05 and row.get("high") == 0.08 and "v" not in row for row in rows) == 4
    assert any(row.get("interval") == "5,0–8,0" for row in rows)
