"""Small multiples: many units or indicators in one spec, on one value axis.

Always one facet spec, never a loop of charts: fifty of them paint in two seconds as one and in five
as fifty.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import palette
from nhr_dash.charts.drawing import milliseconds
from nhr_dash.charts.locale import config

if TYPE_CHECKING:
    import pandas

_HEIGHT = 70


def build(
    frame: "pandas.DataFrame", order: Sequence[str], *, language: str, columns: int = 4, width: int = 190
) -> dict[str, Any]:
    """Lines of shares with their medians, one small plot a name, all on 0-100 %.

    ``frame``: name, start, value (share, NaN: a gap), one row a name and period. ``order`` is how the
    names stand (sorted by the caller, who knows the alphabet and what deserves a look first).
    ``columns`` of ``width`` pixels: a page gives one column to a phone.
    """
    import altair

    medians = frame.groupby("name", sort=False)["value"].median().dropna().to_dict()
    rows = [
        # JSON has no NaN; null is a gap in the line.
        {"name": name, "t": milliseconds(start), "v": None if math.isnan(value) else value, "m": medians[name]}
        for name, start, value in zip(frame["name"], frame["start"], frame["value"], strict=True)
        if name in medians
    ]
    shown = [name for name in order if name in medians]
    base = altair.Chart()
    x = altair.X(
        "t:T", title=None, scale=altair.Scale(type="utc"), axis=altair.Axis(format="%Y", grid=False, tickCount=3)
    )
    y = altair.Y(
        "v:Q", title=None, scale=altair.Scale(domain=[0, 1]), axis=altair.Axis(format=".0%", values=[0, 0.5, 1])
    )
    line = base.mark_line(color=palette.DOT, strokeWidth=1.4, interpolate="linear").encode(x=x, y=y)
    median = base.mark_rule(color=palette.INK, strokeWidth=1).encode(y=altair.Y("mean(m):Q"))
    header = altair.Header(title=None, labelAnchor="start", labelFontSize=palette.SMALL, labelColor=palette.INK)
    spec: dict[str, Any] = (
        altair.layer(median, line, data=altair.InlineData(values=rows))
        .properties(width=width, height=_HEIGHT)
        .facet(facet=altair.Facet("name:N", sort=shown, header=header), columns=columns, spacing=18)
        .to_dict(validate=False)
    )
    spec["config"] = config(language)
    return spec
