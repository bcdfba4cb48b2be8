"""The aim in one sentence, and what it lacks."""

import re
from datetime import date

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from nhr_dash.access import everything
from nhr_dash.improvement import aims, measured, projects
from nhr_dash.improvement.measured import Level
from nhr_dash.improvement.models import Measure, Project
from nhr_dash.registry.indicators import INDICATORS
from tests.improvement import hand

THIN = "\u202f"
OUTCOME = hand.made(Measure, indicator=hand.IMAGING)


def project(**values) -> Project:
    aim = {"aim_value": 0.6, "aim_strict": True, "aim_by": date(2026, 12, 31)}
    return hand.made(Project, title="Bilde", unit=1, **{**aim, **values})


class TestSentence:
    def test_as_the_word_list_has_it(self):
        said = aims.sentence(project(), OUTCOME, "nb", base=Level(0.18, "share"))
        assert said == (
            f"Innen 31. desember 2026 skal over 60{THIN}% få bildediagnostikk innen 15 minutter (nå 18{THIN}%)"
        )
        said = aims.sentence(project(), OUTCOME, "en", base=Level(0.18, "share"), has_begun=True)
        assert said == "By 31 December 2026, over 60% should have brain imaging within 15 minutes (18% before)"

    def test_for_whom_and_at_least(self):
        said = aims.sentence(project(aim_strict=False, aim_whom="Pasienter som kommer på dagtid."), OUTCOME, "nb")
        assert said == (
            f"Innen 31. desember 2026 skal minst 60{THIN}% av pasienter som kommer på dagtid "
            "få bildediagnostikk innen 15 minutter"
        )

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"aim_by": None}, f"Over 60{THIN}% skal få bildediagnostikk innen 15 minutter"),
            ({"aim_value": None}, "Innen 31. desember 2026 skal flere få bildediagnostikk innen 15 minutter"),
            ({"aim_value": None, "aim_by": None}, "Flere skal få bildediagnostikk innen 15 minutter"),
        ],
    )
    def test_what_is_not_said_is_left_out(self, values, expected):
        assert aims.sentence(project(**values), OUTCOME, "nb") == expected

    def test_near_the_aim_the_level_shows_its_side(self):
        said = aims.sentence(project(), OUTCOME, "nb", base=Level(0.597, "share"))
        assert said.endswith(f"(nå 59,7{THIN}%)")

    def test_minutes_and_own_measures(self):
        groin = hand.made(Measure, indicator="pakke_lyske")
        said = aims.sentence(project(aim_value=60, aim_strict=False), groin, "nb", base=Level(83.0, "minutes"))
        assert said == (
            "Innen 31. desember 2026 skal median tid fra innleggelse til lyskepunksjon være høyst 60 min (nå 83 min)"
        )
        own = hand.made(Measure, title="andelen varslet før ankomst", data_kind="share")
        said = aims.sentence(project(aim_by=None), own, "nb")
        assert said == f"Andelen varslet før ankomst skal være over 60{THIN}%"
        falls = hand.made(Measure, title="antall fall", data_kind="count", direction=-1)
        assert aims.sentence(project(aim_value=2), falls, "en") == (
            "By 31 December 2026, antall fall should be under 2"
        )

    def test_without_a_measure_the_teams_own_words(self):
        words = project(aim_what="Raskere røntgen", aim_whom="Alle slagpasienter", aim_value=None)
        assert aims.sentence(words, None, "nb") == "Innen 31. desember 2026: Raskere røntgen, for alle slagpasienter"
        assert aims.sentence(project(), None, "nb") == ""

    @pytest.mark.parametrize("language", ["nb", "en"])
    @pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.id)
    def test_every_indicator_gives_a_sentence_with_its_verb_bent(self, indicator, language):
        measure = hand.made(Measure, indicator=indicator.id)
        value = 60 if indicator.is_duration else 0.6
        said = aims.sentence(project(aim_value=value), measure, language)
        assert not re.search(r"(?i)\b(innen|within|by) (innen|within|by)\b", said)
        if language == "nb" and not indicator.is_duration:
            verb = indicator.nb.short.split()[0]
            assert f" {verb} {indicator.nb.short.split()[1]}" not in said


class TestSmarte:
    def judged(self, whole, *found) -> dict:
        return {part.part: part for part in aims.smarte(whole, hand.facts(*found))}

    def test_nothing_written_lacks_what_can_be_told(self):
        parts = aims.smarte(hand.whole(project(aim_value=None, aim_by=None)), hand.facts())
        assert aims.missing(parts) == ("specific", "measurable", "timed", "agreed")
        assert all(part.reason.said(language) for part in parts for language in ("nb", "en"))

    def test_a_good_aim_lacks_nothing(self):
        # 24 months of 12 patients, 2 in time each: 17 %, wanted 60 % within 12 months.
        whole = hand.whole(project(aim_agreed="klinikksjef", starts_on=date(2026, 1, 1)), measures=(OUTCOME,))
        parts = aims.smarte(whole, hand.facts(hand.measured(OUTCOME, date(2024, 1, 1), [(2, 12)] * 24)))
        assert aims.missing(parts) == ()
        realistic = {part.part: part for part in parts}["realistic"]
        assert realistic.met and realistic.reason.values["a_month"] == 12
        assert realistic.reason.values["left"] == 11  # from 1 January to 31 December

    def test_an_aim_no_better_than_before_is_not_ambitious(self):
        one = hand.measured(OUTCOME, date(2024, 1, 1), [(9, 12)] * 24)
        parts = self.judged(hand.whole(project(), measures=(OUTCOME,)), one)
        assert parts["ambitious"].met is False

    def test_fewer_is_better_where_the_direction_says_so(self):
        one = hand.measured(OUTCOME, date(2024, 1, 1), [(9, 12)] * 24, direction=-1)
        assert self.judged(hand.whole(project(), measures=(OUTCOME,)), one)["ambitious"].met is True

    def test_few_patients_and_a_small_lift_are_not_realistic(self):
        one = hand.measured(OUTCOME, date(2024, 1, 1), [(2, 4), (2, 4)] * 12)  # 50 %, wanted 60 % at 4 a month
        part = self.judged(hand.whole(project(), measures=(OUTCOME,)), one)["realistic"]
        assert part.met is False

    def test_an_impossible_share_raises_nothing(self):
        one = hand.measured(OUTCOME, date(2024, 1, 1), [(2, 4)] * 24)
        parts = self.judged(hand.whole(project(aim_value=15.0), measures=(OUTCOME,)), one)
        assert parts["realistic"].met is None


class TestBaseline:
    def test_the_two_years_before_the_change_and_now_is_the_last_year(self):
        # 2022: 1 of 10 a month; 2023: 2 of 10; 2024: 3 of 10; 2025: 8 of 10, the last month provisional.
        months = [(1, 10)] * 12 + [(2, 10)] * 12 + [(3, 10)] * 12 + [(8, 10)] * 12
        one = hand.measured(OUTCOME, date(2022, 1, 1), months, provisional=1)
        begun = hand.whole(project(starts_on=date(2025, 1, 1)), measures=(OUTCOME,))
        assert measured.baseline(begun, hand.facts(one)).value == pytest.approx(0.25)
        planned = hand.whole(project(starts_on=date(2026, 2, 1)), measures=(OUTCOME,))
        now = measured.baseline(planned, hand.facts(one))
        assert now.value == pytest.approx((3 + 8 * 11) / 120)  # December 2024 to November 2025

    def test_what_the_team_has_set_wins(self):
        mine = hand.made(
            Measure, indicator=hand.IMAGING, baseline_from=date(2022, 1, 1), baseline_to=date(2022, 12, 31)
        )
        one = hand.measured(mine, date(2022, 1, 1), [(1, 10)] * 12 + [(5, 10)] * 36)
        whole = hand.whole(project(starts_on=date(2025, 1, 1)), measures=(mine,))
        assert measured.baseline(whole, hand.facts(one)).value == pytest.approx(0.1)

    @pytest.mark.parametrize(
        ("first", "last", "months"),
        [
            (date(2025, 1, 1), date(2025, 12, 31), 11),
            (date(2025, 1, 15), date(2025, 2, 14), 0),
            (date(2025, 1, 15), date(2025, 2, 15), 1),
            (date(2025, 12, 28), date(2023, 12, 31), -24),
        ],
    )
    def test_whole_months(self, first, last, months):
        assert measured.months_between(first, last) == months


def test_on_the_sample_registry(sample_copy):
    """Fjordvik's imaging: 18 % in the two years before February 2023."""
    engine = create_engine(f"sqlite:///{sample_copy.as_posix()}")
    with Session(engine) as session:
        made = Project(title="Bilde", unit=999100001, aim_value=0.6, aim_strict=True, aim_by=date(2023, 12, 31))
        made.starts_on = date(2023, 2, 1)
        projects.create(session, everything("test"), made, indicator=hand.IMAGING, units=[])
        whole = projects.whole(session, everything("test"), made.id)
        found = measured.gather(session.connection(), everything("test"), whole)
        assert aims.of_whole(whole, found, "nb") == (
            f"Innen 31. desember 2023 skal over 60{THIN}% få bildediagnostikk innen 15 minutter (18{THIN}% før)"
        )
        assert {part.part: part.met for part in aims.smarte(whole, found)}["realistic"]
    engine.dispose()
