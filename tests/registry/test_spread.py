"""The spread a year: who counts, who is named, and which years are left out."""

from datetime import datetime

import pytest

from nhr_dash.access import Held, Role, everything, holding
from nhr_dash.registry import spread
from nhr_dash.registry.across import Asked

DIRECT = "hjerneslag_inn_enhet"
FULL = everything("test")
READER = holding("test", (Held(Role.READER, None),))
BODO, HAMAR, AHUS, TYNSET, VOLDA, SKIEN, LEVANGER = (
    974795361, 974724960, 974706490, 974725215, 974747545, 974633191, 974754118,
)  # fmt: skip
FJORDVIK = 999100001


@pytest.fixture
def admit(registry):
    def run(hospital, done, patients, year=2024):
        for at in range(patients):
            ward = 1 if at < done else 3
            registry.admit(datetime(year, 1 + at % 12, 1 + at // 12, 10), hospital=hospital, first_ward=ward)

    return run


@pytest.fixture
def six(admit):
    """Six hospitals far apart in 2023, alike in 2024."""
    for hospital, done in ((BODO, 3), (HAMAR, 12), (AHUS, 20), (VOLDA, 29), (SKIEN, 30)):
        admit(hospital, done, 30, 2023)
        admit(hospital, 24, 30, 2024)


def test_differences_that_went_away_are_smaller(connection, compute, six):
    compute()
    found = spread.read(connection, FULL, Asked(DIRECT, 2023, 2024), BODO)
    first, last = found.years
    assert (first.year, first.units, first.patients) == (2023, 5, 150)
    assert found.change.p_smaller > 0.975
    assert first.result.between.estimate > 3 * last.result.between.estimate
    assert (first.lowest.name, first.own.name, first.own_raw) == ("Bodø", "Bodø", 0.1)
    assert 0.1 < first.own.value < 0.25
    assert last.national == pytest.approx(0.8)


def test_a_hidden_hospital_counts_and_is_never_named(connection, compute, six, admit):
    admit(TYNSET, 0, 40, 2023)
    admit(LEVANGER, 0, 3, 2023)
    compute()
    shown = {}
    for scope in (FULL, READER):
        (year,) = spread.read(connection, scope, Asked(DIRECT, 2023, 2023), LEVANGER).years
        shown[scope.person, bool(scope.held - READER.held)] = year
        assert year.units == 6, "Tynset has no stroke unit, the other one counts"
    full, reader = shown.values()
    assert reader.result.between == full.result.between
    assert full.own is not None
    assert reader.own is None
    assert 1 <= reader.result.units["shrunken"].isna().sum() < 6, "and what would give it away"
    assert LEVANGER not in (reader.lowest.unit, reader.highest.unit)


def test_with_few_units_a_hidden_one_leaves_the_year_out(connection, compute, admit):
    for hospital, patients in ((BODO, 30), (HAMAR, 30), (AHUS, 4)):
        admit(hospital, patients // 2, patients)
    compute()
    assert spread.read(connection, READER, Asked(DIRECT, 2024, 2024)).years[0].why == "too_few_units"
    assert spread.read(connection, FULL, Asked(DIRECT, 2024, 2024)).years[0].why == ""


def test_years_with_too_few_units_or_all_alike_are_told_of(connection, compute, six, admit):
    admit(BODO, 3, 30, 2021)
    for hospital in (BODO, HAMAR, AHUS):
        admit(hospital, 30, 30, 2022)
    compute()
    found = spread.read(connection, FULL, Asked(DIRECT, 2021, 2024))
    assert [one.why for one in found.years] == ["too_few_units", "none_or_all", "", ""]
    assert [one.year for one in found.known] == [2023, 2024]
    assert spread.read(connection, FULL, Asked(DIRECT, 2021, 2023)).change is None


def test_a_training_hospital_stands_beside_the_others(connection, compute, six, admit):
    admit(FJORDVIK, 0, 30, 2023)
    compute()
    (year,) = spread.read(connection, FULL, Asked(DIRECT, 2023, 2023), FJORDVIK).years
    assert year.units == 5
    assert year.own.unit == FJORDVIK
    assert year.lowest.unit == BODO
