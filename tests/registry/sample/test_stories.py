"""The stories that the sample registry holds, each with its figures, read as a reader of the database reads them."""

from datetime import date

import numpy as np
import pytest
from sqlalchemy import create_engine, func, select

from nhr_dash.improvement.models import Event
from nhr_dash.improvement.tables import chart_phase
from nhr_dash.registry.forms import acute, thrombectomy
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.tables import coverage, fact
from nhr_dash.statistics import runs

FLEKKEFJORD, HAMAR, BODO, HARALDSPLASS, HAUKELAND = 974595214, 974724960, 974795361, 974316285, 974557746
KRISTIANSUND, ALESUND, TYNSET, ORKDAL = 974746948, 974747138, 974725215, 974329506
FJORDVIK, SKOGVIK, MYRDAL, HOGFJELL = 999100001, 999100002, 999100003, 999100004

CLINICAL_2020 = (
    "hjerneslag_beh_enhet", "hjerneslag_inn_enhet", "hjerneslag_beh_tromb", "hjerneslag_tromb_40min",
    "hjerneslag_test_svelg", "hjerneslag_ut_antitromb", "hjerneslag_ut_antikoag", "hjerneslag_ut_blodtrykksenk",
    "hjerneslag_ut_lipidsenk",
)  # fmt: skip


@pytest.fixture(scope="module")
def registry(sample_database):
    engine = create_engine(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def counted(registry, hospital, indicator, start, end):
    """Numerator and denominator of a hospital from a day to a day (exclusive)."""
    return registry.execute(
        select(func.sum(fact.c.success), func.count()).where(
            fact.c.indicator == by_id(indicator).number,
            fact.c.hospital == hospital,
            fact.c.admitted_at >= start,
            fact.c.admitted_at < end,
        )
    ).one()


def percent(registry, hospital, indicator, start, end):
    numerator, denominator = counted(registry, hospital, indicator, start, end)
    return 100 * numerator / denominator


def in_year(registry, hospital, indicator, year):
    return percent(registry, hospital, indicator, date(year, 1, 1), date(year + 1, 1, 1))


def covered(registry, hospital, year):
    row = registry.execute(select(coverage).where(coverage.c.unit == hospital, coverage.c.year == year)).one()
    return 100 * (row.both + row.only_nhr) / (row.both + row.only_nhr + row.only_npr)


def test_flekkefjord_direct_admission_36_79_89(registry):
    found = {year: round(in_year(registry, FLEKKEFJORD, "hjerneslag_inn_enhet", year)) for year in (2012, 2014, 2021)}
    assert found == {2012: 36, 2014: 79, 2021: 89}


def test_flekkefjord_did_not_rise_every_year(registry):
    assert round(in_year(registry, FLEKKEFJORD, "hjerneslag_inn_enhet", 2019), 1) == 77.3


def test_hamar_coverage_80_to_95(registry):
    assert round(covered(registry, HAMAR, 2018)) == 80
    assert round(covered(registry, HAMAR, 2021)) == 95


@pytest.mark.parametrize(
    ("year", "more", "high", "of"), [(2020, (), 6, 11), (2021, ("hjerneslag_tverrfaglig",), 10, 12)]
)
def test_bodo_is_high_on_6_of_11_then_10_of_12(registry, year, more, high, of):
    values = {name: in_year(registry, BODO, name, year) / 100 for name in (*CLINICAL_2020, *more)}
    values["hjerneslag_rapport_3mnd"] = in_year(registry, BODO, "hjerneslag_rapport_3mnd", year) / 100
    values["hjerneslag_dg"] = covered(registry, BODO, year) / 100
    assert len(values) == of
    assert sum(value >= by_id(name).levels[-1].high for name, value in values.items()) == high


@pytest.mark.parametrize("hospital", [HARALDSPLASS, HAUKELAND])
def test_arrival_to_groin_is_shorter_from_2021(registry, hospital):
    rows = registry.execute(
        select(fact.c.admitted_at, fact.c.minutes).where(
            fact.c.indicator == by_id("pakke_lyske").number, fact.c.hospital == hospital
        )
    ).all()
    before = np.median([row.minutes for row in rows if row.admitted_at.year < 2021])
    after = np.median([row.minutes for row in rows if row.admitted_at.year >= 2021])
    assert after < 0.85 * before


def test_haraldsplass_patients_are_punctured_at_haukeland(registry):
    centres = registry.scalars(
        select(thrombectomy.c.centre)
        .distinct()
        .where(thrombectomy.c.acute_key.in_(select(acute.c.form_key).where(acute.c.hospital == HARALDSPLASS)))
    ).all()
    assert centres == [HAUKELAND]


def test_kristiansund_improves_2019_2020_with_a_secondary_effect(registry):
    def both(indicator):
        return (
            percent(registry, KRISTIANSUND, indicator, date(2018, 1, 1), date(2020, 1, 1)),
            percent(registry, KRISTIANSUND, indicator, date(2020, 1, 1), date(2022, 1, 1)),
        )

    before, after = both("hjerneslag_tromb_40min")
    assert after - before > 20
    before, after = both("hjerneslag_beh_tromb")
    assert after > before
    assert all(registry.scalars(select(Event.assumed).where(Event.unit == KRISTIANSUND)))


def test_alesund_looks_poor_until_age_and_severity_are_taken_into_account(registry):
    rows = registry.execute(
        select(
            acute.c.hospital, acute.c.age, acute.c.diagnosis, acute.c.nihss, acute.c.mrs_before,
            acute.c.admitted_at, acute.c.died_on,
        ).where(acute.c.hospital < 999_000_000, acute.c.admitted_at < date(2025, 1, 1))
    ).all()  # fmt: skip
    dead = np.array([row.died_on is not None and (row.died_on - row.admitted_at.date()).days <= 30 for row in rows])
    groups = np.array(
        [
            hash((min(row.age // 5, 18), row.diagnosis, -1 if row.nihss is None else min(row.nihss // 4, 6),
                  row.mrs_before >= 3))
            for row in rows
        ]
    )  # fmt: skip
    hospital = np.array([row.hospital for row in rows])
    _, stratum = np.unique(groups, return_inverse=True)
    expected = (np.bincount(stratum, dead) / np.bincount(stratum))[stratum]
    units = [one for one in np.unique(hospital) if (hospital == one).sum() > 300]
    crude = {one: dead[hospital == one].mean() for one in units}
    adjusted = {one: dead[hospital == one].sum() / expected[hospital == one].sum() for one in units}
    assert sorted(units, key=crude.get).index(ALESUND) >= 0.75 * len(units)
    assert sorted(units, key=adjusted.get).index(ALESUND) < 5


def test_tynset_has_no_stroke_unit(registry):
    for year in (2014, 2019, 2024):
        assert in_year(registry, TYNSET, "hjerneslag_beh_enhet", year) == 0


def test_orkdal_stops_after_2017(registry):
    newest = registry.scalar(select(func.max(acute.c.admitted_at)).where(acute.c.hospital == ORKDAL))
    assert newest.year == 2017


def test_fjordvik_imaging_18_to_60(registry):
    before = counted(registry, FJORDVIK, "pakke_bilde_15min", date(2022, 1, 1), date(2023, 2, 1))
    after = counted(registry, FJORDVIK, "pakke_bilde_15min", date(2023, 2, 1), date(2026, 1, 1))
    assert round(100 * before[0] / before[1]) == 18
    assert 5 * after[0] == 3 * after[1]  # 60 % to the letter
    assert 140 < before[1] < 165


def test_fjordvik_imaging_is_18_percent_over_the_whole_time_before(registry):
    assert round(percent(registry, FJORDVIK, "pakke_bilde_15min", date(2018, 1, 1), date(2023, 2, 1))) == 18


def test_fjordvik_imaging_is_a_signal_on_a_monthly_run_chart(registry):
    month = func.substr(fact.c.admitted_at, 1, 7)
    rows = registry.execute(
        select(month, 1.0 * func.sum(fact.c.success) / func.count())
        .where(
            fact.c.indicator == by_id("pakke_bilde_15min").number,
            fact.c.hospital == FJORDVIK,
            fact.c.admitted_at >= date(2022, 1, 1),
        )
        .group_by(month)
    ).all()
    values = np.array([share for _, share in rows])
    found = runs.analyse(values, float(np.median(values[:13])))
    assert found.signal
    assert found.longest > 20


def test_skogvik_direct_admission_73_to_86(registry):
    before = percent(registry, SKOGVIK, "hjerneslag_inn_enhet", date(2016, 1, 1), date(2021, 9, 1))
    after = percent(registry, SKOGVIK, "hjerneslag_inn_enhet", date(2021, 9, 1), date(2026, 1, 1))
    assert (round(before), round(after)) == (73, 86)


@pytest.mark.parametrize("hospital", [SKOGVIK, MYRDAL, HOGFJELL])
def test_three_hospitals_get_faster_from_autumn_2018(registry, hospital):
    before = percent(registry, hospital, "hjerneslag_tromb_40min", date(2016, 1, 1), date(2018, 9, 1))
    after = percent(registry, hospital, "hjerneslag_tromb_40min", date(2018, 9, 1), date(2022, 1, 1))
    assert after - before > 20


def test_national_events_stand_on_every_chart(registry):
    starts = set(registry.scalars(select(Event.starts_on).where(Event.unit.is_(None))))
    assert {date(2018, 2, 1), date(2019, 11, 1)} < starts
    titles = " ".join(registry.scalars(select(Event.title).where(Event.unit.is_(None))))
    assert "Prate, smile, løfte" in titles


def test_training_hospitals_have_their_phases(registry):
    rows = registry.execute(select(chart_phase.c.unit, chart_phase.c.indicator, chart_phase.c.starts_on))
    found = {tuple(row) for row in rows}
    assert (FJORDVIK, "pakke_bilde_15min", date(2023, 2, 1)) in found
    assert (SKOGVIK, "hjerneslag_inn_enhet", date(2021, 9, 1)) in found
