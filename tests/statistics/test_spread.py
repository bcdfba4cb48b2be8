"""The spread of true values: known answers from drawn hospitals, and the units that may not be named."""

import numpy as np
import pytest

from nhr_dash.statistics import variation


def hospitals(sd, patients, units=45, seed=7):
    draw = np.random.default_rng(seed)
    size = 0.16 / sd**2 - 1
    true = draw.beta(0.8 * size, 0.2 * size, units)
    n = np.full(units, patients)
    return true, draw.binomial(n, true), n


@pytest.mark.parametrize("patients", [15, 60, 400])
def test_the_fan_is_that_of_the_true_values_however_few_the_patients(patients):
    """Raw shares of 15 patients spread twice as far as the truth, and shrunken means half as far."""
    near = []
    for seed in range(8):
        true, x, n = hospitals(0.06, patients, seed=seed)
        found = variation.spread(x, n)
        near.append(found.quantiles[-1] - found.quantiles[0] - (np.quantile(true, 0.9) - np.quantile(true, 0.1)))
    assert abs(np.mean(near)) < 0.035


def test_the_raw_spread_is_truth_and_chance_together():
    found = variation.spread(*hospitals(0.06, 40)[1:])
    assert found.raw**2 == pytest.approx(found.between.estimate**2 + found.chance**2, rel=0.25)
    assert found.chance == pytest.approx(np.sqrt(0.16 / 40), rel=0.1)


def test_the_gap_and_its_patients_are_those_of_the_true_fifths():
    true, x, n = hospitals(0.08, 2000)
    found = variation.spread(x, n)
    ordered = np.sort(true)
    gap = ordered[-9:].mean() - ordered[:9].mean()
    assert found.fifth == 9
    assert found.gap.low <= gap <= found.gap.high
    assert found.patients.estimate == pytest.approx(found.gap.estimate * 9 * 2000, rel=0.02)


def test_less_is_better_has_the_lowest_as_its_best():
    _, x, n = hospitals(0.08, 500)
    more, less = variation.spread(x, n), variation.spread(n - x, n, direction=-1)
    assert less.gap.estimate == pytest.approx(more.gap.estimate, abs=0.01)


def test_a_unit_that_may_not_be_named_is_neither_lowest_nor_alone_in_a_fifth():
    x, n = np.array([10, 180, 170, 185]), np.array([200] * 4)
    everyone, without = variation.spread(x, n), variation.spread(x, n, named=[False, True, True, True])
    assert everyone.lowest < 0.1 < 0.8 < without.lowest
    assert (everyone.fifth, without.fifth) == (1, 1)
    assert everyone.gap.estimate > 0.8
    assert without.gap.estimate < 0.15
    assert without.between == everyone.between


def test_a_unit_beside_the_others_is_seen_in_their_light_and_changes_nothing():
    _, x, n = hospitals(0.03, 200)
    alone = variation.spread(x, n)
    beside = variation.spread([*x, 1], [*n, 10], compared=[True] * 45 + [False])
    assert beside.between == alone.between
    assert beside.raw == alone.raw
    assert beside.fifth == alone.fifth
    assert 0.1 < beside.units["shrunken"].iloc[-1] < 0.8
    assert beside.lowest > 0.6


def test_too_few_units_are_refused_also_with_one_beside():
    with pytest.raises(variation.CannotShrink, match="too_few_units"):
        variation.spread([5, 6, 7], [10, 10, 10], compared=[True, True, False])
