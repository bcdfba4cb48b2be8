"""What a cycle showed: the registry's patients in its days against the prediction, and the team's own entries beside.

The team's quick entries are never added to the registry's patients: the same patient may stand in both. With fewer than
ten patients they are listed one by one, and nothing is said of shares, intervals or verdicts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import NotAllowed, Scope
from nhr_dash.improvement.kinds import DataKind, PredictionKind
from nhr_dash.improvement.measured import BEFORE_MONTHS, Level, Reason, Scale, months_back
from nhr_dash.improvement.models import Cycle, Entry, Measure, Point
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import indicators, series
from nhr_dash.statistics.intervals import NO_INTERVAL, Interval, median, wilson
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, minutes, number, percent

FEWEST = 10
"""Patients from which a share or a median is given; fewer are shown one by one."""


@dataclass(frozen=True, slots=True)
class Case:
    """One patient (or one quick entry): the day, minutes (None: none), whether it was done, and as predicted."""

    day: date
    minutes: float | None
    done: bool
    expected: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What was counted: ``done`` of ``patients`` (0 of a number of times, where nobody knows out of how many).

    ``expected``: how many went as predicted; None where single patients aren't known. ``cases``: in order of time, only
    when there are fewer than :data:`FEWEST`. ``share`` and ``minutes`` (the median): with 95 % interval, NaN with few
    patients or without minutes. ``hit``: did the prediction come true? None where that can't be told: a sentence, or
    too few patients for a share or a median.
    """

    patients: int
    done: float
    expected: int | None
    cases: tuple[Case, ...] = ()
    share: Interval = NO_INTERVAL
    minutes: Interval = NO_INTERVAL
    hit: bool | None = None

    @property
    def few(self) -> bool:
        """So few that they are shown one by one."""
        return self.patients < FEWEST


@dataclass(frozen=True)
class Study:
    """A cycle with its numbers. ``first`` and ``last`` (inclusive): its days, None where it has none.

    ``result``: of the cycle's measure, None where there is nothing; ``registry``: it is the registry's, not the team's
    own data points. ``before``: the two years before the cycle began, None for the team's own measure. ``entries``: the
    team's quick entries. ``notes``: why there is nothing, or what may still change.
    """

    cycle: Cycle
    first: date | None
    last: date | None
    registry: bool = False
    result: Result | None = None
    before: Result | None = None
    entries: Result | None = None
    notes: tuple[Reason, ...] = ()

    @property
    def hit(self) -> bool | None:
        """Did the prediction come true: by the measure, and only where that says nothing by the team's entries."""
        for one in (self.result, self.entries):
            if one is not None and one.hit is not None:
                return one.hit
        return None


@dataclass(frozen=True, slots=True)
class Book:
    """*Hva trodde vi, hva skjedde?*: every cycle in order, and how many predictions came true of those judged."""

    studies: tuple[Study, ...]
    hits: int
    judged: int


@dataclass(frozen=True, slots=True)
class _Read:
    """Patients of a unit and indicator (None: not one's own), from when they may still change, and the usual wait."""

    patients: pandas.DataFrame | None
    open_from: date | None
    wait: int | None


@dataclass
class _Registry:
    """Reads each unit and indicator once, from a day on, for all cycles that ask."""

    connection: Connection
    scope: Scope
    first: date
    newest: date
    held: dict[tuple[int, str], _Read] = field(default_factory=dict)

    def read(self, unit: int, indicator: str) -> _Read:
        key = (unit, indicator)
        if key not in self.held:
            question = series.Question(unit, indicator, "patient", self.first)
            try:
                found = series.patients(self.connection, self.scope, question)
            except NotAllowed:
                found = None
            open_from = series.provisional_from(self.connection, unit, indicator)
            self.held[key] = _Read(found, open_from, series.usual_wait(self.connection, unit, indicator))
        return self.held[key]


def study(connection: Connection, scope: Scope, whole: Whole, cycle: Cycle) -> Study:
    """One cycle with its numbers. No patients, no days or no measure is an answer with a reason, never an error."""
    return _studies(connection, scope, whole, [cycle])[0]


def book(connection: Connection, scope: Scope, whole: Whole) -> Book:
    """Every cycle of a project, predicted against observed; the registry is read once a hospital and indicator."""
    found = _studies(connection, scope, whole, whole.cycles)
    told = [one.hit for one in found if one.hit is not None]
    return Book(tuple(found), sum(told), len(told))


def _studies(connection: Connection, scope: Scope, whole: Whole, cycles: Sequence[Cycle]) -> list[Study]:
    newest = series.newest_admission(connection)
    windows = [_window(whole, cycle)[0] for cycle in cycles if cycle.starts_on is not None]
    registry = _Registry(connection, scope, min(windows), newest.date()) if newest and windows else None
    return [_one(whole, cycle, registry) for cycle in cycles]


def _window(whole: Whole, cycle: Cycle) -> tuple[date, date]:
    """First day and end (exclusive) of what a cycle is held against: the measure's baseline, else two years before."""
    measure, begin = _measure(whole, cycle), cycle.starts_on or date.max
    until = min(whole.project.starts_on or begin, begin)
    if measure is not None and measure.baseline_to is not None:
        until = min(until, measure.baseline_to + timedelta(days=1))
    first = measure.baseline_from if measure is not None else None
    return min(first or months_back(until, BEFORE_MONTHS), until), until


def _measure(whole: Whole, cycle: Cycle) -> Measure | None:
    """The cycle's measure; the project's outcome where it names none."""
    return next((one for one in whole.measures if one.id == cycle.measure), whole.outcome)


def _one(whole: Whole, cycle: Cycle, registry: _Registry | None) -> Study:
    first, last = cycle.starts_on, cycle.ends_on
    if first is not None and last is None:
        last = max(first, registry.newest) if registry is not None else first
    entries = _entries(cycle, [one for one in whole.entries if one.cycle == cycle.id])
    found = Study(cycle, first, last, entries=entries)
    measure = _measure(whole, cycle)
    if first is None or last is None:
        return replace(found, notes=(Reason("study.no_days"),))
    if measure is None:
        return replace(found, notes=(Reason("study.no_measure"),))
    if measure.indicator is None:
        result = _own(cycle, measure, [one for one in whole.points if one.measure == measure.id], first, last)
        return replace(found, result=result, notes=() if result else (Reason("study.no_points"),))
    indicator = next((one for one in indicators.WITH_FACTS if one.id == measure.indicator), None)
    if registry is None or indicator is None:
        return replace(found, notes=(Reason("study.no_patients"),))
    read = registry.read(cycle.unit or whole.project.unit, indicator.id)
    if read.patients is None:
        return replace(found, notes=(Reason("study.only_own"),))
    start, end = _window(whole, cycle)
    result = _patients(cycle, read.patients, first, last + timedelta(days=1), indicator.is_duration)
    before = _patients(cycle, read.patients, start, end, indicator.is_duration)
    notes = _notes(first, last, read, registry.newest, empty=result is None)
    return replace(found, registry=True, result=result, before=before, notes=notes)


def _notes(first: date, last: date, read: _Read, newest: date, *, empty: bool) -> tuple[Reason, ...]:
    """Why there is no patient, and whether more may come: with the day when most have usually come."""
    notes = []
    if empty:
        notes.append(
            Reason("study.not_there_yet", {"newest": newest}) if first > newest else Reason("study.no_patients")
        )
    if last > newest or (read.open_from is not None and last >= read.open_from):
        if read.wait is None:
            notes.append(Reason("study.provisional"))
        else:
            day = last + timedelta(days=read.wait)
            notes.append(Reason("study.provisional_until", {"n": read.wait, "day": day}))
    return tuple(notes)


def _patients(cycle: Cycle, patients: pandas.DataFrame, first: date, until: date, duration: bool) -> Result | None:
    """The registry's patients from a day to another (exclusive). A duration has no share: done is known minutes."""
    admitted = patients["admitted_at"].to_numpy()
    inside = patients[(admitted >= np.datetime64(first)) & (admitted < np.datetime64(until))]
    taken = zip(inside["admitted_at"], inside["minutes"], inside["success"], strict=True)
    return _of_cases(
        cycle,
        [
            _case(cycle, at.date(), float(spent), bool(success) or (duration and not np.isnan(spent)))
            for at, spent, success in taken
        ],
        duration,
    )


def _entries(cycle: Cycle, entries: Sequence[Entry]) -> Result | None:
    cases = [
        _case(cycle, one.day, np.nan if one.minutes is None else one.minutes, one.followed)
        for one in sorted(entries, key=lambda one: (one.day, one.created_at))
    ]
    return _of_cases(cycle, cases)


def _case(cycle: Cycle, day: date, spent: float, done: bool) -> Case:
    """As predicted: within the predicted minutes, else done."""
    known = None if np.isnan(spent) else spent
    expected = done
    if cycle.prediction_kind == PredictionKind.MINUTES and cycle.prediction_value is not None:
        expected = known is not None and known <= cycle.prediction_value
    return Case(day, known, done, expected)


def _of_cases(cycle: Cycle, cases: Sequence[Case], duration: bool = False) -> Result | None:
    """Single patients counted; None without any."""
    if not cases:
        return None
    n, done = len(cases), sum(one.done for one in cases)
    expected = sum(one.expected for one in cases)
    if n < FEWEST:
        return Result(n, done, expected, tuple(cases), hit=_hit(cycle, n, done, None))
    known = [one.minutes for one in cases if one.minutes is not None]
    middle = median(known) if len(known) >= FEWEST else NO_INTERVAL
    share = NO_INTERVAL if duration else wilson(done, n)
    return Result(n, done, expected, share=share, minutes=middle, hit=_hit(cycle, n, done, middle.estimate))


def _own(cycle: Cycle, measure: Measure, points: Sequence[Point], first: date, last: date) -> Result | None:
    """The team's own data points in the cycle's days; single patients aren't known, only sums and values."""
    mine = [one for one in points if first <= one.day <= last]
    if not mine:
        return None
    if measure.data_kind == DataKind.SHARE:
        n = round(sum(one.denominator or 0 for one in mine))
        done = sum(one.numerator or 0 for one in mine)
        share = wilson(done, n) if n >= FEWEST else NO_INTERVAL
        return Result(n, done, None, share=share, hit=_hit(cycle, n, done, None, measure.direction)) if n else None
    if measure.data_kind == DataKind.MINUTES:
        cases = [_case(cycle, one.day, one.value, True) for one in mine if one.value is not None]
        return _of_cases(cycle, cases, duration=True)
    happened = len(mine) if measure.data_kind == DataKind.DATES else sum(one.value or 0 for one in mine)
    return Result(0, happened, None, hit=_counted(cycle, happened, measure.direction))


def _hit(cycle: Cycle, n: int, done: float, middle: float | None, direction: int = 1) -> bool | None:
    """Did the prediction come true? A count is a count at any number; shares and medians need ten patients."""
    value, of = cycle.prediction_value, cycle.prediction_of
    if value is None:
        return None
    sign = direction or 1
    if cycle.prediction_kind == PredictionKind.COUNT:
        # "3 of 3" of four patients: as large a part of them.
        return sign * (done * of - value * n) >= 0 if of else sign * (done - value) >= 0
    if cycle.prediction_kind == PredictionKind.SHARE and n >= FEWEST:
        return sign * (round(done / n, 9) - value) >= 0
    if cycle.prediction_kind == PredictionKind.MINUTES and middle is not None and not np.isnan(middle):
        return middle <= value
    return None


def _counted(cycle: Cycle, happened: float, direction: int) -> bool | None:
    """A prediction of a number of times, where nobody knows out of how many."""
    if cycle.prediction_kind != PredictionKind.COUNT or cycle.prediction_value is None:
        return None
    return (direction or 1) * (happened - cycle.prediction_value) >= 0


def predicted(cycle: Cycle, language: str) -> str:
    """The prediction in words: '3 av 3', 'høyst 20 min', 'minst 80 %', or the team's own sentence; empty: none."""
    value = cycle.prediction_value
    if cycle.prediction_kind == PredictionKind.SENTENCE or value is None:
        return cycle.prediction.strip()
    if cycle.prediction_kind == PredictionKind.COUNT:
        shown = Level(value, "count").written(language)
        if not cycle.prediction_of:
            return shown
        return t(language, "study.count", done=shown, of=Level(cycle.prediction_of, "count").written(language))
    kind: Scale = "minutes" if cycle.prediction_kind == PredictionKind.MINUTES else "share"
    return t(language, f"study.predicted_{kind}", value=Level(value, kind).written(language))


def observed(result: Result, language: str) -> str:
    """What was seen: '3 av 3 som ventet', '12 av 14: 86 % (usikkerhet 60–96 %)', 'median 17 min (usikkerhet 14–21)'."""
    done = Level(result.done, "count").written(language)
    counted = t(language, "study.count", done=done, of=number(result.patients, language))
    if result.few and result.cases:
        return t(language, "study.as_expected", done=result.expected, of=result.patients)
    told = []
    if not np.isnan(result.share.estimate):
        low_high = between(result.share.low, result.share.high, language)
        told.append(
            t(
                language,
                "study.share",
                counted=counted,
                share=percent(result.share.estimate, language),
                interval=low_high,
            )
        )
    if not np.isnan(result.minutes.estimate):
        low_high, middle = between(*result.minutes[1:], language, scale=1), minutes(result.minutes.estimate, language)
        told.append(t(language, "study.median", value=middle, interval=low_high))
    return "; ".join(told) or (counted if result.patients else done)
