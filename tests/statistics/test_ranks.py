"""Places with their uncertainty: sure where units differ, wide where they don't."""

import numpy as np
import pytest

from nhr_dash.statistics.variation import rank_intervals


def test_far_apart_every_place_is_known():
    found = rank_intervals([0.5, 0.9, 0.7], [0.49, 0.89, 0.69], [0.51, 0.91, 0.71])
    assert found.to_numpy().tolist() == [[3, 3, 3], [1, 1, 1], [2, 2, 2]]


def test_alike_nobodys_place_is():
    found = rank_intervals([0.8] * 20, [0.7] * 20, [0.9] * 20)
    assert (found["rank"] == 1).all()
    assert found["rank_high"].min() >= 19
    assert found["rank_low"].max() <= 2


def test_the_interval_holds_the_share_of_rankings_that_it_says():
    draw = np.random.default_rng(3)
    true = np.linspace(0.80, 0.92, 15)
    error, held = 0.02, 0
    places = np.argsort(np.argsort(-true)) + 1
    for seed in range(60):
        seen = draw.normal(true, error)
        found = rank_intervals(seen, seen - 1.96 * error, seen + 1.96 * error, draws=800, seed=seed)
        held += ((found["rank_low"] <= places) & (places <= found["rank_high"])).sum()
    assert held / (60 * 15) > 0.93


def test_a_unit_without_a_value_has_no_place_and_lengths_must_agree():
    found = rank_intervals([0.5, np.nan], [0.4, np.nan], [0.6, np.nan])
    assert found["rank"].iloc[0] == 1
    assert found.iloc[1].isna().all()
    assert rank_intervals([np.nan], [np.nan], [np.nan]).isna().all(axis=None)
    with pytest.raises(ValueError, match="one interval a unit"):
        rank_intervals([1, 2], [1], [2])
