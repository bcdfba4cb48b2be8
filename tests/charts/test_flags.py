"""Numbered flags: each has its look, none touches another, and the list below has the same numbers."""

import json
import re
from datetime import date, timedelta
from itertools import combinations

import pytest
import vl_convert

from nhr_dash.charts import flags, palette
from nhr_dash.charts.wrap import measure
from tests.charts.conftest import Event, monthly, rows_of

ROLES = ("cycle", "event", "national")
IN_ONE_YEAR = [Event(date(2022, 6, 1) + timedelta(days=18 * i), f"hendelse {i}", role=ROLES[i % 3]) for i in range(20)]
ON_ONE_DAY = [Event(date(2023, 2, 6), f"hendelse {i}", role=ROLES[i % 3]) for i in range(20)]
AT_THE_END = [Event(date(2024, 2, 28) + timedelta(days=i), f"hendelse {i}", role="cycle") for i in range(20)]
TEXT = re.compile(r'<text[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"([^>]*)>([^<]+)</text>')


def boxes(spec, width):
    """The flags' labels as they are drawn: x, y, half width, half height, label."""
    svg = vl_convert.vegalite_to_svg({**spec, "width": width}, vl_version="6.1")
    found = []
    for x, y, look, label in TEXT.findall(svg):
        if re.fullmatch(r"\d+(–\d+)?", label) and 'opacity="0"' not in look and float(y) < 0:
            found.append((float(x), float(y), measure(label, 12, strong=True) / 2, 7.0, label))
    return found


@pytest.mark.parametrize("events", [IN_ONE_YEAR, ON_ONE_DAY, AT_THE_END], ids=["year", "day", "end"])
@pytest.mark.parametrize("width", [320, 400, 619, 620, 899, 900, 1500])
def test_twenty_flags_never_touch_and_each_number_is_there(draw, events, width):
    spec = draw(monthly(), events=events).spec
    found = boxes(spec, width)
    numbers = []
    for *_, label in found:
        first, _, last = label.partition("–")
        numbers += range(int(first), int(last or first) + 1)
    assert sorted(numbers) == list(range(1, 21 if events is not AT_THE_END else len(draw(events=events).events) + 1))
    for (x, y, half, tall, _), (x2, y2, half2, tall2, _) in combinations(found, 2):
        assert abs(x - x2) >= half + half2 or abs(y - y2) >= tall + tall2
        assert abs(x - x2) >= 20 or abs(y - y2) >= 20  # nor do the discs around them


def test_a_cycle_is_filled_an_event_outlined_a_national_one_grey_and_smaller(draw):
    drawn = draw(events=[Event(date(2022, 3 + 3 * i, 1), role, role=role) for i, role in enumerate(ROLES)])
    looks = {row["label"]: row for row in rows_of(drawn.spec) if row.get("at") == "wide"}
    cycle, event, national = (looks[str(number)] for number in (1, 2, 3))
    assert (cycle["fill"], cycle["ink"]) == (palette.INK, palette.PAPER)
    assert (event["fill"], event["edge"], event["ink"]) == (palette.PAPER, palette.INK, palette.INK)
    assert national["edge"] == palette.NATIONAL_FLAG
    assert national["thick"] < cycle["thick"]
    assert [text for _, _, text in drawn.events] == list(ROLES)


def test_titles_stay_in_the_list(draw):
    drawn = draw(events=ON_ONE_DAY)
    assert len(drawn.events) == 20
    assert "hendelse" not in json.dumps(drawn.spec)


def test_joined_flags_take_the_look_of_the_cycle_among_them(draw):
    spec = draw(events=ON_ONE_DAY).spec
    joined = [row for row in rows_of(spec) if row.get("at") == "narrow" and "–" in row["label"]]
    assert {row["label"] for row in joined} == {f"{flags.ROWS}–20"}
    assert joined[0]["fill"] == palette.INK
