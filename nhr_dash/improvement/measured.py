"""A project's measures with their numbers: each read once, the registry's and the team's own in one form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.improvement import evidence, publishing
from nhr_dash.improvement.kinds import DataKind
from nhr_dash.improvement.models import Measure, Point
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import indicators, series
from nhr_dash.registry.indicator import Indicator
from nhr_dash.statistics.effect import Grade
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, day, minutes, month, number, percent_near

Scale = Literal["share", "minutes", "count"]

BEFORE_MONTHS = 24
"""Months before the change that are its baseline, where the team hasn't set one."""
NOW_MONTHS = 12
"""Months that are "now" for a project that hasn't begun."""


@dataclass(frozen=True, slots=True)
class Level:
    """A number on a measure's scale: a share 0-1, minutes, or a count. ``near`` decides the decimals of a share."""

    value: float
    scale: Scale
    near: float | None = None

    def written(self, language: str) -> str:
        """'18 %', '34 min', '7'."""
        if self.scale == "share":
            return percent_near(self.value, self.near, language)
        return (
            minutes(self.value, language) if self.scale == "minutes" else number(self.value, language, _decimals(self))
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is judged as it is: the key of a sentence, and its values: levels, whole numbers, days (the value
    ``month`` is written as a month)."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """The sentence."""
        return t(language, self.key, **{name: _written(name, one, language) for name, one in self.values.items()})


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure at one unit.

    ``scale``: what the values are. ``direction``: +1 when a higher value is better, -1 when a lower one is, 0 neither.
    ``frame``: a row a month (a year for coverage, a point for the team's own), oldest first: ``start`` and ``end``
    (datetime64, end exclusive), ``numerator``, ``denominator`` (0 where there is none), ``value`` (NaN: missing),
    ``provisional``. ``registry``: the registry's numbers, not the team's own.
    """

    measure: Measure
    scale: Scale
    direction: int
    frame: pandas.DataFrame
    registry: bool
    provisional_from: date | None = None

    def within(self, first: date | None, until: date | None) -> pandas.DataFrame:
        """Points with a settled value whose first day is in the days from ``first`` to ``until`` (exclusive)."""
        start = self.frame["start"].to_numpy()
        inside = ~np.isnan(self.frame["value"].to_numpy(dtype=float)) & ~self.frame["provisional"].to_numpy(dtype=bool)
        if first is not None:
            inside &= start >= np.datetime64(first)
        if until is not None:
            inside &= start < np.datetime64(until)
        return self.frame[inside]

    def level(self, first: date | None, until: date | None) -> Level | None:
        """The pooled share, or the median of the points; None without a point."""
        return level_of(self.within(first, until), self.scale)


@dataclass(frozen=True)
class Facts:
    """What the data say of a project at one of its hospitals.

    ``newest``: the newest admission, which is "now". ``measured``: by the measure's id. ``grade``: the verdict on the
    outcome since the change; None where it is no indicator of the registry, or can't be judged.
    """

    unit: int
    newest: date | None
    measured: Mapping[str, Measured]
    grade: Grade | None = None

    def of(self, measure: Measure | None) -> Measured | None:
        """A measure with its numbers; None where there is no such measure."""
        return None if measure is None else self.measured.get(measure.id)


def gather(connection: Connection, scope: Scope, whole: Whole, unit: int | None = None, *, judge: bool = True) -> Facts:
    """Every measure of a project with its series at a hospital (the owner where none is named), each read once, and the
    verdict on the outcome (without ``judge`` it is left to the caller).

    A measure whose indicator no longer exists has no numbers. Raises UnknownUnit.
    """
    newest = series.newest_admission(connection)
    at = whole.project.unit if unit is None else unit
    found = {}
    for measure in whole.measures:
        if measure.indicator is None:
            mine = [point for point in whole.points if point.measure == measure.id]
            found[measure.id] = own_measure(measure, mine)
        elif measure.indicator in {one.id for one in indicators.INDICATORS}:
            found[measure.id] = registry_measure(connection, scope, measure, at)
    grade = _grade(connection, scope, whole, at) if judge else None
    return Facts(at, newest.date() if newest else None, found, grade)


def _grade(connection: Connection, scope: Scope, whole: Whole, unit: int) -> Grade | None:
    """The verdict on the outcome at a hospital, from the days that the project has stored."""
    outcome, window = whole.outcome, publishing.windows(whole).get(unit)
    if outcome is None or outcome.indicator is None or window is None:
        return None
    try:
        in_minutes = indicators.by_id(outcome.indicator).is_duration  # the minutes of a share cost much and add little
        found = evidence.judged(
            connection, scope, unit, outcome.indicator, window, participants=whole.units, minutes=in_minutes
        )
    except (evidence.Refused, indicators.UnknownIndicator):
        return None
    return found.grade


def title(measure: Measure, language: str) -> str:
    """The indicator's own title; a team's own measure, and one whose indicator is not known here, as it was written."""
    known = indicator_of(measure)
    return known.words(language).title if known is not None else measure.title


def indicator_of(measure: Measure) -> Indicator | None:
    """The registry's indicator behind a measure; None for a team's own, and for one that is not known here."""
    return next((one for one in indicators.INDICATORS if one.id == measure.indicator), None)


def registry_measure(connection: Connection, scope: Scope, measure: Measure, unit: int) -> Measured:
    """A measure that is an indicator of the registry, a row a month. Raises UnknownIndicator and UnknownUnit."""
    indicator = indicators.by_id(measure.indicator or "")
    grain = "year" if indicator.is_coverage else "month"
    answer = series.series(connection, scope, series.Question(unit, indicator.id, grain))
    scale: Scale = "minutes" if indicator.is_duration else "share"
    return Measured(measure, scale, indicator.direction, answer.frame, True, answer.provisional_from)


def own_measure(measure: Measure, points: list[Point]) -> Measured:
    """A measure of the team's own: a row a data point; of event dates a row a month with how often it happened."""
    if measure.data_kind == DataKind.DATES:
        return Measured(measure, "count", measure.direction, _happened(points), False)
    share = measure.data_kind == DataKind.SHARE
    days = np.array([point.day for point in points], dtype="datetime64[D]")
    numerator = np.array([_number(point.numerator) for point in points], dtype=float)
    denominator = np.array([_number(point.denominator) for point in points], dtype=float)
    value = np.array([_number(point.value) for point in points], dtype=float)
    if share:
        value = np.full(len(points), np.nan)
        np.divide(numerator, denominator, out=value, where=denominator > 0)
    frame = _frame(days, days + 1, np.nan_to_num(numerator), np.nan_to_num(denominator), value)
    scale: Scale = "share" if share else "minutes" if measure.data_kind == DataKind.MINUTES else "count"
    return Measured(measure, scale, measure.direction, frame, False)


def level_of(points: pandas.DataFrame, scale: Scale) -> Level | None:
    """The pooled share, or the median of the points' values; None without any."""
    if scale == "share":
        counted = float(points["denominator"].sum())
        return Level(float(points["numerator"].sum()) / counted, "share") if counted else None
    value = points["value"].to_numpy(dtype=float)
    return Level(float(np.median(value)), scale) if len(value) else None


def before(whole: Whole, one: Measured, newest: date | None) -> tuple[date | None, date | None]:
    """First day and end (exclusive) of a measure's baseline; None is open.

    What the team has set, else the two years before the change began, else (not begun) the newest two years.
    """
    measure = one.measure
    until = measure.baseline_to + timedelta(days=1) if measure.baseline_to else None
    if until is None and begun(whole, newest):
        until = whole.project.starts_on
    first, end = measure.baseline_from, until or one.provisional_from or newest
    if first is None and end is not None:
        first = months_back(end, BEFORE_MONTHS)
    return first, until


def begun(whole: Whole, newest: date | None) -> bool:
    """Has the change begun, as far as the data reach?"""
    return whole.project.starts_on is not None and newest is not None and whole.project.starts_on <= newest


def baseline(whole: Whole, facts: Facts) -> Level | None:
    """The outcome measure's level before the change; "now" (the last year) where it hasn't begun. None: not known."""
    one = facts.of(whole.outcome)
    if one is None:
        return None
    first, until = before(whole, one, facts.newest)
    now = one.provisional_from or facts.newest
    if until is None and one.measure.baseline_from is None and now is not None:
        first = months_back(now, NOW_MONTHS)
    return one.level(first, until)


def months_back(day_: date, months: int) -> date:
    """The first day of the month so many months before the month of a day."""
    at = day_.year * 12 + day_.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)


def months_between(first: date, last: date) -> int:
    """Whole months from a day to another; negative where the second comes first."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day) if months >= 0 else months


def _happened(points: list[Point]) -> pandas.DataFrame:
    """How often something happened, a row a month from the first day to the last; a month between without is 0."""
    months = np.array([point.day for point in points], dtype="datetime64[M]")
    grid = np.arange(months.min(), months.max() + 1) if len(months) else months
    counts = np.array([(months == one).sum() for one in grid], dtype=float)
    none = np.zeros(len(grid))
    return _frame(grid.astype("datetime64[D]"), (grid + 1).astype("datetime64[D]"), none, none, counts)


def _frame(start: Any, end: Any, numerator: Any, denominator: Any, value: Any) -> pandas.DataFrame:
    columns = {"numerator": numerator, "denominator": denominator, "value": value}
    days = {"start": start.astype("datetime64[ns]"), "end": end.astype("datetime64[ns]")}
    return pandas.DataFrame({**days, **columns, "provisional": np.zeros(len(start), dtype=bool)})


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _decimals(level: Level) -> int:
    return 0 if float(level.value).is_integer() else 1


def _written(name: str, value: Any, language: str) -> Any:
    if isinstance(value, Level):
        return value.written(language)
    if isinstance(value, date):
        return month(value, language) if name == "month" else day(value, language)
    if isinstance(value, int) and name != "n":  # the count that chooses between one and many
        return number(value, language)
    return DASH if value is None else value
