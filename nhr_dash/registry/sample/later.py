"""The other forms of a patient: follow-up at three months, thrombectomy, pathway codes; and yearly coverage."""

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from nhr_dash.registry.sample.care import assigned
from nhr_dash.registry.sample.cohort import DAY, DIED, MISSING, NEWEST, NO, NO_TIME, YES, Cohort, coded
from nhr_dash.registry.sample.draws import Ints, keys, uniform
from nhr_dash.registry.sample.levels import Groups

FOLLOW_UP_DAYS = 98
THROMBECTOMY_FORM_FROM = 2017
CODES_FROM = np.datetime64("2023-01-01", "D").astype(np.int64)

Columns = dict[str, np.ndarray]


def followups(c: Cohort, level: Groups) -> tuple[Columns, Ints, Ints]:
    """Follow-up forms: columns by English key, the rows of the cohort they belong to, the days they are received.

    Reported status (form done, or dead within 98 days) is at the hospital's level.
    """
    dead = np.where(c["died_on"] == NO_TIME, False, c["died_on"] - c["admitted_at"] // DAY <= FOLLOW_UP_DAYS)
    everyone = np.ones(len(c), dtype=bool)
    reported = assigned(c, level, "hjerneslag_rapport_3mnd", everyone, np.where(dead, 50.0, 0.0))
    done = reported & ~dead
    tried = ~reported & c.chance("tried", 0.4)
    told = dead & (c["discharged_to"] != DIED) & c.chance("death noted", 0.35)
    rows = np.flatnonzero(done | tried | told)
    day = c["admitted_at"] // DAY + 78 + np.floor(26 * c.uniform("follow-up")).astype(np.int64)
    received = np.maximum(day + np.floor(18 * c.uniform("follow-up in") ** 2).astype(np.int64), c.received)
    columns = {name: values[rows] for name, values in _answers(c, done, tried, told, day).items()}
    return columns, rows, received[rows]


def _answers(c: Cohort, done: np.ndarray, tried: np.ndarray, told: np.ndarray, day: Ints) -> Columns:
    function = c.given.population["function"]
    old = (c["age"].astype(float) - 75) / 12
    worse = 0.62 * c.severity + 0.3 * old + 0.32 * c["mrs_before"] + 0.62 * c.normal("after")
    # Where the living stand: standardised, so that 72 % are independent.
    place = ndtr((worse - worse[done].mean()) / worse[done].std())
    mrs = np.searchsorted(function["mrs_after"], place).astype(np.int16)
    helped = mrs >= 3

    def only(values: np.ndarray) -> np.ndarray:
        return np.where(done, values, MISSING).astype(np.int16)

    def asked(name: str, share: np.ndarray | float) -> np.ndarray:
        return only(coded(c.chance(name, share)))

    need = np.select([c.chance("need", 0.74), c.chance("need 2", 0.4)], [1, 2], 3)
    still = (c["antihypertensive_after"] == YES) & c.chance("still", 0.95)
    thinner = (c["doac_after"] == YES) | (c["warfarin_after"] == YES) | (c["asa_after"] == YES)
    work = (c["age"] < 67) & ~helped
    return {
        "done": np.where(done, YES, NO).astype(np.int16),
        "reason_not_done": np.where(told, 3, np.where(tried, 1 + c.chance("reason", 0.25), MISSING)).astype(np.int16),
        "followed_up_on": np.where(done, day, NO_TIME),
        "contact": only(np.select([c.chance("phone", 0.68), c.chance("letter", 0.3)], [1, 2], 3)),
        "answered_by": only(np.select([c.chance("self", 0.62), c.chance("family", 0.7)], [1, 2], 3)),
        "housing": only(np.where(helped, np.where(c.chance("home", 0.45), 4, 2), c["housing_before"])),
        "living_with": only(c["living_with_before"]),
        "mobility": only(np.where(helped, 2 + (mrs >= 4), 1)),
        "toilet": only(np.where(mrs >= 4, 2, 1)),
        "dressing": only(np.where(helped, 2, 1)),
        "readmission": only(np.select([c.chance("in again", 0.04), c.chance("in again 2", 0.14)], [2, 3], 4)),
        "speech_problem": asked("speech later", 0.22 + 0.1 * helped),
        "swallow_problem": asked("swallowing later", 0.09 + 0.12 * helped),
        "vision_problem": asked("vision later", 0.2),
        "recovered": asked("recovered", np.where(mrs <= 1, 0.7, 0.18)),
        "enough_help": only(need),
        "enough_training": only(np.where(c.chance("training", 0.6), 1, need)),
        "doctor_check": asked("doctor", 0.71),
        "satisfied": asked("satisfied", np.where(mrs <= 2, 0.72, 0.42)),
        "antihypertensive": only(coded(still)),
        "antithrombotic": only(coded(thinner & c.chance("still thinner", 0.96))),
        "statin": only(coded((c["statin_after"] == YES) & c.chance("still statin", 0.92))),
        "smoker": only(np.where((c["smoker"] == 1) & c.chance("stopped", 0.35), 2, c["smoker"])),
        "working": only(coded(work & c.chance("working", 0.5))),
        "driving": only(coded(~helped & c.chance("driving now", 0.55))),
        "mrs": np.where(done, mrs, np.where(told, 6, MISSING)).astype(np.int16),
    }


def thrombectomies(c: Cohort) -> tuple[Columns, Ints, Ints]:
    """Thrombectomy forms, as :func:`followups`; fills in what the acute form says of them."""
    given = c.given.population["times"]
    centres = np.array([one.centre for one in c.given.hospitals])
    centre = centres[c.hospital]
    rows = np.flatnonzero(c["thrombectomy"] == YES)
    away = centre != c["hospital"]
    shorter = np.ones(len(c))
    for story in c.given.stories["groin"]:
        start = int(np.datetime64(story["from"], "m").astype(np.int64))
        concerned = np.isin(c["hospital"], story["units"]) & (c["admitted_at"] >= start)
        shorter = np.where(concerned, story["factor"], shorter)
    # A patient who is sent on between two hospitals of one town doesn't travel far.
    town = (c["hospital"] == 974316285) | (c["hospital"] == 974207532) | (c["hospital"] == 974116804)
    usual = np.where(away & ~town, given["groin_median_transferred"], given["groin_median_centre"] + 15 * town)
    # The picture has been taken before anybody leaves for the centre or is punctured.
    groin = np.ceil(usual * shorter * np.exp(0.32 * c.normal("groin"))).astype(np.int64)
    known = c["admitted_at"] % DAY != 0
    imaging = np.where(c["imaging_at"] == NO_TIME, 0, np.clip(c["imaging_at"] - c["admitted_at"], 0, DAY))
    groin = np.maximum(groin, np.minimum(imaging, 600) + 20)
    arrived = c["admitted_at"]
    moment = arrived + np.where(known, groin, 14 * 60 + groin)
    moment += moment % DAY == 0
    c["thrombectomy_at"] = np.where(c["thrombectomy"] == YES, moment, NO_TIME)
    there = moment - np.minimum(np.ceil(22 * np.exp(0.3 * c.normal("table"))).astype(np.int64), groin - 5)
    c["intervention_centre_at"] = np.where((c["thrombectomy"] == YES) & away, there, NO_TIME)
    opened = moment + np.ceil(48 * np.exp(0.45 * c.normal("opened"))).astype(np.int64)
    form = rows[c.year[rows] >= THROMBECTOMY_FORM_FROM]
    grade = np.select([c.uniform("grade") < 0.45, c.uniform("grade") < 0.86], [4, 3], 2)
    columns = {
        "centre": centre,
        "arrived_centre_at": np.where(away, there, arrived),
        "groin_at": moment,
        "recanalised_at": np.where(c.chance("recanalised", 0.9), opened, NO_TIME),
        "recanalisation": grade.astype(np.int16),
        "transferred": coded(away),
    }
    return {name: values[form] for name, values in columns.items()}, form, c.received[form]


def pathway_codes(c: Cohort, followed: Mapping[int, int]) -> tuple[Columns, Ints, Ints]:
    """Phase 2 codes at the training hospitals, as :func:`followups`. Nobody else has begun to use them.

    ``followed``: row of the cohort -> day of the three-month follow-up.
    """
    training = np.array([one.training for one in c.given.hospitals])[c.hospital]
    start = c["admitted_at"] // DAY
    rows = np.flatnonzero(training & (start >= CODES_FROM) & c.chance("coded", 0.85)).tolist()
    chosen, codes, days = [], [], []
    for row in rows:
        steps = [("1", start[row])]
        if c["function_assessed_at"][row] != NO_TIME:
            steps.append(("2", c["function_assessed_at"][row] // DAY))
        if row in followed:
            steps.append(("3a" if row % 3 else "3b", followed[row]))
        elif c["died_on"][row] != NO_TIME:
            steps.append(("3c", c["died_on"][row]))
        elif c["discharged_to"][row] == 12:
            steps.append(("3d", c["discharged_at"][row] // DAY))
        chosen += [row] * len(steps)
        codes += [code for code, _ in steps]
        days += [int(day) for _, day in steps]
    order = np.array(chosen, dtype=np.int64)
    day = np.array(days, dtype=np.int64)
    columns = {"pathway_code": np.array(codes), "coded_on": day, "unit": c["hospital"][order]}
    return columns, order, np.maximum(day + 6, c.received[order])


def coverage(c: Cohort) -> Columns:
    """Yearly linkage with the patient registry: (both + only here) / everybody is the hospital's coverage."""
    level = c.table.level["coverage"]
    rows = np.flatnonzero(~np.isnan(level) & (level > 0) & (c.table.year < NEWEST.year))
    orgnr = np.array([one.orgnr for one in c.given.hospitals])[c.table.hospital[rows]]
    here = c.table.admissions[rows]
    share = uniform(keys(orgnr, c.table.year[rows]), "only here")
    only_here = np.floor(here * (0.03 + 0.05 * share)).astype(np.int64)
    missing = np.round(here / level[rows] - here).astype(np.int64)
    return {
        "unit": orgnr,
        "year": c.table.year[rows],
        "both": here - only_here,
        "only_nhr": only_here,
        "only_npr": missing,
    }
