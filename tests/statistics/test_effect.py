import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhr_dash.statistics import effect
from tests.statistics import goldens

MINUTES = st.lists(st.one_of(st.just(math.nan), st.integers(0, 600).map(float)), max_size=25)


def test_forty_two_more_patients_a_year():
    change = effect.before_after(40, 100, 75, 100, yearly_patients=120)
    assert change.more_a_year is not None
    assert change.more_a_year.estimate == pytest.approx(42)
    assert change.difference.low > 0.2
    assert change.p < 0.001
    assert change.p_higher < change.p


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ((0, 0, 3, 4), "effect.no_patients_before"),
        ((3, 4, 0, 0), "effect.no_patients_after"),
        ((0, 0, 0, 0), "effect.no_patients"),
        ((0, 4, 0, 9), None),
        ((4, 4, 9, 9), None),
        ((0, 1, 1, 1), None),
        ((1, 1, 1, 1), None),
    ],
)
def test_small_tables_have_an_answer_or_a_reason(counts, reason):
    change = effect.before_after(*counts, yearly_patients=100)
    assert change.reason == reason
    if reason is None:
        assert change.ratio is None or math.isfinite(change.ratio.high)
        assert change.odds_ratio is None
        assert change.ratio_reason == "effect.none_or_all"
        assert 0 < change.p <= 1
        assert change.difference.low <= change.difference.estimate <= change.difference.high


def test_rates_without_events_have_a_reason():
    assert effect.rate_change(0, 100, 0, 100).reason == "effect.no_events"
    assert effect.rate_change(0, 100, 5, 100).reason == "effect.no_events_before"
    assert effect.rate_change(3, 0, 5, 100).reason == "effect.no_exposure"
    down = effect.rate_change(5, 100, 0, 100)
    assert down.ratio is not None
    assert down.ratio.low == 0


def test_paired_shares_match_newcombe():
    # Newcombe 1998 (Stat Med 17:2635), method 10: 20, 12, 2, 16 gives 0.0562 to 0.3292, before − after.
    change = effect.paired_share_change(20, 12, 2, 16)
    assert change.difference.estimate == pytest.approx(-0.2)
    assert (round(-change.difference.high, 4), round(-change.difference.low, 4)) == (0.0562, 0.3292)
    assert effect.paired_share_change(0, 0, 0, 0).reason == "effect.no_patients"
    assert effect.paired_share_change(5, 0, 0, 5).p == 1.0


@given(MINUTES, MINUTES)
def test_minutes_always_answer_or_give_a_reason(before, after):
    got = effect.minutes_shift(before, after, limit=40)
    if got.reason is None:
        assert got.shift.low <= got.shift.estimate <= got.shift.high
        assert 0 < got.p <= 1
        assert 0 < got.ratio.low <= got.ratio.high < math.inf
    else:
        assert math.isnan(got.shift.low)
    assert got.within is not None
    assert got.within.before_patients == sum(not math.isnan(value) for value in before)


@given(st.lists(st.integers(1, 300), min_size=4, max_size=20), st.lists(st.integers(1, 300), min_size=4, max_size=20))
def test_shifting_everyone_by_ten_minutes_shifts_the_answer_by_ten(before, after):
    first = effect.mann_whitney(before, after).shift
    moved = effect.mann_whitney(before, [value + 10 for value in after]).shift
    assert moved.estimate == pytest.approx(first.estimate + 10)
    turned = effect.mann_whitney(after, before).shift
    assert turned.estimate == pytest.approx(-first.estimate)


def test_many_patients_take_the_short_way_to_the_same_answer(monkeypatch):
    generator = np.random.default_rng(4)
    before, after = generator.lognormal(4, 0.5, 400), generator.lognormal(3.9, 0.5, 350)
    listed = effect.mann_whitney(before, after)
    monkeypatch.setattr("nhr_dash.statistics.effect.durations.ALL_PAIRS", 10)
    bisected = effect.mann_whitney(before, after)
    assert bisected.shift == pytest.approx(listed.shift, rel=1e-9)


def test_bootstrap_is_repeatable_and_honest_about_few():
    before, after = np.arange(20, 80), np.arange(10, 60)
    assert effect.quantile_change(before, after, 0.9) == effect.quantile_change(before, after, 0.9)
    assert effect.quantile_change(before, after, 0.9).high < 0
    few = effect.quantile_change([1, 2, 3], [4, 5, 6])
    assert few.estimate == 3
    assert math.isnan(few.low)


def test_shares_and_rates_against_reference():
    compared = unavailable = 0
    for case in goldens.cases("stats/two_proportions"):
        table, out = case["input"], case["output"]
        ours = effect.before_after(table["x1"], table["n1"], table["x2"], table["n2"], level=table["conf"])
        assert goldens.close(ours.difference.estimate, out["difference"])
        assert goldens.close(ours.p, out["fisher"]["p"])
        assert goldens.close(ours.p_higher, out["fisher_p_greater"])
        assert goldens.close(ours.p_lower, out["fisher_p_less"])
        for mine, name in ((ours.ratio, "risk_ratio"), (ours.odds_ratio, "odds_ratio")):
            limits = out[name + ("_katz_ci" if name == "risk_ratio" else "_woolf_ci")]
            if mine is None:
                unavailable += 1
                assert ours.ratio_reason == "effect.none_or_all"
                assert limits is None
                continue
            compared += 1
            assert goldens.close(mine.estimate, out[name])
            assert goldens.close(mine.low, limits[0])
            assert goldens.close(mine.high, limits[1])
    rates = goldens.cases("stats/two_rates")
    for case in rates:
        table, out = case["input"], case["output"]
        rate = effect.rate_change(table["x1"], table["t1"], table["x2"], table["t2"], level=table["conf"])
        assert rate.ratio is not None
        assert goldens.close(rate.p, out["p"])
        assert goldens.close(rate.ratio.low, out["ci"][0])
        assert goldens.close(rate.ratio.high, out["ci"][1])
    print(f"{compared} ratios agree, {unavailable} have a reason; {len(rates)} rate ratios agree")


def test_minutes_against_reference():
    exact = normal = refused = paired = level = 0
    for case in goldens.cases("stats/two_samples"):
        data, out = case["input"], case["output"]
        ours, shift = (
            effect.mann_whitney(data["before"], data["after"]),
            effect.minutes_shift(data["before"], data["after"]),
        )
        assert goldens.close(ours.shift.estimate, out["hodges_lehmann_median_of_differences"])
        assert goldens.close(shift.median_before, out["median_before"])
        assert goldens.close(shift.median_after, out["median_after"])
        assert goldens.close(shift.quartiles_before[0], out["quartiles_type7_before"][0])
        assert goldens.close(shift.quartiles_after[1], out["quartiles_type7_after"][2])
        theirs = out["wilcox_default"]
        if "W" not in theirs:  # R stops with an error on constant groups.
            refused += 1
            continue
        assert goldens.close(ours.statistic, theirs["W"])
        assert goldens.close(ours.p, theirs["p"])
        if math.isnan(ours.shift.low):
            level += 1
            continue
        # With ties R finds the limits by root search with tolerance 1e-4; without, they are differences of the data.
        near = 1e-9 if ours.exact else 1.1e-4
        assert math.isclose(ours.shift.low, theirs["ci"][0], rel_tol=1e-9, abs_tol=near)
        assert math.isclose(ours.shift.high, theirs["ci"][1], rel_tol=1e-9, abs_tol=near)
        exact, normal = exact + ours.exact, normal + (not ours.exact)
    for case in goldens.cases("stats/paired"):
        data, theirs = case["input"], case["output"]["wilcoxon_signed_rank"]
        ours = effect.paired_minutes(data["before"], data["after"])
        assert goldens.close(ours.statistic, theirs["V"])
        assert goldens.close(ours.p, theirs["p"])
        if not ours.exact and "requested conf.level not achievable" in theirs.get("warnings", []):
            level += 1  # R then searches at a lower level; ours is the widest interval there is.
            continue
        assert abs(ours.shift.low - theirs["ci"][0]) < 1.1e-4
        assert abs(ours.shift.high - theirs["ci"][1]) < 1.1e-4
        paired += 1
    print(f"{exact} exact and {normal} normal two-sample, {paired} paired agree; {refused} R errors, {level} too few")
    assert level <= 5
