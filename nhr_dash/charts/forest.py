"""A forest plot: effects or levels under each other, each with its uncertainty, against a line to compare with."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nhr_dash.charts import palette, parts
from nhr_dash.charts.drawing import NARROW, Drawing
from nhr_dash.charts.layers import Layer, Rows, chart, put
from nhr_dash.charts.wrap import lines, measure
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

MOST = 60
"""Rows that are drawn; the table has them all."""
_ROW = 30
_NARROW_LABEL = 124
_WIDEST_LABEL = 330
_SIDES = ("better", "worse", "none")
_LEAST = {"points": 10.0, "minutes": 10.0, "ratio": math.log(2)}
"""The axis reaches at least this far from no change: percentage points, minutes, log of a ratio."""
_RATIOS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
Unit = Literal["points", "minutes", "ratio", "share", "wait"]
LEVELS = ("share", "wait")
"""Units of what is, not of what changed: shares (0-1) and minutes from nothing."""


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One effect with its interval; NaN where there is none. ``n``: the patients behind it, in words.

    In points ``estimate``, ``low`` and ``high`` are differences of shares (0.42: 42 percentage points), else minutes,
    a ratio or a share. ``side``: better, worse or none. ``faded``: not to be relied on (few patients, provisional).
    """

    label: str
    estimate: float
    low: float
    high: float
    n: str = ""
    side: str = "none"
    faded: bool = False


def build(
    rows: Sequence[ForestRow],
    *,
    unit: Unit,
    title: str,
    language: str,
    subtitle: str = "",
    better: int = 1,
    ways: tuple[str, str] = ("", ""),
    said: str = "",
    line: float = 0.0,
) -> Drawing:
    """Draw up to sixty effects in the order given. ``better``: +1 where the right is the good side, -1 left, 0 neither.

    Levels are drawn against a ``line`` (the country's), and told by ``said``. ``ways``: what a difference to the left
    and to the right means, where neither is good.
    """
    shown = rows[:MOST]
    low, high = _domain(shown, unit)
    marks = [_mark(row, index, unit, language, (low, high)) for index, row in enumerate(shown)]
    sizes = _Sizes.of(marks)
    height = max(len(shown), 1) * _ROW
    said = said or sentence(rows, language)
    notes = [subtitle] if subtitle else []
    notes += [t(language, "draw.forest.note")] if any(row.faded for row in shown) else []
    return Drawing(
        spec=parts.finish(
            _layers(marks, sizes, (low, high), unit, _ways(better, ways, language), line, height, language),
            [title],
            notes,
            language,
            height,
        ),
        alt=t(language, "draw.forest.alt_levels" if unit in LEVELS else "draw.forest.alt", title=title, sentence=said),
        title=title,
        subtitle=subtitle,
        sentence=said,
        events=(),
        table=_table(rows, unit, language),
    )


def _ways(better: int, named: tuple[str, str], language: str) -> tuple[str, str]:
    """What stands over the left and the right side; empty for nothing."""
    if not better:
        left, right = named
        return f"← {left}" if left else "", f"{right} →" if right else ""
    return ("", t(language, "draw.forest.right")) if better > 0 else (t(language, "draw.forest.left"), "")


def sentence(rows: Sequence[ForestRow], language: str) -> str:
    """How many got better, worse, or show no sure change."""
    counts = {side: sum(row.side == side for row in rows) for side in _SIDES}
    return t(language, "draw.forest.sentence", **counts)


def written(value: float, unit: Unit, language: str) -> str:
    """An effect as it stands beside its line: '+42', '−9 min', '1,8'; a level: '8,3 %', '171 min'."""
    if math.isnan(value):
        return formats.DASH
    if unit == "share":
        return formats.percent(value, language, 1)
    if unit == "wait":
        return formats.minutes(value, language)
    if unit == "ratio":
        return formats.number(value, language, 2)
    if unit == "minutes":
        return f"{formats.signed(value, language)} min"
    return formats.signed(value * 100, language)


def interval(row: ForestRow, unit: Unit, language: str) -> str:
    """'32–51', in the unit of the axis; a dash where there is none."""
    scale = 100.0 if unit in ("points", "share") else 1.0
    decimals = {"ratio": 2, "share": 1}.get(unit, 0)
    return formats.between(row.low, row.high, language, decimals, scale)


def _axis_value(value: float, unit: Unit) -> float:
    return value * 100 if unit in ("points", "share") else value


def _domain(rows: Sequence[ForestRow], unit: Unit) -> tuple[float, float]:
    """From where to where the axis goes: every estimate, and of a very wide interval a part."""

    def far(value: float) -> float:
        return (math.log(value) if value > 0 else -math.inf) if unit == "ratio" else _axis_value(value, unit)

    known = [row for row in rows if not math.isnan(row.estimate)]
    if unit in LEVELS:
        ends = [_axis_value(end, unit) for row in known for end in (row.estimate, row.high) if not math.isnan(end)]
        return 0.0, 1.05 * max([1.0, *ends])
    estimates = [far(row.estimate) for row in known if math.isfinite(far(row.estimate))]
    reach = max([_LEAST[unit], *(2.2 * abs(one) for one in estimates)])
    ends = [far(end) for row in known for end in (row.low, row.high) if not math.isnan(end)]
    low = max(min([-_LEAST[unit] / 2, *ends]), -reach)
    high = min(max([_LEAST[unit] / 2, *ends]), reach)
    room = (high - low) * 0.03
    low, high = low - room, high + room
    return (math.exp(low), math.exp(high)) if unit == "ratio" else (low, high)


def _mark(row: ForestRow, index: int, unit: Unit, language: str, domain: tuple[float, float]) -> dict[str, Any]:
    low, high = domain
    value, first, last = (_axis_value(one, unit) for one in (row.estimate, row.low, row.high))
    colour = palette.SIDE_COLOUR[row.side]
    colour = palette.lighter(colour) if row.faded else colour
    said, span = written(row.estimate, unit, language), interval(row, unit, language)
    return {
        "y": index * _ROW + _ROW / 2,
        "label": row.label,
        "long": _two(row.label, _WIDEST_LABEL, palette.BODY),
        "short": _two(row.label, _NARROW_LABEL - 8, palette.SMALL),
        "known": not math.isnan(value),
        "v": min(max(value, low), high) if not math.isnan(value) else None,
        "v1": min(max(first, low), high) if not math.isnan(first) else None,
        "v2": min(max(last, low), high) if not math.isnan(last) else None,
        "cut1": first < low,
        "cut2": last > high,
        "shape": palette.SIDE_SHAPE[row.side],
        "colour": colour,
        "fill": palette.PAPER if row.faded else colour,
        "said": said,
        "interval": span,
        "n": row.n,
        "full": " · ".join(part for part in (f"{said} ({span})" if span != formats.DASH else said, row.n) if part),
    }


def _two(label: str, width: float, size: float) -> list[str]:
    """A name on at most two lines; what is cut stands in the table and under a pointer."""
    found = lines(label, width, size)
    return found if len(found) <= 2 else [found[0], f"{found[1].rstrip()}…"]


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Pixels for the names at the left and the numbers at the right, on a wide and a narrow screen."""

    label: int
    full: int
    said: int

    @classmethod
    def of(cls, marks: Rows) -> "_Sizes":
        label = max((measure(line, palette.BODY) for mark in marks for line in mark["long"]), default=0)
        full = max((measure(mark["full"], palette.SMALL) for mark in marks), default=0)
        said = max((measure(mark["said"], palette.SMALL, strong=True) for mark in marks), default=0)
        return cls(round(min(label, _WIDEST_LABEL)) + 18, round(full) + 16, round(said) + 12)

    @property
    def left(self) -> str:
        return f"(width < {NARROW} ? {_NARROW_LABEL} : {self.label})"

    @property
    def right(self) -> str:
        return f"(width - (width < {NARROW} ? {self.said} : {self.full}))"


def _layers(
    marks: Rows,
    sizes: _Sizes,
    domain: tuple[float, float],
    unit: Unit,
    ways: tuple[str, str],
    line: float,
    height: int,
    language: str,
) -> list[Layer]:
    zero = 1.0 if unit == "ratio" else _axis_value(line, unit)
    y = put("datum.y")
    edges: Rows = [{"y": index * _ROW} for index in range(len(marks) + 1)]
    known = [mark for mark in marks if mark["known"]]
    spans = [mark for mark in known if mark["v1"] is not None and mark["v2"] is not None]
    arrows = [{**mark, "at": mark["v1"], "turn": 270} for mark in spans if mark["cut1"]]
    arrows += [{**mark, "at": mark["v2"], "turn": 90} for mark in spans if mark["cut2"]]
    text, name = chart(marks), f"(width < {NARROW} ? datum.short : datum.long)"
    return [
        chart(edges).mark_rule(color=palette.GRID).encode(x=put("0"), x2=put("width"), y=y),
        chart([{"v": zero}])
        .mark_rule(color=palette.AXIS, strokeWidth=1.6)
        .encode(x=put("scale('x', datum.v)"), y=put("0"), y2=put(str(height))),
        _over(ways, sizes),
        chart(spans)
        .mark_rule(strokeWidth=2.4)
        .encode(x=put("scale('x', datum.v1)"), x2=put("scale('x', datum.v2)"), y=y, color=put("datum.colour")),
        chart(arrows)
        .mark_point(filled=True, opacity=1, shape="triangle-up", size=60)
        .encode(x=put("scale('x', datum.at)"), y=y, color=put("datum.colour"), angle=put("datum.turn")),
        _owner(known, sizes, domain, unit, zero, language),
        text.mark_text(align="left", baseline="middle", lineHeight=14, limit={"expr": f"{sizes.left} - 8"}).encode(
            x=put("0"),
            y=put(f"datum.y - 7 * (length({name}) - 1)"),
            text=put(name),
            size=put(f"width < {NARROW} ? {palette.SMALL} : {palette.BODY}"),
        ),
        text.mark_text(align="right", baseline="middle", fontSize=palette.SMALL).encode(
            x=put("width"),
            y=y,
            text=put(f"width < {NARROW} ? datum.said : datum.full"),
        ),
    ]


def _over(ways: tuple[str, str], sizes: _Sizes) -> Layer:
    """The words over the two sides, at the ends of the axis; on a narrow one the left begins over the names."""
    rows: Rows = [{"way": way, "left": side == 0} for side, way in enumerate(ways) if way]
    align = {"expr": "datum.left ? 'left' : 'right'"}
    mark = chart(rows).mark_text(color=palette.MUTED, baseline="bottom", align=align)
    x = f"datum.left ? (width < {NARROW} ? 0 : {sizes.left} + 8) : {sizes.right} - 8"
    return mark.encode(x=put(x), y=put("-6"), text=put("datum.way"))


def _owner(known: Rows, sizes: _Sizes, domain: tuple[float, float], unit: Unit, zero: float, language: str) -> Layer:
    """The layer with the points, which has the scale and its axis."""
    axis: dict[str, Any] = {"grid": False, "title": t(language, f"draw.forest.axis_{unit}"), "labelOverlap": "greedy"}
    if unit == "ratio":
        axis |= {"values": [one for one in _RATIOS if domain[0] <= one <= domain[1]], "format": "~r"}
    elif unit in LEVELS:
        axis |= {"tickCount": 6, "format": "d"}
    else:
        axis |= {"tickCount": 6, "format": "+d", "labelExpr": "datum.value === 0 ? '0' : datum.label"}
    rows = known or [{"v": zero, "y": -100.0, "shape": "circle", "colour": palette.PAPER, "fill": palette.PAPER}]
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "strokeWidth": 1.8, "opacity": 1, "size": 110},
        "encoding": {
            "x": {
                "field": "v",
                "type": "quantitative",
                "scale": {
                    "type": "log" if unit == "ratio" else "linear",
                    "domain": list(domain),
                    "nice": False,
                    "zero": False,
                    "range": [{"expr": f"{sizes.left} + 8"}, {"expr": f"{sizes.right} - 8"}],
                },
                "axis": axis,
            },
            "y": put("datum.y"),
            "shape": put("datum.shape"),
            "fill": put("datum.fill"),
            "stroke": put("datum.colour"),
            "tooltip": [
                {"field": field, "type": "nominal", "title": t(language, f"draw.forest.{name}")}
                for field, name in (("label", "row"), ("said", "effect"), ("interval", "interval"), ("n", "patients"))
            ],
        },
    }


def _table(rows: Sequence[ForestRow], unit: Unit, language: str) -> "pandas.DataFrame":
    import pandas

    def name(key: str) -> str:
        return t(language, f"draw.forest.{key}")

    effect = f"{name('level' if unit in LEVELS else 'effect')} ({name(f'axis_{unit}')})"
    columns = {
        name("row"): [row.label for row in rows],
        effect: [written(row.estimate, unit, language) for row in rows],
        name("interval"): [interval(row, unit, language) for row in rows],
        name("patients"): [row.n or formats.DASH for row in rows],
        name("side"): [name(f"side_{row.side}") for row in rows],
        name("marks"): [name("faded") if row.faded else "" for row in rows],
    }
    if unit in LEVELS:  # a level has no direction
        del columns[name("side")]
    return pandas.DataFrame(columns)
