"""The upkeep of the indicators: where the hospitals stand by their levels, and what other limits would do.

By the limits that hold, every hospital with the patients that a level needs is counted, as in the published reports.
At other limits only those are whose numbers may be shown: a limit moved to and fro would else tell a hidden share.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope, Visibility
from nhr_dash.registry import groups
from nhr_dash.registry.across import by_year, lacks_stroke_unit, newest_final
from nhr_dash.registry.attainment import Level, level
from nhr_dash.registry.indicator import Indicator, Levels
from nhr_dash.registry.indicators import INDICATORS, by_id
from nhr_dash.statistics.intervals import Interval
from nhr_dash.statistics.variation import CannotShrink, shrink

WITH_LEVELS = tuple(one.id for one in INDICATORS if one.levels)
ALIKE = 0.9
"""With so many of the hospitals at one level, the levels no longer tell them apart."""
BY_CHANCE = 0.5
"""Under this rankability, less than half of the differences between hospitals is true."""
FEWEST = 5
"""Hospitals with a level, under which nothing is said of an indicator."""
_DRAWS = 200
_FULL = Scope("", Visibility(None))
"""For counts over all hospitals, of which none is named."""
LEVELS: tuple[Level, ...] = ("high", "moderate", "low")
Verdict = Literal["well", "alike", "chance", "few"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A hospital in a year: its share and the level that it comes to by the limits of that year."""

    unit: int
    name: str
    year: int
    share: float
    patients: int
    level: Level


@dataclass(frozen=True, slots=True)
class Counts:
    """Hospitals at each level in a year."""

    year: int
    high: int
    moderate: int
    low: int

    @property
    def all(self) -> int:
        """Hospitals with a level."""
        return self.high + self.moderate + self.low


@dataclass(frozen=True, slots=True)
class Kept:
    """An indicator as its keepers see it: ``counts`` by year (those that are final), and of the chosen year the rest.

    ``between``: the standard deviation between hospitals' true shares (None where it can't be told), ``rankability``:
    which part of the differences is true. ``verdict``: well; alike (nearly all at ``most``, one level); chance
    (less than half of the differences is true); few hospitals.
    """

    indicator: str
    counts: tuple[Counts, ...]
    now: Counts
    most: Level
    between: Interval | None
    rankability: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Moved:
    """Other limits: hospitals at each level before and after, and those that change, the highest share first."""

    before: Counts
    after: Counts
    changed: tuple[tuple[Standing, Level], ...]


def kept(connection: Connection, indicator_id: str, year: int) -> Kept:
    """How an indicator has done over the years, and how well it tells hospitals apart in one of them."""
    indicator = by_id(indicator_id)
    frame = _frame(connection, _FULL, indicator)
    rows = _standings(frame, indicator)
    # A year of which three-month forms are still to come would stand as a fall.
    final = newest_final(connection, indicator_id) or year
    years = sorted({one.year for one in rows if one.year <= final})
    counts = tuple(count(year, (one.level for one in rows if one.year == year)) for year in years)
    now = count(year, (one.level for one in rows if one.year == year))
    most = max(LEVELS, key=lambda name: getattr(now, name))
    between, rankability = None, float("nan")
    mine = frame[frame["year"] == year]
    try:
        found = shrink(mine["numerator"].to_numpy(), mine["denominator"].to_numpy(), draws=_DRAWS)
        between, rankability = found.between, found.rankability
    except CannotShrink:
        pass
    return Kept(indicator_id, counts, now, most, between, rankability, _verdict(now, most, rankability))


def _verdict(now: Counts, most: Level, rankability: float) -> Verdict:
    if now.all < FEWEST:
        return "few"
    if getattr(now, most) >= ALIKE * now.all:
        return "alike"
    return "chance" if rankability < BY_CHANCE else "well"


def standings(connection: Connection, scope: Scope, indicator_id: str, year: int) -> tuple[Standing, ...]:
    """The hospitals of a year that may be shown and have a level, the highest share first."""
    indicator = by_id(indicator_id)
    rows = _standings(_frame(connection, scope, indicator, year), indicator)
    return tuple(sorted(rows, key=lambda one: -one.share))


def moved(rows: Iterable[Standing], high: float, moderate: float, year: int) -> Moved:
    """What limits at ``high`` and ``moderate`` would have done to a year's standings.

    Raises ``ValueError`` unless 0 < moderate < high <= 1.
    """
    if not 0 < moderate < high <= 1:
        raise ValueError(f"limits in the wrong order: {moderate}, {high}")
    limits = Levels(high, moderate, None, None, "")
    new = [(one, limits.of(one.share)) for one in rows]
    return Moved(
        count(year, (one.level for one, _ in new)),
        count(year, (level for _, level in new)),
        tuple((one, level) for one, level in new if level != one.level),
    )


def count(year: int, levels: Iterable[Level]) -> Counts:
    """How many stand at each level."""
    found = list(levels)
    return Counts(year, *(found.count(name) for name in LEVELS))


def _frame(connection: Connection, scope: Scope, indicator: Indicator, year: int | None = None) -> pandas.DataFrame:
    """Years of every hospital that is compared, with its ``name``; hidden ones in full."""
    first, last = (year, year) if year is not None else (date.min.year, date.max.year - 1)
    chosen = [
        one for one in groups.compared(connection, "hospital", "all", last) if not lacks_stroke_unit(indicator, one)
    ]
    names = {one.orgnr: one.name for one in chosen}
    frame = by_year(connection, scope, indicator, list(names), first, last)
    return frame.assign(name=frame["unit"].map(names))


def _standings(frame: pandas.DataFrame, indicator: Indicator) -> list[Standing]:
    found = []
    for row in frame[frame["why"] == ""].itertuples():
        at = level(indicator, float(row.value), int(row.denominator), date(int(row.year), 12, 31))
        if at is not None:
            found.append(
                Standing(int(row.unit), str(row.name), int(row.year), float(row.value), int(row.denominator), at)
            )
    return found
