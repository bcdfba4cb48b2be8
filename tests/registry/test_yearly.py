from datetime import datetime

import pytest

from nhr_dash.access import everything
from nhr_dash.registry import series, tables

HAMAR, AHUS, KONGSVINGER, AHUS_TRUST = 974724960, 974706490, 974631776, 983971636
DIRECT, COVERAGE = "hjerneslag_inn_enhet", "hjerneslag_dg"


def publish(connection, unit, year, numerator, denominator, indicator=DIRECT, context="caregiver"):
    row = {"context": context, "unit": unit, "year": year, "indicator": indicator}
    connection.execute(tables.aggregate.insert().values(**row, numerator=numerator, denominator=denominator))


def link(connection, unit, year, both, only_nhr, only_npr):
    row = {"unit": unit, "year": year, "both": both, "only_nhr": only_nhr, "only_npr": only_npr}
    connection.execute(tables.coverage.insert().values(row))


def yearly(connection, unit, indicator=DIRECT, grain="year"):
    return series.series(connection, everything("test"), series.Question(unit, indicator, grain))


def sums(answer):
    return {
        start.year: (above, below)
        for start, above, below in zip(
            answer.frame["start"], answer.frame["numerator"], answer.frame["denominator"], strict=True
        )
    }


def test_coverage_is_both_and_only_nhr_of_all(connection):
    link(connection, HAMAR, 2018, 60, 20, 20)
    link(connection, HAMAR, 2017, 50, 20, 30)
    found = series.coverage(connection, HAMAR)
    assert list(found["year"]) == [2017, 2018]
    assert list(found["share"]) == [0.7, 0.8]


def test_a_levels_own_coverage_beats_the_sum_of_its_hospitals(connection):
    link(connection, AHUS, 2018, 60, 20, 20)
    link(connection, KONGSVINGER, 2018, 30, 10, 60)
    link(connection, AHUS, 2019, 60, 20, 20)
    link(connection, AHUS_TRUST, 2019, 950, 0, 50)
    assert list(series.coverage(connection, AHUS_TRUST)["share"]) == [0.6, 0.95]


def test_coverage_as_an_indicator(connection):
    link(connection, HAMAR, 2018, 60, 20, 20)
    publish(connection, HAMAR, 2016, 67, 100, COVERAGE)
    found = yearly(connection, HAMAR, COVERAGE)
    assert sums(found) == {2016: (67, 100), 2017: (0, 0), 2018: (80, 100)}
    assert len(yearly(connection, HAMAR, COVERAGE, "month").frame) == 0


def test_a_unit_without_patient_rows_has_its_yearly_series(connection, compute):
    publish(connection, HAMAR, 2018, 89, 130)
    publish(connection, HAMAR, 2019, 143, 159)
    publish(connection, HAMAR, 2019, 1, 2, context="resident")
    compute()
    found = yearly(connection, HAMAR)
    assert sums(found) == {2018: (89, 130), 2019: (143, 159)}
    assert found.frame["value"].iloc[1] == pytest.approx(143 / 159)
    assert [(note.key, note.names) for note in found.footnotes] == [("footnote.published_years", "2018, 2019")]
    assert len(yearly(connection, HAMAR, grain="month").frame) == 0


def test_patient_rows_beat_aggregates(registry, connection, compute):
    registry.admit(datetime(2019, 5, 1, 9), first_ward=1)
    publish(connection, HAMAR, 2018, 89, 130)
    publish(connection, HAMAR, 2019, 143, 159)
    compute()
    assert sums(yearly(connection, HAMAR)) == {2018: (89, 130), 2019: (1, 1)}


def test_a_levels_own_row_beats_the_sum_of_its_children(connection, compute):
    publish(connection, AHUS, 2019, 600, 700)
    publish(connection, AHUS_TRUST, 2019, 750, 830)
    publish(connection, AHUS, 2018, 500, 600)
    publish(connection, KONGSVINGER, 2018, 100, 120)
    compute()
    assert sums(yearly(connection, AHUS_TRUST)) == {2018: (600, 720), 2019: (750, 830)}


def test_a_half_delivered_level_uses_its_published_row_or_both_kinds(registry, connection, compute):
    registry.admit(datetime(2018, 5, 1, 9), hospital=AHUS, first_ward=1)
    registry.admit(datetime(2019, 5, 1, 9), hospital=AHUS, first_ward=1)
    registry.admit(datetime(2020, 5, 1, 9), hospital=AHUS, first_ward=1)
    publish(connection, KONGSVINGER, 2018, 100, 120)
    publish(connection, KONGSVINGER, 2019, 100, 120)
    publish(connection, AHUS_TRUST, 2019, 750, 830)
    publish(connection, AHUS, 2020, 600, 700)
    publish(connection, AHUS_TRUST, 2020, 700, 800)
    compute()
    assert sums(yearly(connection, AHUS_TRUST)) == {2018: (101, 121), 2019: (750, 830), 2020: (1, 1)}
