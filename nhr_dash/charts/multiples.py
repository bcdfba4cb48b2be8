"""Small multiples: one run chart a hospital, all on the same scales, in one facet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import palette
from nhr_dash.charts.drawing import Drawing, milliseconds
from nhr_dash.charts.layers import Rows, moment
from nhr_dash.charts.locale import config
from nhr_dash.charts.wrap import lines
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

PICK = "panel"
"""The selection that a click on a panel makes: its rows hold ``unit`` (organisation number)."""
_WIDTH, _HEIGHT = 134, 74
"""Pixels of a panel's plot: two stand side by side on a phone."""
_HEAD = 54
"""Pixels over the plot for name, patients and change."""
_AXIS, _GAP, _EDGE = 42, 8, 6
_FILE = 1160
"""Pixels across where there is no window: in a file."""
_SIGN = {"better": "▲", "worse": "▼"}


@dataclass(frozen=True, slots=True)
class Change:
    """A lasting change: the first day of the new level, both levels (shares), better or worse."""

    since: date
    before: float
    after: float
    side: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One hospital as it is drawn. ``values`` (NaN: a gap), ``patients`` a period; ``said``: the line under its name;
    ``why``: what stands in place of a line, else empty; ``own``: one's own, marked."""

    unit: int
    name: str
    values: Sequence[float]
    patients: Sequence[int]
    said: str
    why: str = ""
    change: Change | None = None
    own: bool = False


def build(
    panels: Sequence[Panel],
    *,
    starts: Sequence[date],
    end: date,
    provisional: Sequence[bool],
    grain: str,
    title: str,
    subtitle: str,
    sentence: str,
    language: str,
    room: str,
    table: "pandas.DataFrame",
) -> Drawing:
    """The panels in the order given. ``starts``: first days of the periods (at least one); ``end``: the day after the
    last. ``room``: pixels across, as a Vega expression of the window's size."""
    rows: Rows = []
    for place, panel in enumerate(panels):
        rows += [{"o": place, **row} for row in _rows(panel, starts, end, provisional, grain, language)]
    heights = domain([value for panel in panels for value in panel.values])
    return Drawing(
        spec=_spec(rows, starts, end, heights, f"isNumber(windowSize()[0]) ? {room} : {_FILE}", language),
        alt=t(language, "multiples.alt", title=title, n=len(panels), sentence=sentence),
        title=title,
        subtitle=subtitle,
        sentence=sentence,
        events=(),
        table=table,
    )


def domain(values: Sequence[float]) -> tuple[float, float]:
    """The common scale of shares: 0-100 %, or up to the nearest ten above the highest where all are low."""
    known = [value for value in values if not math.isnan(value)]
    high = max(known, default=1.0)
    return 0.0, 1.0 if high > 0.4 else max(0.1, math.ceil(high * 10) / 10)


def _rows(
    panel: Panel, starts: Sequence[date], end: date, provisional: Sequence[bool], grain: str, language: str
) -> Rows:
    change = panel.change
    head: dict[str, Any] = {"k": "head", "name": panel.name, "said": panel.said, "line": "", "unit": str(panel.unit)}
    if panel.own:
        head["own"] = True
    if panel.why:
        return [head, {"k": "why", "text": "\n".join(lines(panel.why, _WIDTH, palette.SMALL))}]
    rows: Rows = [head]
    if change is not None:
        colour, since = palette.SIDE_COLOUR[change.side], milliseconds(change.since)
        levels = f"{formats.number(change.before * 100, language)} → {formats.percent(change.after, language)}"
        since_words = formats.month(change.since, language, short=True)
        head |= {"line": f"{_SIGN[change.side]} {levels}, {since_words}", "c": colour}
        first, last = milliseconds(starts[0]), milliseconds(end)
        rows.append({"k": "level", "t": first, "t2": since, "v": round(change.before, 2), "c": palette.INK})
        rows.append({"k": "level", "t": since, "t2": last, "v": round(change.after, 2), "c": colour})
        rows.append({"k": "step", "t": since, "c": colour})
    for start, value, count, early in zip(starts, panel.values, panel.patients, provisional, strict=True):
        point: dict[str, Any] = {"k": "point", "t": milliseconds(start), "v": None, "unit": str(panel.unit)}
        if count:
            point |= {"v": round(value, 4), "n": count, "p": formats.period(start, grain, language)}
        rows.append(point | ({"early": True} if early else {}))
    return rows


def _spec(
    rows: Rows, starts: Sequence[date], end: date, heights: tuple[float, float], room: str, language: str
) -> dict[str, Any]:
    import altair

    times = [moment(milliseconds(starts[0])), moment(milliseconds(end))]
    middle = sum(heights) / 2
    x: dict[str, Any] = {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc", "domain": times, "nice": False},
        "axis": None,
    }
    y: dict[str, Any] = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": list(heights), "nice": False, "zero": False},
        "axis": {"title": None, "values": [heights[0], middle, heights[1]], "format": ".0%", "domain": False},
    }
    y["axis"] |= {"ticks": False, "grid": True, "labelPadding": 8}
    colour = {"field": "c", "type": "nominal", "scale": None}
    early = {"condition": {"test": "datum.early", "value": palette.LINE_EARLY}, "value": palette.DOT}
    tips = [
        {"field": "p", "type": "nominal", "title": t(language, "chart.table.period")},
        {"field": "v", "type": "quantitative", "format": ".0%", "title": t(language, "chart.table.share")},
        {"field": "n", "type": "quantitative", "title": t(language, "chart.table.patients")},
    ]

    def layer(kind: str, mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
        return {"transform": [{"filter": f"datum.k === '{kind}'"}], "mark": mark, "encoding": encoding}

    text = {"type": "text", "align": "left", "x": 0, "limit": _WIDTH + 10}
    small = {**text, "fontSize": palette.SMALL, "color": palette.MUTED}
    name = {**text, "y": -_HEAD + 12, "fontWeight": palette.STRONG}
    years = [starts[0].year, (end - timedelta(days=1)).year]
    ground = {"type": "rect", "x": -_EDGE, "x2": _WIDTH + _EDGE, "y": -_HEAD, "y2": _HEIGHT + 20, "cursor": "pointer"}
    panel = {
        # The whole panel can be clicked; one's own has a ground.
        **layer(
            "head",
            ground,
            color={"condition": {"test": "datum.own", "value": palette.RAMP}, "value": palette.PAPER},
        ),
        "params": [{"name": PICK, "select": {"type": "point", "fields": ["unit"], "toggle": False}}],
    }
    drawn = [
        panel,
        layer("head", name, text={"field": "name"}),
        layer("head", {**small, "y": -_HEAD + 27}, text={"field": "said"}),
        layer("head", {**small, "y": -_HEAD + 42}, text={"field": "line"}, color=colour),
        layer("why", {**small, "y": 16, "lineHeight": 15, "lineBreak": "\n"}, text={"field": "text"}),
        layer("head", {**small, "y": _HEIGHT + 11}, text={"value": str(years[0])}),
        layer("step", {"type": "rule", "strokeDash": [3, 3]}, x=x, color=colour),
        layer("point", {"type": "line", "color": palette.LINE, "strokeWidth": 1.2}, x=x, y=y),
        layer("level", {"type": "rule", "strokeWidth": 2}, x=x, x2={"field": "t2"}, y=y, color=colour),
        layer(
            "point", {"type": "point", "filled": True, "opacity": 1, "size": 11}, x=x, y=y, color=early, tooltip=tips
        ),
    ]
    if years[0] != years[1]:
        right = {**small, "align": "right", "x": _WIDTH, "y": _HEIGHT + 11}
        drawn.append(layer("head", right, text={"value": str(years[1])}))
    return {
        "$schema": altair.SCHEMA_URL,
        "data": {"values": rows},
        # As many columns as there is room for: a facet doesn't know how wide its container is.
        "transform": [
            {"calculate": f"max(1, floor((({room}) - {_AXIS - _GAP}) / {_WIDTH + 2 * _EDGE + _GAP}))", "as": "wide"},
            {"calculate": "datum.o % datum.wide", "as": "at"},
            {"calculate": "floor(datum.o / datum.wide)", "as": "down"},
        ],
        "facet": {
            "row": {"field": "down", "type": "ordinal", "header": None},
            "column": {"field": "at", "type": "ordinal", "header": None},
        },
        "spacing": {"row": 6, "column": _GAP},
        "spec": {"width": _WIDTH, "height": _HEIGHT, "layer": drawn},
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 4},
        "config": config(language),
    }
