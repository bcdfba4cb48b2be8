"""PDSA cycles as a ramp: each builds on the one before and is tried on more, from one patient to the whole hospital."""

from collections.abc import Sequence
from dataclasses import dataclass

from nhr_dash.charts import palette, svg
from nhr_dash.text.catalog import t

SCALES = ("patient", "shift", "ward", "hospital")
"""How large a test is, in rising order."""
_SIGN = {"adopt": "adopt", "adapt": "adapt", "abandon": "abandon", "next": "next", "": "ongoing"}
_BOX, _BETWEEN, _PAD, _GAP, _EDGE = 178, 30, 8, 8, 8
_NUMBER = 28
"""Pixels that a cycle's number takes at the left of its box."""
_LABEL = 104
_NARROW, _STEP = 360, 22
_EMPTY = 30


@dataclass(frozen=True, slots=True)
class RampCycle:
    """One cycle: its number, ``scale`` (patient, shift, ward, hospital), what was decided (``act``: adopt, adapt,
    abandon, next; empty: it is going on), and the number of the cycle that it follows.
    """

    number: int
    title: str
    scale: str
    act: str = ""
    follows: int | None = None


def build(cycles: Sequence[RampCycle], language: str, *, narrow: bool = False) -> str | None:
    """The ramp as SVG with its alternative text; None without cycles. KeyError for an unknown scale or act.

    Cycles that follow none begin at the left; several may follow the same one. ``narrow``: a list that steps
    to the right as it climbs, for a phone.
    """
    if not cycles:
        return None
    ordered = sorted(cycles, key=lambda one: one.number)
    alt = outline(ordered, language)
    return _steps(ordered, alt, language) if narrow else _climb(ordered, alt, language)


def outline(cycles: Sequence[RampCycle], language: str) -> str:
    """The ramp in words, cycle by cycle."""
    said = [t(language, "draw.ramp.alt")]
    for one in cycles:
        after = t(language, "draw.ramp.follows", number=one.follows) if one.follows is not None else ""
        where = t(language, f"project.scale_{one.scale}")
        said.append(f"{one.number}: {one.title}, {where}, {_decision(one, language)}{after}.")
    return " ".join(said)


def _decision(one: RampCycle, language: str) -> str:
    return t(language, f"project.act_{one.act}" if one.act else "draw.ramp.ongoing")


def _columns(cycles: Sequence[RampCycle]) -> dict[int, int]:
    """Each cycle's column: one to the right of the cycle that it follows; a circle of cycles is cut."""
    follows = {one.number: one.follows for one in cycles}

    def depth(number: int, seen: frozenset[int]) -> int:
        before = follows[number]
        if before is None or before not in follows or before in seen:
            return 0
        return 1 + depth(before, seen | {number})

    return {number: depth(number, frozenset({number})) for number in follows}


def _climb(cycles: Sequence[RampCycle], alt: str, language: str) -> str:
    columns = _columns(cycles)
    lines = {one.number: svg.fold(one.title, _BOX - _NUMBER - 2 * _PAD, most=4) for one in cycles}
    heights = {number: 2 * _PAD + svg.LINE * (len(text) + 1) for number, text in lines.items()}
    body: list[str] = []
    places: dict[int, tuple[float, float]] = {}
    width = _EDGE + _LABEL + (max(columns.values()) + 1) * (_BOX + _BETWEEN) - _BETWEEN + _EDGE
    y = float(_EDGE)
    for scale in reversed(SCALES):
        tallest = _EMPTY
        stacked: dict[int, float] = {}
        for one in (cycle for cycle in cycles if cycle.scale == scale):
            column = columns[one.number]
            offset = stacked.get(column, 0.0)
            places[one.number] = (_EDGE + _LABEL + column * (_BOX + _BETWEEN), y + offset)
            stacked[column] = offset + heights[one.number] + _GAP
            tallest = max(tallest, round(stacked[column] - _GAP))
        body.append(
            f'<path d="M{_EDGE} {y + tallest + _GAP:g}H{width - _EDGE:g}" stroke="{palette.GRID}"/>'
            + svg.words(
                _EDGE,
                y + tallest / 2,
                [t(language, f"project.scale_{scale}")],
                colour=palette.MUTED,
                size=palette.SMALL,
            )
        )
        y += tallest + 2 * _GAP
    for one in cycles:
        if columns[one.number] and one.follows is not None:
            x, top = places[one.follows]
            x2, top2 = places[one.number]
            body.append(svg.curve(x + _BOX, top + heights[one.follows] / 2, x2, top2 + heights[one.number] / 2))
    for one in cycles:
        body.append(_box(one, *places[one.number], heights[one.number], lines[one.number], language))
    return svg.page(width, y, alt, "".join(body))


def _box(one: RampCycle, x: float, top: float, height: float, lines: Sequence[str], language: str) -> str:
    left, first = x + _PAD + _NUMBER, top + _PAD + svg.LINE / 2
    edge = palette.INK if one.act != "abandon" else palette.AXIS
    return (
        f'<rect x="{x:g}" y="{top:g}" width="{_BOX}" height="{height:g}" rx="5" '
        f'fill="{palette.PAPER}" stroke="{edge}"/>'
        + svg.disc(one.number, x + _PAD + 11, first + 3)
        + svg.words(left, first, lines)
        + _said(one, left, first + svg.LINE * len(lines), language)
    )


def _said(one: RampCycle, x: float, y: float, language: str) -> str:
    return svg.sign(_SIGN[one.act], x + 6, y) + svg.words(
        x + 18, y, [_decision(one, language)], colour=palette.MUTED, size=palette.SMALL
    )


def _steps(cycles: Sequence[RampCycle], alt: str, language: str) -> str:
    """One cycle under the other, further right the larger the test; a line leads from each to the next that follows it.

    A line past other cycles would lead the eye astray: there words say which cycle it follows.
    """
    y, body, links = 18.0, [], []
    last: tuple[int, float, float] | None = None
    numbers = {one.number for one in cycles}
    for one in cycles:
        x = 13.0 + _STEP * SCALES.index(one.scale)
        where = t(language, f"project.scale_{one.scale}")
        if last is not None and one.follows == last[0]:
            _, from_x, from_y = last
            links.append(
                f'<path d="M{from_x:g} {from_y:g}V{y - 18:g}Q{from_x:g} {y:g} {x:g} {y:g}" fill="none" '
                f'stroke="{palette.LINE}" stroke-width="1.6"/>'
            )
        elif one.follows in numbers and one.follows != one.number:
            where += t(language, "draw.ramp.follows", number=one.follows)
        last = (one.number, x, y)
        lines = svg.fold(one.title, _NARROW - x - 22, most=4)
        body.append(svg.disc(one.number, x, y))
        body.append(svg.words(x + 18, y, lines, clear=True))
        y += svg.LINE * len(lines)
        body.append(svg.words(x + 18, y, [where], colour=palette.MUTED, size=palette.SMALL, clear=True))
        body.append(_said(one, x + 18 + svg.width_of(where, palette.SMALL) + 12, y, language))
        y += svg.LINE + 16
    return svg.page(_NARROW, y - 8, alt, "".join(links + body))
