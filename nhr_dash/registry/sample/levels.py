"""How many admissions a hospital has in a year, and its level of every aspect of care.

Published years stand as they are. Other years continue a hospital's own last known level
towards the national one, with some variation from year to year, and are then shifted together
so that the national level is what ``national.csv`` says. Stories fix levels on top.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
from scipy.special import expit, logit

from nhr_dash.registry.sample.draws import Flags, Floats, Ints, keys, normal
from nhr_dash.registry.sample.parameters import ASPECTS, Hospital, Parameters

FIRST_YEAR, LAST_YEAR = 2012, 2026
PUBLISHED_YEARS = range(2014, 2020)
LAST_SHARE = 53 / 365  # of 2026: the weeks that the demo loads one by one
STROKE_UNIT = ("hjerneslag_beh_enhet", "hjerneslag_inn_enhet", "interdisciplinary")
TYNSET = 974725215  # has no stroke unit: a structural zero
THROMBOLYSIS = ("hjerneslag_beh_tromb", "hjerneslag_tromb_40min")
SHRINKING = 60  # patients a year at which a hospital's own level weighs as much as the national one


@dataclass(frozen=True)
class Cells:
    """One row a hospital and year. ``level[aspect]``: share 0-1, missing where the aspect isn't recorded yet."""

    hospital: Ints  # index into parameters.hospitals
    year: Ints
    admissions: Ints
    level: dict[str, Floats]


def cells(given: Parameters) -> Cells:
    """Every hospital-year with admissions, in the order of hospitals, then years."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    volume = np.array([[_admissions(given, one, year) for year in years] for one in given.hospitals])
    level: dict[str, Floats] = {}
    for aspect in ASPECTS:  # the share thrombolysed comes before the times of the thrombolysed
        weight = volume * level["hjerneslag_beh_tromb"] if aspect == "hjerneslag_tromb_40min" else volume
        level[aspect] = _levels(given, aspect, weight)
    hospital, year = np.nonzero(volume)
    return Cells(
        hospital=hospital,
        year=year + FIRST_YEAR,
        admissions=volume[hospital, year],
        level={aspect: table[hospital, year] for aspect, table in level.items()},
    )


def _admissions(given: Parameters, hospital: Hospital, year: int) -> int:
    fixed = _story(given, "admissions", hospital, year)
    if fixed is not None:
        return int(fixed)
    if hospital.training:
        steps = given.stories["training"]["admissions"][str(hospital.orgnr)]
        known = [volume for first, volume in steps if first <= year]
        base = float(known[-1]) if known else 0.0
    else:
        published = {y: given.published.get((hospital.orgnr, y, "admissions"), 0.0) for y in PUBLISHED_YEARS}
        if year in PUBLISHED_YEARS:
            return int(published[year])
        near = (2014, 2015) if year < PUBLISHED_YEARS.start else (2017, 2018, 2019)
        if not published[near[-1]]:
            return 0  # the hospital has stopped
        total = sum(given.national[y, "admissions"] for y in near) / len(near)
        base = sum(published[y] for y in near) / len(near) * given.national[year, "admissions"] / total
    if year == LAST_YEAR:
        base *= LAST_SHARE
    if not base:
        return 0
    # Half the variation that chance alone would give: a story's volume should be recognised.
    return max(1, round(base + 0.5 * base**0.5 * float(normal(keys(hospital.orgnr, year), "admissions")[0])))


def _levels(given: Parameters, aspect: str, weight: np.ndarray) -> Floats:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    table = np.full(weight.shape, np.nan)
    for column, year in enumerate(years):
        national = given.national.get((year, aspect))
        if national is None:
            continue
        target = logit(np.clip(national / 100, 0.002, 0.998))
        values = np.array([target + _departure(given, aspect, one, year) for one in given.hospitals])
        for row, one in enumerate(given.hospitals):
            hidden = given.hidden.get((one.region, year, aspect))
            if hidden is not None and not one.training:
                values[row] = logit(hidden / 100)
        known = [_known(given, aspect, one, year) for one in given.hospitals]
        fixed = np.array([value is not None for value in known])
        share = np.array([0.0 if value is None else value / 100 for value in known])
        for row, one in enumerate(given.hospitals):
            if one.orgnr == TYNSET and aspect in STROKE_UNIT:
                fixed[row] = True
        counted = weight[:, column] * np.array([not one.training for one in given.hospitals])
        if not fixed[counted > 0].all():
            values = values + _shift(values, share, fixed, counted, national / 100)
        table[:, column] = np.where(fixed, share, expit(values))
    return table


def _known(given: Parameters, aspect: str, hospital: Hospital, year: int) -> float | None:
    """Percent, where a publication or a story says it (a story that covers most of the year)."""
    fixed = _story(given, aspect, hospital, year)
    if fixed is not None:
        return fixed
    source = hospital.thrombolysis_as if aspect in THROMBOLYSIS and hospital.thrombolysis_as else hospital.orgnr
    return given.published.get((source, year, aspect))


def _story(given: Parameters, aspect: str, hospital: Hospital, year: int) -> float | None:
    middle = date(year, 7, 1)
    for window in given.windows.get((hospital.orgnr, aspect), ()):
        if window.start <= middle < window.end:
            return window.level
    return None


def _departure(given: Parameters, aspect: str, hospital: Hospital, year: int) -> float:
    """How far a hospital lies from the nation where nothing is known of the year (logit)."""
    spread = given.population["between_hospitals"]
    own = 0.0
    if not hospital.training:
        source = hospital.thrombolysis_as if aspect in THROMBOLYSIS and hospital.thrombolysis_as else hospital.orgnr
        near = (2014, 2015) if year < PUBLISHED_YEARS.start else (2017, 2018, 2019)
        own_years = [(y, given.published.get((source, y, aspect))) for y in near]
        apart = [
            logit(np.clip(value / 100, 0.02, 0.985)) - logit(given.national[y, aspect] / 100)
            for y, value in own_years
            if value is not None
        ]
        if apart:
            size = sum(given.published.get((source, y, "admissions"), 0.0) for y in near) / len(near)
            own = float(np.mean(apart)) * size / (size + SHRINKING)
        elif aspect in spread:
            own = spread[aspect] * float(normal(keys(hospital.orgnr), aspect)[0])
    yearly = spread["year_to_year"] * float(normal(keys(hospital.orgnr, year), f"level {aspect}")[0])
    return own + (0.0 if hospital.training else yearly)


def _shift(values: Floats, share: Floats, fixed: Flags, weight: Floats, wanted: float) -> float:
    """The common shift (logit) of what isn't fixed, at which the weighted mean is the wanted national share."""
    low, high = -1.5, 1.5
    for _ in range(30):
        middle = (low + high) / 2
        mean = np.average(np.where(fixed, share, expit(values + middle)), weights=weight)
        low, high = (middle, high) if mean < wanted else (low, middle)
    return (low + high) / 2


class Groups:
    """Which patients share a quota for an aspect: a hospital-year, or a story's window.

    Patients whose form had not been received by ``newest`` are a group of their own, so that
    what a reader counts today is at its level whatever arrives later.
    """

    def __init__(self, given: Parameters, table: Cells, cell: Ints, day: Ints, received: Flags) -> None:
        self._given, self._table = given, table
        self._cell, self._day, self._received = cell, day, received

    def of(self, aspect: str) -> tuple[Ints, Floats, Floats]:
        """The group of every patient, the share of every group (0-1), and months into a ramp (infinite without)."""
        level = self._table.level[aspect]
        # Before an aspect was recorded its usual level stands in: what depends on it goes on as ever.
        share = list(np.repeat(np.where(np.isnan(level), np.nanmean(level), level), 2))
        group = self._cell * 2 + ~self._received
        months = np.full(len(group), np.inf)
        orgnr = np.array([one.orgnr for one in self._given.hospitals])[self._table.hospital]
        for (unit, about), windows in self._given.windows.items():
            if about != aspect:
                continue
            there = np.flatnonzero(orgnr[self._cell] == unit)
            for window in windows:
                start, end = (int(np.datetime64(day, "D").astype(np.int64)) for day in (window.start, window.end))
                rows = there[(self._day[there] >= start) & (self._day[there] < end)]
                group[rows] = len(share) + ~self._received[rows]
                share += [window.level / 100] * 2
                if window.ramp:
                    months[rows] = (self._day[rows] - start) / 30.4 / window.ramp
        return group, np.array(share), months

    def surplus(self, aspect: str, group: Ints, share: Floats, counted: Flags) -> Ints:
        """Patients too many for an exact level: the last of a group, left out so that its share is a whole count."""
        windows = [window for (_, about), found in self._given.windows.items() if about == aspect for window in found]
        first = len(share) - 2 * len(windows)
        found = [np.empty(0, dtype=np.int64)]
        for place, window in enumerate(windows):
            if window.exact:
                rows = np.flatnonzero(counted & (group == first + 2 * place))
                step = Fraction(window.level / 100).limit_denominator(1000).denominator
                found.append(rows[len(rows) - len(rows) % step :])
        return np.concatenate(found)
