"""The driver diagram: aim, primary drivers, secondary drivers and change ideas, from left to right.

A tree drawn in its own order, so that no link crosses another; on a narrow screen the same tree, indented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nhr_dash.charts import palette, svg
from nhr_dash.text.catalog import t

_COLUMNS = (180, 196, 220, 244)
"""Pixels of each column; with what lies between they fill a page with a side bar on an ordinary screen."""
_BETWEEN, _PAD, _GAP, _EDGE = 26, 9, 10, 6
_HEAD = 30
_NARROW, _INDENT = 360, 16
_SIGN = {"idea": "idea", "testing": "ongoing", "adopted": "adopt", "adapted": "adapt", "abandoned": "abandon"}
_LEVELS = ("aim", "primary", "secondary", "idea")


@dataclass(frozen=True, slots=True)
class Idea:
    """A change idea; ``status``: idea, testing, adopted, adapted or abandoned."""

    text: str
    status: str = "idea"


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver with what lies behind it: drivers of its own (secondary), ideas, or both."""

    text: str
    drivers: "tuple[Driver, ...]" = ()
    ideas: tuple[Idea, ...] = ()


@dataclass(slots=True)
class _Node:
    """A box: its column (0 aim … 3 idea), its lines, and what hangs on it; ``y`` is its middle."""

    column: int
    text: str
    status: str = ""
    below: "list[_Node]" = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    height: float = 0.0
    y: float = 0.0

    def walk(self) -> "Iterator[_Node]":
        yield self
        for one in self.below:
            yield from one.walk()


def build(aim: str, drivers: Sequence[Driver], language: str, *, narrow: bool = False) -> str | None:
    """The diagram as SVG, with its outline as alternative text; None without any driver.

    ``narrow``: an indented tree, readable on a phone. KeyError for an unknown status.
    """
    if not drivers:
        return None
    root = _tree(aim, drivers)
    alt = outline(aim, drivers, language)
    return _indented(root, alt, language) if narrow else _across(root, alt, language)


def outline(aim: str, drivers: Sequence[Driver], language: str) -> str:
    """The diagram in words: each driver with its ideas and what became of them."""
    said = [t(language, "draw.driver.alt", aim=aim)]
    for node in _tree(aim, drivers).walk():
        if node.column:
            name = t(language, f"draw.driver.one_{_LEVELS[node.column]}")
            status = f" ({t(language, f'project.idea_{node.status}')})" if node.status else ""
            said.append(f"{name}: {node.text}{status}.")
    return " ".join(said)


def _tree(aim: str, drivers: Sequence[Driver]) -> _Node:
    def ideas(driver: Driver) -> list[_Node]:
        return [_Node(3, one.text, one.status) for one in driver.ideas]

    primary = [
        _Node(1, one.text, below=[_Node(2, sub.text, below=ideas(sub)) for sub in one.drivers] + ideas(one))
        for one in drivers
    ]
    return _Node(0, aim, below=primary)


def _across(root: _Node, alt: str, language: str) -> str:
    used = sorted({node.column for node in root.walk()})
    left, x = {}, float(_EDGE)
    for column in used:
        left[column] = x
        x += _COLUMNS[column] + _BETWEEN
    for node in root.walk():
        node.lines = svg.fold(node.text, _COLUMNS[node.column] - 2 * _PAD, strong=node.column == 0)
        node.height = 2 * _PAD + svg.LINE * (len(node.lines) + bool(node.status))
    bottom = _place(root, float(_HEAD))
    body = [
        svg.words(
            left[column], 14, [t(language, f"draw.driver.{_LEVELS[column]}")], colour=palette.MUTED, size=palette.SMALL
        )
        for column in used
    ]
    for node in root.walk():
        for one in node.below:
            body.append(svg.curve(left[node.column] + _COLUMNS[node.column], node.y, left[one.column], one.y))
    body += [_box(node, left[node.column], language) for node in root.walk()]
    return svg.page(x - _BETWEEN + _EDGE, bottom + _EDGE, alt, "".join(body))


def _place(node: _Node, top: float) -> float:
    """Give a node and all under it their heights from ``top`` on; the lower edge of what they take."""
    if not node.below:
        node.y = top + node.height / 2
        return top + node.height
    edge = top
    for one in node.below:
        edge = _place(one, edge) + _GAP
    edge -= _GAP
    node.y = (node.below[0].y + node.below[-1].y) / 2
    # A box that is taller than all that hangs on it pushes them down to its own middle.
    lack = top - (node.y - node.height / 2)
    if lack > 0:
        for one in node.walk():
            one.y += lack
    return max(edge + max(lack, 0), node.y + node.height / 2)


def _box(node: _Node, x: float, language: str) -> str:
    fill = (palette.INK, palette.RAMP, palette.PAPER, palette.PAPER)[node.column]
    ink = palette.PAPER if node.column == 0 else palette.INK
    top, width = node.y - node.height / 2, _COLUMNS[node.column]
    edge = palette.INK if node.column < 2 else palette.AXIS
    first = top + _PAD + svg.LINE / 2
    said = svg.words(x + _PAD, first, node.lines, colour=ink, strong=node.column == 0)
    if node.status:
        said += _status(node, x + _PAD, first + svg.LINE * len(node.lines), language)
    return (
        f'<rect x="{x:g}" y="{top:g}" width="{width}" height="{node.height:g}" rx="5" fill="{fill}" stroke="{edge}"/>'
        f"{said}"
    )


def _status(node: _Node, x: float, y: float, language: str) -> str:
    word = t(language, f"project.idea_{node.status}")
    return svg.sign(_SIGN[node.status], x + 6, y) + svg.words(
        x + 18, y, [word], colour=palette.MUTED, size=palette.SMALL
    )


def _indented(root: _Node, alt: str, language: str) -> str:
    y, body, rails = 12.0, [], []
    for node in root.walk():
        x = 2 + _INDENT * node.column
        node.y = y
        name = t(language, f"draw.driver.one_{_LEVELS[node.column]}")
        node.lines = svg.fold(node.text, _NARROW - x - 4, strong=node.column < 2)
        body.append(svg.words(x, y, [name], colour=palette.MUTED, size=palette.SMALL))
        if node.status:
            body.append(_status(node, x + svg.width_of(name, palette.SMALL) + 8, y, language))
        body.append(svg.words(x, y + svg.LINE, node.lines, strong=node.column < 2))
        y += svg.LINE * (len(node.lines) + 1) + _GAP
        node.height = y - node.y
    for node in root.walk():
        if node.below:
            last = list(node.walk())[-1]
            x = 5 + _INDENT * node.column
            rails.append(
                f'<path d="M{x} {node.y + node.height - _GAP:g}V{last.y + last.height - _GAP - 6:g}" '
                f'stroke="{palette.AXIS}" stroke-width="2"/>'
            )
    return svg.page(_NARROW, y, alt, "".join(rails + body))
