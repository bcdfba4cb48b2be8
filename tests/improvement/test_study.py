"""A cycle's study: prediction against result, few patients one by one, the team's own entries beside."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from nhr_dash.access import Scope, Visibility, everything
from nhr_dash.improvement import projects, store, study
from nhr_dash.improvement.models import Cycle, Entry, Measure, Point, Project
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import facts
from nhr_dash.registry.indicators import by_id
from tests.improvement import hand
from tests.registry.conftest import Registry, empty_registry

THIN = "\u202f"
HOSPITAL = 974724960
ME = everything("test")
FIRST, LAST = date(2024, 5, 6), date(2024, 5, 12)


@pytest.fixture
def connection():
    engine = empty_registry()
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def arrive(registry: Registry, day: date, minutes: int) -> None:
    """A patient from outside whose imaging came so many minutes after arrival."""
    at = datetime(day.year, day.month, day.day, 10, 0)
    registry.admit(at, imaging_at=at + timedelta(minutes=minutes))


def cycle_of(**values) -> Cycle:
    days = {"starts_on": FIRST, "ends_on": LAST, "number": 1, "title": "varsling"}
    return hand.made(Cycle, **{**days, **values})


def imaging(*cycles: Cycle, **values) -> Whole:
    project = hand.made(Project, title="Bilde", unit=HOSPITAL, starts_on=FIRST)
    return hand.whole(project, measures=(hand.made(Measure, indicator=hand.IMAGING),), cycles=cycles, **values)


def filled(connection, spent: list[int], *, before: int = 0) -> None:
    """Patients in the cycle's days, one a few hours after the other, and some with 40 minutes the month before."""
    registry = Registry(connection)
    for place in range(before):
        arrive(registry, date(2024, 4, 1) + timedelta(days=place % 28), 40)
    for place, minutes in enumerate(spent):
        arrive(registry, FIRST + timedelta(days=place % 7), minutes)
    arrive(registry, date(2024, 12, 1), 60)  # so that "now" is later
    facts.rebuild(connection, [by_id(hand.IMAGING)])


class TestFewPatients:
    def test_three_of_three_as_expected(self, connection):
        filled(connection, [12, 14, 9])
        cycle = cycle_of(prediction_kind="count", prediction_value=3, prediction_of=3)
        found = study.study(connection, ME, imaging(cycle), cycle)
        assert found.registry
        assert [(one.day, one.minutes, one.expected) for one in found.result.cases] == [
            (FIRST, 12, True),
            (FIRST + timedelta(days=1), 14, True),
            (FIRST + timedelta(days=2), 9, True),
        ]
        assert study.predicted(cycle, "nb") == "3 av 3"
        assert study.observed(found.result, "nb") == "3 av 3 som ventet"
        assert found.hit is True
        assert found.notes == ()

    def test_no_percentage_interval_or_verdict(self, connection):
        filled(connection, [12, 14, 30])
        for kind, value in (("share", 0.6), ("minutes", 20)):
            cycle = cycle_of(prediction_kind=kind, prediction_value=value)
            found = study.study(connection, ME, imaging(cycle), cycle)
            assert found.hit is None
            assert found.result.share.estimate != found.result.share.estimate
            assert found.result.minutes.estimate != found.result.minutes.estimate
            assert study.observed(found.result, "nb") == "2 av 3 som ventet"

    def test_two_of_four_is_less_than_three_of_four(self, connection):
        filled(connection, [12, 30, 14, 40])
        cycle = cycle_of(prediction_kind="count", prediction_value=3, prediction_of=4)
        assert study.study(connection, ME, imaging(cycle), cycle).hit is False


class TestEnoughPatients:
    def test_share_and_median_with_intervals_beside_the_time_before(self, connection):
        # 10, 11, … 21 minutes: six of twelve within 15 minutes, the median is 15.5 (ranks 3 and 10 of 12).
        filled(connection, list(range(10, 22)), before=20)
        cycle = cycle_of(prediction_kind="share", prediction_value=0.5)
        found = study.study(connection, ME, imaging(cycle), cycle)
        result = found.result
        assert (result.done, result.patients, result.cases) == (6, 12, ())
        assert (result.minutes.estimate, result.minutes.low, result.minutes.high) == (15.5, 12, 19)
        assert study.observed(result, "nb") == (
            f"6 av 12: 50{THIN}% (usikkerhet 25–75{THIN}%); median 16 min (usikkerhet 12–19)"
        )
        assert found.hit is True
        assert (found.before.done, found.before.patients, found.before.minutes.estimate) == (0, 20, 40)

    @pytest.mark.parametrize(
        ("kind", "value", "hit"),
        [("share", 0.51, False), ("minutes", 16, True), ("minutes", 15, False), ("sentence", None, None)],
    )
    def test_hit_or_miss(self, connection, kind, value, hit):
        filled(connection, list(range(10, 22)))
        cycle = cycle_of(prediction_kind=kind, prediction_value=value, prediction="Det går raskere.")
        found = study.study(connection, ME, imaging(cycle), cycle)
        assert found.hit is hit
        assert study.predicted(cycle, "nb") in {f"minst 51{THIN}%", "høyst 16 min", "høyst 15 min", "Det går raskere."}


class TestNothingToShow:
    def keys(self, found: study.Study) -> list[str]:
        assert all(one.said(language) for one in found.notes for language in ("nb", "en"))
        return [one.key for one in found.notes]

    def test_each_has_its_reason(self, connection):
        filled(connection, [])
        cycle = cycle_of()
        assert self.keys(study.study(connection, ME, imaging(cycle), cycle)) == ["study.no_patients"]
        undated = cycle_of(starts_on=None, ends_on=None)
        assert self.keys(study.study(connection, ME, imaging(undated), undated)) == ["study.no_days"]
        bare = hand.whole(hand.made(Project, title="x", unit=HOSPITAL), cycles=(cycle,))
        assert self.keys(study.study(connection, ME, bare, cycle)) == ["study.no_measure"]
        stranger = Scope("other", Visibility(frozenset()))
        assert self.keys(study.study(connection, stranger, imaging(cycle), cycle)) == ["study.only_own"]

    def test_before_the_first_patient_of_the_registry(self, connection):
        cycle = cycle_of()
        assert self.keys(study.study(connection, ME, imaging(cycle), cycle)) == ["study.no_patients"]

    def test_a_cycle_after_the_newest_admission_waits_for_the_registry(self, connection):
        filled(connection, [])
        cycle = cycle_of(starts_on=date(2025, 1, 8), ends_on=date(2025, 1, 8))
        found = study.study(connection, ME, imaging(cycle), cycle)
        assert self.keys(found) == ["study.not_there_yet", "study.provisional"]
        assert "1. des. 2024" in found.notes[0].said("nb")

    def test_without_an_end_it_goes_on_until_now(self, connection):
        filled(connection, [12])
        cycle = cycle_of(ends_on=None)
        found = study.study(connection, ME, imaging(cycle), cycle)
        assert (found.last, found.result.patients) == (date(2024, 12, 1), 2)


class TestOwnNumbers:
    def entries(self, cycle: Cycle, *rows: tuple[bool, float | None]) -> tuple[Entry, ...]:
        return tuple(
            hand.made(Entry, cycle=cycle.id, unit=HOSPITAL, day=FIRST, followed=followed, minutes=minutes)
            for followed, minutes in rows
        )

    def test_quick_entries_stand_beside_and_are_never_added(self, connection):
        filled(connection, [12, 14])
        cycle = cycle_of(prediction_kind="minutes", prediction_value=15)
        whole = imaging(cycle, entries=self.entries(cycle, (True, 11), (True, 22), (False, None)))
        found = study.study(connection, ME, whole, cycle)
        assert found.result.patients == 2
        assert (found.entries.patients, found.entries.done, found.entries.expected) == (3, 2, 1)
        assert study.observed(found.entries, "en") == "1 of 3 as expected"

    def test_entries_judge_where_the_registry_says_nothing_yet(self, connection):
        cycle = cycle_of(prediction_kind="count", prediction_value=2, prediction_of=3)
        whole = imaging(cycle, entries=self.entries(cycle, (True, None), (True, None), (False, None)))
        assert study.study(connection, ME, whole, cycle).hit is True

    def test_own_data_points(self, connection):
        own = hand.made(Measure, title="varslet", data_kind="share")
        cycle = cycle_of(measure=own.id, prediction_kind="share", prediction_value=0.8)
        points = tuple(
            hand.made(Point, measure=own.id, day=day, numerator=8, denominator=10)
            for day in (FIRST, LAST, LAST + timedelta(days=1))
        )
        whole = hand.whole(hand.made(Project, title="x", unit=1), measures=(own,), cycles=(cycle,), points=points)
        found = study.study(connection, ME, whole, cycle)
        assert (found.registry, found.result.done, found.result.patients, found.hit) == (False, 16, 20, True)
        falls = hand.made(Measure, title="fall", data_kind="count", direction=-1)
        cycle = cycle_of(measure=falls.id, prediction_kind="count", prediction_value=2)
        counted = tuple(hand.made(Point, measure=falls.id, day=day, value=2) for day in (FIRST, LAST))
        whole = hand.whole(hand.made(Project, title="x", unit=1), measures=(falls,), cycles=(cycle,), points=counted)
        found = study.study(connection, ME, whole, cycle)
        assert (study.observed(found.result, "nb"), found.hit) == ("4", False)
        nothing = hand.whole(hand.made(Project, title="x", unit=1), measures=(falls,), cycles=(cycle,))
        assert study.study(connection, ME, nothing, cycle).notes[0].key == "study.no_points"


def test_the_book_counts_what_was_judged(connection):
    filled(connection, [12, 14, 30])
    hit = cycle_of(prediction_kind="count", prediction_value=2, prediction_of=3)
    miss = cycle_of(number=2, prediction_kind="count", prediction_value=3, prediction_of=3)
    words = cycle_of(number=3, prediction="Alle blir glade.")
    found = study.book(connection, ME, imaging(hit, miss, words))
    assert [one.hit for one in found.studies] == [True, False, None]
    assert (found.hits, found.judged) == (1, 2)


def test_on_the_sample_registry(sample_copy):
    """Fjordvik in the three months of the ramp-in: 15 of 44 within 15 minutes, against 18 % before."""
    engine = create_engine(f"sqlite:///{sample_copy.as_posix()}")
    with Session(engine) as session:
        made = Project(title="Bilde", unit=999100001, starts_on=date(2023, 2, 1))
        projects.create(session, ME, made, indicator=hand.IMAGING, units=[])
        days = {"starts_on": date(2023, 2, 1), "ends_on": date(2023, 4, 30)}
        cycle = Cycle(
            project=made.id, number=1, title="varsling", prediction_kind="share", prediction_value=0.3, **days
        )
        last = Cycle(project=made.id, number=2, title="kveld", starts_on=date(2025, 12, 20), ends_on=date(2025, 12, 28))
        for one in (cycle, last):
            store.make(session, ME, one)
        found = study.book(session.connection(), ME, projects.whole(session, ME, made.id))
        assert (found.studies[0].result.done, found.studies[0].result.patients) == (15, 44)
        assert found.studies[0].hit is True
        assert found.studies[0].before.share.estimate == pytest.approx(0.18, abs=0.01)
        assert [note.key for note in found.studies[1].notes][-1] == "study.provisional_until"
    engine.dispose()
