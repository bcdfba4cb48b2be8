"""False-alarm probabilities against published simulations, brute force, and what must hold for any series."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhr_dash.statistics import rules, runs
from nhr_dash.statistics.false_alarm import exact_runs, false_alarm
from nhr_dash.statistics.spc import control_chart


@pytest.fixture
def normal():
    return np.random.default_rng(3).normal(50, 10, 36)


@given(st.integers(0, 7), st.integers(0, 7))
def test_exact_runs_is_every_order_counted(above, below):
    if above + below == 0:
        assert exact_runs(0, 0) == 0
        return
    signals = [
        runs.analyse(order, 0).signal
        for order in product((1.0, -1.0), repeat=above + below)
        if sum(side > 0 for side in order) == above
    ]
    assert exact_runs(above, below) == pytest.approx(np.mean(signals))


@pytest.mark.parametrize(
    ("rule_set", "kind", "length", "published"),
    [
        ("anhoej", "run", 12, 0.012),
        ("anhoej", "run", 24, 0.033),
        ("anhoej", "run", 36, 0.042),
        ("anhoej", "i", 12, 0.063),
        ("anhoej", "i", 24, 0.122),
        ("anhoej", "i", 36, 0.169),
        ("nhs", "i", 12, 0.071),
        ("nhs", "i", 24, 0.190),
        ("nhs", "i", 36, 0.290),
        ("ihi", "run", 12, 0.121),
        ("ihi", "run", 24, 0.375),
        ("ihi", "run", 36, 0.559),
    ],
)
def test_published_false_alarms_of_measurements(normal, rule_set, kind, length, published):
    """20 000 simulations each, normal values, lines from the same points."""
    found = false_alarm(control_chart(normal[:length], kind=kind), rules.RULE_SETS[rule_set])
    assert found.probability == pytest.approx(published, abs=0.02)


@pytest.mark.parametrize(("month", "published"), [(4, 0.059), (11, 0.047), (37, 0.03)])
def test_published_false_alarms_of_shares_with_their_ties(month, published):
    y = [round(0.75 * month), *[round(0.75 * month) + i for i in (0, 1, -1)] * 8][:24]
    y[0] += round(0.75 * 24 * month) - sum(y)
    found = false_alarm(control_chart(np.clip(y, 0, month), [month] * 24, kind="run"), rules.ANHOEJ)
    assert found.model == "binomial"
    assert found.probability == pytest.approx(published, abs=0.015)


def test_exact_and_simulated_agree(normal):
    """The same rule, once counted and once drawn."""
    chart = control_chart(normal[:24], kind="run")
    exact = false_alarm(chart, rules.ANHOEJ)
    drawn = false_alarm(chart, rules.RuleSet("x", (rules.Runs(), rules.Shift(24, skip=False)), ""))
    assert exact.exact
    assert not drawn.exact
    assert drawn.probability == pytest.approx(exact.probability, abs=4 * drawn.standard_error)


def test_phases_raise_it_and_a_longer_frozen_start_lowers_it(normal):
    whole = false_alarm(control_chart(normal, kind="run"), rules.ANHOEJ).probability
    split = false_alarm(control_chart(normal, kind="run", phases=[18]), rules.ANHOEJ).probability
    alone = [exact_runs(9, 9)] * 2
    assert split == pytest.approx(1 - (1 - alone[0]) * (1 - alone[1]))
    assert split != whole
    short, long = (
        false_alarm(control_chart(normal, kind="i", freeze=freeze), rules.ANHOEJ).probability for freeze in (8, 24)
    )
    assert short > long


def test_the_same_series_has_the_same_answer(normal):
    chart = control_chart(normal, kind="i")
    assert false_alarm(chart, rules.NELSON) == false_alarm(chart, rules.NELSON)
    assert false_alarm(chart, rules.NELSON) == false_alarm(control_chart(normal * 3, kind="i"), rules.NELSON)


@pytest.mark.parametrize("rule_set", rules.RULE_SETS.values(), ids=lambda found: found.id)
@pytest.mark.parametrize("kind", ["run", "i", "ip", "mr", "p", "pp", "c", "u", "up", "g", "t", "xbar", "s"])
def test_every_kind_and_rule_set_has_one(rule_set, kind):
    y = np.random.default_rng(5).binomial(15, 0.7, 24).astype(float) + 1
    y[4] = np.nan
    n = None if kind in ("run", "i", "mr", "c", "g", "t", "xbar", "s") else [20.0] * 24
    split = {"subgroup": np.arange(24) // 3} if kind in ("xbar", "s") else {"phases": [12], "exclude": [2]}
    found = false_alarm(control_chart(y, n, kind=kind, **split), rule_set)
    assert 0 <= found.probability <= 1
    assert 0 <= found.standard_error < 0.02


def test_shares_are_drawn_as_shares_whatever_they_are_charted_as():
    y, n = [3, 4, 5, 4, 3, 5, 4, 4, 3, 5, 4, 4], [5.0] * 12
    for kind in ("run", "i", "ip", "p", "pp"):
        assert false_alarm(control_chart(y, n, kind=kind), rules.ANHOEJ).model == "binomial"
    assert false_alarm(control_chart([9, *y[1:]], n, kind="run"), rules.ANHOEJ).model == "poisson"
    assert false_alarm(control_chart(np.array(y) + 0.5, n, kind="ip"), rules.ANHOEJ).model == "normal"


def test_a_given_line_is_not_estimated(normal):
    """Values far from a given line are no false alarm: that is the signal, not what chance would give."""
    for kind in ("i", "run"):
        near, far = (
            false_alarm(control_chart(normal, kind=kind, center=line), rules.ANHOEJ).probability for line in (50, 500)
        )
        assert 0 < near < 0.5
        assert far == pytest.approx(near, abs=0.02)
    half = np.where(np.arange(36) < 18, 500, np.nan)
    mixed = false_alarm(control_chart(normal, kind="run", center=half, phases=[18]), rules.ANHOEJ)
    assert 0 < mixed.probability < 0.2


@pytest.mark.parametrize("values", [[5.0] * 12, [np.nan] * 12, [], [1.0]])
def test_nothing_to_go_by_is_not_a_number_or_never(values):
    for kind in ("run", "i", "c"):
        found = false_alarm(control_chart(values, kind=kind), rules.ANHOEJ)
        assert np.isnan(found.probability) or 0 <= found.probability <= 1
