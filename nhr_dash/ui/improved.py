"""Hospitals that have become lastingly better, whether or not they have written a project: from the step detection."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope, Visibility
from nhr_dash.improvement.publishing import FEWEST
from nhr_dash.registry import indicators, series, units
from nhr_dash.registry.periods import MONTHS_IN, first_day, month_number
from nhr_dash.statistics.variation.steps import find_steps

GRAIN = "quarter"
YEARS = 5
"""Whole years that a lasting change is looked for in."""
VOLUME = "hjerneslag_beh_enhet"
"""The indicator whose denominator is every registered stroke."""
LIKE = 1.5
"""Hospitals are of the same size when one has at most this many times the patients of the other."""


@dataclass(frozen=True, slots=True)
class Improved:
    """A hospital whose share stepped in the wanted direction beyond what others did, and stayed.

    ``since``: first day of the first quarter after the step. Shares 0-1; ``low`` and ``high`` of the difference from
    the others' change. At least :data:`FEWEST` patients on both sides.
    """

    unit: int
    since: date
    before: float
    after: float
    low: float
    high: float


def yearly_patients(connection: Connection) -> dict[int, int]:
    """Registered strokes at every hospital in the newest twelve months; hospitals without any are absent."""
    newest = series.newest_admission(connection)
    if newest is None:
        return {}
    last = month_number(newest.date())
    scope = Scope(person="", visibility=Visibility(frozenset()))
    found = series.many(
        connection,
        scope,
        _hospitals(connection),
        VOLUME,
        "month",
        first_day(last - 11, "month"),
        first_day(last + 1, "month"),
    )
    return {int(unit): int(count) for unit, count in found.groupby("unit")["denominator"].sum().items()}


def like(own: int | None, other: int | None) -> bool:
    """Are two hospitals of about the same size? Unknown is not."""
    if not own or not other:
        return False
    return max(own, other) <= LIKE * min(own, other)


def read(connection: Connection, scope: Scope, indicator_id: str) -> tuple[Improved, ...]:
    """The hospitals that improved, the largest step first; empty where the indicator has no share by month."""
    indicator = indicators.by_id(indicator_id)
    newest = series.newest_admission(connection)
    if newest is None or indicator.is_coverage or indicator.is_duration:
        return ()
    open_from = series.provisional_from(connection, units.NATION, indicator_id) or newest.date()
    size = MONTHS_IN[GRAIN]
    # Whole quarters that are final everywhere: a hospital that reports late has no step because of it.
    end = month_number(open_from) // size
    first = end - YEARS * 12 // size
    found = series.many(
        connection,
        scope,
        _hospitals(connection),
        indicator_id,
        GRAIN,
        first_day(first, GRAIN),
        first_day(end, GRAIN),
    )
    if found.empty:
        return ()
    done, counted = _grid(found, "numerator"), _grid(found, "denominator")
    x, n = done.to_numpy(float), counted.to_numpy(float)
    others = (x.sum(axis=0) - x) / np.maximum(n.sum(axis=0) - n, 1)
    steps = find_steps(x, n, against=np.clip(others, 0.001, 0.999)).units
    starts = [moment.date() for moment in done.columns]
    rows = zip(done.index, steps.itertuples(index=False), strict=True)
    better = [
        Improved(int(unit), starts[int(row.start)], row.before, row.after, row.low, row.high)
        for unit, row in rows
        if row.found
        and row.difference * indicator.direction > 0
        and min(row.patients_before, row.patients_after) >= FEWEST
    ]
    return tuple(sorted(better, key=lambda one: -abs(one.after - one.before)))


def _grid(found: pandas.DataFrame, name: str) -> pandas.DataFrame:
    """Units × quarters; 0 where there is no patient."""
    return found.pivot(index="unit", columns="start", values=name).fillna(0)


def _hospitals(connection: Connection) -> list[int]:
    return [one.orgnr for one in units.all_units(connection) if one.level == "hospital"]
