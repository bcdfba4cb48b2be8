"""Series of single patients from facts: one by one, in groups of k, filtered, and medians of minutes.

The order is (admitted_at, admission): a form keeps its number for ever, so that later loads move nobody.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection, Select, func, select

from nhr_dash.registry.clock import month_of
from nhr_dash.registry.filters import Selection
from nhr_dash.registry.periods import MONTHS_IN
from nhr_dash.registry.reach import condition
from nhr_dash.registry.tables import fact
from nhr_dash.registry.units import Span

_columns = fact.c


def _narrow(statement: Select, chosen: Selection) -> Select:
    statement = statement.where(
        _columns.indicator == chosen.indicator.number,
        condition(chosen.spans, _columns.hospital, _columns.admitted_at),
        *chosen.filters.conditions(),
    )
    if chosen.start is not None:
        statement = statement.where(_columns.admitted_at >= chosen.start)
    if chosen.end is not None:
        statement = statement.where(_columns.admitted_at < chosen.end)
    return statement


def read(connection: Connection, chosen: Selection) -> pandas.DataFrame:
    """``admitted_at`` (datetime64), ``minutes`` (float, NaN: none), ``success`` (0 or 1), in order."""
    columns = select(_columns.admitted_at, _columns.minutes, _columns.success)
    rows = connection.execute(_narrow(columns.order_by(_columns.admitted_at, _columns.admission), chosen)).all()
    admitted, minutes, success = zip(*rows, strict=True) if rows else ((), (), ())
    return pandas.DataFrame(
        {
            "admitted_at": np.array(admitted, dtype="datetime64[us]").astype("datetime64[ns]"),
            "minutes": np.array(minutes, dtype=float),
            "success": np.array(success, dtype=np.int64),
        }
    )


def newest(connection: Connection, chosen: Selection, count: int) -> tuple[bool, ...]:
    """Success of the newest ``count`` patients, oldest first."""
    statement = _narrow(
        select(_columns.success).order_by(_columns.admitted_at.desc(), _columns.admission.desc()).limit(count),
        chosen,
    )
    return tuple(bool(success) for success in reversed(connection.scalars(statement).all()))


def buckets(connection: Connection, chosen: Selection, grain: str) -> dict[int, tuple[float, int]]:
    """Period number to (numerator, denominator), filtered."""
    bucket = month_of(_columns.admitted_at) // MONTHS_IN[grain]
    statement = _narrow(
        select(bucket.label("bucket"), func.sum(_columns.success), func.count()).group_by("bucket"),
        chosen,
    )
    return {at: (numerator, denominator) for at, numerator, denominator in connection.execute(statement)}


def medians(connection: Connection, chosen: Selection, grain: str) -> dict[int, float]:
    """Period number to median minutes."""
    bucket = month_of(_columns.admitted_at) // MONTHS_IN[grain]
    statement = _narrow(select(bucket, _columns.minutes), chosen)
    found: dict[int, list[int]] = {}
    for at, minutes in connection.execute(statement):
        found.setdefault(at, []).append(minutes)
    return {at: float(np.median(minutes)) for at, minutes in found.items()}


def minutes_of_many(
    connection: Connection, chosen: Selection, spans_of: Mapping[int, tuple[Span, ...]]
) -> pandas.DataFrame:
    """Rows of :func:`series.minutes_of_many`: known minutes by unit and month, in one query."""
    statement = _narrow(select(_columns.hospital, _columns.admitted_at, _columns.minutes), chosen)
    rows = connection.execute(statement.where(_columns.minutes.is_not(None))).all()
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    hospital, admitted, minutes = columns
    at, when = np.array(hospital, dtype=np.int64), np.array(admitted, dtype="datetime64[us]")
    long = np.array(minutes, dtype=float)
    parts = []
    for unit, spans in spans_of.items():
        mine = np.zeros(len(at), dtype=bool)
        for span in spans:
            here = at == span.hospital
            if span.start is not None:
                here &= when >= np.datetime64(span.start)
            if span.end is not None:
                here &= when < np.datetime64(span.end)
            mine |= here
        parts.append((np.full(int(mine.sum()), unit), when[mine], long[mine]))
    parts.append((np.array([], dtype=np.int64), when[:0], long[:0]))  # no unit asked: an empty frame with its columns
    owners, moments, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    months = moments.astype("datetime64[M]").astype("datetime64[ns]")
    return pandas.DataFrame({"unit": owners, "start": months, "minutes": values})


def one_by_one(rows: pandas.DataFrame, *, interval: bool) -> pandas.DataFrame:
    """One point a patient. The value is the minutes of an interval indicator, else 0 or 1."""
    admitted = rows["admitted_at"]
    return pandas.DataFrame(
        {
            "start": admitted,
            "end": admitted + pandas.Timedelta(minutes=1),
            "numerator": rows["success"],
            "denominator": np.ones(len(rows), dtype=np.int64),
            "value": rows["minutes"] if interval else rows["success"].astype(float),
            "minutes_median": rows["minutes"],
        }
    )


def in_groups(rows: pandas.DataFrame, k: int, boundaries: tuple[date, ...], *, duration: bool) -> pandas.DataFrame:
    """One point every k patients, closed at exactly k, starting anew at each boundary.

    A group that isn't full is kept: the caller marks the last one as provisional.
    """
    admitted = rows["admitted_at"].to_numpy()
    success = rows["success"].to_numpy()
    minutes = rows["minutes"].to_numpy()
    cuts = np.array(sorted(boundaries), dtype="datetime64[ns]")
    phase_starts = np.unique(np.concatenate([[0], np.searchsorted(admitted, cuts)]))
    ends = np.append(phase_starts[1:], len(rows))
    first = np.concatenate([np.arange(low, high, k) for low, high in zip(phase_starts, ends, strict=True)]).astype(
        np.int64
    )
    after = np.append(first[1:], len(rows))[: len(first)]
    numerator = np.add.reduceat(success, first) if len(first) else np.array([], dtype=np.int64)
    denominator = after - first
    median = np.array(
        [
            np.median(minutes[low:high]) if not np.isnan(minutes[low:high]).any() else np.nan
            for low, high in zip(first, after, strict=True)
        ],
        dtype=float,
    )
    return pandas.DataFrame(
        {
            "start": admitted[first],
            "end": admitted[after - 1] + np.timedelta64(1, "m"),
            "numerator": numerator,
            "denominator": denominator,
            "value": median if duration else numerator / np.maximum(denominator, 1),
            "minutes_median": median,
        }
    )
