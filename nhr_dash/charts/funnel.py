"""A funnel plot: each unit by its patients and its share, against the limits of what chance does."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import names, palette, parts
from nhr_dash.charts.drawing import NARROW, Drawing, spread
from nhr_dash.charts.layers import Layer, Rows, chart, put
from nhr_dash.charts.wrap import measure
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

UNIT = "unit"
"""The selection that a click on a point makes: its rows hold ``unit``, the unit's number."""
HEIGHT = 400
_LEFT = 46
_NARROW_SPREAD = 0.15
"""Shares nearer each other than this have an axis in steps of five, so that the limits are seen."""


@dataclass(frozen=True, slots=True)
class Point:
    """A unit that may be shown. ``share`` 0-1; ``low`` and ``high`` its 95 % interval; ``patients`` behind it.

    ``outside``: 0 within the limits, 1 outside the inner ones, 2 outside the outer ones; ``side``: better, worse,
    changed (outside, without a direction) or none. ``moving``: its level is moving, in words; empty where it isn't.
    ``p``: what is said of it in the table; ``compared``: False for one that only is held against the limits.
    ``weight``: where it stands across, where that isn't by its patients.
    """

    unit: int
    name: str
    share: float
    low: float
    high: float
    numerator: float
    patients: int
    outside: int = 0
    side: str = "none"
    own: bool = False
    moving: str = ""
    p: float = math.nan
    compared: bool = True
    weight: float | None = None

    @property
    def across(self) -> float:
        """Where it stands across."""
        return self.patients if self.weight is None else self.weight


@dataclass(frozen=True, slots=True)
class Limit:
    """A pair of limit lines: ``low`` and ``high`` at each of ``sizes``; ``thin`` where they are only for comparison."""

    name: str
    sizes: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    thin: bool = False
    wide: bool = False


def build(
    points: Sequence[Point],
    limits: Sequence[Limit],
    *,
    center: float,
    center_name: str,
    goal: tuple[float, str] | None,
    kind: str,
    title: str,
    subtitle: str,
    sentence: str,
    language: str,
    axis: str = "",
) -> Drawing:
    """Draw the units and the limits. ``center``: what the limits lie around; ``goal``: its value and name.
    ``kind``: what the units are (hospital, trust, region). ``axis``: what lies across, where that isn't patients.

    Nothing is drawn that isn't in ``points`` and ``limits``: what disclosure hides must be left out of them.
    """
    low, high = _domain(points, center, goal)
    plane = _Plane(low, high, *reach(points))
    lines = [_Line(center, center_name, palette.INK)]
    lines += [_Line(*goal, palette.TARGET)] if goal else []
    ends = [*lines, *(line for limit in limits if not limit.thin for line in _ends(limit, low, high))]
    right = math.ceil(max(measure(line.name, palette.SMALL, strong=True) for line in ends)) + 14
    # What is to be seen is drawn last, over the others.
    marks = [_mark(point, language) for point in sorted(points, key=lambda one: (one.own, one.outside))]
    # Grid and band lie under all; names over all.
    drawn = [
        *_grid(plane, right),
        *_band(limits),
        *(layer for limit in limits for layer in _curves(limit)),
        *_levels(lines, right),
        *_rings([mark for mark in marks if mark["moves"]]),
        _owner(marks, plane, right, kind, axis or t(language, "funnel.patients_axis"), language),
        *_end_names(ends, plane, right),
        *names.layers(
            _named(points, plane),
            [plane.place(one) for one in points],
            [plane.height_of(line.value) / HEIGHT for line in lines],
            _LEFT,
            right,
            HEIGHT,
        ),
    ]
    key = [t(language, "funnel.key")]
    key += [t(language, "funnel.key_thin")] if any(limit.thin for limit in limits) else []
    key += [t(language, "funnel.key_moving")] if any(point.moving for point in points) else []
    return Drawing(
        spec=parts.finish(drawn, [title], [subtitle, " ".join(key)], language, HEIGHT),
        alt=t(language, "funnel.alt", title=title, sentence=sentence),
        title=title,
        subtitle=subtitle,
        sentence=sentence,
        events=(),
        table=_table(points, kind, language),
    )


def reach(points: Sequence[Point]) -> tuple[float, float]:
    """From how many patients to how many the plane goes; limits are worked out between the two."""
    across = [point.across for point in points]
    return float(max(1, math.floor(0.7 * min(across)))), float(math.ceil(1.05 * max(across)))


def described(point: Point, language: str) -> str:
    """A point in words, beginning with its name: what is read aloud, and what a list's row finds it by."""
    return t(
        language,
        "funnel.point",
        name=point.name,
        value=formats.percent(point.share, language),
        interval=formats.between(point.low, point.high, language),
        patients=t(language, "units.patient", n=point.patients),
        outside=t(language, f"funnel.outside_{outside(point)}"),
    )


def outside(point: Point) -> str:
    """Code of where a unit lies: within, or above or below the inner or the outer limits."""
    return "none" if not point.outside else f"{point.side}_{point.outside}"


@dataclass(frozen=True, slots=True)
class _Line:
    value: float
    name: str
    colour: str
    strong: bool = True


@dataclass(frozen=True, slots=True)
class _Plane:
    low: float
    high: float
    least: float
    most: float

    def place(self, point: Point) -> tuple[float, float]:
        """As parts of the plane's width and height; the scale of patients is one of square roots."""
        first, here, last = (math.sqrt(n) for n in (self.least, point.across, self.most))
        return (here - first) / (last - first), self.height_of(point.share) / HEIGHT

    def height_of(self, share: float) -> float:
        return HEIGHT * (1 - (min(max(share, self.low), self.high) - self.low) / (self.high - self.low))


def _domain(points: Sequence[Point], center: float, goal: tuple[float, str] | None) -> tuple[float, float]:
    values = [point.share for point in points] + [center] + ([goal[0]] if goal else [])
    steps = 20 if max(values) - min(values) <= _NARROW_SPREAD else 10
    room = 0.4 / steps
    low, high = math.floor((min(values) - room) * steps) / steps, math.ceil((max(values) + room) * steps) / steps
    return max(low, 0.0), min(high, 1.0)


def _ends(limit: Limit, low: float, high: float) -> list[_Line]:
    """The names of a pair of lines at their right ends, where those are in sight."""
    ends = [limit.low[-1], limit.high[-1]]
    return [_Line(one, limit.name, palette.MUTED, strong=False) for one in ends if low <= one <= high]


def _mark(point: Point, language: str) -> dict[str, Any]:
    colour = palette.SIDE_COLOUR[point.side]
    filled = point.own or point.outside == 2
    return {
        "unit": point.unit,
        "n": point.across,
        "v": point.share,
        "shape": palette.SIDE_SHAPE[point.side],
        "colour": palette.INK if point.own and not point.outside else colour,
        "fill": (palette.INK if point.own and not point.outside else colour) if filled else palette.PAPER,
        "size": 190 if point.own else 110 if point.outside else 60,
        "said": described(point, language),
        "name": point.name,
        "share": f"{formats.percent(point.share, language)} ({formats.between(point.low, point.high, language)})",
        "count": formats.number(point.patients, language),
        "where": t(language, f"funnel.outside_{outside(point)}"),
        "moves": bool(point.moving),
        "moving": point.moving or formats.DASH,
    }


def _named(points: Sequence[Point], plane: _Plane) -> list[names.Named]:
    """Own unit, then what lies farthest outside, then whose level is moving."""
    chosen = [one for one in points if one.own or one.outside or one.moving]
    chosen.sort(key=lambda one: (not one.own, -one.outside, one.p if not math.isnan(one.p) else 1.0, one.name))
    return [
        names.Named(
            *plane.place(one),
            one.name,
            palette.SIDE_COLOUR[one.side] if one.outside else palette.INK if one.own else palette.MUTED,
            strong=one.own,
            size=11 if one.moving else 6,
        )
        for one in chosen
    ]


def _grid(plane: _Plane, right: int) -> list[Layer]:
    values = _ticks(plane)
    return [
        chart([{"v": value} for value in values])
        .mark_rule(color=palette.GRID)
        .encode(x=put(str(_LEFT)), x2=put(f"width - {right}"), y=put("scale('y', datum.v)"))
    ]


def _ticks(plane: _Plane) -> list[float]:
    step = next((step for step in (5, 10) if plane.high - plane.low <= step * 0.06), 20)
    first = round(plane.low * 100)
    return [value / 100 for value in range(first + -first % step, round(plane.high * 100) + 1, step)]


def _band(limits: Sequence[Limit]) -> list[Layer]:
    """The room within the inner limits, palely filled."""
    inner = next((one for one in limits if not one.thin and not one.wide), None)
    if inner is None:
        return []
    rows = [{"n": n, "v": low, "v2": high} for n, low, high in zip(inner.sizes, inner.low, inner.high, strict=True)]
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "area", "color": palette.lighter(palette.BAND, 0.4), "opacity": 1, "clip": True},
            "encoding": {
                "x": put("scale('x', datum.n)"),
                "y": put("scale('y', datum.v)"),
                "y2": put("scale('y', datum.v2)"),
            },
        }
    ]


def _curves(limit: Limit) -> list[Layer]:
    look: dict[str, Any] = {"color": palette.LINE, "strokeWidth": 1.8 if limit.wide else 1.2}
    if limit.thin:
        look = {"color": palette.LINE_EARLY, "strokeWidth": 1, "strokeDash": [3, 3]}
    return [
        {
            "data": {"values": [{"n": n, "v": value} for n, value in zip(limit.sizes, values, strict=True)]},
            "mark": {"type": "line", "clip": True, "interpolate": "linear", **look},
            "encoding": {"x": put("scale('x', datum.n)"), "y": put("scale('y', datum.v)")},
        }
        for values in (limit.low, limit.high)
    ]


def _levels(lines: Sequence[_Line], right: int) -> list[Layer]:
    return [
        chart([{"v": line.value}])
        .mark_rule(color=line.colour, strokeWidth=1.6, strokeDash=[7, 4] if line.colour == palette.TARGET else [1, 0])
        .encode(x=put(str(_LEFT)), x2=put(f"width - {right}"), y=put("scale('y', datum.v)"))
        for line in lines
    ]


def _end_names(ends: Sequence[_Line], plane: _Plane, right: int) -> list[Layer]:
    heights = spread([plane.height_of(line.value) for line in ends], 15)
    rows = [
        {"y": height, "name": line.name, "colour": line.colour, "strong": line.strong}
        for line, height in zip(ends, heights, strict=True)
    ]
    return [
        chart([row for row in rows if row["strong"] == strong])
        .mark_text(
            align="left",
            baseline="middle",
            fontSize=palette.SMALL,
            fontWeight=palette.STRONG if strong else "normal",
        )
        .encode(x=put(f"width - {right} + 6"), y=put("datum.y"), text=put("datum.name"), color=put("datum.colour"))
        for strong in (False, True)
    ]


def _rings(moving: Rows) -> list[Layer]:
    """A ring around each unit whose level is moving."""
    if not moving:
        return []
    places = [{"n": mark["n"], "v": mark["v"]} for mark in moving]
    look = chart(places).mark_point(
        shape="circle", size=330, filled=False, stroke=palette.CHANGED, strokeWidth=1.6, strokeDash=[3, 2], opacity=1
    )
    return [look.encode(x=put("scale('x', datum.n)"), y=put("scale('y', datum.v)"))]


def _owner(marks: Rows, plane: _Plane, right: int, kind: str, axis: str, language: str) -> Layer:
    """The layer with the points, which has both scales and their axes."""
    return {
        "data": {"values": marks},
        "mark": {"type": "point", "strokeWidth": 1.7, "opacity": 1, "cursor": "pointer", "aria": True},
        "encoding": {
            "x": {
                "field": "n",
                "type": "quantitative",
                "scale": {
                    "type": "sqrt",
                    "domain": [plane.least, plane.most],
                    "nice": False,
                    "range": [_LEFT, {"expr": f"width - {right}"}],
                },
                "axis": {
                    "title": axis,
                    "grid": False,
                    "labelOverlap": "greedy",
                    "tickCount": 8,
                    "format": "d",
                },
            },
            "y": {
                "field": "v",
                "type": "quantitative",
                "scale": {"domain": [plane.low, plane.high], "nice": False, "zero": False},
                "axis": {
                    "title": None,
                    "grid": False,
                    "domain": False,
                    "ticks": False,
                    "labelPadding": 6,
                    "offset": -_LEFT,
                    "values": _ticks(plane),
                    "format": ".0%",
                },
            },
            "shape": put("datum.shape"),
            "fill": put("datum.fill"),
            "stroke": put("datum.colour"),
            "size": put(f"datum.size * (width < {NARROW} ? 0.7 : 1)"),
            "description": {"field": "said", "type": "nominal"},
            "tooltip": [
                {"field": field, "type": "nominal", "title": t(language, f"funnel.column_{key}")}
                for field, key in (
                    ("name", kind),
                    ("share", "share"),
                    ("count", "patients"),
                    ("where", "outside"),
                    ("moving", "moving"),
                )
            ],
        },
        "params": [{"name": UNIT, "select": {"type": "point", "fields": ["unit"], "toggle": False}}],
    }


def _table(points: Sequence[Point], kind: str, language: str) -> "pandas.DataFrame":
    import pandas

    def name(key: str) -> str:
        return t(language, f"funnel.column_{key}")

    return pandas.DataFrame(
        {
            name(kind): [point.name for point in points],
            name("numerator"): [formats.number(point.numerator, language) for point in points],
            name("patients"): [formats.number(point.patients, language) for point in points],
            name("value"): [formats.percent(point.share, language) for point in points],
            name("interval"): [formats.between(point.low, point.high, language) for point in points],
            name("outside"): [t(language, f"funnel.outside_{outside(point)}") for point in points],
            name("p"): [formats.number(point.p, language, 3) for point in points],
            name("moving"): [point.moving or formats.DASH for point in points],
        }
    )
