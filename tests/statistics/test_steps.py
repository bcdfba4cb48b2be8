import itertools
import math
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nhr_dash.statistics import variation
from nhr_dash.statistics.variation.steps import _places, _statistic, exact_p


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0.1, 0.9)), min_size=3, max_size=5), st.data())
def test_p_by_listing_every_way_the_events_can_fall(periods, data):
    n, chance = np.array([size for size, _ in periods], dtype=float), np.array([share for _, share in periods])
    total = int(n.sum())
    if total < 2:
        return
    events = data.draw(st.integers(1, total - 1))
    places = np.arange(len(n) - 1)[(np.cumsum(n)[:-1] > 0) & (np.cumsum(n)[:-1] < total)]
    reached = data.draw(st.floats(0.01, 12))
    expected, variance = np.cumsum(n * chance), np.cumsum(n * chance * (1 - chance))
    at_all = beyond = 0.0
    for x in itertools.product(*(range(size + 1) for size, _ in periods)):
        if sum(x) != events:
            continue
        weight = math.prod(
            comb(size, count) * share**count * (1 - share) ** (size - count)
            for (size, share), count in zip(periods, x, strict=True)
        )
        best = _statistic(np.cumsum(x)[places], expected[places], variance[places], variance[-1])
        at_all += weight
        beyond += weight * bool(best.size and best.max() >= reached * (1 - 1e-9))
    assert exact_p(n, chance, events, places, reached) == pytest.approx(beyond / at_all, abs=1e-10)


def test_the_statistic_is_pearsons():
    table = [[30, 10], [20, 20]]  # 30 of 40 before, 20 of 40 after
    share = 50 / 80
    got = _statistic(30, 40 * share, 40 * share * (1 - share), 80 * share * (1 - share))
    assert float(got) == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)


def test_a_step_that_everybody_made_is_no_finding_beside_the_others():
    draw = np.random.default_rng(21)
    n = draw.poisson(25, (30, 36))
    nation = np.linspace(0.6, 0.85, 36)
    share = np.broadcast_to(nation, n.shape).copy()
    share[0, 18:] = 1 / (1 + 0.25 * (1 / nation[18:] - 1))  # one unit besides has four times the odds
    x = draw.binomial(n, share)
    rest = (x.sum(axis=0) - x) / (n.sum(axis=0) - n)
    alone, beside = variation.find_steps(x, n), variation.find_steps(x, n, against=rest)
    assert alone.units["found"].sum() > 20
    assert beside.units["found"].sum() <= 2
    first = beside.units.loc[0]
    assert first["found"]
    assert first["earliest"] <= 18 <= first["latest"]
    assert first["others"] > 0.05
    assert first["difference"] == pytest.approx(first["after"] - first["before"] - first["others"])
    assert first["low"] > 0


def test_the_units_that_changed_are_found_with_time_and_size():
    draw = np.random.default_rng(11)
    n = draw.poisson(20, (40, 36))
    share = np.full((40, 36), 0.7)
    share[:6, 18:] = 0.92
    share[6, 24:] = 0.45
    got = variation.find_steps(draw.binomial(n, share), n)
    found = got.found
    assert set(found.index) >= set(range(7))
    assert len(found) <= 9
    assert found["difference"].abs().is_monotonic_decreasing
    for unit in range(7):
        row = got.units.loc[unit]
        true = 24 if unit == 6 else 18
        assert row["earliest"] <= true <= row["latest"]
        assert row["low"] < (-0.25 if unit == 6 else 0.22) < row["high"]
    assert found.loc[6, "difference"] < 0
    assert 1 <= got.phi < 1.15


def test_without_change_hardly_anything_is_found():
    draw = np.random.default_rng(5)
    some = 0
    for _ in range(30):
        n = draw.poisson(6, (15, 24))
        some += bool(variation.find_steps(draw.binomial(n, 0.8), n).units["found"].any())
    assert some <= 4  # 5 % expected


def test_months_that_swing_more_than_chance_do_not_become_steps():
    draw = np.random.default_rng(9)
    n = draw.poisson(40, (40, 36))
    x = draw.binomial(n, draw.beta(0.75 * 12, 0.25 * 12, (40, 36)))
    got = variation.find_steps(x, n)
    assert got.phi > 2.5
    assert got.units["found"].sum() <= 3


def test_too_little_all_alike_and_empty_periods():
    n = np.array([[9.0, math.nan, 9, 9, 0, 9, 9, 9], [1, 1, 0, 1, 1, 1, 1, 1], [9] * 8, [0] * 8])
    x = np.array([[1.0, math.nan, 1, 1, 0, 9, 9, 8], [1, 0, 0, 1, 1, 1, 0, 1], [9] * 8, [0] * 8])
    got = variation.find_steps(x, n).units
    assert got["reason"].tolist() == [
        None,
        "variation.too_little_data",
        "variation.none_or_all",
        "variation.too_little_data",
    ]
    assert got["found"].tolist() == [True, False, False, False]
    assert got.loc[0, "start"] == 5  # period 4 has nobody
    assert got.loc[0, "patients_before"] == 27
    assert got["start"].tolist()[1:] == [-1, -1, -1]
    with pytest.raises(ValueError, match="units"):
        variation.find_steps([1, 2], [3, 4])
    with pytest.raises(ValueError, match="count"):
        variation.find_steps([[5]], [[4]])
    with pytest.raises(ValueError, match="others"):
        variation.find_steps([[3]], [[4]], against=[1.0])
    with pytest.raises(ValueError, match="rate"):
        variation.find_steps([[3]], [[4]], rate=1)


def test_one_unit_is_the_same_alone_and_upside_down():
    draw = np.random.default_rng(2)
    n = draw.poisson(12, (1, 30)) + 1
    x = draw.binomial(n, np.where(np.arange(30) < 14, 0.5, 0.8))
    one, turned = variation.find_steps(x, n).units.loc[0], variation.find_steps(n - x, n).units.loc[0]
    assert one["p"] == pytest.approx(turned["p"])
    assert one["difference"] == pytest.approx(-turned["difference"])
    assert one["low"] == pytest.approx(-turned["high"])
    assert _places(n[0].astype(float), 3, 10).min() == 2
