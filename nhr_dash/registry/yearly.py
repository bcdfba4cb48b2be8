"""Figures that exist a year at a time: coverage, and published aggregates of units without patient rows."""

from collections.abc import Iterable

import numpy as np
import pandas
from sqlalchemy import Connection, func, select

from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.tables import aggregate, day_summary
from nhr_dash.registry.tables import coverage as coverage_table
from nhr_dash.registry.units import Span, structure

Years = dict[int, tuple[float, int]]
"""Year to (numerator, denominator)."""

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
    """Years of a unit that are better read from published figures: year to (numerator, denominator).

    Patient rows beat aggregates. Above a hospital, as soon as one hospital of the year has only
    aggregates, the level's own published row is used (hidden hospitals are missing among the
    children), else the sum of patient rows and the others' aggregates.
    """
    hospitals = {span.hospital for span in spans}
    columns = aggregate.c
    published: dict[int, dict[int, tuple[float, int]]] = {}
    rows = connection.execute(
        select(columns.unit, columns.year, columns.numerator, columns.denominator).where(
            columns.context == CAREGIVER,
            columns.indicator == indicator.id,
            columns.unit.in_(hospitals | {unit}),
        )
    )
    for row_unit, year, numerator, denominator in rows:
        published.setdefault(year, {})[row_unit] = (numerator, denominator)
    if not published:
        return {}
    with_patients = _patient_years(connection, hospitals, indicator.number)
    found: Years = {}
    for year, by_unit in published.items():
        patients = {key: rows for key, rows in with_patients.get(year, {}).items() if _belongs(spans, key, year)}
        others = {
            hospital: row
            for hospital, row in by_unit.items()
            if hospital in hospitals and hospital not in patients and _belongs(spans, hospital, year)
        }
        if unit in by_unit and (others or not patients):
            found[year] = by_unit[unit]
        elif others:
            parts = [*patients.values(), *others.values()]
            found[year] = (sum(part[0] for part in parts), sum(part[1] for part in parts))
    return found


def _patient_years(connection: Connection, hospitals: set[int], number: int) -> dict[int, dict[int, tuple[float, int]]]:
    """Sums of patient rows: year to hospital to (numerator, denominator)."""
    columns = day_summary.c
    year = columns.month // 12
    found: dict[int, dict[int, tuple[float, int]]] = {}
    for at, hospital, numerator, denominator in connection.execute(
        select(year, columns.hospital, func.sum(columns.numerator), func.sum(columns.denominator))
        .where(columns.indicator == number, columns.hospital.in_(hospitals))
        .group_by(year, columns.hospital)
    ):
        found.setdefault(at, {})[hospital] = (numerator, denominator)
    return found
