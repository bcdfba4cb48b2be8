"""A project's time in one picture."""

import re
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree

import pytest

from nhr_dash.charts import timeline
from nhr_dash.charts.timeline import Milestone, TimeCycle, TimePhase

PHASES = (
    TimePhase("survey", date(2022, 9, 1), date(2022, 10, 1)),
    TimePhase("intervention", date(2023, 2, 1), date(2023, 7, 31)),
    TimePhase("adherence", date(2024, 2, 1)),
)
CYCLES = tuple(TimeCycle(number, date(2023, 2, 1) + timedelta(days=9 * number)) for number in range(1, 13))
MILESTONES = (
    Milestone(date(2022, 9, 15), "Ledelsen sier ja"),
    Milestone(date(2023, 9, 15), "Varsling <i> innføres i alle ambulanser i opptaksområdet " * 4),
    Milestone(date(2024, 12, 31), "Målet skal være nådd", done=False),
)
TODAY = date(2024, 3, 31)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("language", ["nb", "en"])
def test_everything_lies_within_the_drawing_and_flags_never_touch(narrow, language):
    svg = timeline.build(PHASES, CYCLES, MILESTONES, today=TODAY, language=language, narrow=narrow)
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    discs = [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter("circle")]
    assert len(discs) == 12
    assert all(abs(x - x2) >= 24 or abs(y - y2) >= 24 for (x, y), (x2, y2) in combinations(discs, 2))
    for text in root.iter("text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 <= float(text.get("y")) <= height
    assert "<i>" not in svg


def test_an_open_phase_goes_on_to_the_newest_day_of_the_data():
    svg = timeline.build(PHASES, (), (), today=TODAY, language="nb")
    bars = [rect for rect in ElementTree.fromstring(svg).iter("rect") if rect.get("rx")]
    assert [bar.get("stroke-dasharray") is not None for bar in bars] == [False, False, True]
    end = float(bars[2].get("x")) + float(bars[2].get("width"))
    assert end == pytest.approx(timeline.WIDE - 14, abs=1)
    assert "data til 31. mars 2024" in svg


def test_what_is_done_is_filled_and_what_is_to_come_hollow():
    svg = timeline.build((), (), MILESTONES, today=TODAY, language="nb")
    fills = re.findall(r'-6-6z" fill="(#\w+)"', svg)
    assert len(fills) == 3
    assert fills[0] == fills[1] != fills[2]


def test_one_day_alone_and_nothing():
    assert timeline.build((), CYCLES[:1], (), today=None, language="nb")
    assert timeline.build((), (), (), today=TODAY, language="nb") is None


def test_the_outline_holds_every_date():
    said = timeline.outline(PHASES, CYCLES[:1], MILESTONES[:1], today=TODAY, language="nb")
    assert "kartlegging: 1. sep. 2022 – 1. okt. 2022." in said
    assert "etterlevelse: 1. feb. 2024 – pågår." in said
    assert "15. sep. 2022: Ledelsen sier ja." in said
