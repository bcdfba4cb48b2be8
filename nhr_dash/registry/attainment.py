"""Attainment by year: the share of each indicator of a published set, and the level that it comes to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.disclosure import annual_report
from nhr_dash.registry import across
from nhr_dash.registry.indicator import Indicator, SetName
from nhr_dash.registry.indicators import INDICATORS

Level = Literal["high", "moderate", "low"]


@dataclass(frozen=True, slots=True)
class Attained:
    """One indicator at one unit in one year. ``share`` is NaN and ``patients`` 0 without patients, and where ``why``
    says why they may not be shown (:data:`across.WHY`); ``level`` None where the patients are fewer than the
    indicator's least number, or it has no levels."""

    unit: int
    indicator: str
    year: int
    patients: int
    share: float
    level: Level | None
    why: str = ""


def published_in(year: int, name: SetName = "registry") -> tuple[Indicator, ...]:
    """The indicators of a set in a year, by the set's own from and to."""
    day = date(year, 12, 31)
    return tuple(one for one in INDICATORS if any(each.name == name and each.holds_on(day) for each in one.sets))


def attained(connection: Connection, scope: Scope, units: Sequence[int], year: int) -> tuple[Attained, ...]:
    """Every indicator that the registry published for a year, at each unit, in the order of the set.

    From patient rows, and from published figures where there are none. Of units that aren't seen in detail, by the
    limits of the annual report.
    """
    return by_years(connection, scope, units, year, year)


def by_years(connection: Connection, scope: Scope, units: Sequence[int], first: int, last: int) -> tuple[Attained, ...]:
    """The same for several years (both whole): by year, indicator in the order of its year's set, and unit."""
    sets = {year: tuple(one for one in published_in(year) if not one.is_duration) for year in range(first, last + 1)}
    rows = {}
    for one in dict.fromkeys(one for chosen in sets.values() for one in chosen):
        frame = across.by_year(connection, scope, one, list(units), first, last, limits=annual_report())
        rows[one.id] = {
            (row.unit, row.year): (int(row.denominator), float(row.value), str(row.why)) for row in frame.itertuples()
        }
    found = []
    for year, chosen in sets.items():
        for one in chosen:
            for unit in units:
                patients, share, why = rows[one.id].get((unit, year), (0, math.nan, ""))
                if why:
                    patients, share = 0, math.nan
                reached = level(one, share, patients, date(year, 12, 31))
                found.append(Attained(unit, one.id, year, patients, share, reached, why))
    return tuple(found)


def level(indicator: Indicator, share: float, patients: int, day: date) -> Level | None:
    """High, moderate or low by the limits that hold on a day, decided on the unrounded share."""
    limits = indicator.levels_on(day)
    if limits is None or math.isnan(share) or patients < indicator.min_denominator:
        return None
    return limits.of(share)
