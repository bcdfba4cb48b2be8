"""The run chart says and draws the same thing, in both languages."""

import json
from datetime import date
from itertools import pairwise

import pandas as pd
import pytest

from nhr_dash.charts import drawing, palette, wrap
from nhr_dash.statistics import effect
from tests.charts.conftest import Event, Goal, Limits, monthly, rows_of, verdict

EVENTS = (
    Event(date(2023, 2, 6), "Varsling før ankomst", date(2023, 3, 5)),
    Event(date(2023, 6, 6), "Legen møter i ambulansehallen"),
    Event(date(2022, 5, 1), "Nasjonal kampanje", date(2022, 8, 1), role="national"),
)


def test_the_title_is_the_finding_with_pooled_shares(draw):
    judged = verdict(monthly())
    drawn = draw(judged=judged)
    assert drawn.title == "Bildediagnostikk innen 15 minutter: klar bedring, fra 19\u202f% til 65\u202f%"
    assert draw(language="en", judged=judged).title.endswith("clear improvement, from 19% to 65%")
    assert "350 pasienter" in drawn.subtitle
    assert "eksempeldata, ikke virkelige pasienter" in drawn.subtitle
    assert "eksempeldata" not in draw(synthetic=False).subtitle


def test_the_sentence_says_how_much_how_sure_and_how_many(draw):
    said = draw(judged=verdict(monthly())).sentence
    assert "Klar bedring: fra 19\u202f% (33 av 176 pasienter) til 65\u202f% (113 av 174 pasienter)" in said
    assert "+46 prosentpoeng, usikkerhet 36–55 prosentpoeng" in said
    assert "14 på rad over nivået før; naturlig variasjon gir inntil 8." in said
    assert "signif" not in said.lower()


def test_both_languages_hold_the_same_numbers(draw):
    def digits(text):
        return [c for c in text if c.isdigit()]

    given = {"levels": Limits(), "events": EVENTS, "judged": verdict(monthly())}
    nb, en = draw(**given), draw(**given, language="en")
    assert digits(nb.sentence) == digits(en.sentence)
    assert digits(nb.title) == digits(en.title)
    assert list(nb.table.shape) == list(en.table.shape)


def test_at_exactly_sixty_of_over_sixty_the_goal_is_not_reached(draw):
    frame = monthly([6] * 12, [10] * 12, phases=(12,), provisional=0)
    assert "Målet er over 60\u202f%, ikke nådd ennå." in draw(frame).sentence
    assert "Målet, minst 60\u202f%, er nådd." in draw(frame, target=Goal(0.6, False)).sentence


def test_near_the_goal_decimals_show_the_right_side(draw):
    frame = monthly([150] * 3 + [151], [251] * 4, phases=(4,), provisional=0)  # 59.86 %
    drawn = draw(frame)
    assert "59,9\u202f%" in drawn.title
    assert "ikke nådd ennå" in drawn.sentence


def test_signal_points_are_blue_triangles_when_better_and_orange_when_worse(draw):
    rows = [row for row in rows_of(draw().spec) if "shape" in row and "period" in row]
    assert {row["shape"] for row in rows} == {"circle", "triangle-up"}
    assert sum(row["shape"] == "triangle-up" for row in rows) == 14
    fallen = monthly([19] * 12 + [8] * 14, [20] * 26, phases=(12, 14), provisional=0)
    drawn = draw(fallen, judged=verdict(fallen))
    assert "klar forverring" in drawn.title
    assert {row["shape"] for row in rows_of(drawn.spec) if "period" in row} == {"circle", "triangle-down"}
    assert palette.WORSE in json.dumps(drawn.spec)
    neutral = draw(fallen, direction=0)
    assert {row["shape"] for row in rows_of(neutral.spec) if "period" in row} == {"circle", "diamond"}
    assert neutral.title.endswith(": 14 på rad under nivået før, fra 95\u202f% til 40\u202f%")


def test_a_month_without_patients_is_a_gap_never_zero(draw):
    in_time, patients = [5] * 12, [10] * 12
    in_time[6] = patients[6] = 0
    drawn = draw(monthly(in_time, patients, phases=(12,), provisional=0))
    dots = [row for row in rows_of(drawn.spec) if "period" in row]
    assert len(dots) == 11
    assert all(row["v"] == 0.5 for row in dots)
    pieces = [row for row in rows_of(drawn.spec) if "v2" in row]
    assert len(pieces) == 9  # eleven steps, two of them touch the gap
    assert drawn.table.iloc[6, 1] == "–"
    assert "ingen pasienter" in drawn.table.iloc[6, -1]


def test_few_patients_are_hollow_and_provisional_ones_lighter(draw):
    drawn = draw(monthly([2] * 12, [4] * 11 + [6], phases=(12,), provisional=1))
    dots = [row for row in rows_of(drawn.spec) if "period" in row]
    assert [row["fill"] for row in dots[:11]] == [palette.PAPER] * 11
    assert dots[11]["fill"] == palette.lighter(palette.DOT)
    text = json.dumps(drawn.spec["title"], ensure_ascii=False)
    assert "Hult punkt" in text
    assert "Stiplet" in text


def test_flags_are_numbered_by_date_and_listed(draw):
    drawn = draw(events=EVENTS)
    assert drawn.events[0] == (1, "1. mai 2022 – 1. aug. 2022", "Nasjonal kampanje")
    assert drawn.events[1][0] == 2
    assert drawn.events[2] == (3, "6. juni 2023", "Legen møter i ambulansehallen")
    assert "Varsling" not in json.dumps(drawn.spec, ensure_ascii=False)  # the list says it, not the plot


def test_events_outside_the_drawn_time_are_left_out(draw):
    outside = (Event(date(2020, 1, 1), "før"), Event(date(2030, 1, 1), "etter"))
    assert draw(events=outside).events == ()
    reaching = (Event(date(2021, 1, 1), "inn i perioden", date(2022, 3, 1)),)
    assert len(draw(events=reaching).events) == 1


def test_no_points_and_one_point_still_draw(draw):
    empty = draw(monthly([], [], phases=(), provisional=0))
    assert empty.title.endswith("ingen pasienter i perioden")
    one = draw(monthly([3], [7], phases=(1,), provisional=0))
    assert "for få punkter" in one.title
    none = draw(monthly([0, 0], [0, 0], phases=(2,), provisional=0))
    assert none.title.endswith("ingen pasienter i perioden")


def test_too_few_patients_gives_no_verdict(draw):
    drawn = draw(monthly([1, 1, 2, 2], [2, 2, 2, 2], phases=(2, 2), provisional=0))
    assert "for få pasienter" in drawn.title
    assert "4 pasienter før og 4 pasienter etter" in drawn.sentence


def test_without_a_judged_change_there_is_a_signal_and_no_verdict(draw):
    drawn = draw()
    assert drawn.title.endswith(": 14 på rad over nivået før, fra 19\u202f% til 65\u202f%")
    assert drawn.sentence.startswith("Fra 19\u202f% (33 av 176 pasienter) til 65\u202f%")
    assert "bedring" not in drawn.sentence
    steady = draw(monthly([5, 4, 6] * 6 + [6], [10] * 19, phases=(12, 7), provisional=0), direction=0)
    assert steady.title.endswith(": 50\u202f% før, 51\u202f% etter")


def test_a_verdict_that_is_not_clear_says_why(draw):
    frame = monthly()
    alone = effect.judge_series(frame, date(2023, 2, 1))[1]
    drawn = draw(frame, judged=alone)
    assert "sannsynlig bedring, fra 19\u202f% til 65\u202f%" in drawn.title
    assert "ingen andre sykehus å sammenligne med" in drawn.sentence
    early = frame[:15].assign(provisional=False)
    drawn = draw(early, judged=verdict(early))
    assert drawn.title.endswith("for tidlig å si om noe er endret")
    assert "mindre enn tre hele måneder" in drawn.sentence
    same = monthly([5] * 12 + [6] * 12, [10] * 24, phases=(12, 12), provisional=0)
    assert "ingen sikker endring (50\u202f% før, 60\u202f% etter)" in draw(same, judged=verdict(same)).title


def test_three_phases_compare_the_last_two(draw):
    in_time, patients = [2] * 12 + [10] * 12 + [18] * 12, [20] * 36
    drawn = draw(monthly(in_time, patients, phases=(12, 12, 12), provisional=0))
    assert "Fra 50\u202f% (120 av 240 pasienter) til 90\u202f%" in drawn.sentence


def test_the_spec_is_plain_carries_its_language_and_no_legend(draw):
    spec = draw(levels=Limits(), events=EVENTS).spec
    again = json.loads(json.dumps(spec))
    assert again["config"]["locale"]["time"]["shortMonths"][0] == "jan."
    assert again["config"]["font"] == palette.FONT
    assert again["width"] == "container"
    assert "legend" not in json.dumps(spec)


def test_the_table_is_formatted_and_complete(draw):
    table = draw().table
    assert len(table) == 27
    assert list(table.columns) == ["Periode", "Andel", "Pasienter", "Fase", "Merknad"]
    assert table.iloc[0, :3].tolist() == ["januar 2022", "28\u202f%", "5 av 18"]


def test_end_labels_are_moved_apart():
    moved = drawing.spread([100, 104, 98, 300], gap=17)
    ordered = sorted(moved)
    assert all(b - a >= 17 - 1e-9 for a, b in pairwise(ordered))
    assert moved[3] == 300
    assert moved[2] < moved[0] < moved[1]
    assert drawing.spread([]) == []


def test_lines_break_between_words_only():
    text = "Bildediagnostikk innen 15 minutter: klar bedring, fra 19\u202f% til 65\u202f%"
    broken = wrap.lines(text, 200, 19, strong=True)
    assert " ".join(broken) == text
    assert all(wrap.measure(line, 19, strong=True) < 230 for line in broken)


@pytest.mark.parametrize(("span", "most"), [(20, 2), (200, 8), (900, 12), (3000, 14), (6000, 14)])
def test_calendar_ticks_stay_few(span, most):
    found, form = drawing.ticks(1_640_995_200_000, 1_640_995_200_000 + span * 86_400_000)
    assert 1 <= len(found) <= most
    assert form


def test_the_drawn_time_in_words(draw):
    assert "januar 2022 – mars 2024" in draw().subtitle
    assert "per kvartal, januar 2022" in draw(grain="quarter").subtitle
    years = monthly([5, 6], [10, 10], phases=(2,), provisional=0)
    years["start"] = [pd.Timestamp("2012-01-01"), pd.Timestamp("2013-01-01")]
    years["end"] = [pd.Timestamp("2013-01-01"), pd.Timestamp("2014-01-01")]
    assert "per år, 2012–2013" in draw(years, grain="year").subtitle
    assert draw(years, grain="year").table.iloc[0, 0] == "2012"
    assert "for hver 10 pasienter" in draw(years, grain="every_k").subtitle


def test_medians_of_minutes_a_period_are_called_medians_of_points(draw):
    frame = monthly([0] * 24, [6] * 24, phases=(12, 12), provisional=0)
    frame["value"] = [180.0, 150.0, 210.0] * 4 + [90.0, 80.0, 100.0] * 4
    drawn = draw(frame, duration=True, target=None)
    assert drawn.title.endswith("fra 180 min til 90 min")
    assert "Medianen av punktene gikk fra 180 min (72 pasienter) til 90 min" in drawn.sentence
    assert "median minutter per måned" in drawn.subtitle


def test_a_line_never_parts_a_number_from_its_unit():
    for width in range(120, 400, 20):
        broken = wrap.lines("Tid til lyskepunksjon: 182 min, naturlig · 71 pasienter", width, 13)
        assert not any(line.startswith(("min", "·")) for line in broken)
