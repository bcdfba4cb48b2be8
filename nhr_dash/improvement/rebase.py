"""*Nytt nivå?*: suggests that a new phase begins where a series has settled on a new level, and why or why not.

Nothing is moved by itself: re-basing on a rule alone hides what it should show, so a person answers four questions
first (has it held, is the cause known, was it wanted, will it last? They are the NHS guide *Making Data Count*'s).

The rule, on the settled months of the chart's last phase, without the days that are held out:
1. The baseline is the phase's months before the change where a change is named, else its first months (24, or 12 where
   the phase is shorter than 36): at least 12 (Anhøj: a median needs 12 points).
2. Signal: the longest row after the baseline on one side of the baseline's median is longer than the Anhøj limit for
   all useful points of both (``statistics.reading``; Anhøj & Olesen 2014).
3. Held: at least 12 months from the row's first to the newest.
4. Settled: the months from there on vary randomly around their own median (no Anhøj signal), and all patients together
   differ from the baseline's in the same direction with 95 % (at a few patients a month the median of the months is too
   coarse to trust alone). A ramp-in may be left out: the first start, at most six months after the row's first, from
   which 3 and 4 hold is suggested.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.improvement import annotations, holding
from nhr_dash.improvement.measured import Level, Reason, Scale, level_of
from nhr_dash.registry import indicators, series
from nhr_dash.registry.indicator import Indicator
from nhr_dash.statistics import reading, runs
from nhr_dash.statistics.reading import Reading

FEWEST_MONTHS = 12
"""Months that a median needs, before and after."""
BASELINE_MONTHS = 24
LONGEST_RAMP = 6
"""Months that may pass from the first better month until the level has settled."""


@dataclass(frozen=True, slots=True)
class Version:
    """One way to divide a series: the first days of its phases, the months with their ``phase``, and their reading."""

    boundaries: tuple[date, ...]
    frame: pandas.DataFrame
    reading: Reading


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Is there a new level at a unit, for an indicator?

    ``starts_on``: the suggested first day of a new phase; None: nothing is suggested. ``reason``: why, or why not.
    ``side``: +1 the new level is better, -1 worse; None without a signal. ``before`` and ``after``: the levels.
    ``as_is``: the chart as it stands; ``moved``: with the new phase, None where nothing is suggested.
    """

    unit: int
    indicator: str
    starts_on: date | None
    reason: Reason
    side: int | None
    before: Level | None
    after: Level | None
    as_is: Version
    moved: Version | None

    def answer(self, question: str, language: str) -> str:
        """What the data already say to one of ``annotations.QUESTIONS``; empty where a person must answer."""
        if self.starts_on is None:
            return ""
        if question == "sustained":
            return self.reason.said(language)
        if question == "wanted" and self.side is not None:
            return Reason(f"rebase.wanted_{'yes' if self.side > 0 else 'no'}", self._levels()).said(language)
        return ""

    def _levels(self) -> dict[str, Level | None]:
        return {"before": self.before, "after": self.after}


def suggest(
    connection: Connection, scope: Scope, unit: int, indicator: str, *, changed_on: date | None = None
) -> Suggestion:
    """Look for a new level in the last phase of a unit's chart. ``changed_on``: when a project's change began.

    Never refuses few numbers: the reason says what is lacking. Raises UnknownIndicator and UnknownUnit.
    """
    found = indicators.by_id(indicator)
    starts = tuple(one.starts_on for one in annotations.phases(connection, unit, indicator))
    frame = series.series(connection, scope, series.Question(unit, indicator, "month", boundaries=starts)).frame
    out = holding.held_out(frame, annotations.exclusions(connection, unit, indicator))
    return judged(found, unit, holding.without(frame, out), starts, changed_on)


def accept(
    connection: Connection,
    scope: Scope,
    suggestion: Suggestion,
    starts_on: date,
    reason: str,
    answers: dict[str, str],
) -> None:
    """Begin the new phase on a day, with the reason and the four answers, in the caller's transaction.

    Raises ``annotations.Refused`` and ``NotAllowed``; taken away again with ``annotations.remove_phase``.
    """
    annotations.add_phase(connection, scope, suggestion.unit, suggestion.indicator, starts_on, reason, answers)


def judged(
    indicator: Indicator, unit: int, frame: pandas.DataFrame, boundaries: Sequence[date], changed_on: date | None = None
) -> Suggestion:
    """The rule of this module on a monthly series (``value`` NaN where a month has no patients)."""
    as_is = _version(indicator, frame, boundaries)
    scale: Scale = "minutes" if indicator.is_duration else "share"
    direction = indicator.direction
    settled = frame[frame["value"].notna() & ~frame["provisional"].to_numpy(dtype=bool)]
    last = settled[settled["phase"] == settled["phase"].max()] if len(settled) else settled
    cut = _baseline(last, changed_on)
    old, new = last.iloc[:cut], last.iloc[cut:]

    def answer(key: str, starts_on: date | None = None, side: int | None = None, **values: object) -> Suggestion:
        after = new if starts_on is None else new[new["start"] >= pandas.Timestamp(starts_on)]
        levels = level_of(old, scale), level_of(after, scale)
        moved = None if starts_on is None else _version(indicator, frame, sorted({*boundaries, starts_on}))
        told = {"before": levels[0], "after": levels[1], **values}
        return Suggestion(unit, indicator.id, starts_on, Reason(f"rebase.{key}", told), side, *levels, as_is, moved)

    if len(old) < FEWEST_MONTHS:
        return answer("short_before", n=len(old), wanted=FEWEST_MONTHS)
    row = _compared(indicator, old, new).row if len(new) else None
    if row is None or not row.signal:
        return answer("no_signal", longest=row.length if row else 0)
    side = row.side * direction
    first = row.first - len(old)
    if len(new) - first < FEWEST_MONTHS:
        return answer("short_after", side=side, n=len(new) - first, wanted=FEWEST_MONTHS)
    for place in range(first, min(first + LONGEST_RAMP, len(new) - FEWEST_MONTHS) + 1):
        if _random(new.iloc[place:]) and _agree(_compared(indicator, old, new.iloc[place:]), row.side):
            day = new["start"].iloc[place].date()
            return answer("held", day, side, n=len(new) - place, row=row.length, limit=row.limit)
    return answer("unsettled", side=side)


def _baseline(last: pandas.DataFrame, changed_on: date | None) -> int:
    """How many of the phase's months are its baseline."""
    if changed_on is not None:
        before = int((last["start"] < pandas.Timestamp(changed_on)).sum())
        if before:  # a change before the phase began says nothing about where its baseline ends
            return before
    return BASELINE_MONTHS if len(last) >= BASELINE_MONTHS + FEWEST_MONTHS else min(FEWEST_MONTHS, len(last))


def _compared(indicator: Indicator, old: pandas.DataFrame, new: pandas.DataFrame) -> Reading:
    """Old against new, as two phases."""
    both = pandas.concat([old.assign(phase=0), new.assign(phase=1)])
    return reading.read_frame(both, direction=indicator.direction, duration=indicator.is_duration)


def _agree(found: Reading, side: int) -> bool:
    """Do the row of months and the interval of all patients say the same: a move to this side?"""
    size = found.shift if found.kind == "minutes" else found.difference
    apart = size.low > 0 if side > 0 else size.high < 0
    return apart and found.row is not None and found.row.signal and found.row.side == side


def _random(points: pandas.DataFrame) -> bool:
    """Do the points vary randomly around their own median?"""
    value = points["value"].to_numpy(dtype=float)
    return not runs.analyse(value, float(np.median(value))).signal


def _version(indicator: Indicator, frame: pandas.DataFrame, boundaries: Sequence[date]) -> Version:
    cuts = np.array(sorted(boundaries), dtype="datetime64[D]")
    phase = np.searchsorted(cuts, frame["start"].to_numpy().astype("datetime64[D]"), side="right")
    divided = frame.assign(phase=phase)
    read = reading.read_frame(
        divided, direction=indicator.direction, duration=indicator.is_duration, limit=indicator.limit_minutes
    )
    return Version(tuple(sorted(boundaries)), divided, read)
