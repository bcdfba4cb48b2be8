"""Lasting changes: hospitals whose share stepped beyond what the others did and stayed, and when.

Looked for in whole tertials, the finest of the periods that other hospitals are seen in where a small hospital has
patients enough, so that the same changes are found whatever a chart is drawn by.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.registry import disclosed, series, units
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.periods import bucket_of, first_day
from nhr_dash.statistics.variation import find_steps

GRAIN = "tertial"
RATE = 0.05
"""Of the changes that are told, at most this share (expected) is chance."""
_INSIDE = 0.001


@dataclass(frozen=True, slots=True)
class Step:
    """The best place of one step in a hospital's share.

    ``found``: is it more than chance, over all hospitals that were looked through? ``since``: first day of the first
    tertial after it. Shares 0-1; ``low`` and ``high`` of ``difference``, which is beyond the others' change.
    ``strength``: how clear it is, with the sign of the difference (root of the score statistic). ``p``: that the best
    step of a series without any is as clear. ``earliest`` and ``latest``: what ``since`` can also be (95 %).
    ``points``: numerator and denominator of every tertial, of which ``place`` is the first after the step.
    """

    unit: int
    found: bool
    since: date
    before: float
    after: float
    difference: float
    low: float
    high: float
    strength: float
    patients_before: int
    patients_after: int
    p: float
    earliest: date
    latest: date
    place: int
    points: tuple[tuple[int, int], ...]


def settled(connection: Connection, indicator_id: str) -> date | None:
    """The first day of the tertial in which figures may still change anywhere; None without data.

    A hospital that reports late has no step because of it. Raises UnknownIndicator.
    """
    newest = series.newest_admission(connection)
    if newest is None:
        return None
    open_from = series.provisional_from(connection, units.NATION, indicator_id) or newest.date()
    return first_day(bucket_of(open_from, GRAIN), GRAIN)


def read(connection: Connection, scope: Scope, indicator_id: str, first: date, end: date) -> tuple[Step, ...]:
    """Every hospital that could be looked through in whole settled tertials from ``first`` to ``end`` (exclusive).

    Made from what may be seen of each hospital, against all patients of the others. Empty where the indicator has no
    share by month. Raises UnknownIndicator.
    """
    indicator = by_id(indicator_id)
    last = settled(connection, indicator_id)
    if last is None or indicator.is_coverage or indicator.is_duration or first >= min(end, last):
        return ()
    hospitals = [one.orgnr for one in units.all_units(connection) if one.level == "hospital"]
    full = series.many(connection, scope, hospitals, indicator_id, GRAIN, first, min(end, last))
    if full.empty:
        return ()
    x, n = _grid(full, "numerator"), _grid(full, "denominator")
    others = (x.sum() - x) / np.maximum(n.sum() - n, 1)
    seen = disclosed.of_many(connection, scope, indicator, GRAIN, full)
    looked = {
        name: _grid(seen, name).reindex(index=x.index, columns=x.columns, fill_value=0)
        for name in ("numerator", "denominator")
    }
    found = find_steps(
        looked["numerator"].to_numpy(),
        looked["denominator"].to_numpy(),
        against=others.clip(_INSIDE, 1 - _INSIDE).to_numpy(),
        rate=RATE,
    ).units
    starts = [moment.date() for moment in x.columns]
    return tuple(
        Step(
            unit=int(unit),
            found=bool(row.found),
            since=starts[int(row.start)],
            before=row.before,
            after=row.after,
            difference=row.difference,
            low=row.low,
            high=row.high,
            strength=float(np.copysign(np.sqrt(row.statistic), row.difference)),
            patients_before=int(row.patients_before),
            patients_after=int(row.patients_after),
            p=row.p,
            earliest=starts[int(row.earliest)],
            latest=starts[int(row.latest)],
            place=int(row.start),
            points=tuple((int(done), int(count)) for done, count in zip(*counts, strict=True)),
        )
        for unit, row, *counts in zip(
            x.index,
            found.itertuples(index=False),
            *(looked[name].to_numpy() for name in ("numerator", "denominator")),
            strict=True,
        )
        if row.reason is None
    )


def _grid(rows: pandas.DataFrame, name: str) -> pandas.DataFrame:
    """Units × tertials; 0 where there is no patient."""
    return rows.pivot(index="unit", columns="start", values=name).fillna(0)
