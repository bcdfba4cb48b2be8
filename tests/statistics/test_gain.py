"""Patients a year at a goal: the number is the gap times the patients, its interval those of published methods."""

import pytest
from scipy.stats import beta

from nhr_dash.statistics.gain import Part, gain, surety
from nhr_dash.statistics.intervals import Interval, newcombe, wilson


def exactly(share: float) -> Interval:
    return Interval(share, share, share)


def test_with_a_set_goal_the_interval_is_wilsons_times_the_patients():
    share = wilson(57, 138)
    found = gain([Part(share, exactly(0.6), 138)])
    assert found.estimate == pytest.approx((0.6 - 57 / 138) * 138) == pytest.approx(25.8)
    assert found.low == pytest.approx((0.6 - share.high) * 138)
    assert found.high == pytest.approx((0.6 - share.low) * 138)


def test_with_two_shares_it_is_newcombes_interval_of_their_difference():
    found = gain([Part(wilson(57, 138), wilson(48, 80), 1)])
    assert found == pytest.approx(newcombe(57, 138, 48, 80))


def test_where_fewer_is_better_everything_is_mirrored():
    few, many = wilson(57, 138), wilson(81, 138)
    up = gain([Part(few, wilson(48, 80), 100)])
    down = gain([Part(many, wilson(32, 80), 100)], -1)
    assert down == pytest.approx(up)


def test_shares_err_each_its_own_way_and_a_common_goal_for_all_at_once():
    part = Part(exactly(0.5), Interval(0.7, 0.6, 0.8), 10)
    assert gain([part, part], one_goal=True) == pytest.approx((4, 2, 6))
    apart = gain([part, part])
    assert apart.estimate - apart.low == pytest.approx(2**0.5)
    alone = Part(wilson(30, 60), exactly(0.7), 60)
    both = gain([alone, alone], one_goal=True)
    assert both.estimate - both.low == pytest.approx(2**0.5 * (0.7 - 0.5 - gain([alone]).low / 60) * 60)


def test_nobody_gains_nothing():
    assert gain([]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("x", "n", "goal"), [(57, 138, 0.6), (150, 173, 0.9), (45, 47, 0.9), (13, 44, 0.3), (8, 11, 0.8)]
)
def test_it_is_as_sure_as_a_posterior_says(x, n, goal):
    found = gain([Part(wilson(x, n), exactly(goal), n)])
    assert surety(found) == pytest.approx(beta.cdf(goal, x + 0.5, n - x + 0.5), abs=0.05)


def test_it_is_sure_by_the_same_measure_as_the_interval():
    assert surety(Interval(5.0, 0.0, 9.0)) == pytest.approx(0.975)
    assert surety(Interval(-5.0, -9.0, 0.0)) == pytest.approx(0.025)
    assert surety(Interval(0.0, -1.0, 1.0)) == 0.5
    assert (surety(exactly(1.0)), surety(exactly(0.0))) == (1.0, 0.0)
