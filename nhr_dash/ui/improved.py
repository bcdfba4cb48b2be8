"""Hospitals that have become lastingly better, whether or not they have written a project: from the step detection."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from nhr_dash.access import Scope, Visibility
from nhr_dash.improvement.publishing import FEWEST
from nhr_dash.registry import indicators, series, steps, units
from nhr_dash.registry.periods import first_day, month_number

YEARS = 5
"""Whole years that a lasting change is looked for in."""
VOLUME = "hjerneslag_beh_enhet"
"""The indicator whose denominator is every registered stroke."""
LIKE = 1.5
"""Hospitals are of the same size when one has at most this many times the patients of the other."""


@dataclass(frozen=True, slots=True)
class Improved:
    """A hospital whose share stepped in the wanted direction beyond what others did, and stayed.

    ``since``: first day of the first tertial after the step. Shares 0-1; ``low`` and ``high`` of the difference from
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
    end = steps.settled(connection, indicator_id)
    if end is None:
        return ()
    found = steps.read(connection, scope, indicator_id, end.replace(year=end.year - YEARS), end)
    better = [
        Improved(one.unit, one.since, one.before, one.after, one.low, one.high)
        for one in found
        if one.found
        and one.difference * indicator.direction > 0
        and min(one.patients_before, one.patients_after) >= FEWEST
    ]
    return tuple(sorted(better, key=lambda one: -abs(one.after - one.before)))


def _hospitals(connection: Connection) -> list[int]:
    return [one.orgnr for one in units.all_units(connection) if one.level == "hospital"]
