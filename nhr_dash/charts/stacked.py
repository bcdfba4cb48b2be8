"""Units by level over the years as a small row of stacked bars, as inline SVG: colour is doubled by a sign."""

from collections.abc import Sequence
from html import escape

from nhr_dash.charts import palette, svg

_BAR, _GAP, _HEIGHT, _FOOT = 15, 3, 46, 14
_SIGN = 11
"""A part of a bar carries its sign from this height on (px)."""
_ORDER = ("high", "moderate", "low")
_PATHS = {
    "high": '<circle r="2.7"/>',
    "moderate": '<rect x="-2.4" y="-2.4" width="4.8" height="4.8"/>',
    "low": '<path d="M0-3 3.1 2.5H-3.1Z"/>',
}


def build(years: Sequence[tuple[int, int, int, int]], alt: str = "") -> str:
    """(year, high, moderate, low) a bar, each filling the height, the high level at the foot; empty without years.

    A year that is missing between two others is a gap, as is one without units.
    """
    if not years:
        return ""
    first, last = years[0][0], years[-1][0]
    step = _BAR + _GAP
    width = (last - first + 1) * step
    pieces = [svg.opening(width, _HEIGHT + _FOOT, alt), f'<g font-family="{escape(palette.FONT)}">']
    for year, *counts in years:
        pieces += _bar((year - first) * step, counts)
    for year, anchor, x in ((first, "start", 0), (last, "end", width - _GAP)):
        if anchor == "start" or last > first + 2:
            text = svg.words(x, _HEIGHT + 7, [str(year)], colour=palette.MUTED, size=palette.SMALL - 1, anchor=anchor)
            pieces.append(text)
    return "".join(pieces) + "</g></svg>"


def _bar(x: int, counts: Sequence[int]) -> list[str]:
    total, floor = sum(counts), float(_HEIGHT)
    pieces = []
    for name, count in zip(_ORDER, counts, strict=True):
        if not count:
            continue
        height = _HEIGHT * count / total
        floor -= height
        pieces.append(
            f'<rect x="{x}" y="{floor:.1f}" width="{_BAR}" height="{height:.1f}" fill="{palette.LEVEL_COLOUR[name]}" '
            f'stroke="{palette.PAPER}" stroke-width="1"/>'
        )
        if height >= _SIGN:
            where = f"translate({x + _BAR / 2:g} {floor + height / 2:.1f})"
            pieces.append(f'<g fill="{palette.PAPER}" transform="{where}">{_PATHS[name]}</g>')
    return pieces
