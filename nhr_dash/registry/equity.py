"""Is it the same for everybody? Each indicator of one unit, by the sex and age of the patients and when they came.

Two sides of a dimension are compared; which differences are more than chance is corrected for how many are looked at.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pandas
from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.dialects import sqlite

from nhr_dash.access import Scope
from nhr_dash.registry import disclosed
from nhr_dash.registry.clock import month_of
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.registry.parts import PARTS, Part
from nhr_dash.registry.periods import MONTHS_IN
from nhr_dash.registry.reach import condition, reach
from nhr_dash.registry.tables import fact
from nhr_dash.registry.units import Span
from nhr_dash.statistics.effect.proportions import fisher_exact
from nhr_dash.statistics.fdr import benjamini_hochberg
from nhr_dash.statistics.intervals import NO_INTERVAL, Interval, newcombe

SIDES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sex": (("male",), ("female",)),
    "age": (("under_60", "60_69", "70_79"), ("80_89", "90_up")),
    "arrival": (("day",), ("off_hours",)),
}
"""What is compared: the categories of the one side, and of the other. A difference is the other minus the one."""
SURE = 0.05
"""Of the differences that are called sure, at most so large a share is expected to be chance."""
Counted = tuple[int, int]
"""Numerator and denominator."""
_Years = dict[int, dict[str, Counted]]
"""Year to category to counts."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One indicator by one dimension. ``hidden``: its numbers may not be shown, and there are none here.

    ``one`` and ``other``: counts of the two sides; ``parts``: of every category with patients. ``difference``: of the
    shares, other minus one (NaN where a side is empty). ``p``: exact, two-sided; ``adjusted``: for all of
    the dimension.
    """

    dimension: str
    indicator: str
    one: Counted = (0, 0)
    other: Counted = (0, 0)
    parts: tuple[tuple[str, Counted], ...] = ()
    difference: Interval = NO_INTERVAL
    p: float = math.nan
    adjusted: float = math.nan
    hidden: bool = False

    @property
    def sure(self) -> bool:
        """Is it more than chance, after the correction?"""
        return self.adjusted <= SURE  # never for NaN


@cache
def measured() -> tuple[Indicator, ...]:
    """Indicators with a share of patients, each measure once: some stand in several published sets."""
    found: dict[tuple[str, str, str], Indicator] = {}
    for one in INDICATORS:
        if one.population is not None and one.success is not None and not one.is_duration:
            found.setdefault((one.unit, _written(one.population), _written(one.success)), one)
    return tuple(found.values())


def _written(rule: ColumnElement[bool]) -> str:
    return str(rule.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


def read(
    connection: Connection, scope: Scope, unit: int, dimension: str, first: int, last: int
) -> tuple[Difference, ...]:
    """Every indicator of a unit by one dimension over whole years, the most certain difference first.

    Of a unit that isn't seen in detail an indicator is shown where both sides are, in every year. Indicators without
    patients are absent. Raises UnknownUnit, KeyError for an unknown dimension, and ``ValueError`` for years the wrong
    way round.
    """
    if first > last:
        raise ValueError("the last year is before the first")
    cells = _cells(connection, unit, PARTS[dimension], first, last)
    found = []
    for indicator in measured():
        if years := cells.get(indicator.id):
            secret = _hidden(connection, scope, unit, indicator, dimension, years)
            found.append(_difference(dimension, indicator, years, secret))
    adjusted = benjamini_hochberg(np.array([one.p for one in found]))
    told = [replace(one, adjusted=float(q)) for one, q in zip(found, adjusted, strict=True)]
    return tuple(sorted(told, key=lambda one: (math.isnan(one.p), one.p, -abs(one.difference.estimate))))


def _hidden(
    connection: Connection, scope: Scope, unit: int, indicator: Indicator, dimension: str, years: _Years
) -> frozenset[str]:
    """Categories that may not be shown in at least one of the years."""
    if scope.visibility.in_detail(unit):
        return frozenset()
    rows = [
        (unit, year, category, *parts.get(category, (0, 0)))
        for year, parts in years.items()
        for category in PARTS[dimension].categories
    ]
    frame = pandas.DataFrame(rows, columns=["unit", "year", "category", "numerator", "denominator"])
    frame["value"] = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
    shown = disclosed.of_years(connection, scope, indicator, frame, part=dimension)
    return frozenset(shown.loc[shown["hidden"], "category"])


def _difference(dimension: str, indicator: Indicator, years: _Years, secret: frozenset[str]) -> Difference:
    sides = SIDES[dimension]
    if any(category in secret for side in sides for category in side):
        return Difference(dimension, indicator.id, hidden=True)
    parts = tuple(
        (category, total)
        for category in PARTS[dimension].categories
        if category not in secret and (total := _summed(each.get(category, (0, 0)) for each in years.values()))[1]
    )
    known = dict(parts)
    one, other = (_summed(known.get(category, (0, 0)) for category in side) for side in sides)
    if not (one[1] and other[1]):
        return Difference(dimension, indicator.id, one, other, parts)
    p = fisher_exact(*one, *other)[0]
    return Difference(dimension, indicator.id, one, other, parts, newcombe(*one, *other), p)


def _summed(counts: Iterable[Counted]) -> Counted:
    numerator = denominator = 0
    for done, patients in counts:
        numerator, denominator = numerator + done, denominator + patients
    return numerator, denominator


def _cells(connection: Connection, unit: int, part: Part, first: int, last: int) -> dict[str, _Years]:
    """Counts of every indicator, from one look at the facts for each way that indicators are counted at the unit."""
    by_spans: dict[tuple[Span, ...], list[Indicator]] = {}
    for indicator in measured():
        by_spans.setdefault(reach(connection, unit, indicator).spans, []).append(indicator)
    numbers = {one.number: one.id for one in measured()}
    year = (month_of(fact.c.admitted_at) // MONTHS_IN["year"]).label("year")
    found: dict[str, _Years] = {}
    for spans, indicators in by_spans.items():
        statement = (
            select(fact.c.indicator, year, part.code.label("category"), func.sum(fact.c.success), func.count())
            .where(
                fact.c.indicator.in_([one.number for one in indicators]),
                condition(spans, fact.c.hospital, fact.c.admitted_at),
                fact.c.admitted_at >= date(first, 1, 1),
                fact.c.admitted_at < date(last + 1, 1, 1),
            )
            .group_by(fact.c.indicator, "year", "category")
        )
        for number, at, category, numerator, denominator in connection.execute(statement):
            found.setdefault(numbers[number], {}).setdefault(at, {})[category] = (int(numerator), int(denominator))
    return found
