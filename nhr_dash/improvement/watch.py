"""*Holder det seg?*: the outcome of projects that are over or in follow-up, watched against the level they reached.

A relapse is a signal for the worse since the watch began that still stands in the last six months, by one of two rules:
- CUSUM (``statistics.cusum``) looking for halved odds, with the limit that gives 5 % false alarms a year at the
  hospital's volume, the level's own uncertainty taken into account. It is looked at once a month, which makes the real
  rate a little lower than that.
- A row of months on the wrong side of the level's median, longer than the Anhøj limit (``statistics.reading``). It is
  slow to appear and rarely false: in about 3 % of series of 24 points (Anhøj & Olesen 2014).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

import numpy as np
import pandas
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement.kinds import MeasureKind, Status
from nhr_dash.improvement.measured import Level, Reason, level_of
from nhr_dash.improvement.models import Measure, Participant, Project
from nhr_dash.improvement.projects import is_own
from nhr_dash.improvement.tables import chart_phase
from nhr_dash.registry import disclosed, indicators, series
from nhr_dash.registry.indicator import Indicator
from nhr_dash.statistics import cusum, reading

WATCHED = (Status.SUSTAINING, Status.CLOSED)
FALSE_ALARM = 0.05
"""Probability of a false CUSUM alarm within a year."""
SETTLING_MONTHS = 12
"""Months after the change that are the level to hold, where the project has no last day."""
FEWEST = 10
"""Patients under which there is no level to hold, or nothing to hold it against."""
STILL_MONTHS = 6
"""Months at the end in which a signal must still stand."""
HALVED, DOUBLED = 0.5, 2.0


class Followed(Protocol):
    """A project with its hospitals and its outcome: a listed one or a whole one."""

    @property
    def project(self) -> Project:
        """The project."""

    @property
    def units(self) -> tuple[int, ...]:
        """Its hospitals."""

    @property
    def outcome(self) -> Measure | None:
        """The measure that the aim is about."""


@dataclass(frozen=True, slots=True)
class Watchable:
    """A project as :func:`at_units` finds it."""

    project: Project
    units: tuple[int, ...]
    outcome: Measure | None


@dataclass(frozen=True, slots=True)
class Watch:
    """One project at one hospital. ``state``: relapsed, held, or early (too few patients yet).

    ``since``: the first day of the watch. ``level``: what is to be held; ``now``: the months since the signal where
    there is a relapse, else the last year of the watch; None without patients. ``signalled``: the month of the signal.
    ``reason``: the sentence without the project's title.
    """

    project: str
    unit: int
    indicator: str
    state: str
    since: date
    level: Level | None
    now: Level | None
    signalled: date | None
    reason: Reason


def at_units(session: Session, scope: Scope, units: Iterable[int]) -> list[Watchable]:
    """Projects in follow-up or over in which one of the hospitals takes part and that may be seen; three queries."""
    wanted = frozenset(units)
    taking_part: dict[str, list[int]] = {}
    rows = session.execute(
        select(Project, Participant.unit)
        .outerjoin(Participant, (Participant.project == Project.id) & Participant.deleted_at.is_(None))
        .where(Project.deleted_at.is_(None), Project.status.in_(WATCHED))
        .order_by(Project.ends_on.desc(), Project.id)
    ).all()
    for project, unit in rows:
        taking_part.setdefault(project.id, [project.unit])
        if unit is not None and unit not in taking_part[project.id]:
            taking_part[project.id].append(unit)
    found = {project.id: project for project, _ in rows if not wanted.isdisjoint(taking_part[project.id])}
    outcomes: dict[str, Measure] = {}
    for measure in session.scalars(
        select(Measure)
        .where(Measure.project.in_(found), Measure.kind == MeasureKind.OUTCOME, Measure.deleted_at.is_(None))
        .order_by(Measure.position, Measure.created_at, Measure.id)
    ):
        outcomes.setdefault(measure.project, measure)
    return [
        Watchable(project, tuple(unit for unit in taking_part[key] if unit in wanted), outcomes.get(key))
        for key, project in found.items()
        if project.published or is_own(scope, taking_part[key])
    ]


def watch(connection: Connection, scope: Scope, followed: Sequence[Followed]) -> list[Watch]:
    """Every project that can be watched, at each of its hospitals; one query an indicator, however many projects.

    Left out: projects that are not over or in follow-up, without the day the change began, and without a share of the
    registry as outcome.
    """
    newest = series.newest_admission(connection)
    asked = [
        (one.project, unit, one.outcome.indicator)
        for one in followed
        if one.project.status in WATCHED and one.project.starts_on is not None and one.outcome is not None
        for unit in one.units
        if one.outcome.indicator is not None and _is_share(one.outcome.indicator)
    ]
    if newest is None or not asked:
        return []
    starts = _phase_starts(connection, {(unit, indicator) for _, unit, indicator in asked})
    months: dict[str, pandas.DataFrame] = {}
    for name in dict.fromkeys(indicator for _, _, indicator in asked):
        units = tuple(dict.fromkeys(unit for _, unit, indicator in asked if indicator == name))
        months[name] = series.many(connection, scope, units, name, "month")
    found = []
    for project, unit, indicator in asked:
        open_from = series.provisional_from(connection, unit, indicator)
        frame = months[indicator]
        own = frame[(frame["unit"] == unit) & (frame["end"] <= pandas.Timestamp(open_from or newest.date()))]
        own = disclosed.of_many(connection, scope, indicators.by_id(indicator), "month", own)
        level_from, since = window(project, starts.get((unit, indicator), ()))
        found.append(judged(project.id, unit, indicators.by_id(indicator), own, level_from, since))
    return found


def relapses(watched: Iterable[Watch]) -> list[Watch]:
    """Those that have fallen back, the newest signal first."""
    fallen = [one for one in watched if one.signalled is not None]
    return sorted(fallen, key=lambda one: one.signalled or date.min, reverse=True)


def window(project: Project, phase_starts: Sequence[date] = ()) -> tuple[date, date]:
    """First day of the level to hold, and first day of the watch: the project's last day, else a year after the change.

    The level begins when the ramp-in ended, or later, where the team has begun a phase on the chart before the watch.
    Raises ValueError for a project whose change has no day.
    """
    if project.starts_on is None:
        raise ValueError("a project without the day of its change has no level to hold")
    first = max(project.settled_on or project.starts_on, project.starts_on)
    year_on = date(first.year + SETTLING_MONTHS // 12, first.month, 1)
    since = project.ends_on if project.ends_on is not None and project.ends_on > first else year_on
    return max([first, *(day for day in phase_starts if first < day < since)]), since


def judged(
    project: str, unit: int, indicator: Indicator, months: pandas.DataFrame, level_from: date, since: date
) -> Watch:
    """The rules of this module on settled months (``start``, ``numerator``, ``denominator``, ``value``), in order."""
    begin = np.datetime64(since)
    start = months["start"].to_numpy()
    old = months[(start >= np.datetime64(level_from)) & (start < begin)]
    new = months[start >= begin]
    level = level_of(old, "share")

    def told(state: str, now: Level | None, signalled: date | None = None, **values: object) -> Watch:
        said = {"since": since, "level": level, "now": now, **values}
        key = Reason(f"watch.{state}", said)
        return Watch(project, unit, indicator.id, state, since, level, now, signalled, key)

    now = level_of(new.iloc[-SETTLING_MONTHS:], "share")
    if level is None or min(old["denominator"].sum(), new["denominator"].sum()) < FEWEST:
        return told("early", now)
    signalled = _signalled(old, new, level.value, indicator.direction)
    if signalled is None:
        return told("held", now, n=len(new))
    fallen = level_of(new[new["start"] >= np.datetime64(signalled)], "share")
    return told("relapsed", fallen, signalled, month=signalled)


def _signalled(old: pandas.DataFrame, new: pandas.DataFrame, level: float, direction: int) -> date | None:
    """The first month of a fall that still stands: where the CUSUM last left 0 before its signal, or the row began."""
    still = level_of(new.iloc[-STILL_MONTHS:], "share")
    if still is None or (still.value - level) * direction >= 0:
        return None
    places = [place for place in (_cusum(old, new, level, direction), _row(old, new, direction)) if place is not None]
    return new["start"].iloc[min(places)].date() if places else None


def _cusum(old: pandas.DataFrame, new: pandas.DataFrame, level: float, direction: int) -> int | None:
    """The month in which the CUSUM left 0 for the last time before it passed its limit; None where it didn't.

    That the highest sum has at most 5 % chance of being reached within a year is the same as having passed the limit
    that 5 % of years reach, and is found without searching for that limit.
    """
    ratio = HALVED if direction > 0 else DOUBLED
    held = int(old["denominator"].sum())
    share = min(max(level, 0.5 / (held + 1)), 1 - 0.5 / (held + 1))
    yes, no = cusum.weights([1.0, 0.0], share, ratio)
    done, patients = new["numerator"].to_numpy(dtype=float), new["denominator"].to_numpy(dtype=float)
    height, left, best = 0.0, 0, (0.0, 0)
    for place, step in enumerate(done * yes + (patients - done) * no):
        left = place if height <= 0 else left
        height = max(0.0, height + step)
        best = max(best, (height, -left))
    if best[0] < 1:  # the smallest hospital's limit is higher
        return None
    yearly = max(1, round(12 * float(patients.sum()) / len(new)))
    return -best[1] if _false_alarm(share, held, ratio, round(best[0], 3), yearly) <= FALSE_ALARM else None


@lru_cache(maxsize=1024)
def _false_alarm(share: float, held: int, ratio: float, height: float, yearly: int) -> float:
    """Probability that the CUSUM is ever so high within a year, at a level that so many patients have shown."""
    possible, chances = cusum.possible_baselines(share, held)
    return cusum.signal_probability(share, possible, ratio, height, patients=yearly, chances=chances)


def _row(old: pandas.DataFrame, new: pandas.DataFrame, direction: int) -> int | None:
    """The month in which a row on the wrong side of the level's median began; None where none is a signal."""
    both = pandas.concat([old.assign(phase=0), new.assign(phase=1)])
    if len(old) < reading.FEWEST_POINTS:
        return None
    row = reading.read(both["value"], both["numerator"], both["denominator"], both["phase"], direction=direction).row
    wrong = row is not None and row.signal and row.side * direction < 0
    return row.first - len(old) if wrong and row is not None else None


def _is_share(indicator: str) -> bool:
    return any(one.id == indicator and not one.is_duration for one in indicators.WITH_FACTS)


def _phase_starts(connection: Connection, asked: set[tuple[int, str]]) -> Mapping[tuple[int, str], list[date]]:
    """Phases on these charts, in one query."""
    c = chart_phase.c
    units, names = {unit for unit, _ in asked}, {name for _, name in asked}
    rows = connection.execute(
        select(c.unit, c.indicator, c.starts_on)
        .where(c.unit.in_(units), c.indicator.in_(names), c.removed_at.is_(None))
        .order_by(c.starts_on)
    )
    found: dict[tuple[int, str], list[date]] = {}
    for row in rows:
        found.setdefault((row.unit, row.indicator), []).append(row.starts_on)
    return found
