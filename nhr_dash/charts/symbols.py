"""Small signs for a table row, as inline SVG: levels, directions. Colour is always doubled by shape."""

from html import escape

from nhr_dash.charts import palette

_SIZE = 12
_PATHS = {
    "circle": '<circle cx="6" cy="6" r="4.6"/>',
    "dot": '<circle cx="6" cy="6" r="2.2"/>',
    "square": '<rect x="1.6" y="1.6" width="8.8" height="8.8"/>',
    "triangle-up": '<path d="M6 1.2 11 10.4H1Z"/>',
    "triangle-down": '<path d="M6 10.8 1 1.6H11Z"/>',
    "arrow-up": '<path d="M6 0.8 10.6 6H7.6V11.2H4.4V6H1.4Z"/>',
    "arrow-down": '<path d="M6 11.2 1.4 6H4.4V0.8H7.6V6H10.6Z"/>',
    "diamond": '<path d="M6 0.8 11.2 6 6 11.2 0.8 6Z"/>',
}


def level(name: str, *, hollow: bool = False) -> str:
    """'high' (green circle), 'moderate' (yellow square) or 'low' (red triangle); hollow where it may be another.

    The word stands beside it, so the sign itself is silent. ValueError for another name.
    """
    if name not in palette.LEVEL_SHAPE:
        raise ValueError(f"no level {name!r}")
    return _sign(palette.LEVEL_SHAPE[name], palette.LEVEL_COLOUR[name], hollow=hollow)


def side(name: str, label: str = "") -> str:
    """'better' (blue ▲), 'worse' (orange ▼), 'changed' (purple ◆) or 'none' (grey dot); ``label`` is read aloud."""
    return _sign(palette.SIDE_SHAPE[name], palette.SIDE_COLOUR[name], label=label)


def change(name: str) -> str:
    """A lasting change: 'better' (blue arrow up) or 'worse' (orange arrow down); the words stand beside it."""
    return _sign({"better": "arrow-up", "worse": "arrow-down"}[name], palette.SIDE_COLOUR[name])


def few() -> str:
    """A small grey dot: too few patients for a level."""
    return _sign("dot", palette.LINE)


def _sign(shape: str, colour: str, *, hollow: bool = False, label: str = "") -> str:
    read = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    paint = f'fill="{palette.PAPER}" stroke="{colour}" stroke-width="2"' if hollow else f'fill="{colour}"'
    return (
        f'<svg {read} width="{_SIZE}" height="{_SIZE}" viewBox="0 0 {_SIZE} {_SIZE}" '
        f'style="vertical-align:-1px"><g {paint}>{_PATHS[shape]}</g></svg>'
    )
