"""The small chart on a project's card: the outcome measure of its hospital, before and after the change."""

from dataclasses import dataclass

import numpy as np
import pandas
from numpy.typing import NDArray
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.charts import marks, mini, verdict_words
from nhr_dash.improvement import evidence
from nhr_dash.registry import disclosed, indicators, series
from nhr_dash.registry.periods import MONTHS_IN, first_days, month_number
from nhr_dash.statistics import reading
from nhr_dash.statistics.effect import Grade, Verdict
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import number, percent

Floats = NDArray[np.float64]
MONTHS_BEFORE = 24
"""Months before a project's change that are drawn, and months in all where there is none yet."""
PATIENTS_A_POINT = 10
"""A point is made of the shortest period that holds this many patients on average."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A small chart as SVG (empty: nothing to draw), the side of its signal, and what it says in words."""

    drawing: str
    side: str
    words: str


def has_months(indicator_id: str) -> bool:
    """Is it a share, month by month? Coverage is yearly, and a duration has no share."""
    indicator = indicators.by_id(indicator_id)
    return not (indicator.is_coverage or indicator.is_duration)


@dataclass(frozen=True, eq=False)
class Months:
    """An indicator month by month: at the units that are listed, and at the hospitals that they are compared with."""

    listed: pandas.DataFrame
    compared_with: evidence.Hospitals


def months(
    connection: Connection, scope: Scope, units: tuple[int, ...], indicator: str, held: evidence.Hospitals
) -> Months:
    """The months of many units: those of the hospitals that are held already, and one question for the others."""
    missing = sorted(set(units) - set(held.monthly["unit"]))
    more = [series.many(connection, scope, missing, indicator, "month")] if missing else []
    return Months(pandas.concat([held.monthly, *more], ignore_index=True) if more else held.monthly, held)


def read(
    connection: Connection,
    scope: Scope,
    held: Months,
    unit: int,
    indicator_id: str,
    window: evidence.Window | None,
    participants: tuple[int, ...],
    aim: float | None,
    language: str,
) -> Trend:
    """The small chart of a unit, from its months among others'. Provisional months are left out.

    ``window``: the change; None while nothing has been changed. A unit that isn't seen in detail gets no verdict here:
    the dates that it is judged by could be moved until the difference of two answers is one patient.
    """
    indicator = indicators.by_id(indicator_id)
    own = held.listed[held.listed["unit"].to_numpy() == unit]
    newest = series.newest_admission(connection)
    if own.empty or newest is None:
        return Trend("", "none", t(language, "portfolio.no_patients"))
    # Made of months that are on show themselves: where the longer points begin and end follows the project's days.
    own = disclosed.of_many(connection, scope, indicator, "month", own)
    open_from = series.provisional_from(connection, unit, indicator_id)
    end = month_number(open_from) if open_from else month_number(newest.date()) + 1
    begun = window is not None and month_number(window.changed_on) < end
    anchor = month_number(window.changed_on) if window is not None and begun else end
    frame = _points(own, anchor - MONTHS_BEFORE, end)
    if not frame["denominator"].sum():
        return Trend("", "none", t(language, "portfolio.no_patients"))
    in_detail = scope.visibility.in_detail(unit)
    drawing = _drawn(frame, frame["value"].to_numpy(float), anchor if begun else None, aim, indicator.direction)
    if window is not None and begun and in_detail:
        try:
            found = evidence.judged(
                connection,
                scope,
                unit,
                indicator_id,
                window,
                participants=participants,
                compared_with=held.compared_with,
                minutes=False,
            )
        except evidence.Refused:
            found = None
        if found is not None and found.verdict is not None:
            return Trend(drawing, side_of(found.grade), _words(found.verdict, language))
    newest_year = frame[frame["start"] >= frame["start"].iloc[-1] - pandas.DateOffset(months=11)]
    done, counted = float(newest_year["numerator"].sum()), float(newest_year["denominator"].sum())
    if counted < indicator.min_denominator:
        return Trend(drawing, "none", "")
    return Trend(drawing, "none", t(language, "portfolio.now", level=percent(done / counted, language)))


def side_of(grade: str) -> str:
    """The side of a grade's sign: better, worse or none."""
    return "better" if grade in verdict_words.BETTER else "worse" if grade in verdict_words.WORSE else "none"


def said_change(before: float, after: float, grade: str, language: str) -> str:
    """'18 → 60 %: klar bedring', from two shares and a grade."""
    return t(
        language,
        "portfolio.before_after",
        before=number(before * 100, language),
        after=percent(after, language),
        verdict=t(language, f"verdict.{grade}"),
    )


def _words(found: Verdict, language: str) -> str:
    if found.grade is Grade.TOO_LITTLE_DATA:
        return t(language, "portfolio.too_early")
    return said_change(found.change.before.estimate, found.change.after.estimate, found.grade.value, language)


def _drawn(frame: pandas.DataFrame, values: Floats, changed: int | None, aim: float | None, direction: int) -> str:
    """The points with their marks and medians; ``changed``: the month of the change, None while there is none."""
    after = np.zeros(len(frame), dtype=bool)
    if changed is not None:
        after = frame["start"].to_numpy() >= first_days(np.array([changed]), "month")[0]
    judged = reading.read_frame(frame.assign(phase=after.astype(int), provisional=False), direction=direction)
    sides = [
        marks.look(index, value, not np.isnan(value), judged, None, ())[0]
        for index, value in enumerate(values.tolist())
    ]
    return mini.build(values.tolist(), start=int(np.argmax(after)) if after.any() else None, aim=aim, sides=sides)


def _points(own: pandas.DataFrame, first: int, end: int) -> pandas.DataFrame:
    """Months from ``first`` to ``end`` (exclusive) put together to points that hold enough patients."""
    month = own["start"].to_numpy().astype("datetime64[M]").astype(np.int64) + 1970 * 12
    inside = (month >= first) & (month < end)
    first = max(first, int(month[inside].min())) if inside.any() else first
    done, counted = np.zeros(end - first), np.zeros(end - first)
    np.add.at(done, month[inside] - first, own["numerator"].to_numpy(float)[inside])
    np.add.at(counted, month[inside] - first, own["denominator"].to_numpy(float)[inside])
    monthly = counted.mean() if counted.size else 0.0
    fits = (
        name
        for name, size in MONTHS_IN.items()
        if monthly * size >= PATIENTS_A_POINT and (end - first) / size <= mini.MOST
    )
    grain = next(fits, "year")
    bucket = np.arange(first, end) // MONTHS_IN[grain]
    buckets, place = np.unique(bucket, return_inverse=True)
    numerator, denominator = np.bincount(place, done), np.bincount(place, counted)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(denominator > 0, numerator / denominator, np.nan)
    return pandas.DataFrame(
        {
            "start": first_days(buckets, grain),
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
        }
    )
