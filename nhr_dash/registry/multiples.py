"""One indicator over time at every hospital of a group, beside each other, with the lasting changes."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.registry import across, disclosed, groups, series, steps, units
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.periods import MONTHS_IN, bucket_of, first_days
from nhr_dash.registry.reach import reach
from nhr_dash.registry.steps import Step
from nhr_dash.registry.units import Unit

Grain = Literal["month", "tertial", "year"]
GRAINS: tuple[Grain, ...] = ("month", "tertial", "year")
"""The periods that other units are seen in."""
ENOUGH = 10
"""Patients a month at the median hospital from which months are worth drawing."""
WHY = ("stroke_unit", "coverage", "few", "elsewhere", "none")
"""Why a hospital has no line. Text: ``multiples.why_<code>``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One indicator in whole years at a group of hospitals. ``grain``: one of :data:`GRAINS`, else the one that suits
    the patients is taken."""

    indicator: str
    first: int
    last: int
    group: str = "all"
    grain: str = ""


@dataclass(frozen=True, eq=False)
class Panel:
    """One hospital. ``values`` and ``patients`` a period of :attr:`Panels.starts` (NaN and 0: nothing, or nothing that
    may be shown); ``yearly``: patients a year, NaN where no whole year may be shown; ``why``: why it has no line, else
    empty; ``step``: its clearest change, lasting or not; ``inside``: is it one of the group, or only one's own?"""

    unit: int
    name: str
    values: np.ndarray
    numerators: np.ndarray
    patients: np.ndarray
    yearly: float
    why: str
    step: Step | None
    inside: bool

    @property
    def change(self) -> Step | None:
        """The lasting change, if there is one."""
        return self.step if self.step is not None and self.step.found else None


@dataclass(frozen=True, eq=False)
class Panels:
    """The hospitals in Norwegian order.

    ``suits``: the grain that suits the patients, of ``grains``; ``starts``: first days of the periods; ``provisional``:
    which of them can still change; ``looked``: in how many of the group a lasting change could be looked for;
    ``until``: to which day (exclusive).
    """

    asked: Asked
    grain: Grain
    grains: tuple[Grain, ...]
    suits: Grain
    starts: tuple[date, ...]
    provisional: np.ndarray
    panels: tuple[Panel, ...]
    looked: int
    until: date | None


def read(connection: Connection, scope: Scope, asked: Asked, own: int = 0) -> Panels:
    """Every hospital of the group, and ``own`` beside them where it is a hospital outside it.

    Raises UnknownIndicator, and ``ValueError`` for an unknown group.
    """
    indicator = by_id(asked.indicator)
    group = groups.compared(connection, "hospital", asked.group, asked.last)
    chosen = [*group, *_beside(connection, group, own)]
    numbers = [one.orgnr for one in chosen]
    grains: tuple[Grain, ...] = ("year",) if indicator.is_coverage else GRAINS
    yearly = across.by_year(connection, scope, indicator, numbers, asked.first, asked.last)
    suits = _suits(yearly, grains)
    grain = next((one for one in grains if one == asked.grain), suits)
    points = (
        yearly[yearly["why"] == ""] if grain == "year" else _points(connection, scope, indicator, numbers, asked, grain)
    )
    starts = _periods(connection, asked, grain)
    first, end = date(asked.first, 1, 1), date(asked.last + 1, 1, 1)
    changes = {one.unit: one for one in steps.read(connection, scope, indicator.id, first, end)}
    settled = steps.settled(connection, indicator.id)
    panels = tuple(
        _panel(connection, indicator, one, points, yearly, starts, grain, changes, one in group) for one in chosen
    )
    return Panels(
        asked=asked,
        grain=grain,
        grains=grains,
        suits=suits,
        starts=tuple(starts.astype("datetime64[D]").astype(object)),
        provisional=_provisional(connection, indicator, starts, grain),
        panels=panels,
        looked=sum(one.inside and one.step is not None for one in panels),
        until=None if settled is None else min(end, settled),
    )


def _beside(connection: Connection, group: tuple[Unit, ...], own: int) -> list[Unit]:
    if not own or own in {one.orgnr for one in group}:
        return []
    mine = units.unit(connection, own)
    return [mine] if mine.level == "hospital" else []


def _suits(yearly: pandas.DataFrame, grains: tuple[Grain, ...]) -> Grain:
    """Months where the median hospital has patients enough in one, else tertials."""
    if len(grains) == 1:
        return grains[0]
    if yearly.empty:
        return "tertial"
    years = yearly["year"].max() - yearly["year"].min() + 1
    monthly = yearly.groupby("unit")["denominator"].sum() / (12 * years)
    return "month" if monthly.median() >= ENOUGH else "tertial"


def _points(
    connection: Connection, scope: Scope, indicator: Indicator, numbers: list[int], asked: Asked, grain: Grain
) -> pandas.DataFrame:
    first, end = date(asked.first, 1, 1), date(asked.last + 1, 1, 1)
    full = series.many(connection, scope, numbers, indicator.id, grain, first, end)
    return disclosed.of_many(connection, scope, indicator, grain, full)


def _periods(connection: Connection, asked: Asked, grain: Grain) -> np.ndarray:
    """First days of the periods of the years, up to the newest admission."""
    last = bucket_of(date(asked.last, 12, 31), grain)
    newest = series.newest_admission(connection)
    if newest is not None:
        last = min(last, max(bucket_of(newest.date(), grain), bucket_of(date(asked.first, 1, 1), grain)))
    return first_days(np.arange(bucket_of(date(asked.first, 1, 1), grain), last + 1), grain)


def _provisional(connection: Connection, indicator: Indicator, starts: np.ndarray, grain: Grain) -> np.ndarray:
    open_from = series.provisional_from(connection, units.NATION, indicator.id)
    if open_from is None or indicator.is_coverage:
        return np.zeros(len(starts), dtype=bool)
    ends = starts.astype("datetime64[M]") + MONTHS_IN[grain]
    return ends.astype("datetime64[D]") > np.datetime64(open_from)


def _panel(
    connection: Connection,
    indicator: Indicator,
    one: Unit,
    points: pandas.DataFrame,
    yearly: pandas.DataFrame,
    starts: np.ndarray,
    grain: Grain,
    changes: dict[int, Step],
    inside: bool,
) -> Panel:
    mine, years = points[points["unit"] == one.orgnr], yearly[yearly["unit"] == one.orgnr]
    moments = first_days(mine["year"].to_numpy(), "year") if grain == "year" else mine["start"].to_numpy()
    place = np.searchsorted(starts, moments)
    patients, numerators = np.zeros(len(starts), dtype=np.int64), np.full(len(starts), np.nan)
    patients[place], numerators[place] = mine["denominator"], mine["numerator"]
    values = numerators / np.maximum(patients, 1)
    seen = years.loc[years["why"] == "", "denominator"]
    why = _why(connection, indicator, one, drawn=len(mine) > 0, years=years)
    return Panel(
        unit=one.orgnr,
        name=one.name,
        values=values,
        numerators=numerators,
        patients=patients,
        yearly=float(seen.mean()) if len(seen) else float("nan"),
        why=why,
        step=None if why else changes.get(one.orgnr),
        inside=inside,
    )


def _why(connection: Connection, indicator: Indicator, one: Unit, *, drawn: bool, years: pandas.DataFrame) -> str:
    if across.lacks_stroke_unit(indicator, one):
        return "stroke_unit"
    if drawn:
        return ""
    if len(years):
        return "coverage" if (years["why"] == "coverage").all() else "few"
    away = any(note.key == "footnote.counted_elsewhere" for note in reach(connection, one.orgnr, indicator).footnotes)
    return "elsewhere" if away else "none"
