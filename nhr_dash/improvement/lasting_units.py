"""Hospitals that have become lastingly better, with or without a project: how much, since when, and does it hold?

What is found in one indicator shares a false discovery rate over its hospitals (:mod:`nhr_dash.registry.steps`); what
is found among many indicators shares one over every series that was looked through.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.improvement.potential import twins
from nhr_dash.improvement.publishing import FEWEST
from nhr_dash.registry import indicators, steps
from nhr_dash.registry.periods import MONTHS_IN
from nhr_dash.registry.steps import RATE, Step
from nhr_dash.statistics.fdr import benjamini_hochberg
from nhr_dash.statistics.intervals import newcombe

YEARS = (5, 10)
"""Whole years that a lasting change can be looked for in."""
RECENT = 12 // MONTHS_IN[steps.GRAIN]
"""Tertials of the newest year, which say whether a step holds."""
LOOKED_THROUGH = tuple(
    one.id for one in indicators.INDICATORS if not (one.is_coverage or one.is_duration) and twins()[one.id] == one.id
)
"""Indicators with a share by month, each measure once."""

Holding = Literal["holds", "fallen", "unsure", "new"]


@dataclass(frozen=True, slots=True)
class Stepped:
    """The best step of a hospital in an indicator. ``better``: in the wanted direction, with at least
    :data:`publishing.FEWEST` patients on both sides. ``now``: (numerator, denominator) of the newest year.
    ``holding``: does it hold? (``new``: the step is in that year)
    """

    indicator: str
    step: Step
    better: bool
    now: tuple[int, int]
    holding: Holding


def look(connection: Connection, scope: Scope, indicator_id: str, years: int) -> tuple[Stepped, ...]:
    """Every hospital that could be looked through, also those where nothing was found: they count among the tests.

    Empty where the indicator has no share by month. Raises UnknownIndicator.
    """
    direction = indicators.by_id(indicator_id).direction
    end = steps.settled(connection, indicator_id)
    if end is None:
        return ()
    return tuple(
        Stepped(
            indicator=indicator_id,
            step=one,
            better=one.difference * direction > 0 and min(one.patients_before, one.patients_after) >= FEWEST,
            now=_sum(one.points[-RECENT:]),
            holding=_holding(one, direction),
        )
        for one in steps.read(connection, scope, indicator_id, end.replace(year=end.year - years), end)
    )


def _sum(points: Iterable[tuple[int, int]]) -> tuple[int, int]:
    every = tuple(points)
    return sum(done for done, _ in every), sum(count for _, count in every)


def _holding(step: Step, direction: int) -> Holding:
    """Is the newest year still better than before the step, and no worse than the time between?"""
    begins = len(step.points) - RECENT
    if step.place >= begins:
        return "new"
    before, between, now = (
        _sum(step.points[part]) for part in (slice(None, step.place), slice(step.place, begins), slice(begins, None))
    )
    if not now[1] or not between[1]:
        return "unsure"
    since, all_along = newcombe(*between, *now), newcombe(*before, *now)
    if (since.high if direction > 0 else -since.low) < 0:
        return "fallen"
    return "holds" if (all_along.low if direction > 0 else -all_along.high) > 0 else "unsure"


def better(looked: Iterable[Stepped]) -> tuple[Stepped, ...]:
    """The improvements among everything that was looked through, the largest first; the others paid for too."""
    every = tuple(looked)
    adjusted = benjamini_hochberg([one.step.p for one in every])
    found = [one for one, p in zip(every, adjusted.tolist(), strict=True) if p <= RATE and one.better]
    return tuple(sorted(found, key=lambda one: -abs(one.step.difference)))
