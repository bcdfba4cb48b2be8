"""Where there is most to gain: how many more patients a year would get it if a hospital reached a goal.

What others reach, and a hospital's own best year, are never the highest raw shares: those are in part luck, most of
all at few patients. Both are shrunken values (:mod:`nhr_dash.statistics.variation.shrinkage`).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, get_args

import numpy as np
import pandas
from numpy.typing import ArrayLike
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from nhr_dash import disclosure
from nhr_dash.access import Scope
from nhr_dash.improvement import projects, store
from nhr_dash.improvement.kinds import Source, Status
from nhr_dash.improvement.models import Measure, Project
from nhr_dash.registry import across, attainment, series, units
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import INDICATORS, by_id
from nhr_dash.statistics.gain import Part, gain, surety
from nhr_dash.statistics.intervals import Interval, newcombe, wilson
from nhr_dash.statistics.variation import CannotShrink, best_unit, funnel, shrink

Goal = Literal["target", "fifth", "best_year"]
GOALS: tuple[Goal, ...] = get_args(Goal)
SPANS = (1, 3)
"""Whole years that the numbers can be from."""
LOOKED_BACK = 10
"""Whole years among which a hospital's own best is looked for."""
BEFORE = 3
"""Years before the newest that it is held against, to see whether a share is falling."""
FIFTH = 0.2
LEVEL = 0.95
WITH_SHARE = tuple(one.id for one in INDICATORS if not one.is_duration)
IN_MINUTES = tuple(one.id for one in INDICATORS if one.is_duration)


class NoGoal(ValueError):
    """There is nothing to reach. ``reason``: no_target, too_few_hospitals, none_or_all, no_years or no_data; text
    ``potential.no_goal_<reason>``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Aim:
    """What is to be reached: a share with its interval (no width where it is set).

    ``kind``: target, high (the limit of high attainment), fifth or best_year. ``strict``: more than it. ``year``: of
    best_year, else 0.
    """

    share: Interval
    kind: str
    strict: bool = False
    year: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """One hospital and indicator, from the year ``first`` to ``last``.

    ``patients`` in those years, ``share`` of them with its interval (0-1), ``aim``, ``yearly`` patients, ``gain``: more
    patients a year who would get it at the aim, with its interval (0 or less: reached). ``sure``: how sure it is that
    there is a gap (0-1). ``ways``: the ways of finding an area by which this one is found (:class:`Source`).
    """

    unit: int
    indicator: str
    first: int
    last: int
    patients: int
    share: Interval
    aim: Aim
    yearly: float
    gain: Interval
    sure: float
    ways: frozenset[str] = frozenset()

    @property
    def grade(self) -> Literal["clear", "chance", "reached"]:
        """clear: a larger gap than chance explains; chance: it can be chance; reached: there is none."""
        if self.gain.estimate <= 0:
            return "reached"
        return "clear" if self.gain.low > 0 else "chance"


@dataclass(frozen=True, slots=True)
class Looked:
    """An indicator at every hospital. ``why``: there is nothing to reach anywhere (:class:`NoGoal`), else empty.

    Hospitals without a gap to work out: ``hidden`` (too few patients to be shown), ``empty`` (nobody), ``lacking``
    (no stroke unit, where the indicator needs one) and ``aimless`` (too few years to have a best one).
    """

    indicator: str
    why: str = ""
    gaps: tuple[Gap, ...] = ()
    hidden: frozenset[int] = frozenset()
    empty: frozenset[int] = frozenset()
    lacking: frozenset[int] = frozenset()
    aimless: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Together:
    """An indicator over many hospitals: ``gain`` is the sum over those with a clear gap, the largest first.

    ``chance``: how many lie below, but no more than chance explains; ``reached``: how many are there.
    """

    indicator: str
    gain: Interval
    clear: tuple[Gap, ...]
    chance: int
    reached: int


def set_aim(indicator: Indicator, day: date) -> Aim:
    """The goal that somebody has set: the target, else the limit of high attainment. Raises :class:`NoGoal`."""
    target, levels = indicator.target_on(day), indicator.levels_on(day)
    if target is not None:
        return Aim(Interval(target.value, target.value, target.value), "target", target.strict)
    if levels is not None:
        return Aim(Interval(levels.high, levels.high, levels.high), "high")
    raise NoGoal("no_target")


def best_fifth(x: ArrayLike, n: ArrayLike, direction: int = 1) -> Aim:
    """What the fifth of the units with the best shrunken values reach: their mean, weighted by patients.

    Every unit with patients counts. Raises :class:`NoGoal` with fewer units than a comparison may be pooled of.
    """
    try:
        found = shrink(x, n, draws=1000).units.dropna(subset="shrunken")
    except CannotShrink as cannot:
        raise NoGoal("too_few_hospitals" if cannot.reason == "too_few_units" else cannot.reason) from None
    count = round(FIFTH * len(found))
    try:
        disclosure.require_pool(count)
    except disclosure.TooFewUnits:
        raise NoGoal("too_few_hospitals") from None
    best = found.sort_values("shrunken", ascending=direction < 0, kind="stable").head(count)
    weight = best["n"] / best["n"].sum()
    mean = float((weight * best["shrunken"]).sum())
    down = float(np.hypot.reduce(weight * (best["shrunken"] - best["low"])))
    up = float(np.hypot.reduce(weight * (best["high"] - best["shrunken"])))
    return Aim(Interval(mean, mean - down, mean + up), "fifth")


def best_year(years: Sequence[int], x: ArrayLike, n: ArrayLike, direction: int = 1) -> Aim:
    """A unit's best year among its own, by shrunken values. Raises :class:`NoGoal` with fewer than three years."""
    try:
        at, share = best_unit(x, n, direction)
    except CannotShrink as cannot:
        raise NoGoal("no_years" if cannot.reason == "too_few_units" else cannot.reason) from None
    return Aim(share, "best_year", year=years[at])


def look(
    connection: Connection,
    scope: Scope,
    indicator_id: str,
    goal: Goal,
    span: int,
    only: int = 0,
    *,
    trend: bool = False,
) -> Looked:
    """One indicator at every hospital, over its newest ``span`` whole years of which nothing can still change.

    ``only``: the gap of one hospital (its number), else of each. ``trend``: look also whether the newest year is worse
    than those before it (more years are read, and what may be shown of them is worked out).

    Raises UnknownIndicator, and ``ValueError`` for a measure in minutes, which has no share to raise.
    """
    indicator = by_id(indicator_id)
    if indicator.is_duration:
        raise ValueError(f"{indicator_id} is measured in minutes")
    last, newest = across.newest_final(connection, indicator_id), series.newest_admission(connection)
    if last is None or newest is None:
        return Looked(indicator_id, "no_data")
    hospitals = [one for one in units.all_units(connection) if one.level == "hospital"]
    every = [one.orgnr for one in hospitals]
    lacking = frozenset(one.orgnr for one in hospitals if indicator.needs_stroke_unit and not one.has_stroke_unit)
    rows = across.by_year(connection, scope, indicator, every, last - span + 1, last)
    back = LOOKED_BACK if goal == "best_year" else BEFORE + 1 if trend else span
    if back > span:
        earlier = across.by_year(connection, scope, indicator, [only] if only else every, last - back + 1, last - span)
        rows = pandas.concat([rows, earlier])
    of = {int(unit): _Years.of(mine) for unit, mine in rows.groupby("unit") if unit not in lacking}
    now = {unit: found for unit, years in of.items() if (found := years.between(last - span + 1, last))[1]}
    hidden = frozenset(unit for unit in now if of[unit].is_hidden(last - span + 1, last))
    training = {one.orgnr for one in hospitals if one.training}
    pool = np.array([found for unit, found in now.items() if unit not in training]).reshape(-1, 2)
    common: Aim | None = None
    try:
        if goal == "target":  # what is wanted now, of the newest years that are known
            common = set_aim(indicator, newest.date())
        elif goal == "fifth":
            common = best_fifth(pool[:, 0], pool[:, 1], indicator.direction)
    except NoGoal as none:
        return Looked(indicator_id, none.reason)
    worse = _worse(pool, now, indicator.direction)
    gaps, aimless = [], set()
    for unit in (now.keys() - hidden) & ({only} if only else now.keys()):
        try:
            aim = common or of[unit].best(indicator.direction)
        except NoGoal:
            aimless.add(unit)
            continue
        ways = _ways(indicator, now[unit], of[unit], last, newest.date()) | (
            {Source.VARIATION} if unit in worse else set()
        )
        gaps.append(_gap(unit, indicator, (last - span + 1, last), now[unit], aim, frozenset(ways)))
    empty = frozenset(every) - now.keys() - lacking
    return Looked(indicator_id, "", tuple(gaps), hidden, empty, lacking, frozenset(aimless))


@dataclass(frozen=True, slots=True)
class _Years:
    """The years of one hospital: year to (numerator, denominator), and those that may not be shown."""

    counts: dict[int, tuple[float, int]]
    hidden: frozenset[int]

    @classmethod
    def of(cls, rows: pandas.DataFrame) -> "_Years":
        columns = zip(rows["year"], rows["numerator"], rows["denominator"], rows["why"], strict=True)
        found = [(int(year), (float(x), int(n)), why) for year, x, n, why in columns]
        return cls({year: counts for year, counts, _ in found}, frozenset(year for year, _, why in found if why))

    def between(self, first: int, last: int, *, shown: bool = False) -> tuple[float, int]:
        """Sums of years, both inclusive; ``shown``: only of those that may be shown."""
        chosen = [
            counts
            for year, counts in self.counts.items()
            if first <= year <= last and not (shown and year in self.hidden)
        ]
        return sum(x for x, _ in chosen), sum(n for _, n in chosen)

    def is_hidden(self, first: int, last: int) -> bool:
        return any(first <= year <= last for year in self.hidden)

    def best(self, direction: int) -> Aim:
        years = sorted(self.counts.keys() - self.hidden)
        x, n = ([self.counts[year][at] for year in years] for at in (0, 1))
        return best_year(years, x, n, direction)


def _worse(pool: np.ndarray, now: dict[int, tuple[float, int]], direction: int) -> set[int]:
    """Hospitals below the natural variation between hospitals of their size."""
    if not len(pool) or not 0 < pool[:, 0].sum() < pool[:, 1].sum():
        return set()
    counted = list(now)
    usual = funnel(pool[:, 0], pool[:, 1], adjustment="additive").limits([now[unit][1] for unit in counted], LEVEL)
    share = np.array([now[unit][0] / now[unit][1] for unit in counted])
    out = share < usual.low if direction > 0 else share > usual.high
    return {unit for unit, below in zip(counted, out.tolist(), strict=True) if below}


def _gap(
    unit: int,
    indicator: Indicator,
    years: tuple[int, int],
    counted: tuple[float, int],
    aim: Aim,
    ways: frozenset[str],
) -> Gap:
    first, last = years
    share, yearly = wilson(*counted), counted[1] / (last - first + 1)
    more = gain([Part(share, aim.share, yearly)], indicator.direction)
    return Gap(unit, indicator.id, first, last, counted[1], share, aim, yearly, more, surety(more), ways)


def _ways(indicator: Indicator, counted: tuple[float, int], years: _Years, last: int, today: date) -> set[Source]:
    """The ways by which one hospital's own numbers lead to an area."""
    share, ways = counted[0] / counted[1], set()
    level, target = attainment.level(indicator, share, counted[1], today), indicator.target_on(today)
    if level in ("moderate", "low") or (level is None and target is not None and not target.reached(share)):
        ways.add(Source.LOW_ATTAINMENT)
    if _falling(years, last, indicator.direction):
        ways.add(Source.PUBLISHED_RESULTS)
    if any(one.name in ("national", "pathway") and one.holds_on(today) for one in indicator.sets):
        ways.add(Source.POLICY)
    return ways


def _falling(years: _Years, last: int, direction: int) -> bool:
    """Is the newest year worse than the years before it, more than chance explains?"""
    before, newest = years.between(last - BEFORE, last - 1, shown=True), years.between(last, last, shown=True)
    change = newcombe(*before, *newest)
    return bool(change.high < 0 if direction > 0 else change.low > 0)


@cache
def twins() -> dict[str, str]:
    """Every indicator with a share to the first one that counts the same patients and the same success."""
    found: dict[str, str] = {}
    for name in WITH_SHARE:
        one = by_id(name)
        found[name] = next((kept for kept in found if found[kept] == kept and _same(by_id(kept), one)), name)
    return found


def _same(one: Indicator, other: Indicator) -> bool:
    parts = ((one.population, other.population), (one.success, other.success))
    return one.unit == other.unit and all(
        mine is theirs or (mine is not None and theirs is not None and mine.compare(theirs)) for mine, theirs in parts
    )


def once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps with each measure once a hospital: of indicators that count the same, the one with most to gain.

    The clear ones come first, then those that can be chance, then what is reached; in each the largest first.
    """
    kept: dict[tuple[int, str], Gap] = {}
    for one in gaps:
        key = (one.unit, twins()[one.indicator])
        if key not in kept or one.gain.estimate > kept[key].gain.estimate:
            kept[key] = one
    order = ("clear", "chance", "reached")
    return tuple(sorted(kept.values(), key=lambda one: (order.index(one.grade), -one.gain.estimate)))


def together(gaps: Iterable[Gap]) -> tuple[Together, ...]:
    """The same over hospitals, an indicator a row: those with most to gain first."""
    of: dict[str, list[Gap]] = {}
    for one in once(gaps):
        of.setdefault(one.indicator, []).append(one)
    rows = [
        Together(
            indicator,
            total([one for one in every if one.grade == "clear"]),
            tuple(one for one in every if one.grade == "clear"),
            sum(one.grade == "chance" for one in every),
            sum(one.grade == "reached" for one in every),
        )
        for indicator, every in of.items()
    ]
    return tuple(sorted(rows, key=lambda row: -row.gain.estimate))


def total(gaps: Sequence[Gap]) -> Interval:
    """The sum of the gains of one indicator."""
    parts = [Part(one.share, one.aim.share, one.yearly) for one in gaps]
    direction = by_id(gaps[0].indicator).direction if gaps else 1
    return gain(parts, direction, one_goal=len({one.aim for one in gaps}) == 1)


def begin(session: Session, scope: Scope, gap: Gap, title: str, background: str, language: str, source: str) -> str:
    """A project about a gap, as an idea: indicator, aim, and the gap's years as baseline. Returns its id.

    An aim that nobody has set is rounded to whole percent, away from the share now. Raises ``NotAllowed`` and
    ``checks.Refused``.
    """
    better = by_id(gap.indicator).direction > 0
    value = gap.aim.share.estimate
    if gap.aim.kind in ("fifth", "best_year"):
        value = (math.ceil(round(value * 100, 6)) if better else math.floor(round(value * 100, 6))) / 100
    project = Project(
        title=title,
        unit=gap.unit,
        status=Status.IDEA,
        language=language,
        source=source,
        background=background,
        aim_value=value,
        aim_strict=gap.aim.strict,
    )
    projects.create(session, scope, project, indicator=gap.indicator, units=())
    measure = session.scalars(select(Measure).where(Measure.project == project.id)).one()
    days = {"baseline_from": date(gap.first, 1, 1), "baseline_to": date(gap.last, 12, 31)}
    store.save(session, scope, Measure, measure.id, measure.version, days)
    return project.id
