"""What is read off a series."""

import math

import numpy as np
import pytest

from nhr_dash.statistics.reading import read
from tests.charts.conftest import IN_TIME, PATIENTS


def shares(k, n, phase=None, **given):
    k, n = np.array(k, dtype=float), np.array(n, dtype=float)
    value = np.divide(k, n, out=np.full(len(n), np.nan), where=n > 0)
    return read(value, k, n, np.zeros(len(n)) if phase is None else phase, **({"direction": 1} | given))


def test_the_design_example():
    found = shares(IN_TIME, PATIENTS, [0] * 13 + [1] * 14)
    assert (found.row.length, found.row.limit) == (14, 8)
    assert (found.row.first, found.row.last, found.row.side) == (13, 26, 1)
    assert found.before.share.estimate == pytest.approx(33 / 176)
    assert found.now.median == pytest.approx(0.6563, abs=1e-4)
    assert found.difference.low == pytest.approx(0.364, abs=0.001)
    assert found.side == "better"


def test_points_on_the_line_neither_count_nor_break():
    k = [5] * 12 + [8, 8, 8, 8, 5, 8, 8, 8, 8, 8]
    found = shares(k, [10] * 22, [0] * 12 + [1] * 10)
    assert found.row.length == 9
    assert (found.row.first, found.row.last) == (12, 21)
    assert found.before.tie_share == 1


def test_provisional_points_of_the_row_are_counted():
    found = shares(IN_TIME, PATIENTS, [0] * 13 + [1] * 14, provisional=[False] * 25 + [True] * 2)
    assert found.provisional_in_row == 2


def test_one_phase_with_a_long_run_has_a_side():
    k = [3, 7, 3, 7, 3, 7] + [3] * 6 + [7] * 9 + [3] * 3
    found = shares(k, [10] * 24)
    assert found.row.length == 9
    assert found.row.limit == 8
    assert found.side == "better"
    assert found.before is None
    assert math.isnan(found.difference.estimate)


def test_one_phase_with_few_crossings_has_no_side():
    k = ([3] * 6 + [7] * 6) * 2
    found = shares(k, [10] * 24)
    assert found.few_crossings
    assert not found.row.signal
    assert found.side == "changed"


def test_under_ten_points_nothing_is_said_of_runs():
    found = shares([3] * 4 + [7] * 4, [10] * 8)
    assert found.row is None
    assert not found.signal


def test_a_low_share_can_be_the_good_one():
    found = shares([15] * 12 + [3] * 14, [20] * 26, [0] * 12 + [1] * 14, direction=-1)
    assert found.side == "better"


def test_an_empty_phase_is_left_out():
    found = shares([1, 2, 0, 0, 3], [4, 4, 0, 0, 4], [0, 0, 1, 1, 2])
    assert len(found.phases) == 2


def test_medians_of_minutes_are_read_as_minutes():
    found = read(
        [40.0] * 6 + [20.0] * 8, [0] * 14, [12] * 14, [0] * 6 + [1] * 8, direction=1, minutes=[40.0] * 6 + [20.0] * 8
    )
    assert found.kind == "minutes"
    assert found.side == "better"
    assert found.patients == 168


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="as many"):
        read([1.0], [1, 2], [1], [0], direction=1)
