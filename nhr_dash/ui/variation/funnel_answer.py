"""The funnel of one comparison: which units lie outside, drawn and said."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas

from nhr_dash.charts import funnel as pictures
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.funnel import Limit, Point
from nhr_dash.registry import steps
from nhr_dash.registry.across import Across
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics.intervals import wilson
from nhr_dash.statistics.variation import Funnel, column, funnel
from nhr_dash.statistics.variation.funnel import FEWEST_UNITS_FOR_SPREAD, Adjustment
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent, period
from nhr_dash.ui.variation import notes
from nhr_dash.ui.variation.moving import Moving

INNER, OUTER = 0.95, 0.998
ADJUSTMENTS: tuple[Adjustment, ...] = ("additive", "multiplicative", "none")
_DRAWN = 90
"""Sizes that the limits are worked out at."""
_NAMES = 6
"""At most so many names in one sentence."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the funnel is drawn. ``adjustment``: for the usual spread between units; ``many``: pay for their number."""

    adjustment: Adjustment = "additive"
    many: bool = False


@dataclass(frozen=True)
class Answer:
    """A funnel as it may be shown. ``drawing`` is None where ``refused`` says why.

    ``points``: the units with numbers; ``sentence`` and ``beside`` what they say, ``under`` what is to be known of
    them; ``patients``: of the units shown.
    """

    points: tuple[Point, ...] = ()
    sentence: str = ""
    beside: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    drawing: Drawing | None = None
    refused: str = ""
    patients: int = 0


def answer(
    found: Across,
    moving: Mapping[int, Moving],
    own: tuple[int, str],
    look: Look,
    titles: tuple[str, str],
    language: str,
) -> Answer:
    """Judge and draw. ``moving``: units whose level is moving; ``own``: one's own unit and its name."""
    told = notes.under(found, language)
    rows = found.rows[notes.judged(found)]
    if len(rows) < 2:
        return Answer(refused=notes.too_few(found, language), under=told)
    center = notes.center(found)
    if math.isnan(center):
        return Answer(refused=t(language, "variation.all_hidden"), under=told)
    if center in (0.0, 1.0):
        return Answer(refused=t(language, "variation.none_or_all"), under=told)
    judged = funnel(
        rows["numerator"],
        rows["denominator"],
        target=center,
        adjustment=look.adjustment,
        levels=(INNER, OUTER),
        many="fdr" if look.many else "none",
    )
    points = _points(found, judged, moving, own[0], language)
    if not points:
        return Answer(refused=t(language, "variation.all_hidden"), under=told)
    goal = notes.goal(found, language)
    said = _sentence(found, points, judged, language)
    drawing = pictures.build(
        points,
        _limits(judged, pictures.reach(points), language),
        center=center,
        center_name=t(language, "funnel.country", value=percent(center, language)),
        goal=goal,
        kind=found.asked.level,
        title=titles[0],
        subtitle=" · ".join((titles[1], *_limits_words(judged, language))),
        sentence=said,
        language=language,
    )
    beside = _beside(points, judged, look, language)
    beside += () if goal else (t(language, "variation.no_target"),)
    mine = notes.own_unit(found, *own, language)
    return Answer(
        points=points,
        sentence=said,
        beside=(*beside, mine) if mine else beside,
        under=told,
        drawing=drawing,
        patients=sum(point.patients for point in points),
    )


def _points(found: Across, judged: Funnel, moving: Mapping[int, Moving], own: int, language: str) -> tuple[Point, ...]:
    """Each unit that may be shown, where it lies and how sure that is."""
    direction = by_id(found.asked.indicator).direction
    places = judged.points.set_index(found.rows["unit"][notes.judged(found)].to_numpy())
    rows = found.rows[(found.rows["denominator"] > 0) & ~found.hidden]
    # Without a stroke unit a share says how a hospital is organised: it isn't held against the limits.
    rows = rows[~rows["unit"].isin(notes.lacking(found))]
    intervals = wilson(rows["numerator"].to_numpy(), rows["denominator"].to_numpy())
    points = []
    for row, low, high in zip(rows.itertuples(), intervals.low, intervals.high, strict=True):
        ways = [_way(row, judged, places, level) for level in (INNER, OUTER)]
        moved = moving.get(row.unit)
        points.append(
            Point(
                unit=int(row.unit),
                name=row.name,
                share=float(row.value),
                low=float(low),
                high=float(high),
                numerator=float(row.numerator),
                patients=int(row.denominator),
                outside=sum(way != 0 for way in ways),
                side="none" if not ways[0] else "better" if ways[0] * direction > 0 else "worse",
                own=row.unit == own,
                moving="" if moved is None else moved_words(moved, language),
                p=float(places["p_adjusted"].get(row.unit, np.nan)),
                compared=bool(row.compared),
            )
        )
    return tuple(points)


def _way(row: Any, judged: Funnel, places: pandas.DataFrame, level: float) -> int:
    """Over (1), under (−1) or within (0) the limits of a level; who isn't compared is held against the lines."""
    if row.compared:
        return int(places.at[row.unit, column("outside", level)])
    lines = judged.limits([row.denominator], level)
    return int(row.value > lines.high[0]) - int(row.value < lines.low[0])


def moved_words(moved: Moving, language: str) -> str:
    """'bedre fra 2. tertial 2024'."""
    return t(language, f"funnel.moved_{moved.side}", period=period(moved.since, steps.GRAIN, language))


def _limits(judged: Funnel, reach: tuple[float, float], language: str) -> tuple[Limit, ...]:
    """The lines; where they are widened for the usual spread, those of chance alone thinly beside them."""
    least, most = reach
    # Exact limits exist for whole patients.
    sizes = np.unique(np.round(np.linspace(least**0.5, most**0.5, _DRAWN) ** 2))
    found = []
    for level in (INNER, OUTER):
        name = percent(level, language, 1 if level == OUTER else 0)
        low, high = judged.limits(sizes, level)
        found.append(Limit(name, tuple(sizes), tuple(low), tuple(high), wide=level == OUTER))
        if judged.adjustment != "none":
            low, high = judged.unadjusted(sizes, level)
            found.append(Limit(name, tuple(sizes), tuple(low), tuple(high), thin=True))
    return tuple(found)


def _limits_words(judged: Funnel, language: str) -> tuple[str, ...]:
    """How the limits were made, for the line under the title."""
    told = t(language, f"funnel.said_{judged.adjustment}")
    return (told, t(language, "funnel.said_many")) if judged.many == "fdr" else (told,)


def _sentence(found: Across, points: tuple[Point, ...], judged: Funnel, language: str) -> str:
    """Lowest and highest with their intervals, how many lie outside, and how many would by chance."""
    compared = sorted((point for point in points if point.compared), key=lambda point: point.share)
    if len(compared) < 2:
        return t(language, "funnel.few_shown")
    values = {}
    for end, point in (("low", compared[0]), ("high", compared[-1])):
        values[end] = point.name
        values[f"{end}_value"] = percent(point.share, language)
        values[f"{end}_interval"] = between(point.low, point.high, language)
    told = [t(language, "funnel.lowest_highest", **values)]
    units = t(language, f"funnel.count_{found.asked.level}", n=len(compared))
    outside, far = (sum(point.outside >= least for point in compared) for least in (1, 2))
    key = "funnel.none_outside" if not outside else "funnel.how_many" if far else "funnel.none_far"
    told.append(t(language, key, outside=outside, units=units, far=far))
    if judged.many == "fdr":
        told.append(t(language, "funnel.false_found"))
    else:
        shown = found.rows[found.counted & ~found.hidden]
        expected = _expected(judged, shown)
        told.append(t(language, "funnel.expected", expected=number(expected, language, 0 if expected >= 1.5 else 1)))
    return " ".join(told)


def _expected(judged: Funnel, shown: pandas.DataFrame) -> float:
    """How many of the units shown would lie outside the inner limits by chance alone."""
    if judged.adjustment != "none":
        return len(shown) * (1 - INNER)
    alike = funnel(shown["numerator"], shown["denominator"], target=judged.target, levels=(INNER,))
    return alike.likely_outside[INNER]


def _beside(points: tuple[Point, ...], judged: Funnel, look: Look, language: str) -> tuple[str, ...]:
    """What changes how the funnel is read: levels that move, and limits that could not be widened."""
    told = []
    moving = [point for point in points if point.moving and point.compared]
    if moving:
        names = "; ".join(f"{point.name} ({point.moving})" for point in moving[:_NAMES])
        if len(moving) > _NAMES:
            names += t(language, "funnel.and_more", n=len(moving) - _NAMES)
        told.append(t(language, "funnel.moving", n=len(moving), names=names))
    if look.adjustment != "none" and judged.adjustment == "none":
        few = judged.spread.units < FEWEST_UNITS_FOR_SPREAD
        told.append(t(language, "funnel.few_for_spread" if few else "funnel.no_spread"))
    return tuple(told)
