"""The value axis of shares and of minutes over time, and how a value is written on it."""

import math
from collections.abc import Sequence
from typing import Any

from nhr_dash.charts.drawing import Plane
from nhr_dash.charts.layers import Rows
from nhr_dash.text import formats

_FLAT = 0.4
"""A series whose values span less than this is drawn on a part of 0-100 %, so that its signal isn't flattened."""


def written(value: float, kind: str, language: str) -> str:
    """A value of a ``share`` or of ``minutes``."""
    return formats.minutes(value, language) if kind == "minutes" else formats.percent(value, language)


def plane(points: Rows, lines: Sequence[float], right: tuple[int, int], kind: str) -> Plane:
    """The plane for points (``t``, ``v``) and for the heights of lines, with its right margins.

    A line beyond what a share can be needs no room.
    """
    values = [point["v"] for point in points]
    values += [min(max(one, 0.0), 1.0) if kind == "share" else max(one, 0.0) for one in lines]
    times = [point["t"] for point in points] or [0]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if kind == "minutes":
        low, high = 0.0, max(10.0, high * 1.08)
    elif high - low >= _FLAT or low < 0.2:
        low, high = (0.0, 1.0) if high > 0.4 else (0.0, max(0.1, math.ceil(high * 11) / 10))
    else:
        low, high = math.floor((low - 0.03) * 10) / 10, min(1.0, math.ceil((high + 0.03) * 10) / 10)
    start, end = min(times), max(times)
    return Plane(start, end if end > start else start + 86_400_000, max(low, 0.0), high, False, right)


def axis(plane: Plane, kind: str) -> tuple[dict[str, Any], list[float]]:
    """The value axis' settings and the values that get a grid line."""
    if kind == "minutes":
        step = next(s for s in (5, 10, 15, 30, 60, 120, 240, 480, 1440, 10**9) if plane.high / s <= 6)
        return {"values": (grid := [float(v) for v in range(0, int(plane.high) + 1, step)])}, grid
    step = 10 if plane.high - plane.low <= 0.5 else 20
    first = round(plane.low * 100)
    grid = [v / 100 for v in range(first + -first % step, round(plane.high * 100) + 1, step)]
    return {"values": grid, "format": ".0%"}, grid
