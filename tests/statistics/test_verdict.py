import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhr_dash.statistics import effect, intervals, looks
from nhr_dash.statistics.effect import evidence, verdict
from nhr_dash.text import catalog

OTHERS = effect.Comparison((90,) * 8, (120,) * 8, (91,) * 8, (120,) * 8)


def span(share, monthly, months):
    return effect.Months((round(share * monthly),) * months, (monthly,) * months)


def test_the_looks_are_paid_for():
    plan = looks.schedule(12, 12, 0.05)
    generator = np.random.default_rng(3)
    steps = np.diff([0, *plan.information])
    paths = np.cumsum(generator.normal(size=(60_000, len(steps))) * np.sqrt(steps), axis=1)
    crossed = (paths / np.sqrt(plan.information) > plan.z).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=0.003)
    assert looks.crossing(plan, 0.0)[-1] == pytest.approx(0.05, abs=1e-4)
    assert looks.crossing(plan, 1.5)[-1] > 0.9


def test_looking_on_after_a_year_never_gets_easier_than_at_twelve_months():
    plan = looks.schedule(12, 36, 0.025)
    assert min(plan.z) == plan.z[9]


@pytest.mark.parametrize("table", [(3, 10, 9, 10), (48, 80, 56, 70), (0, 12, 4, 9), (12, 12, 8, 8)])
def test_the_score_agrees_with_its_interval(table):
    limits = intervals.miettinen_nurminen(*table)
    for delta, wanted in ((limits.low, 1.959964), (limits.high, -1.959964)):
        if abs(delta) < 1:
            assert float(evidence.score(*table, delta=delta)) == pytest.approx(wanted, abs=1e-4)


def test_a_large_change_against_others_is_clear():
    got = effect.judge(span(0.6, 20, 12), span(0.9, 20, 12), comparison=OTHERS)
    assert got.grade is effect.Grade.CLEAR_IMPROVEMENT
    assert got.reasons == ()
    assert got.compared is not None
    assert got.compared.low > 0


def test_what_keeps_it_from_being_clear():
    before, after = span(0.6, 20, 12), span(0.9, 20, 12)
    alone = effect.judge(before, after)
    assert (alone.grade, alone.reasons) == (effect.Grade.LIKELY_IMPROVEMENT, ("verdict.no_comparison",))
    few = effect.judge(before, after, comparison=effect.Comparison((9,), (12,), (9,), (12,)))
    assert few.reasons == ("verdict.few_comparison",)
    part = effect.judge(before, span(0.9, 20, 10), comparison=OTHERS)
    assert (part.grade, part.reasons) == (effect.Grade.LIKELY_IMPROVEMENT, ("verdict.not_whole_years",))
    no_season = effect.judge(before, span(0.9, 20, 10), comparison=OTHERS, season=False)
    assert no_season.grade is effect.Grade.CLEAR_IMPROVEMENT
    picked = effect.judge(before, after, comparison=OTHERS, chosen_after_looking=True)
    assert picked.reasons == ("verdict.chosen_after_looking",)


def test_when_others_improved_as_much_nothing_is_certain():
    others = effect.Comparison((72,) * 8, (120,) * 8, (108,) * 8, (120,) * 8)
    got = effect.judge(span(0.6, 20, 12), span(0.9, 20, 12), comparison=others)
    assert got.grade is effect.Grade.NO_CERTAIN_CHANGE


def test_direction_turns_the_verdict():
    got = effect.judge(span(0.6, 20, 12), span(0.9, 20, 12), comparison=OTHERS, direction=-1)
    assert got.grade is effect.Grade.CLEAR_WORSENING
    assert got.z < 0


def test_too_little_data_has_its_reason():
    assert effect.judge(span(0.6, 20, 12), span(1, 20, 2)).reasons == ("verdict.too_early",)
    assert effect.judge(span(0.6, 2, 12), span(1, 1, 3)).reasons == ("verdict.cannot_decide",)
    assert effect.judge(span(0.6, 2, 12), span(0, 0, 3)).reasons == ("effect.no_patients_after",)
    assert effect.judge(effect.Months((), ()), effect.Months((), ())).grade is effect.Grade.TOO_LITTLE_DATA


def test_whole_years_cancel_the_season():
    assert evidence.seasonal_swing(12) == pytest.approx(0, abs=1e-12)
    assert evidence.seasonal_swing(24) == pytest.approx(0, abs=1e-12)
    assert evidence.seasonal_swing(3) == pytest.approx(0.0455, abs=0.0005)
    assert evidence.drift_allowance(12, 12) == pytest.approx(0.02)


def test_more_variation_between_months_asks_for_more():
    steady = evidence.dispersion(((np.full(12, 8), np.full(12, 10)),))
    jumping = evidence.dispersion(((np.array([2, 10] * 6), np.full(12, 10)),))
    assert float(steady) == pytest.approx(1.18)
    assert float(jumping) > 4


def test_units_that_move_by_themselves_make_a_comparison_less_sure():
    calm = (600,) * 8, (1000,) * 8, (600,) * 8, (1000,) * 8
    restless = (600,) * 8, (1000,) * 8, (500, 700) * 4, (1000,) * 8
    assert float(evidence.own_drift(*calm)) == 0
    assert float(evidence.own_drift(*restless)) ** 0.5 == pytest.approx(0.1, abs=0.02)
    spans = span(0.6, 40, 12), span(0.75, 40, 12)
    sure, unsure = (effect.judge(*spans, comparison=effect.Comparison(*others)) for others in (calm, restless))
    assert sure.grade is effect.Grade.CLEAR_IMPROVEMENT
    assert unsure.grade is effect.Grade.NO_CERTAIN_CHANGE


MONTH = st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(MONTH, max_size=24), st.lists(MONTH, max_size=18), st.booleans(), st.sampled_from([1, -1]))
def test_any_months_give_a_grade_without_warnings(before, after, compare, direction):
    spans = [effect.Months(tuple(x for x, _ in s), tuple(n for _, n in s)) for s in (before, after)]
    got = effect.judge(*spans, comparison=OTHERS if compare else None, direction=direction)
    assert got.grade in effect.Grade
    assert math.isfinite(got.z)
    turned = effect.judge(*spans, comparison=OTHERS if compare else None, direction=-direction)
    assert ("improvement" in got.grade) == ("worsening" in turned.grade)


MINUTES = st.lists(st.integers(5, 300).map(float), max_size=40)


@given(MINUTES, MINUTES, st.integers(0, 14))
def test_any_minutes_give_a_grade_without_warnings(before, after, months):
    got = effect.judge_minutes(before, after, before_months=12, after_months=months, limit=40)
    assert got.grade in effect.Grade
    assert got.grade is not effect.Grade.CLEAR_IMPROVEMENT


def test_faster_minutes_are_an_improvement():
    generator = np.random.default_rng(5)
    before, after = generator.lognormal(4.2, 0.5, 60), generator.lognormal(3.5, 0.5, 60)
    others = [(generator.lognormal(4.2, 0.5, 80), generator.lognormal(4.2, 0.5, 80)) for _ in range(6)]
    got = effect.judge_minutes(before, after, before_months=12, after_months=12, comparison=others)
    assert got.grade is effect.Grade.CLEAR_IMPROVEMENT
    assert got.faster > 0.7
    slower = effect.judge_minutes(after, before, before_months=12, after_months=12, comparison=others)
    assert slower.grade is effect.Grade.CLEAR_WORSENING
    few = effect.judge_minutes(before[:2], after[:1], before_months=12, after_months=3)
    assert few.grade is effect.Grade.TOO_LITTLE_DATA


@pytest.mark.parametrize(("patients", "baseline"), [(4, 12), (11, 12), (37, 24)])
def test_a_year_of_looks_keeps_its_error_rate(patients, baseline):
    runs, units, generator = 2000, 12, np.random.default_rng(11)
    own = generator.binomial(patients, 0.75, (runs, baseline + 12)).astype(float)
    others = generator.binomial(patients, 0.75, (runs, units, baseline + 12)).astype(float)
    n = np.full((runs, baseline + 12), float(patients))
    clear = np.zeros(runs, dtype=bool)
    plan = looks.schedule(baseline, 12, verdict.CLEAR)
    for month in range(3, 13):
        cut = baseline + month
        sums = (
            others[:, :, :baseline].sum(-1),
            np.full((runs, units), baseline * patients),
            others[:, :, baseline:cut].sum(-1),
            np.full((runs, units), month * patients),
        )
        spans = ((own[:, :baseline], n[:, :baseline]), (own[:, baseline:cut], n[:, baseline:cut]))
        z = np.minimum(*verdict.judge_many(*spans, sums))
        clear |= z >= plan.z[month - 3]
    assert clear.mean() <= 0.025


def test_every_grade_has_its_words():
    assert {f"verdict.{grade.value}" for grade in effect.Grade} <= set(catalog.area("nb", "verdict"))
