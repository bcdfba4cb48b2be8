"""One point a patient: minutes on a log axis, the limit, the share within it."""

import json
import math

from nhr_dash.statistics import effect
from nhr_dash.statistics.reading import read
from tests.charts.conftest import by_patient, rows_of

BEFORE = [30, 42, 25, 61, 18, 33, 29, 47, 22, 38, 55, 27, 31, 14, 44, 36, 0, 52, 28, 40]
AFTER = [12, 18, 9, 14, 11, 20, 13, 8, 15, 10, 16, 12, 17, 9, 14, 13, 11, 19, 12, 10]


def drawn(draw, minutes=None, phases=(20, 20), **given):
    frame = by_patient(BEFORE + AFTER if minutes is None else minutes, phases)
    return draw(frame, duration=True, limit=15, grain="patient", target=None, **given)


def judged(before, after):
    """The verdict on minutes, a patient a week, beside eight hospitals in which nothing happened."""
    others = [(BEFORE, BEFORE)] * 8
    return effect.judge_minutes(
        before, after, before_months=5, after_months=5, comparison=others, limit=15, season=False
    )


def test_the_sentence_gives_minutes_their_shift_and_the_share_within(draw):
    done = drawn(draw, judged=judged(BEFORE, AFTER))
    assert done.title.endswith("klar bedring, fra 32 min til 13 min")
    assert "minutter raskere, usikkerhet" in done.sentence
    assert "Innen 15 min: 10\u202f% før, 75\u202f% etter." in done.sentence
    assert "20 på rad under nivået før" in done.sentence


def test_zero_minutes_is_real_and_drawn_at_the_edge_of_the_log_axis(draw):
    done = drawn(draw)
    assert done.table.iloc[16, 1] == "0 min"
    text = json.dumps(done.spec)
    assert '"type": "log"' in text
    assert all(row["v"] >= 1 for row in rows_of(done.spec) if row.get("v") is not None)


def test_shorter_is_better_whatever_the_share_is(draw):
    slower = drawn(draw, AFTER + BEFORE, judged=judged(AFTER, BEFORE))
    assert "klar forverring" in slower.title
    assert "lenger tid" in slower.sentence


def test_one_patient_and_none(draw):
    assert "for få punkter" in drawn(draw, [20], (1,)).title
    assert "ingen pasienter" in drawn(draw, [], ()).title


def test_minutes_of_a_reading_have_no_pooled_verdict_without_patients():
    nothing = read([], [], [], [], direction=1, minutes=[])
    assert nothing.phases == ()
    assert math.isnan(nothing.shift.estimate)
