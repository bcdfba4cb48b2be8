"""Pieces that drawings share: grid, lines' names, levels, bracket, the strip of patients.

All are placed by expressions of the points' two scales, so that one spec is right at every width.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

from nhr_dash.charts import palette
from nhr_dash.charts.drawing import HEIGHT, LEFT, NARROW, EndLabel, Plane, Ribbon, spread
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart, put
from nhr_dash.charts.locale import config
from nhr_dash.charts.wrap import expression, measure
from nhr_dash.text import formats

STRIP_TOP, STRIP = 46, 40
"""Where the strip of patients begins under the plot, and its height."""
BELOW = STRIP_TOP + STRIP + 22
"""Pixels under the plot from which an export writes its notes: under everything drawn."""
_LEVEL_STRIP = 6


def grid(values: Sequence[float], plane: Plane) -> Layer:
    """Thin lines across the time that is drawn, not under the labels at the right."""
    return (
        chart([{"v": value} for value in values])
        .mark_rule(color=palette.GRID)
        .encode(x=put(str(LEFT)), x2=put(plane.inner), y=at_y())
    )


def end_labels(labels: Sequence[EndLabel], plane: Plane, offset: int = 8) -> list[Layer]:
    """Names of lines at their right ends, moved apart where they would touch."""
    if not labels:
        return []
    heights = spread([plane.height_of(one.value) for one in labels])
    rows = [
        {"y": height, "long": one.long, "short": one.short, "colour": one.colour, "strong": one.strong}
        for one, height in zip(labels, heights, strict=True)
    ]
    layers = []
    for strong in (False, True):
        some = [row for row in rows if row["strong"] == strong]
        if some:
            mark = chart(some).mark_text(
                align="left",
                baseline="middle",
                fontWeight=palette.STRONG if strong else "normal",
                fontSize={"expr": f"width < {NARROW} ? {palette.SMALL} : {palette.BODY}"},
            )
            layers.append(
                mark.encode(
                    x=put(f"{plane.inner} + {offset}"),
                    y=put("datum.y"),
                    text=put(f"width < {NARROW} ? datum.short : datum.long"),
                    color=put("datum.colour"),
                )
            )
    return layers


def level_strip(high: float, moderate: float, plane: Plane, direction: int) -> list[Layer]:
    """Goal attainment as a thin strip at the right edge: colour and symbol, no band behind the points."""
    bottom_up = ("low", "moderate", "high") if direction >= 0 else ("high", "moderate", "low")
    edges = [plane.low, *sorted((moderate, high)), plane.high]
    rows = []
    for name, low, top in zip(bottom_up, edges[:-1], edges[1:], strict=True):
        low, top = max(low, plane.low), min(top, plane.high)  # noqa: PLW2901
        if top > low:
            y, y2 = plane.height_of(low), plane.height_of(top)
            rows.append(
                {
                    "y": y,
                    "y2": y2,
                    "c": palette.LEVEL_COLOUR[name],
                    "s": palette.LEVEL_SHAPE[name],
                    "z": 130 if name == "low" else 80,
                }
            )
    middle = f"{plane.inner} + {_LEVEL_STRIP / 2 + 1}"
    return [
        chart(rows)
        .mark_rule(strokeWidth=3, opacity=0.75)
        .encode(x=put(middle), y=put("datum.y"), y2=put("datum.y2"), color=put("datum.c")),
        chart(rows)
        .mark_point(filled=True, opacity=1, stroke=palette.PAPER, strokeWidth=1.5)
        .encode(
            x=put(middle),
            y=put("(datum.y + datum.y2) / 2"),
            color=put("datum.c"),
            shape=put("datum.s"),
            size=put("datum.z"),
        ),
    ]


def bracket(first: int, last: int, *, long: str, short: str, colour: str) -> list[Layer]:
    """A row of points, bracketed over the plot, with its count and its limit."""
    rows = [{"t": first, "t2": last}]
    line = chart(rows).mark_rule(color=colour, strokeWidth=2.5)
    foot = chart([{"t": first}, {"t": last}]).mark_rule(color=colour, strokeWidth=2.5)
    half_long = measure(long, palette.BODY, strong=True) / 2
    half_short = measure(short, palette.BODY, strong=True) / 2
    half = f"(width < {NARROW} ? {half_short:.0f} : {half_long:.0f})"
    middle = "(scale('x', datum.t) + scale('x', datum.t2)) / 2"
    # The label stays over its bracket, but never leaves the plane at either side.
    label = (
        chart(rows)
        .mark_text(color=colour, fontWeight=palette.STRONG, baseline="bottom", align="center")
        .encode(
            x=put(f"min(max({middle}, {half}), width - {half})"),
            y=put("-15"),
            text=put(f"width < {NARROW} ? {json.dumps(short)} : {json.dumps(long)}"),
        )
    )
    return [
        line.encode(x=put("scale('x', datum.t) - 4"), x2=put("scale('x', datum.t2) + 4"), y=put("-11")),
        foot.encode(x=put(f"scale('x', datum.t) + (datum.t == {first} ? -4 : 4)"), y=put("-12"), y2=put("-5")),
        label,
    ]


def ribbon(found: Ribbon | None, moments: Sequence[int], plane: Plane) -> list[Layer]:
    """Natural variation as a pale ribbon, as wide at each point as the patients behind it make it."""
    if found is None:
        return []
    rows: Rows = []
    for index, (low, center, high) in enumerate(zip(found.lower, found.center, found.upper, strict=True)):
        if math.isnan(low) and math.isnan(high):
            continue
        here = moments[index]
        left, right = moments[max(index - 1, 0)], moments[min(index + 1, len(moments) - 1)]
        # A side without a limit of its own (a share can't go above 100 %) reaches to the edge of the plot.
        low, high = plane.low if math.isnan(low) else low, plane.high if math.isnan(high) else high  # noqa: PLW2901
        edges = {"v": max(low, plane.low), "v2": min(high, plane.high)}
        across_here = {"t": (left + here) // 2, "t2": (here + right) // 2}
        before = rows[-1] if rows else {}
        # One piece where nothing changes: between two pieces side by side a hair of the paper shows.
        if {name: before.get(name) for name in ("v", "v2", "c")} == edges | {"c": center} and (
            before["t2"] == across_here["t"]
        ):
            before["t2"] = across_here["t2"]
        else:
            rows.append(across_here | {"c": center} | edges)
    across = {"x": at_x(), "x2": at_x("t2")}
    return [
        chart(rows)
        .mark_rect(color=palette.lighter(palette.BAND, 0.3), opacity=1)
        .encode(**across, y=at_y(), y2=at_y("v2")),
        chart(rows).mark_rule(color=palette.LINE, strokeWidth=1).encode(**across, y=at_y("c")),
    ]


def patients(rows: Rows, plane: Plane, language: str) -> list[Layer]:
    """The strip under the axis: patients behind each point (``t``, ``n``), with numbers where there is room."""
    most = max((row["n"] for row in rows), default=0)
    if not most:
        return []
    digits = len(formats.number(most, language))
    last = max(index for index, row in enumerate(rows) if row["n"])
    tallest = next(index for index, row in enumerate(rows) if row["n"] == most)
    # Without room for all numbers the tallest bar and the last one keep theirs: they give the scale.
    kept = {tallest} | ({last} if abs(last - tallest) > 2 else set())
    data = [
        {**row, "label": formats.number(row["n"], language), "keep": index in kept}
        for index, row in enumerate(rows)
        if row["n"]
    ]
    slot = f"(({plane.inner} - {LEFT}) / {max(len(rows), 1)})"
    base = HEIGHT + STRIP_TOP + STRIP
    top = f"{base} - max(1, {STRIP} * datum.n / {most})"
    return [
        chart(data)
        .mark_rule(color=palette.BAR, strokeWidth={"expr": f"max(1.5, min(22, 0.5 * {slot}))"})
        .encode(x=at_x(), y=put(str(base)), y2=put(top)),
        chart(data)
        .mark_text(color=palette.MUTED, fontSize=palette.SMALL - 1, baseline="bottom")
        .encode(
            x=at_x(),
            y=put(f"{top} - 3"),
            text={"field": "label", "type": "nominal"},
            opacity=put(f"datum.keep || {slot} >= {7 * digits + 5} ? 1 : 0"),
        ),
    ]


def finish(
    layers: Sequence[Layer], title: Sequence[str], subtitle: Sequence[str], language: str, height: int = HEIGHT
) -> dict[str, Any]:
    """The layers as one spec that fills its container, with its title inside, as a plain dict.

    ``title`` and ``subtitle`` are paragraphs; they are broken into lines for the width by the browser.
    """
    import altair

    spec: dict[str, Any] = {"$schema": altair.SCHEMA_URL, "layer": list(layers), "width": "container", "height": height}
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["padding"] = {"left": 0, "right": 0, "top": 4, "bottom": 8}
    spec["title"] = {
        "text": {"expr": expression(title, palette.HEAD, strong=True)},
        "subtitle": {"expr": expression(subtitle, palette.BODY)},
    }
    spec["config"] = config(language)
    return spec
