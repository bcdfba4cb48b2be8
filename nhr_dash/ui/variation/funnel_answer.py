"""The funnel of one comparison: which units lie outside, drawn and said."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas

from nhr_dash.charts import funnel as pictures
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.funnel import Limit, Point
from nhr_dash.registry.across import Across, without
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics import fdr
from nhr_dash.statistics.intervals import wilson
from nhr_dash.statistics.variation import Funnel, funnel
from nhr_dash.statistics.variation.funnel import FEWEST_UNITS_FOR_SPREAD, Adjustment
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

INNER, OUTER = 0.95, 0.998
ADJUSTMENTS: tuple[Adjustment, ...] = ("additive", "multiplicative", "none")
_DRAWN = 90
"""Sizes that the limits are worked out at."""
_NAMES = 6
"""At most so many names in one sentence."""


@dataclass(frozen=True)
class Answer:
    """A funnel as it may be shown. ``drawing`` is None where ``refused`` says why (a text key).

    ``points``: the units with numbers, those that stand out first; ``sentence`` and ``beside`` what they say;
    ``patients``: of the units shown.
    """

    points: tuple[Point, ...] = ()
    sentence: str = ""
    beside: tuple[str, ...] = ()
    drawing: Drawing | None = None
    refused: str = ""
    patients: int = 0


def answer(
    found: Across,
    moving: "Mapping[int, str]",
    own: int,
    adjustment: Adjustment,
    many: bool,
    title: str,
    subtitle: str,
    language: str,
) -> Answer:
    """Judge and draw. ``moving``: units whose level is moving, in words; ``many``: pay for the number of units."""
    rows, counted = found.rows, found.counted
    if rows.loc[counted, "unit"].size < 2:
        return Answer(refused="variation.one_unit" if counted.any() else "variation.no_patients")
    center = found.value if found.national[1] else _sum_of(rows[counted])
    if center in (0.0, 1.0):
        return Answer(refused="variation.none_or_all")
    inside = rows[counted]
    judged = funnel(
        inside["numerator"], inside["denominator"], target=center, adjustment=adjustment, levels=(INNER, OUTER)
    )
    indicator = by_id(found.asked.indicator)
    units = _judged_rows(found, judged, many)
    points = tuple(_points(units, moving, own, indicator.direction))
    if not points:
        return Answer(refused="funnel.all_hidden")
    shown = inside[~found.hidden[counted]]
    day = pandas.Timestamp(year=found.asked.last, month=12, day=31).date()
    target = indicator.target_on(day)
    said = _sentence(points, judged, shown, many, language)
    whole = t(language, "funnel.country", value=percent(center, language))
    drawing = pictures.build(
        points,
        _limits(judged, pictures.reach(points), language),
        center=center,
        center_name=whole,
        target=None if target is None else target.value,
        title=title,
        subtitle=subtitle,
        sentence=said,
        language=language,
    )
    beside = _beside(points, judged, adjustment, language)
    if target is None:
        beside = (*beside, t(language, "variation.no_target"))
    return Answer(points, said, beside, drawing, "", sum(point.patients for point in points))


def _sum_of(rows: pandas.DataFrame) -> float:
    return float(rows["numerator"].sum() / rows["denominator"].sum())


def _judged_rows(found: Across, judged: Funnel, many: bool) -> pandas.DataFrame:
    """Each unit with patients: its interval, where it lies and how sure that is; hidden ones without numbers."""
    rows = found.rows[found.rows["denominator"] > 0].copy()
    # Without a stroke unit a share says how a hospital is organised: it is named, and not held against the limits.
    rows = rows[rows["compared"] | ~_structural(found, rows)]
    hidden = (rows["why"] != "").to_numpy()
    interval = wilson(rows["numerator"].to_numpy(), rows["denominator"].to_numpy())
    rows["low"], rows["high"] = interval.low, interval.high
    for name, level in (("inner", INNER), ("outer", OUTER)):
        limits = judged.limits(rows["denominator"].to_numpy(), level)
        rows[name] = (rows["value"] > limits.high).astype(int) - (rows["value"] < limits.low).astype(int)
    known = found.rows["unit"][found.counted]
    p = pandas.Series(judged.points["p"].to_numpy(), index=known.to_numpy())
    if many:
        p[:] = fdr.benjamini_hochberg(p.to_numpy())
    rows["p"] = rows["unit"].map(p)
    return without(rows, hidden)[~hidden]


def _structural(found: Across, rows: pandas.DataFrame) -> pandas.Series:
    lacking = {
        unit for unit, notes in found.footnotes.items() if any(one.key == "footnote.no_stroke_unit" for one in notes)
    }
    return rows["unit"].isin(lacking)


def _points(rows: pandas.DataFrame, moving: "Mapping[int, str]", own: int, direction: int) -> list[Point]:
    points = []
    for row in rows.itertuples():
        way = int(row.inner)
        side = "none" if not way else "better" if way * direction > 0 else "worse"
        points.append(
            Point(
                unit=int(row.unit),
                name=str(row.name),
                share=float(row.value),
                low=float(row.low),
                high=float(row.high),
                numerator=float(row.numerator),
                patients=int(row.denominator),
                outside=abs(way) + abs(int(row.outer)),
                side=side,
                own=int(row.unit) == own,
                moving=moving.get(int(row.unit), ""),
                p=float(row.p),
                compared=bool(row.compared),
            )
        )
    return points


def _limits(judged: Funnel, reach: tuple[float, float], language: str) -> tuple[Limit, ...]:
    """The lines; where they are widened for the usual spread, those of chance alone thinly beside them."""
    least, most = reach
    # Exact limits exist for whole patients.
    sizes = np.unique(np.round(np.linspace(least**0.5, most**0.5, _DRAWN) ** 2))
    found = []
    for level in (INNER, OUTER):
        name = t(language, "funnel.limit", level=percent(level, language, 1 if level == OUTER else 0))
        low, high = judged.limits(sizes, level)
        found.append(Limit(name, tuple(sizes), tuple(low), tuple(high), wide=level == OUTER))
        if judged.adjustment != "none":
            low, high = judged.unadjusted(sizes, level)
            found.append(Limit(name, tuple(sizes), tuple(low), tuple(high), thin=True))
    return tuple(found)


def _sentence(points: tuple[Point, ...], judged: Funnel, shown: pandas.DataFrame, many: bool, language: str) -> str:
    """Lowest and highest with their intervals, how many lie outside, and how many would by chance."""
    compared = [point for point in points if point.compared]
    if len(compared) < 2:
        return ""
    ordered = sorted(compared, key=lambda point: point.share)

    def told(point: Point) -> dict[str, str]:
        return {
            "name": point.name,
            "value": percent(point.share, language),
            "interval": between(point.low, point.high, language),
        }

    low, high = told(ordered[0]), told(ordered[-1])
    spread = t(
        language,
        "funnel.lowest_highest",
        low=low["name"],
        low_value=low["value"],
        low_interval=low["interval"],
        high=high["name"],
        high_value=high["value"],
        high_interval=high["interval"],
    )
    expected = _expected(judged, shown)
    out = t(
        language,
        "funnel.how_many",
        outside=sum(point.outside > 0 for point in compared),
        of=len(compared),
        expected=number(expected, language, 0 if expected >= 1 else 1),
        far=sum(point.outside > 1 for point in compared),
    )
    return f"{spread} {out}"


def _expected(judged: Funnel, shown: pandas.DataFrame) -> float:
    """How many of the units shown would lie outside the inner limits by chance alone."""
    if judged.adjustment != "none":
        return len(shown) * (1 - INNER)
    alike = funnel(shown["numerator"], shown["denominator"], target=judged.target, levels=(INNER,))
    return alike.likely_outside[INNER]


def _beside(points: tuple[Point, ...], judged: Funnel, asked: Adjustment, language: str) -> tuple[str, ...]:
    """What changes how the funnel is read: levels that move, and limits that could not be widened."""
    told = []
    moving = [point for point in points if point.moving]
    if moving:
        names = "; ".join(f"{point.name} ({point.moving})" for point in moving[:_NAMES])
        told.append(t(language, "funnel.moving", n=len(moving), names=names))
    if asked != "none" and judged.adjustment == "none":
        few = judged.spread.units < FEWEST_UNITS_FOR_SPREAD
        told.append(t(language, "funnel.few_for_spread" if few else "funnel.no_spread"))
    return tuple(told)
