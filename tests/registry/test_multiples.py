"""Every hospital beside the others over time: what is drawn, what is hidden, and which changes last."""

from datetime import date, datetime

import numpy as np
import pytest

from nhr_dash.access import Held, Role, Scope, Visibility, everything, holding
from nhr_dash.registry import groups, multiples, steps
from nhr_dash.registry.multiples import Asked

TREATED, DIRECT = "hjerneslag_beh_enhet", "hjerneslag_inn_enhet"
FULL = everything("test")
FAGRAAD = holding("test", (Held(Role.FAGRAAD, None),))
TYNSET, BODO, HAMAR, FJORDVIK = 974725215, 974795361, 974724960, 999100001
OTHERS = (HAMAR, 974706490, 974749025, 974703300, 974795787)
YEARS = range(2022, 2025)


def admit(registry, hospital, monthly, direct=lambda year: 0.5, years=YEARS):
    """So many admissions every month of the years, a share of them direct."""
    for year in years:
        for month in range(1, 13):
            for at in range(monthly):
                ward = 1 if at < monthly * direct(year) else 3
                registry.admit(datetime(year, month, 1 + at % 28, 10), hospital=hospital, first_ward=ward)


def panel(found, unit):
    return next(one for one in found.panels if one.unit == unit)


@pytest.fixture
def lift(registry, compute):
    """Bodø steps from 50 to 90 % with 2023; five others stay at 50 %. The last year is not settled in full."""
    admit(registry, BODO, 10, lambda year: 0.5 if year < 2023 else 0.9)
    for one in OTHERS:
        admit(registry, one, 10)
    registry.admit(datetime(2025, 6, 1, 10), hospital=HAMAR)
    compute()


@pytest.mark.usefixtures("lift")
class TestSteps:
    def test_a_step_is_found_with_its_day_and_only_where_it_was(self, connection):
        found = {one.unit: one for one in steps.read(connection, FULL, DIRECT, date(2022, 1, 1), date(2025, 1, 1))}
        assert [one.unit for one in found.values() if one.found] == [BODO]
        assert found[BODO].since == date(2023, 1, 1)
        assert (found[BODO].before, found[BODO].after) == (pytest.approx(0.5), pytest.approx(0.9))
        assert found[BODO].low > 0
        assert (found[BODO].patients_before, found[BODO].patients_after) == (120, 240)
        assert found[BODO].strength > abs(found[HAMAR].strength)

    def test_a_period_without_anything_settled_has_none(self, connection):
        assert steps.read(connection, FULL, DIRECT, date(2025, 5, 1), date(2025, 9, 1)) == ()
        assert steps.read(connection, FULL, "hjerneslag_dg", date(2022, 1, 1), date(2025, 1, 1)) == ()


def test_tertials_where_the_median_hospital_is_small_else_months(registry, connection, compute):
    admit(registry, BODO, 9)
    compute()
    found = multiples.read(connection, FULL, Asked(DIRECT, 2022, 2024))
    assert (found.grain, found.suits) == ("tertial", "tertial")
    assert found.starts[:2] == (date(2022, 1, 1), date(2022, 5, 1))
    assert panel(found, BODO).patients.tolist() == [36] * 9
    asked = multiples.read(connection, FULL, Asked(DIRECT, 2022, 2024, grain="month"))
    assert (asked.grain, asked.suits, len(asked.starts)) == ("month", "tertial", 36)


def test_months_from_ten_patients_on(registry, connection, compute):
    admit(registry, BODO, 10)
    compute()
    assert multiples.read(connection, FULL, Asked(DIRECT, 2022, 2024)).grain == "month"


def test_a_small_hospital_keeps_its_panel_with_its_reason(registry, connection, compute):
    admit(registry, BODO, 1)
    admit(registry, HAMAR, 10)
    compute()
    reader = Scope("", Visibility(frozenset({HAMAR})))
    found = multiples.read(connection, reader, Asked(DIRECT, 2022, 2024, grain="month"))
    small, mine = panel(found, BODO), panel(found, HAMAR)
    assert small.why == "few" and small.step is None and small.name == "Bodø"
    assert np.isnan(small.values).all() and not small.patients.any()
    assert mine.why == "" and mine.patients.tolist() == [10] * 36
    assert panel(multiples.read(connection, FULL, Asked(DIRECT, 2022, 2024, grain="month")), BODO).why == ""


def test_a_period_that_is_too_small_is_a_gap(registry, connection, compute):
    admit(registry, BODO, 10)
    admit(registry, HAMAR, 8, years=(2022,))
    admit(registry, HAMAR, 1, years=(2023, 2024))
    compute()
    found = multiples.read(connection, FAGRAAD, Asked(DIRECT, 2022, 2024, grain="month"))
    assert panel(found, HAMAR).patients.tolist() == [8] * 12 + [0] * 24
    assert np.isnan(panel(found, HAMAR).values[12:]).all()


def test_no_patients_and_no_stroke_unit_are_told_apart(registry, connection, compute):
    admit(registry, TYNSET, 3)
    admit(registry, BODO, 10)
    compute()
    found = multiples.read(connection, FULL, Asked(TREATED, 2022, 2024))
    assert panel(found, TYNSET).why == "stroke_unit"
    assert panel(found, TYNSET).step is None
    assert panel(found, HAMAR).why == "none"
    assert len(found.panels) == len(groups.compared(connection, "hospital", "all", 2024))


def test_ones_own_hospital_stands_beside_the_group_and_is_not_counted(registry, connection, compute):
    admit(registry, FJORDVIK, 10)
    admit(registry, BODO, 10)
    compute()
    found = multiples.read(connection, FULL, Asked(DIRECT, 2022, 2024), FJORDVIK)
    assert not panel(found, FJORDVIK).inside and panel(found, FJORDVIK).step is not None
    assert found.looked == 1
    assert panel(found, BODO).yearly == 120


def test_coverage_is_by_year_and_nothing_is_looked_for(registry, connection, compute):
    admit(registry, BODO, 10)
    compute()
    found = multiples.read(connection, FULL, Asked("hjerneslag_dg", 2022, 2024, grain="month"))
    assert (found.grain, found.grains, found.looked) == ("year", ("year",), 0)
    with pytest.raises(ValueError, match="group"):
        multiples.read(connection, FULL, Asked(DIRECT, 2022, 2024, group="nobody"))
