"""The runs rules against the published table of critical values, and the vectorised form against the plain one."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nhr_dash.statistics import runs

PUBLISHED = {  # number of useful points: longest run and fewest crossings without a signal
    (10, 11): (6, 2),
    (12, 13): (7, 3),
    (14, 16): (7, 4),
    (17, 18): (7, 5),
    (19, 21): (7, 6),
    (22, 22): (7, 7),
    (23, 23): (8, 7),
    (24, 26): (8, 8),
    (27, 28): (8, 9),
    (29, 30): (8, 10),
    (31, 33): (8, 11),
    (34, 35): (8, 12),
    (36, 37): (8, 13),
    (43, 44): (8, 16),
    (45, 45): (8, 17),
    (46, 47): (9, 17),
    (60 - 1, 60): (9, 23),
    (90, 90): (9, 37),
    (91, 91): (10, 37),
    (99, 100): (10, 41),
}

values = st.lists(st.one_of(st.integers(-3, 3).map(float), st.just(float("nan"))), min_size=0, max_size=40)


@pytest.mark.parametrize(("between", "expected"), PUBLISHED.items())
def test_limits_are_the_published_table(between, expected):
    assert all(runs.limits(n) == expected for n in range(between[0], between[1] + 1))


@pytest.mark.parametrize("n", [1, 2, 3, 50, 400, 1000, 1001, 1002, 5000, 20_001])
def test_crossings_limit_is_the_binomial_quantile(n):
    assert runs.limits(n)[1] == int(stats.binom.ppf(0.05, n - 1, 0.5)) if n > 1 else runs.limits(n)[1] == 0


def test_limits_of_nothing_and_of_nonsense():
    assert runs.limits(0) == (0, 0)
    with pytest.raises(ValueError, match="negative"):
        runs.limits(-1)


def test_points_on_the_line_neither_break_nor_add():
    found = runs.analyse([5, 5, 3, 5, float("nan"), 5, 1, 1, 3, 1, 1], 3)
    assert (found.n_useful, found.longest, found.crossings) == (8, 4, 1)


def test_flat_series_is_on_its_own_mean():
    """Fifteen times 0.1: the plain mean is off by one bit, which exact comparison takes for a run of fifteen."""
    y = np.full(15, 0.1)
    line = sum(y.tolist()) / 15
    assert line != 0.1
    assert runs.analyse(y, line).n_useful == 0


def test_offending_run_is_named_with_its_side():
    y = [1, 2, 1, 2, *[9] * 9, 1, 9]
    found = runs.analyse(y, 5)
    assert found.signal
    assert (found.first, found.last, found.side, found.longest) == (4, 12, 1, 9)
    assert runs.in_long_runs(y, 5, found.longest_max).tolist() == [4 <= i <= 12 for i in range(15)]


def test_latest_of_equally_long_runs_is_named():
    y = [*[9] * 10, *[1] * 10]
    found = runs.analyse(y, 5)
    assert (found.first, found.last, found.side) == (10, 19, -1)
    assert runs.in_long_runs(y, 5, found.longest_max).all()


def test_too_few_crossings_name_no_run():
    y = ([1] * 7 + [9] * 7) * 2
    found = runs.analyse(y, 5)
    assert found.signal
    assert (found.first, found.last, found.side, found.crossings) == (None, None, 0, 3)


@given(st.lists(values, min_size=1, max_size=6), st.integers(-1, 1))
def test_many_at_once_equals_one_at_a_time(series, center):
    width = max(len(s) for s in series)
    y = np.array([s + [float("nan")] * (width - len(s)) for s in series]).reshape(len(series), width)
    many = runs.analyse_many(y, center)
    for row, s in enumerate(series):
        one = runs.analyse(s, center)
        for name in ("n_useful", "longest", "longest_max", "crossings", "crossings_min", "signal"):
            assert getattr(many, name)[row] == getattr(one, name)


@given(values, st.integers(-3, 3))
def test_a_point_on_the_line_changes_nothing(y, at):
    with_extra = [*y[: len(y) // 2], float(at), *y[len(y) // 2 :]]
    before, after = runs.analyse(y, at), runs.analyse(with_extra, at)
    assert (before.n_useful, before.longest, before.crossings) == (after.n_useful, after.longest, after.crossings)


def test_import_is_light():
    code = "import sys; from nhr_dash.statistics import runs; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
