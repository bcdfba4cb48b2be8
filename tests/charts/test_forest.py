"""The forest plot: each effect where it is, which way is good, and nothing hidden by one wide interval."""

import math

import pytest
import vl_convert

from nhr_dash.charts import forest, palette
from nhr_dash.charts.forest import ForestRow
from tests.charts.conftest import rows_of

ROWS = (
    ForestRow("Bildediagnostikk innen 15 minutter", 0.42, 0.32, 0.51, "151 før, 166 etter", "better"),
    ForestRow("Vurdert svelgfunksjon", -0.07, -0.12, -0.02, "140 før, 150 etter", "worse"),
    ForestRow("Trombolyse innen 30 minutter", -0.12, -0.4, 0.16, "9 før, 8 etter", faded=True),
    ForestRow("Død innen 30 dager", 0.0, -2.0, 2.0, "3 før, 2 etter"),
    ForestRow("Reinnleggelse", math.nan, math.nan, math.nan),
)


def draw(rows=ROWS, unit="points", language="nb", **given):
    return forest.build(rows, unit=unit, title="Endring", language=language, **given)


def points(spec):
    return [row for row in spec["layer"][5]["data"]["values"] if "said" in row]


def test_points_stand_at_their_percentage_points_and_an_unknown_one_has_none():
    found = {row["label"]: row for row in points(draw().spec)}
    assert found["Bildediagnostikk innen 15 minutter"]["v"] == pytest.approx(42)
    assert found["Bildediagnostikk innen 15 minutter"]["full"] == "+42 (32–51) · 151 før, 166 etter"
    assert "Reinnleggelse" not in found
    assert len(draw().table) == 5
    assert draw().table.iloc[4, 1] == "–"


def test_a_very_wide_interval_is_cut_with_arrows_and_told_in_full():
    found = {row["label"]: row for row in points(draw().spec)}
    wide = found["Død innen 30 dager"]
    assert (wide["cut1"], wide["cut2"]) == (True, True)
    assert wide["v2"] < 200
    assert wide["interval"] == "−200 til 200"
    assert len([row for row in rows_of(draw().spec) if "turn" in row]) == 2


def test_side_is_colour_and_shape_and_faded_is_hollow():
    found = {row["label"]: row for row in points(draw().spec)}
    assert found["Vurdert svelgfunksjon"]["shape"] == "triangle-down"
    assert found["Vurdert svelgfunksjon"]["colour"] == palette.WORSE
    assert found["Trombolyse innen 30 minutter"]["fill"] == palette.PAPER
    assert "usikkert grunnlag" in draw().table.iloc[2, 5]


def test_the_sentence_counts_and_the_good_side_is_named():
    assert draw().sentence == "1 bedre, 1 dårligere, 3 uten sikker endring."
    assert any(row.get("way") == "bedre →" for row in rows_of(draw().spec))
    assert any(row.get("way") == "← better" for row in rows_of(draw(language="en", better=-1).spec))


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize(
    ("unit", "row"), [("minutes", ForestRow("a", -9, -14, -3)), ("ratio", ForestRow("b", 1.8, 0, 9))]
)
def test_minutes_and_ratios_have_their_own_axis(unit, row, language):
    drawn = draw((row, ForestRow("c", math.nan, math.nan, math.nan)), unit, language)
    scale = drawn.spec["layer"][5]["encoding"]["x"]["scale"]
    assert scale["type"] == ("log" if unit == "ratio" else "linear")
    assert scale["domain"][0] < row.estimate < scale["domain"][1]
    assert "<text" in vl_convert.vegalite_to_svg({**drawn.spec, "width": 400}, vl_version="6.1")


def test_sixty_rows_are_drawn_and_the_table_has_all():
    drawn = draw(ROWS * 13)
    assert drawn.spec["height"] == forest.MOST * 30
    assert len(drawn.table) == 65
    assert draw(()).sentence == "0 bedre, 0 dårligere, 0 uten sikker endring."
