from datetime import date

import pytest

from nhr_dash.registry import tables, units


def test_seed_units_is_idempotent(connection):
    before = len(connection.execute(tables.unit_membership.select()).all())
    assert units.seed_units(connection) is False
    assert len(connection.execute(tables.unit_membership.select()).all()) == before


def test_seed_units_repairs_a_changed_row_and_leaves_ones_own(connection):
    row = tables.hospital
    connection.execute(row.update().where(row.c.orgnr == 974724960).values(name="Hammar"))
    own = {"has_stroke_unit": True, "thrombectomy_centre": False, "training": False}
    connection.execute(row.insert().values(orgnr=123456785, name="Eget", **own))
    assert units.seed_units(connection) is True
    assert units.unit(connection, 974724960).name == "Hamar"
    assert units.unit(connection, 123456785).name == "Eget"


def test_norwegian_letters_sort_last(connection):
    hospitals = [unit.name for unit in units.all_units(connection) if unit.level == "hospital"]
    assert hospitals[-1] == "Ålesund"
    assert hospitals.index("Volda") < hospitals.index("Ålesund")
    assert sorted(["Å", "Ø", "Æ", "Z"], key=units.name_order) == ["Z", "Æ", "Ø", "Å"]


def test_every_hospital_but_training_is_in_a_region_and_the_nation(connection):
    for unit in units.all_units(connection):
        if unit.level == "hospital":
            above = units.parents(connection, unit.orgnr)
            assert set(above) == ({"trust"} if unit.training else {"trust", "region", "nation"})


def test_training_hospitals_are_outside_regional_and_national_sums(connection):
    training = set(units.members(connection, units.TRAINING_TRUST))
    assert len(training) == 4
    assert not training & set(units.members(connection, units.NATION))
    assert len(units.members(connection, units.NATION)) == 47


def _check_digit_is_right(orgnr: int) -> bool:
    digits = [int(digit) for digit in str(orgnr)]
    rest = 11 - sum(a * b for a, b in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=False)) % 11
    return digits[8] == (0 if rest == 11 else rest)


def test_only_training_numbers_fail_the_check_digit(connection):
    for unit in units.all_units(connection):
        if unit.orgnr != units.NATION:
            assert _check_digit_is_right(unit.orgnr) is not unit.training, unit


def test_a_hospital_is_its_own_member_and_an_unknown_unit_is_named(connection):
    assert units.members(connection, 974724960) == (974724960,)
    with pytest.raises(units.UnknownUnit):
        units.members(connection, 42)


def test_membership_counts_on_its_days_only(connection):
    table = tables.unit_membership
    connection.execute(
        table.update().where(table.c.unit == 974631776, table.c.kind == "trust").values(valid_to=date(2020, 1, 1))
    )
    units._structures.clear()
    ahus = 983971636
    assert 974631776 in units.members(connection, ahus, date(2019, 12, 31))
    assert 974631776 not in units.members(connection, ahus, date(2020, 1, 1))
    assert 974631776 in units.members(connection, ahus)
