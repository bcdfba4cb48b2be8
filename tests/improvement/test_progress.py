"""The progress score that the data support, and the three questions, on series worked out by hand."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from nhr_dash.access import everything
from nhr_dash.improvement import measured, progress, projects, shifts, store
from nhr_dash.improvement.measured import Facts
from nhr_dash.improvement.models import Cycle, Measure, Point, Project
from nhr_dash.improvement.projects import Whole
from nhr_dash.statistics.effect import Grade
from tests.improvement import hand

OUTCOME = hand.made(Measure, indicator=hand.IMAGING)
PROCESS = hand.made(Measure, kind="process", title="varslet", data_kind="share")
START = date(2025, 1, 1)
# 2023 and 2024: 2 and 4 of 10 in turn, so that the median is 30 % and no point lies on it; the pooled share is 30 %.
BEFORE = [(2, 10), (4, 10)] * 12


def project(**values) -> Project:
    aim = {"aim_value": 0.6, "aim_by": date(2025, 12, 31), "starts_on": START}
    return hand.made(Project, title="Bilde", unit=1, **{**aim, **values})


def imaging(after: list[tuple[int, int]], **values) -> measured.Measured:
    return hand.measured(OUTCOME, date(2023, 1, 1), BEFORE + after, **values)


def whole(*measures: Measure, cycles=(), **values) -> Whole:
    return hand.whole(project(**values), measures=measures or (OUTCOME,), cycles=cycles)


TESTED = (hand.made(Cycle, number=1, title="varsling", starts_on=START),)


class TestShift:
    def test_a_row_longer_than_the_limit_is_a_signal(self):
        # 24 + 11 useful points: round(log2 35) + 3 = 8; eleven months in a row above the median before.
        found = shifts.since_change(whole(), imaging([(6, 10)] * 11), hand.NEWEST)
        assert (found.side, found.length, found.limit) == (1, 11, 8)
        assert (found.since, found.months, found.held) == (START, 11, True)
        assert found.before.value == pytest.approx(0.3)
        assert found.after.value == pytest.approx(0.6)

    def test_eight_points_can_not_be_a_signal_and_nine_without_one_is_no_signal(self):
        assert shifts.since_change(whole(), imaging([(6, 10)] * 8), hand.NEWEST).side is None
        mixed = [(6, 10)] * 4 + [(2, 10)] + [(6, 10)] * 4
        assert shifts.since_change(whole(), imaging(mixed), hand.NEWEST).side == 0

    def test_worse_and_lower_is_better(self):
        worse = imaging([(1, 10)] * 11)
        assert shifts.since_change(whole(), worse, hand.NEWEST).side == -1
        assert shifts.since_change(whole(), replace(worse, direction=-1), hand.NEWEST).side == 1

    def test_what_falls_back_is_not_held(self):
        found = shifts.since_change(whole(), imaging([(6, 10)] * 10 + [(3, 10)] * 6), hand.NEWEST)
        assert (found.side, found.held) == (1, False)

    def test_provisional_months_and_the_ramp_in_do_not_count(self):
        ramped = whole(settled_on=date(2025, 3, 1))
        found = shifts.since_change(ramped, imaging([(6, 10)] * 12, provisional=1), hand.NEWEST)
        assert found.after_points == 9  # March to November

    def test_few_points_before_say_nothing(self):
        short = hand.measured(OUTCOME, date(2024, 4, 1), BEFORE[:9] + [(6, 10)] * 11)
        assert shifts.since_change(whole(), short, hand.NEWEST).side is None

    def test_before_the_change_there_is_no_after(self):
        planned = whole(starts_on=date(2026, 2, 1))
        found = shifts.since_change(planned, imaging([(6, 10)] * 11), hand.NEWEST)
        assert (found.after_points, found.side, found.after) == (0, None, None)


class TestScore:
    def judged(self, of: Whole, *found: measured.Measured) -> progress.Progress:
        return progress.progress(of, hand.facts(*found))

    def test_nothing_is_half_a_point(self):
        found = progress.progress(hand.whole(project(aim_value=None)), hand.facts())
        assert (found.supported, found.disagreement) == (0.5, None)

    def test_every_step_is_climbed_in_turn(self):
        varied = hand.measured(PROCESS, date(2023, 1, 1), BEFORE, registry=False)
        better, none = [(6, 10)] * 11, [(3, 10)] * 0
        assert self.judged(whole(aim_by=None), imaging(none)).supported == 1.0
        short = hand.measured(OUTCOME, date(2024, 2, 1), BEFORE[:11])
        assert self.judged(whole(), short).supported == 1.5
        assert self.judged(whole(), imaging(none)).supported == 2.0
        assert self.judged(whole(cycles=TESTED), imaging(none)).supported == 2.5
        assert self.judged(whole(cycles=TESTED), imaging(better)).supported == 3.0
        family = whole(OUTCOME, PROCESS, cycles=TESTED, aim_value=0.95)
        # 60 % is less than half the way from 30 to 95 (62.5 %).
        assert self.judged(family, imaging(better), varied).supported == 3.5
        family = whole(OUTCOME, PROCESS, cycles=TESTED, aim_value=0.9)
        assert self.judged(family, imaging([(6, 10)] * 11), varied).supported == 4.5
        fallen = imaging([(7, 10)] * 11 + [(3, 10)] * 6)
        lower = whole(OUTCOME, PROCESS, cycles=TESTED, aim_value=0.7)
        assert self.judged(lower, fallen, varied).supported == 4.0
        reached = whole(OUTCOME, PROCESS, cycles=TESTED)
        assert self.judged(reached, imaging(better), varied).supported == 5.0
        over = whole(OUTCOME, PROCESS, cycles=TESTED, aim_strict=True)
        assert self.judged(over, imaging(better), varied).supported == 4.5  # exactly 60 % is not over 60 %

    def test_disagreement_says_what_is_lacking(self):
        found = self.judged(whole(cycles=TESTED, score=4.0), imaging([(6, 10)] * 11))
        assert found.disagreement.said("nb") == "Teamet sier 4. Tallene støtter 3."
        assert [one.name for one in found.between] == ["several"]
        modest = self.judged(whole(cycles=TESTED, score=1.5), imaging([(6, 10)] * 11))
        assert modest.disagreement.key == "progress.own_lower"
        assert modest.between == ()

    def test_the_label_is_as_the_word_list_has_it(self):
        assert progress.label(3.0, "nb").startswith("framdrift 3 av 5: endringer testes")
        assert progress.label(2.5, "en").startswith("progress 2.5 of 5:")
        assert progress.label(2.7, "nb") == "framdrift 2,7 av 5: endringer testes, ingen bedring ennå"

    @pytest.mark.parametrize("language", ["nb", "en"])
    def test_every_step_criterion_and_reason_has_its_words(self, language):
        for score in progress.SCORES:
            assert progress.label(score, language)
        for after in ([], [(6, 10)] * 11, [(3, 10), (2, 10)] * 6, [(1, 10)] * 11):
            found = self.judged(whole(cycles=TESTED), imaging(after))
            assert all(one.reason.said(language) for one in found.criteria)


class TestQuestions:
    def answers(self, of: Whole, *found: measured.Measured, grade: Grade | None = None) -> list[bool | None]:
        asked = progress.three_questions(of, replace(hand.facts(*found), grade=grade))
        assert all(one.reason.said(language) for one in asked for language in ("nb", "en"))
        return [one.answer for one in asked]

    def test_without_a_measure(self):
        assert self.answers(hand.whole(project())) == [False, None, None]

    def test_a_baseline_that_is_too_short_is_a_no_once_the_change_has_begun(self):
        short = hand.measured(OUTCOME, date(2024, 2, 1), BEFORE[:11])
        assert self.answers(whole(), short)[0] is False
        assert (
            self.answers(whole(starts_on=date(2026, 3, 1)), hand.measured(OUTCOME, date(2025, 2, 1), BEFORE[:9]))[0]
            is None
        )

    def test_practice_is_the_process_measure_before_the_teams_own_word(self):
        kept = (hand.made(Cycle, number=1, title="x", starts_on=START, act="adopt"),)
        assert self.answers(whole(cycles=kept), imaging([]))[1] is True
        gone = (hand.made(Cycle, number=1, title="x", starts_on=START, act="abandon"),)
        assert self.answers(whole(cycles=gone), imaging([]))[1] is False
        assert self.answers(whole(cycles=TESTED), imaging([]))[1] is None
        same = hand.measured(PROCESS, date(2023, 1, 1), BEFORE + BEFORE[:12], registry=False)
        assert self.answers(whole(OUTCOME, PROCESS, cycles=kept), imaging([]), same)[1] is False
        better = hand.measured(PROCESS, date(2023, 1, 1), BEFORE + [(9, 10)] * 12, registry=False)
        assert self.answers(whole(OUTCOME, PROCESS), imaging([]), better)[1] is True

    def test_care_is_the_verdict(self):
        one = imaging([(6, 10)] * 11)
        assert self.answers(whole(), one, grade=Grade.LIKELY_IMPROVEMENT)[2] is True
        assert self.answers(whole(), one, grade=Grade.CLEAR_WORSENING)[2] is False
        assert self.answers(whole(), one, grade=Grade.TOO_LITTLE_DATA)[2] is None

    def test_no_certain_change_is_a_no_only_where_the_aim_would_have_been_seen(self):
        same = imaging([(3, 10), (2, 10)] * 6)
        assert self.answers(whole(), same, grade=Grade.NO_CERTAIN_CHANGE)[2] is False  # 30 to 60 % at 10 a month
        small = whole(aim_value=0.33)
        assert self.answers(small, same, grade=Grade.NO_CERTAIN_CHANGE)[2] is None

    def test_a_measure_of_the_teams_own_is_read_by_the_run_rule(self):
        own = hand.made(Measure, title="varslet", data_kind="share")
        found = hand.measured(own, date(2023, 1, 1), BEFORE + [(6, 10)] * 11, registry=False)
        assert self.answers(whole(own), found)[2] is True


class TestOwnMeasures:
    def test_points_become_a_frame(self):
        one = hand.made(Measure, title="varslet", data_kind="share")
        points = [
            hand.made(Point, measure=one.id, day=date(2025, 1, 6), numerator=3, denominator=4),
            hand.made(Point, measure=one.id, day=date(2025, 1, 13), numerator=0, denominator=0),
        ]
        found = measured.own_measure(one, points)
        assert found.frame["value"].tolist()[0] == 0.75
        assert len(found.within(None, None)) == 1  # nobody to count is missing, not 0
        assert found.level(None, None).value == 0.75

    def test_event_dates_are_counted_a_month_with_months_without_as_0(self):
        one = hand.made(Measure, title="fall", data_kind="dates", direction=-1)
        days = [date(2025, 1, 6), date(2025, 1, 9), date(2025, 3, 1)]
        found = measured.own_measure(one, [hand.made(Point, measure=one.id, day=day) for day in days])
        assert found.frame["value"].tolist() == [2, 0, 1]
        assert measured.own_measure(one, []).level(None, None) is None


def test_on_the_sample_registry(sample_copy):
    """Fjordvik's imaging went from 18 to 60 % in February 2023; the comparison makes it a clear improvement."""
    engine = create_engine(f"sqlite:///{sample_copy.as_posix()}")
    me = everything("test")
    with Session(engine) as session:
        made = Project(title="Bilde", unit=999100001, aim_value=0.6, aim_by=date(2023, 12, 31))
        made.starts_on, made.score = date(2023, 2, 1), 5.0
        projects.create(session, me, made, indicator=hand.IMAGING, units=[])
        store.make(session, me, Cycle(project=made.id, number=1, title="varsling", starts_on=date(2023, 2, 1)))
        of = projects.whole(session, me, made.id)
        found: Facts = measured.gather(session.connection(), me, of)
        assert found.grade == Grade.CLEAR_IMPROVEMENT
        judged = progress.progress(of, found)
        assert (judged.supported, [one.name for one in judged.between]) == (3.0, ["several"])
        assert {one.name for one in judged.criteria if one.met} >= {"signal", "halfway", "held", "reached"}
        assert [one.answer for one in progress.three_questions(of, found)] == [True, None, True]
    engine.dispose()
