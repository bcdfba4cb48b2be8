"""What is done for the patients, each aspect at its hospital's level (quotas), chance deciding who."""

import numpy as np

from nhr_dash.registry.sample.cohort import (
    DAY,
    DIED,
    HAEMORRHAGE,
    INFARCTION,
    MISSING,
    NEWEST,
    NO,
    UNKNOWN,
    UNSPECIFIED,
    YES,
    Cohort,
    coded,
)
from nhr_dash.registry.sample.draws import Flags, quota
from nhr_dash.registry.sample.levels import Groups

THREE_MONTHS = 98
OWN_VARIABLE_FROM = 2017  # treated in a stroke unit became a question of its own
WIDER_THROMBOLYSIS = 2016


def groups(c: Cohort) -> Groups:
    """The quota groups of these patients."""
    newest = int(np.datetime64(NEWEST, "D").astype(np.int64))
    return Groups(c.given, c.table, c.cell, c["admitted_at"] // DAY, c.received <= newest)


def treat(c: Cohort, level: Groups) -> None:
    """Fill in wards, thrombolysis, tests, assessments and medicines (not the times)."""
    _wards(c, level)
    _thrombolysis(c, level)
    _thrombectomy(c, level)
    _ward_care(c, level)
    _medicines(c, level)


def assigned(c: Cohort, level: Groups, aspect: str, eligible: Flags, easier: np.ndarray | float = 0.0) -> Flags:
    """Who of the eligible gets it. ``easier`` raises the odds of some (standard deviations)."""
    group, share, _ = level.of(aspect)
    return quota(group, share, c.normal(f"quota {aspect}") - easier, eligible)


def _wards(c: Cohort, level: Groups) -> None:
    everyone = np.ones(len(c), dtype=bool)
    dying = np.where(c["discharged_to"] == DIED, 0.9, 0.0)
    treated = assigned(c, level, "hjerneslag_beh_enhet", everyone, -dying)
    # Direct admissions are a share of all, found among those who were treated there.
    direct = assigned(c, level, "hjerneslag_inn_enhet", everyone, np.where(treated, 50.0, 0.0))
    treated |= direct
    intensive = direct & (c["discharged_to"] != DIED) & c.chance("intensive first", 0.02 + 0.06 * (c.severity > 1.2))
    first = direct & ~intensive
    last = treated & (~first | c.chance("stays", 0.93))
    c["first_ward"] = coded(first)
    other = np.where(c.chance("other ward", 0.6), 1, np.where(c.chance("other ward 2", 0.5), 5, 6))
    other = np.where(intensive, np.where(c.chance("surgery", 0.2), 3, 4), other)
    other = np.where(~treated & c.chance("intensive only", 0.3), 4, other)
    c["first_ward_other"] = np.where(first, MISSING, other).astype(np.int16)
    c["discharge_ward"] = coded(last)
    c["discharge_ward_other"] = np.where(last, MISSING, np.where(c.chance("last ward", 0.7), 1, 6)).astype(np.int16)
    c["treated_in_stroke_unit"] = np.where(c.year >= OWN_VARIABLE_FROM, coded(treated), MISSING).astype(np.int16)
    c["transferred_in"] = coded(np.zeros(len(c), dtype=bool))


def _thrombolysis(c: Cohort, level: Groups) -> None:
    infarction = c["diagnosis"] == INFARCTION
    soon = np.where(c["wake_up"] == NO, c["admitted_at"] - c["onset_at"] <= 235, False)
    visible = np.clip(c.severity, -1, 1.5) * 0.5
    easier = np.where(soon, 3.0, np.where(c["wake_up"] == YES, 0.6, 0.0)) + visible
    given = assigned(c, level, "hjerneslag_beh_tromb", infarction, easier)
    given |= (c["diagnosis"] == UNSPECIFIED) & soon & (c.year > WIDER_THROMBOLYSIS) & c.chance("unspecified", 0.12)
    c["thrombolysis"] = coded(given)
    dose = np.where(c.chance("dose", 0.94), 1, 2)
    c["thrombolysis_dose"] = np.where(given, dose, MISSING).astype(np.int16)
    points = np.where(c["nihss"] >= 0, c["nihss"], 4)
    c["nihss_before_thrombolysis"] = np.where(given, points, MISSING).astype(np.int16)
    after = np.clip(points - np.round(2 + 2.5 * c.normal("after needle")), 0, 42)
    c["nihss_after_thrombolysis"] = np.where(given & c.chance("scored", 0.85), after, MISSING).astype(np.int16)
    bled = given & c.chance("bled", 0.035)
    c["bleeding_within_36h"] = np.where(given, coded(bled), MISSING).astype(np.int16)
    considered = given | c.chance("considered", 0.62)
    c["reperfusion_considered"] = coded(considered)
    c["reperfusion_given"] = np.where(considered, coded(given), MISSING).astype(np.int16)
    c["prehospital_start_confirmed"] = np.where(given, NO, MISSING).astype(np.int16)
    c["stroke_alarm"] = coded(given | (soon & c.chance("alarm", 0.75)))


def _thrombectomy(c: Cohort, level: Groups) -> None:
    infarction = c["diagnosis"] == INFARCTION
    near = np.where(c["wake_up"] == NO, 0.6, 0.2) + np.clip(c.severity, -1, 2)
    done = assigned(c, level, "thrombectomy", infarction & (c.death_day > 0.5), near)
    c["thrombectomy"] = coded(done)
    c["large_vessel_occlusion"] = coded(done | (infarction & (c.severity > 1.4) & c.chance("occlusion", 0.35)))
    c["hemicraniectomy"] = coded(infarction & (c.severity > 1.8) & (c["age"] < 65) & c.chance("craniectomy", 0.12))


def _ward_care(c: Cohort, level: Groups) -> None:
    everyone = np.ones(len(c), dtype=bool)
    unit = c["treated_in_stroke_unit"] == YES
    treated = (c["first_ward"] == YES) | (c["discharge_ward"] == YES) | unit
    tested = assigned(c, level, "hjerneslag_test_svelg", everyone, np.where(treated, 0.6, 0.0))
    done = np.where(c.chance("not relevant", 0.035), 3, 1)
    c["swallow_test"] = np.where(tested, done, np.where(c.chance("swallow unknown", 0.3), UNKNOWN, NO)).astype(np.int16)
    group, share, _ = level.of("interdisciplinary")
    registered = np.minimum(share * 1.04, 0.99)
    c["interdisciplinary_assessment"] = coded(
        quota(group, registered, c.normal("interdisciplinary registered"), treated)
    )
    for name, usual in (
        ("mobilised_within_48h", 0.88), ("daily_scores", 0.74), ("assessment_at_discharge", 0.83),
        ("prophylaxis_checklist", 0.71),
    ):  # fmt: skip
        c[name] = coded(c.chance(name, np.where(treated, usual, usual - 0.25)))
    c["homeostasis"] = np.where(c.chance("homeostasis", 0.85), 1, NO).astype(np.int16)
    c["smoking_advice"] = np.where(c["smoker"] == 1, coded(c.chance("advice", 0.72)), MISSING).astype(np.int16)
    c["driving_advice"] = np.where(c.chance("driving", 0.63), 1, np.where(c["age"] > 85, 3, NO)).astype(np.int16)
    c["discharge_team"] = coded((c["discharged_to"] <= 2) & c.chance("team", 0.22))
    imaging = np.where(c.chance("both", 0.42), 4, np.where(c.chance("mri", 0.05), 3, 2))
    c["brain_imaging"] = imaging.astype(np.int16)
    c["neck_imaging"] = np.where(c.chance("neck", 0.78), 3, np.where(c.chance("neck 2", 0.5), 2, 1)).astype(np.int16)
    c["intracranial_imaging"] = np.where(c.chance("inside", 0.76), 3, 1).astype(np.int16)
    c["rhythm_monitoring"] = np.where(c.chance("rhythm", 0.83), 3, 2).astype(np.int16)
    c["imaging_within_12h"] = coded(c.chance("imaging", 0.965))


def _medicines(c: Cohort, level: Groups) -> None:
    alive = c["discharged_to"] != DIED
    infarction = c["diagnosis"] == INFARCTION
    fibrillation = infarction & (c["atrial_fibrillation"] == YES)
    thinner = assigned(c, level, "hjerneslag_ut_antikoag", alive & fibrillation)
    thinner |= alive & infarction & ~fibrillation & c.chance("other anticoagulation", 0.03)
    any_drug = assigned(c, level, "hjerneslag_ut_antitromb", alive & infarction, np.where(thinner, 50.0, 0.0))
    any_drug |= thinner
    old_drug = np.interp(c.year, [2012, 2016, 2022], [0.75, 0.3, 0.05])
    warfarin = thinner & c.chance("warfarin", old_drug)
    antiplatelet = any_drug & ~thinner
    asa = antiplatelet & c.chance("asa", 0.72)
    c["warfarin_after"], c["doac_after"] = _given(alive, warfarin), _given(alive, thinner & ~warfarin)
    c["asa_after"] = _given(alive, asa)
    c["clopidogrel_after"] = _given(alive, antiplatelet & (~asa | c.chance("both drugs", 0.3)))
    c["dipyridamole_after"] = _given(alive, asa & (c.year < 2016) & c.chance("dipyridamole", 0.35))
    before = np.where(c["antihypertensive_before"] == YES, 1.4, 0.0)
    c["antihypertensive_after"] = _given(alive, assigned(c, level, "hjerneslag_ut_blodtrykksenk", alive, before))
    statin = assigned(c, level, "hjerneslag_ut_lipidsenk", alive & infarction & (c["age"] <= 80))
    statin |= alive & infarction & (c["age"] > 80) & c.chance("statin", 0.6)
    statin |= alive & (c["diagnosis"] == HAEMORRHAGE) & c.chance("statin", 0.2)
    c["statin_after"] = _given(alive, statin)
    was = c.chance("anticoagulated before", 0.42) & (c["atrial_fibrillation_found"] == 1)
    c["warfarin_before"] = coded(was & c.chance("warfarin before", old_drug))
    c["doac_before"] = coded(was & (c["warfarin_before"] == NO))
    c["clopidogrel_before"] = coded(c.chance("clopidogrel before", 0.09))
    c["dipyridamole_before"] = coded((c.year < 2016) & c.chance("dipyridamole before", 0.06))


def _given(alive: Flags, flags: Flags) -> np.ndarray:
    return np.where(alive, coded(flags), MISSING).astype(np.int16)
