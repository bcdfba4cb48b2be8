"""How many more patients a year: a bar a row from nought, with its uncertainty, the largest on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import palette, parts
from nhr_dash.charts.drawing import NARROW, Drawing
from nhr_dash.charts.layers import Layer, Rows, chart, put
from nhr_dash.charts.wrap import lines, measure
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number

if TYPE_CHECKING:
    import pandas

_ROW = 32
_LABEL, _NARROW_LABEL = 330, 130
_LEAST = 5.0
"""The axis reaches at least so many patients."""


@dataclass(frozen=True, slots=True)
class GainRow:
    """Patients a year with their interval. ``faded``: it can be chance. ``note``: what stands behind the number."""

    label: str
    estimate: float
    low: float
    high: float
    note: str = ""
    faded: bool = False


def build(
    rows: Sequence[GainRow], *, title: str, subtitle: str, sentence: str, table: "pandas.DataFrame", language: str
) -> Drawing:
    """Draw the gains in the order given. ``table``: the same in numbers and words."""
    most = max([_LEAST, *(min(row.high, 2.5 * row.estimate) for row in rows)])
    marks = [_mark(row, index, most, language) for index, row in enumerate(rows)]
    notes = [subtitle, *([t(language, "potential.chart_note")] if any(row.faded for row in rows) else [])]
    height = max(len(rows), 1) * _ROW
    return Drawing(
        spec=parts.finish(_layers(marks, most, height, language), [title], notes, language, height),
        alt=t(language, "potential.chart_alt", title=title, sentence=sentence),
        title=title,
        subtitle=subtitle,
        sentence=sentence,
        events=(),
        table=table,
    )


def _mark(row: GainRow, index: int, most: float, language: str) -> dict[str, Any]:
    said = number(row.estimate, language)
    span = between(max(0.0, row.low), row.high, language, scale=1)
    names = [lines(row.label, width, size) for width, size in ((_LABEL, palette.BODY), (_NARROW_LABEL - 8, 12))]
    return {
        "y": index * _ROW + _ROW / 2,
        "label": row.label,
        "long": _two(names[0]),
        "short": _two(names[1]),
        "v": min(row.estimate, most),
        "v1": max(0.0, row.low),
        "v2": min(row.high, most),
        "fill": palette.BAR if row.faded else palette.lighter(palette.BETTER, 0.6),
        "colour": palette.LINE if row.faded else palette.BETTER,
        "said": said,
        "interval": span,
        "note": row.note,
        "full": " · ".join(part for part in (f"{said} ({span})", row.note) if part),
        "brief": f"{said} ({span})",
    }


def _two(found: list[str]) -> list[str]:
    return found if len(found) <= 2 else [found[0], f"{found[1].rstrip()}…"]


def _layers(marks: Rows, most: float, height: int, language: str) -> list[Layer]:
    label = max((measure(line, palette.BODY) for mark in marks for line in mark["long"]), default=0)
    full = max((measure(mark["full"], palette.SMALL) for mark in marks), default=0)
    brief = max((measure(mark["brief"], palette.SMALL) for mark in marks), default=0)
    left = f"(width < {NARROW} ? {_NARROW_LABEL} : {round(min(label, _LABEL)) + 18})"
    right = f"(width - (width < {NARROW} ? {round(brief) + 12} : {round(full) + 16}))"
    y = put("datum.y")
    text, name = chart(marks), f"(width < {NARROW} ? datum.short : datum.long)"
    return [
        chart([{"y": at * _ROW} for at in range(len(marks) + 1)])
        .mark_rule(color=palette.GRID)
        .encode(x=put("0"), x2=put("width"), y=y),
        chart(marks)
        .mark_rect()
        .encode(
            x=put("scale('x', 0)"),
            x2=put("scale('x', datum.v)"),
            y=put("datum.y - 8"),
            y2=put("datum.y + 8"),
            color=put("datum.fill"),
        ),
        chart([{"v": 0}])
        .mark_rule(color=palette.AXIS, strokeWidth=1.6)
        .encode(x=put("scale('x', 0)"), y=put("0"), y2=put(str(height))),
        chart(marks)
        .mark_rule(strokeWidth=2)
        .encode(x=put("scale('x', datum.v1)"), x2=put("scale('x', datum.v2)"), y=y, color=put("datum.colour")),
        _owner(marks, most, left, right, language),
        text.mark_text(align="left", baseline="middle", lineHeight=14, limit={"expr": f"{left} - 8"}).encode(
            x=put("0"),
            y=put(f"datum.y - 7 * (length({name}) - 1)"),
            text=put(name),
            size=put(f"width < {NARROW} ? {palette.SMALL} : {palette.BODY}"),
        ),
        text.mark_text(align="right", baseline="middle", fontSize=palette.SMALL).encode(
            x=put("width"), y=y, text=put(f"width < {NARROW} ? datum.brief : datum.full")
        ),
    ]


def _owner(marks: Rows, most: float, left: str, right: str, language: str) -> Layer:
    """The layer with the points, which has the scale and its axis."""
    rows = marks or [{"v": 0, "y": -100.0, "fill": palette.PAPER, "colour": palette.PAPER}]
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "shape": "circle", "filled": True, "opacity": 1, "size": 60},
        "encoding": {
            "x": {
                "field": "v",
                "type": "quantitative",
                "scale": {
                    "domain": [0, most * 1.03],
                    "nice": False,
                    "range": [{"expr": f"{left} + 4"}, {"expr": f"{right} - 8"}],
                },
                "axis": {
                    "grid": False,
                    "title": t(language, "potential.chart_axis"),
                    "labelOverlap": "greedy",
                    "tickCount": 5,
                    "format": "d",
                },
            },
            "y": put("datum.y"),
            "color": put("datum.colour"),
            "tooltip": [
                {"field": field, "type": "nominal", "title": t(language, f"potential.chart_{field}")}
                for field in ("label", "said", "interval")
            ],
        },
    }
