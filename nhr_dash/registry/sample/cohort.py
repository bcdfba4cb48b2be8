"""The patients: who they are, when they come, how severe the stroke is, how it ends, when the form is received.

A :class:`Cohort` holds one array a column, all of the same length. Codes are whole numbers with
:data:`MISSING` for "not filled in"; moments are whole minutes since 1970 with :data:`NO_TIME`.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy.special import expit, ndtr

from nhr_dash.registry.sample.draws import Flags, Floats, Ints, Keys, keys, normal, uniform
from nhr_dash.registry.sample.levels import Cells, cells
from nhr_dash.registry.sample.parameters import Parameters

MISSING = -1
NO_TIME = np.iinfo(np.int64).min  # what numpy calls "not a time"
DAY = 24 * 60
YES, NO, UNKNOWN = 1, 2, 9
HAEMORRHAGE, INFARCTION, UNSPECIFIED = 1, 2, 3
DIED = 10
NEWEST = date(2025, 12, 28)  # the newest admission, and the last weekly delivery
HOURS = (1.6, 1.3, 1.1, 1, 0.9, 1, 1.5, 2.6, 4, 6, 7.2, 7.6, 7.4, 7, 6.6, 6.2, 5.8, 5.6, 5.4, 5.2, 4.8, 4.2, 3.2, 2.3)
"""Arrivals by hour of the day: few at night, most before noon (assumed)."""


@dataclass
class Cohort:
    """Patients in order of hospital, then admission. ``columns``: the acute form, by English key."""

    given: Parameters
    table: Cells
    cell: Ints
    key: Keys
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    severity: Floats = field(default_factory=lambda: np.empty(0))
    death_day: Floats = field(default_factory=lambda: np.empty(0))  # days after admission; infinite: alive a year on
    received: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # day, since 1970

    def __len__(self) -> int:
        return len(self.key)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __setitem__(self, name: str, values: np.ndarray) -> None:
        self.columns[name] = values

    def uniform(self, name: str) -> Floats:
        """A uniform draw a patient."""
        return uniform(self.key, name)

    def normal(self, name: str) -> Floats:
        """A standard normal draw a patient."""
        return normal(self.key, name)

    @property
    def hospital(self) -> Ints:
        """Index of the hospital."""
        return self.table.hospital[self.cell]

    @property
    def year(self) -> Ints:
        """Year of admission."""
        return self.table.year[self.cell]

    def chance(self, name: str, share: np.ndarray | float) -> Flags:
        """True for a share of patients, each by chance."""
        return self.uniform(name) < share


def coded(flags: Flags, *, no: int = NO) -> np.ndarray:
    """1 where true, 2 (or ``no``) elsewhere."""
    return np.where(flags, YES, no).astype(np.int16)


def cohort(given: Parameters) -> Cohort:
    """Everybody admitted, up to and including the weeks that the demo loads one by one."""
    table = cells(given)
    cell = np.repeat(np.arange(len(table.year)), table.admissions)
    number = np.arange(len(cell)) - np.repeat(np.cumsum(table.admissions) - table.admissions, table.admissions)
    orgnr = np.array([one.orgnr for one in given.hospitals])
    patients = Cohort(given, table, cell, keys(orgnr[table.hospital[cell]], table.year[cell], number))
    arrival = _arrivals(patients)
    order = np.lexsort((arrival, cell))  # cells stand in order: this sorts within them
    patients.cell, patients.key = cell[order], patients.key[order]
    patients["hospital"] = orgnr[patients.hospital]
    patients["admitted_at"] = arrival[order]
    _persons(patients)
    _severity(patients)
    _outcome(patients)
    _newest(patients)
    return patients


def _arrivals(c: Cohort) -> Ints:
    """Minutes since 1970: fewer at weekends and in July, most before noon, none in the nights the clock changes."""
    minute = np.empty(len(c), dtype=np.int64)
    when = c.uniform("day")
    for year in np.unique(c.table.year):
        rows = np.flatnonzero(c.year == year)
        first = date(int(year), 1, 1)
        days = [first + timedelta(days=n) for n in range(366) if (first + timedelta(days=n)).year == year]
        if year > NEWEST.year:
            days = days[:53]
        weight = np.array([(0.92 if day.weekday() > 4 else 1.0) * (0.93 if day.month == 7 else 1.0) for day in days])
        place = np.searchsorted(np.cumsum(weight) / weight.sum(), when[rows])
        minute[rows] = (place + int(np.datetime64(first, "D").astype(np.int64))) * DAY
    hours = np.array(HOURS) / sum(HOURS)
    clock = np.interp(c.uniform("clock"), np.concatenate(([0.0], np.cumsum(hours))), np.arange(25) * 60)
    clock = np.clip(clock.astype(np.int64), 1, DAY - 1)  # 00:00 would mean unknown
    night = np.isin(minute // DAY, _changes()) & (clock < 6 * 60)
    return minute + np.where(night, clock + 6 * 60, clock)


def _changes() -> Ints:
    """Days on which the clock changes: the last Sundays of March and October."""
    found = []
    for year in range(2012, 2027):
        for month in (3, 10):
            day = date(year, month, 31)
            found.append(day - timedelta(days=(day.weekday() + 1) % 7))
    return np.array(found, dtype="datetime64[D]").astype(np.int64)


def _persons(c: Cohort) -> None:
    population = c.given.population
    age, mix = population["age"], c.given.stories["case_mix"]
    female = c.chance("sex", age["female"])
    draw = c.uniform("age")
    years = np.where(female, np.interp(draw, age["shares"], age["women"]), np.interp(draw, age["shares"], age["men"]))
    years = years + np.where(c["hospital"] == mix["unit"], mix["years_older"], 0.0)
    c["age"] = np.clip(np.floor(years), 18, 104).astype(np.int16)
    c["sex"] = np.where(female, "Female", "Male")
    group = c.uniform("diagnosis")
    shares = population["diagnosis"]
    c["diagnosis"] = np.select(
        [group < shares["infarction"], group < shares["infarction"] + shares["haemorrhage"]],
        [INFARCTION, HAEMORRHAGE],
        UNSPECIFIED,
    ).astype(np.int16)
    old = (c["age"].astype(float) - 75) / 12
    history = population["history"]
    for name, key, slope in (
        ("atrial_fibrillation", "atrial_fibrillation", 0.75),
        ("diabetes", "diabetes", 0.0),
        ("previous_stroke", "previous_stroke", 0.3),
        ("previous_tia", "previous_tia", 0.2),
        ("previous_infarction", "previous_infarction", 0.25),
        ("antihypertensive_before", "antihypertensive", 0.45),
        ("statin_before", "statin", 0.15),
        ("asa_before", "asa", 0.3),
    ):
        base = np.log(history[key] / (1 - history[key]))
        flags = c.chance(name, expit(base + slope * old))
        c[name] = np.where(flags, YES, np.where(c.chance(f"{name} unknown", 0.015), UNKNOWN, NO)).astype(np.int16)
    has = c["atrial_fibrillation"] == YES
    c["atrial_fibrillation_found"] = np.where(has, 1 + c.chance("fibrillation new", 0.36), MISSING).astype(np.int16)


def _severity(c: Cohort) -> None:
    """Latent severity (standard normal in infarctions), NIHSS, consciousness, function before."""
    population, mix = c.given.population, c.given.stories["case_mix"]
    old = (c["age"].astype(float) - 75) / 12
    own = np.where(c["hospital"] == mix["unit"], mix["severity"], 0.0)
    c.severity = c.normal("severity") * 0.94 + 0.32 * old + 0.75 * (c["diagnosis"] == HAEMORRHAGE) + own
    nihss = population["nihss"]
    points = np.floor(np.interp(ndtr(c.severity), nihss["shares"], nihss["points"])).astype(np.int16)
    skipped = c.chance("nihss skipped", nihss["not_done"] * np.where(points < 3, 1.25, 0.75))
    c["nihss"] = np.where(skipped, MISSING, points).astype(np.int16)
    c["nihss_not_done"] = skipped.astype(np.int16)
    later = c.chance("nihss again", 0.45) & ~skipped
    c["nihss_24h"] = np.where(later, np.clip(points + np.round(c.normal("day later") * 2 - 1), 0, 42), MISSING).astype(
        np.int16
    )
    c["nihss_24h_not_done"] = (~later).astype(np.int16)
    awake = c.severity + 0.7 * c.normal("awake")
    c["consciousness"] = np.select([awake < 1.25, awake < 1.9, awake < 2.4], [0, 1, 2], 3).astype(np.int16)
    for name, at in (
        ("facial_palsy", 0.15), ("arm_palsy", -0.05), ("leg_palsy", 0.1), ("speech_problem", -0.2),
        ("other_focal_symptoms", -0.3),
    ):  # fmt: skip
        c[name] = coded(c.severity + c.normal(name) > at)
    sign = c.uniform("inclusion")
    c["inclusion"] = np.select([sign < 0.8, sign < 0.97], [1, 2], 3).astype(np.int16)
    c["side"] = np.select(
        [c.uniform("side") < 0.47, c.uniform("side") < 0.94, c.uniform("side") < 0.97], [1, 2, 3], 4
    ).astype(np.int16)
    before = ndtr((old * 0.62 + 0.78 * c.normal("before")) / 1.0)
    c["mrs_before"] = np.searchsorted(population["function"]["mrs_before"], before).astype(np.int16)
    helped = c["mrs_before"] >= 3
    c["housing_before"] = np.select(
        [~helped & c.chance("housing", 0.9), c.chance("housing 2", 0.65), c.chance("housing 3", 0.35)], [1, 2, 3], 4
    ).astype(np.int16)
    c["living_with_before"] = np.where(c.chance("alone", expit(old - 0.4)), 1, 2).astype(np.int16)
    c["civil_status_before"] = np.where(c["living_with_before"] == 2, 1, np.where(c["age"] > 72, 2, 3)).astype(np.int16)
    c["mobility_before"] = np.where(helped, 2 + c.chance("mobility", 0.4), 1).astype(np.int16)
    c["toilet_before"] = coded(~(helped & c.chance("toilet", 0.4)))
    c["dressing_before"] = coded(~(helped & c.chance("dressing", 0.45)))
    smoking = c.uniform("smoker")
    c["smoker"] = np.select([smoking < 0.42, smoking < 0.61, smoking < 0.93], [0, 1, 2], UNKNOWN).astype(np.int16)


def _outcome(c: Cohort) -> None:
    """Death, length of stay, where to, and the day on which the form is received."""
    death, mix = c.given.population["death"], c.given.stories["case_mix"]
    risk = death_log_odds(c) - np.where(c["hospital"] == mix["unit"], mix["survival_log_odds"], 0.0)
    risk -= 0.02 * (c.year - 2018)  # survival rises slowly
    low, high = -8.0, 3.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(risk + middle).mean() < death["within_a_year"] else (low, middle)
    within = expit(risk + middle)
    draw = c.uniform("death")
    days = np.interp(draw / within, death["shares"], death["days"])
    c.death_day = np.where(draw < within, days, np.inf)
    stay = np.exp(1.72 + 0.28 * c.severity + 0.62 * c.normal("stay"))
    died_in = c.death_day <= stay
    left = c["admitted_at"] + (np.where(died_in, c.death_day, stay) * DAY).astype(np.int64)
    clock = 10 * 60 + (c.uniform("leaving") * 7 * 60).astype(np.int64)
    left = np.where(died_in, left, np.maximum(left // DAY * DAY + clock, c["admitted_at"] + 60))
    c["discharged_at"] = left + (left % DAY == 0)
    where = c.severity + 0.8 * c.normal("where to")
    home = np.select([where < 0.25, where < 0.65, where < 1.0, where < 1.35, where < 1.5], [1, 2, 7, 4, 5], 4)
    c["discharged_to"] = np.where(died_in, DIED, home).astype(np.int16)
    # The day of death of those who died later is not before the day they left.
    died = c["admitted_at"] // DAY + np.where(np.isfinite(c.death_day), c.death_day, 0).astype(np.int64)
    died = np.where(died_in, c["discharged_at"] // DAY, np.maximum(died, c["discharged_at"] // DAY))
    c["died_on"] = np.where(np.isfinite(c.death_day), died, NO_TIME)
    c.received = _received(c)


def death_log_odds(c: Cohort) -> Floats:
    """What age, severity, diagnosis and function before say about dying, the same at every hospital."""
    old = (c["age"].astype(float) - 75) / 12
    return 0.85 * old + 0.95 * c.severity + 0.55 * (c["diagnosis"] == HAEMORRHAGE) + 0.5 * (c["mrs_before"] >= 3)


def _received(c: Cohort) -> Ints:
    given: dict[str, Any] = c.given.population["registration"]
    own = uniform(keys(np.array([one.orgnr for one in c.given.hospitals])), "registration")
    median = np.exp(np.log(given["median_low"]) + own * (np.log(given["median_high"]) - np.log(given["median_low"])))[
        c.hospital
    ]
    delay = np.clip(median * np.exp(given["sigma"] * c.normal("delay")), 0, given["longest"])
    return c["discharged_at"] // DAY + np.floor(delay).astype(np.int64)


def _newest(c: Cohort) -> None:
    """Somebody is admitted on the newest day, goes on to another hospital, and is registered at once."""
    day = int(np.datetime64(NEWEST, "D").astype(np.int64))
    training = np.array([one.training for one in c.given.hospitals])[c.hospital]
    row = int(np.flatnonzero((c["admitted_at"] // DAY == day) & ~training & np.isinf(c.death_day))[0])
    c["discharged_at"][row] = (day + 1) * DAY - 1
    c["discharged_to"][row] = 12
    c.received[row] = day
