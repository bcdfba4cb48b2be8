import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhr_dash.statistics import fdr, intervals
from tests.statistics import goldens

COUNTS = st.integers(0, 200)


def test_published_differences():
    # Newcombe 1998 table II (a) and (f), and Miettinen & Nurminen for the same tables, signs turned to after − before.
    first = intervals.newcombe(48, 80, 56, 70)
    assert (round(first.low, 4), round(first.high, 4)) == (0.0524, 0.3339)
    small = intervals.newcombe(3, 10, 9, 10)
    assert (round(small.low, 4), round(small.high, 4)) == (0.1705, 0.8090)
    score = intervals.miettinen_nurminen(48, 80, 56, 70)
    assert (round(score.low, 4), round(score.high, 4)) == (0.0528, 0.3382)


def test_no_patients_is_missing_not_zero():
    for interval in (
        intervals.wilson(0, 0),
        intervals.newcombe(0, 0, 3, 4),
        intervals.miettinen_nurminen(1, 2, 0, 0),
        intervals.clopper_pearson(0, 0),
    ):
        assert all(math.isnan(value) for value in interval)


def test_arrays_equal_scalars_and_missing_stays_missing():
    x, n = np.array([0, 3, np.nan, 7]), np.array([0, 10, 5, 7])
    many = intervals.wilson(x, n)
    assert np.isnan(many.estimate).tolist() == [True, False, True, False]
    assert many.low[1] == intervals.wilson(3, 10).low
    assert many.high[3] == 1.0


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="larger"):
        intervals.wilson(5, 4)
    with pytest.raises(ValueError, match="negative"):
        intervals.wilson(-1, 4)
    with pytest.raises(ValueError, match="level"):
        intervals.wilson(1, 4, 1.0)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_differences_stay_possible_and_hold_the_estimate(a, b, c, d):
    n1, x1, n2, x2 = max(a, b), min(a, b), max(c, d), min(c, d)
    for method in (intervals.newcombe, intervals.miettinen_nurminen):
        estimate, low, high = method(x1, n1, x2, n2)
        if n1 == 0 or n2 == 0:
            assert math.isnan(low)
            continue
        assert -1 - 1e-9 <= low <= estimate + 1e-9
        assert estimate - 1e-9 <= high <= 1 + 1e-9
        turned = method(x2, n2, x1, n1)
        assert math.isclose(turned.low, -high, abs_tol=1e-9)


def test_proportions_against_reference():
    compared = 0
    for case in goldens.cases("stats/one_proportion"):
        given_, out = case["input"], case["output"]
        for name, method in (("wilson", intervals.wilson), ("clopper_pearson", intervals.clopper_pearson)):
            ours = method(given_["x"], given_["n"], given_["conf"])
            assert goldens.close(ours.low, out[name][0]), (name, given_)
            assert goldens.close(ours.high, out[name][1]), (name, given_)
            compared += 1
    for case in goldens.cases("stats/two_proportions"):
        given_, out = case["input"], case["output"]
        table = (given_["x1"], given_["n1"], given_["x2"], given_["n2"], given_["conf"])
        for name, method in (
            ("newcombe_hybrid_score", intervals.newcombe),
            ("miettinen_nurminen", intervals.miettinen_nurminen),
        ):
            ours = method(*table)
            assert goldens.close(ours.low, out[name][0]), (name, given_)
            assert goldens.close(ours.high, out[name][1]), (name, given_)
            compared += 1
    print(f"{compared} intervals of proportions agree")
    assert compared == 260


def test_counts_against_reference():
    cases = goldens.cases("stats/poisson_smr")
    for case in cases:
        given_, out = case["input"], case["output"]
        for name, method in (("byar_count", intervals.byar), ("exact_count", intervals.exact_poisson)):
            ours = method(given_["observed"], given_["conf"])
            # R has 0/0 for Byar's lower limit when nothing was counted: the limit is 0.
            lower = 0.0 if given_["observed"] == 0 else out[name][0]
            assert goldens.close(ours.low, lower)
            assert goldens.close(ours.high, out[name][1])
    print(f"{2 * len(cases)} intervals of counts agree")


def test_adjusted_p_values():
    assert fdr.benjamini_hochberg([0.01, math.nan, 0.04, 0.03]).tolist()[0] == pytest.approx(0.03)
    assert np.isnan(fdr.benjamini_hochberg([0.01, math.nan])[1])
    assert fdr.benjamini_hochberg([]).size == 0
    with pytest.raises(ValueError, match="between"):
        fdr.benjamini_hochberg([1.2])
    cases = goldens.cases("stats/p_adjust")
    methods = {
        "BH": fdr.benjamini_hochberg,
        "BY": fdr.benjamini_yekutieli,
        "holm": fdr.holm,
        "bonferroni": fdr.bonferroni,
    }
    for case in cases:
        for name, method in methods.items():
            ours = method(case["input"]["p"])
            assert all(goldens.close(a, b) for a, b in zip(ours, case["output"][name], strict=True))
    print(f"{4 * len(cases)} lists of adjusted p-values agree")


def test_the_interval_of_a_median_is_that_of_the_printed_tables():
    # Ranks of the 95 % interval of a median (Conover 1999, table A3 with p = 1/2).
    for n, low, high in ((6, 1, 6), (9, 2, 8), (10, 2, 9), (20, 6, 15), (50, 18, 33)):
        assert intervals.median(range(1, n + 1)) == ((n + 1) / 2, low, high)
    few = intervals.median([3.0, math.nan, 1.0])
    assert few.estimate == 2.0
    assert math.isnan(few.low)
    assert math.isnan(intervals.median([]).estimate)
    assert intervals.median(range(2001)).low == 956
