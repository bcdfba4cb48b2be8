"""Each rule on series made to break it, on ones that nearly do, and against two other implementations."""

import numpy as np
import pytest

from nhr_dash.statistics import rules
from nhr_dash.statistics.spc import control_chart, control_charts
from tests.statistics import goldens, reference


def drawn(values, center=5.0, sigma=1.0, **lines):
    value = np.array([values], dtype=float)
    known = {"lower": center - 3 * sigma, "upper": center + 3 * sigma}
    known |= {"lower_2s": center - 2 * sigma, "upper_2s": center + 2 * sigma, "center": center} | lines
    return rules.Drawn(value, **{name: np.full(value.shape, at) for name, at in known.items()})


def marks(rule, values, **lines):
    return rule.marks(drawn(values, **lines))[0].tolist()


def test_shift_skips_or_breaks_at_a_point_on_the_line():
    values = [6, 6, 6, 5, 6, 6, 6]
    assert marks(rules.Shift(6, skip=True), values) == [1, 1, 1, 0, 1, 1, 1]
    assert marks(rules.Shift(6, skip=False), values) == [0] * 7
    assert marks(rules.Shift(3, skip=False), values) == [1, 1, 1, 0, 1, 1, 1]


def test_trend_ties():
    """From the tests of another implementation: a tie breaks a seven-point trend."""
    assert marks(rules.Trend(7, skip=False), [1, 2, 3, 3, 4, 5, 6]) == [0] * 7
    assert marks(rules.Trend(6, skip=True), [1, 2, 3, 3, 4, 5, 6]) == [1] * 7
    assert marks(rules.Trend(5, skip=False), [9, 8, 7, 6, 5]) == [-1] * 5


def test_where_two_trends_meet_the_point_goes_with_the_step_out_of_it():
    assert marks(rules.Trend(4, skip=False), [1, 2, 3, 4, 3, 2, 1]) == [1, 1, 1, -1, -1, -1, -1]


def test_two_of_three_in_two_readings():
    """The looser counts a point beyond the limits and cares not where the third lies; the stricter does both."""
    loose, strict = rules.Zone(2, 3, 2), rules.Zone(2, 3, 2, strict=True)
    assert marks(loose, [7.5, 4, 7.5, 5]) == [1, 0, 1, 0]
    assert marks(strict, [7.5, 4, 7.5, 5]) == [0] * 4
    assert marks(loose, [7.5, 6, 9]) == [1, 0, 1]
    assert marks(strict, [7.5, 6, 9]) == [0] * 3
    assert marks(strict, [7.5, 6, 7.5]) == [1, 0, 1]
    assert marks(loose, [5, 11, 11, 5, 11, 11, 5], center=5, sigma=5 / 3) == [0, 1, 1, 0, 1, 1, 0]
    assert marks(loose, [2]) == [0]


def test_four_of_five_spread_and_turns():
    assert marks(rules.Zone(4, 5, 1), [3.5, 3.5, 5, 3.5, 3.5]) == [-1, -1, 0, -1, -1]
    assert marks(rules.Spread(4, within=True), [5, 5.5, 4.5, 5, 7]) == [2, 2, 2, 2, 0]
    assert marks(rules.Spread(4, within=False), [7, 3, 7, 3, 5]) == [2, 2, 2, 2, 0]
    assert marks(rules.Alternating(5), [1, 2, 1, 2, 1, 1, 1]) == [2, 2, 2, 2, 2, 0, 0]
    assert marks(rules.Alternating(6), [1, 2, 1, 2, 1, 1, 1]) == [0] * 7
    assert marks(rules.Alternating(5), [1]) == [0]


def test_one_sigma_is_not_taken_from_a_limit_cut_at_one():
    d = drawn([0.98], center=0.9, lower=0.6, upper=1, lower_2s=0.7, upper_2s=1)
    lower, upper = d.zone(1)
    assert (lower[0, 0], upper[0, 0]) == pytest.approx((0.8, 1.0))


def test_without_limits_the_rules_about_limits_are_silent():
    for rule_set in rules.RULE_SETS.values():
        found = rule_set.find(control_chart([1, 9, 2, 8, 3, 7, 2, 8, 1, 9, 3, 7], kind="run"))
        assert not any(found.signals.get(key) for key in ("beyond", "zone", "zone_1s", "spread", "mixture"))


@pytest.mark.parametrize(
    ("useful", "printed"), [(10, (3, 9)), (16, (5, 13)), (20, (6, 16)), (24, (8, 18)), (30, (11, 21)), (40, (15, 27))]
)
def test_number_of_runs_is_near_the_printed_table_and_never_above_its_level(useful, printed):
    """The printed one is an uneven 5 % test; the exact is within one run of it and holds 2.5 % in each tail."""
    fewest, most = rules.number_of_runs_limits(useful // 2, useful // 2)
    assert abs(fewest - printed[0]) <= 1
    assert abs(most - printed[1]) <= 1
    rng = np.random.default_rng(1)
    order = rng.permuted(np.tile([1.0, -1.0], (4000, useful // 2)), axis=1)
    number = 1 + (order[:, 1:] != order[:, :-1]).sum(axis=1)
    assert (number < fewest).mean() < 0.03
    assert (number > most).mean() < 0.03


def test_number_of_runs_exactly():
    """Three above and three below: 20 arrangements, of which 2 have two runs and 2 have six."""
    assert rules.number_of_runs_limits(3, 3, tail=0.11) == (3, 5)
    assert rules.number_of_runs_limits(3, 3, tail=0.09) == (2, 6)
    assert rules.number_of_runs_limits(0, 4) == (0, 4)


def test_rules_stay_within_phases_and_skip_what_is_excluded():
    y = [9] * 4 + [1] * 4 + [9] * 4 + [1] * 4
    whole = rules.IHI.find(control_chart([*y[:8], *[9] * 8], kind="run", phases=[8]))
    assert not whole.signals["shift"]
    chart = control_chart([1, 2, 3, 50, 4, 5, 6, np.nan, 7], kind="run", exclude=[3])
    assert rules.RuleSet("x", (rules.Trend(7, skip=False),), "").find(chart).marks["trend"].tolist() == [
        *(1, 1, 1, 0, 1, 1, 1, 0, 1),
    ]


def test_anhoej_agrees_with_the_chart_itself():
    rng = np.random.default_rng(4)
    for _ in range(30):
        chart = control_chart(
            rng.binomial(20, 0.7, 30) + rng.integers(0, 2) * np.arange(30) // 15, kind="c", phases=[14]
        )
        found = rules.ANHOEJ.find(chart)
        assert found.signals["runs"] == chart.phases["run_signal"].any()
        assert found.signals["beyond"] == chart.points["outside"].any()
        assert ((found.marks["runs"] != 0) == chart.points["in_run"]).all()


def test_an_empty_chart_has_no_signal():
    for rule_set in rules.RULE_SETS.values():
        for kind in ("run", "i"):
            assert not rule_set.find(control_chart([], kind=kind)).signal
            assert not rule_set.find(control_chart([np.nan, np.nan], kind=kind)).signal
            assert not rule_set.find(control_chart([1.0], kind=kind)).signal


FLAGS = {
    "astronomical": rules.Beyond(),
    "shift7": rules.Shift(7, skip=False),
    "shift8": rules.Shift(8, skip=False),
    "trend5": rules.Trend(5, skip=False),
    "trend7": rules.Trend(7, skip=False),
}
POWER_BI_KINDS = {"p", "u", "c", "i", "mr"}


def test_limits_and_flags_of_another_implementation(record_property):
    """PowerBI-SPC: limits from the first points, and its flags; those of mr are not compared, they are a point off."""
    compared = 0
    for case in goldens.cases("extras/powerbi_spc"):
        data, out, kind = case["input"], case["output"], case["chart"]
        if kind not in POWER_BI_KINDS or case["error"]:
            continue
        compared += 1
        y = reference.numbers(data["numerators"])
        n = None if data["denominators"] is None or kind in ("c",) else reference.numbers(data["denominators"])
        chart = control_chart(
            y, n, kind=kind, screened=not data["outliers_in_limits"], freeze=data["subset_points_first"]
        )
        for theirs, ours in (("ll99", "lower"), ("ul99", "upper"), ("targets", "center")):
            expected = reference.numbers(out[theirs])
            mine = chart.points[ours].to_numpy()[-len(expected) :]
            assert np.allclose(mine, expected, rtol=1e-9, equal_nan=True), (case["index"], kind, theirs)
        for name, rule in FLAGS.items():
            found = rules.RuleSet("one", (rule,), "").find(chart).side[-len(expected) :]
            words = [{1: "upper", -1: "lower", 0: "none"}[side] for side in found]
            assert kind == "mr" or words == out["flags"][name], (case["index"], kind, name)
    record_property("counted", f"powerbi: {compared} cases compared")
    assert compared > 5


def test_limits_of_a_third_implementation(record_property):
    """qcc 2.7: individuals, counts, shares and rates."""
    compared = 0
    for case in goldens.cases("extras/qcc"):
        kind = {"xbar.one": "i"}.get(case["type"], case["type"])
        if kind not in ("i", "c", "p", "u") or case["error"] or case["args"] == {"std.dev": "SD"}:
            continue
        compared += 1
        data, out = case["input"], case["output"]
        n = reference.numbers(data["sizes"]) if kind in ("p", "u") else None
        chart = control_chart(reference.numbers(data["x"]), n, kind=kind, screened=False)
        near = 1e-3 if kind == "i" else 1e-9  # individuals: 3/1.128379 there, 3/1.128 here
        assert np.allclose(chart.points["center"], out["center"], rtol=1e-9)
        assert np.allclose(chart.points["upper"], reference.numbers(out["ucl"]), rtol=near), (case["index"], kind)
        assert np.allclose(chart.points["lower"], reference.numbers(out["lcl"]), rtol=near), (case["index"], kind)
    record_property("counted", f" qcc: {compared} cases compared")
    assert compared > 15


def test_many_series_at_once_signal_as_one_at_a_time():
    rng = np.random.default_rng(7)
    y = rng.normal(size=(40, 30)).cumsum(axis=1) * 0.3 + rng.normal(size=(40, 30))
    many = control_charts(y, kind="i")
    as_drawn = rules.Drawn(many.value, many.center, many.lower, many.upper, many.lower_2s, many.upper_2s)
    for rule_set in rules.RULE_SETS.values():
        expected = [rule_set.find(control_chart(row, kind="i")).signal for row in y]
        assert rule_set.signals(as_drawn).tolist() == expected
