"""From a monthly series and a start date to before | ramp-in | after, and the units to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from nhr_dash.statistics.effect.verdict import Comparison, Months, Verdict, judge


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


def _fill(frame: pd.DataFrame, first: int, until: int) -> Months:
    """Counts and patients of each month from `first` up to `until`; a month without a row had no patients."""
    numbers = frame["start"].dt.year * 12 + frame["start"].dt.month - 1
    sums = frame.groupby(numbers.to_numpy())[["numerator", "denominator"]].sum()
    held = sums.reindex(np.arange(first, until), fill_value=0)
    return Months(
        tuple(float(value) for value in held["numerator"]), tuple(float(value) for value in held["denominator"])
    )


def split(
    frame: pd.DataFrame,
    changed_on: date,
    *,
    settled_on: date | None = None,
    baseline_months: int = 24,
    until: date | None = None,
) -> Spans:
    """Split a monthly series at the day a change began.

    frame: one row a month with `start` (datetime64), `numerator`, `denominator` and, if there, `provisional`; gaps may
    be rows with denominator 0 or absent. The month of the change is before only up to its first day: a change on the
    10th makes that month part of the ramp-in. settled_on: the day the ramp-in ended (none without it). baseline_months:
    at most so many months before, fewer when the series is shorter, whole years when it holds at least one.
    Provisional months at the end are left out. until: the day the comparison ends, exclusive.
    """
    begin = _month_number(changed_on)
    settled = max(settled_on or changed_on, changed_on)
    after_first = _month_number(settled) + (1 if settled.day > 1 else 0)
    numbers = (frame["start"].dt.year * 12 + frame["start"].dt.month - 1).to_numpy()
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
    held = begin - int(numbers.min()) if numbers.size else 0
    length = max(0, min(baseline_months, held))
    if length >= 12:
        length -= length % 12
    return Spans(
        before=_fill(frame, begin - length, begin),
        after=_fill(frame, after_first, stop),
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
    sums = []
    for first, until in ((spans.before_from, spans.before_until), (spans.after_from, spans.after_until)):
        inside = frame[(frame["start"] >= pd.Timestamp(first)) & (frame["start"] < pd.Timestamp(until))]
        sums.append(inside.groupby("unit")[["numerator", "denominator"]].sum())
    both = sums[0].add_suffix("_before").join(sums[1].add_suffix("_after"), how="inner")
    both = both[(both["denominator_before"] > 0) & (both["denominator_after"] > 0)]
    columns = ("numerator_before", "denominator_before", "numerator_after", "denominator_after")
    lists = [tuple(float(value) for value in both[column]) for column in columns]
    return Comparison(lists[0], lists[1], lists[2], lists[3])


def judge_series(
    frame: pd.DataFrame,
    changed_on: date,
    *,
    others: pd.DataFrame | None = None,
    settled_on: date | None = None,
    baseline_months: int = 24,
    until: date | None = None,
    direction: int = 1,
    season: bool = True,
    chosen_after_looking: bool = False,
) -> tuple[Spans, Verdict]:
    """Split a monthly series at a stored start date and judge the change; see `split`, `comparison` and `judge`."""
    spans = split(frame, changed_on, settled_on=settled_on, baseline_months=baseline_months, until=until)
    months = len(spans.after.patients)
    yearly = 12 * sum(spans.after.patients) / months if months else None
    verdict = judge(
        spans.before,
        spans.after,
        comparison=None if others is None else comparison(others, spans),
        direction=direction,
        season=season,
        chosen_after_looking=chosen_after_looking,
        gap_months=spans.gap_months,
        yearly_patients=yearly,
    )
    return spans, verdict
