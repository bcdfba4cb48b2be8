"""Outcomes adjusted for who the patients are: Ålesund, the models' calibration, and what is hidden."""

from datetime import datetime
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from sqlalchemy import select

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.database import connect
from nhr_dash.registry import outcomes
from nhr_dash.registry.forms import acute, followup
from nhr_dash.registry.outcome import MODELS, OUTCOMES, UnknownOutcome, by_id

ALESUND, FJORDVIK, NATION = 974747138, 999100001, 1
ALL, OTHERS = everything("test"), Scope("", Visibility(frozenset()))


@pytest.fixture(scope="module")
def sampled(sample_database: Path):
    engine = connect(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as sampled:
        yield sampled
    engine.dispose()


@pytest.fixture(scope="module")
def survival(sampled):
    return outcomes.adjusted(sampled, OTHERS, "survival", 2020, 2024)


def hospital(found, unit):
    return next(one for one in found.hospitals if one.unit == unit)


def test_alesund_is_among_the_lowest_crude_and_among_the_highest_adjusted(survival):
    ways = hospital(survival, ALESUND).ways
    real = sum(not one.training for one in survival.hospitals)
    crude, national, registry = (ways[way] for way in outcomes.WAYS)
    assert crude.rank >= real - 5
    assert crude.rank_low > real / 2, "nearly every ranking has it in the lower half"
    assert registry.rank <= 6
    assert registry.rank_high < real / 2, "and, adjusted for severity, in the upper half"
    assert registry.rank_high < crude.rank_low
    assert crude.rank > national.rank > registry.rank, "age explains a little, severity most"
    assert registry.low > survival.share > crude.high - 0.01


@pytest.mark.parametrize("outcome", [one.id for one in OUTCOMES])
def test_the_models_are_calibrated_over_all_hospitals(sampled, outcome):
    found = outcomes.adjusted(sampled, OTHERS, outcome, 2022, 2024)
    for name in MODELS:
        seen = found.calibration[name]
        assert abs(seen.slope.estimate - 1) < 0.05
        assert abs(seen.in_the_large.estimate) < 0.1
        assert len(seen.curve) == 10
    assert found.calibration["registry"].brier < found.calibration["national"].brier


def test_all_real_hospitals_together_have_the_share_they_had(survival):
    real = [one for one in survival.hospitals if not one.training]
    missed = sum(one.missed for one in real)
    assert survival.patients == sum(one.patients for one in real)
    assert survival.share == pytest.approx(1 - missed / survival.patients)
    for name in MODELS:
        expected = np.array([one.ways[name].expected for one in real])
        share = np.array([one.ways[name].share for one in real])
        assert float(((1 - share) * expected).sum() / expected.sum()) == pytest.approx(1 - survival.share, abs=1e-9)
    assert survival.months["missed"].sum() == missed
    assert len(survival.months) == 60


def test_training_hospitals_are_counted_in_nothing_but_are_there(survival):
    here = hospital(survival, FJORDVIK)
    assert here.training
    assert 0 < here.ways["registry"].share < 1
    assert np.isnan(here.ways["registry"].rank)


def test_a_small_year_hides_a_hospital_over_all_of_them(sampled):
    found = outcomes.adjusted(sampled, OTHERS, "function", 2012, 2024)
    hidden = [one for one in found.hospitals if one.hidden]
    assert hidden
    assert all((one.patients, one.of, one.missed, one.ways) == (0, 0, 0, {}) for one in hidden)
    seen = outcomes.adjusted(sampled, ALL, "function", 2012, 2024)
    assert all(hospital(seen, one.unit).patients for one in hidden), "one's own is always shown"


def test_one_small_hospital_alone_is_not_got_by_subtracting(sampled):
    """Function in 2019: whoever is hidden in a year, together they are at least two and not few."""
    for year in range(2012, 2025):
        found = outcomes.adjusted(sampled, OTHERS, "function", year, year)
        seen = outcomes.adjusted(sampled, ALL, "function", year, year)
        hidden = {one.unit for one in found.hospitals if one.hidden and not one.training}
        counts = [one.patients for one in seen.hospitals if one.unit in hidden]
        assert not counts or (len(counts) >= 2 and sum(counts) >= 10)
        assert all(one.patients >= 10 or one.hidden for one in found.hospitals)


def test_the_funnel_is_of_real_hospitals_and_around_the_country(survival):
    real = [one for one in survival.hospitals if not one.training]
    judged = survival.funnel
    assert len(judged.funnel.points) == len(real)
    assert 1 - survival.level * judged.funnel.target == pytest.approx(survival.share)
    few, many = judged.limits(np.array([15.0, 300.0]), 0.95).high - judged.funnel.target
    assert few > 3 * many > 0
    assert hospital(survival, ALESUND).outside >= 1, "higher than its patients let expect"
    assert sum(one.outside != 0 for one in real) < 0.2 * len(real)
    assert all(one.outside == 0 for one in survival.hospitals if one.training)


def test_years_must_be_whole_and_final(sampled):
    assert outcomes.years(sampled, "survival") == (2012, 2024)
    for first, last in ((2024, 2025), (2024, 2023)):
        with pytest.raises(ValueError, match="final years"):
            outcomes.adjusted(sampled, OTHERS, "survival", first, last)
    with pytest.raises(UnknownOutcome):
        outcomes.adjusted(sampled, OTHERS, "luck", 2024, 2024)


def test_patients_one_by_one_are_ones_own_alone(sampled, survival):
    found = outcomes.course(sampled, ALL, ALESUND, "survival", 2020, 2024)
    here = hospital(survival, ALESUND)
    assert (len(found), found["missed"].sum()) == (here.patients, here.missed)
    assert found["expected"].sum() == pytest.approx(here.ways["registry"].expected)
    assert found["admitted_at"].is_monotonic_increasing
    with pytest.raises(NotAllowed):
        outcomes.course(sampled, OTHERS, ALESUND, "survival", 2020, 2024)


def test_five_years_of_all_hospitals_are_read_within_two_seconds(sampled):
    for one in OUTCOMES:
        start = process_time()
        outcomes.adjusted(sampled, OTHERS, one.id, 2020, 2024)
        assert process_time() - start < 2


class TestWithoutModels:
    def test_it_says_that_nothing_was_fitted(self, registry):
        registry.admit()
        with pytest.raises(outcomes.NotFitted):
            outcomes.adjusted(registry.connection, ALL, "survival", 2023, 2023)


class TestOutcomes:
    """Who is counted, and what is missed: 1, 0, or None outside the population."""

    def asked(self, registry, outcome, admission):
        one = by_id(outcome)
        link = followup.c.acute_key == acute.c.form_key
        chosen = select(one.missed_or_unknown).select_from(acute)
        return registry.connection.scalar(chosen.outerjoin(followup, link).where(acute.c.id == admission))

    @pytest.mark.parametrize(
        ("values", "missed"),
        [
            ({"died_on": datetime(2024, 6, 13).date()}, 1),  # day 30
            ({"died_on": datetime(2024, 6, 14).date()}, 0),
            ({}, 0),
            ({"discharged_to": 10, "discharged_at": datetime(2024, 5, 20, 9)}, 1),
            ({"died_on": datetime(2024, 5, 13).date()}, 0),  # before the admission: a fault, not a death
        ],
    )
    def test_dead_within_thirty_days(self, registry, values, missed):
        assert self.asked(registry, "survival", registry.admit(**values)) == missed

    @pytest.mark.parametrize(
        ("values", "answer", "missed"),
        [
            ({}, {"done": 1, "mrs": 0}, 0),
            ({}, {"done": 1, "mrs": 2}, 0),
            ({}, {"done": 1, "mrs": 3}, 1),
            ({}, {"done": 1, "mrs": None}, None),
            ({}, {"done": 2, "mrs": None}, None),
            ({"died_on": datetime(2024, 6, 1).date()}, {"done": 2, "mrs": 6}, None),
            ({"died_on": datetime(2024, 12, 1).date()}, {"done": 1, "mrs": 4}, 1),
        ],
    )
    def test_function_of_the_living_who_were_asked(self, registry, values, answer, missed):
        admission = registry.admit(**values)
        registry.follow_up(admission, **answer)
        assert self.asked(registry, "function", admission) == missed

    @pytest.mark.parametrize(
        ("values", "missed"),
        [
            ({"housing_before": 1, "discharged_to": 2}, 0),
            ({"housing_before": 2, "discharged_to": 4}, 1),
            ({"housing_before": 4, "discharged_to": 4}, None),
            ({"housing_before": 1, "discharged_to": 10}, None),
            ({"housing_before": 1, "discharged_to": 12}, None),
            ({"housing_before": 1}, None),
            ({"discharged_to": 1}, None),
        ],
    )
    def test_home_for_those_who_lived_there_and_left_alive(self, registry, values, missed):
        assert self.asked(registry, "home", registry.admit(**values)) == missed
