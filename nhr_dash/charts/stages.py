"""How many of many have come how far, as one bar a stage: inline SVG, for a table row."""

from nhr_dash.charts import palette

_WIDTH, _HEIGHT = 240, 18


def bar(here: int, reached: int, most: int) -> str:
    """The pale part of the bar: all that came this far; the dark part: those that stand here now.

    ``most`` fills the whole width. Silent: the row's words give both numbers. Empty where nothing is.
    """
    if most <= 0:
        return ""
    far, now = (_WIDTH * min(count, most) / most for count in (reached, here))
    return (
        f'<svg aria-hidden="true" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<path d="M0.5 0V{_HEIGHT}" stroke="{palette.AXIS}"/>'
        f'<rect x="1" y="3" width="{far:.1f}" height="12" fill="{palette.BAR}"/>'
        f'<rect x="1" y="3" width="{now:.1f}" height="12" fill="{palette.DOT}"/></svg>'
    )
