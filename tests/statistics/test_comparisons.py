import math
import string
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhr_dash.statistics import effect
from nhr_dash.statistics.effect import checks, interrupted
from tests.statistics import goldens

TEXT = Path(effect.__file__).parents[2] / "text"


def test_interrupted_series_finds_level_and_slope():
    time = np.arange(1, 31)
    y = 10 + 0.5 * time + np.where(time > 15, 4 + 0.3 * (time - 15), 0) + np.where(time % 2, 0.1, -0.1)
    got = effect.interrupted_series(y, 15)
    assert got.reason is None
    assert got.level_change.estimate == pytest.approx(4, abs=0.2)
    assert got.slope_change.estimate == pytest.approx(0.3, abs=0.02)
    assert got.at_end.estimate == pytest.approx(4 + 0.3 * 15, abs=0.2)
    assert got.counterfactual[-1] == pytest.approx(25, abs=0.3)
    assert np.isnan(got.counterfactual[:15]).all()
    assert got.low[-1] < got.counterfactual[-1] < got.high[-1]


def test_interrupted_series_is_refused_with_a_reason():
    assert effect.interrupted_series(np.arange(20.0), 7).reason == "effect.too_few_points"
    patients = np.full(20, 10.0)
    all_had_it = effect.interrupted_series(patients, 10, denominator=patients)
    assert all_had_it.reason == "effect.none_or_all_series"
    assert math.isnan(all_had_it.level_change.low)
    empty = patients.copy()
    empty[:4] = 0
    assert effect.interrupted_series(np.minimum(empty, 5), 10, denominator=empty).reason == "effect.too_few_points"
    with pytest.raises(ValueError, match="denominators"):
        effect.interrupted_series(patients, 10, family="binomial")


def test_a_ramp_in_keeps_its_place_in_time():
    time = np.arange(1, 33)
    y = 5.0 + 0.25 * time + np.where(time % 2, 0.05, -0.05)
    y[14:17] = np.nan
    got = effect.interrupted_series(y, 14)
    assert got.slope_change.estimate == pytest.approx(0, abs=0.02)
    assert got.points_after == 15


def test_a_season_is_not_taken_for_a_change():
    generator = np.random.default_rng(2)
    time = np.arange(1, 37)
    patients = np.full(36, 60.0)
    share = 0.6 + 0.15 * np.sin(2 * np.pi * time / 12)
    y = generator.binomial(60, share).astype(float)
    with_season = effect.interrupted_series(y, 20, denominator=patients, season=True)
    without = effect.interrupted_series(y, 20, denominator=patients)
    assert with_season.level_change.low < 0 < with_season.level_change.high
    assert abs(with_season.level_change.estimate) < abs(without.level_change.estimate)


def test_interrupted_series_against_reference():
    compared = 0
    for case in goldens.cases("stats/its"):
        data, out = case["input"], case["output"]
        family = "linear" if case["family"] == "gaussian" else case["family"]
        names, x = interrupted.design(data["n"], data["changepoint"])
        assert list(names) == out["names"]
        assert interrupted.default_lag(data["n"]) == out["newey_west_auto_lag_L"]
        size = data.get("denominator") or data.get("exposure")
        size = None if size is None else np.array(size, dtype=float)
        y = np.array(data["y"], dtype=float)
        for kind, lag, adjust in (
            ("newey_west", data["nw_lag"], False),
            ("newey_west_adjusted", data["nw_lag"], True),
            ("newey_west_auto", out["newey_west_auto_lag_L"], False),
            ("hc0", 0, False),
            ("hc1", 0, True),
        ):
            got = interrupted.fit(names, x, y, size, family=family, lag=lag, adjust=adjust)
            errors = np.sqrt(np.diag(got.robust))
            assert all(goldens.close(a, b, 1e-6) for a, b in zip(errors, out[kind]["se"], strict=True))
            compared += 1
        plain = np.sqrt(np.diag(got.covariance))
        assert all(goldens.close(a, b, 1e-6) for a, b in zip(got.coefficients, out["model"]["coef"], strict=True))
        assert all(goldens.close(a, b, 1e-6) for a, b in zip(plain, out["model"]["se"], strict=True))
        if family != "linear":
            assert goldens.close(got.dispersion, out["pearson_dispersion"], 1e-6)
        compared += 1
        whole = effect.interrupted_series(y, data["changepoint"], denominator=size, family=family)
        if whole.reason is None:
            # The reference counts events at the last exposure; ours is a rate.
            scale = size[-1] if family == "poisson" else 1.0
            assert goldens.close(whole.at_end.estimate * scale, out["effect_at_end"], 1e-6, 1e-9)
            compared += 1
    print(f"{compared} interrupted-series results agree")


def matrix(share, units=1, months=24, patients=50):
    return np.full((units, months), share * patients), np.full((units, months), float(patients))


def test_what_happened_everywhere_is_not_ours():
    own, n = matrix(0.6)
    others, m = matrix(0.5, units=8)
    own[:, 12:] += 10
    others[:, 12:] += 10
    got = effect.difference_in_differences(own, n, others, m, 12)
    assert got.own_change == pytest.approx(0.2)
    assert got.effect.estimate == pytest.approx(0)
    assert got.p > 0.9
    assert got.parallel is True
    alone = effect.difference_in_differences(own, n, others - np.where(np.arange(24) >= 12, 10, 0), m, 12)
    assert alone.effect.low > 0.1


def test_the_ramp_in_counts_on_neither_side():
    own, n = matrix(0.6)
    others, m = matrix(0.5, units=6)
    own[:, 12:15] = 0
    own[:, 15:] += 10
    got = effect.difference_in_differences(own, n, others, m, 12, ramp_in=3)
    assert got.own_change == pytest.approx(0.2)
    assert got.months["counted"].tolist() == [True] * 12 + [False] * 3 + [True] * 9


def test_units_that_already_went_another_way_are_said():
    own, n = matrix(0.4, patients=200)
    own += 4 * np.arange(24)
    others, m = matrix(0.5, units=6, patients=200)
    got = effect.difference_in_differences(own, n, others, m, 12)
    assert got.parallel is False
    assert got.trend_before is not None
    assert got.trend_before.estimate == pytest.approx(0.24, abs=0.01)
    assert checks.parallel_before(got.parallel).passed is False


def test_few_units_are_no_comparison():
    own, n = matrix(0.6)
    others, m = matrix(0.5, units=3)
    assert effect.difference_in_differences(own, n, others, m, 12).reason == "effect.few_units"


@settings(max_examples=40)
@given(st.integers(0, 14), st.integers(0, 4), st.integers(0, 7), st.randoms(use_true_random=False))
def test_any_months_compare_without_warnings(change, ramp_in, units, random):
    n = np.array([[random.choice([0, 0, 1, 5, 12]) for _ in range(14)] for _ in range(units + 1)], dtype=float)
    x = np.floor(n * random.random())
    got = effect.difference_in_differences(x[:1], n[:1], x[1:], n[1:], change, ramp_in=ramp_in)
    assert (got.reason is None) == math.isfinite(got.effect.low)


def test_a_low_baseline_returns_by_itself():
    counts, patients = np.array([30, 32, 28, 31, 29, 33, 15]), np.full(7, 40)
    alike = np.array([30, 32, 28, 31, 29, 33, 24]), patients
    check = checks.regression_to_mean(24, 40, *alike)
    assert check.passed is False
    assert check.values["points"] > 5
    assert 0 < checks.expected_return(15, 40, counts, patients) < 0.3
    assert checks.regression_to_mean(36, 40, *alike).passed
    assert checks.regression_to_mean(0, 0, [], []).passed


def test_case_mix_names_what_changed():
    generator = np.random.default_rng(1)
    before = pd.DataFrame({"age": generator.normal(75, 10, 200), "type": ["infarction"] * 180 + ["bleeding"] * 20})
    after = pd.DataFrame({"age": generator.normal(75, 10, 200), "type": ["infarction"] * 140 + [None] * 60})
    age, kind = checks.case_mix(before, after)
    assert age.passed
    assert not kind.passed
    assert kind.values["category"] == "missing"
    older, _ = checks.case_mix(before, after.assign(age=after["age"] + 8))
    assert older.key == "checks.case_mix_number"
    assert not older.passed
    assert all(check.passed for check in checks.case_mix(before, after.iloc[:0]))


def test_strata_keep_a_change_of_mix_apart():
    # Within both strata nothing changed, but after the change most patients are of the mild kind.
    got = effect.stratified_change([80, 20], [100, 100], [144, 4], [180, 20])
    assert got.difference == pytest.approx(0)
    assert got.p > 0.9
    assert effect.before_after(100, 200, 148, 200).p < 0.001
    assert effect.stratified_change([1], [2], [0], [0]).reason == "effect.no_patients"
    assert effect.stratified_change([0], [2], [0], [3]).odds_ratio is None
    assert math.isnan(effect.trend_p([1], [2]))
    assert effect.trend_p([10, 30, 50], [100, 100, 100]) < 1e-6


def test_strata_against_reference():
    cases = goldens.cases("stats/mantel_haenszel")
    for case in cases:
        data, out = case["input"], case["output"]
        got = effect.stratified_change(data["x1"], data["n1"], data["x2"], data["n2"])
        assert got.odds_ratio is not None
        assert goldens.close(got.odds_ratio.estimate, out["common_or"])
        assert goldens.close(got.odds_ratio.low, out["ci"][0])
        assert goldens.close(got.odds_ratio.high, out["ci"][1])
        assert goldens.close(got.p, out["p"])
        assert goldens.close(got.p_corrected, out["p_cc"])
        assert goldens.close(got.difference, out["mh_risk_difference"])
    trends = goldens.cases("stats/cochran_armitage")
    for case in trends:
        data = case["input"]
        assert goldens.close(effect.trend_p(data["x"], data["n"], data["score"]), case["output"]["p"])
    print(f"{len(cases)} stratified comparisons and {len(trends)} trends agree")


def test_the_other_checks():
    assert not checks.completeness(180, 200, 150, 200).passed
    assert checks.completeness(180, 200, 178, 200).passed
    assert checks.completeness(0, 0, 1, 2).passed
    assert not checks.coverage(0.92, 0.85).passed
    assert checks.coverage(math.nan, 0.9).key == "checks.coverage_unknown"
    year = (date(2024, 1, 1), date(2025, 1, 1))
    assert not checks.changed_definition(*year, [date(2024, 5, 1)]).passed
    assert checks.changed_definition(*year, [date(2024, 1, 1)]).passed
    assert not checks.other_projects(*year, [(date(2023, 1, 1), None)]).passed
    assert checks.other_projects(*year, [(date(2023, 1, 1), date(2023, 5, 1))]).passed
    assert checks.season(12, 24).passed
    assert not checks.season(12, 5).passed
    assert not checks.provisional(2).passed
    assert checks.parallel_before(None).key == "checks.parallel_unknown"
    assert not checks.enough_patients(0.4).passed


def test_every_check_has_its_sentence_in_both_languages():
    nb, en = (tomllib.loads((TEXT / lang / "checks.toml").read_text("utf-8")) for lang in ("nb", "en"))
    assert nb.keys() == en.keys()
    for key, sentence in nb.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (sentence, en[key])]
        assert fields[0] == fields[1], key
    keys = {
        line.split('"checks.')[1].split('"')[0]
        for line in Path(checks.__file__).read_text("utf-8").splitlines()
        if '"checks.' in line
    }
    assert keys <= nb.keys()
