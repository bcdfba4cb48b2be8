import numpy as np
import pandas
import pytest

from nhr_dash import disclosure


@pytest.fixture
def frame():
    denominator = np.array([0, 1, 4, 5, 9, 10])
    return pandas.DataFrame(
        {
            "start": pandas.date_range("2024-01-01", periods=6, freq="MS"),
            "numerator": denominator // 2,
            "denominator": denominator,
            "value": np.linspace(0, 1, 6),
            "minutes_median": np.linspace(10, 20, 6),
        }
    )


def test_ones_own_unit_shows_everything_few_as_hollow(frame):
    shown = disclosure.shown(frame, own=True, fewest=10)
    assert not shown["hidden"].any()
    assert list(shown["few"]) == [False, True, True, False, False, False]
    pandas.testing.assert_frame_equal(shown[frame.columns], frame)


def test_other_units_lose_small_numbers_and_keep_the_period(frame):
    shown = disclosure.shown(frame, own=False)
    assert list(shown["hidden"]) == [False, True, True, False, False, False]
    for column in ("numerator", "denominator", "value", "minutes_median"):
        assert shown[column].isna().tolist() == shown["hidden"].tolist()
    assert shown["start"].notna().all()
    assert not frame.isna().any().any()


def test_the_indicators_own_minimum_can_only_raise_the_limit(frame):
    assert disclosure.shown(frame, own=False, fewest=10)["hidden"].sum() == 4
    assert disclosure.shown(frame, own=False, fewest=1)["hidden"].sum() == 2


def test_the_limits_are_settings(frame):
    limits = disclosure.Limits(hollow=10, other_units=10)
    shown = disclosure.shown(frame, own=False, limits=limits)
    assert shown["hidden"].sum() == shown["few"].sum() == 4


def test_a_comparison_curve_is_pooled_over_at_least_five_units():
    disclosure.require_pool(5)
    with pytest.raises(disclosure.TooFewUnits):
        disclosure.require_pool(4)


@pytest.mark.parametrize(("share", "low"), [(0.6999, True), (0.70, False), (None, False)])
def test_low_coverage(share, low):
    assert disclosure.low_coverage(share) is low


def test_the_advisory_board_goes_by_the_common_limit_alone_never_below_it(frame):
    limits = disclosure.limits_of(fagraad=True)
    assert disclosure.shown(frame, own=False, fewest=10, limits=limits)["hidden"].sum() == 2
    assert limits.least(10) == disclosure.STANDARD.other_units < disclosure.limits_of(fagraad=False).least(10) == 10


def test_what_is_hidden_is_drawn_as_a_gap(frame):
    gaps = disclosure.as_gaps(disclosure.shown(frame, own=False))
    assert gaps["denominator"].tolist() == [0, 0, 0, 5, 9, 10]
    assert gaps["numerator"].tolist() == [0, 0, 0, 2, 4, 5]
    assert gaps["value"].isna().tolist() == gaps["hidden"].tolist()
