"""The spread between units a year: a fan of their true values, and their standard deviation beside chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import layers, palette, parts, scales
from nhr_dash.charts.drawing import Drawing, EndLabel, Plane, margins, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class FanYear:
    """One year, shares 0-1, NaN where something isn't known. A year without any quantiles is a gap.

    ``quantiles``: 10, 25, 50, 75 and 90 % of the units' true values; ``lowest`` and ``highest`` of those that may be
    named; ``between``, ``low`` and ``high``: the standard deviation with its interval; ``chance``: what it
    would be by chance alone.
    """

    year: int
    quantiles: tuple[float, ...]
    lowest: float
    highest: float
    national: float
    own: float
    between: float
    low: float
    high: float
    chance: float

    @property
    def known(self) -> bool:
        """Could the year be worked out?"""
        return bool(self.quantiles)


def fan(
    years: Sequence[FanYear],
    *,
    own: str,
    title: str,
    subtitle: Sequence[str],
    sentence: str,
    table: "pandas.DataFrame",
    language: str,
) -> Drawing:
    """The middle half and the middle four fifths of the units in grey, the lowest and highest, one's own, the country.

    ``own``: the name of one's own unit, empty where it has no line. ``table``: the years' numbers, formatted.
    """

    def said(key: str) -> str:
        return t(language, f"spread.{key}")

    known = [one for one in years if one.known]
    lines = (
        ("highest", "highest", palette.LINE, [3, 3], 1.2),
        ("lowest", "lowest", palette.LINE, [3, 3], 1.2),
        ("national", "country", palette.MUTED, [7, 4], 1.6),
        ("own", "", palette.INK, [1, 0], 2.2),
    )
    labels, drawn = [], []
    for field, key, colour, _, _ in lines:
        last = next((one for one in reversed(years) if not math.isnan(getattr(one, field))), None)
        if last is not None:
            value = getattr(last, field)
            name = own if field == "own" else said(key)
            short = name if field != "own" else _short(name)
            # The ends are of no unit in particular: a number would be taken for the named ones' own.
            long = f"{name} {formats.percent(value, language)}" if field in ("own", "national") else name
            labels.append(EndLabel(value, long, short, colour, strong=field == "own"))
    points = [_point(one, language) for one in years if one.known]
    reach = [value for one in known for value in (one.lowest, one.highest, *one.quantiles) if not math.isnan(value)]
    reach += [one.own for one in years if not math.isnan(one.own)]
    plane = scales.plane(points, reach, margins(labels, 0), "share")
    axis, grid = scales.axis(plane, "share")
    for part in _runs(years):
        drawn += _band(part, 0, 4, palette.lighter(palette.BAND, 0.35)) + _band(part, 1, 3, palette.BAR)
    for field, _, colour, dash, width in lines:
        drawn += _line([(one.year, getattr(one, field)) for one in years], colour, dash, width)
    tips = {"year": "year", "median": "median", "half": "half", "country": "country", "own": "own"}
    spec = parts.finish(
        [
            parts.grid(grid, plane),
            *drawn,
            _line_of_points(points, plane, axis, tips, language),
            *parts.end_labels(labels, plane),
        ],
        [title],
        [" · ".join(subtitle), said("fan_note")],
        language,
    )
    return _drawing(spec, "fan_alt", title, subtitle, sentence, table, language)


def deviation(
    years: Sequence[FanYear],
    *,
    title: str,
    subtitle: Sequence[str],
    sentence: str,
    table: "pandas.DataFrame",
    language: str,
) -> Drawing:
    """The standard deviation between units with its interval, beside what chance alone would give."""

    def said(key: str) -> str:
        return t(language, f"spread.{key}")

    known = [one for one in years if one.known]
    points: Rows = []
    for one in known:
        look = {"shape": "circle", "colour": palette.DOT, "fill": palette.DOT, "size": 62}
        points.append(
            {"t": _at(one.year), "v": one.between, "day": f"{one.year}-01-01", "low": one.low, "high": one.high}
            | look
            | {"year": str(one.year), "between": _points(one.between, language)}
            | {"interval": formats.between(one.low, one.high, language, 1), "chance": _points(one.chance, language)}
        )
    labels = []
    if known:
        last = known[-1]
        labels = [
            EndLabel(last.between, said("between_label"), said("between_short"), palette.INK, strong=True),
            EndLabel(last.chance, said("chance_label"), said("chance_short"), palette.MUTED),
        ]
    top = max([0.05, *(one.high for one in known), *(one.chance for one in known)])
    start, end = (points[0]["t"], points[-1]["t"]) if points else (0, 0)
    plane = Plane(start, end if end > start else start + 86_400_000, 0.0, top * 1.06, False, margins(labels, 0))
    step = next(one for one in (0.01, 0.02, 0.05, 0.10, 0.20, 1.0) if plane.high / one <= 6)
    grid = [step * at for at in range(int(plane.high / step) + 1)]
    axis = {"values": grid, "labelExpr": "format(datum.value * 100, 'd')"}
    spans = chart([{name: row[name] for name in ("t", "low", "high")} for row in points])
    drawn = _line([(one.year, one.chance if one.known else math.nan) for one in years], palette.LINE, [7, 4], 1.6)
    spec = parts.finish(
        [
            parts.grid(grid, plane),
            *drawn,
            spans.mark_rule(color=palette.DOT, strokeWidth=2).encode(x=at_x(), y=at_y("low"), y2=at_y("high")),
            _line_of_points(
                points,
                plane,
                axis,
                {"year": "year", "between": "between", "interval": "interval", "chance": "chance"},
                language,
            ),
            *parts.end_labels(labels, plane),
        ],
        [title],
        list(subtitle),
        language,
    )
    return _drawing(spec, "deviation_alt", title, subtitle, sentence, table, language)


def _drawing(
    spec: dict[str, Any],
    alt: str,
    title: str,
    subtitle: Sequence[str],
    sentence: str,
    table: "pandas.DataFrame",
    language: str,
) -> Drawing:
    return Drawing(
        spec=spec,
        alt=t(language, f"spread.{alt}", title=title, sentence=sentence),
        title=title,
        subtitle=" · ".join(subtitle),
        sentence=sentence,
        events=(),
        table=table,
    )


def _line_of_points(
    rows: Rows, plane: Plane, axis: dict[str, Any], tips: dict[str, str], language: str
) -> dict[str, Any]:
    """The layer that owns the scales, with a pointer's words of this drawing."""
    layer = layers.points(rows, plane, axis, {}, language)
    layer["encoding"]["tooltip"] = [
        {"field": field, "type": "nominal", "title": t(language, f"spread.tip_{name}")} for field, name in tips.items()
    ]
    layer.pop("params")  # nothing opens at a click on a year
    return layer


def _point(one: FanYear, language: str) -> dict[str, Any]:
    """A year's median, which a pointer reads."""
    look = {"shape": "circle", "colour": palette.DOT, "fill": palette.PAPER, "size": 34}
    return (
        {"t": _at(one.year), "v": one.quantiles[2], "day": f"{one.year}-01-01"}
        | look
        | {
            "year": str(one.year),
            "median": formats.percent(one.quantiles[2], language),
            "half": f"{formats.between(one.quantiles[1], one.quantiles[3], language)}{formats.PERCENT[language]}",
            "country": formats.percent(one.national, language),
            "own": formats.percent(one.own, language),
        }
    )


def _band(part: Sequence[FanYear], low: int, high: int, colour: str) -> list[Layer]:
    """An area between two quantiles; a year alone is an upright bar."""
    rows: Rows = [{"t": _at(one.year), "low": one.quantiles[low], "high": one.quantiles[high]} for one in part]
    if len(rows) == 1:
        bar = chart(rows).mark_rule(color=colour, strokeWidth=12)
        return [bar.encode(x=at_x(), y=at_y("low"), y2=at_y("high"))]
    encoding = {"x": at_x(), "y": at_y("low"), "y2": at_y("high")}
    return [{"data": {"values": rows}, "mark": {"type": "area", "color": colour, "opacity": 1}, "encoding": encoding}]


def _line(values: Sequence[tuple[int, float]], colour: str, dash: list[int], width: float) -> list[Layer]:
    pieces: Rows = [
        {"t": _at(first), "v": here, "t2": _at(second), "v2": there}
        for (first, here), (second, there) in pairwise(values)
        if not (math.isnan(here) or math.isnan(there)) and second == first + 1
    ]
    if not pieces:
        return []
    look = chart(pieces).mark_rule(color=colour, strokeDash=dash, strokeWidth=width, strokeCap="round")
    return [look.encode(x=at_x(), y=at_y(), x2=at_x("t2"), y2=at_y("v2"))]


def _runs(years: Sequence[FanYear]) -> list[list[FanYear]]:
    """Years that follow each other without a gap."""
    found: list[list[FanYear]] = []
    for one in years:
        if not one.known:
            continue
        if found and found[-1][-1].year == one.year - 1:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _short(name: str) -> str:
    return name if len(name) <= 12 else f"{name[:11]}…"


def _points(share: float, language: str) -> str:
    return formats.number(share * 100, language, 1)


def _at(year: int) -> int:
    return milliseconds(date(year, 1, 1))
