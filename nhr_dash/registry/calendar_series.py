"""Calendar series from the day summary: sums by hospital and period, rolled up to units in numpy."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pandas
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, case, func, literal, select

from nhr_dash.registry.clock import month_of
from nhr_dash.registry.filters import Selection
from nhr_dash.registry.parts import Part
from nhr_dash.registry.periods import MONTHS_IN, bucket_of, first_days
from nhr_dash.registry.reach import condition
from nhr_dash.registry.tables import day_summary, fact
from nhr_dash.registry.units import Span

Sums = dict[int, tuple[float, int]]
_columns = day_summary.c
_AVERAGE_MONTH = np.timedelta64(1, "D") * 30.436875


def _window(statement: Select, chosen: Selection) -> Select:
    statement = statement.where(
        _columns.indicator == chosen.indicator.number, condition(chosen.spans, _columns.hospital, _columns.day)
    )
    if chosen.start is not None:
        statement = statement.where(_columns.day >= chosen.start)
    if chosen.end is not None:
        statement = statement.where(_columns.day < chosen.end)
    return statement


def unit_buckets(connection: Connection, chosen: Selection, grain: str) -> Sums:
    """Period number to (numerator, denominator) of one unit."""
    bucket = _columns.month // MONTHS_IN[grain]
    sums = select(bucket, func.sum(_columns.numerator), func.sum(_columns.denominator)).group_by(bucket)
    return {at: (numerator, denominator) for at, numerator, denominator in connection.execute(_window(sums, chosen))}


def many_buckets(
    connection: Connection, chosen: Selection, spans_of: Mapping[int, tuple[Span, ...]], grain: str
) -> pandas.DataFrame:
    """Rows of :func:`series.many`. One query: each hospital is summed once, whatever units it is in.

    Where memberships change, the days are cut into segments at every change, so that a hospital's
    sums can be given to one unit before and to another after.
    """
    cuts, segment = _segments(chosen, _columns.day)
    bucket = _columns.month // MONTHS_IN[grain]
    statement = _window(
        select(
            _columns.hospital,
            segment.label("segment"),
            bucket.label("bucket"),
            func.sum(_columns.numerator),
            func.sum(_columns.denominator),
        ).group_by(_columns.hospital, "segment", "bucket"),
        chosen,
    )
    units, seen, numerator, denominator = _rolled_up(connection.execute(statement).all(), spans_of, cuts)
    return pandas.DataFrame(
        {
            "unit": units,
            "start": first_days(seen, grain),
            "end": first_days(seen + 1, grain),
            "numerator": numerator.astype(np.int64),
            "denominator": denominator.astype(np.int64),
            "value": numerator / denominator,
        }
    )


def years_in_parts(
    connection: Connection, chosen: Selection, spans_of: Mapping[int, tuple[Span, ...]], part: Part
) -> pandas.DataFrame:
    """Calendar years of many units divided by a dimension: a row a unit, year and category.

    Columns: ``unit``, ``year``, ``category`` (code), ``numerator``, ``denominator``. Without patients: absent.
    """
    return periods_in_parts(connection, chosen, spans_of, part, "year").rename(columns={"bucket": "year"})


def periods_in_parts(
    connection: Connection, chosen: Selection, spans_of: Mapping[int, tuple[Span, ...]], part: Part, grain: str
) -> pandas.DataFrame:
    """The same by any calendar period, ``bucket`` its number, from single facts."""
    cuts, segment = _segments(chosen, fact.c.admitted_at)
    # Period and category as one number, so that units are summed as they are by calendar periods.
    place = case(*((part.code == code, at) for at, code in enumerate(part.categories)), else_=0)
    bucket = (month_of(fact.c.admitted_at) // MONTHS_IN[grain]) * len(part.categories) + place
    statement = (
        select(
            fact.c.hospital, segment.label("segment"), bucket.label("bucket"), func.sum(fact.c.success), func.count()
        )
        .where(
            fact.c.indicator == chosen.indicator.number,
            condition(chosen.spans, fact.c.hospital, fact.c.admitted_at),
            fact.c.admitted_at >= chosen.start,
            fact.c.admitted_at < chosen.end,
        )
        .group_by(fact.c.hospital, "segment", "bucket")
    )
    units, seen, numerator, denominator = _rolled_up(connection.execute(statement).all(), spans_of, cuts)
    return pandas.DataFrame(
        {
            "unit": units,
            "bucket": seen // len(part.categories),
            "category": np.array(part.categories, dtype=object)[seen % len(part.categories)],
            "numerator": numerator.astype(np.int64),
            "denominator": denominator.astype(np.int64),
        }
    )


def _segments(chosen: Selection, day: Column) -> tuple[list[date], ColumnElement[int]]:
    """Every day on which a membership changes, and between which of them a row lies."""
    cuts = sorted({cut for span in chosen.spans for cut in (span.start, span.end) if cut is not None})
    if not cuts:
        return cuts, literal(0)
    return cuts, case(*((day < cut, place) for place, cut in enumerate(cuts)), else_=len(cuts))


def _rolled_up(
    rows: Sequence[Row], spans_of: Mapping[int, tuple[Span, ...]], cuts: list[date]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sums by hospital, segment and period as sums of units: unit, period, numerator, denominator."""
    # column by column: an array made of result rows asks each row for its length and its names
    columns = zip(*rows, strict=True) if rows else ((),) * 5
    hospital, segments, buckets, numerators, denominators = (np.array(one, dtype=np.int64) for one in columns)
    parts = []
    for unit, spans in spans_of.items():
        mine = np.zeros(len(rows), dtype=bool)
        for span in spans:
            low = 0 if span.start is None else cuts.index(span.start) + 1
            high = len(cuts) if span.end is None else cuts.index(span.end)
            mine |= (hospital == span.hospital) & (segments >= low) & (segments <= high)
        seen, place = np.unique(buckets[mine], return_inverse=True)
        parts.append(
            (
                np.full(len(seen), unit),
                seen,
                np.bincount(place, numerators[mine], len(seen)),
                np.bincount(place, denominators[mine], len(seen)),
            )
        )
    parts.append((np.array([], dtype=np.int64),) * 4)  # no unit asked: an empty frame with its columns
    units, periods, numerator, denominator = (np.concatenate(column) for column in zip(*parts, strict=True))
    return units, periods, numerator, denominator


def span_bounds(
    buckets: Sequence[int], grain: str, start: date | None, end: date | None, newest: datetime | None
) -> tuple[int, int] | None:
    """First and last period to show (inclusive); None where there is nothing.

    From the asked start, else from the first patient; to the asked end, but never past the newest
    admission in the data: what has not happened yet is not a gap.
    """
    if newest is None and not buckets:
        return None
    last_known = bucket_of(newest.date(), grain) if newest is not None else buckets[-1]
    if buckets:
        last_known = max(last_known, buckets[-1])
    last = last_known if end is None else min(last_known, bucket_of(end - timedelta(days=1), grain))
    if start is not None:
        first = bucket_of(start, grain)
    elif buckets:
        first = buckets[0]
    else:
        return None
    return (first, last) if first <= last else None


def fill(rows: Sums, bounds: tuple[int, int] | None, grain: str) -> pandas.DataFrame:
    """A row a period between the bounds: bucket, start, end, numerator, denominator, value. Gaps have 0."""
    buckets = np.arange(bounds[0], bounds[1] + 1) if bounds else np.array([], dtype=np.int64)
    sums = np.array([rows.get(int(bucket), (0, 0)) for bucket in buckets], dtype=float).reshape(-1, 2)
    numerator, denominator = sums.T
    value = np.full(len(buckets), np.nan)
    np.divide(numerator, denominator, out=value, where=denominator > 0)
    return pandas.DataFrame(
        {
            "bucket": buckets,
            "start": first_days(buckets, grain),
            "end": first_days(buckets + 1, grain),
            "numerator": numerator.round().astype(np.int64),
            "denominator": denominator.astype(np.int64),
            "value": value,
        }
    )


def months_between(start: np.datetime64, end: np.datetime64) -> float:
    """Length of a period in months of average length."""
    return float((end - start) / _AVERAGE_MONTH)
