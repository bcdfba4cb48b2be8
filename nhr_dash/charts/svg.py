"""What drawings in plain SVG share: the opening tag, folded and escaped words, a line with gaps, small signs.

They carry no namespace, because they are shown inside HTML; :func:`alone` adds it for an image of its own.
"""

import math
from collections.abc import Sequence
from html import escape

from nhr_dash.charts import palette
from nhr_dash.charts.wrap import measure, together

_SLACK = 1.12
"""An image is drawn with the reader's own typeface, which may be wider than ours."""
LINE = 16
"""Pixels from one line of words to the next."""
_SIGNS = {
    "idea": '<circle r="4.6" fill="none" stroke-width="1.5"/>',
    "ongoing": '<circle r="4.6" fill="none" stroke-width="1.5"/><path d="M0-4.6A4.6 4.6 0 0 1 0 4.6Z"/>',
    "adopt": '<circle r="5.4"/><path d="M-2.6 0.2 -0.7 2.2 2.8 -2" fill="none" stroke="#fff" stroke-width="1.6"/>',
    "adapt": '<path d="M0-6 6 0 0 6 -6 0Z" fill="none" stroke-width="1.5"/><path d="M0-6 6 0 0 6Z"/>',
    "abandon": '<path d="M-4-4 4 4M-4 4 4-4" fill="none" stroke-width="2.2"/>',
    "next": '<path d="M-4.5-5 5 0 -4.5 5Z"/>',
}


def opening(width: float, height: float, alt: str = "") -> str:
    """The opening tag; ``alt`` is read aloud, without it the drawing is silent."""
    read = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    return f'<svg {read} width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'


def alone(drawing: str) -> str:
    """A drawing as an image of its own: with its namespace."""
    return drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def page(width: float, height: float, alt: str, body: str) -> str:
    """A drawing with words: white ground, so that it reads in a dark theme and on paper, and the typeface."""
    return (
        f"{opening(width, height, alt)}"
        f'<rect width="100%" height="100%" fill="{palette.PAPER}"/>'
        f'<g font-family="{escape(palette.FONT)}" font-size="{palette.BODY}">{body}</g></svg>'
    )


def width_of(text: str, size: float = palette.BODY, *, strong: bool = False) -> float:
    """Pixels that a text takes at most."""
    return measure(text, size, strong=strong) * _SLACK


def fold(text: str, width: float, size: float = palette.BODY, *, strong: bool = False, most: int = 8) -> list[str]:
    """The text in lines that fit, a word that is too long cut; at most ``most`` lines, the last with an ellipsis."""
    found: list[str] = []
    for word in together(" ".join(text.split())).split(" "):
        rest = word
        if found and width_of(f"{found[-1]} {rest}", size, strong=strong) <= width:
            found[-1] += f" {rest}"
            continue
        while width_of(rest, size, strong=strong) > width and len(rest) > 4:
            fit = max(4, math.floor(len(rest) * width / width_of(rest, size, strong=strong)))
            found.append(rest[:fit])
            rest = rest[fit:]
        found.append(rest)
        if len(found) > most:
            return [*found[: most - 1], found[most - 1].rstrip(" .,")[:-1] + "…"]
    return found


def words(
    x: float,
    y: float,
    text: Sequence[str],
    *,
    colour: str = palette.INK,
    size: float = palette.BODY,
    strong: bool = False,
    anchor: str = "start",
    clear: bool = False,
) -> str:
    """Lines of text from the middle of the first line on, escaped; ``clear``: with a white edge, over a line."""
    weight = f' font-weight="{palette.STRONG}"' if strong else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    edge = f' stroke="{palette.PAPER}" stroke-width="4" paint-order="stroke"' if clear else ""
    look = f'fill="{colour}" font-size="{size}"{weight}{where}{edge}'
    return "".join(
        f'<text x="{x:g}" y="{y + LINE * index + size * 0.35:.1f}" {look}>{escape(line)}</text>'
        for index, line in enumerate(text)
    )


def sign(name: str, x: float, y: float) -> str:
    """``idea``, ``ongoing``, ``adopt``, ``adapt``, ``abandon`` or ``next``: told apart by shape alone."""
    ink = f'fill="{palette.INK}" stroke="{palette.INK}" stroke-width="0"'
    return f'<g transform="translate({x:g} {y:g})" {ink}>{_SIGNS[name]}</g>'


def disc(number: int, x: float, y: float) -> str:
    """A cycle's number as on its flag."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="11" fill="{palette.INK}"/>' + words(
        x, y, [str(number)], colour=palette.PAPER, size=palette.SMALL, strong=True, anchor="middle"
    )


def curve(x: float, y: float, x2: float, y2: float, colour: str = palette.LINE) -> str:
    """A soft link from one point to another further right."""
    middle = (x + x2) / 2
    return (
        f'<path d="M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {y2:g} {x2:g} {y2:g}" '
        f'fill="none" stroke="{colour}" stroke-width="1.4"/>'
    )


def path(places: Sequence[tuple[float, float]]) -> str:
    """The ``d`` of a line through points; a point whose height is NaN parts it."""
    pieces, fresh = [], True
    for x, y in places:
        if math.isnan(y):
            fresh = True
            continue
        pieces.append(f"{'M' if fresh else 'L'}{x:.1f} {y:.1f}")
        fresh = False
    return "".join(pieces)
