import json
import math
from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhr_dash.statistics import casemix, intervals
from nhr_dash.statistics.casemix.standardise import count_tails
from tests.statistics import goldens

PERIOD = (date(2024, 1, 1), date(2025, 1, 1))


def patients(seed=1, size=1500):
    """Patients whose outcome hangs on age, severity and type, the same everywhere."""
    draw = np.random.default_rng(seed)
    age, nihss = draw.normal(74, 11, size), draw.gamma(1.2, 5, size).round()
    kind = draw.choice(["infarction", "haemorrhage"], size, p=[0.85, 0.15])
    linear = 3 - 0.05 * (age - 74) - 0.15 * nihss - 0.8 * (kind == "haemorrhage")
    frame = pd.DataFrame({"age": age, "nihss": nihss, "type": kind, "unit": draw.integers(0, 12, size)})
    frame["home"] = draw.random(size) < 1 / (1 + np.exp(-linear))
    return frame


def fitted(frame, **more):
    return casemix.fit(
        frame, "home", numbers=("age", "nihss"), categories=("type",), period=PERIOD, data_version=7, **more
    )


def test_a_model_is_plain_data_and_gives_the_same_answers_from_the_store():
    frame = patients()
    frame.loc[::9, "nihss"] = np.nan
    frame.loc[::14, "type"] = None
    model = fitted(frame)
    stored = json.loads(json.dumps(model.to_data(), allow_nan=False))
    again = casemix.Model.from_data(stored)
    assert again == model
    assert (again.expected(frame) == model.expected(frame)).all()
    assert stored["data_version"] == 7
    assert stored["start"] == "2024-01-01"
    assert {term.name for term in model.terms} == {"age", "nihss", "nihss=missing", "type=haemorrhage", "type=missing"}
    assert model.references == (("type", "infarction"),)
    # The sum of probabilities is the number of events, among those with a missing value too.
    for rows in (frame, frame[frame["nihss"].isna()], frame[frame["type"].isna()]):
        assert model.expected(rows).sum() == pytest.approx(rows["home"].sum(), rel=1e-8)


def test_rare_unknown_and_repeated_columns_are_no_trouble():
    frame = patients()
    frame["age"] = frame["age"].where(frame.index % 10 > 0)
    frame["nihss"] = frame["nihss"].where(frame.index % 10 > 0)  # missing on the same patients as age
    frame.loc[[1, 2], "type"] = "tia"
    frame["home"] = frame["home"].astype(object)
    frame.loc[[3, 4, 5], "home"] = None
    model = fitted(frame)
    assert model.no_outcome == 3
    assert model.merged == (("type", "tia"),)
    repeated = next(term for term in model.terms if term.name == "nihss=missing")
    assert repeated.coefficient == 0
    assert math.isnan(repeated.error)
    assert (
        casemix.Model.from_data(json.loads(json.dumps(model.to_data(), allow_nan=False))).to_data() == model.to_data()
    )
    rows = pd.DataFrame({"age": [70.0, 70, 70], "nihss": [4.0, 4, 4], "type": ["infarction", "tia", "never seen"]})
    assert len(set(model.expected(rows))) == 1
    with pytest.raises(KeyError):
        model.expected(rows.drop(columns="age"))


def test_what_cannot_be_fitted_says_why():
    frame = patients(size=40)
    for change, reason in (
        (frame.assign(home=True), "none_or_all"),
        (frame.assign(home=None), "no_patients"),
        (frame.iloc[[0, 1]].assign(home=[0, 1]), "too_few_patients"),
    ):
        with pytest.raises(casemix.CannotFit) as error:
            fitted(change, fewest=1)
        assert error.value.reason == reason


def test_a_right_model_is_calibrated_and_a_wrong_one_is_not():
    frame, other = patients(1, 4000), patients(2, 4000)
    model = fitted(frame)
    inside = casemix.calibrate(frame["home"], model.expected(frame))
    assert inside.in_the_large.estimate == pytest.approx(0, abs=1e-8)
    assert inside.slope.estimate == pytest.approx(1, abs=1e-8)
    assert len(inside.curve) == 10
    p = model.expected(other)
    outside = casemix.calibrate(other["home"], p)
    assert outside.in_the_large.low < 0 < outside.in_the_large.high
    assert outside.slope.low < 1 < outside.slope.high
    assert outside.c_statistic.low < model.c_statistic < outside.c_statistic.high
    spread = 1 / (1 + np.exp(-2 * np.log(p / (1 - p)) - 1))
    wrong = casemix.calibrate(other["home"], spread)
    assert wrong.slope.estimate == pytest.approx(outside.slope.estimate / 2)
    assert wrong.in_the_large.high < 0
    assert casemix.calibrate([1, 1, 1], [0.5, 0.6, 0.7]).reason == "casemix.none_or_all"
    assert casemix.calibrate([0, 1, 1], [0.5, 0.5, 0.5]).reason == "casemix.all_alike"
    assert casemix.calibrate([], []).reason == "casemix.no_patients"


def test_heavy_patients_are_taken_into_account():
    frame = patients(5, 3000)
    heavy = frame["nihss"] > 8
    frame["unit"] = np.where(heavy, "heavy", "light")
    raw = frame.groupby("unit")["home"].mean()
    table = casemix.standardise(frame["home"], fitted(frame).expected(frame), frame["unit"])
    assert raw["heavy"] < raw["light"] - 0.2
    assert table.loc["heavy", "rate_low"] < frame["home"].mean() < table.loc["heavy", "rate_high"]
    assert (table["p"] > 0.01).all()


@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.02, 0.98))
def test_with_equal_patients_the_score_interval_is_wilsons(size, events, p):
    observed = min(size, events)
    got = casemix.score_ratio(observed, np.full(size, p))
    wanted = intervals.wilson(observed, size)
    assert got.low * p == pytest.approx(wanted.low, abs=1e-8)
    assert got.high * p == pytest.approx(wanted.high, abs=1e-8)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.data())
def test_exact_tails_by_listing_every_outcome(p, data):
    observed = data.draw(st.integers(0, len(p)))
    few = many = 0.0
    for outcome in range(2 ** len(p)):
        bits = [(outcome >> place) & 1 for place in range(len(p))]
        chance = math.prod(q if bit else 1 - q for q, bit in zip(p, bits, strict=True))
        few += chance * (sum(bits) <= observed)
        many += chance * (sum(bits) >= observed)
    assert count_tails(observed, p) == pytest.approx((few, many), abs=1e-12)


def test_against_logistic_models_fitted_in_r():
    compared, exempt = Counter(), Counter()
    for case in goldens.cases("stats/risk_adjustment"):
        frame, out = pd.DataFrame(case["input"]), case["output"]
        model = casemix.fit(
            frame, "y", numbers=("age", "sex", "nihss"), categories=("type",), period=PERIOD, data_version=1, fewest=1
        )
        terms = {term.name: term for term in model.terms}
        assert model.references == (("type", "inf"),)
        names = ("age", "sex", "nihss", "type=ich", "type=tia")
        sizes = [model.intercept, *(terms[name].coefficient for name in names)]
        errors = [model.intercept_error, *(terms[name].error for name in names)]
        for name, ours, error, size, wanted in zip(("", *names), sizes, errors, out["coef"], out["se"], strict=True):
            if name in model.separated:
                exempt["coefficient on its way to infinity (nobody in the group had the outcome)"] += 1
                continue
            assert goldens.close(ours, size, 1e-7), (case["index"], name)
            assert goldens.close(error, wanted, 1e-7), (case["index"], name)
            compared["coefficients"] += 1
        assert bool(model.separated) == ("quasi_separation" in case["tags"])
        p = model.expected(frame)
        # R stopped at a probability of 1e-8 in the separated group; ours goes on towards 0.
        assert np.allclose(p, out["predicted"], rtol=1e-6, atol=1e-7 if model.separated else 0)
        compared["probabilities"] += len(p)
        quality = casemix.calibrate(frame["y"], p)
        for ours, wanted in (
            (model.c_statistic, out["c_statistic"]),
            (quality.c_statistic.estimate, out["c_statistic"]),
            (model.brier, out["brier"]),
            (model.deviance, out["deviance"]),
            (quality.hosmer_lemeshow, out["hosmer_lemeshow_10_rank_first"]),
        ):
            assert goldens.close(ours, wanted, 1e-6), case["index"]
            compared["measures"] += 1
        for method in ("byar", "exact"):
            table = casemix.standardise(frame["y"], p, frame["hospital"], method=method)
            assert table.index.tolist() == out["hospitals"]
            for column, wanted in (
                ("patients", "n"),
                ("observed", "observed"),
                ("expected", "expected"),
                ("ratio", "oe"),
                ("rate", "risk_adjusted_rate"),
                ("z", "z_binomial_variance"),
                ("low", f"{method}_lower_smr"),
                ("high", f"{method}_upper_smr"),
            ):
                assert np.allclose(table[column], out[wanted], rtol=1e-6), (case["index"], column)
                compared["standardised"] += len(table)
    print(f"\nLogistic models: compared {dict(compared)}, exempt {dict(exempt)}")


def test_against_phe_standardised_ratios():
    compared, exempt = 0, 0
    for case in goldens.cases("stats/phe_standardise"):
        frame, out = pd.DataFrame({key: case["input"][key] for key in ("area", "x", "n")}), case["output"]["ISRatio"]
        reference = np.array(case["input"]["ref_x"]), np.array(case["input"]["ref_n"])
        for place, area in enumerate(out["area"]):
            rows = frame[frame["area"] == area]
            expected = casemix.expected_count(rows["n"], *reference)
            observed = float(rows["x"].sum())
            got = casemix.ratio(observed, expected, method="byar" if observed >= 10 else "exact")
            for ours, wanted in zip((expected, *got), ("expected", "value", "lowercl", "uppercl"), strict=True):
                assert goldens.close(ours, out[wanted][place])
                compared += 1
        exempt += len(case["output"].get("DSR", {}).get("area", []))
    print(
        f"\nPHEindicatormethods: compared {compared} numbers; exempt {exempt} directly standardised rates (not offered)"
    )
    with pytest.raises(ValueError, match="reference"):
        casemix.expected_count([5], [0], [0])
