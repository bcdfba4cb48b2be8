"""The indicators' upkeep: levels a year, how well they tell hospitals apart, and limits that are moved."""

from datetime import datetime

import pytest

from nhr_dash.access import Held, Role, everything, holding
from nhr_dash.registry import upkeep
from nhr_dash.registry.upkeep import Standing

DIRECT = "hjerneslag_inn_enhet"  # high from 90 %, moderate from 75 %
FULL = everything("test")
READER = holding("test", (Held(Role.READER, None),))
BODO, HAMAR, AHUS, VOLDA, SKIEN, LEVANGER, TYNSET = (
    974795361, 974724960, 974706490, 974747545, 974633191, 974754118, 974725215,
)  # fmt: skip


@pytest.fixture
def admit(registry):
    def run(shares, patients=20, year=2024):
        for hospital, done in shares.items():
            for at in range(patients):
                ward = 1 if at < done else 3
                registry.admit(datetime(year, 1 + at % 12, 1 + at // 12, 10), hospital=hospital, first_ward=ward)

    return run


def counts(found):
    return (found.high, found.moderate, found.low)


def test_levels_are_counted_a_year_without_those_who_have_none(connection, compute, admit):
    admit({BODO: 18, HAMAR: 17, AHUS: 10}, year=2023)
    admit({BODO: 19, HAMAR: 15, AHUS: 16, TYNSET: 0})
    admit({VOLDA: 9}, patients=9)
    compute()
    found = upkeep.kept(connection, DIRECT, 2024)
    assert [(one.year, *counts(one)) for one in found.counts] == [(2023, 1, 1, 1), (2024, 1, 2, 0)]
    assert found.now.all == 3, "nine patients have no level, nor has a hospital without a stroke unit"
    assert found.verdict == "few"


@pytest.mark.parametrize(
    ("done", "verdict"),
    [
        ((19, 20, 19, 19, 20), "alike"),
        ((2, 18, 9, 20, 13), "well"),
        ((15, 14, 17, 14, 14), "chance"),
    ],
)
def test_how_well_hospitals_are_told_apart(connection, compute, admit, done, verdict):
    admit(dict(zip((BODO, HAMAR, AHUS, VOLDA, SKIEN), done, strict=True)))
    compute()
    found = upkeep.kept(connection, DIRECT, 2024)
    assert found.verdict == verdict
    if verdict == "alike":
        assert (found.most, found.now.high, found.now.all) == ("high", 5, 5)


def test_an_empty_registry_has_nothing_to_judge(connection):
    found = upkeep.kept(connection, DIRECT, 2024)
    assert (found.counts, found.now.all, found.between, found.verdict) == ((), 0, None, "few")


def test_moving_a_limit_counts_and_names_only_hospitals_that_may_be_shown(connection, compute, admit, monkeypatch):
    """Else a limit moved to and fro would find a hidden hospital's share."""
    admit({BODO: 18, HAMAR: 16, AHUS: 10})
    admit({LEVANGER: 4}, patients=4)
    compute()
    every, shown = ([one.unit for one in upkeep.standings(connection, scope, DIRECT, 2024)] for scope in (FULL, READER))
    assert every == [BODO, HAMAR, AHUS], "the highest first; four patients have no level"
    assert set(shown) < set(every), "one goes with the hidden one, which it would give away"


def rows(*shares):
    levels = ["high" if one >= 0.9 else "moderate" if one >= 0.75 else "low" for one in shares]
    return [
        Standing(at, str(at), 2024, one, 20, level) for at, (one, level) in enumerate(zip(shares, levels, strict=True))
    ]


def test_a_limit_belongs_to_the_level_above_it_wherever_it_is_moved():
    found = upkeep.moved(rows(0.95, 0.9, 0.85, 0.75, 0.6), 0.95, 0.8, 2024)
    assert (counts(found.before), counts(found.after)) == ((2, 2, 1), (1, 2, 2))
    assert [(one.name, level) for one, level in found.changed] == [("1", "moderate"), ("3", "low")]
    assert upkeep.moved(rows(0.95, 0.8), 0.9, 0.75, 2024).changed == ()


@pytest.mark.parametrize(("high", "moderate"), [(0.7, 0.8), (0.8, 0.8), (1.1, 0.8), (0.5, 0.0)])
def test_limits_in_the_wrong_order_are_refused(high, moderate):
    with pytest.raises(ValueError, match="order"):
        upkeep.moved(rows(0.9), high, moderate, 2024)
