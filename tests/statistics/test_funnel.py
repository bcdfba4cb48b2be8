import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nhr_dash.statistics import intervals, variation
from nhr_dash.statistics.variation.dispersion import additive_limits, dispersion, scores, standard_error
from nhr_dash.statistics.variation.limits import one_tail, tails
from tests.statistics import goldens

# FunnelPlotR calls its 99.8 % limits "99", and its normal limits rest on z with seven digits.
PEER_TAILS = {"95": 0.025, "99": 0.001}
PEER_Z_TAILS = {"95": float(stats.norm.sf(1.959964)), "99": float(stats.norm.sf(3.090232))}
SCALES = {"SHMI": "log", "CQC": "root", None: "log"}


# ---- limits --------------------------------------------------------------------------------------------------------


@given(st.integers(1, 250), st.floats(0.02, 0.98), st.sampled_from([0.95, 0.998, 0.8]))
def test_exact_limits_agree_with_the_tail_they_promise(n, target, level):
    tail = one_tail(level)
    x = np.arange(n + 1.0)
    limits = variation.binomial_limits(float(n), target, tail)
    few, many = tails(x, float(n), target, "proportion")
    sure = (np.abs(few - tail) > 1e-9) & (np.abs(many - tail) > 1e-9)
    assert ((x / n < limits.low) == (few < tail))[sure].all()
    assert ((x / n > limits.high) == (many < tail))[sure].all()


@given(st.integers(1, 400), st.floats(0.02, 0.98))
def test_counting_failures_gives_the_mirrored_funnel(n, target):
    limits = variation.binomial_limits(float(n), target, 0.001)
    mirrored = variation.binomial_limits(float(n), 1 - target, 0.001)
    assert limits.low == pytest.approx(1 - mirrored.high, abs=1e-9)
    assert limits.high == pytest.approx(1 - mirrored.low, abs=1e-9)


def test_ten_of_ten_is_no_outlier_at_a_target_of_88_percent():
    # The published interpolation puts the upper 99.8 % limit at 0.9996 here.
    assert variation.binomial_limits(10.0, 0.88, 0.001).high == 1.0
    got = variation.funnel([10, 88, 5], [10, 100, 6], target=0.88)
    assert not got.points["outside_95"].any()


def test_exact_and_normal_lower_limits_at_88_percent():
    sizes = np.array([10.0, 30.0, 100.0])
    normal = variation.normal_limits(sizes, 0.88, 0.001).low
    assert np.round(normal, 3).tolist() == [0.562, 0.697, 0.780]
    exact = variation.binomial_limits(sizes, 0.88, 0.001).low
    quantile = stats.binom.ppf(0.001, sizes, 0.88) / sizes
    assert ((quantile - 1 / sizes < exact) & (exact <= quantile)).all()


@given(st.floats(0.05, 300), st.floats(0.2, 3))
def test_exact_poisson_limits_agree_with_the_tail_they_promise(exposure, target):
    x = np.arange(0.0, 1200.0)
    limits = variation.poisson_limits(exposure, target, 0.025)
    few, many = tails(x, exposure, target, "rate")
    sure = (np.abs(few - 0.025) > 1e-9) & (np.abs(many - 0.025) > 1e-9)
    value = x / exposure
    assert ((value < limits.low) == (few < 0.025))[sure].all()
    assert ((value > limits.high) == (many < 0.025))[sure].all()


@pytest.mark.parametrize("tail", [1e-5, 1e-12, 1e-20, 1e-100, 1e-300])
def test_limits_of_extreme_tails_keep_widening(tail):
    exposure = np.array([0.05, 1.0, 30, 2000])
    for limits in (variation.poisson_limits, variation.binomial_limits):
        sizes = np.ceil(exposure) if limits is variation.binomial_limits else exposure
        wide, wider = limits(sizes, 0.7, tail), limits(sizes, 0.7, tail * 1e-3)
        assert (wider.low <= wide.low).all()
        assert (wider.high >= wide.high).all()
        assert np.isfinite(wider.high).all()


@given(st.floats(0.02, 0.98), st.sampled_from(["proportion", "rate"]))
def test_normal_limits_narrow_as_units_grow(target, kind):
    limits = variation.normal_limits(np.arange(1.0, 200.0), target, 0.025, kind)
    assert (np.diff(limits.low) >= -1e-12).all()
    assert (np.diff(limits.high) <= 1e-12).all()


def test_published_poisson_limits():
    # FunnelPlotR's own tests: expected 15, 20, 30.
    got = variation.garwood_limits(np.array([15.0, 20, 30]), 1.0, 0.025)
    assert got.low == pytest.approx([0.5596924, 0.6108260, 0.6746958], rel=1e-6)
    assert got.high == pytest.approx([1.649348, 1.544419, 1.427562], rel=1e-6)


def test_published_overdispersion():
    # FunnelPlotR's own tests (SHMI) and controlchartspy's example (shares, 10 % winsorised), as numbers.
    observed, expected = [100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220]
    scored = scores(observed, expected, 1.0, "log")
    spread = dispersion(scored.z, scored.error, 0.1, "truncated")
    assert (spread.phi, spread.tau2) == (pytest.approx(2.948033, rel=1e-6), pytest.approx(0.0194775, rel=1e-5))
    x = np.array([27, 23, 35, 26, 38, 22, 46, 26, 27, 35])
    n = np.array([170, 122, 178, 184, 161, 105, 190, 121, 137, 197])
    got = variation.funnel(x, n, adjustment="additive")
    assert got.target == pytest.approx(0.1948882, rel=1e-6)
    assert got.spread.phi == pytest.approx(0.7397, abs=1e-4)
    assert (got.spread.tau2, got.adjustment) == (0.0, "none")
    at_105 = additive_limits(standard_error(105, got.target, "arcsine"), got.target, 0.0, 0.001, "arcsine")
    assert (float(at_105.low), float(at_105.high)) == pytest.approx((0.09100195, 0.32631403), rel=1e-6)


def test_scores_at_the_edges_are_trimmed_without_a_warning():
    scored = scores([0, 4, 5, 6, 9], [5, 5, 5, 5, 5], 1.0, "log")
    assert scored.z[0] == -math.inf
    assert math.isfinite(dispersion(scored.z, scored.error, 0.25).phi)
    assert math.isfinite(dispersion(scored.z, scored.error, 0.25, "truncated").phi)
    assert dispersion(scored.z, scored.error, 0.0).phi == math.inf
    endless = variation.funnel([0, 4, 5, 6, 9], [5] * 5, kind="rate", scale="log", trim=0, adjustment="multiplicative")
    assert endless.adjustment == "none"
    assert np.isfinite(endless.points["high_95"]).all()
    nobody = dispersion([math.nan], [math.nan])
    assert math.isnan(nobody.phi)
    assert math.isnan(nobody.excess_p)


# ---- the funnel ----------------------------------------------------------------------------------------------------


UNITS = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), min_size=1, max_size=30).filter(
    lambda units: any(a + b for a, b in units)
)


@settings(max_examples=60, deadline=None)
@given(
    UNITS,
    st.sampled_from(["none", "additive", "multiplicative"]),
    st.sampled_from(["none", "bonferroni", "fdr"]),
    st.sampled_from(["exact", "normal"]),
    st.sampled_from(["proportion", "rate"]),
)
def test_a_unit_is_outside_exactly_when_its_dot_is_beyond_the_line(units, adjustment, many, method, kind):
    x = np.array([a for a, _ in units], dtype=float)
    n = np.array([a + b for a, b in units], dtype=float)
    got = variation.funnel(x, n, adjustment=adjustment, many=many, method=method, kind=kind)
    points = got.points
    for level in (95, 99.8):
        low, high, outside = (points[f"{name}_{level}"] for name in ("low", "high", "outside"))
        seen = (points["value"] > high + 1e-9).astype(int) - (points["value"] < low - 1e-9).astype(int)
        near = (points["value"] - high).abs().lt(1e-7) | (points["value"] - low).abs().lt(1e-7)
        if many == "fdr":
            assert (seen[outside == 0] == 0).all()  # the line lies at the last unit found
        elif method == "exact":
            assert (seen == outside)[~near].all()
    chance = variation.funnel(x, n, method=method, kind=kind).points
    if many == "none":
        assert (points["low_99.8"].fillna(0) <= chance["low_99.8"].fillna(0) + 1e-12).all()
        assert (points["high_99.8"].fillna(0) >= chance["high_99.8"].fillna(0) - 1e-12).all()
    assert points["p"].isna().equals(points["n"].isna())


def test_chance_alone_gives_no_more_outside_than_promised():
    draw = np.random.default_rng(7)
    n = draw.integers(1, 60, 47).astype(float)
    runs, outside = 300, 0
    first = variation.funnel(draw.binomial(n.astype(int), 0.8), n, target=0.8)
    for _ in range(runs):
        outside += int(
            (variation.funnel(draw.binomial(n.astype(int), 0.8), n, target=0.8).points["outside_95"] != 0).sum()
        )
    expected, likely = first.expected_outside[0.95], first.likely_outside[0.95]
    assert expected == pytest.approx(47 * 0.05)
    assert likely < expected
    assert outside / runs == pytest.approx(likely, abs=4 * math.sqrt(likely / runs))


def test_overdispersion_is_found_and_paid_for():
    draw = np.random.default_rng(3)
    n = draw.integers(100, 900, 50)
    x = draw.binomial(n, draw.beta(40, 10, 50))
    plain = variation.funnel(x, n)
    assert plain.spread.phi > 2
    assert plain.spread.excess_p < 1e-6
    outside = {"none": int((plain.points["outside_99.8"] != 0).sum())}
    for adjustment in ("additive", "multiplicative"):
        got = variation.funnel(x, n, adjustment=adjustment)
        assert got.adjustment == adjustment
        outside[adjustment] = int((got.points["outside_99.8"] != 0).sum())
    assert outside["none"] >= 10
    assert max(outside["additive"], outside["multiplicative"]) <= 2
    sizes = np.array([150.0, 800.0])
    assert (got.limits(sizes, 0.95).low < got.unadjusted(sizes, 0.95).low).all()
    # τ² on the arcsine scale against the true spread of the shares: sd(share) ≈ 2·√(p(1−p))·τ
    true = math.sqrt(40 * 10 / (50**2 * 51))
    assert 2 * 0.4 * math.sqrt(variation.funnel(x, n, trim=0).spread.tau2) == pytest.approx(true, rel=0.3)


def test_edges_have_answers_or_reasons():
    alone = variation.funnel([3], [4])
    assert alone.points["outside_95"].tolist() == [0]
    none = variation.funnel([0, 0, math.nan], [5, 9, 4], adjustment="additive")
    assert none.target == 0
    assert none.adjustment == "none"
    assert none.points["p"].tolist()[:2] == [1.0, 1.0]
    assert math.isnan(none.points["low_95"][2])
    every = variation.funnel([5, 9], [5, 9], many="fdr", method="normal")
    assert every.points["p"].tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="nobody"):
        variation.funnel([0.0], [0.0])
    with pytest.raises(ValueError, match="between 0"):
        variation.funnel([5], [4])
    with pytest.raises(ValueError, match="one numerator"):
        variation.funnel([5], [4, 5])
    with pytest.raises(ValueError, match="target"):
        variation.funnel([1], [4], target=1.2)
    with pytest.raises(ValueError, match="trimmed"):
        variation.funnel([1], [4], trim=0.5)
    with pytest.raises(ValueError, match="level"):
        variation.funnel([1], [4], levels=(1.0,))


# ---- against the references ----------------------------------------------------------------------------------------


def _units(case):
    """Sums by unit in the peer's order, and the denominators it scores with."""
    sums = defaultdict(lambda: [0.0, 0.0])
    for name, x, n in zip(case["input"]["unit"], case["input"]["num"], case["input"]["den"], strict=True):
        sums[name][0] += x
        sums[name][1] += n
    groups = case["output"]["units"]["group"]
    return np.array([sums[name][0] for name in groups]), np.array([sums[name][1] for name in groups])


def _same(ours, theirs):
    wanted = np.array([goldens.number(value) for value in theirs])
    finite = np.isfinite(wanted)
    assert np.isfinite(ours)[finite].all()
    assert np.allclose(np.asarray(ours)[finite], wanted[finite], rtol=1e-9, atol=1e-12)
    return int(finite.sum())


def test_against_funnelplotr():
    compared, exempt = Counter(), Counter()
    for case in goldens.cases("FunnelPlotR/funnel_plot"):
        args, out = case["args"], case["output"]
        kind, method = args["data_type"], args.get("sr_method") or "SHMI"
        units, scale_up = out["units"], args.get("multiplier", 1)
        x, n = _units(case)
        if kind == "SR" and method == "SHMI" and args.get("SHMI_rounding", True):
            n = np.array([round(float(value), 2) for value in units["denominator"]])
        target = 1.0 if kind == "SR" else x.sum() / n.sum()
        scale = {"PR": "arcsine", "RC": "log_counts"}.get(kind, SCALES.get(method))
        scored = scores(x, n, target, scale)
        compared["z"] += _same(scored.z, units["Uzscore"])
        trimming = "truncated" if kind == "SR" and method == "SHMI" else "winsorised"
        spread = dispersion(scored.z, scored.error, args.get("trim_by", 0.1), trimming)
        if args.get("draw_adjusted", True) and out["draw_adjusted"]:
            assert goldens.close(spread.phi, out["phi"]), case["index"]
            assert goldens.close(spread.tau2, out["tau2"]), case["index"]
            compared["phi and tau2"] += 1
        else:
            exempt["phi reported as 0 where adjusted limits are not drawn"] += 1
        compared["trimmed z"] += _same(
            spread.trimmed[~np.isnan(spread.trimmed)],
            [value for value, kept in zip(units["Wuzscore"], ~np.isnan(spread.trimmed), strict=True) if kept],
        )
        tau2 = float(out["tau2"])
        for name, tail in PEER_TAILS.items():
            if kind == "SR":
                exact = variation.garwood_limits(n, 1.0, tail)
                compared["Poisson limits"] += _same(exact.low * scale_up, units[f"LCL{name}"])
                compared["Poisson limits"] += _same(exact.high * scale_up, units[f"UCL{name}"])
            theirs = {
                side: np.array([goldens.number(v) for v in units[f"OD{name}{side}"]]) / scale_up
                for side in ("LCL", "UCL")
            }
            error = standard_error(n, 1.0 if kind == "SR" else target, scale)
            ours = additive_limits(error, target, tau2, PEER_Z_TAILS[name], "log" if kind == "RC" else scale)
            if kind == "PR":
                half = stats.norm.isf(PEER_Z_TAILS[name]) * np.sqrt(error**2 + tau2)
                angle = math.asin(math.sqrt(target))
                unfolded = (angle - half > 0) & (angle + half < math.pi / 2)
                # The peer repairs folded sines by comparing neighbours on a grid: a limit hangs on others' sizes.
                same = np.isclose(ours.low, theirs["LCL"], rtol=1e-9) & np.isclose(ours.high, theirs["UCL"], rtol=1e-9)
                exempt["PR limits beyond 0 or 1, which the peer's sine folds back"] += 2 * int((~unfolded).sum())
                assert same[unfolded].all(), case["index"]
                compared["adjusted limits"] += 2 * int(unfolded.sum())
            elif kind == "SR" and method == "CQC":
                # The peer draws these on the scale of the ratio; ours are on the root scale and squared.
                wide = theirs["LCL"] > 0
                compared["adjusted limits"] += _same(np.sqrt(ours.low[wide]), theirs["LCL"][wide])
                compared["adjusted limits"] += _same(np.sqrt(ours.high), theirs["UCL"])
                exempt["CQC lower limits below 0"] += int((~wide).sum())
            else:
                compared["adjusted limits"] += _same(ours.low, theirs["LCL"]) + _same(ours.high, theirs["UCL"])
    print(f"\nFunnelPlotR: compared {dict(compared)}, exempt {dict(exempt)}")
    assert compared["z"] > 3000


def test_against_phe_funnels():
    compared: Counter[str] = Counter()
    for case in goldens.cases("stats/phe_funnel"):
        out = case["output"]["limits_rows_1_2_50_99_100"]
        for name, level in (("2s", 0.95), ("3s", 0.998)):
            tail = one_tail(level)
            if case["input"]["statistic"] == "proportion":
                target = sum(case["input"]["num"]) / sum(case["input"]["den"])
                got = variation.normal_limits(np.array(out["Population"], dtype=float), target, tail)
                compared["proportion"] += _same(100 * got.low, out[f"lower_{name}_limit"])
                compared["proportion"] += _same(100 * got.high, out[f"upper_{name}_limit"])
                continue
            rate = case["input"]["statistic"] == "rate"
            target = sum(case["input"]["num"]) / sum(case["input"]["den"]) if rate else 1.0
            sizes = "population_1_year" if rate else "exp_events"
            for seen, low_at, high_at in zip(
                out["Events" if rate else "Observed_events"],
                out[f"lower_{name}_{sizes}"],
                out[f"upper_{name}_{sizes}"],
                strict=True,
            ):
                # The line is drawn through the sizes at which `seen` just touches its interval, which R finds by a
                # search that stops at 1.2e-4.
                interval = intervals.exact_poisson(seen, level)
                assert goldens.close(interval.high / target, low_at, absolute=2e-4 / target)
                assert goldens.close(interval.low / target, high_at, absolute=2e-4 / target)
                for at, side in ((interval.high, "low"), (interval.low, "high")):
                    line = float(getattr(variation.poisson_limits(at / target, target, tail), side))
                    assert line == pytest.approx(seen / at * target, rel=1e-9)
                compared[case["input"]["statistic"]] += 2
    print(f"\nPHEindicatormethods funnels: compared {dict(compared)}")
    assert compared["ratio"] > 50
