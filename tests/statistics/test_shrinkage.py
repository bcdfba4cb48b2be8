import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhr_dash.statistics import variation
from nhr_dash.statistics.variation.shrinkage import _prior
from nhr_dash.text.catalog import t


def hospitals(sd, units, seed):
    """True shares around 80 % with the given spread, 5–150 patients each, and what was counted."""
    draw = np.random.default_rng(seed)
    true = np.full(units, 0.8)
    if sd:
        size = 0.16 / sd**2 - 1
        true = draw.beta(0.8 * size, 0.2 * size, units)
    n = draw.integers(5, 150, units)
    return true, draw.binomial(n, true), n


@pytest.mark.parametrize(("sd", "units"), [(0.0, 15), (0.03, 15), (0.08, 6), (0.08, 40)])
def test_intervals_hold_what_they_promise_and_shrunken_values_are_nearer_the_truth(sd, units):
    inside, ranks, between, raw, shrunken = [], [], [], [], []
    for seed in range(25):
        true, x, n = hospitals(sd, units, seed)
        got = variation.shrink(x, n, draws=1000)
        table = got.units
        inside.append(((table["low"] <= true) & (true <= table["high"])).mean())
        rank = np.argsort(np.argsort(-true)) + 1
        ranks.append(((table["rank_low"] <= rank) & (rank <= table["rank_high"])).mean())
        between.append(got.between.low <= sd <= got.between.high)
        raw.append(((table["value"] - true) ** 2).mean())
        shrunken.append(((table["shrunken"] - true) ** 2).mean())
    assert np.mean(inside) > 0.91
    assert np.mean(shrunken) < 0.75 * np.mean(raw)
    if sd:
        assert np.mean(between) > 0.88
        assert np.mean(ranks) > 0.9


def test_more_spread_makes_a_ranking_surer():
    answers = [variation.shrink(*hospitals(sd, 40, 3)[1:]) for sd in (0.0, 0.04, 0.12)]
    for measure in ("rankability", "pairs_known"):
        values = [getattr(answer, measure) for answer in answers]
        assert values == sorted(values)
        assert all(0 <= value <= 1 for value in values)
    assert answers[0].pairs_known < 0.02
    assert answers[2].pairs_known > 0.4
    assert answers[0].units["reliability"].max() < answers[2].units["reliability"].min() + 0.6
    assert answers[1].units[["best", "worst"]].sum().tolist() == pytest.approx([1, 1])


def test_the_beta_posterior_is_the_integral_of_the_model():
    # Straight from the definition, by numbers: likelihood × prior integrated over the true share.
    x, n = np.array([3.0, 9, 5]), np.array([10.0, 12, 11])
    prior = _prior(x, n, "proportion")
    at = int(np.argmax(prior.weight))
    a, b = prior.first[at], prior.second[at]
    share = np.linspace(0, 1, 40001)[1:-1]
    density = share ** (a - 1 + 3) * (1 - share) ** (b - 1 + 7)
    assert (a + 3) / (a + b + 10) == pytest.approx(float((share * density).sum() / density.sum()), rel=1e-6)
    assert prior.mean[at] == pytest.approx(a / (a + b))
    assert prior.sd[at] ** 2 == pytest.approx(a * b / ((a + b) ** 2 * (a + b + 1)))


@pytest.mark.parametrize("direction", [1, -1])
def test_the_best_unit_is_the_best_of_all_shrunken_values(direction):
    """Nine of ten is more than forty-two of fifty, and less sure: the larger unit is the best."""
    x, n = [9, 42, 30, math.nan, 55], [10, 50, 50, 0, 100]
    at, share = variation.best_unit(x, n, direction)
    every = variation.shrink(x, n).units
    assert at == (every["shrunken"] * direction).idxmax() == (1 if direction > 0 else 4)
    assert share.estimate == pytest.approx(every["shrunken"][at], abs=1e-12)
    assert (share.low, share.high) == pytest.approx((every["low"][at], every["high"][at]), abs=0.01)
    with pytest.raises(variation.CannotShrink):
        variation.best_unit(x[:2], n[:2])


def test_ratios_shrink_towards_their_mean():
    draw = np.random.default_rng(4)
    expected = draw.uniform(2, 60, 30)
    true = draw.gamma(16, 1 / 16, 30)  # standard deviation 0.25
    got = variation.shrink(draw.poisson(expected * true), expected, kind="rate")
    assert got.between.low < 0.25 < got.between.high
    assert got.mean == pytest.approx(1, abs=0.15)
    table = got.units
    assert ((table["low"] <= true) & (true <= table["high"])).mean() > 0.85
    assert (table["shrunken"].std(), table["shrunken"].max()) < (table["value"].std(), table["value"].max())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12))
def test_always_an_answer_or_a_reason(units):
    x = np.array([a for a, _ in units], dtype=float)
    n = np.array([a + b for a, b in units], dtype=float)
    try:
        got = variation.shrink(x, n, draws=200)
    except variation.CannotShrink as why:
        assert why.reason in {"too_few_units", "none_or_all"}
        return
    table = got.units[n > 0]
    assert np.isfinite(table.to_numpy()).all()
    assert got.units[n == 0].isna().all(axis=None)
    between = np.minimum(table["value"], got.mean) - 1e-2 <= table["shrunken"]
    assert between.all()
    assert 0 < got.between.low <= got.between.estimate <= got.between.high


def test_impossible_input_is_refused_and_a_seed_repeats():
    with pytest.raises(ValueError, match="one numerator"):
        variation.shrink([1, 2], [3])
    with pytest.raises(ValueError, match="between 0"):
        variation.shrink([5, 1, 1], [4, 2, 2])
    with pytest.raises(variation.CannotShrink, match="too_few"):
        variation.shrink([1, 2, math.nan], [3, 4, 5])
    first, second = (variation.shrink([1, 5, 9], [10, 10, 10], draws=100) for _ in range(2))
    assert first.units.equals(second.units)


def test_differences_that_became_smaller_are_seen_and_larger_units_are_not_mistaken_for_it():
    wide, narrow = hospitals(0.12, 40, 1), hospitals(0.03, 40, 2)
    got = variation.spread_change(wide[1:], narrow[1:])
    assert got.ratio.high < 1
    assert got.p_smaller > 0.99
    assert got.after.high < got.before.low
    true, _, n = hospitals(0.06, 40, 3)
    draw = np.random.default_rng(4)
    grown = variation.spread_change((draw.binomial(n, true), n), (draw.binomial(n * 6, true), n * 6))
    assert grown.ratio.low < 1 < grown.ratio.high
    with pytest.raises(variation.CannotShrink):
        variation.spread_change(([1], [2]), narrow[1:])


@pytest.mark.parametrize(
    "key",
    [
        *("variation.too_little_data", "variation.none_or_all", "variation.too_few_units"),
        *("casemix.no_patients", "casemix.none_or_all", "casemix.too_few_patients", "casemix.all_alike"),
    ],
)
def test_every_reason_has_words(key):
    assert t("nb", key) != t("en", key)
