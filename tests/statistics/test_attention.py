from itertools import groupby, product

import numpy as np
import pytest

from nhr_dash.statistics import attention


@pytest.mark.parametrize(("n", "longest"), [(1, 1), (6, 3), (9, 4), (10, 7), (12, 2)])
def test_longest_run_p_counts_every_sequence(n, longest):
    hits = sum(max(len(list(g)) for _, g in groupby(s)) >= longest for s in product((0, 1), repeat=n))
    assert attention.longest_run_p(n, longest) == pytest.approx(hits / 2**n)


def test_fisher_mid_p_is_exact_p_less_half_the_table_seen():
    # 1 of 10 against 9 of 10: the exact two-sided p is 0.001093; each of the two extreme-or-equal ends
    # has its own table of probability C(10,1)C(10,9)/C(20,10) = 100/184756.
    assert attention.fisher_mid_p(1, 10, 9, 10) == pytest.approx(0.0010933 - 100 / 184756, abs=1e-6)


def test_fisher_mid_p_of_equal_shares_is_one_half_or_more():
    assert attention.fisher_mid_p(5, 10, 5, 10) > 0.5


def test_an_empty_year_has_no_p_value_and_no_interval():
    none = attention.standing(np.zeros(24), np.zeros(24), 1)
    assert np.isnan(none.p) and none.signal is None and np.isnan(none.change.estimate)


def test_too_few_a_month_gives_no_run_signal():
    few = attention.standing(np.full(24, 3.0), np.full(24, 4.0), 1)
    assert few.signal is None


@pytest.mark.parametrize("direction", [1, -1])
def test_a_step_after_a_year_stands_out_on_the_side_of_its_direction(direction):
    step = np.r_[np.full(12, 4.0), np.full(12, 14.0)]
    found = attention.standing(step, np.full(24, 20.0), direction)
    assert found.signal == direction
    assert found.change.low > 0.4
    assert attention.stands_out(np.array([found.p, 0.5, np.nan])).tolist() == [True, False, False]


def test_no_false_alarm_rate_above_the_promise_on_pure_chance():
    # 25 indicators that never change, 11 patients a month: how often is anything lifted up at all?
    rng = np.random.default_rng(1)
    lifted = 0
    for _ in range(200):
        done = rng.binomial(11, 0.8, size=(25, 24)).astype(float)
        p = np.array([attention.standing(row, np.full(24, 11.0), 1).p for row in done])
        lifted += attention.stands_out(p).any()
    assert lifted / 200 <= 0.10
