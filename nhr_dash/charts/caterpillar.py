"""A ranking with its uncertainty: each unit's share with interval, chance evened out, and its possible places."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import palette, parts
from nhr_dash.charts.drawing import NARROW, Drawing
from nhr_dash.charts.funnel import UNIT
from nhr_dash.charts.layers import Layer, Rows, chart, put
from nhr_dash.charts.wrap import measure
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

_ROW = 19
_NARROW_NAME = 112


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit that may be shown: raw ``share`` with 95 % interval, ``shrunken`` share, and its possible places.

    Shares are 0-1; ``first`` and ``last`` are places, 1 the best; ``patients`` behind it.
    """

    unit: int
    name: str
    share: float
    low: float
    high: float
    shrunken: float
    first: int
    last: int
    patients: int
    own: bool = False


def build(
    rows: Sequence[Ranked],
    *,
    places: int,
    center: float,
    center_name: str,
    goal: tuple[float, str] | None,
    kind: str,
    title: str,
    subtitle: str,
    sentence: str,
    language: str,
) -> Drawing:
    """Draw units under each other in the order given. ``places``: how many are ranked; ``kind``: what they are."""
    marks = [_mark(row, index, language) for index, row in enumerate(rows)]
    height = len(rows) * _ROW
    left = round(max(measure(row.name, palette.SMALL, strong=row.own) for row in rows)) + 14
    right = round(max(measure(mark["places"], palette.SMALL, strong=True) for mark in marks)) + 16
    ends = [value for row in rows for value in (row.low, row.high)] + [center] + ([goal[0]] if goal else [])
    domain = max(0.0, min(ends) - 0.02), min(1.0, max(ends) + 0.02)
    plane = f"(width < {NARROW} ? {min(left, _NARROW_NAME)} : {left})", f"(width - {right})"
    lines = [(center, center_name, palette.INK)] + ([(*goal, palette.TARGET)] if goal else [])
    drawn = [
        *_stripes(marks, height),
        *_levels(lines, height),
        *_intervals(marks),
        _owner(marks, domain, plane, kind, language),
        *_words(marks, plane[0]),
    ]
    return Drawing(
        spec=parts.finish(drawn, [title], [subtitle, t(language, "ranking.key")], language, height),
        alt=t(language, "ranking.alt", title=title, sentence=sentence),
        title=title,
        subtitle=subtitle,
        sentence=sentence,
        events=(),
        table=_table(rows, places, kind, language),
    )


def placed(row: Ranked, language: str) -> str:
    """'4–31', or '1' where only one place is possible."""
    if row.first == row.last:
        return formats.number(row.first, language)
    return formats.between(row.first, row.last, language, scale=1)


def _mark(row: Ranked, index: int, language: str) -> dict[str, Any]:
    share = f"{formats.percent(row.share, language)} ({formats.between(row.low, row.high, language)})"
    shrunken, places = formats.percent(row.shrunken, language), placed(row, language)
    return {
        "unit": row.unit,
        "y": index * _ROW + _ROW / 2,
        "name": row.name,
        "own": row.own,
        "v": row.shrunken,
        "raw": row.share,
        "low": row.low,
        "high": row.high,
        "share": share,
        "shrunken": shrunken,
        "places": places,
        "count": formats.number(row.patients, language),
        "said": t(language, "ranking.point", name=row.name, share=share, shrunken=shrunken, places=places),
        "colour": palette.INK if row.own else palette.DOT,
    }


def _stripes(marks: Rows, height: int) -> list[Layer]:
    """Every fifth row has a line above it, and one's own unit a band."""
    edges: Rows = [{"y": index * _ROW} for index in range(0, len(marks) + 1, 5)]
    own = [{"y": mark["y"] - _ROW / 2, "y2": mark["y"] + _ROW / 2} for mark in marks if mark["own"]]
    return [
        chart(own)
        .mark_rect(color=palette.RAMP)
        .encode(x=put("0"), x2=put("width"), y=put("datum.y"), y2=put("datum.y2")),
        chart(edges).mark_rule(color=palette.GRID).encode(x=put("0"), x2=put("width"), y=put("datum.y")),
    ]


def _levels(lines: Sequence[tuple[float, str, str]], height: int) -> list[Layer]:
    """The country and the goal, named over the plot, on two heights so that the names never meet."""
    drawn: list[Layer] = []
    for above, (value, name, colour) in enumerate(lines):
        data = chart([{"v": value, "name": name}])
        half = measure(name, palette.SMALL, strong=True) / 2
        drawn.append(
            data.mark_rule(color=colour, strokeWidth=1.4, strokeDash=[6, 4] if above else [1, 0]).encode(
                x=put("scale('x', datum.v)"), y=put("-2"), y2=put(str(height))
            )
        )
        drawn.append(
            data.mark_text(
                color=colour, baseline="bottom", fontSize=palette.SMALL, fontWeight=palette.STRONG, align="center"
            ).encode(
                x=put(f"min(scale('x', datum.v), width - {half:.0f})"),
                y=put(str(-4 - 15 * above)),
                text=put("datum.name"),
            )
        )
    return drawn


def _intervals(marks: Rows) -> list[Layer]:
    """Each unit's own share as a tick on its interval."""
    y = put("datum.y")
    look = chart(marks)
    return [
        look.mark_rule(strokeWidth=1.6).encode(
            x=put("scale('x', datum.low)"), x2=put("scale('x', datum.high)"), y=y, color=put("datum.colour")
        ),
        look.mark_rule(strokeWidth=1.6).encode(
            x=put("scale('x', datum.raw)"),
            y=put("datum.y - 4"),
            y2=put("datum.y + 4"),
            color=put("datum.colour"),
        ),
    ]


def _words(marks: Rows, left: str) -> list[Layer]:
    """Names at the left and possible places at the right."""
    layers = []
    for strong in (False, True):
        some = [mark for mark in marks if mark["own"] == strong]
        look = {
            "baseline": "middle",
            "fontSize": palette.SMALL,
            "color": palette.INK,
            "fontWeight": palette.STRONG if strong else "normal",
        }
        name = chart(some).mark_text(align="left", limit={"expr": f"{left} - 6"}, **look)
        places = chart(some).mark_text(align="right", **look)
        layers.append(name.encode(x=put("2"), y=put("datum.y"), text=put("datum.name")))
        layers.append(places.encode(x=put("width - 2"), y=put("datum.y"), text=put("datum.places")))
    return layers


def _owner(marks: Rows, domain: tuple[float, float], plane: tuple[str, str], kind: str, language: str) -> Layer:
    """The layer with the shrunken shares, which has the scale and its axis."""
    return {
        "data": {"values": marks},
        "mark": {"type": "point", "shape": "circle", "filled": True, "opacity": 1, "cursor": "pointer", "aria": True},
        "encoding": {
            "x": {
                "field": "v",
                "type": "quantitative",
                "scale": {
                    "domain": list(domain),
                    "nice": False,
                    "zero": False,
                    "range": [{"expr": plane[0]}, {"expr": plane[1]}],
                },
                "axis": {"title": None, "grid": False, "format": ".0%", "tickCount": 6, "labelOverlap": "greedy"},
            },
            "y": put("datum.y"),
            "color": put("datum.colour"),
            "size": put("datum.own ? 110 : 62"),
            "description": {"field": "said", "type": "nominal"},
            "tooltip": [
                {"field": field, "type": "nominal", "title": t(language, key)}
                for field, key in (
                    ("name", f"funnel.column_{kind}"),
                    ("share", "funnel.column_share"),
                    ("shrunken", "ranking.column_shrunken"),
                    ("places", "ranking.column_places"),
                    ("count", "funnel.column_patients"),
                )
            ],
        },
        "params": [{"name": UNIT, "select": {"type": "point", "fields": ["unit"], "toggle": False}}],
    }


def _table(rows: Sequence[Ranked], places: int, kind: str, language: str) -> "pandas.DataFrame":
    import pandas

    def share(value: float) -> str:
        return formats.DASH if math.isnan(value) else formats.percent(value, language)

    of = t(language, "ranking.column_places_of", of=formats.number(places, language))
    return pandas.DataFrame(
        {
            t(language, f"funnel.column_{kind}"): [row.name for row in rows],
            t(language, "funnel.column_patients"): [formats.number(row.patients, language) for row in rows],
            t(language, "funnel.column_value"): [share(row.share) for row in rows],
            t(language, "funnel.column_interval"): [formats.between(row.low, row.high, language) for row in rows],
            t(language, "ranking.column_shrunken"): [share(row.shrunken) for row in rows],
            of: [placed(row, language) for row in rows],
        }
    )
