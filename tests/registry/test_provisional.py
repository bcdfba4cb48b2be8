"""From when figures may still change: the earliest of three reasons, all read from the data."""

from datetime import date, datetime, timedelta

from nhr_dash.access import everything
from nhr_dash.database import raise_data_version
from nhr_dash.registry import facts, series, tables

HAMAR, AHUS = 974724960, 974706490
DIRECT, THREE_MONTHS = "hjerneslag_inn_enhet", "hjerneslag_rapport_3mnd"
NEWEST = datetime(2025, 12, 28, 9)


def test_nothing_is_provisional_in_an_empty_database(connection):
    assert series.provisional_from(connection, HAMAR, DIRECT) is None


def test_now_is_the_newest_admission_of_any_hospital_not_the_clock(registry, connection):
    registry.admit(datetime(2015, 3, 1, 9))
    registry.admit(datetime(2015, 4, 1, 9), hospital=AHUS)
    registry.admit(datetime(2015, 5, 1, 9), withdrawn=True)
    assert series.newest_admission(connection) == datetime(2015, 4, 1, 9)


def test_three_month_measures_are_provisional_for_98_days(registry, connection):
    registry.admit(NEWEST)
    first = series.provisional_from(connection, HAMAR, THREE_MONTHS)
    assert first == date(2025, 9, 22)
    assert NEWEST.date() - (first - timedelta(days=1)) == timedelta(days=98)
    assert series.provisional_from(connection, HAMAR, DIRECT) is None


def test_data_after_confirmed_until_are_provisional(registry, connection):
    registry.admit(NEWEST)
    connection.execute(tables.delivery.update().values(confirmed_until=date(2025, 10, 31)))
    assert series.provisional_from(connection, HAMAR, DIRECT) == date(2025, 11, 1)
    assert series.provisional_from(connection, HAMAR, THREE_MONTHS) == date(2025, 9, 22)


def _year_of_forms(registry, hospital, delay):
    for back in range(360):
        at = NEWEST - timedelta(days=back)
        registry.admit(at, hospital=hospital, first_received_at=at + timedelta(days=delay(back)))


def test_the_units_own_delay_curve(registry, connection):
    connection.execute(tables.delivery.update().values(extract_date=date(2024, 12, 28)))
    _year_of_forms(registry, HAMAR, lambda back: 40 if back % 6 == 0 else 5)
    _year_of_forms(registry, AHUS, lambda _: 7)
    assert series.provisional_from(connection, HAMAR, DIRECT) == NEWEST.date() - timedelta(days=39)
    assert series.provisional_from(connection, AHUS, DIRECT) == NEWEST.date() - timedelta(days=6)
    # a hospital with no forms of its own borrows the nation's curve: 9 of 10 came within 7 days
    assert series.provisional_from(connection, 974795833, DIRECT) == NEWEST.date() - timedelta(days=6)


def test_forms_of_a_first_full_delivery_tell_nothing_about_delay(registry, connection):
    connection.execute(tables.delivery.update().values(extract_date=date(2025, 12, 29)))
    _year_of_forms(registry, HAMAR, lambda back: back + 1)
    assert series.provisional_from(connection, HAMAR, DIRECT) is None


def test_points_that_touch_provisional_days_are_marked(registry, connection):
    for month in (9, 10, 11, 12):
        registry.admit(datetime(2025, month, 28, 9))
    connection.execute(tables.delivery.update().values(confirmed_until=date(2025, 10, 31)))
    facts.rebuild(connection)
    raise_data_version(connection)

    def marked(grain, **rest):
        question = series.Question(HAMAR, DIRECT, grain, **rest)
        return list(series.series(connection, everything("test"), question).frame["provisional"])

    assert marked("month") == [False, False, True, True]
    assert marked("quarter") == [False, True]
    assert marked("patient") == [False, False, True, True]
    assert marked("every_k", k=2) == [False, True]
