"""What stands on a chart besides the numbers: events and the starts of phases (read)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, or_, select

from nhr_dash.improvement.tables import chart_phase, event


@dataclass(frozen=True, slots=True)
class Event:
    """A dated or spanning event. ``national`` ones stand on every chart; ``assumed`` where a source is missing."""

    starts_on: date
    ends_on: date | None
    title: str
    kind: str
    national: bool
    assumed: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a new phase of a chart begins, and why."""

    starts_on: date
    reason: str


def events(
    connection: Connection, unit: int, indicator: str, start: date | None, end: date, language: str
) -> list[Event]:
    """Events on a unit's chart of an indicator that touch the days from start to end, by date."""
    c = event.c
    title = c.title_en if language == "en" else c.title_nb
    rows = connection.execute(
        select(c.starts_on, c.ends_on, title.label("title"), c.kind, c.unit, c.assumed)
        .where(or_(c.unit.is_(None), c.unit == unit))
        .where(or_(c.indicator.is_(None), c.indicator == indicator))
        .where(c.starts_on <= end)
        .order_by(c.starts_on, c.id)
    )
    return [
        Event(row.starts_on, row.ends_on, row.title, row.kind, row.unit is None, bool(row.assumed))
        for row in rows
        if start is None or (row.ends_on or row.starts_on) >= start
    ]


def phases(connection: Connection, unit: int, indicator: str) -> list[Phase]:
    """Starts of phases on a unit's chart of an indicator, by date."""
    c = chart_phase.c
    rows = connection.execute(
        select(c.starts_on, c.reason).where(c.unit == unit, c.indicator == indicator).order_by(c.starts_on)
    )
    return [Phase(row.starts_on, row.reason) for row in rows]
