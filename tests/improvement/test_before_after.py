"""What stands behind a verdict, on the sample registry's stories and on small frames."""

from datetime import date

import numpy as np
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.improvement import before_after, effects, evidence, starts
from nhr_dash.improvement.evidence import Window
from nhr_dash.registry import attainment, case_mix
from nhr_dash.statistics.effect import Grade

ALL = everything("test")
FJORDVIK, SKOGVIK, MYRDAL, HOGFJELL = 999100001, 999100002, 999100003, 999100004
KRISTIANSUND, BODO, HAMAR, HAUKELAND, HARALDSPLASS = 974746948, 974795361, 974724960, 974557746, 974316285
IMAGING, NEEDLE, GROIN = "pakke_bilde_15min", "hjerneslag_tromb_40min", "pakke_lyske"
ALERTED = Window(date(2023, 2, 1))


@pytest.fixture(scope="module")
def connection(sample_database):
    engine = create_engine(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture(scope="module")
def imaging(connection):
    return evidence.judged(connection, ALL, FJORDVIK, IMAGING, ALERTED)


def hospitals(connection):
    held = {}

    def of(indicator):
        if indicator not in held:
            held[indicator] = evidence.hospitals(connection, ALL, indicator)
        return held[indicator]

    return of


def test_the_months_add_up_to_the_verdicts_own_counts(connection, imaging):
    month = before_after.months(connection, ALL, imaging)
    assert month.counts[: month.change].sum() == imaging.verdict.change.before_count
    assert month.patients[month.change + month.ramp_in :].sum() == imaging.verdict.change.after_patients
    assert len(month.start) == 24 + len(imaging.spans.after.patients)


def test_imaging_moves_and_nothing_else_does_by_more_than_chance(connection, imaging):
    found = before_after.beside(connection, ALL, imaging, before_after.others_measured(IMAGING), hospitals(connection))
    outside = {one.indicator.id for one in found if one.stands_out}
    assert len(found) > 15
    assert outside == {"pakke_bilde_15min_4t"}, "the same times, of those who came early"


def test_the_trend_is_broken_at_the_change(connection, imaging):
    found = before_after.interrupted(before_after.months(connection, ALL, imaging))
    assert found.reason is None
    assert found.at_end.low > 0.2


def test_a_short_series_says_why_it_has_no_trend(connection):
    found = evidence.judged(connection, ALL, FJORDVIK, IMAGING, Window(date(2025, 6, 1)))
    assert before_after.interrupted(before_after.months(connection, ALL, found)).reason == "effect.too_few_points"


@pytest.mark.parametrize("group", ["country", "region", "size"])
def test_those_who_took_no_part_did_not_change_as_much(connection, imaging, group):
    found = before_after.difference(connection, ALL, imaging, group)
    assert found.units >= 5
    assert found.effect.low > 0.25
    assert found.parallel


def test_three_hospitals_together_against_the_rest(connection):
    """The stroke unit project: alarm and team from autumn 2018 at three hospitals in three regions."""
    three = (SKOGVIK, MYRDAL, HOGFJELL)
    window = Window(date(2018, 9, 1))
    found = evidence.judged(connection, ALL, SKOGVIK, NEEDLE, window, participants=three)
    assert found.grade is Grade.CLEAR_IMPROVEMENT
    together = before_after.difference(connection, ALL, found, "project", three)
    alone = before_after.difference(connection, ALL, found, "country", three)
    assert together.effect.low > 0.1
    assert together.effect.high - together.effect.low < alone.effect.high - alone.effect.low
    others = before_after.compared_with(connection, ALL, found, "project", three)
    assert not set(three) & set(others)


def test_kristiansunds_secondary_effect_is_seen_beside_the_first(connection):
    window = Window(date(2020, 1, 1), before_from=date(2018, 1, 1), until=date(2022, 1, 1))
    found = evidence.judged(connection, ALL, KRISTIANSUND, "hjerneslag_beh_tromb", window)
    both = before_after.beside(
        connection, ALL, found, ["hjerneslag_beh_tromb", "hjerneslag_inn_enhet", NEEDLE], hospitals(connection)
    )
    assert len(both) == 3
    rising = {one.indicator.id for one in both if one.found.verdict.change.difference.estimate > 0}
    assert {"hjerneslag_beh_tromb", NEEDLE} <= rising


@pytest.mark.parametrize("hospital", [HARALDSPLASS, HAUKELAND])
def test_minutes_to_the_groin_fall_from_2021(connection, hospital):
    found = evidence.judged(connection, ALL, hospital, GROIN, Window(date(2021, 1, 1)))
    assert found.verdict is None, "a duration has no share"
    assert found.minutes.shift.shift.high < 0
    spread = before_after.minutes(connection, ALL, found)
    assert np.median(spread.after) < np.median(spread.before)


@pytest.mark.parametrize(("year", "high", "of"), [(2020, 6, 11), (2021, 10, 12)])
def test_bodo_by_the_published_set_of_each_year(connection, year, high, of):
    found = attainment.attained(connection, ALL, [BODO], year)
    assert (sum(one.level == "high" for one in found), len(found)) == (high, of)


def test_the_minutes_are_those_of_the_patients_counted(connection, imaging):
    spread = before_after.minutes(connection, ALL, imaging)
    change = imaging.verdict.change
    assert (len(spread.before), len(spread.after)) == (change.before_patients, change.after_patients)
    assert np.mean(spread.after <= spread.limit) == pytest.approx(change.after.estimate)


def test_an_indicator_without_minutes_has_no_distribution(connection):
    found = evidence.judged(connection, ALL, SKOGVIK, "hjerneslag_inn_enhet", Window(date(2021, 9, 1)))
    assert before_after.minutes(connection, ALL, found) is None


def test_who_the_patients_were_is_known_of_every_one(connection, imaging):
    mix = before_after.mix(connection, ALL, imaging)
    assert len(mix.before) == imaging.verdict.change.before_patients
    assert set(mix.after.columns) == {*case_mix.NUMBERS, *case_mix.CATEGORIES}
    assert 60 < mix.before["age"].mean() < 85
    assert set(mix.after["diagnosis"].dropna()) <= {"1", "2", "3"}
    assert set(mix.after["wake_up"].dropna()) <= {"1", "2"}, "9 is unknown, and a code has no decimals"


def test_single_patients_are_for_their_own_hospital(connection, imaging):
    stranger = Scope("other", Visibility(frozenset({MYRDAL})))
    with pytest.raises(NotAllowed):
        before_after.mix(connection, stranger, imaging)
    with pytest.raises(NotAllowed):
        before_after.minutes(connection, stranger, imaging)


def test_another_project_and_provisional_months_are_mentioned(connection, imaging):
    keys = {one.key: one.values for one in before_after.warnings(connection, ALL, imaging)}
    assert keys["checks.provisional"]["months"] > 0
    assert keys["checks.other_projects"]["count"] >= 1
    with Session(bind=connection) as session:
        own = next(one for one in starts.stored(session, ALL, FJORDVIK, IMAGING, "nb") if one.origin == "project")
    mine = {one.key for one in before_after.warnings(connection, ALL, imaging, project=own.project)}
    assert "checks.other_projects" not in mine


def test_stored_changes_begin_with_the_project(connection):
    with Session(bind=connection) as session:
        found = starts.stored(session, ALL, FJORDVIK, IMAGING, "nb")
    assert found[0].origin == "project"
    assert found[0].changed_on == date(2023, 2, 1)
    assert {"project", "cycle", "phase", "event"} <= {one.origin for one in found}
    assert len({one.code for one in found}) == len(found)


def test_a_strangers_unpublished_project_is_no_start(connection):
    stranger = Scope("other", Visibility(frozenset({MYRDAL})))
    with Session(bind=connection) as session:
        seen = [one.origin for one in starts.stored(session, stranger, FJORDVIK, IMAGING, "nb")]
        own = [one.origin for one in starts.stored(session, ALL, FJORDVIK, IMAGING, "nb")]
    assert seen.count("cycle") < own.count("cycle")


def test_every_projects_effect_largest_gain_first(connection):
    with Session(bind=connection) as session:
        found = effects.every(session, ALL)
    assert found[0].unit == FJORDVIK
    assert found[0].stands_out
    gains = [one.difference for one in found]
    assert gains == sorted(gains, reverse=True)
    assert not any(one.stands_out for one in found if one.low < 0 < one.high)


def test_others_effects_are_the_stored_ones_alone(connection):
    stranger = Scope("other", Visibility(frozenset({MYRDAL})))
    with Session(bind=connection) as session:
        found = effects.every(session, stranger)
    others = [one for one in found if one.unit != MYRDAL]
    assert others, "published effects of other hospitals are there to be seen"
    assert all(one.stored for one in others)
    assert all(min(one.before_patients, one.after_patients) >= 20 for one in others)
