from datetime import date, datetime, timedelta

import numpy as np
import pytest

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.registry import series, tables
from nhr_dash.registry.series import Filters, Question

HAMAR, AHUS, KONGSVINGER, AHUS_TRUST = 974724960, 974706490, 974631776, 983971636
ORKDAL, ST_OLAVS, ST_OLAVS_TRUST = 974329506, 974749025, 883974832
LOVISENBERG, ULLEVAL, OUS, TYNSET, FJORDVIK = 974207532, 974589095, 993467049, 974725215, 999100001
DIRECT, IMAGING, NEEDLE, GROIN = "hjerneslag_inn_enhet", "pakke_bilde_15min", "hjerneslag_tromb_40min", "pakke_lyske"
ALL = everything("test")
OTHERS = Scope("test", Visibility(own_units=frozenset({HAMAR})))


def imaged(registry, admitted_at, minutes, **values):
    return registry.admit(admitted_at, imaging_at=admitted_at + timedelta(minutes=minutes), **values)


def ask(connection, unit, indicator, grain, scope=ALL, **rest):
    return series.series(connection, scope, Question(unit, indicator, grain, **rest))


def test_a_missing_month_is_a_gap_never_0(registry, connection, compute):
    registry.admit(datetime(2024, 1, 10, 9), first_ward=1)
    registry.admit(datetime(2024, 3, 10, 9), first_ward=2)
    compute()
    frame = ask(connection, HAMAR, DIRECT, "month").frame
    assert list(frame["start"].dt.month) == [1, 2, 3]
    assert list(frame["denominator"]) == [1, 0, 1]
    assert frame["value"].iloc[0] == 1
    assert np.isnan(frame["value"].iloc[1])
    assert frame["value"].iloc[2] == 0
    assert list(frame["end"].iloc[:2]) == list(frame["start"].iloc[1:])


def test_gaps_at_the_asked_ends_are_shown_but_not_what_has_not_happened(registry, connection, compute):
    registry.admit(datetime(2024, 3, 10, 9))
    registry.admit(datetime(2024, 4, 10, 9), hospital=AHUS)
    compute()
    frame = ask(connection, HAMAR, DIRECT, "month", start=date(2024, 1, 1), end=date(2025, 1, 1)).frame
    assert list(frame["denominator"]) == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("grain", "starts"),
    [
        ("quarter", ["2023-10-01", "2024-01-01"]),
        ("tertial", ["2023-09-01", "2024-01-01"]),
        ("half_year", ["2023-07-01", "2024-01-01"]),
        ("year", ["2023-01-01", "2024-01-01"]),
    ],
)
def test_calendar_grains(registry, connection, compute, grain, starts):
    for at in (datetime(2023, 12, 31, 23, 59), datetime(2024, 1, 1, 0, 1)):
        registry.admit(at, first_ward=1)
    compute()
    frame = ask(connection, HAMAR, DIRECT, grain).frame
    assert list(frame["start"].dt.strftime("%Y-%m-%d")) == starts
    assert list(frame["denominator"]) == [1, 1]


def test_a_period_without_patients_and_an_empty_database(registry, connection, compute):
    assert len(ask(connection, HAMAR, DIRECT, "month").frame) == 0
    assert series.newest_admission(connection) is None
    assert len(series.overview(connection, ALL, HAMAR)) == 0
    registry.admit(datetime(2024, 1, 10, 9))
    compute()
    for grain in series.GRAINS:
        answer = ask(connection, AHUS, DIRECT, grain, k=5)
        assert len(answer.frame) == 0
        assert answer.monthly_volume == 0
        assert {"start", "end", "numerator", "denominator", "value", "provisional", "phase"} <= set(answer.frame)


def test_every_k_closes_at_exactly_k_in_order_of_admission(registry, connection, compute):
    for day in (5, 1, 4, 2, 3, 6, 7):
        imaged(registry, datetime(2024, 1, day, 9), 10 if day <= 3 else 20)
    compute()
    frame = ask(connection, HAMAR, IMAGING, "every_k", k=3).frame
    assert list(frame["denominator"]) == [3, 3, 1]
    assert list(frame["numerator"]) == [3, 0, 0]
    assert list(frame["start"].dt.day) == [1, 4, 7]
    assert list(frame["minutes_median"]) == [10, 20, 20]
    assert (frame["end"].to_numpy()[:-1] <= frame["start"].to_numpy()[1:]).all()


def test_an_incomplete_last_group_is_kept_and_provisional(registry, connection, compute):
    for day in range(1, 8):
        imaged(registry, datetime(2024, 1, day, 9), 10)
    compute()
    assert list(ask(connection, HAMAR, IMAGING, "every_k", k=3).frame["provisional"]) == [False, False, True]
    assert list(ask(connection, HAMAR, IMAGING, "every_k", k=7).frame["provisional"]) == [False]


def test_patients_of_the_same_minute_keep_their_order(registry, connection, compute):
    at = datetime(2024, 1, 1, 9)
    imaged(registry, at, 30, id=71)
    imaged(registry, at, 10, id=72)
    compute()
    found = series.patients(connection, ALL, Question(HAMAR, IMAGING, "patient"))
    assert list(found["minutes"]) == [30, 10]
    assert series.latest(connection, ALL, HAMAR, 1)[IMAGING] == (True,)


def test_every_k_starts_anew_at_each_boundary(registry, connection, compute):
    for day in range(1, 8):
        imaged(registry, datetime(2024, 1, day, 9), 10)
    compute()
    frame = ask(connection, HAMAR, IMAGING, "every_k", k=3, boundaries=(date(2024, 1, 5),)).frame
    assert list(frame["denominator"]) == [3, 1, 3]
    assert list(frame["phase"]) == [0, 0, 1]
    assert list(frame["provisional"]) == [False, False, False]


def test_a_patient_is_a_point_with_minutes(registry, connection, compute):
    for day, minutes in ((1, 12), (2, 44)):
        imaged(registry, datetime(2024, 1, day, 9), minutes)
    compute()
    frame = ask(connection, HAMAR, IMAGING, "patient").frame
    assert list(frame["value"]) == [12, 44]
    assert list(frame["numerator"]) == [1, 0]
    assert list(frame["denominator"]) == [1, 1]


def test_a_duration_has_median_minutes_as_value(registry, connection, compute):
    for day, minutes in ((1, 50), (2, 70), (3, 80)):
        at = datetime(2024, 1, day, 9)
        one = registry.admit(at, thrombectomy=1)
        registry.thrombectomy(one, groin_at=at + timedelta(minutes=minutes))
    compute()
    for grain in ("month", "year", "every_k"):
        frame = ask(connection, HAMAR, GROIN, grain, k=3).frame
        assert list(frame["value"]) == list(frame["minutes_median"]) == [70]
        assert list(frame["denominator"]) == [3]


def test_monthly_volume(registry, connection, compute):
    for month in range(1, 13):
        for day in (1, 2, 3):
            registry.admit(datetime(2024, month, day, 9))
    compute()
    answer = ask(connection, HAMAR, DIRECT, "month")
    assert answer.monthly_volume == pytest.approx(3, abs=0.06)
    assert answer.hospitals == (HAMAR,)
    assert answer.data_version == 1


def test_filters_agree_with_the_summary_and_narrow_it(registry, connection, compute):
    for day in range(1, 11):
        registry.admit(datetime(2024, 1, day, 9), age=60 + day, nihss=day, sex="Female" if day % 2 else "Male")
    compute()
    every = Filters(age=(0, 90), nihss=(0, 42))
    assert ask(connection, HAMAR, DIRECT, "month", filters=every).frame["denominator"].sum() == 10
    assert ask(connection, HAMAR, DIRECT, "month", filters=Filters(age=(70, 90))).frame["denominator"].sum() == 1
    women = ask(connection, HAMAR, DIRECT, "month", filters=Filters(sex="Female")).frame
    assert women["denominator"].sum() == 5
    assert ask(connection, HAMAR, DIRECT, "every_k", k=2, filters=Filters(nihss=(1, 4))).frame["denominator"].sum() == 4
    assert ask(connection, HAMAR, DIRECT, "year", filters=Filters(early=True)).frame["denominator"].sum() == 0


# -- units


def test_a_trust_is_its_hospitals_and_training_is_outside_the_nation(registry, connection, compute):
    for hospital in (AHUS, KONGSVINGER, HAMAR, FJORDVIK):
        registry.admit(datetime(2024, 1, 10, 9), hospital=hospital)
    compute()
    assert ask(connection, AHUS_TRUST, DIRECT, "month").frame["denominator"].sum() == 2
    assert ask(connection, 991324968, DIRECT, "month").frame["denominator"].sum() == 3
    assert ask(connection, 1, DIRECT, "month").frame["denominator"].sum() == 3
    assert ask(connection, 999100000, DIRECT, "month").frame["denominator"].sum() == 1


def test_membership_days_decide_in_series_and_in_many(registry, connection, compute):
    table = tables.unit_membership
    connection.execute(
        table.update().where(table.c.unit == KONGSVINGER, table.c.kind == "trust").values(valid_to=date(2024, 1, 15))
    )
    for day in (14, 15):
        registry.admit(datetime(2024, 1, day, 9), hospital=KONGSVINGER)
    registry.admit(datetime(2024, 1, 16, 9), hospital=AHUS)
    compute()
    assert ask(connection, AHUS_TRUST, DIRECT, "month").frame["denominator"].sum() == 2
    found = series.many(connection, ALL, [AHUS_TRUST, KONGSVINGER, 1], DIRECT, "month", None, None)
    assert dict(zip(found["unit"], found["denominator"], strict=True)) == {AHUS_TRUST: 2, KONGSVINGER: 2, 1: 3}


def _thrombolysed(registry, hospital, minutes):
    at = datetime(2024, 1, 10, 9)
    registry.admit(at, hospital=hospital, thrombolysis=1, needle_at=at + timedelta(minutes=minutes))


def test_thrombolysis_of_a_merged_hospital_counts_where_it_was_merged_to(registry, connection, compute):
    for hospital in (LOVISENBERG, ULLEVAL, ORKDAL):
        _thrombolysed(registry, hospital, 30)
    compute()
    ulleval = ask(connection, ULLEVAL, NEEDLE, "month")
    assert ulleval.frame["denominator"].sum() == 2
    assert [(note.key, note.names) for note in ulleval.footnotes] == [
        ("footnote.counted_here", "Diakonhjemmet, Lovisenberg")
    ]
    gone = ask(connection, LOVISENBERG, NEEDLE, "month")
    assert gone.frame["denominator"].sum() == 0
    assert [(note.key, note.names) for note in gone.footnotes] == [
        ("footnote.counted_elsewhere", "Lovisenberg → Ullevål")
    ]
    assert ask(connection, OUS, NEEDLE, "month").frame["denominator"].sum() == 2
    assert ask(connection, 1, NEEDLE, "month").frame["denominator"].sum() == 3
    assert ask(connection, 1, NEEDLE, "month").footnotes == ()
    assert ask(connection, ST_OLAVS, NEEDLE, "month").hospitals == (ST_OLAVS, ORKDAL)
    assert ask(connection, LOVISENBERG, DIRECT, "month").frame["denominator"].sum() == 1
    found = series.many(connection, ALL, [LOVISENBERG, ULLEVAL, ST_OLAVS], NEEDLE, "year", None, None)
    assert dict(zip(found["unit"], found["denominator"], strict=True)) == {ULLEVAL: 2, ST_OLAVS: 1}


def test_a_structural_zero_has_a_footnote(registry, connection, compute):
    registry.admit(hospital=TYNSET, first_ward=2)
    compute()
    assert [note.key for note in ask(connection, TYNSET, DIRECT, "year").footnotes] == ["footnote.no_stroke_unit"]
    assert ask(connection, TYNSET, IMAGING, "year").footnotes == ()


# -- who may see what


@pytest.mark.parametrize("grain", ["patient", "every_k"])
def test_single_patients_of_other_units_are_not_allowed(registry, connection, compute, grain):
    registry.admit(hospital=AHUS)
    compute()
    for unit in (AHUS, AHUS_TRUST, 1):
        with pytest.raises(NotAllowed):
            ask(connection, unit, DIRECT, grain, scope=OTHERS, k=5)
    ask(connection, HAMAR, DIRECT, grain, scope=OTHERS, k=5)


def test_patients_and_latest_need_detail(registry, connection, compute):
    registry.admit(hospital=AHUS)
    compute()
    with pytest.raises(NotAllowed):
        series.patients(connection, OTHERS, Question(AHUS, DIRECT, "month"))
    assert series.latest(connection, OTHERS, AHUS, 10) == {}
    assert series.latest(connection, ALL, AHUS, 10)[DIRECT] == (False,)


def test_other_units_have_the_fixed_grid_alone(registry, connection, compute):
    registry.admit(hospital=AHUS)
    compute()
    with pytest.raises(NotAllowed):
        ask(connection, AHUS, DIRECT, "month", scope=OTHERS, start=date(2024, 1, 2))
    with pytest.raises(NotAllowed):
        ask(connection, AHUS, DIRECT, "month", scope=OTHERS, filters=Filters(sex="Male"))
    for grain in ("quarter", "half_year"):
        with pytest.raises(NotAllowed):
            ask(connection, AHUS, DIRECT, grain, scope=OTHERS)
    with pytest.raises(NotAllowed):
        series.many(connection, OTHERS, [HAMAR, AHUS], DIRECT, "month", date(2024, 1, 2), None)
    ask(connection, AHUS, DIRECT, "month", scope=OTHERS, start=date(2024, 1, 1))


def test_a_window_of_another_unit_is_widened_to_whole_periods(registry, connection, compute):
    for month in range(1, 9):
        for day in range(1, 13):
            registry.admit(datetime(2024, month, day, 10), hospital=AHUS)
    compute()
    for unit, scope, patients in ((AHUS, OTHERS, 96), (AHUS, ALL, 60)):
        window = {"start": date(2024, 3, 1), "end": date(2024, 8, 1), "scope": scope}
        assert ask(connection, unit, DIRECT, "year", **window).frame["denominator"].tolist() == [patients]


def test_wrong_questions_are_named(registry, connection, compute):
    with pytest.raises(ValueError, match="week"):
        ask(connection, HAMAR, DIRECT, "week")
    with pytest.raises(ValueError, match="k of at least 1"):
        ask(connection, HAMAR, DIRECT, "every_k")
    with pytest.raises(KeyError):
        ask(connection, 42, DIRECT, "month")
    with pytest.raises(KeyError):
        ask(connection, HAMAR, "nothing", "month")


# -- many units, all indicators


def test_many_agrees_with_series(registry, connection, compute):
    for day in range(1, 28):
        registry.admit(datetime(2024, 1 + day % 4, day, 9), hospital=(AHUS, KONGSVINGER, HAMAR)[day % 3], first_ward=1)
    compute()
    units = [AHUS, KONGSVINGER, HAMAR, AHUS_TRUST, 1]
    found = series.many(connection, ALL, units, DIRECT, "month", date(2024, 2, 1), date(2024, 4, 1))
    for unit in units:
        alone = ask(connection, unit, DIRECT, "month", start=date(2024, 2, 1), end=date(2024, 4, 1)).frame
        alone = alone[alone["denominator"] > 0]
        mine = found[found["unit"] == unit]
        for column in ("start", "end", "numerator", "denominator", "value"):
            assert list(mine[column]) == list(alone[column])
    assert len(series.many(connection, ALL, [], DIRECT, "month", None, None)) == 0


def test_overview_has_a_row_an_indicator_and_month(registry, connection, compute):
    registry.admit(datetime(2024, 1, 10, 9), first_ward=1)
    registry.admit(datetime(2024, 6, 10, 9), hospital=AHUS)
    compute()
    found = series.overview(connection, ALL, HAMAR, months=6)
    direct = found[found["indicator"] == DIRECT]
    assert list(direct["denominator"]) == [1, 0, 0, 0, 0, 0]
    assert list(direct["numerator"]) == [1, 0, 0, 0, 0, 0]
    assert str(direct["month"].iloc[0].date()) == "2024-01-01"
    assert (found.groupby("indicator").size() == 6).all()


def test_overview_stops_before_figures_are_provisional(registry, connection, compute):
    registry.admit(datetime(2024, 6, 30, 9))
    compute()
    found = series.overview(connection, ALL, HAMAR, months=6)
    three_months = found[found["indicator"] == "hjerneslag_rapport_3mnd"]
    # 98 days before 30 June is 24 March: March may still change, February is the last whole month
    assert str(three_months["month"].iloc[-1].date()) == "2024-02-01"
