"""Units side by side: one indicator over whole calendar years, at hospitals, trusts or regions.

Statistics read every row; what is shown of them leaves out what disclosure hides.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection, func, select

from nhr_dash.access import Scope
from nhr_dash.disclosure import Limits
from nhr_dash.registry import disclosed, groups, yearly
from nhr_dash.registry.calendar_series import many_buckets, years_in_parts
from nhr_dash.registry.filters import Selection
from nhr_dash.registry.groups import Level
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.parts import PARTS
from nhr_dash.registry.provisional import provisional_from
from nhr_dash.registry.reach import Footnote, reach
from nhr_dash.registry.tables import aggregate, day_summary
from nhr_dash.registry.units import NATION, Unit, unit

WHY = ("few", "coverage")
"""Why a unit's numbers are hidden. Text: ``variation.hidden_<code>``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: years ``first`` to ``last`` (both whole), units of a level in a group of hospitals.

    ``part``: only the patients of one category, as (dimension, code) of :mod:`nhr_dash.registry.parts`.
    """

    indicator: str
    first: int
    last: int
    level: Level = "hospital"
    group: str = "all"
    part: tuple[str, str] | None = None


@dataclass(frozen=True, eq=False)
class Across:
    """The units. ``rows``: one a unit, in Norwegian order, in full: for statistics, never for the screen.

    ``unit``, ``name``; ``numerator``, ``denominator`` (patients), ``value`` (NaN without patients);
    ``compared``: is it one of those that are compared (else it is only named: one's own unit where it is a training
    hospital or outside the group; or a hospital without a stroke unit where the indicator needs one);
    ``why``: why its numbers may not be shown (:data:`WHY`), else empty.
    ``national``: the country's own row, (0, 0) where it may not be shown.
    ``final``: nothing of the last year can still change.
    """

    asked: Asked
    rows: pandas.DataFrame
    footnotes: dict[int, tuple[Footnote, ...]]
    national: tuple[float, int]
    final: bool

    @property
    def shown(self) -> pandas.DataFrame:
        """The rows without what is hidden: numbers NaN where ``why`` says something."""
        return without(self.rows, self.hidden)

    @property
    def hidden(self) -> np.ndarray:
        """Which rows are hidden: blank them in every result before it is shown (:func:`without`)."""
        return (self.rows["why"] != "").to_numpy()

    @property
    def counted(self) -> np.ndarray:
        """Which rows statistics are made of: compared, with patients."""
        return (self.rows["compared"] & (self.rows["denominator"] > 0)).to_numpy()

    @property
    def value(self) -> float:
        """The country's share."""
        numerator, denominator = self.national
        return numerator / denominator if denominator else float("nan")


def without(rows: pandas.DataFrame, hidden: np.ndarray) -> pandas.DataFrame:
    """A copy where every number of a hidden row is missing (booleans False); text stays."""
    result = rows.copy()
    for name in rows.columns:
        if name == "unit" or not (
            pandas.api.types.is_numeric_dtype(rows[name]) or pandas.api.types.is_bool_dtype(rows[name])
        ):
            continue
        if pandas.api.types.is_bool_dtype(rows[name]):
            result[name] = rows[name] & ~hidden if name != "compared" else rows[name]
        else:
            result[name] = rows[name].astype(float).mask(hidden)
    return result


def years(connection: Connection, indicator: str) -> tuple[int, ...]:
    """Years with patients or published figures of an indicator anywhere, oldest first.

    Raises UnknownIndicator.
    """
    found = by_id(indicator)
    published = connection.scalars(select(aggregate.c.year).where(aggregate.c.indicator == indicator).distinct())
    seen = set(published)
    if found.is_coverage:
        seen |= set(yearly.coverage(connection, NATION)["year"].tolist())
    else:
        columns = day_summary.c
        first, last = connection.execute(
            select(func.min(columns.month), func.max(columns.month)).where(columns.indicator == found.number)
        ).one()
        seen |= set(range(first // 12, last // 12 + 1)) if first is not None else set()
    return tuple(sorted(seen))


def newest_final(connection: Connection, indicator: str) -> int | None:
    """The newest year of which nothing can still change, else the newest; None without any year."""
    known = years(connection, indicator)
    final = [year for year in known if _final(connection, indicator, year)]
    return (final or known or (None,))[-1]


def _final(connection: Connection, indicator: str, year: int) -> bool:
    open_from = provisional_from(connection, NATION, indicator)
    return open_from is None or open_from > date(year, 12, 31)


def read(connection: Connection, scope: Scope, asked: Asked, own: int = 0) -> Across:
    """The units that are asked for, and ``own`` (a unit's number) beside them where it isn't one of them.

    Raises UnknownIndicator, and ``ValueError`` for an unknown group, level or part, or years the wrong way round.
    """
    if asked.first > asked.last:
        raise ValueError("the last year is before the first")
    if asked.part is not None and asked.part[1] not in PARTS[asked.part[0]].categories:
        raise ValueError(f"patients are not divided by {asked.part}")
    indicator = by_id(asked.indicator)
    compared = groups.compared(connection, asked.level, asked.group, asked.last)
    chosen = [*compared, *beside(connection, asked, compared, own)]
    numbers = [*(one.orgnr for one in chosen), NATION]
    frame = by_year(connection, scope, indicator, numbers, asked.first, asked.last, asked.part)
    country = frame[frame["unit"] == NATION]
    if (country["why"] != "").any():  # of a rare category even the country's patients can be few
        country = country[:0]
    inside = {one.orgnr for one in compared}
    rows, footnotes = [], {}
    for one in chosen:
        mine = frame[frame["unit"] == one.orgnr]
        numerator, denominator = float(mine["numerator"].sum()), int(mine["denominator"].sum())
        counted = reach(connection, one.orgnr, indicator)
        if counted.footnotes:
            footnotes[one.orgnr] = counted.footnotes
        lacking = lacks_stroke_unit(indicator, one)
        rows.append(
            {
                "unit": one.orgnr,
                "name": one.name,
                "numerator": numerator,
                "denominator": denominator,
                "value": numerator / denominator if denominator else float("nan"),
                "compared": one.orgnr in inside and not lacking,
                "why": next((why for why in WHY if (mine["why"] == why).any()), ""),
            }
        )
    return Across(
        asked,
        pandas.DataFrame(rows, columns=["unit", "name", "numerator", "denominator", "value", "compared", "why"]),
        footnotes,
        (float(country["numerator"].sum()), int(country["denominator"].sum())),
        _final(connection, asked.indicator, asked.last),
    )


def lacks_stroke_unit(indicator: Indicator, one: Unit) -> bool:
    """Is the indicator about a stroke unit that this hospital doesn't have? Then it is named, never compared."""
    return indicator.needs_stroke_unit and one.level == "hospital" and not one.has_stroke_unit


def beside(connection: Connection, asked: Asked, compared: tuple[Unit, ...], own: int) -> list[Unit]:
    """One's own unit, where it is of the level and not among those that are compared."""
    if not own or own in {one.orgnr for one in compared}:
        return []
    mine = unit(connection, own)
    return [mine] if mine.level == asked.level else []


def by_year(
    connection: Connection,
    scope: Scope,
    indicator: Indicator,
    units: list[int],
    first: int,
    last: int,
    part: tuple[str, str] | None = None,
    limits: Limits | None = None,
) -> pandas.DataFrame:
    """A row a unit and year with patients: ``unit``, ``year``, ``numerator``, ``denominator``, ``value``, ``why``.

    In full: ``why`` says which rows may not be shown. Published figures stand in for patient rows where there are
    none. Units without patients in a year are absent, but for those of which that isn't told.
    """
    spans_of = {one: reach(connection, one, indicator).spans for one in units}
    if indicator.is_coverage:
        found = {one: _coverage(connection, one) for one in units}
    else:
        every = tuple(dict.fromkeys(span for spans in spans_of.values() for span in spans))
        chosen = Selection(indicator, every, date(first, 1, 1), date(last + 1, 1, 1))
        if part is None:
            summed = many_buckets(connection, chosen, spans_of, "year")
            summed["year"] = summed["start"].dt.year
        else:
            summed = years_in_parts(connection, chosen, spans_of, PARTS[part[0]])
            summed = summed[summed["category"] == part[1]]
        found = {one: {} for one in units}
        rows = zip(summed["unit"], summed["year"], summed["numerator"], summed["denominator"], strict=True)
        for one, year, numerator, denominator in rows:
            found[one][year] = (float(numerator), int(denominator))
    if part is None:  # published figures are of everybody
        for one, published in yearly.aggregates_of_many(connection, spans_of, indicator).items():
            found[one] |= published
    # A category without patients may have to be hidden: that it is empty tells something too.
    blank = {} if part is None else dict.fromkeys(range(first, last + 1), (0.0, 0))
    flat = [
        (one, year, numerator, denominator)
        for one, rows_ in found.items()
        for year, (numerator, denominator) in sorted((blank | rows_).items())
        if first <= year <= last and (denominator or year in blank)
    ]
    frame = pandas.DataFrame(flat, columns=["unit", "year", "numerator", "denominator"])
    frame = frame.astype({"unit": np.int64, "year": np.int64, "numerator": float, "denominator": np.int64})
    frame["value"] = frame["numerator"] / frame["denominator"]
    if part is None:
        shown = disclosed.of_years(connection, scope, indicator, frame, limits=limits)
    else:
        divided = frame.assign(category=part[1])
        shown = disclosed.of_years(connection, scope, indicator, divided, part=part[0], limits=limits)
    frame["why"] = np.select([shown["low_coverage"], shown["hidden"]], ["coverage", "few"], "")
    return frame[(frame["denominator"] > 0) | (frame["why"] != "")].reset_index(drop=True)


def _coverage(connection: Connection, one: int) -> yearly.Years:
    known = yearly.coverage(connection, one)
    counts = zip(known["numerator"].tolist(), known["denominator"].tolist(), strict=True)
    return {year: (float(here), int(all_)) for year, (here, all_) in zip(known["year"].tolist(), counts, strict=True)}
