"""Each rule of the registry, by its name."""

from datetime import date, datetime

import pytest

from nhr_dash.registry.indicators import by_id

AT = datetime(2024, 5, 14, 10, 0)
CENTRE = 974557746


def minute(value, hour=10):
    return datetime(2024, 5, 14, hour, value)


# -- time


@pytest.mark.parametrize("field", ["admitted_at", "imaging_at"])
def test_00_00_is_an_unknown_time(registry, field):
    midnight = {"admitted_at": AT, "imaging_at": minute(10)} | {field: datetime(2024, 5, 14)}
    assert registry.success("pakke_bilde_15min", registry.admit(**midnight)) is None


def test_00_00_is_a_known_day(registry):
    one = registry.admit(
        stroke_unit_at=datetime(2024, 5, 14),
        function_assessed_at=datetime(2024, 5, 21),
        pathway_decided_at=datetime(2024, 5, 21),
    )
    assert registry.success("nki_funksjonsvurdering_7d", one) == 1


def test_just_after_midnight_is_known(registry):
    one = registry.admit(datetime(2024, 5, 14, 0, 1), imaging_at=datetime(2024, 5, 14, 0, 16))
    assert registry.fact("pakke_bilde_15min", one).minutes == 15


def test_negative_is_a_fault(registry):
    assert registry.success("pakke_bilde_15min", registry.admit(AT, imaging_at=minute(59, 9))) is None


def test_negative_door_to_needle_is_a_fault_unless_a_prehospital_start_is_confirmed(registry):
    before = {"thrombolysis": 1, "needle_at": minute(40, 9)}
    assert registry.fact("hjerneslag_tromb_40min", registry.admit(AT, **before)) is None
    unknown = registry.admit(AT, **before, prehospital_start_confirmed=9)
    assert registry.fact("hjerneslag_tromb_40min", unknown) is None
    confirmed = registry.fact("hjerneslag_tromb_40min", registry.admit(AT, **before, prehospital_start_confirmed=1))
    assert (confirmed.minutes, confirmed.success) == (0, 1)


def test_in_hospital_strokes_have_0_minutes(registry):
    one = registry.admit(AT, onset_at=AT, onset_place=2, thrombolysis=1, needle_at=AT)
    fact = registry.fact("hjerneslag_tromb_40min", one)
    assert (fact.minutes, fact.success, fact.early) == (0, 1, True)


def test_in_hospital_strokes_are_not_in_door_to_imaging(registry):
    assert registry.success("pakke_bilde_15min", registry.admit(AT, onset_place=2, imaging_at=minute(5))) is None
    assert registry.success("pakke_bilde_15min", registry.admit(AT, onset_place=None, imaging_at=minute(5))) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2024, 3, 31, 1, 50), datetime(2024, 3, 31, 3, 5)),  # spring, over the hour that wasn't
        (datetime(2024, 10, 27, 1, 50), datetime(2024, 10, 27, 3, 5)),  # autumn, over the hour that was twice
        (datetime(2024, 10, 27, 2, 10), datetime(2024, 10, 27, 2, 20)),  # nobody knows which of the two
        (datetime(2024, 3, 30, 23, 0), datetime(2024, 3, 31, 4, 0)),
        (datetime(2023, 10, 28, 23, 0), datetime(2023, 10, 29, 4, 0)),
        (datetime(2019, 3, 30, 23, 0), datetime(2019, 4, 1, 4, 0)),  # the last Sunday was the 31st
    ],
)
def test_an_interval_across_a_change_of_summer_time_is_unknown(registry, start, end):
    assert registry.success("pakke_bilde_15min", registry.admit(start, imaging_at=end)) is None


@pytest.mark.parametrize(
    "start",
    [
        datetime(2024, 3, 31, 1, 30),
        datetime(2024, 3, 31, 3, 0),
        datetime(2024, 10, 27, 1, 30),
        datetime(2024, 10, 27, 3, 0),
        datetime(2024, 12, 31, 23, 40),
        datetime(2024, 2, 29, 12, 0),
        datetime(2024, 7, 1, 2, 10),
    ],
)
def test_an_interval_on_one_side_of_a_change_is_known(registry, start):
    one = registry.admit(start, imaging_at=start.replace(minute=start.minute + 15))
    assert registry.fact("pakke_bilde_15min", one).minutes == 15


def test_seconds_are_cut(registry):
    one = registry.admit(datetime(2024, 5, 14, 10, 0, 59), imaging_at=datetime(2024, 5, 14, 10, 15, 1))
    assert registry.fact("pakke_bilde_15min", one).minutes == 15


def test_wake_up_strokes_are_out_of_onset_intervals(registry):
    times = {"onset_at": minute(50, 9), "called_113_at": minute(55, 9), "imaging_at": minute(10)}
    for wake_up in (1, 9, None):
        one = registry.admit(AT, **times, wake_up=wake_up)
        assert registry.success("pakke_113_15min", one) is None
        assert registry.success("pakke_bilde_15min_4t", one) is None
        assert registry.fact("pakke_bilde_15min", one).early is None
    known = registry.admit(AT, **times)
    assert registry.success("pakke_113_15min", known) == 1
    assert registry.success("pakke_bilde_15min_4t", known) == 1


def test_early_is_within_four_hours_of_onset(registry):
    at_limit = registry.admit(AT, onset_at=datetime(2024, 5, 14, 6, 0), imaging_at=minute(10))
    after = registry.admit(AT, onset_at=datetime(2024, 5, 14, 5, 59), imaging_at=minute(10))
    assert registry.fact("pakke_bilde_15min", at_limit).early is True
    assert registry.fact("pakke_bilde_15min", after).early is False
    assert registry.success("pakke_bilde_15min_4t", after) is None


@pytest.mark.parametrize(("minutes", "expected"), [(0, 1), (15, 1), (16, 0)])
def test_the_limit_itself_is_within(registry, minutes, expected):
    assert registry.success("pakke_bilde_15min", registry.admit(AT, imaging_at=minute(minutes))) == expected


def test_ambulance_leaves_within_25_minutes(registry):
    times = {"onset_at": minute(0, 8), "ambulance_at_patient_at": minute(0, 9)}
    inside = registry.admit(AT, **times, ambulance_left_at=minute(25, 9))
    outside = registry.admit(AT, **times, ambulance_left_at=minute(26, 9))
    assert registry.success("pakke_ambulanse_25min", inside) == 1
    assert registry.success("pakke_ambulanse_25min", outside) == 0


# -- thrombolysis


@pytest.mark.parametrize(("code", "expected"), [(1, 1), (2, 0), (3, 1), (9, 0), (None, 0)])
def test_thrombolysis_code_3_counts_as_given(registry, code, expected):
    assert registry.success("hjerneslag_beh_tromb", registry.admit(thrombolysis=code)) == expected


def test_thrombolysis_share_is_of_infarctions(registry):
    assert registry.success("hjerneslag_beh_tromb", registry.admit(diagnosis=1, thrombolysis=1)) is None
    assert registry.success("hjerneslag_beh_tromb", registry.admit(diagnosis=3, thrombolysis=1)) is None


def test_before_september_2016_times_of_infarctions_only(registry):
    def other(at):
        return registry.admit(at, diagnosis=3, thrombolysis=1, needle_at=at.replace(minute=30))

    assert registry.success("hjerneslag_tromb_40min", other(datetime(2016, 8, 31, 10))) is None
    assert registry.success("hjerneslag_tromb_40min", other(datetime(2016, 9, 1, 10))) == 1


def test_thrombolysis_time_belongs_to_the_hospital_that_gave_it(registry):
    given = {"thrombolysis": 1, "needle_at": minute(30)}
    elsewhere = registry.admit(AT, **given, thrombolysis_hospital=974749025)
    assert registry.fact("hjerneslag_tromb_40min", elsewhere).hospital == 974749025
    assert registry.fact("hjerneslag_beh_tromb", elsewhere).hospital == 974724960
    assert registry.fact("hjerneslag_tromb_40min", registry.admit(AT, **given)).hospital == 974724960


def test_40_minutes_and_30_minutes_both_exist_with_dates():
    old, new = by_id("nki_trombolyse_40min"), by_id("nki_trombolyse_30min")
    assert old.target_on(date(2024, 12, 31)).value == 0.60
    assert old.target_on(date(2025, 1, 1)) is None
    assert new.target_on(date(2024, 12, 31)) is None
    assert new.target_on(date(2025, 1, 1)).value == 0.50
    assert new.replaces == old.id
    assert by_id("hjerneslag_tromb_40min").levels_on(date(2025, 6, 1)).high == 0.50


# -- stroke unit, swallowing, medicines


def test_treated_in_stroke_unit_when_admitted_to_or_discharged_from_it(registry):
    for values in ({"first_ward": 1}, {"first_ward": 2, "discharge_ward": 1}, {"treated_in_stroke_unit": 1}):
        assert registry.success("hjerneslag_beh_enhet", registry.admit(**values)) == 1
    assert registry.success("hjerneslag_beh_enhet", registry.admit(first_ward=2, discharge_ward=2)) == 0
    assert registry.success("hjerneslag_beh_enhet", registry.admit()) == 0


@pytest.mark.parametrize(("ward", "discharged_from", "expected"), [(3, 1, 1), (4, 1, 1), (4, 2, 0), (1, 1, 0)])
def test_intensive_care_first_is_direct_if_the_stroke_unit_discharges(registry, ward, discharged_from, expected):
    one = registry.admit(first_ward=2, first_ward_other=ward, discharge_ward=discharged_from)
    assert registry.success("hjerneslag_inn_enhet", one) == expected


@pytest.mark.parametrize(("code", "expected"), [(1, 1), (2, 0), (3, 1), (9, 0), (None, 0)])
def test_swallow_code_3_not_relevant_counts_as_done(registry, code, expected):
    assert registry.success("hjerneslag_test_svelg", registry.admit(swallow_test=code)) == expected


DISCHARGE_DRUGS = {
    "hjerneslag_ut_antitromb": "asa_after",
    "hjerneslag_ut_antikoag": "doac_after",
    "hjerneslag_ut_blodtrykksenk": "antihypertensive_after",
    "hjerneslag_ut_lipidsenk": "statin_after",
}


@pytest.mark.parametrize(("indicator", "drug"), DISCHARGE_DRUGS.items())
def test_the_dead_are_not_in_discharge_drugs(registry, indicator, drug):
    patient = {"age": 70, "atrial_fibrillation": 1, drug: 1}
    assert registry.success(indicator, registry.admit(**patient, discharged_to=10)) is None
    assert registry.success(indicator, registry.admit(**patient, discharged_to=9)) == 1
    assert registry.success(indicator, registry.admit(**patient)) == 1
    assert registry.success(indicator, registry.admit(**patient | {drug: 9}, discharged_to=1)) == 0


def test_anticoagulation_is_of_known_atrial_fibrillation_unknown_is_not_no_and_not_yes(registry):
    for code in (2, 9, None):
        one = registry.admit(atrial_fibrillation=code, warfarin_after=1, discharged_to=1)
        assert registry.success("hjerneslag_ut_antikoag", one) is None


@pytest.mark.parametrize(("age", "expected"), [(80, 1), (81, None), (None, None)])
def test_lipid_lowering_is_for_80_years_or_younger(registry, age, expected):
    one = registry.admit(age=age, statin_after=1, discharged_to=1)
    assert registry.success("hjerneslag_ut_lipidsenk", one) == expected


# -- three months


def test_followed_up_when_the_form_is_done(registry):
    done, not_done, none = registry.admit(), registry.admit(), registry.admit()
    registry.follow_up(done, done=1)
    registry.follow_up(not_done, done=2)
    assert [registry.success("hjerneslag_rapport_3mnd", one) for one in (done, not_done, none)] == [1, 0, 0]


def test_dead_within_98_days_counts_as_followed_up(registry):
    on_day_98 = registry.admit(AT, died_on=date(2024, 8, 20))
    on_day_99 = registry.admit(AT, died_on=date(2024, 8, 21))
    in_hospital = registry.admit(AT, discharged_to=10, discharged_at=datetime(2024, 5, 20, 12, 0))
    assert registry.success("hjerneslag_rapport_3mnd", on_day_98) == 1
    assert registry.success("hjerneslag_rapport_3mnd", on_day_99) == 0
    assert registry.success("hjerneslag_rapport_3mnd", in_hospital) == 1


def test_a_withdrawn_follow_up_doesnt_count(registry):
    one = registry.admit()
    registry.follow_up(one, done=1, withdrawn=True)
    assert registry.success("hjerneslag_rapport_3mnd", one) == 0


def test_populations_never_contain_now(registry):
    assert registry.success("hjerneslag_rapport_3mnd", registry.admit(datetime(2099, 1, 1, 12))) == 0


# -- values


def test_nihss_0_is_a_value_and_not_done_is_none(registry):
    assert registry.fact("hjerneslag_beh_enhet", registry.admit(nihss=0)).nihss == 0
    assert registry.fact("hjerneslag_beh_enhet", registry.admit(nihss=0, nihss_not_done=True)).nihss is None


def test_functional_assessment_within_7_calendar_days_of_the_stroke_unit(registry):
    def assessed(day, decided, **values):
        return registry.admit(
            AT,
            stroke_unit_at=datetime(2024, 5, 14, 23, 0),
            function_assessed_at=datetime(2024, 5, day, 1, 0),
            pathway_decided_at=datetime(2024, 5, decided, 1, 0),
            **values,
        )

    assert registry.success("nki_funksjonsvurdering_7d", assessed(21, 21)) == 1
    assert registry.success("nki_funksjonsvurdering_7d", assessed(21, 22)) == 0
    late = assessed(20, 20, discharged_at=datetime(2024, 5, 19, 12))
    assert registry.success("nki_funksjonsvurdering_7d", late) == 1
    assert registry.success("pakke_funksjonsvurdering_7d", late) == 0
    assert registry.success("nki_funksjonsvurdering_7d", registry.admit(AT)) is None


def test_door_to_groin_has_minutes_and_no_limit(registry):
    one = registry.admit(AT, thrombectomy=1)
    registry.thrombectomy(one, groin_at=minute(35, 11))
    assert registry.fact("pakke_lyske", one).minutes == 95
    assert by_id("pakke_lyske").is_duration
    assert registry.fact("pakke_lyske", registry.admit(AT, thrombectomy=1)) is None


def test_the_wait_at_the_centre_is_counted_at_the_centre(registry):
    one = registry.admit(AT, thrombectomy=1)
    registry.thrombectomy(one, centre=CENTRE, arrived_centre_at=minute(10, 11), groin_at=minute(35, 11))
    assert (registry.fact("pakke_lyske_senter", one).minutes, registry.fact("pakke_lyske", one).minutes) == (25, 95)
    assert registry.fact("pakke_lyske_senter", one).hospital == CENTRE
    assert registry.fact("pakke_lyske", one).hospital != CENTRE


def test_whether_thrombectomy_was_given_unknown_is_not_no(registry):
    assert registry.success("pakke_trombektomi", registry.admit(AT, diagnosis=2, thrombectomy=1)) == 1
    assert registry.success("pakke_trombektomi", registry.admit(AT, diagnosis=2, thrombectomy=2)) == 0
    assert registry.success("pakke_trombektomi", registry.admit(AT, diagnosis=2, thrombectomy=9)) is None
    assert registry.success("pakke_trombektomi", registry.admit(AT, diagnosis=1, thrombectomy=1)) is None


def test_levels_are_decided_on_unrounded_values():
    levels = by_id("hjerneslag_inn_enhet").levels_on(date(2019, 7, 1))
    assert levels.of(0.89937) == "moderate"  # shows as 90 %
    assert levels.of(0.90) == "high"
    assert levels.of(0.75) == "moderate"
    assert levels.of(0.7499) == "low"


def test_exactly_60_percent_is_not_over_60_percent():
    target = by_id("pakke_bilde_15min").target_on(date(2025, 1, 1))
    assert target.strict
    assert not target.reached(0.60)
    assert target.reached(0.6001)
    assert by_id("nki_slagenhet").target_on(date(2025, 1, 1)).reached(0.90)
