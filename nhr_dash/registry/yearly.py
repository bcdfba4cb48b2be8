"""Figures that exist a year at a time: coverage, and published aggregates of units without patient rows."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas
from sqlalchemy import Connection, func, select

from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.tables import aggregate, day_summary
from nhr_dash.registry.tables import coverage as coverage_table
from nhr_dash.registry.units import Span, structure

Years = dict[int, tuple[float, int]]
"""Year to (numerator, denominator)."""
_Rows = dict[int, dict[int, tuple[float, int]]]
"""Year to unit to (numerator, denominator)."""

CAREGIVER = "caregiver"  # results by treating unit; residence has its own context


def coverage(connection: Connection, unit: int) -> pandas.DataFrame:
    """Coverage of a unit a year: ``year``, ``numerator`` (in the registry), ``denominator`` (in either), ``share``.

    A level's own row beats the sum of its hospitals. Years without a link are absent; the newest is last.
    """
    spans = structure(connection).spans(unit)
    hospitals = {span.hospital for span in spans}
    columns = coverage_table.c
    rows = connection.execute(
        select(columns.unit, columns.year, columns.both, columns.only_nhr, columns.only_npr).where(
            columns.unit.in_(hospitals | {unit})
        )
    )
    own: Years = {}
    summed: Years = {}
    for row_unit, year, both, only_nhr, only_npr in rows:
        here = (both + only_nhr, both + only_nhr + only_npr)
        if row_unit == unit:
            own[year] = here
        elif _belongs(spans, row_unit, year):
            before = summed.get(year, (0, 0))
            summed[year] = (before[0] + here[0], before[1] + here[1])
    return _frame(summed | own)


def _belongs(spans: Iterable[Span], hospital: int, year: int) -> bool:
    """Is a hospital in the unit for any part of a year?"""
    return any(
        span.hospital == hospital
        and (span.start is None or span.start.year <= year)
        and (span.end is None or span.end.year > year or (span.end.year == year and span.end.timetuple().tm_yday > 1))
        for span in spans
    )


def _frame(found: Years) -> pandas.DataFrame:
    years = sorted(year for year, (_, denominator) in found.items() if denominator)
    numerator = np.array([found[year][0] for year in years], dtype=float)
    denominator = np.array([found[year][1] for year in years], dtype=float)
    return pandas.DataFrame(
        {
            "year": np.array(years, dtype=int),
            "numerator": numerator,
            "denominator": denominator,
            "share": numerator / denominator,
        }
    )


def aggregates(connection: Connection, unit: int, spans: tuple[Span, ...], indicator: Indicator) -> Years:
    """Years of a unit that are better read from published figures: see :func:`aggregates_of_many`."""
    return aggregates_of_many(connection, {unit: spans}, indicator)[unit]


def aggregates_of_many(
    connection: Connection, spans_of: Mapping[int, tuple[Span, ...]], indicator: Indicator
) -> dict[int, Years]:
    """Years of each unit that are better read from published figures: year to (numerator, denominator).

    Patient rows beat aggregates. Above a hospital, as soon as one hospital of the year has only
    aggregates, the level's own published row is used (hidden hospitals are missing among the
    children), else the sum of patient rows and the others' aggregates.
    """
    hospitals = {span.hospital for spans in spans_of.values() for span in spans}
    columns = aggregate.c
    published: _Rows = {}
    rows = connection.execute(
        select(columns.unit, columns.year, columns.numerator, columns.denominator).where(
            columns.context == CAREGIVER,
            columns.indicator == indicator.id,
            columns.unit.in_(hospitals | set(spans_of)),
        )
    )
    for row_unit, year, numerator, denominator in rows:
        published.setdefault(year, {})[row_unit] = (numerator, denominator)
    with_patients = _patient_years(connection, hospitals, indicator.number) if published else {}
    return {unit: _better(unit, spans, published, with_patients) for unit, spans in spans_of.items()}


def _better(unit: int, spans: tuple[Span, ...], published: _Rows, with_patients: _Rows) -> Years:
    inside = {span.hospital for span in spans}
    found: Years = {}
    for year, by_unit in published.items():
        counted = {one for one in inside if _belongs(spans, one, year)}
        patients = {one: row for one, row in with_patients.get(year, {}).items() if one in counted}
        others = {one: row for one, row in by_unit.items() if one in counted and one not in patients}
        if unit in by_unit and (others or not patients):
            found[year] = by_unit[unit]
        elif others:
            parts = [*patients.values(), *others.values()]
            found[year] = (sum(part[0] for part in parts), sum(part[1] for part in parts))
    return found


def _patient_years(connection: Connection, hospitals: set[int], number: int) -> _Rows:
    """Sums of patient rows: year to hospital to (numerator, denominator)."""
    columns = day_summary.c
    year = columns.month // 12
    found: _Rows = {}
    for at, hospital, numerator, denominator in connection.execute(
        select(year, columns.hospital, func.sum(columns.numerator), func.sum(columns.denominator))
        .where(columns.indicator == number, columns.hospital.in_(hospitals))
        .group_by(year, columns.hospital)
    ):
        found.setdefault(at, {})[hospital] = (numerator, denominator)
    return found
