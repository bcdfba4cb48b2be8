"""The registry's numbers of other units as they may be shown: small ones hidden, and what would give them away.

What is hidden is decided for a whole year at once, over every unit of the country (:mod:`nhr_dash.registry.masks`).
"""

from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
import pandas
from sqlalchemy import Connection, Engine

from nhr_dash import disclosure, suppression
from nhr_dash.access import Scope
from nhr_dash.database import data_version
from nhr_dash.disclosure import STANDARD, Limits
from nhr_dash.registry import masks, yearly
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.parts import PARTS
from nhr_dash.registry.periods import MONTHS_IN, bucket_of, first_day, month_number
from nhr_dash.registry.units import structure

_low: WeakKeyDictionary[Engine, tuple[int, dict[tuple[int, Limits], frozenset[int]]]] = WeakKeyDictionary()


def of_unit(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator: Indicator,
    grain: str,
    frame: pandas.DataFrame,
    limits: Limits = STANDARD,
) -> pandas.DataFrame:
    """A unit's points (``start``, ``numerator``, ``denominator``, ``value``, maybe medians) as the scope may see them.

    What is hidden is a gap: 0 patients, value NaN, ``hidden`` True; ``low_coverage`` where that is why; few patients
    that are shown are ``uncertain``. A unit that is seen in detail has everything.
    Raises ValueError for a period off the grid that other units are seen on.
    """
    none = np.zeros(len(frame), dtype=bool)
    if scope.visibility.in_detail(unit):
        return disclosure.masked(frame, none, none)
    if grain not in disclosure.GRAINS:
        raise ValueError(f"other units are not shown by {grain}")
    small = frame["denominator"].to_numpy() < disclosure.limit_for(scope, indicator, limits)
    years = frame["start"].dt.year.to_numpy()
    if indicator.is_coverage:
        return disclosure.masked(frame, small, none, limits.uncertain)
    counted = years[frame["denominator"].to_numpy() > 0]
    gone = masks.hidden(connection, scope, indicator, counted.tolist(), limits)
    row = structure(connection).ordered.index(structure(connection).unit(unit))
    place = (frame["start"].dt.month.to_numpy() - 1) // MONTHS_IN[grain] + suppression.PLACES[grain].start
    for index, (year, at) in enumerate(zip(years.tolist(), place.tolist(), strict=True)):
        small[index] |= year in gone and bool(gone[year][row, at])
    low = _low_coverage(connection, unit, limits)
    return disclosure.masked(frame, small, np.isin(years, list(low)), limits.uncertain)


def of_many(
    connection: Connection,
    scope: Scope,
    indicator: Indicator,
    grain: str,
    frame: pandas.DataFrame,
    limits: Limits = STANDARD,
) -> pandas.DataFrame:
    """Rows of :func:`series.many` as the scope may see them: what is hidden is absent, as a period without patients."""
    kept = [
        rows[~of_unit(connection, scope, int(unit), indicator, grain, rows, limits)["hidden"].to_numpy()]
        for unit, rows in frame.groupby("unit", sort=False)
    ]
    return pandas.concat(kept) if kept else frame


def of_years(
    connection: Connection,
    scope: Scope,
    indicator: Indicator,
    frame: pandas.DataFrame,
    *,
    part: str | None = None,
    limits: Limits = STANDARD,
) -> pandas.DataFrame:
    """Many units' calendar years (``unit``, ``year``, ``numerator``, ``denominator``, ``value``) as they may be seen.

    ``part``: the years are divided by it, a row a ``category``, the empty ones too: where a unit's year is hidden, it
    isn't told which of its categories are empty, and those without patients are ``hidden`` with the rest.
    The copy has ``hidden``, ``low_coverage`` (why it is, where that is why) and ``uncertain``; a hidden row's numbers
    are gaps. Units that are seen in detail have everything. Raises KeyError for an unknown part.
    """
    known, found = structure(connection), None if part is None else PARTS[part]
    units, years, patients = (frame[name].to_numpy() for name in ("unit", "year", "denominator"))
    other = np.array([not scope.visibility.in_detail(int(unit)) for unit in units], dtype=bool)
    # Nothing is worked out where nothing is to be hidden: a page of one's own hospital would wait for it.
    asked = [] if indicator.is_coverage or not other.any() else np.unique(years).tolist()
    gone = masks.hidden(connection, scope, indicator, asked, limits)
    categories = gone if found is None else masks.divided(connection, scope, indicator, found, asked, limits)
    if found is None:
        columns = np.full(len(frame), suppression.PLACES["year"].start)
    else:
        columns = frame["category"].map({one: at for at, one in enumerate(found.categories)}).to_numpy()
    rows = {one.orgnr: at for at, one in enumerate(known.ordered)}
    low = {int(unit): _low_coverage(connection, int(unit), limits) for unit in np.unique(units[other])}
    small = other & (patients > 0) & (patients < disclosure.limit_for(scope, indicator, limits))
    cells = zip(units.tolist(), years.tolist(), columns.tolist(), strict=True)
    secret = np.array(
        [year in categories and bool(categories[year][rows[unit], column]) for unit, year, column in cells], dtype=bool
    )
    uncovered = np.array([year in low.get(unit, ()) for unit, year in zip(units, years, strict=True)], dtype=bool)
    return disclosure.masked(frame, small | (other & secret), uncovered, limits.uncertain, other & secret)


def _low_coverage(connection: Connection, unit: int, limits: Limits) -> frozenset[int]:
    """Years in which too few of a unit's patients are registered for its results to be shown.

    Kept per data version: every indicator of every unit asks for it.
    """
    version = data_version(connection)
    kept = _low.get(connection.engine)
    if kept is None or kept[0] != version:
        kept = _low[connection.engine] = (version, {})
    if (unit, limits) not in kept[1]:
        known = yearly.coverage(connection, unit)
        pairs = zip(known["year"].tolist(), known["share"].tolist(), strict=True)
        low = frozenset(year for year, share in pairs if disclosure.hidden_by_coverage(share, limits))
        kept[1][unit, limits] = low
    return kept[1][unit, limits]


def whole_periods(start: date | None, end: date | None, grain: str) -> tuple[date | None, date | None]:
    """A window widened to whole periods: half a year beside the whole one would give away the other half."""
    return (
        None if start is None else first_day(bucket_of(start, grain), grain),
        None if end is None else first_day(-(-month_number(end) // MONTHS_IN[grain]), grain),
    )
