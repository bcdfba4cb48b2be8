"""Every indicator of a year's published set at many units: the level of each, how many are high, what stands out."""

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.registry import across, attainment, groups, steps, units
from nhr_dash.registry.attainment import Attained
from nhr_dash.registry.attainment import Level as Reached
from nhr_dash.registry.groups import Level
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.units import NATION, Unit, members, parents
from nhr_dash.statistics.intervals import wilson
from nhr_dash.statistics.variation import column, funnel

OUTER = 0.998
"""Outside this limit of the funnel a value stands out: of five hundred values one does by chance."""
YEARS = 5
"""Whole years, up to the one that is shown, in which a lasting change is looked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A year at the units of a level, in a group of hospitals. ``signals``: what stands out is worked out too."""

    year: int
    level: Level = "hospital"
    group: str = "all"
    signals: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One indicator at one unit.

    ``share`` with ``low`` and ``high`` (95 %), NaN and 0 ``patients`` where ``why`` says something
    (:data:`across.WHY`, or ``stroke_unit``) or there are no patients; ``level``, and ``other`` where the interval
    reaches into another. ``outside``: +1 better and −1 worse than the usual variation between units; ``change``: the
    same for a lasting change, ``since`` when.
    """

    indicator: str
    patients: int
    share: float
    low: float
    high: float
    level: Reached | None
    other: Reached | None
    why: str
    outside: int = 0
    change: int = 0
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A unit: its cells in the order of the set; ``count`` and ``before``: indicators at high and with a level, this
    year and the last, each of its own set. ``inside``: is it one of the group, or only one's own? ``mine``: one's own,
    or the larger unit that one's own belongs to."""

    unit: int
    name: str
    region: str
    cells: tuple[Cell, ...]
    count: tuple[int, int]
    before: tuple[int, int]
    inside: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Heat:
    """The units in Norwegian order. ``expected``: values outside by chance alone, of those that may be seen."""

    asked: Asked
    indicators: tuple[str, ...]
    rows: tuple[Row, ...]
    expected: float = 0.0


def read(connection: Connection, scope: Scope, asked: Asked, own: int = 0) -> Heat:
    """The units of a level and group, and ``own`` beside them where it is of the level and not among them.

    Raises ``ValueError`` for an unknown group.
    """
    group = groups.compared(connection, asked.level, asked.group, asked.year)
    mine = _mine(connection, own, asked.level)
    beside = [] if not mine or mine in {one.orgnr for one in group} else [units.unit(connection, mine)]
    chosen = [*group, *beside]
    found: dict[tuple[int, int], list[Attained]] = {}
    for reached in attainment.by_years(connection, scope, [one.orgnr for one in chosen], asked.year - 1, asked.year):
        found.setdefault((reached.unit, reached.year), []).append(reached)
    indicators = [one for one in attainment.published_in(asked.year) if not one.is_duration]
    signals, expected = _signals(connection, scope, asked, group, indicators) if asked.signals else ({}, 0.0)
    rows = tuple(
        _row(connection, one, found, asked, signals, inside=one in group, mine=one.orgnr == mine) for one in chosen
    )
    return Heat(asked, tuple(one.id for one in indicators), rows, expected)


def _mine(connection: Connection, own: int, level: Level) -> int:
    """One's own unit where it is of the level, else the one of the level that it belongs to; 0 without."""
    if not own:
        return 0
    if units.unit(connection, own).level == level:
        return own
    return parents(connection, own).get(level, 0)


def _row(
    connection: Connection,
    one: Unit,
    found: dict[tuple[int, int], list[Attained]],
    asked: Asked,
    signals: "dict[tuple[int, str], _Signal]",
    *,
    inside: bool,
    mine: bool,
) -> Row:
    now, before = (_compared(one, found.get((one.orgnr, year), [])) for year in (asked.year, asked.year - 1))
    return Row(
        unit=one.orgnr,
        name=one.name,
        region=_region(connection, one),
        cells=_cells(now, one.orgnr, signals),
        count=_count(now),
        before=_count(before),
        inside=inside,
        mine=mine,
    )


def _region(connection: Connection, one: Unit) -> str:
    if one.level == "region":
        return one.name
    found = next(
        (region for each in members(connection, one.orgnr) if (region := groups.region_of(connection, each))), 0
    )
    return units.unit(connection, found).name if found else ""


def _count(reached: list[Attained]) -> tuple[int, int]:
    return sum(one.level == "high" for one in reached), sum(one.level is not None for one in reached)


def _compared(one: Unit, reached: list[Attained]) -> list[Attained]:
    """Without what says how a hospital is organised: one without a stroke unit has no level where one is needed."""
    return [
        replace(each, patients=0, share=math.nan, level=None, why="stroke_unit")
        if across.lacks_stroke_unit(by_id(each.indicator), one)
        else each
        for each in reached
    ]


def _cells(reached: list[Attained], unit: int, signals: "dict[tuple[int, str], _Signal]") -> tuple[Cell, ...]:
    patients = np.array([one.patients for one in reached], dtype=float)
    successes = np.array([0.0 if not one.patients else round(one.share * one.patients) for one in reached])
    intervals = wilson(successes, patients)
    found = []
    for one, low, high in zip(reached, intervals.low.tolist(), intervals.high.tolist(), strict=True):
        signal = signals.get((unit, one.indicator), _ORDINARY) if one.patients else _ORDINARY
        other = _other(one, low, high)
        found.append(
            Cell(one.indicator, one.patients, one.share, low, high, one.level, other, one.why,
                 signal.outside, signal.change, signal.since)
        )  # fmt: skip
    return tuple(found)


def _other(reached: Attained, low: float, high: float) -> Reached | None:
    """The level that it may be as well; coverage counts everybody and has no such doubt."""
    indicator = by_id(reached.indicator)
    limits = indicator.levels_on(date(reached.year, 12, 31))
    if limits is None or reached.level is None or indicator.is_coverage:
        return None
    return next((one for one in (limits.of(high), limits.of(low)) if one != reached.level), None)


@dataclass(frozen=True, slots=True)
class _Signal:
    outside: int = 0
    change: int = 0
    since: date | None = None


_ORDINARY = _Signal()


def _signals(
    connection: Connection, scope: Scope, asked: Asked, group: tuple[Unit, ...], indicators: list[Indicator]
) -> tuple[dict[tuple[int, str], _Signal], float]:
    """What stands out by unit and indicator, and how many would lie outside the funnel by chance."""
    found: dict[tuple[int, str], _Signal] = {}
    expected = 0.0
    first, end = date(asked.year - YEARS + 1, 1, 1), date(asked.year + 1, 1, 1)
    for one in indicators:
        outside, likely = _outside(connection, scope, asked, group, one)
        expected += likely
        changes = steps.read(connection, scope, one.id, first, end) if asked.level == "hospital" else ()
        lasting = {each.unit: each for each in changes if each.found}
        for unit in {*outside, *lasting}:
            step = lasting.get(unit)
            way = 0 if step is None else int(np.sign(step.difference)) * one.direction
            found[unit, one.id] = _Signal(outside.get(unit, 0), way, None if step is None else step.since)
    return found, expected


def _outside(
    connection: Connection, scope: Scope, asked: Asked, group: tuple[Unit, ...], indicator: Indicator
) -> tuple[dict[int, int], float]:
    """Units outside the outer limit of the year's funnel, over the country's share, +1 on the good side."""
    counted = [one.orgnr for one in group if not across.lacks_stroke_unit(indicator, one)]
    rows = across.by_year(connection, scope, indicator, [*counted, NATION], asked.year, asked.year)
    country = rows[rows["unit"] == NATION]
    rows = rows[rows["unit"] != NATION]
    target = float(country["value"].iloc[0]) if len(country) else math.nan
    if len(rows) < 2 or not 0 < target < 1:
        return {}, 0.0
    judged = funnel(rows["numerator"], rows["denominator"], target=target, levels=(OUTER,), adjustment="additive")
    side = pandas.Series(judged.points[column("outside", OUTER)].to_numpy(), index=rows["unit"].to_numpy())
    seen = (rows["why"] == "").to_numpy()
    likely = judged.likely_outside[OUTER] if judged.adjustment == "none" else judged.expected_outside[OUTER]
    shown = side[seen & (side != 0).to_numpy()]
    return {int(unit): int(way) * indicator.direction for unit, way in shown.items()}, float(likely * seen.mean())
