import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhr_dash.statistics import cusum
from tests.statistics import goldens


def test_weights_are_log_likelihood_ratios():
    p1 = float(cusum.shifted(0.75, 2.0))
    assert p1 == pytest.approx(6 / 7)
    steps = cusum.weights([1, 0, math.nan], 0.75, 2.0)
    assert steps[0] == pytest.approx(math.log(p1 / 0.75))
    assert steps[1] == pytest.approx(math.log((1 - p1) / 0.25))
    assert steps[2] == 0
    for wrong in ((0.5, 0.0), (0.5, 1.0), (1.0, 2.0)):
        with pytest.raises(ValueError, match=r"odds ratio|probabilities"):
            cusum.weights([1], *wrong)


def test_ewma_matches_montgomery():
    # NIST e-Handbook 6.3.2.4: λ 0.3, target 50, s 2.0539, limits 52.5884 and 47.4115.
    values = [
        52,
        47,
        53,
        49.3,
        50.1,
        47,
        51,
        50.1,
        51.2,
        50.5,
        49.6,
        47.6,
        49.9,
        51.3,
        47.8,
        51.2,
        52.6,
        52.4,
        53.6,
        52.1,
    ]
    chart = cusum.ewma(values, 50, 2.0539, weight=0.3)
    assert chart.value[-1] == pytest.approx(51.99, abs=0.005)
    assert chart.upper[-1] == pytest.approx(52.5884, abs=0.001)
    assert chart.lower[-1] == pytest.approx(47.4115, abs=0.001)
    assert not chart.outside.any()


def test_a_missing_point_moves_no_average():
    chart = cusum.ewma([1.0, math.nan, 1.0], 0.0, 1.0)
    assert chart.value[1] == chart.value[0]
    assert not chart.outside[1]


@pytest.mark.parametrize(
    ("share", "patients", "odds_ratio", "published"),
    [(0.75, 48, 2, 2.78), (0.75, 132, 2, 3.95), (0.75, 132, 0.5, 4.35), (0.90, 48, 2, 1.85), (0.60, 132, 2, 4.34)],
)
def test_limits_with_a_known_baseline(share, patients, odds_ratio, published):
    # Published by simulation (20 000 runs), so the second decimal is uncertain there.
    got = cusum.calibrated_limit(share, patients, odds_ratio=odds_ratio)
    assert got.h == pytest.approx(published, abs=0.06)
    assert got.false_alarm == pytest.approx(0.05, abs=0.0015)


def test_an_estimated_baseline_needs_a_higher_limit_and_keeps_the_promise():
    known = cusum.calibrated_limit(0.75, 132)
    estimated = cusum.calibrated_limit(0.75, 132, baseline_patients=132)
    assert estimated.h > known.h + 0.5
    generator, alarms, runs = np.random.default_rng(7), 0, 3000
    for _ in range(runs):
        baseline = (generator.binomial(132, 0.75) + 0.5) / 133
        path = cusum.bernoulli_cusum((generator.random(132) < 0.75).astype(float), baseline, 2.0, estimated.h)
        alarms += bool(path.signals)
    assert alarms / runs == pytest.approx(0.05, abs=0.013)


@given(st.lists(st.sampled_from([0.0, 1.0, math.nan]), max_size=60), st.floats(0.05, 0.95))
def test_never_below_zero_and_unknown_moves_nothing(outcomes, share):
    path = cusum.bernoulli_cusum(outcomes, share, 2.0, 2.5)
    assert path.value.shape == (len(outcomes),)
    assert (path.value >= 0).all()
    only_known = cusum.bernoulli_cusum([y for y in outcomes if not math.isnan(y)], share, 2.0, 2.5)
    assert len(only_known.signals) == len(path.signals)


def agrees(path, theirs, sign, at_signal=None):
    """The values of R's CUSUM, which runs downwards for a fall and may store 0 at a signal."""
    for position, (ours, reference) in enumerate(zip(path.value, theirs, strict=True)):
        wanted = abs(reference) if at_signal is None or position not in path.signals else at_signal
        mine = 0.0 if at_signal is not None and position in path.signals else ours
        assert goldens.close(mine, wanted, absolute=1e-9), (position, sign)


def test_against_reference():
    paths = recoded = 0
    for case in goldens.cases("qicharts2/bchart"):
        if case["error"]:
            continue
        out, ratio = case["output"], case["args"].get("or", 2)
        h = abs(case["args"].get("limit", 3.5))
        for direction, name, signal in ((ratio, "cusum1", "signal1"), (1 / ratio, "cusum2", "signal2")):
            path = cusum.bernoulli_cusum(case["input"]["x"], out["p0"], direction, h)
            agrees(path, out[name], direction, at_signal=0.0)
            assert [position + 1 for position in path.signals] == out[signal]
            paths += 1
    for case in goldens.cases("extras/cusum"):
        p, y = case["args"]["failure_probability"], case["input"]["outcome"]
        if p > 0.5:
            recoded += 1  # The package turns p into 1 − p but leaves the outcomes: a known fault.
            p = 1 - p
        path = cusum.bernoulli_cusum(y, p, case["args"]["odds_multiplier"], abs(case["args"]["limit"]))
        agrees(path, case["output"]["ct"], 1, at_signal=0.0)
        paths += 1
    for case in goldens.cases("extras/racusum"):
        out, y, risk = case["output"], case["input"]["outcome"], case["input"]["risk"]
        steps = cusum.weights(y, risk, case["args"]["odds_multiplier"])
        assert all(goldens.close(a, b) for a, b in zip(steps, out["log_likelihood_weight"], strict=True))
        expected = out["vlad_cumulative_expected_minus_observed"]
        assert all(goldens.close(a, b, absolute=1e-9) for a, b in zip(cusum.vlad(y, risk), expected, strict=True))
        h = abs(case["args"]["limit"])
        for reset in (True, False):
            kind = "reset" if reset else "noreset"
            path = cusum.accumulate(steps, h, reset=reset)
            agrees(path, out[f"ct_{kind}"], 1, at_signal=0.0 if reset else None)
            assert [position + 1 for position in path.signals] == out[f"signal_{kind}_1based"]
            paths += 1
    for case in goldens.cases("extras/vlad_llr"):
        intercept, slope = case["args"]["coeff"]
        risk = 1 / (1 + np.exp(-(intercept + slope * np.array(case["input"]["score"]))))
        steps = cusum.weights(case["input"]["y"], risk, case["args"]["RA"])
        assert all(goldens.close(a, b) for a, b in zip(steps, case["output"]["llr"], strict=True))
        paths += 1
    print(f"{paths} CUSUM paths agree ({recoded} with R's recoded probability)")


@pytest.mark.parametrize("odds_ratio", [2.0, 0.5])
def test_a_simulated_limit_agrees_with_the_calibrated_one_where_all_patients_are_alike(odds_ratio):
    exact = cusum.calibrated_limit(0.12, 170, odds_ratio=odds_ratio)
    drawn = cusum.simulated_limit([0.12] * 50, 170, odds_ratio=odds_ratio)
    assert drawn.h == pytest.approx(exact.h, abs=0.25)
    assert drawn.false_alarm <= 0.05


def test_a_simulated_limit_keeps_its_promise_for_patients_who_differ():
    draw = np.random.default_rng(8)
    p = draw.beta(0.6, 4.4, 600).clip(0.005, 0.95)
    limit = cusum.simulated_limit(p, 200)
    years = 600
    alarms = 0
    for _ in range(years):
        own = draw.choice(p, 200)
        steps = cusum.weights((draw.random(200) < own).astype(float), own, 2.0)
        alarms += bool(cusum.accumulate(steps, limit.h).signals)
    assert 0.03 < alarms / years < 0.075
    for wrong in ((), (0.1,)):
        with pytest.raises(ValueError, match="year has patients"):
            cusum.simulated_limit(wrong, 0)


def test_more_events_than_expected_are_signalled_and_fewer_too():
    draw = np.random.default_rng(4)
    p = draw.beta(1, 7, 900).clip(0.005, 0.9)
    for ratio, worse in ((3.0, True), (0.25, False)):
        outcome = (draw.random(900) < cusum.shifted(p, ratio)).astype(float)
        found = cusum.risk_adjusted(outcome, p, 300)
        assert bool(found.more.signals) is worse
        assert bool(found.fewer.signals) is not worse
        assert found.gained[-1] == pytest.approx(p.sum() - outcome.sum())
        assert bool(found.gained[-1] < 0) is worse
