"""What the run rule says of a measure since the change, held against the level before. Works for small numbers.

The rule of ``statistics.reading``: the points after are compared with the *median of the points before*, and the
longest row of them on one side is held against the limit of the Anhøj rules for all useful points of both (Anhøj &
Olesen 2014). A row that passes it is a signal.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas

from nhr_dash.improvement.measured import Level, Measured, before, begun, level_of, months_between
from nhr_dash.improvement.projects import Whole
from nhr_dash.statistics import reading, runs

HELD_MONTHS = 6
"""Months that a better level must have lasted before it is called held (the six months of follow-up of the registry's
own project on stroke units)."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A measure after the change, against before.

    ``side``: +1 a signal for the better, -1 for the worse, 0 none, None when the points are too few for the rule to say
    anything. ``before`` and ``after``: levels (``after``: from the row's first point where there is a signal, else all
    points after); None without points. ``before_points``: points of the baseline. ``length``, ``limit``: the longest
    row and the longest that chance explains. ``since``: the first day of the row that is a signal. ``months``: whole
    months from there to the last settled point. ``held``: the row began at least six months ago, and the last six
    months are still nearer to the new level than to the old; None where there is no signal for the better.
    """

    side: int | None
    before: Level | None
    after: Level | None
    before_points: int
    after_points: int
    length: int
    limit: int
    since: date | None
    months: int
    held: bool | None


def since_change(whole: Whole, one: Measured, newest: date | None) -> Shift:
    """A project's measure, before against after the change; no after where the change hasn't begun."""
    project = whole.project
    first, until = before(whole, one, newest)
    old = one.within(first, until)
    if not begun(whole, newest) or project.starts_on is None:
        return judged(one, old, one.frame.iloc[:0])
    return judged(one, old, one.within(max(project.settled_on or project.starts_on, project.starts_on), None))


def judged(one: Measured, old: pandas.DataFrame, new: pandas.DataFrame) -> Shift:
    """Points with values before and after, in order of time, by the rule of this module."""
    points = pandas.concat([old, new])
    phase = np.repeat([0, 1], [len(old), len(new)])
    value = points["value"].to_numpy(dtype=float)
    read = reading.read(value, points["numerator"], points["denominator"], phase, direction=one.direction)
    row = read.row if len(read.phases) > 1 else None
    levels = level_of(old, one.scale), level_of(new, one.scale)
    if row is None or len(old) < reading.FEWEST_POINTS:
        return Shift(
            None, *levels, len(old), len(new), row.length if row else 0, row.limit if row else 0, None, 0, None
        )
    if not row.signal:
        useful = int(np.count_nonzero(runs.sides(value[len(old) :], read.phases[-2].median)))
        side = 0 if useful > row.limit else None  # as many as a signal needs
        return Shift(side, *levels, len(old), len(new), row.length, row.limit, None, 0, None)
    side = row.side * one.direction
    run = new.iloc[row.first - len(old) :]
    after, since, end = level_of(run, one.scale), _day(run["start"].iloc[0]), _day(run["end"].iloc[-1])
    months = months_between(since, end)
    held = months >= HELD_MONTHS and _kept(one, levels[0], after, run) if side > 0 else None
    return Shift(side, levels[0], after, len(old), len(new), row.length, row.limit, since, months, held)


def _kept(one: Measured, old: Level | None, new: Level | None, run: pandas.DataFrame) -> bool:
    """Are the last six months nearer to the new level than to the old?"""
    last = run["end"].max() - pandas.DateOffset(months=HELD_MONTHS)
    now = level_of(run[run["start"] >= last], one.scale)
    if old is None or new is None or now is None:
        return False
    return (now.value - (old.value + new.value) / 2) * one.direction > 0


def _day(moment: pandas.Timestamp) -> date:
    return moment.date()
