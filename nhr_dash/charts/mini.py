"""The run chart of a project's card: small enough that two hundred stand on a page, as inline SVG."""

import math
from collections.abc import Sequence
from statistics import median

from nhr_dash.charts import palette, svg

MOST = 36
"""Points that are drawn; of a longer series the latest."""
_WIDTH, _HEIGHT, _PAD, _FOOT = 240, 64, 4, 8
_MARK = {"better": (-3.6, 3.0), "worse": (3.6, -3.0)}


def build(
    values: Sequence[float],
    *,
    start: int | None = None,
    aim: float | None = None,
    sides: Sequence[str] = (),
    alt: str = "",
) -> str:
    """The line of a series, oldest first (NaN: a gap), its medians before and after the start, aim and signal.

    ``start``: index of the first point of the project, which gets a tick; without it there is one median.
    ``aim``: in the unit of the values. ``sides``: a point's mark, as in the run chart (better, worse, changed,
    none). Shares are drawn on 0–100 %, anything above 1 on its own scale. ``alt`` is read aloud. Empty string
    where nothing is known.
    """
    drop = max(0, len(values) - MOST)
    shown = list(values[drop:])
    known = [value for value in shown if not math.isnan(value)]
    if not known:
        return ""
    begin = None if start is None else start - drop
    highest = max([*known, aim or 0.0])
    top = 1.0 if highest <= 1 else highest * 1.05
    step = (_WIDTH - 2 * _PAD) / max(len(shown) - 1, 1)
    room = _HEIGHT - _FOOT - 2 * _PAD

    def y(value: float) -> float:
        return _PAD + room * (1 - value / top)

    places = [(_PAD + step * index, y(value)) for index, value in enumerate(shown)]
    pieces = [svg.opening(_WIDTH, _HEIGHT, alt)]
    floor = _HEIGHT - _FOOT
    pieces.append(f'<path d="M0 {floor}H{_WIDTH}" stroke="{palette.AXIS}"/>')
    if begin is not None and 0 <= begin < len(shown):
        x = max(_PAD + step * (begin - 0.5), 1)
        pieces.append(
            f'<path d="M{x:.1f} 0V{floor}" stroke="{palette.LINE}" stroke-dasharray="2 2"/>'
            f'<path d="M{x - 4:.1f} {_HEIGHT}h8l-4-7z" fill="{palette.INK}"/>'
        )
    if aim is not None:
        pieces.append(f'<path d="M0 {y(aim):.1f}H{_WIDTH}" stroke="{palette.TARGET}" stroke-dasharray="6 3"/>')
    pieces += [_median(places, *part) for part in _parts(begin, len(shown))]
    line = svg.path(places)
    pieces.append(f'<path d="{line}" fill="none" stroke="{palette.LINE}" stroke-width="1.3"/>')
    sides = sides[drop:]
    for index, (x, height) in enumerate(places):
        if not math.isnan(height):
            pieces.append(_dot(x, height, sides[index] if index < len(sides) else "none"))
    return "".join(pieces) + "</svg>"


def _parts(begin: int | None, count: int) -> list[tuple[int, int]]:
    if begin is None or not 0 < begin < count:
        return [(0, count)]
    return [(0, begin), (begin, count)]


def _median(places: Sequence[tuple[float, float]], first: int, end: int) -> str:
    known = sorted(height for _, height in places[first:end] if not math.isnan(height))
    if not known:
        return ""
    left, right = places[first][0] - 3, places[end - 1][0] + 3
    return f'<path d="M{left:.1f} {median(known):.1f}H{right:.1f}" stroke="{palette.INK}" stroke-width="1.6"/>'


def _dot(x: float, y: float, side: str) -> str:
    if side in _MARK:
        tip, foot = _MARK[side]
        points = f"{x:.1f},{y + tip:.1f} {x + 3.6:.1f},{y + foot:.1f} {x - 3.6:.1f},{y + foot:.1f}"
        return f'<polygon points="{points}" fill="{palette.SIDE_COLOUR[side]}"/>'
    if side == "changed":
        return f'<path d="M{x:.1f} {y - 3.6:.1f}l3.6 3.6l-3.6 3.6l-3.6-3.6z" fill="{palette.CHANGED}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{palette.DOT}"/>'
