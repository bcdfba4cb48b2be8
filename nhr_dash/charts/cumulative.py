"""How many were served within how many minutes, before and after: two rising curves with the limit marked.

The whole distribution at once: a median can stand still while the slowest get faster.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.charts import palette, parts
from nhr_dash.charts.drawing import HEIGHT, LEFT, NARROW, Drawing, EndLabel, Plane, margins, spread
from nhr_dash.charts.layers import Layer, Rows, at_y, chart, put
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

_QUANTILES = (0.25, 0.5, 0.75, 0.9)
_STEPS = (5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080, 10**9)
_LOOK = {"before": (palette.LINE, [6, 4]), "after": (palette.INK, [1, 0])}
Floats = NDArray[np.float64]


def build(
    before: ArrayLike,
    after: ArrayLike,
    *,
    limit: float | None,
    indicator: str,
    unit_name: str,
    language: str,
    synthetic: bool = False,
) -> Drawing:
    """Draw the share of patients served within x minutes. ``before`` and ``after``: one patient's minutes each.

    NaN is unknown and left out; so are negative minutes. The axis ends where nine of ten are served (and never
    before twice the limit); the table says what lies beyond.
    """
    spans = {name: _known(values) for name, values in (("before", before), ("after", after))}
    highest = _highest(list(spans.values()), limit)
    title = _title(spans, limit, indicator, language)
    said = sentence(spans["before"], spans["after"], limit, language)
    counts = t(
        language,
        "draw.cumulative.patients",
        before=formats.number(spans["before"].size, language),
        after=formats.number(spans["after"].size, language),
    )
    under = " · ".join([unit_name, counts, *([t(language, "chart.sample")] if synthetic else [])])
    labels = _labels(spans, highest, language)
    plane = Plane(0, 1, 0.0, 1.0, False, margins(labels, 0))
    return Drawing(
        spec=parts.finish(
            _layers(spans, limit, highest, labels, plane, language),
            [title],
            [under, t(language, "draw.cumulative.note")],
            language,
        ),
        alt=t(language, "draw.cumulative.alt", title=title, unit=unit_name, sentence=said),
        title=title,
        subtitle=under,
        sentence=said,
        events=(),
        table=_table(spans, limit, language),
    )


def sentence(before: Floats, after: Floats, limit: float | None, language: str) -> str:
    """Medians before and after, and how many were within the limit."""
    if not (before.size and after.size):
        return t(language, "draw.cumulative.nothing")
    medians = [formats.minutes(float(np.median(one)), language) for one in (before, after)]
    said = t(language, "draw.cumulative.medians", before=medians[0], after=medians[1])
    if limit is None:
        return said
    shares = [_within(one, limit, language) for one in (before, after)]
    within = t(
        language,
        "draw.cumulative.within",
        limit=formats.minutes(limit, language),
        before=shares[0],
        after=shares[1],
    )
    return f"{said} {within}"


def _within(minutes: Floats, limit: float, language: str) -> str:
    k = int((minutes <= limit).sum())
    counts = t(language, "units.of_patients", k=formats.number(k, language), n=int(minutes.size))
    return f"{formats.percent(k / minutes.size, language)} ({counts})"


def _known(values: ArrayLike) -> Floats:
    minutes = np.asarray(values, dtype=float).ravel()
    # A comparison with NaN is false, so that the unknown ones fall out with the negative ones.
    return np.sort(minutes[minutes >= 0])


def _highest(spans: Sequence[Floats], limit: float | None) -> float:
    ends = [float(np.quantile(one, 0.9)) for one in spans if one.size]
    return max([10.0, *(end * 1.15 for end in ends), 2 * limit if limit else 0.0])


def _title(spans: dict[str, Floats], limit: float | None, indicator: str, language: str) -> str:
    before, after = spans["before"], spans["after"]
    if not (before.size and after.size):
        return t(language, "draw.cumulative.title_nothing", indicator=indicator)
    if limit is None:
        levels = [formats.minutes(float(np.median(one)), language) for one in (before, after)]
        return t(language, "draw.cumulative.title_median", indicator=indicator, before=levels[0], after=levels[1])
    levels = [formats.percent(float((one <= limit).mean()), language) for one in (before, after)]
    return t(
        language,
        "draw.cumulative.title",
        indicator=indicator,
        limit=formats.minutes(limit, language),
        before=levels[0],
        after=levels[1],
    )


def _curve(minutes: Floats, highest: float) -> Rows:
    """The curve's steps up to the axis' end, as flat pieces (m, m2, v) that each begin with their rise from v0."""
    times, counts = np.unique(minutes, return_counts=True)
    shares = counts.cumsum() / minutes.size
    rows: Rows = [{"m": 0.0, "m2": float(min(times[0], highest)), "v0": 0.0, "v": 0.0}]
    for index, time in enumerate(times):
        if time > highest:
            break
        until = float(times[index + 1]) if index + 1 < times.size else highest
        rows.append(
            {
                "m": float(time),
                "m2": min(until, highest),
                "v0": float(shares[index - 1]) if index else 0.0,
                "v": float(shares[index]),
            }
        )
    return rows


def _labels(spans: dict[str, Floats], highest: float, language: str) -> list[EndLabel]:
    found = []
    for name, minutes in spans.items():
        if minutes.size:
            word = t(language, f"draw.{name}")
            colour = palette.INK if name == "after" else palette.MUTED
            found.append(EndLabel(float((minutes <= highest).mean()), word, word, colour, strong=name == "after"))
    return found


def _layers(
    spans: dict[str, Floats], limit: float | None, highest: float, labels: list[EndLabel], plane: Plane, language: str
) -> list[Layer]:
    drawn: list[Layer] = [parts.grid([v / 100 for v in range(0, 101, 20)], plane)]
    for name, minutes in spans.items():
        if not minutes.size:
            continue
        colour, dash = _LOOK[name]
        rows = _curve(minutes, highest)
        look = {"color": colour, "strokeWidth": 2.2, "strokeCap": "butt"}
        drawn.append(
            chart(rows)
            .mark_rule(**look, strokeDash=dash)
            .encode(x=put("scale('x', datum.m)"), x2=put("scale('x', datum.m2)"), y=at_y())
        )
        drawn.append(chart(rows).mark_rule(**look).encode(x=put("scale('x', datum.m)"), y=at_y("v0"), y2=at_y()))
    drawn.append(_owner(highest, plane, language))
    if limit is not None:
        drawn += _limit(spans, limit, language)
    drawn += parts.end_labels(labels, plane)
    return drawn


def _limit(spans: dict[str, Floats], limit: float, language: str) -> list[Layer]:
    """The limit as a dashed upright line with its name on top, and where each curve meets it."""
    at = put("scale('x', datum.m)")
    shares = {name: float((minutes <= limit).mean()) for name, minutes in spans.items() if minutes.size}
    heights = spread([HEIGHT * (1 - share) for share in shares.values()])
    rows: Rows = [
        {"m": limit, "v": share, "y": y, "text": formats.percent(share, language), "colour": _LOOK[name][0]}
        for (name, share), y in zip(shares.items(), heights, strict=True)
    ]
    name = chart([{"m": limit, "text": t(language, "chart.limit", value=formats.minutes(limit, language))}])
    text = chart(rows)
    written = {"x": put("scale('x', datum.m) + 9"), "y": put("datum.y"), "text": put("datum.text")}
    look: dict[str, Any] = {"align": "left", "baseline": "middle", "fontWeight": palette.STRONG}
    return [
        chart([{"m": limit}])
        .mark_rule(color=palette.TARGET, strokeDash=[7, 4], strokeWidth=1.4)
        .encode(x=at, y=put("0"), y2=put(str(HEIGHT))),
        name.mark_text(color=palette.TARGET, baseline="bottom", align="center").encode(
            x=at, y=put("-6"), text=put("datum.text")
        ),
        text.mark_point(filled=True, opacity=1, size=55).encode(x=at, y=at_y(), color=put("datum.colour")),
        text.mark_text(**look, stroke=palette.PAPER, strokeWidth=4).encode(**written),
        text.mark_text(**look, color=palette.INK).encode(**written),
    ]


def _owner(highest: float, plane: Plane, language: str) -> Layer:
    """The layer that has the two scales; it draws nothing itself."""
    step = next(s for s in _STEPS if highest / s <= 8)
    return {
        "data": {"values": [{"m": 0, "v": 0}]},
        "mark": {"type": "point", "opacity": 0},
        "encoding": {
            "x": {
                "field": "m",
                "type": "quantitative",
                "scale": {
                    "domain": [0, highest],
                    "nice": False,
                    "range": [LEFT, {"expr": plane.inner}],
                },
                "axis": {
                    "title": t(language, "chart.axis_minutes"),
                    "values": list(range(0, int(highest) + 1, step)),
                    "grid": False,
                    "labelOverlap": "greedy",
                    "labelFontSize": {"expr": f"width < {NARROW} ? {palette.SMALL - 1} : {palette.SMALL}"},
                },
            },
            "y": {
                "field": "v",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": [0, 1], "nice": False},
                "axis": {
                    "values": [v / 100 for v in range(0, 101, 20)],
                    "format": ".0%",
                    "grid": False,
                    "domain": False,
                    "ticks": False,
                    "labelPadding": 6,
                    "offset": -LEFT,
                },
            },
        },
    }


def _table(spans: dict[str, Floats], limit: float | None, language: str) -> "pandas.DataFrame":
    import pandas

    def name(key: str) -> str:
        return t(language, f"draw.cumulative.{key}")

    rows = []
    for span, minutes in spans.items():
        row = {name("span"): t(language, f"draw.{span}"), name("count"): formats.number(minutes.size, language)}
        for part in _QUANTILES:
            value = float(np.quantile(minutes, part)) if minutes.size else float("nan")
            row[name(f"q{part * 100:.0f}")] = formats.minutes(value, language)
        if limit is not None:
            column = t(language, "draw.cumulative.column_within", limit=formats.minutes(limit, language))
            row[column] = formats.percent(float((minutes <= limit).mean()), language) if minutes.size else formats.DASH
        rows.append(row)
    return pandas.DataFrame(rows)
