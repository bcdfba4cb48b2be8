import numpy as np
import pytest

from nhr_dash.statistics import rare


def test_gaps_count_who_came_between_and_the_last_one_is_open():
    found = rare.gaps([1, 1, 0, 1, 0, 0, 1, 1, 1], np.arange(9.0), [0] * 9)
    assert found.at == (2, 4, 5, 8)
    assert found.patients.tolist() == [2, 1, 0, 3]
    assert found.days.tolist() == [2, 2, 1, 3]
    assert found.open


def test_counting_starts_anew_with_a_phase_and_what_it_cuts_off_is_left_out():
    found = rare.gaps([1, 0, 1, 1, 1, 0], [0, 1, 2, 3, 10, 12], [0, 0, 0, 0, 1, 1])
    assert found.patients.tolist() == [1, 1]
    assert found.days.tolist() == [1, 2]
    assert (found.phase, found.open) == ((0, 1), False)


def test_two_misses_in_the_same_minute_are_a_minute_apart():
    assert rare.gaps([0, 0], [5.0, 5.0], [0, 0]).days.tolist() == [rare.SHORTEST, rare.SHORTEST]


def test_no_miss_is_one_open_gap_and_only_misses_are_none():
    assert rare.gaps([1] * 4, range(4), [0] * 4).patients.tolist() == [4]
    all_missed = rare.gaps([0] * 4, range(4), [0] * 4)
    assert (all_missed.patients.tolist(), all_missed.open) == ([0] * 4, False)


def test_a_change_is_seen_against_the_phase_before():
    generator = np.random.default_rng(1)
    got = np.concatenate([generator.random(80) < 0.4, generator.random(80) < 0.85])
    found = rare.follow(got, np.repeat([0, 1], 80), 60)
    assert (found.first, found.patients, found.count) == (80, 80, int(got[:80].sum()))
    assert found.better.signals
    assert not found.worse.signals
    assert found.false_alarm <= 0.0501
    worse = rare.follow(~got, np.repeat([0, 1], 80), 60)
    assert worse.worse.signals
    assert not worse.better.signals


def test_one_phase_is_held_against_its_first_half_and_few_are_not_followed():
    found = rare.follow([1, 0, 1, 1] * 10, [0] * 40, 40)
    assert (found.first, found.count, found.patients) == (20, 15, 20)
    assert rare.follow([1] * 12, [0] * 12, 12) is None
    assert rare.follow([], [], 12) is None


@pytest.mark.parametrize("outcome", [0, 1])
def test_a_baseline_of_none_or_all_still_has_a_limit(outcome):
    found = rare.follow([outcome] * 40, [0] * 40, 40)
    assert not found.better.signals
    assert not found.worse.signals
