"""What can be asked of the registry over time. Every question goes through here, with a scope.

Unfiltered calendar series and many units are read from the day summary, so that a page costs what
it draws, not the patients behind it; single patients, groups of k and filters are read from facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta

import numpy as np
import pandas
from sqlalchemy import Connection, Select, func, select

from nhr_dash import disclosure
from nhr_dash.access import NotAllowed, Scope
from nhr_dash.database import data_version
from nhr_dash.registry import disclosed, patient_series, yearly
from nhr_dash.registry.calendar_series import fill, many_buckets, months_between, span_bounds, unit_buckets
from nhr_dash.registry.filters import NO_FILTERS, Filters, Selection
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import WITH_FACTS, by_id
from nhr_dash.registry.periods import GRAINS, MONTHS_IN, Grain, first_days, month_number
from nhr_dash.registry.provisional import newest_admission, provisional_from, usual_wait
from nhr_dash.registry.reach import Footnote, condition, reach
from nhr_dash.registry.tables import day_summary
from nhr_dash.registry.units import Span, structure
from nhr_dash.registry.yearly import coverage

__all__ = [
    "GRAINS",
    "Filters",
    "Footnote",
    "Grain",
    "Question",
    "Series",
    "coverage",
    "latest",
    "many",
    "minutes_of_many",
    "newest_admission",
    "overview",
    "patients",
    "provisional_from",
    "series",
    "usual_wait",
]


@dataclass(frozen=True, slots=True)
class Question:
    """One series: a unit, an indicator, a grain, a period (``end`` exclusive; None is all there is).

    ``k`` patients a group (grain ``every_k``). ``boundaries`` are first days of phases: groups of k
    start anew there, and points are numbered by phase.
    """

    unit: int
    indicator: str
    grain: str
    start: date | None = None
    end: date | None = None
    k: int | None = None
    filters: Filters = NO_FILTERS
    boundaries: tuple[date, ...] = ()


@dataclass(frozen=True)
class Series:
    """The answer. One row a point in ``frame``, in order of time:

    ``start``, ``end``  datetime64, end exclusive
    ``numerator``, ``denominator``  patients; a gap is a row with denominator 0
    ``value``  numerator / denominator, NaN in a gap. Minutes where grain is ``patient`` and the
        indicator is an interval, and median minutes where it is a duration (no limit)
    ``minutes_median``  of durations, and of intervals where single patients were read; else NaN
    ``provisional``  figures may still change, or the last group of k is not full
    ``phase``  0 and up, by ``Question.boundaries``
    ``hidden``, ``low_coverage``, ``uncertain``  as :func:`disclosed.of_unit`: of a unit that isn't seen in detail,
        points that could give away few patients, or with too low a coverage, are gaps: nothing is left of them
    """

    question: Question
    frame: pandas.DataFrame
    hospitals: tuple[int, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    monthly_volume: float = 0.0
    data_version: int = 0
    provisional_from: date | None = field(default=None)


def series(connection: Connection, scope: Scope, question: Question) -> Series:
    """The answer to a question.

    Raises :class:`NotAllowed` for single patients, groups of k, filters, a free window, quarters and half years of a
    unit that isn't seen in detail; UnknownIndicator and UnknownUnit; ValueError for an unknown grain
    or a missing k. Such a unit is answered in whole periods, with what may be shown.
    """
    indicator = by_id(question.indicator)
    _check(scope, question)
    if not scope.visibility.in_detail(question.unit):
        start, end = disclosed.whole_periods(question.start, question.end, question.grain)
        question = replace(question, start=start, end=end)
    counted = reach(connection, question.unit, indicator)
    footnotes = list(counted.footnotes)
    chosen = Selection(indicator, counted.spans, question.start, question.end, question.filters)
    if indicator.is_coverage:
        frame = _coverage_frame(connection, question)
    elif question.grain in ("patient", "every_k"):
        frame = _patient_frame(connection, question, chosen)
    else:
        frame, published = _calendar_frame(connection, question, chosen)
        if published:
            footnotes.append(Footnote("footnote.published_years", ", ".join(map(str, published))))
    frame = disclosed.of_unit(connection, scope, question.unit, indicator, question.grain, frame)
    open_from = provisional_from(connection, question.unit, question.indicator)
    _mark(frame, question, open_from, indicator)
    return Series(
        question=question,
        frame=frame,
        hospitals=counted.hospitals,
        footnotes=tuple(footnotes),
        monthly_volume=_monthly_volume(frame),
        data_version=data_version(connection),
        provisional_from=open_from,
    )


def _check(scope: Scope, question: Question) -> None:
    if question.grain not in GRAINS:
        raise ValueError(f"unknown grain {question.grain!r}")
    if question.grain == "every_k" and (question.k is None or question.k < 1):
        raise ValueError("groups of k need a k of at least 1")
    if scope.visibility.in_detail(question.unit):
        return
    if question.grain in ("patient", "every_k"):
        scope.require_detail(question.unit)
    # A fixed grid, where each period lies whole in the next: January to March taken from January to April is April.
    if question.grain not in disclosure.GRAINS or question.filters.count():
        raise NotAllowed(f"unit {question.unit} is seen by {', '.join(disclosure.GRAINS)}, without filters")
    _check_days(question.unit, question.start, question.end)


def _check_days(unit: int, start: date | None, end: date | None) -> None:
    """Whole months: two overlapping answers must not give away one patient."""
    if any(day is not None and day.day != 1 for day in (start, end)):
        raise NotAllowed(f"unit {unit} is seen on whole months")


def _calendar_frame(
    connection: Connection, question: Question, chosen: Selection
) -> tuple[pandas.DataFrame, list[int]]:
    grain, filtered = question.grain, question.filters.count() > 0
    rows = (patient_series.buckets if filtered else unit_buckets)(connection, chosen, grain)
    published: yearly.Years = {}
    if grain == "year" and not filtered:
        published = _asked(yearly.aggregates(connection, question.unit, chosen.spans, chosen.indicator), question)
        rows |= published
    newest = newest_admission(connection)
    bounds = span_bounds(sorted(rows), grain, question.start, question.end, newest)
    frame = fill(rows, bounds, grain)
    frame["minutes_median"] = np.nan
    if chosen.indicator.is_duration:
        medians = patient_series.medians(connection, chosen, grain)
        frame["minutes_median"] = frame["bucket"].map(medians).astype(float)
        frame["value"] = frame["minutes_median"]
    del frame["bucket"]
    return frame, sorted(published)


def _asked(rows: yearly.Years, question: Question) -> yearly.Years:
    """The years that the question's period touches."""
    first = question.start.year if question.start else MINYEAR
    last = (question.end - timedelta(days=1)).year if question.end else MAXYEAR
    return {year: row for year, row in rows.items() if first <= year <= last}


def _patient_frame(connection: Connection, question: Question, chosen: Selection) -> pandas.DataFrame:
    rows = patient_series.read(connection, chosen)
    if question.grain == "patient":
        return patient_series.one_by_one(rows, interval=chosen.indicator.minutes is not None)
    assert question.k is not None  # checked
    return patient_series.in_groups(rows, question.k, question.boundaries, duration=chosen.indicator.is_duration)


def _coverage_frame(connection: Connection, question: Question) -> pandas.DataFrame:
    """Coverage exists a year at a time: every other grain is empty."""
    rows: yearly.Years = {}
    if question.grain == "year":
        rows = yearly.aggregates(connection, question.unit, (Span(question.unit),), by_id(question.indicator))
        known = coverage(connection, question.unit)
        linked = zip(known["year"], known["numerator"], known["denominator"], strict=True)
        rows = _asked(rows | {int(year): (float(above), int(below)) for year, above, below in linked}, question)
    bounds = (min(rows), max(rows)) if rows else None
    return fill(rows, bounds, "year").drop(columns="bucket").assign(minutes_median=np.nan)


def _mark(frame: pandas.DataFrame, question: Question, open_from: date | None, indicator: Indicator) -> None:
    """Add ``provisional`` and ``phase`` in place."""
    starts, ends = frame["start"].to_numpy(), frame["end"].to_numpy()
    if open_from is None or indicator.is_coverage:
        provisional = np.zeros(len(frame), dtype=bool)
    elif question.grain == "patient":
        provisional = starts >= np.datetime64(open_from)
    else:
        provisional = ends > np.datetime64(open_from)
    if question.grain == "every_k" and len(frame) and frame["denominator"].iloc[-1] < (question.k or 0):
        provisional[-1] = True
    frame["provisional"] = provisional
    cuts = np.array(sorted(question.boundaries), dtype="datetime64[D]")
    frame["phase"] = np.searchsorted(cuts, starts.astype("datetime64[D]"), side="right")


def _monthly_volume(frame: pandas.DataFrame) -> float:
    """Patients a month from the first to the last point with patients; 0 where there are none."""
    seen = frame["denominator"].to_numpy() > 0
    if not seen.any():
        return 0.0
    first, last = frame["start"].to_numpy()[seen][0], frame["end"].to_numpy()[seen][-1]
    months = max(1.0, months_between(first, last))
    return float(frame["denominator"].sum()) / months


def many(
    connection: Connection,
    scope: Scope,
    units: Sequence[int],
    indicator: str,
    grain: str,
    start: date | None = None,
    end: date | None = None,
) -> pandas.DataFrame:
    """Rates of many units on the calendar grid, in one query: a row a unit and period with patients.

    Full data, for statistics over them all: what is shown of one unit is first put through :func:`disclosed.of_many`.
    Columns: ``unit``, ``start``, ``end``, ``numerator``, ``denominator``, ``value``. Periods without
    patients are absent. Raises NotAllowed for a window off the months while not all units are own.
    """
    found = by_id(indicator)
    if grain not in MONTHS_IN:
        raise ValueError(f"{grain!r} is not a calendar grain")
    for unit in units:
        if not scope.visibility.in_detail(unit):
            _check_days(unit, start, end)
    reaches = {unit: reach(connection, unit, found) for unit in units}
    spans_of = {unit: one.spans for unit, one in reaches.items()}
    every = tuple(dict.fromkeys(span for spans in spans_of.values() for span in spans))
    return many_buckets(connection, Selection(found, every, start, end), spans_of, grain)


def minutes_of_many(connection: Connection, units: Sequence[int], indicator: str) -> pandas.DataFrame:
    """Minutes of every patient of many units, for statistics over them all: nothing here is for showing.

    A row a patient with known minutes: ``unit``, ``start`` (first day of the month), ``minutes``; no order within a
    unit's month. Empty for an indicator without minutes.
    """
    found = by_id(indicator)
    spans_of = {unit: reach(connection, unit, found).spans for unit in units}
    every = tuple(dict.fromkeys(span for spans in spans_of.values() for span in spans))
    return patient_series.minutes_of_many(connection, Selection(found, every), spans_of)


def patients(connection: Connection, scope: Scope, question: Question) -> pandas.DataFrame:
    """Single patients in (admitted_at, admission) order: ``admitted_at``, ``minutes`` (NaN: none), ``success``.

    Raises :class:`NotAllowed` for a unit that isn't seen in detail.
    """
    scope.require_detail(question.unit)
    indicator = by_id(question.indicator)
    counted = reach(connection, question.unit, indicator)
    chosen = Selection(indicator, counted.spans, question.start, question.end, question.filters)
    return patient_series.read(connection, chosen)


def overview(connection: Connection, scope: Scope, unit: int, months: int = 24) -> pandas.DataFrame:
    """Every indicator with facts, its last whole months before figures are provisional.

    One row an (indicator, month), gaps too: ``indicator`` (id), ``month`` (datetime64),
    ``numerator``, ``denominator``, ``hidden``: of a unit that isn't seen in detail, a gap that has patients.
    """
    newest = newest_admission(connection)
    if newest is None:
        columns = {"indicator": "object", "month": "datetime64[ns]", "numerator": "int64", "denominator": "int64"}
        columns["hidden"] = "bool"
        return pandas.DataFrame({name: pandas.Series(dtype=kind) for name, kind in columns.items()})
    last = {}
    by_spans: dict[tuple[Span, ...], list[Indicator]] = {}
    for one in WITH_FACTS:
        open_from = provisional_from(connection, unit, one.id)
        last[one.number] = month_number(open_from) - 1 if open_from else month_number(newest.date())
        by_spans.setdefault(reach(connection, unit, one).spans, []).append(one)
    first = min(last.values()) - months + 1
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for spans, group in by_spans.items():
        for number, month, numerator, denominator in connection.execute(_overview_select(spans, group, first)):
            found[number, month] = (numerator, denominator)
    keys = [(one, last[one.number] - back) for one in WITH_FACTS for back in range(months - 1, -1, -1)]
    sums = np.array([found.get((one.number, month), (0, 0)) for one, month in keys], dtype=np.int64)
    frame = pandas.DataFrame(
        {
            "indicator": [one.id for one, _ in keys],
            "month": first_days(np.array([month for _, month in keys]), "month"),
            "numerator": sums[:, 0],
            "denominator": sums[:, 1],
            "hidden": False,
        }
    )
    return frame if scope.visibility.in_detail(unit) else _overview_shown(connection, scope, unit, frame)


def _overview_shown(connection: Connection, scope: Scope, unit: int, frame: pandas.DataFrame) -> pandas.DataFrame:
    parts = [
        disclosed.of_unit(connection, scope, unit, by_id(str(one)), "month", rows.rename(columns={"month": "start"}))
        for one, rows in frame.groupby("indicator", sort=False)
    ]
    return pandas.concat(parts, ignore_index=True).rename(columns={"start": "month"})[list(frame.columns)]


def _overview_select(spans: tuple[Span, ...], group: Sequence[Indicator], first: int) -> Select:
    columns = day_summary.c
    return (
        select(columns.indicator, columns.month, func.sum(columns.numerator), func.sum(columns.denominator))
        .where(
            columns.indicator.in_([one.number for one in group]),
            condition(spans, columns.hospital, columns.day),
            columns.day >= date(first // 12, first % 12 + 1, 1),
        )
        .group_by(columns.indicator, columns.month)
    )


def latest(connection: Connection, scope: Scope, unit: int, count: int) -> dict[str, tuple[bool, ...]]:
    """The newest patients of every indicator at a hospital, oldest first: was it reached?

    Empty for larger units (a few patients say nothing there) and for units that aren't seen in detail.
    """
    if not scope.visibility.in_detail(unit) or structure(connection).unit(unit).level != "hospital":
        return {}
    found = {}
    for one in WITH_FACTS:
        spans = reach(connection, unit, one).spans
        successes = patient_series.newest(connection, Selection(one, spans), count)
        if successes:
            found[one.id] = successes
    return found
