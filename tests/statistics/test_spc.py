"""What holds for every chart, whatever the numbers; and the traps other implementations have fallen into."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhr_dash.statistics.limits import ESTIMATORS
from nhr_dash.statistics.spc import CannotChart, control_chart, control_charts

NAN = float("nan")
LINES = ["center", "lower", "upper", "lower_2s", "upper_2s"]
DENOMINATED = ("p", "pp", "u", "up", "ip")

measures = st.lists(st.integers(1, 400).map(lambda v: v / 4), min_size=3, max_size=30)
pairs = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=3, max_size=30
)


def series(kind, drawn):
    """Values and denominators for a kind out of (numerator, denominator) pairs."""
    y = np.array([float(a) for a, _ in drawn])
    n = np.array([float(b) for _, b in drawn])
    return (y, n) if kind in DENOMINATED else ((y + 1, None) if kind == "t" else (y, None))


def same(a, b, **kwargs):
    np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-9, atol=1e-9, **kwargs)


@given(measures, st.sampled_from(["i", "mr", "xbar", "s"]), st.floats(0.01, 1000))
def test_scale_changes_nothing_but_the_scale(y, kind, factor):
    more = {"subgroup": np.arange(len(y)) // 3} if kind in ("xbar", "s") else {}
    plain = control_chart(y, kind=kind, **more)
    scaled = control_chart(np.array(y) * factor, kind=kind, **more)
    for name in LINES:
        np.testing.assert_allclose(scaled.points[name], plain.points[name] * factor, rtol=1e-7, atol=1e-7 * factor)
    assert (scaled.phases["run_signal"] == plain.phases["run_signal"]).all()


@given(pairs, st.sampled_from(["i", "p", "c", "u", "run"]), st.data())
def test_an_added_excluded_point_changes_no_line(drawn, kind, data):
    y, n = series(kind, drawn)
    at = data.draw(st.integers(0, len(y)))
    more_y = np.insert(y, at, 7.0)
    more_n = None if n is None else np.insert(n, at, 9.0)
    plain = control_chart(y, n, kind=kind)
    more = control_chart(more_y, more_n, kind=kind, exclude=[at])
    kept = more.points.drop(index=at)
    for name in LINES:
        same(kept[name], plain.points[name])
    counted = ["observations", "useful", "longest", "crossings", "run_signal"]
    pd.testing.assert_frame_equal(more.phases[counted], plain.phases[counted])
    assert not more.points.loc[at, ["useful", "included", "in_run"]].any()


@given(pairs, pairs, st.sampled_from(sorted(ESTIMATORS)), st.none() | st.integers(2, 12))
def test_phases_of_a_concatenation_are_the_phases_alone(first, second, kind, freeze):
    (y1, n1), (y2, n2) = series(kind, first), series(kind, second)
    together = control_chart(
        np.concatenate((y1, y2)),
        None if n1 is None else np.concatenate((n1, n2)),
        kind=kind,
        phases=[len(y1)],
        freeze=freeze,
    )
    alone = [control_chart(y, n, kind=kind, freeze=freeze) for y, n in ((y1, n1), (y2, n2))]
    for name in ["value", *LINES, "outside", "useful", "in_run"]:
        same(together.points[name], pd.concat([chart.points[name] for chart in alone]))
    for name in ["observations", "useful", "longest", "crossings", "run_signal", "center", "sigma"]:
        same(together.phases[name], pd.concat([chart.phases[name] for chart in alone]))


@given(pairs, st.sampled_from(["p", "pp", "u", "up", "ip"]))
def test_a_larger_denominator_never_has_wider_limits(drawn, kind):
    y, n = series(kind, drawn)
    points = control_chart(y, n, kind=kind).points.sort_values("n")
    if points["upper"].isna().any():
        return
    assert (np.diff(points["upper"]) <= 1e-9).all()
    assert (np.diff(points["lower"]) >= -1e-9).all()


@given(st.lists(pairs, min_size=1, max_size=5), st.sampled_from(sorted(ESTIMATORS)), st.booleans())
def test_many_at_once_are_one_at_a_time(drawn, kind, screened):
    width = max(len(d) for d in drawn)
    all_y, all_n = np.full((len(drawn), width), NAN), np.full((len(drawn), width), NAN)
    for row, d in enumerate(drawn):
        y, n = series(kind, d)
        all_y[row, : len(y)] = y
        if n is not None:
            all_n[row, : len(y)] = n
    wanted_n = all_n if kind in DENOMINATED else None
    many = control_charts(all_y, wanted_n, kind=kind, screened=screened)
    for row in range(len(drawn)):
        one = control_chart(all_y[row], None if wanted_n is None else all_n[row], kind=kind, screened=screened)
        for name in ["value", *LINES, "outside"]:
            same(getattr(many, name)[row], one.points[name])
        for name in ("longest", "longest_max", "crossings", "crossings_min"):
            assert getattr(many.runs, name)[row] == one.phases[name][0]
        assert many.runs.signal[row] == one.phases["run_signal"][0]
        assert many.runs.n_useful[row] == one.phases["useful"][0]
        same(many.sigma[row], one.phases["sigma"][0])


@given(pairs, st.sampled_from(sorted(ESTIMATORS)), st.data())
@settings(max_examples=60)
def test_anything_goes_through_without_a_warning(drawn, kind, data):
    """Missing values, empty denominators, short phases, everything excluded: an answer, and no limits of no width."""
    y, n = series(kind, drawn)
    for at in data.draw(st.lists(st.integers(0, len(y) - 1), max_size=len(y))):
        y[at] = NAN
    if n is not None:
        n[data.draw(st.integers(0, len(n) - 1))] = 0
    exclude = data.draw(st.lists(st.integers(0, len(y) + 2)))
    phases = data.draw(st.lists(st.integers(0, len(y) + 2)))
    chart = control_chart(
        y, n, kind=kind, phases=phases, exclude=exclude, freeze=data.draw(st.none() | st.integers(0, 9))
    )
    assert len(chart.points) == len(y)
    assert chart.phases["observations"].sum() == chart.points["included"].sum()
    assert chart.phases["useful"].sum() == chart.points["useful"].sum()
    assert not np.isinf(chart.points[LINES].to_numpy(float)).any()


@pytest.mark.parametrize("kind", ["i", "ip", "pp", "up", "t"])
def test_a_flat_series_has_no_limits_of_no_width(kind):
    """Trap: screening drops every moving range of a flat series; its limits are unknown, not the line itself."""
    n = [10.0] * 15 if kind in ("ip", "pp", "up") else None
    chart = control_chart([0.1] * 15, n, kind=kind)
    assert chart.points["upper"].isna().all()
    assert not chart.signal
    assert chart.phases["useful"][0] == 0


def test_screening_is_one_pass():
    """Trap: screening again and again narrows the limits; once is the published method."""
    y = [10, 11, 10, 12, 10, 11, 60, 10, 12, 30, 11, 10, 11, 12, 10, 11]
    ranges = np.abs(np.diff(y))
    kept = ranges[ranges < 3.267 * ranges.mean()]
    assert (kept >= 3.267 * kept.mean()).any()
    assert control_chart(y, kind="i").phases["sigma"][0] == pytest.approx(kept.mean() / 1.128)
    assert control_chart(y, kind="i", screened=False).phases["sigma"][0] == pytest.approx(ranges.mean() / 1.128)


def test_published_individuals_numbers():
    """Trap: limits differ by whether moving ranges are screened; both are published for these."""
    assert control_chart(range(1, 11), kind="i").points[LINES[:3]].iloc[0].tolist() == pytest.approx(
        [5.5, 5.5 - 3 / 1.128, 5.5 + 3 / 1.128]
    )
    y = [16, 9, 4, 2, 1]
    assert control_chart(y, kind="i").points["upper"][0] == pytest.approx(16.375, abs=5e-3)
    published = control_chart([1, 6, 1, 8, 0, 3], kind="i").points.iloc[0]
    assert [published["lower"], published["upper"]] == pytest.approx([-11.7293, 18.0627], abs=5e-3)


def test_g_limits_are_around_the_mean_and_the_line_is_the_median():
    """Trap: using the median in the standard deviation makes the limits a third too narrow."""
    y = [0, 0, 1, 2, 3, 30]
    points = control_chart(y, kind="g").points.iloc[0]
    assert points["center"] == 1.5
    assert points["upper"] == pytest.approx(6 + 3 * np.sqrt(6 * 7))
    assert control_chart(y, kind="g", center=10).points["center"][0] == pytest.approx(6.93)


def test_t_turns_back_from_the_root_and_takes_a_line_on_the_scale_of_the_data():
    """Trap: one implementation takes a given line of 14 days on the transformed scale and draws it at 13 368."""
    y = [1.0, 40, 3, 90, 2, 7, 300, 5]
    points = control_chart(y, kind="t").points.iloc[0]
    assert points["lower"] == 0
    assert points["center"] == pytest.approx(np.mean(np.array(y) ** (1 / 3.6)) ** 3.6)
    assert control_chart(y, kind="t", center=14).points["center"][0] == pytest.approx(14)


def test_missing_is_not_zero_and_an_empty_month_takes_no_part():
    """Trap: a month without patients drawn as 0 %."""
    chart = control_chart([9, NAN, 0, 8], [10, 10, 0, 10], kind="p")
    assert chart.points["value"].isna().tolist() == [False, True, True, False]
    assert chart.points["center"][0] == 0.85
    assert chart.points["upper"].isna().tolist() == [False, True, True, False]
    assert chart.phases["useful"][0] == 2


def test_shares_stay_between_none_and_all_and_measures_do_not():
    p = control_chart([9, 10, 10], [10, 10, 10], kind="p").points
    assert (p["upper"] == 1).all()
    assert control_chart([1, 9, 1], kind="i").points["lower"][0] < 0


def test_runs_use_all_points_though_the_line_is_frozen():
    """Trap: with a frozen start the runs are looked for in everything that follows, not in the start alone."""
    chart = control_chart([1, 3] * 6 + [5] * 12, kind="run", freeze=12)
    assert chart.points["center"].unique().tolist() == [2]
    row = chart.phases.iloc[0]
    assert (row["run_first"], row["run_last"], row["run_side"]) == (11, 23, 1)


def test_freeze_holds_inside_each_phase():
    y = [1, 3, 9, 9, 9, 11, 13, 20, 20, 20]
    chart = control_chart(y, kind="i", phases=[5], freeze=2)
    assert chart.phases["center"].tolist() == [2, 12]


def test_an_empty_subgroup_takes_nothing_from_the_spread():
    """Trap: counted as minus one degree of freedom it widens the limits (8.43 for 7.97)."""
    labels = [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    chart = control_chart([1, NAN, 3, NAN, NAN, 6, 7, 8, 9, 2, 4], kind="xbar", subgroup=labels)
    assert chart.points.index.tolist() == [1, 2, 3, 4, 5]
    assert chart.points["upper"][1] == pytest.approx(7.97, abs=0.01)
    assert np.isnan(chart.points["upper"][2])


def test_a_point_on_the_limit_but_for_rounding_is_not_outside():
    chart = control_chart([4.0, 4, 10], kind="c", center=4)
    assert chart.points["upper"][0] == 10
    assert not chart.points["outside"].any()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"y": [1, 0, 2], "kind": "t"}, "t_needs_positive"),
        ({"y": [1, -1], "kind": "g"}, "g_needs_counts"),
        ({"y": [1, 2], "kind": "p"}, "needs_denominator"),
        ({"y": [1, 2], "n": [1, 2], "kind": "t"}, "no_denominator"),
        ({"y": [1, 2], "n": [1], "kind": "p"}, "lengths_differ"),
        ({"y": [1, 2], "kind": "s"}, "needs_subgroup"),
        ({"y": [1, 2], "kind": "s", "subgroup": [1]}, "lengths_differ"),
        ({"y": [1, 2], "kind": "z"}, "unknown_kind"),
    ],
)
def test_what_cannot_be_drawn_says_why(arguments, reason):
    with pytest.raises(CannotChart) as refusal:
        control_chart(**arguments)
    assert refusal.value.reason == reason


def test_negative_indexes_are_refused():
    with pytest.raises(ValueError, match="count from 0"):
        control_chart([1, 2, 3], kind="i", phases=[-1])


@pytest.mark.parametrize("kind", [*sorted(ESTIMATORS), "xbar", "s"])
def test_no_points_at_all(kind):
    n = [] if kind in ("p", "pp", "u", "up") else None
    chart = control_chart([], n, kind=kind, subgroup=[] if kind in ("xbar", "s") else None)
    assert len(chart.points) == 0
    assert not chart.signal


def test_import_is_light():
    """Every page imports this; scipy alone takes longer than the page."""
    code = (
        "import sys; import nhr_dash.statistics.nhs, nhr_dash.statistics.spc; "
        "print([name for name in ('scipy', 'statsmodels') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
