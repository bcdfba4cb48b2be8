"""Did a change help? The one place where the registry's series meet the written rule of ``statistics.effect``.

A change is a unit, an indicator and a window: the day it began, and what of the time before and after is compared.
It is judged on whole months, against the real hospitals that took no part.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.improvement import annotations
from nhr_dash.registry import disclosed, series, units
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics import effect
from nhr_dash.statistics.effect import Grade, MinutesVerdict, Spans, Verdict

BASELINE_MONTHS = 24
REFUSALS = ("own_days", "reversed", "before_data", "after_newest", "yearly", "no_data")


class Refused(ValueError):
    """A window that can't be judged. ``kind``, one of :data:`REFUSALS`, is also the key of its sentence."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Window:
    """What is compared with what. Months are counted whole; the ramp-in, ``changed_on`` to ``settled_on``, not at all.

    ``before_from``: first day of the time before; None is the last two years before the change, or as many whole years
    (or, under a year, months) as there are. ``until``: end of the time after, exclusive; None is all there is without
    provisional months. ``chosen_after_looking``: the days weren't stored before the numbers were known.
    """

    changed_on: date
    settled_on: date | None = None
    before_from: date | None = None
    until: date | None = None
    chosen_after_looking: bool = False


def before_from(first: date, changed_on: date) -> date | None:
    """The first month of a time before that was set to begin on a day, cut to whole years if it holds one; None where
    there is no whole month in it."""
    last, begin = (12 * day.year + day.month - 1 for day in (changed_on, first))
    # What began within a month has that month only from its first day.
    begin += first.day > 1
    length = last - begin
    if length < 1:
        return None
    begin = last - (length - length % 12 if length >= 12 else length)
    return date(begin // 12, begin % 12 + 1, 1)


def stored(starts: Sequence[date]) -> Window:
    """The window of the last of a chart's stored phase starts (at least one, by date).

    The time before is the phase before where that is shorter than two years, cut to whole years if it holds one.
    """
    changed = starts[-1]
    begin = before_from(starts[-2], changed) if len(starts) > 1 else None
    if begin is None or 12 * (changed.year - begin.year) + changed.month - begin.month >= BASELINE_MONTHS:
        return Window(changed)
    return Window(changed, before_from=begin)


@dataclass(frozen=True)
class Evidence:
    """What is known of a change.

    ``verdict``: on the share; None for a duration, which has no share. ``minutes``: on the minutes, for intervals and
    durations of a unit that is seen in detail, where they were asked for. ``helped_a_year``: patients a year who get
    what they would not have got before (negative: fewer); None where it can't be told. ``others``: units compared with.
    """

    unit: int
    indicator: str
    window: Window
    spans: Spans
    verdict: Verdict | None
    minutes: MinutesVerdict | None
    helped_a_year: float | None
    others: int

    @property
    def grade(self) -> Grade:
        """The grade of the share, or of the minutes where there is no share."""
        judged = self.verdict or self.minutes
        return judged.grade if judged is not None else Grade.TOO_LITTLE_DATA


@dataclass(frozen=True, eq=False)
class Hospitals:
    """What every real hospital did with an indicator, month by month: what a change is compared with.

    Full data, for statistics alone; a hospital's own row is never shown. ``monthly``: as :func:`series.many`.
    ``minutes``: as :func:`series.minutes_of_many`; None where they weren't asked for.
    """

    indicator: str
    monthly: pandas.DataFrame
    minutes: pandas.DataFrame | None = None


def hospitals(connection: Connection, scope: Scope, indicator: str, *, minutes: bool = False) -> Hospitals:
    """Every real hospital's months with an indicator, to be kept for several questions; with ``minutes`` those too."""
    real = _real(connection, by_id(indicator))
    monthly = series.many(connection, scope, real, indicator, "month")
    return Hospitals(indicator, monthly, series.minutes_of_many(connection, real, indicator) if minutes else None)


def judged(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator: str,
    window: Window,
    *,
    participants: Collection[int] = (),
    compared_with: Hospitals | None = None,
    minutes: bool = True,
) -> Evidence:
    """The evidence for a change at a unit.

    Months that are held out of the unit's chart are held out here too. ``participants``: other units of the same
    project; they and the unit itself (a trust's hospitals too) are not compared with. ``compared_with``: what
    :func:`hospitals` gave, where it is at hand. ``minutes``: judge them too.
    Few or no patients are an answer, not an error. Raises :class:`Refused` for an impossible window, UnknownUnit and
    UnknownIndicator. A unit that isn't seen in detail is judged on its share alone, from the months that may be shown,
    so that the answer holds no more than they do. Days of one's own are for one's own units all the same.
    """
    found = by_id(indicator)
    if window.chosen_after_looking and not scope.visibility.in_detail(unit):
        raise Refused("own_days")
    in_minutes = minutes and found.minutes is not None and scope.visibility.in_detail(unit)
    newest = _check(series.newest_admission(connection), found, window)
    if compared_with is None or (in_minutes and compared_with.minutes is None):
        compared_with = hospitals(connection, scope, indicator, minutes=in_minutes)
    own = compared_with.monthly
    if not _holds(own, unit):
        own = series.many(connection, scope, [unit], indicator, "month")
    return _evidence(connection, scope, unit, found, window, newest, participants, own, compared_with, in_minutes)


def judged_many(
    connection: Connection,
    scope: Scope,
    asked: Sequence[tuple[int, str, Window]],
    *,
    participants: Sequence[Collection[int]] = (),
) -> list[Evidence | Refused]:
    """Many changes at once, in the order asked: the hospitals' months are read once an indicator.

    ``participants``: of each change, in the same order; empty where every unit changed alone. Shares alone: ``minutes``
    of each is None. An impossible window is a :class:`Refused` in its place. ValueError where the lengths differ.
    """
    wanted: dict[str, list[int]] = {}
    for unit, indicator, _ in asked:
        wanted.setdefault(indicator, []).append(unit)
    held = {}
    for indicator, own in wanted.items():
        found = by_id(indicator)
        real = () if found.is_coverage else _real(connection, found)
        monthly = series.many(connection, scope, tuple(dict.fromkeys((*real, *own))), indicator, "month")
        held[indicator] = monthly, Hospitals(indicator, monthly[monthly["unit"].isin(real)])
    newest = series.newest_admission(connection)
    answers: list[Evidence | Refused] = []
    for (unit, indicator, window), part in zip(asked, participants or [()] * len(asked), strict=True):
        found = by_id(indicator)
        monthly, others = held[indicator]
        try:
            until = _check(newest, found, window)
            answers.append(_evidence(connection, scope, unit, found, window, until, part, monthly, others))
        except Refused as refused:
            answers.append(refused)
    return answers


def _real(connection: Connection, indicator: Indicator) -> tuple[int, ...]:
    """Hospitals in the national sums. Where the indicator needs a stroke unit, only those that have one: the others'
    0 % is a structure, and would make every change look larger than the country's."""
    known = units.structure(connection)
    return tuple(
        one
        for one in units.members(connection, units.NATION)
        if known.unit(one).has_stroke_unit or not indicator.needs_stroke_unit
    )


def _holds(monthly: pandas.DataFrame, unit: int) -> bool:
    return bool((monthly["unit"].to_numpy() == unit).any())


def _check(newest: datetime | None, indicator: Indicator, window: Window) -> datetime:
    """The newest admission, once a window is found that data could answer for."""
    if indicator.is_coverage:
        raise Refused("yearly")
    if newest is None:
        raise Refused("no_data")
    if window.changed_on > newest.date():
        raise Refused("after_newest")
    settled = window.settled_on or window.changed_on
    if settled < window.changed_on or (window.until is not None and window.until <= settled):
        raise Refused("reversed")
    if window.before_from is not None and window.before_from >= window.changed_on.replace(day=1):
        raise Refused("reversed")
    return newest


def _evidence(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator: Indicator,
    window: Window,
    newest: datetime,
    participants: Collection[int],
    monthly: pandas.DataFrame,
    compared_with: Hospitals,
    in_minutes: bool = False,
) -> Evidence:
    """``monthly`` holds the unit's own months, maybe among others'."""
    held_out = annotations.exclusions(connection, unit, indicator.id)
    if not scope.visibility.in_detail(unit):
        mine = monthly[monthly["unit"].to_numpy() == unit]
        monthly = disclosed.of_many(connection, scope, indicator, "month", mine)
    own = _own(connection, monthly, unit, indicator, window, newest, held_out)
    took_part = {one for part in (unit, *participants) for one in units.members(connection, part)}
    others = compared_with.monthly
    others = others[~np.isin(others["unit"].to_numpy(), list(took_part))]
    spans, verdict = effect.judge_series(
        own,
        window.changed_on,
        others=None if others.empty else others,
        settled_on=window.settled_on,
        baseline_months=BASELINE_MONTHS,
        before_from=window.before_from,
        until=window.until,
        direction=indicator.direction,
        chosen_after_looking=window.chosen_after_looking,
    )
    of_minutes = None
    if in_minutes and compared_with.minutes is not None:
        held = compared_with.minutes
        if not _holds(held, unit):
            held = pandas.concat([held, series.minutes_of_many(connection, [unit], indicator.id)], ignore_index=True)
        held = held[~((held["unit"] == unit) & _out(held["start"].to_numpy(), held_out))]
        of_minutes = _judged_minutes(held, unit, took_part, spans, indicator, window)
    more = verdict.change.more_a_year
    return Evidence(
        unit=unit,
        indicator=indicator.id,
        window=window,
        spans=spans,
        verdict=None if indicator.is_duration else verdict,
        minutes=of_minutes,
        helped_a_year=None if more is None or indicator.is_duration else indicator.direction * more.estimate,
        others=verdict.others,
    )


def _own(
    connection: Connection,
    monthly: pandas.DataFrame,
    unit: int,
    indicator: Indicator,
    window: Window,
    newest: datetime,
    held_out: Sequence[annotations.Exclusion],
) -> pandas.DataFrame:
    """The unit's months up to the newest in the data, with ``provisional``; two empty years where it has no patient.

    Months that are held out have no patients. Raises Refused where the change lies before its first patient.
    """
    mine = monthly["unit"].to_numpy() == unit
    start = monthly["start"].to_numpy()[mine].astype("datetime64[M]")
    changed = np.datetime64(window.changed_on, "M")
    if len(start) and start.min() >= changed:
        raise Refused("before_data")
    # A month without patients is a month: the series goes on to the newest one.
    ends = [start.min() if len(start) else changed - 24, np.datetime64(newest, "M")]
    months = np.concatenate([start, ends])
    out = _out(months, held_out)
    open_from = series.provisional_from(connection, unit, indicator.id)
    return pandas.DataFrame(
        {
            "start": months.astype("datetime64[ns]"),
            "numerator": np.where(out, 0, np.append(monthly["numerator"].to_numpy()[mine], [0, 0])),
            "denominator": np.where(out, 0, np.append(monthly["denominator"].to_numpy()[mine], [0, 0])),
            "provisional": False if open_from is None else months + 1 > np.datetime64(open_from),
        }
    )


def _out(start: np.ndarray, held_out: Sequence[annotations.Exclusion]) -> np.ndarray:
    """Which months (their first days) are held out: those whose middle lies in days that are."""
    middle = start.astype("datetime64[M]").astype("datetime64[D]") + 14
    found = np.zeros(len(middle), dtype=bool)
    for one in held_out:
        found |= (middle >= np.datetime64(one.starts_on)) & (middle <= np.datetime64(one.ends_on))
    return found


def _judged_minutes(
    minutes: pandas.DataFrame, unit: int, took_part: set[int], spans: Spans, indicator: Indicator, window: Window
) -> MinutesVerdict:
    """The minutes of the same spans, by the same rule; whole years alone may make it clear, as for a share."""

    def over(spans: Spans) -> MinutesVerdict:
        before, after = (
            _between(minutes, first, until)
            for first, until in ((spans.before_from, spans.before_until), (spans.after_from, spans.after_until))
        )
        none = np.array([])
        others = [(before[one], after[one]) for one in before if one in after and one not in took_part]
        return effect.judge_minutes(
            before.get(unit, none),
            after.get(unit, none),
            before_months=len(spans.before.patients),
            after_months=len(spans.after.patients),
            comparison=others or None,
            limit=indicator.limit_minutes,
            chosen_after_looking=window.chosen_after_looking,
            gap_months=spans.gap_months,
        )

    return effect.clear_in_whole_years(over, spans)


def _between(minutes: pandas.DataFrame, first: date, until: date) -> dict[int, np.ndarray]:
    """Minutes by unit of the months from a day to a day (exclusive)."""
    start = minutes["start"].to_numpy()
    inside = minutes[(start >= np.datetime64(first)) & (start < np.datetime64(until))]
    owner, value = inside["unit"].to_numpy(), inside["minutes"].to_numpy()
    order = np.argsort(owner, kind="stable")
    found, cuts = np.unique(owner[order], return_index=True)
    return dict(zip(found.tolist(), np.split(value[order], cuts[1:]), strict=True))
