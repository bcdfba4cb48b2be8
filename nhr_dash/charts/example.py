"""Small example charts for teaching: made-up numbers, drawn with the colours and words of the real ones.

Written as plain Vega-Lite dicts: two kinds of layers don't repay the second that Altair takes to load.
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from nhr_dash.charts import palette
from nhr_dash.charts.locale import config
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

_HEIGHT = 230
_LABEL_ROOM = 1.22
"""The plot is this much wider than its points, so that a line's name fits at its right end."""

Spec = dict[str, Any]


def run_chart(
    shares: Sequence[float],
    centre: float,
    language: str,
    *,
    row: tuple[int, int] | None = None,
    longest: int = 0,
    limit: int = 0,
    side: int = 0,
    provisional: int = 0,
) -> Spec:
    """A run chart of shares (0–1) in order of time, with its median line.

    ``row`` is the first and last index (0-based) of a run of ``longest`` points (those on the line don't
    count) that is longer than ``limit``; its points on
    ``side`` (+1 above is better, -1 below is worse) of the line get their colour and shape. The last
    ``provisional`` points are drawn dashed and lighter.
    """
    look = {1: "better", -1: "worse"}.get(side, "none") if row else "none"
    known = len(shares) - provisional
    points = []
    for index, value in enumerate(shares):
        inside = row is not None and row[0] <= index <= row[1] and (value - centre) * side > 0
        own = look if inside else "none"
        colour = palette.SIDE_COLOUR[own]
        points.append(
            {
                "x": index + 1,
                "y": value,
                "shape": palette.SIDE_SHAPE[own],
                "colour": palette.lighter(colour) if index >= known else colour,
                "size": 40 if own == "none" else 85,
                "value": formats.percent(value, language),
            }
        )
    x = _x(len(shares), t(language, "help_course.axis_month"))
    y = {"field": "y", "type": "quantitative", "scale": {"domain": [0, 1]}}
    y["axis"] = {"format": ".0%", "tickCount": 5, "title": None}
    layers = [_line(points[:known], x, y)]
    if provisional:
        layers.append(_line(points[known - 1 :], x, y, dash=[4, 4]))
    name = t(language, "chart.median", value=formats.percent(centre, language))
    layers += _level(centre, len(shares), name, x, y, palette.INK)
    if row is not None:
        key = "chart.bracket_own_up" if side > 0 else "chart.bracket_own_down"
        said = t(language, key, count=longest, limit=limit)
        layers += _bracket(row, said, x, palette.SIDE_COLOUR[look], len(shares))
    layers.append(_dots(points, x, y, t(language, "chart.table.share")))
    return _finish(layers, language, top=26 if row else 6)


def patients(minutes: Sequence[float], limit: float, language: str) -> Spec:
    """One point a patient in order of admission: minutes on a log scale, the limit as a dashed line."""
    points = [
        {
            "x": index + 1,
            "y": value,
            "shape": "circle",
            "colour": palette.DOT,
            "fill": palette.DOT if value <= limit else palette.PAPER,
            "size": 45,
            "value": formats.minutes(value, language),
        }
        for index, value in enumerate(minutes)
    ]
    x = _x(len(minutes), t(language, "help_course.axis_patient"))
    ticks = [tick for tick in (5, 10, 15, 30, 60, 120, 240) if min(minutes) / 1.5 <= tick <= max(minutes) * 1.5]
    y: Spec = {"field": "y", "type": "quantitative"}
    y["scale"] = {"type": "log", "domain": [ticks[0] / 1.2, max(*minutes, ticks[-1]) * 1.1]}
    y["axis"] = {"values": ticks, "format": "d", "title": t(language, "chart.axis_minutes")}
    line = _line(points, x, y)
    line["mark"] |= {"color": palette.LINE_EARLY, "strokeWidth": 1}
    goal = t(language, "chart.limit", value=formats.minutes(limit, language))
    centre = float(median(minutes))
    name = t(language, "chart.median", value=formats.minutes(centre, language))
    layers = [line, *_level(centre, len(minutes), name, x, y, palette.INK)]
    layers += _level(limit, len(minutes), goal, x, y, palette.TARGET, dash=[6, 4])
    layers.append(_dots(points, x, y, t(language, "chart.table.minutes")))
    return _finish(layers, language)


def _x(count: int, title: str) -> Spec:
    step = max(1, math.ceil(count / 8))
    return {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [0.5, count * _LABEL_ROOM], "nice": False},
        "axis": {"title": title, "values": list(range(1, count + 1, step)), "grid": False, "format": "d"},
    }


def _line(points: list[Spec], x: Spec, y: Spec, dash: list[int] | None = None) -> Spec:
    rows = [{"x": point["x"], "y": point["y"]} for point in points]
    mark: Spec = {"type": "line", "color": palette.LINE, "strokeWidth": 1.6}
    if dash:
        mark["strokeDash"] = dash
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": x, "y": y}}


def _dots(points: list[Spec], x: Spec, y: Spec, title: str) -> Spec:
    def own(field: str) -> Spec:
        return {"field": field, "type": "nominal", "scale": None, "legend": None}

    return {
        "data": {"values": [{"fill": point["colour"], **point} for point in points]},
        "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.6},
        "encoding": {
            "x": x,
            "y": y,
            "shape": own("shape"),
            "fill": own("fill"),
            "stroke": own("colour"),
            "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
            "tooltip": [{"field": "value", "type": "nominal", "title": title}],
        },
    }


def _level(value: float, count: int, name: str, x: Spec, y: Spec, colour: str, dash: list[int] | None = None) -> list:
    """A horizontal line over the points, named at its right end."""
    row = {"values": [{"x": 0.5, "x2": count + 0.3, "y": value, "name": name}]}
    rule: Spec = {"type": "rule", "color": colour, "strokeWidth": 1.6}
    if dash:
        rule["strokeDash"] = dash
    label = {"type": "text", "align": "left", "dx": 4, "color": colour, "fontWeight": palette.STRONG}
    end = {**x, "field": "x2"}
    return [
        {"data": row, "mark": rule, "encoding": {"x": x, "x2": {"field": "x2"}, "y": y}},
        {"data": row, "mark": label, "encoding": {"x": end, "y": y, "text": {"field": "name", "type": "nominal"}}},
    ]


def _bracket(row: tuple[int, int], said: str, x: Spec, colour: str, count: int) -> list[Spec]:
    """The count of a long run and its limit, over the plot."""
    first, last = row[0] + 1, row[1] + 1
    data = {"values": [{"x": first, "x2": last, "said": said}]}
    # A long run at the right end must not push its label out of the plane.
    late = (first + last) / 2 > count / 2
    text = {"type": "text", "align": "right" if late else "left", "baseline": "bottom", "color": colour}
    at = {**x, "field": "x2"} if late else x
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": colour, "strokeWidth": 2.5},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": {"value": -4}},
        },
        {
            "data": data,
            "mark": {**text, "fontWeight": palette.STRONG},
            "encoding": {"x": at, "y": {"value": -9}, "text": {"field": "said", "type": "nominal"}},
        },
    ]


def _finish(layers: list[Spec], language: str, top: int = 6) -> Spec:
    return {
        "height": _HEIGHT,
        "padding": {"left": 4, "right": 8, "top": top, "bottom": 4},
        "config": config(language),
        "layer": layers,
    }
