"""A year's indicators at many units: levels, counts, what stands out, and what may not be shown."""

import math
from datetime import date, datetime

import pytest

from nhr_dash.access import Scope, Visibility, everything
from nhr_dash.registry import groups, heat
from nhr_dash.registry.attainment import published_in
from nhr_dash.registry.heat import Asked

TREATED, DIRECT = "hjerneslag_beh_enhet", "hjerneslag_inn_enhet"
FULL = everything("test")
TYNSET, BODO, HAMAR, AHUS, FJORDVIK = 974725215, 974795361, 974724960, 974706490, 999100001
LARGE = (974706490, 974749025, 974703300, 974795787, 974557746, 974589095)
NORDLAND, NORTH = 983974910, 883658752


def admit(registry, hospital, count, year=2021, direct=None):
    for at in range(count):
        ward = 1 if direct is None or at < direct else 3
        registry.admit(datetime(year, 1 + at % 12, 1 + (at // 12) % 28, 10), hospital=hospital, first_ward=ward)


def row(found, unit):
    return next(one for one in found.rows if one.unit == unit)


def cell(found, unit, indicator):
    return next(one for one in row(found, unit).cells if one.indicator == indicator)


def test_a_level_is_decided_on_the_share_and_may_be_another(registry, connection, compute):
    admit(registry, BODO, 48, direct=46)
    admit(registry, AHUS, 300, direct=295)
    compute()
    found = heat.read(connection, FULL, Asked(2021))
    small, large = cell(found, BODO, DIRECT), cell(found, AHUS, DIRECT)
    assert (small.level, small.other, small.patients) == ("high", "moderate", 48)
    assert (large.level, large.other) == ("high", None)
    assert small.low < small.share < small.high


def test_the_count_is_of_each_years_own_set(registry, connection, compute):
    for year in (2019, 2020, 2021):
        admit(registry, BODO, 24, year=year)
    compute()
    found = row(heat.read(connection, FULL, Asked(2021)), BODO)
    assert [one.indicator for one in found.cells] == [one.id for one in published_in(2021)]
    assert found.count[0] >= 2 and found.count[1] <= len(published_in(2021))
    assert found.before == row(heat.read(connection, FULL, Asked(2020)), BODO).count


def test_few_patients_have_a_value_without_a_level_and_others_see_nothing(registry, connection, compute):
    admit(registry, BODO, 6, direct=3)
    compute()
    mine = cell(heat.read(connection, FULL, Asked(2021)), BODO, DIRECT)
    assert (mine.level, mine.patients, mine.share, mine.why) == (None, 6, 0.5, "")
    theirs = cell(heat.read(connection, Scope("", Visibility(frozenset())), Asked(2021)), BODO, DIRECT)
    assert (theirs.patients, theirs.why) == (0, "few")
    assert all(math.isnan(one) for one in (theirs.share, theirs.low, theirs.high))


def test_without_a_stroke_unit_there_is_no_level_where_one_is_needed(registry, connection, compute):
    admit(registry, TYNSET, 40, direct=0)
    compute()
    found = heat.read(connection, FULL, Asked(2021))
    assert cell(found, TYNSET, TREATED).why == "stroke_unit"
    assert math.isnan(cell(found, TYNSET, TREATED).share)
    assert cell(found, TYNSET, "hjerneslag_beh_tromb").why == ""


def test_what_lies_outside_the_funnel_is_marked_on_its_side(registry, connection, compute):
    alike = [
        one.orgnr for one in groups.compared(connection, "hospital", "all", 2021) if one.orgnr not in (HAMAR, BODO)
    ][:18]
    for one in alike:
        admit(registry, one, 36, direct=30)
    admit(registry, HAMAR, 60, direct=20)
    admit(registry, BODO, 6, direct=0)
    compute()
    found = heat.read(connection, FULL, Asked(2021, signals=True))
    assert cell(found, HAMAR, DIRECT).outside == -1
    assert {cell(found, one, DIRECT).outside for one in alike} == {0}
    assert 0 < found.expected < 1
    blind = heat.read(connection, Scope("", Visibility(frozenset())), Asked(2021, signals=True))
    assert cell(blind, BODO, DIRECT).outside == 0


def test_a_lasting_change_is_marked_with_its_day(registry, connection, compute):
    for year in (2019, 2020, 2021):
        for one in LARGE:
            admit(registry, one, 120, year=year, direct=90)
        admit(registry, BODO, 120, year=year, direct=60 if year == 2019 else 115)
    admit(registry, BODO, 1, year=2022)
    compute()
    found = heat.read(connection, FULL, Asked(2021, signals=True))
    changed = cell(found, BODO, DIRECT)
    assert (changed.change, changed.since) == (1, date(2020, 1, 1))
    assert cell(heat.read(connection, FULL, Asked(2021)), BODO, DIRECT).change == 0


@pytest.mark.parametrize(("level", "mine"), [("hospital", BODO), ("trust", NORDLAND), ("region", NORTH)])
def test_ones_own_is_the_unit_of_the_level_that_one_belongs_to(registry, connection, compute, level, mine):
    admit(registry, BODO, 12)
    compute()
    found = heat.read(connection, FULL, Asked(2021, level), BODO)
    assert [one.unit for one in found.rows if one.mine] == [mine]
    assert row(found, mine).region == "Helse Nord"
    assert cell(found, mine, DIRECT).patients == 12


def test_a_training_hospital_stands_beside_the_others(registry, connection, compute):
    admit(registry, FJORDVIK, 24)
    compute()
    found = row(heat.read(connection, FULL, Asked(2021), FJORDVIK), FJORDVIK)
    assert (found.inside, found.mine, found.region) == (False, True, "")
