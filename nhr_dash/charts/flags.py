"""Numbered flags over a chart: PDSA cycles, a unit's own events, national ones; none touches another.

The list below a drawing carries the same numbers. At each of three widths of the chart the flags are laid out
for the narrowest plot that the width can have; on a wider one they only move apart.
"""

from collections.abc import Sequence
from typing import Any

from nhr_dash.charts import palette
from nhr_dash.charts.drawing import HEIGHT, LEFT, NARROW, Marked, Plane, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, chart, put
from nhr_dash.charts.wrap import measure

FLAG = 24
"""Pixels that a flag takes, and from one row of flags to the next."""
ROWS = 3
"""Rows of flags; more would push the plot out of the screen. What needs another row joins the flag before it."""
_FROM = {"narrow": 0, "middle": NARROW, "wide": 900}
_NARROWEST = 300
_ROLES = ("cycle", "event", "national")
_FILL = {"cycle": palette.INK, "event": palette.PAPER, "national": palette.NATIONAL_FLAG}
_EDGE = {"cycle": palette.INK, "event": palette.INK, "national": palette.NATIONAL_FLAG}
_WRITING = {"cycle": palette.PAPER, "event": palette.INK, "national": palette.PAPER}


def placed(events: Sequence[Marked], plane: Plane, until: int) -> Rows:
    """Events that touch the drawn time, by date, numbered from 1.

    ``until``: the end of the last period (ms), which lies beyond its point.
    """
    rows: Rows = []
    shown = sorted(
        (one for one in events if plane.start <= milliseconds(one.ends_on or one.starts_on)), key=lambda e: e.starts_on
    )
    for number, one in enumerate((e for e in shown if milliseconds(e.starts_on) < until), start=1):
        t = plane.clamp(milliseconds(one.starts_on))
        rows.append(
            {
                "t": t,
                "t2": plane.clamp(milliseconds(one.ends_on)) if one.ends_on else t,
                "n": number,
                "role": one.role if one.role in _ROLES else "event",
                "text": one.title,
                "from": one.starts_on,
                "to": one.ends_on,
            }
        )
    return rows


def layout(rows: Rows, plane: Plane, size: str) -> Rows:
    """The flags of a chart ``narrow``, ``middle`` or ``wide``: t, label, role, row (0: lowest), and width in pixels.

    A flag begins half a flag before its day. One that fits in no row joins the one before it: "4–6".
    """
    margin = plane.right[1 if size == "narrow" else 0]
    room = max(_FROM[size], _NARROWEST) - LEFT - 18 - margin
    span = max(plane.end - plane.start, 1)
    flags: Rows = []
    free: list[float] = []
    for row in rows:
        x = (row["t"] - plane.start) / span * room
        level = next((i for i, taken in enumerate(free) if x >= taken), len(free))
        if level >= ROWS:
            last = flags[-1]
            last["label"] = f"{last['n']}–{row['n']}"
            last["width"] = max(FLAG, round(measure(last["label"], palette.SMALL, strong=True)) + 14)
            last["role"] = min(last["role"], row["role"], key=_ROLES.index)
            free[last["row"]] = last["x"] + last["width"]
            continue
        flags.append(
            {"t": row["t"], "n": row["n"], "label": str(row["n"]), "role": row["role"], "row": level, "width": FLAG}
            | {"x": x}
        )
        free[level : level + 1] = [x + FLAG]
    return flags


def shading(rows: Rows) -> list[Layer]:
    """Spans as light areas, days as thin lines; national ones grey."""
    layers = []
    lines = [{key: row[key] for key in ("t", "t2", "role")} for row in rows]
    for national, colour in ((True, palette.NATIONAL), (False, palette.RAMP)):
        spans = [row for row in lines if (row["role"] == "national") == national and row["t2"] > row["t"]]
        if spans:
            layers.append(
                chart(spans)
                .mark_rect(color=colour, opacity=1)
                .encode(x=at_x(), x2=at_x("t2"), y=put("0"), y2=put(str(HEIGHT)))
            )
    if lines:
        layers.append(
            chart(lines)
            .mark_rule(color=palette.AXIS, strokeDash=[2, 3])
            .encode(x=at_x(), y=put("0"), y2=put(str(HEIGHT)))
        )
    return layers


def layers(rows: Rows, plane: Plane, above: int) -> list[Layer]:
    """The flags, ``above`` pixels over the plot: cycles filled, events outlined, national ones grey and smaller."""
    marks: Rows = [_look(flag, size) for size in _FROM for flag in layout(rows, plane, size)]
    if not marks:
        return []
    shown = f"(width < {_FROM['middle']} ? 'narrow' : width < {_FROM['wide']} ? 'middle' : 'wide')"
    opacity = put(f"datum.at == {shown} ? 1 : 0")
    # A thick line with round ends is a disc where one number stands in it, and a pill where several do.
    across = {"x": at_x(), "x2": put("scale('x', datum.t) + datum.more + 0.1"), "y": put(f"-{above} - datum.up")}
    body = chart(marks).mark_rule(strokeCap="round")
    outlined = [mark for mark in marks if mark["edge"] != mark["fill"]]
    return [
        body.encode(**across, color=put("datum.edge"), strokeWidth=put("datum.thick"), opacity=opacity),
        *(
            [
                chart(outlined)
                .mark_rule(strokeCap="round")
                .encode(**across, color=put("datum.fill"), strokeWidth=put("datum.thick - 3.6"), opacity=opacity)
            ]
            if outlined
            else []
        ),
        chart(marks)
        .mark_text(fontWeight=palette.STRONG, baseline="middle")
        .encode(
            x=put("scale('x', datum.t) + datum.more / 2"),
            y=across["y"],
            text=put("datum.label"),
            color=put("datum.ink"),
            size=put("datum.font"),
            opacity=opacity,
        ),
    ]


def _look(flag: dict[str, Any], size: str) -> dict[str, Any]:
    role, national = flag["role"], flag["role"] == "national"
    return {
        "t": flag["t"],
        "at": size,
        "label": flag["label"],
        "up": FLAG * flag["row"],
        "more": flag["width"] - FLAG,
        "edge": _EDGE[role],
        "fill": _FILL[role],
        "ink": _WRITING[role],
        "thick": 18 if national else 22,
        "font": palette.SMALL - 1 if national else palette.SMALL,
    }
