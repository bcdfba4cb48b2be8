"""Equal care: the two sides of a dimension, the correction for many, and what other units may not see."""

import math
from datetime import datetime

import pytest

from nhr_dash.access import Held, Role, everything, holding
from nhr_dash.registry import equity

DIRECT, ACUTE_IMAGING = "hjerneslag_inn_enhet", "pakke_bilde_15min"
FULL = everything("test")
READER = holding("test", (Held(Role.READER, None),))
BODO, NORTH, NATION = 974795361, 883658752, 1


@pytest.fixture
def admit(registry):
    def run(done, patients, *, hour=10, year=2024, **columns):
        for at in range(patients):
            day = datetime(year, 1 + at % 12, 1 + at // 12, hour)
            values = {"sex": "Male", "age": 70, "first_ward": 1 if at < done else 3, "hospital": BODO, **columns}
            registry.admit(day, **values)

    return run


def read(connection, unit=BODO, dimension="sex", years=(2024, 2024), scope=FULL):
    return equity.read(connection, scope, unit, dimension, *years)


def found(connection, *given, **more):
    return next(one for one in read(connection, *given, **more) if one.indicator == DIRECT)


def test_a_difference_is_the_other_side_minus_the_one(connection, compute, admit):
    admit(45, 50, sex="Male", age=65)
    admit(10, 50, sex="Female", age=85, hour=22)
    compute()
    sex = found(connection)
    assert (sex.one, sex.other) == ((45, 50), (10, 50))
    assert sex.difference.estimate == pytest.approx(-0.7)
    assert sex.difference.low < -0.7 < sex.difference.high < 0
    assert sex.sure
    assert dict(found(connection, dimension="age").parts) == {"60_69": (45, 50), "80_89": (10, 50)}
    assert found(connection, dimension="arrival").other[1] >= 50, "the evening, and weekends of the others"
    rows = read(connection)
    assert rows[0].p == min(one.p for one in rows if one.p == one.p), "the most certain first"


def test_years_and_units_are_summed(connection, compute, admit):
    admit(10, 20)
    admit(5, 20, year=2023)
    compute()
    for unit in (BODO, NORTH, NATION):
        assert found(connection, unit, years=(2023, 2024)).one == (15, 40)
    assert found(connection).one == (10, 20)


def test_a_side_without_patients_has_no_difference_and_nobody_is_an_empty_answer(connection, compute, admit):
    admit(10, 20)
    compute()
    sex = found(connection)
    assert math.isnan(sex.p) and not sex.sure
    assert read(connection, years=(2020, 2020)) == ()
    with pytest.raises(ValueError, match="before"):
        read(connection, years=(2024, 2023))
    with pytest.raises(KeyError):
        read(connection, dimension="residence")


def test_chance_alone_is_seldom_called_sure(connection, compute, admit):
    """A p of 0.03 among twenty is nothing to speak of."""
    admit(40, 50, sex="Male")
    admit(30, 50, sex="Female")
    compute()
    sex = found(connection)
    assert sex.p < 0.05 < sex.adjusted
    assert not sex.sure


def test_another_unit_is_shown_only_where_both_sides_are_in_every_year(connection, compute, admit):
    for year in (2023, 2024):
        admit(20, 30, year=year, sex="Male")
        admit(20, 30, year=year, sex="Female")
    admit(0, 3, year=2023, sex="Female", age=50)
    compute()
    both = {"years": (2023, 2024), "dimension": "age"}
    assert not any(one.hidden for one in read(connection, **both))
    assert not found(connection, years=(2023, 2024), scope=READER).hidden
    young = found(connection, **both, scope=READER)
    assert young.hidden, "three under 60, who would else be got from the sum"
    assert (young.one, young.other, young.parts) == ((0, 0), (0, 0), ())
    assert math.isnan(young.p) and math.isnan(young.difference.estimate)


def test_each_measure_is_looked_at_once():
    titles = [one.id for one in equity.measured()]
    assert DIRECT in titles and ACUTE_IMAGING in titles
    assert "hjerneslag_beh_enhet" in titles and "nki_slagenhet" not in titles
