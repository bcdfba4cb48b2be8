"""Names beside points so that none covers another: tried at several widths, because a browser chooses the width."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from nhr_dash.charts import palette
from nhr_dash.charts.layers import Layer, Rows, chart, put
from nhr_dash.charts.wrap import measure

WIDTHS = (300, 460, 620, 820)
"""Widths of the whole drawing (px) that names are placed for; a browser takes the widest that it has room for."""
_LINE = 15
_POINT = 6


@dataclass(frozen=True, slots=True)
class Named:
    """A point to be named: its place as parts of the plane (0 left and top, 1 right and bottom), and its look.

    ``size``: how far from its middle the point reaches (px).
    """

    x: float
    y: float
    name: str
    colour: str
    strong: bool = False
    size: float = 6


def layers(
    named: Sequence[Named],
    others: Sequence[tuple[float, float]],
    lines: Sequence[float],
    left: int,
    right: int,
    height: int,
) -> list[Layer]:
    """The text layers. ``named``: the most important first; a name without room is left out.

    ``others``: places of every point that no name may cover; ``lines``: heights (0-1) that names keep clear of where
    they can. ``left`` and ``right``: margins of the plane (px), which names stay out of.
    """
    rows: Rows = [{"name": one.name, "colour": one.colour, "strong": one.strong, "at": []} for one in named]
    for width in WIDTHS:
        for row, place in zip(rows, _placed(named, others, lines, width, left, right, height), strict=True):
            row["at"].append(place)
    step = " : ".join(f"width >= {width} ? {index}" for index, width in reversed(list(enumerate(WIDTHS)))) + " : 0"
    here = f"datum.at[{step}]"
    inner = f"({left} + {here}.x * (width - {left + right}))"
    return [_text([row for row in rows if row["strong"] == strong], here, inner, strong) for strong in (False, True)]


def _text(rows: Rows, here: str, inner: str, strong: bool) -> Layer:
    return (
        chart(rows)
        .mark_text(
            align="left",
            baseline="middle",
            fontSize=palette.SMALL,
            fontWeight=palette.STRONG if strong else "normal",
        )
        .encode(
            x=put(f"{inner} + {here}.dx"),
            y=put(f"{here}.y"),
            text=put(f"{here}.shown ? datum.name : ''"),
            color=put("datum.colour"),
        )
    )


def _placed(
    named: Sequence[Named],
    others: Sequence[tuple[float, float]],
    lines: Sequence[float],
    width: int,
    left: int,
    right: int,
    height: int,
) -> Rows:
    """Where each name stands at a width: beside its point, over or under it, where nothing is covered."""
    room = width - left - right

    def pixels(x: float, y: float) -> tuple[float, float]:
        return left + x * room, y * height

    taken = [
        (x - _POINT, y - _POINT, x + _POINT, y + _POINT)
        for x, y in (pixels(*one) for one in [*others, *((each.x, each.y) for each in named)])
    ]
    across = [(float(left), line * height - 1, float(width), line * height + 1) for line in lines]
    found: Rows = []
    for one in named:
        x, y = pixels(one.x, one.y)
        long = ceil(measure(one.name, palette.SMALL, strong=one.strong))
        tries = [(dx, (x + dx, y + dy - _LINE / 2, x + dx + long, y + dy + _LINE / 2)) for dx, dy in _tries(long, one)]
        room_for = [
            (dx, box)
            for dx, box in tries
            if box[0] >= left and box[2] <= width - right and box[1] >= 0 and box[3] <= height and _free(box, taken)
        ]
        clear = [each for each in room_for if _free(each[1], across)]
        if room_for:
            dx, box = (clear or room_for)[0]
            taken.append(box)
            found.append({"x": one.x, "dx": dx, "y": (box[1] + box[3]) / 2, "shown": True})
        else:
            found.append({"x": one.x, "dx": 0.0, "y": y, "shown": False})
    return found


def _tries(long: float, one: Named) -> list[tuple[float, float]]:
    """Offsets of a name's left end from its point, the nearest first."""
    size = one.size
    beside = [(size + 3, 0.0), (-size - 3 - long, 0.0)]
    over = [(-long / 2, sign * far) for far in (size + 9, size + 13) for sign in (-1, 1)]
    askew = [(dx, sign * far) for far in (size + 4, size + 10) for dx in (6.0, -6.0 - long) for sign in (-1, 1)]
    return [*beside, *over, *askew]


Box = tuple[float, float, float, float]


def _free(box: Box, taken: Sequence[Box]) -> bool:
    return not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )
