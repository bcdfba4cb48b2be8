"""The registry's numbers of other units as they may be shown: small ones hidden, and what would give them away.

What is hidden is decided for a whole year at once, over every unit of the country (:mod:`nhr_dash.registry.masks`).
"""

from collections.abc import Iterable
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
import pandas
from sqlalchemy import Connection, Engine

from nhr_dash import disclosure, suppression
from nhr_dash.access import Scope
from nhr_dash.database import data_version
from nhr_dash.disclosure import Limits
from nhr_dash.registry import masks, yearly
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.parts import PARTS
from nhr_dash.registry.periods import MONTHS_IN, bucket_of, first_day, month_number
from nhr_dash.registry.units import structure
from nhr_dash.suppression import Counts, Flags

_low: WeakKeyDictionary[Engine, tuple[int, dict[tuple[int, Limits], frozenset[int]]]] = WeakKeyDictionary()


def of_unit(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator: Indicator,
    grain: str,
    frame: pandas.DataFrame,
) -> pandas.DataFrame:
    """A unit's points (``start``, ``numerator``, ``denominator``, ``value``, maybe medians) as the scope may see them.

    What is hidden is a gap: 0 patients, value NaN, ``hidden`` True; ``low_coverage`` where that is why; few patients
    that are shown are ``uncertain``. A unit that is seen in detail has everything.
    Raises ValueError for a period off the grid that other units are seen on.
    """
    if scope.visibility.in_detail(unit):
        none = np.zeros(len(frame), dtype=bool)
        return disclosure.masked(frame, none, none)
    small, uncovered = _of_points(connection, scope, indicator, grain, frame.assign(unit=unit))
    return disclosure.masked(frame, small, uncovered, disclosure.standard().uncertain)


def of_many(
    connection: Connection,
    scope: Scope,
    indicator: Indicator,
    grain: str,
    frame: pandas.DataFrame,
) -> pandas.DataFrame:
    """Rows of :func:`series.many` as the scope may see them: what is hidden is absent, as a period without patients."""
    other = _others(scope, frame["unit"].to_numpy()) & (frame["denominator"].to_numpy() > 0)
    gone = np.zeros(len(frame), dtype=bool)
    if other.any():
        small, uncovered = _of_points(connection, scope, indicator, grain, frame[other])
        gone[other] = small | uncovered
    return frame[~gone]


def _others(scope: Scope, units: Counts) -> Flags:
    """Which units aren't seen in detail."""
    numbers, which = np.unique(units, return_inverse=True)
    return np.array([not scope.visibility.in_detail(one) for one in numbers.tolist()], dtype=bool)[which]


def _of_points(
    connection: Connection, scope: Scope, indicator: Indicator, grain: str, frame: pandas.DataFrame
) -> tuple[Flags, Flags]:
    """Which points (``unit``, ``start``, ``denominator``) of other units are hidden: as small, and by coverage."""
    if grain not in disclosure.GRAINS:
        raise ValueError(f"other units are not shown by {grain}")
    limits = disclosure.standard()
    units, patients = frame["unit"].to_numpy(), frame["denominator"].to_numpy()
    small = patients < disclosure.limit_for(scope, indicator, limits)
    if indicator.is_coverage:
        return small, np.zeros(len(frame), dtype=bool)
    years, months = frame["start"].dt.year.to_numpy(), frame["start"].dt.month.to_numpy()
    gone = masks.hidden(connection, scope, indicator, np.unique(years[patients > 0]).tolist(), limits)
    place = (months - 1) // MONTHS_IN[grain] + suppression.PLACES[grain].start
    return small | _at(connection, gone, units, years, place), _uncovered(connection, units, years, limits)


def _at(connection: Connection, gone: dict[int, Flags], units: Counts, years: Counts, places: Counts) -> Flags:
    """Whether each unit's place in a year is hidden; nothing is in a year that wasn't worked out."""
    rows = {one.orgnr: row for row, one in enumerate(structure(connection).ordered)}
    numbers, which = np.unique(units, return_inverse=True)
    row = np.array([rows[one] for one in numbers.tolist()], dtype=np.int64)[which]
    found = np.zeros(len(units), dtype=bool)
    for year, hidden in gone.items():
        now = years == year
        found[now] = hidden[row[now], places[now]]
    return found


def of_years(
    connection: Connection,
    scope: Scope,
    indicator: Indicator,
    frame: pandas.DataFrame,
    *,
    part: str | None = None,
    limits: Limits | None = None,
) -> pandas.DataFrame:
    """Many units' calendar years (``unit``, ``year``, ``numerator``, ``denominator``, ``value``) as they may be seen.

    ``part``: the years are divided by it, a row a ``category``, the empty ones too: where a unit's year is hidden, it
    isn't told which of its categories are empty, and those without patients are ``hidden`` with the rest.
    The copy has ``hidden``, ``low_coverage`` (why it is, where that is why) and ``uncertain``; a hidden row's numbers
    are gaps. Units that are seen in detail have everything. Raises KeyError for an unknown part.
    """
    limits = limits or disclosure.standard()
    units, years, patients = (frame[name].to_numpy() for name in ("unit", "year", "denominator"))
    other = _others(scope, units)
    # Nothing is worked out where nothing is to be hidden: a page of one's own hospital would wait for it.
    asked = [] if indicator.is_coverage or not other.any() else np.unique(years).tolist()
    if part is None:
        gone = masks.hidden(connection, scope, indicator, asked, limits)
        places = np.full(len(frame), suppression.PLACES["year"].start)
    else:
        gone = masks.divided(connection, scope, indicator, PARTS[part], asked, limits)
        places = frame["category"].map({one: at for at, one in enumerate(PARTS[part].categories)}).to_numpy()
    small = other & (patients > 0) & (patients < disclosure.limit_for(scope, indicator, limits))
    secret = other & _at(connection, gone, units, years, places)
    uncovered = np.zeros(len(frame), dtype=bool)
    uncovered[other] = _uncovered(connection, units[other], years[other], limits)
    return disclosure.masked(frame, small | secret, uncovered, limits.uncertain, secret)


def _uncovered(connection: Connection, units: Counts, years: Counts, limits: Limits) -> Flags:
    """Which units' years have too low a coverage to be shown."""
    low_of = _low_coverage(connection, np.unique(units).tolist(), limits)
    found = np.zeros(len(units), dtype=bool)
    for one, low in low_of.items():
        if low:
            found |= (units == one) & np.isin(years, list(low))
    return found


def _low_coverage(connection: Connection, units: Iterable[int], limits: Limits) -> dict[int, frozenset[int]]:
    """Years in which too few of a unit's patients are registered for its results to be shown.

    Kept per data version: every indicator of every unit asks for it.
    """
    version = data_version(connection)
    kept = _low.get(connection.engine)
    if kept is None or kept[0] != version:
        kept = _low[connection.engine] = (version, {})
    known = kept[1]
    for unit in units:
        if (unit, limits) not in known:
            covered = yearly.coverage(connection, unit)
            pairs = zip(covered["year"].tolist(), covered["share"].tolist(), strict=True)
            known[unit, limits] = frozenset(
                year for year, share in pairs if disclosure.hidden_by_coverage(share, limits)
            )
    return {unit: known[unit, limits] for unit in units}


def whole_periods(start: date | None, end: date | None, grain: str) -> tuple[date | None, date | None]:
    """A window widened to whole periods: half a year beside the whole one would give away the other half."""
    return (
        None if start is None else first_day(bucket_of(start, grain), grain),
        None if end is None else first_day(-(-month_number(end) // MONTHS_IN[grain]), grain),
    )
