"""The small stacked bars: each level its share of the height, its colour and its sign."""

import re

from nhr_dash.charts import palette, stacked


def test_levels_fill_the_height_and_large_ones_carry_a_sign():
    drawn = stacked.build([(2019, 45, 1, 0), (2020, 20, 20, 6)], "Sykehus på hvert nivå")
    heights = [float(one) for one in re.findall(r'height="([\d.]+)" fill="#', drawn)]
    assert sum(heights[:2]) == sum(heights[2:]) == 46
    assert drawn.count(palette.HIGH) == 2
    assert (drawn.count("<circle"), drawn.count('<rect x="-'), drawn.count('<path d="M0-3')) == (2, 1, 0)
    assert 'aria-label="Sykehus på hvert nivå"' in drawn


def test_a_year_between_is_a_gap_and_nothing_is_nothing():
    drawn = stacked.build([(2018, 1, 0, 0), (2021, 0, 0, 2)])
    assert [float(one) for one in re.findall(r'<rect x="(\d+)"', drawn)] == [0, 54]
    assert "2018" in drawn and "2021" in drawn
    assert stacked.build([]) == ""
