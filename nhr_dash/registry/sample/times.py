"""Clock times of the chain of treatment. Every interval with a target has its hospital's share within the limit.

Nights and weekends are slower; who is slow is decided by chance. A few clock times are unknown
(registered as 00:00) or missing. The order of a real course holds: call, ambulance, arrival,
imaging, needle, stroke unit, assessment, discharge.
"""

import numpy as np

from nhr_dash.registry.sample.care import assigned
from nhr_dash.registry.sample.cohort import (
    DAY,
    MISSING,
    NO,
    NO_TIME,
    UNKNOWN,
    YES,
    Cohort,
    coded,
)
from nhr_dash.registry.sample.draws import Flags, Floats, Ints, minutes_with_quota
from nhr_dash.registry.sample.levels import Groups

PATHWAY_FROM = np.datetime64("2018-02-01", "m").astype(np.int64)
LONGEST_ONSET = 20 * DAY


def before_arrival(c: Cohort, level: Groups) -> None:
    """Where and when it began, who called, and the ambulance; counted back from the arrival."""
    onset, given = c.given.population["onset"], c.given.population["times"]
    inside = c.chance("in hospital", onset["in_hospital"])
    c["onset_place"] = np.where(inside, 2 + c.chance("procedure", 0.25), 1).astype(np.int16)
    draw = c.uniform("onset")
    known = (draw < onset["known"]) | inside
    woke = ~known & (draw < onset["known"] + onset["wake_up"])
    c["wake_up"] = np.where(known, NO, np.where(woke, YES, UNKNOWN)).astype(np.int16)

    called = ~inside & c.chance("called", 0.76 + 0.1 * (c.severity > 0.3))
    c["emergency_called"] = coded(called)
    flown = called & c.chance("flown", 0.05)
    c["transport"] = np.where(called, 1 + flown, np.where(inside, MISSING, 4)).astype(np.int16)
    group, share, _ = level.of("call_15")
    delay = np.exp(given["call_sigma"] * c.normal("call") - 0.25 * c.severity)
    call = np.minimum(minutes_with_quota(group, share, delay, called & known, 15), LONGEST_ONSET)
    group, share, _ = level.of("ambulance_25")
    scene = minutes_with_quota(group, share, np.exp(given["ambulance_sigma"] * c.normal("scene")), called, 25)
    response = np.ceil(given["response_median"] * np.exp(0.5 * c.normal("response"))).astype(np.int64)
    far = np.exp(0.45 * c.normal("distance"))
    transport = np.ceil(given["transport_median"] * far * np.where(flown, 1.6, 1.0)).astype(np.int64)
    arrived = c["admitted_at"]
    left = arrived - transport
    there = left - scene
    rang = there - response
    late = np.ceil(given["own_transport_median"] * np.exp(1.1 * c.normal("own transport"))).astype(np.int64)
    start = np.where(called, rang - call, arrived - np.minimum(late, LONGEST_ONSET))
    asleep = arrived - np.ceil(60 * (7 + 3.5 * c.uniform("asleep"))).astype(np.int64)
    start = np.where(woke, np.minimum(asleep, np.where(called, rang - 5, asleep)), start)
    start = np.where(inside, arrived, start)
    c["onset_at"] = np.where(known | woke, start, NO_TIME)

    recorded = called & (arrived >= PATHWAY_FROM)
    for name, moment in (("called_113_at", rang), ("ambulance_at_patient_at", there), ("ambulance_left_at", left)):
        seen = recorded & ~c.chance(f"{name} missing", given["missing_pathway_time"])
        c[name] = np.where(seen, moment, NO_TIME)


def in_hospital(c: Cohort, level: Groups) -> None:
    """Imaging, needle, stroke unit, assessment, carotid assessment, ready for discharge; then the unknown clocks."""
    given = c.given.population["times"]
    arrived = c["admitted_at"]
    hour, weekday = arrived % DAY // 60, (arrived // DAY + 3) % 7  # 1970-01-01 was a Thursday
    slow = np.where((hour >= 20) | (hour < 7), given["night"], 1.0) * np.where(weekday > 4, given["weekend"], 1.0)
    clockless = c.chance("arrival unknown", given["unknown_clock"] / 2)
    imaging = _imaging(c, level, slow, clockless)
    needle = _needle(c, level, slow, clockless, imaging)
    _stroke_unit(c, level)
    ready = np.maximum(c["discharged_at"] - (c.uniform("ready") ** 3 * 4 * DAY).astype(np.int64), arrived + 30)
    staying = (arrived >= PATHWAY_FROM) & (c["discharged_to"] != 10) & (ready <= c["discharged_at"])
    c["ready_for_discharge_at"] = np.where(staying & c.chance("ready known", 0.85), ready, NO_TIME)
    carotid = (arrived >= PATHWAY_FROM) & (c["diagnosis"] == 2) & c.chance("carotid", 0.4)
    looked = np.minimum(arrived + 300 + (c.uniform("carotid day") * 3 * DAY).astype(np.int64), c["discharged_at"])
    c["carotid_assessed_at"] = np.where(carotid, looked, NO_TIME)
    operated = carotid & c.chance("operated", 0.06)
    c["carotid_operated_at"] = np.where(
        operated, looked + ((2 + 12 * c.uniform("operation")) * DAY).astype(np.int64), NO_TIME
    )
    _forget_clocks(c, clockless, imaging, needle)


def _imaging(c: Cohort, level: Groups, slow: Floats, clockless: Flags) -> Ints:
    given = c.given.population["times"]
    group, share, months = level.of("imaging_15")
    # The ninth draw: at Fjordvik it has ordinary months before the change, none of them empty of successes.
    latent = slow * np.exp(given["imaging_sigma"] * c.normal("imaging minutes 9"))
    latent *= np.where(c["stroke_alarm"] == YES, 0.6, 1.0) * np.where(c["thrombolysis"] == YES, 0.75, 1.0)
    latent *= 1 + 1.2 * np.exp(-months)  # a change is not in place on its first day
    recorded = c["admitted_at"] >= PATHWAY_FROM
    missing = c.chance("imaging missing", given["missing_pathway_time"])
    unknown = c.chance("imaging unknown", given["unknown_clock"])
    counted = recorded & ~missing & ~unknown & ~clockless & (c["onset_place"] == 1)
    surplus = level.surplus("imaging_15", group, share, counted)
    missing[surplus], counted[surplus] = True, False
    c["imaging_at"] = np.where(recorded & ~missing, 0, NO_TIME)
    minutes = np.minimum(minutes_with_quota(group, share, latent, counted, 15), 3 * DAY)
    return _off_midnight(c, minutes, 15)


def _needle(c: Cohort, level: Groups, slow: Floats, clockless: Flags, imaging: Ints) -> Ints:
    given = c.given.population["times"]
    treated = c["thrombolysis"] == YES
    group, share, _ = level.of("hjerneslag_tromb_40min")
    latent = slow * np.exp(given["needle_sigma"] * c.normal("needle"))
    # Later years have more patients within 30 minutes for the same share within 40.
    unknown = c.chance("needle unknown", given["unknown_clock"])
    counted = treated & ~unknown & ~clockless
    minutes = np.clip(minutes_with_quota(group, share, latent, counted, 40), 6, 6 * 60)
    within = minutes <= 40
    # The picture comes before the needle: a late picture moves, on its own side of its own limit,
    # and what can't move any further holds the needle back on the needle's own side.
    latest = np.where(imaging > 15, np.maximum(minutes - 4, 16), np.minimum(minutes - 4, 15))
    imaging[treated] = np.maximum(np.minimum(imaging, latest), 1)[treated]
    minutes = np.where(within, np.minimum(np.maximum(minutes, imaging + 3), 40), np.maximum(minutes, 41))
    minutes = _off_midnight(c, minutes, 40)
    c["needle_at"] = np.where(treated, 0, NO_TIME)
    return minutes


def _off_midnight(c: Cohort, minutes: Ints, limit: int) -> Ints:
    """A real event at 00:00 would read as an unknown time: it is a minute away, on the same side of the limit."""
    at = (c["admitted_at"] + minutes) % DAY == 0
    return minutes + np.where(at, np.where(minutes == limit, -1, 1), 0)


def _stroke_unit(c: Cohort, level: Groups) -> None:
    arrived, left = c["admitted_at"], c["discharged_at"]
    treated = (c["first_ward"] == 1) | (c["discharge_ward"] == 1)
    direct = c["first_ward"] == 1
    wait = np.where(direct, 95 * np.exp(0.6 * c.normal("ward")), DAY * (0.5 + 2 * c.uniform("ward")))
    ward = np.minimum(arrived + wait.astype(np.int64), left - 30)
    seen = treated & (arrived >= PATHWAY_FROM) & (ward > arrived)
    c["stroke_unit_at"] = np.where(seen, ward, NO_TIME)
    assessed = assigned(c, level, "interdisciplinary", seen)
    stay = left // DAY - ward // DAY
    after = np.minimum(np.floor(5.9 * c.uniform("assessed") ** 1.6).astype(np.int64), stay)
    late = seen & ~assessed & (stay >= 9) & c.chance("late", 0.6)
    after = np.where(late, 8 + np.floor((stay - 8) * c.uniform("assessed")).astype(np.int64), after)
    noon = (ward // DAY + after) * DAY + 9 * 60 + (c.uniform("assessed at") * 6 * 60).astype(np.int64)
    moment = np.minimum(np.maximum(noon, ward + 5), left)
    c["function_assessed_at"] = np.where(assessed | late, moment, NO_TIME)
    c["pathway_decided_at"] = np.where(assessed | late, np.minimum(moment + 45, left), NO_TIME)


def _forget_clocks(c: Cohort, clockless: Flags, imaging: Ints, needle: Ints) -> None:
    """Write imaging and needle, and the clocks that nobody noted: 00:00 on the right day."""
    arrived = c["admitted_at"].copy()
    for name, minutes, draw in (("imaging_at", imaging, "imaging unknown"), ("needle_at", needle, "needle unknown")):
        unknown = c.chance(draw, c.given.population["times"]["unknown_clock"])
        moment = arrived + minutes
        c[name] = np.where(c[name] == NO_TIME, NO_TIME, np.where(unknown, moment // DAY * DAY, moment))
    c["admitted_at"] = np.where(clockless, arrived // DAY * DAY, arrived)
