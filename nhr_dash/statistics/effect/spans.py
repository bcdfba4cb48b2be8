"""From a monthly series and a start date to before | ramp-in | after, and the units to compare with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhr_dash.statistics.effect.minutes import MinutesVerdict
from nhr_dash.statistics.effect.verdict import Comparison, Months, Verdict, judge

V = TypeVar("V", Verdict, MinutesVerdict)

SEASON_ONLY = "verdict.not_whole_years"
"""The one reason that looking at whole years alone can take away."""


@dataclass(frozen=True)
class Spans:
    """Whole months before and after; the ramp-in between them is in neither.

    Each span goes from its first day to `…_until`, exclusive. gap_months: months between the spans. provisional: months
    left out at the end because their numbers may still change.
    """

    before: Months
    after: Months
    before_from: date
    before_until: date
    after_from: date
    after_until: date
    gap_months: int
    provisional: int


def _month_number(day: date) -> int:
    """Months since year 0, for the month the day lies in."""
    return 12 * day.year + day.month - 1


def _first_day(month: int) -> date:
    """The first day of a month number."""
    return date(month // 12, month % 12 + 1, 1)


def _months(frame: pd.DataFrame) -> NDArray[np.int64]:
    """The month number of each row."""
    since_1970 = frame["start"].to_numpy().astype("datetime64[M]").astype(np.int64)
    return np.asarray(since_1970 + 12 * 1970, dtype=np.int64)


def _fill(frame: pd.DataFrame, numbers: NDArray[np.int64], first: int, until: int) -> Months:
    """Counts and patients of each month from `first` up to `until`; a month without a row had no patients."""
    length = max(0, until - first)
    inside = (numbers >= first) & (numbers < until)
    place = numbers[inside] - first
    sums = [
        np.bincount(place, frame[name].to_numpy(dtype=float)[inside], length)[:length]
        for name in ("numerator", "denominator")
    ]
    return Months(tuple(sums[0].tolist()), tuple(sums[1].tolist()))


def split(
    frame: pd.DataFrame,
    changed_on: date,
    *,
    settled_on: date | None = None,
    baseline_months: int = 24,
    before_from: date | None = None,
    until: date | None = None,
) -> Spans:
    """Split a monthly series at the day a change began.

    frame: one row a month with `start` (datetime64), `numerator`, `denominator` and, if there, `provisional`; gaps may
    be rows with denominator 0 or absent. The month of the change is before only up to its first day: a change on the
    10th makes that month part of the ramp-in. settled_on: the day the ramp-in ended (none without it). baseline_months:
    at most so many months before, fewer when the series is shorter, whole years when it holds at least one.
    before_from: begin the time before in this month instead, or where the series begins if that is later.
    Provisional months at the end are left out. until: the day the comparison ends, exclusive.
    """
    begin = _month_number(changed_on)
    settled = max(settled_on or changed_on, changed_on)
    after_first = _month_number(settled) + (1 if settled.day > 1 else 0)
    numbers = _months(frame)
    stop = int(numbers.max()) + 1 if numbers.size else after_first
    if until is not None:
        stop = min(stop, _month_number(until))
    provisional = 0
    if "provisional" in frame and numbers.size:
        unsure = numbers[frame["provisional"].to_numpy(dtype=bool)]
        settled_stop = min(stop, int(unsure.min())) if unsure.size else stop
        provisional = stop - max(settled_stop, after_first) if stop > after_first else 0
        stop = settled_stop
    stop = max(stop, after_first)
    held = max(0, begin - int(numbers.min())) if numbers.size else 0
    if before_from is not None:
        length = max(0, min(held, begin - _month_number(before_from)))
    else:
        length = min(baseline_months, held)
        length -= length % 12 if length >= 12 else 0
    return Spans(
        before=_fill(frame, numbers, begin - length, begin),
        after=_fill(frame, numbers, after_first, stop),
        before_from=_first_day(begin - length),
        before_until=_first_day(begin),
        after_from=_first_day(after_first),
        after_until=_first_day(stop),
        gap_months=after_first - begin,
        provisional=max(0, provisional),
    )


def comparison(frame: pd.DataFrame, spans: Spans) -> Comparison:
    """The same spans in units that took no part; frame: one row a unit and month (`unit`, `start`, …).

    Units without patients in one of the spans are left out.
    """
    numbers = _months(frame)
    units, place = np.unique(frame["unit"].to_numpy(), return_inverse=True)
    counts, patients = (frame[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    sums = []
    for first, until in ((spans.before_from, spans.before_until), (spans.after_from, spans.after_until)):
        inside = (numbers >= _month_number(first)) & (numbers < _month_number(until))
        sums += [np.bincount(place[inside], values[inside], units.size) for values in (counts, patients)]
    both = (sums[1] > 0) & (sums[3] > 0)
    lists = [tuple(values[both].tolist()) for values in sums]
    return Comparison(lists[0], lists[1], lists[2], lists[3])


def judge_series(
    frame: pd.DataFrame,
    changed_on: date,
    *,
    others: pd.DataFrame | None = None,
    settled_on: date | None = None,
    baseline_months: int = 24,
    before_from: date | None = None,
    until: date | None = None,
    direction: int = 1,
    season: bool = True,
    chosen_after_looking: bool = False,
) -> tuple[Spans, Verdict]:
    """Split a monthly series at a stored start date and judge the change; see `split`, `comparison` and `judge`.

    All months after the change are counted. Where only their not being whole years keeps the answer from being clear,
    the whole years among them are judged alone, and when those are clear, so is the answer: it was clear at that look
    already, so no false alarm is added.
    """

    def judged(spans: Spans) -> Verdict:
        months = len(spans.after.patients)
        return judge(
            spans.before,
            spans.after,
            comparison=None if others is None else comparison(others, spans),
            direction=direction,
            season=season,
            chosen_after_looking=chosen_after_looking,
            gap_months=spans.gap_months,
            yearly_patients=12 * sum(spans.after.patients) / months if months else None,
        )

    spans = split(
        frame,
        changed_on,
        settled_on=settled_on,
        baseline_months=baseline_months,
        before_from=before_from,
        until=until,
    )
    return spans, clear_in_whole_years(judged, spans)


def clear_in_whole_years(judged: Callable[[Spans], V], spans: Spans) -> V:
    """A verdict on the spans, clear where only the season holds it back and the whole years alone are clear.

    judged: the verdict on spans, of a share or of minutes.
    """
    verdict, years = judged(spans), _whole_years(spans)
    if years is None or verdict.reasons != (SEASON_ONLY,):
        return verdict
    alone = judged(years).grade
    if alone.value.removeprefix("clear_") != verdict.grade.value.removeprefix("likely_"):
        return verdict
    return replace(verdict, grade=alone, reasons=())


def _whole_years(spans: Spans) -> Spans | None:
    """The spans with only the first whole years after the change; None where that changes nothing or can't be had."""
    months = len(spans.after.patients)
    if months < 12 or months % 12 == 0 or not spans.before.patients or len(spans.before.patients) % 12:
        return None
    kept = months - months % 12
    until = _first_day(_month_number(spans.after_from) + kept)
    after = Months(spans.after.counts[:kept], spans.after.patients[:kept])
    return replace(spans, after=after, after_until=until)
