"""Stability before comparison: units whose level is moving, so that a year's share is a mean of two levels."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.registry import steps
from nhr_dash.registry.across import Across
from nhr_dash.registry.indicators import by_id

BEFORE, AFTER = 3, 1
"""Years before and after those compared in which a lasting change is looked for."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A hospital whose share of all patients changed lastingly, beyond what others did, since the first of the years
    compared. ``since``: first day of the first tertial after it; ``side``: better or worse.
    """

    since: date
    side: str


def read(connection: Connection, scope: Scope, found: Across) -> dict[int, Moving]:
    """The hospitals that are moving; empty above them. Those that are hidden are left out."""
    asked, direction = found.asked, by_id(found.asked.indicator).direction
    if asked.level != "hospital":
        return {}
    first, end = date(asked.first - BEFORE, 1, 1), date(asked.last + AFTER + 1, 1, 1)
    shown = set(found.rows.loc[found.counted & ~found.hidden, "unit"].tolist())
    return {
        one.unit: Moving(one.since, "better" if one.difference * direction > 0 else "worse")
        for one in steps.read(connection, scope, asked.indicator, first, end)
        if one.found and one.unit in shown and one.since > date(asked.first, 1, 1)
    }
