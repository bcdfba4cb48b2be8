"""Crude and adjusted shares side by side: a line a hospital, so that it is seen who moves when patients are made alike.

And how good each model is: what it expected in ten groups of patients, and what happened.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import palette, parts
from nhr_dash.charts.drawing import NARROW, Drawing, spread
from nhr_dash.charts.layers import Layer, Rows, chart, put
from nhr_dash.charts.wrap import measure
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

HEIGHT = 420
WAYS = ("crude", "national", "registry")
"""The three uprights, from left to right. Words: ``survival.way_<code>`` and ``…_short``."""
_LEFT = 50
_INSET = 26


@dataclass(frozen=True, slots=True)
class At:
    """A hospital on one upright: the share (0-1), and as words its interval and its place."""

    share: float
    interval: str
    place: str


@dataclass(frozen=True, slots=True)
class Line:
    """A hospital that may be shown. ``end``: what stands at its right end, long and short; empty: only a thin line.

    ``own``: one's own; ``moved``: one of those that adjustment moves most.
    """

    name: str
    patients: int
    ways: tuple[At, At, At]
    own: bool = False
    moved: bool = False
    end: tuple[str, str] = ("", "")


def build(
    lines: Sequence[Line],
    *,
    center: float,
    center_name: tuple[str, str],
    outcome: str,
    title: str,
    subtitle: str,
    sentence: str,
    table: "pandas.DataFrame",
    language: str,
) -> Drawing:
    """Draw the hospitals. ``center``: the share of all together, with its name, long and short; ``table``: the same
    numbers, and more, in words.

    Nothing is drawn of a hospital that isn't in ``lines``: what disclosure hides must be left out of them.
    """
    low, high = _domain([at.share for line in lines for at in line.ways] + [center])
    named = [line for line in lines if line.end[0]]
    ends = [(line.ways[2].share, line.end, _colour(line)) for line in named]
    ends.append((center, center_name, palette.TARGET))
    wide = math.ceil(max(measure(end[0], palette.BODY, strong=True) for _, end, _ in ends)) + 22
    narrow = math.ceil(max(measure(end[1], palette.SMALL, strong=True) for _, end, _ in ends)) + 18
    right = f"(width - (width < {NARROW} ? {narrow} : {wide}))"
    ordered = sorted(lines, key=lambda line: (line.own, line.moved))  # what is named lies over the rest
    drawn = [
        *_grid(low, high, right),
        *_uprights(right, language),
        chart([{"v": center}])
        .mark_rule(color=palette.TARGET, strokeDash=[7, 4], strokeWidth=1.4)
        .encode(x=put(_x(0, right)), x2=put(f"{right} - 6"), y=put("scale('y', datum.v)")),
        *_lines(ordered, right),
        _owner(ordered, (low, high), right, outcome, language),
        *_ends(ends, (low, high), right),
    ]
    return Drawing(
        spec=parts.finish(drawn, [title], [subtitle, t(language, "survival.key")], language, HEIGHT),
        alt=t(language, "survival.alt", title=title, sentence=sentence),
        title=title,
        subtitle=subtitle,
        sentence=sentence,
        events=(),
        table=table,
    )


def _step(low: float, high: float) -> float:
    """Between two values on the axis, so that six or so are seen."""
    return next((step for step in (0.01, 0.02, 0.05) if (high - low) / step <= 8), 0.1)


def _domain(shares: Sequence[float]) -> tuple[float, float]:
    """Whole steps around every share."""
    low, high = min(shares), max(shares)
    step = _step(low, high)
    return max(0.0, round(math.floor(low / step) * step, 2)), min(1.0, round(math.ceil(high / step) * step, 2))


def _ticks(low: float, high: float) -> list[float]:
    step = _step(low, high)
    return [round(low + step * place, 2) for place in range(round((high - low) / step) + 1)]


def _x(place: int, right: str) -> str:
    """Where an upright stands, as a Vega expression."""
    first, last = f"{_LEFT + _INSET}", f"({right} - 8)"
    return {0: first, 1: f"(({first} + {last}) / 2)", 2: last}[place]


def _y(value: float, domain: tuple[float, float]) -> float:
    return HEIGHT * (1 - (value - domain[0]) / (domain[1] - domain[0]))


def _colour(line: Line) -> str:
    return palette.INK if line.own else palette.CHANGED if line.moved else palette.LINE_EARLY


def _grid(low: float, high: float, right: str) -> list[Layer]:
    rows: Rows = [{"v": value} for value in _ticks(low, high)]
    rule = chart(rows).mark_rule(color=palette.GRID)
    return [rule.encode(x=put(str(_LEFT)), x2=put(f"{right} - 6"), y=put("scale('y', datum.v)"))]


def _uprights(right: str, language: str) -> list[Layer]:
    """The three uprights with their names over them: the first and the last reach inwards."""
    layers: list[Layer] = []
    for place, way in enumerate(WAYS):
        name = {"long": t(language, f"survival.way_{way}"), "short": t(language, f"survival.way_{way}_short")}
        align, shift = (("left", -_INSET), ("center", 0), ("right", 8))[place]
        layers += [
            chart([{}])
            .mark_rule(color=palette.AXIS, strokeWidth=1.2)
            .encode(x=put(_x(place, right)), y=put("0"), y2=put(str(HEIGHT))),
            chart([name])
            .mark_text(
                align=align,
                baseline="bottom",
                color=palette.INK,
                fontWeight=palette.STRONG,
                fontSize={"expr": f"width < {NARROW} ? {palette.SMALL} : {palette.BODY}"},
            )
            .encode(
                x=put(f"{_x(place, right)} + {shift}"),
                y=put("-8"),
                text=put(f"width < {NARROW} ? datum.short : datum.long"),
            ),
        ]
    return layers


def _lines(lines: Sequence[Line], right: str) -> list[Layer]:
    layers: list[Layer] = []
    for place in (0, 1):
        rows: Rows = [
            {
                "v": line.ways[place].share,
                "v2": line.ways[place + 1].share,
                "colour": _colour(line),
                "wide": 2.8 if line.own else 2.0 if line.moved else 1.0,
            }
            for line in lines
        ]
        rule = chart(rows).mark_rule(strokeCap="round")
        layers.append(
            rule.encode(
                x=put(_x(place, right)),
                x2=put(_x(place + 1, right)),
                y=put("scale('y', datum.v)"),
                y2=put("scale('y', datum.v2)"),
                color=put("datum.colour"),
                strokeWidth=put("datum.wide"),
            )
        )
    return layers


def _owner(lines: Sequence[Line], domain: tuple[float, float], right: str, outcome: str, language: str) -> Layer:
    """The layer with the points, which has the value scale and its axis, and what a pointer over a point reads."""
    rows: Rows = [
        {
            "place": place,
            "v": at.share,
            "colour": _colour(line),
            "fill": _colour(line) if line.own or line.moved else palette.PAPER,
            "size": 80 if line.own else 55 if line.moved else 26,
            "name": line.name,
            "way": t(language, f"survival.way_{way}"),
            "value": f"{formats.percent(at.share, language, 1)} ({at.interval})",
            "rank": at.place,
            "n": formats.number(line.patients, language),
        }
        for line in lines
        for place, (way, at) in enumerate(zip(WAYS, line.ways, strict=True))
    ]
    tips = {"name": "hospital", "way": "column_way", "rank": "column_rank", "n": "column_patients"}
    tooltip = [
        {"field": field, "type": "nominal", "title": t(language, f"survival.{key}")} for field, key in tips.items()
    ]
    tooltip.insert(2, {"field": "value", "type": "nominal", "title": outcome})
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "strokeWidth": 1.4, "opacity": 1},
        "encoding": {
            "x": put(f"datum.place == 0 ? {_x(0, right)} : datum.place == 1 ? {_x(1, right)} : {_x(2, right)}"),
            "y": {
                "field": "v",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": list(domain), "nice": False, "zero": False},
                "axis": {
                    "values": _ticks(*domain),
                    "format": ".0%",
                    "grid": False,
                    "domain": False,
                    "ticks": False,
                    "labelPadding": 6,
                    "offset": -_LEFT,
                },
            },
            "fill": put("datum.fill"),
            "stroke": put("datum.colour"),
            "size": put("datum.size"),
            "tooltip": tooltip,
        },
    }


def _ends(ends: Sequence[tuple[float, tuple[str, str], str]], domain: tuple[float, float], right: str) -> list[Layer]:
    """Names at the right ends, moved apart where they would touch."""
    heights = spread([_y(value, domain) for value, _, _ in ends])
    rows: Rows = [
        {"y": height, "long": long, "short": short, "colour": colour}
        for height, (_, (long, short), colour) in zip(heights, ends, strict=True)
    ]
    text = chart(rows).mark_text(
        align="left",
        baseline="middle",
        fontWeight=palette.STRONG,
        fontSize={"expr": f"width < {NARROW} ? {palette.SMALL} : {palette.BODY}"},
    )
    return [
        text.encode(
            x=put(f"{right} + 4"),
            y=put("datum.y"),
            text=put(f"width < {NARROW} ? datum.short : datum.long"),
            color=put("datum.colour"),
        )
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """One group of patients with alike expectation: what was expected, what happened (0-1) with its interval."""

    expected: float
    observed: float
    low: float
    high: float
    patients: int


_LOOK: dict[str, dict[str, Any]] = {
    "national": {"colour": palette.LINE, "shape": "diamond", "fill": palette.PAPER},
    "registry": {"colour": palette.BETTER, "shape": "circle", "fill": palette.BETTER},
}


def calibration(
    groups: dict[str, Sequence[Group]], *, missed: str, title: str, subtitle: str, sentence: str, language: str
) -> Drawing:
    """Draw each model's groups against the line on which what was expected is what happened.

    ``missed``: what is foreseen, in words, such as *døde innen 30 dager*.
    """
    import pandas

    top = max(max(one.expected, one.high) for some in groups.values() for one in some)
    top = math.ceil(top * 10) / 10
    right, axis = "(width - 12)", {"grid": False, "format": ".0%", "tickCount": 5}
    rows: Rows = [
        {
            "e": one.expected,
            "v": one.observed,
            "low": one.low,
            "high": one.high,
            **_LOOK[name],
            "model": t(language, f"survival.way_{name}"),
            "expected": formats.percent(one.expected, language, 1),
            "observed": f"{formats.percent(one.observed, language, 1)} "
            f"({formats.between(one.low, one.high, language, 1)})",
            "n": formats.number(one.patients, language),
        }
        for name, some in groups.items()
        for one in some
    ]
    tips = ("model", "expected", "observed", "n")
    names: Rows = [
        {"y": 14 + 20 * place, "text": t(language, f"survival.way_{name}"), **_LOOK[name]}
        for place, name in enumerate(groups)
    ]
    at = {"x": put("scale('x', datum.e)"), "y": put("scale('y', datum.v)")}
    drawn: list[Layer] = [
        chart([{"from": 0.0, "to": top}])
        .mark_rule(color=palette.TARGET, strokeDash=[7, 4], strokeWidth=1.4)
        .encode(
            x=put("scale('x', datum.from)"),
            y=put("scale('y', datum.from)"),
            x2=put("scale('x', datum.to)"),
            y2=put("scale('y', datum.to)"),
        ),
        chart(rows)
        .mark_rule(strokeWidth=1.4)
        .encode(x=at["x"], y=put("scale('y', datum.low)"), y2=put("scale('y', datum.high)"), color=put("datum.colour")),
        {
            "data": {"values": rows},
            "mark": {"type": "point", "opacity": 1, "size": 80, "strokeWidth": 1.8},
            "encoding": {
                "x": {
                    "field": "e",
                    "type": "quantitative",
                    "scale": {"domain": [0, top], "nice": False, "range": [_LEFT, {"expr": right}]},
                    "axis": {**axis, "title": t(language, "survival.axis_expected", missed=missed)},
                },
                "y": {
                    "field": "v",
                    "type": "quantitative",
                    "title": None,
                    "scale": {"domain": [0, top], "nice": False},
                    "axis": {**axis, "domain": False, "ticks": False, "labelPadding": 6, "offset": -_LEFT},
                },
                "shape": put("datum.shape"),
                "fill": put("datum.fill"),
                "stroke": put("datum.colour"),
                "tooltip": [
                    {"field": tip, "type": "nominal", "title": t(language, f"survival.tip_{tip}")} for tip in tips
                ],
            },
        },
        chart(names)
        .mark_point(opacity=1, size=80, strokeWidth=1.8)
        .encode(
            x=put(str(_LEFT + 16)),
            y=put("datum.y"),
            shape=put("datum.shape"),
            fill=put("datum.fill"),
            stroke=put("datum.colour"),
        ),
        chart(names)
        .mark_text(align="left", baseline="middle", color=palette.INK)
        .encode(x=put(str(_LEFT + 28)), y=put("datum.y"), text=put("datum.text")),
    ]
    table = pandas.DataFrame(
        [[row[tip] for tip in tips] for row in rows], columns=[t(language, f"survival.tip_{tip}") for tip in tips]
    )
    return Drawing(
        spec=parts.finish(drawn, [title], [subtitle], language),
        alt=t(language, "survival.calibration_alt", title=title, sentence=sentence),
        title=title,
        subtitle=subtitle,
        sentence=sentence,
        events=(),
        table=table,
    )
