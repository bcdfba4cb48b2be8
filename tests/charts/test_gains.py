"""Bars of patients a year: each where it is, chance told apart by colour and word, and nothing under nought."""

import pandas
import pytest
import vl_convert

from nhr_dash.charts import gains, palette
from nhr_dash.charts.gains import GainRow
from tests.charts.conftest import rows_of

ROWS = (
    GainRow("Bildediagnostikk innen 15 minutter", 26.0, 14.0, 37.0, "41 % → over 60 %"),
    GainRow("Tverrfaglig funksjonsvurdering innen 7 dager", 7.0, -2.0, 18.0, "75 % → 80 %", faded=True),
)


def draw(rows=ROWS, language="nb"):
    table = pandas.DataFrame({"Indikator": [row.label for row in rows]})
    return gains.build(rows, title="Flere", subtitle="Om", sentence="Sagt.", table=table, language=language)


def test_the_interval_is_told_and_never_goes_under_nought():
    found = {row["label"]: row for row in rows_of(draw().spec) if "full" in row}
    clear, chance = (found[row.label] for row in ROWS)
    assert clear["full"] == "26 (14–37) · 41 % → over 60 %"
    assert (chance["interval"], chance["v1"]) == ("0–18", 0)
    assert clear["colour"] == palette.BETTER
    assert chance["colour"] != palette.BETTER


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1]])
def test_it_draws_and_is_described(rows, language):
    drawing = draw(rows, language)
    picture = vl_convert.vegalite_to_svg({**drawing.spec, "width": 900})
    assert "26 (14–37)" in picture
    assert len(drawing.alt) > 30
    assert ("kan være tilfeldig" in picture) == (language == "nb" and len(rows) == 2)
