"""Does the spread between units shrink? One indicator a calendar year at a time, all units of a level together."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.disclosure import POOLED_UNITS
from nhr_dash.registry import groups
from nhr_dash.registry.across import Asked, beside, by_year, lacks_stroke_unit, without
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.units import NATION
from nhr_dash.statistics.variation import CannotShrink, Spread, SpreadChange, spread, spread_change


@dataclass(frozen=True, slots=True)
class Named:
    """A unit that may be named, with its shrunken value and interval."""

    unit: int
    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Year:
    """One year. ``why``: nothing was worked out because there were too few units (``too_few_units``) or all had the
    same (``none_or_all``); then ``result`` is None. ``own``: one's own unit, maybe beside those that are compared; None
    where it has no patients, is of another level, or is hidden. ``own_raw``: its registered share.
    """

    year: int
    units: int
    patients: int
    national: float
    why: str = ""
    result: Spread | None = None
    lowest: Named | None = None
    highest: Named | None = None
    own: Named | None = None
    own_raw: float = math.nan


@dataclass(frozen=True, eq=False)
class Shrinking:
    """The years, oldest first, and how the first and the last that could be worked out differ (None under two)."""

    asked: Asked
    years: tuple[Year, ...]
    change: SpreadChange | None

    @property
    def known(self) -> tuple[Year, ...]:
        """The years that could be worked out."""
        return tuple(one for one in self.years if one.result is not None)


def read(connection: Connection, scope: Scope, asked: Asked, own: int = 0) -> Shrinking:
    """The spread a year between the units that are asked for.

    Every unit's patients count; a hidden one is never named, drawn, or alone behind a number: with a hidden unit a
    year needs as many units as a pooled curve. Raises UnknownIndicator, and ``ValueError`` as ``across.read``.
    """
    indicator = by_id(asked.indicator)
    inside = groups.compared(connection, asked.level, asked.group, asked.last)
    names = {one.orgnr: one.name for one in (*inside, *beside(connection, asked, inside, own))}
    compared = {one.orgnr for one in inside if not lacks_stroke_unit(indicator, one)}
    frame = by_year(connection, scope, indicator, [*names, NATION], asked.first, asked.last, asked.part)
    found, counts = [], {}
    for year, rows in frame.groupby("year"):
        country = rows[rows["unit"] == NATION]
        national = float(country["value"].iloc[0]) if len(country) and country["why"].iloc[0] == "" else math.nan
        beside_own = {own} & names.keys()  # the country is no unit of any level here
        mine = rows[rows["unit"].isin(compared | beside_own)].reset_index(drop=True)
        inside_year = mine["unit"].isin(compared).to_numpy()
        one = _year(int(year), mine, inside_year, national, indicator.direction, names, own)
        found.append(one)
        if one.result is not None:
            counts[one.year] = tuple(mine.loc[inside_year, name].to_numpy() for name in ("numerator", "denominator"))
    known = list(counts)
    change = spread_change(counts[known[0]], counts[known[-1]]) if len(known) > 1 else None
    return Shrinking(asked, tuple(found), change)


def _year(
    year: int,
    rows: pandas.DataFrame,
    inside: np.ndarray,
    national: float,
    direction: int,
    names: dict[int, str],
    own: int,
) -> Year:
    """One year's rows: those that are compared, and maybe one's own unit beside them."""
    hidden = (rows["why"] != "").to_numpy()
    units, patients = int(inside.sum()), int(rows.loc[inside, "denominator"].sum())
    if (hidden & inside).any() and units < POOLED_UNITS:
        return Year(year, units, patients, national, "too_few_units")
    try:
        found = spread(
            rows["numerator"].to_numpy(),
            rows["denominator"].to_numpy(),
            compared=inside,
            named=~hidden,
            direction=direction,
        )
    except CannotShrink as refused:
        return Year(year, units, patients, national, refused.reason)
    shown = without(found.units, hidden)
    named = {
        int(unit): Named(int(unit), names[unit], float(row.shrunken), float(row.low), float(row.high))
        for unit, row, gone in zip(rows["unit"], shown.itertuples(), hidden, strict=True)
        if not gone
    }
    by_value = sorted((named[unit] for unit in rows.loc[inside & ~hidden, "unit"]), key=lambda one: one.value)
    ends = (by_value[0], by_value[-1]) if len(by_value) > 1 else (None, None)
    raw = float(rows.loc[rows["unit"] == own, "value"].iloc[0]) if own in named else math.nan
    told = replace(found, units=shown)
    return Year(year, units, patients, national, "", told, ends[0], ends[1], named.get(own), raw)
