"""Before and after, drawn from what the effect statistics found.

The run chart with its two spans shaded; the line that the months before would have gone on; and the own change beside
that of units that took no part.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from nhr_dash.charts import layers, palette, parts, scales
from nhr_dash.charts.drawing import HEIGHT, Drawing, EndLabel, Plane, margins, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart, put
from nhr_dash.charts.run_chart import FEW
from nhr_dash.statistics.effect.did import DifferenceInDifferences
from nhr_dash.statistics.effect.interrupted import InterruptedSeries
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

_INSIDE = "min(max(scale('x', {}), range('x')[0] - 8), range('x')[1] + 8)"


def spans(drawing: Drawing, before: tuple[date, date], after: tuple[date, date], language: str) -> Drawing:
    """A run chart with the two spans that are compared shaded and named, and the ramp-in between them left white.

    Each span goes from its first day to the day after its last.
    """
    moments = [row["t"] for layer in drawing.spec["layer"] if "params" in layer for row in layer["data"]["values"]]
    first, until, since, end = (_edge(milliseconds(day), moments) for day in (*before, *after))
    rows: Rows = [
        {"t": first, "t2": until, "text": t(language, "draw.before")},
        {"t": since, "t2": end, "text": t(language, "draw.after")},
    ]
    names = [*rows, *([{"t": until, "t2": since, "text": t(language, "draw.ramp_in")}] if since > until else [])]
    left, right = _INSIDE.format("datum.t"), _INSIDE.format("datum.t2")
    shade = chart(rows).mark_rect(
        fill=palette.lighter(palette.BAND, 0.25), stroke=palette.LINE, strokeWidth=0.8, opacity=1
    )
    name = chart(names).mark_text(color=palette.MUTED, baseline="bottom", fontSize=palette.SMALL)
    # A name that is wider than its span would run into its neighbour.
    fits = f"{right} - {left} > 6.5 * length(datum.text) ? 1 : 0"
    behind = [
        shade.encode(x=put(left), x2=put(right), y=put("0"), y2=put(str(HEIGHT))),
        name.encode(
            x=put(f"({left} + {right}) / 2"), y=put(str(HEIGHT - 5)), text=put("datum.text"), opacity=put(fits)
        ),
    ]
    said = t(
        language,
        "draw.spans",
        before=_span(before, language),
        after=_span(after, language),
    )
    spec = {**drawing.spec, "layer": [*behind, *drawing.spec["layer"]]}
    return replace(drawing, spec=spec, alt=f"{drawing.alt} {said}")


BRUSH = "brush"
"""The selection that a drag over a chart makes: from and to on the time axis, in the field ``t``."""


def brushable(spec: dict[str, Any]) -> dict[str, Any]:
    """The same chart, over which a span of time can be dragged."""
    drag = {"name": BRUSH, "select": {"type": "interval", "encodings": ["x"]}}
    return {
        **spec,
        "layer": [
            {**layer, "params": [*layer["params"], drag]} if "params" in layer else layer for layer in spec["layer"]
        ],
    }


def _edge(day: int, moments: Sequence[int]) -> int:
    """Where a span's edge is drawn: half way between the points that it parts, for a point stands on its first day."""
    earlier, later = [one for one in moments if one < day], [one for one in moments if one >= day]
    return (earlier[-1] + later[0]) // 2 if earlier and later else day


def _span(days: tuple[date, date], language: str) -> str:
    """The months of a span whose end is exclusive."""
    last = date.fromordinal(days[1].toordinal() - 1)
    months = formats.month(days[0], language), formats.month(last, language)
    return months[0] if months[0] == months[1] else " – ".join(months)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of, as its subtitle says it; ``kind``: the values are shares or minutes."""

    indicator: str
    unit_name: str
    language: str
    grain: str = "month"
    kind: Literal["share", "minutes"] = "share"
    synthetic: bool = False

    def said(self, key: str, **values: object) -> str:
        """A text of these drawings in the reader's language."""
        return t(self.language, f"draw.{key}", **values)

    def written(self, value: float) -> str:
        """A value; a dash where it is missing."""
        return formats.DASH if math.isnan(value) else scales.written(value, self.kind, self.language)


def interrupted(frame: "pandas.DataFrame", found: InterruptedSeries, changepoint: int, subject: Subject) -> Drawing:
    """The fitted lines before and after a change, and the line without it with its 95 % band.

    ``frame``: start, value, denominator, one row for each point that ``found`` was made from; ``changepoint``: points
    before the change. A refused series is drawn without lines, and its reason said.
    """
    points = _points(frame["start"], frame["value"], frame["denominator"], subject)
    fitted, without = _places(points, found.fitted), _places(points, found.counterfactual)
    band: Rows = [
        {"t": point["t"], "low": float(low), "high": float(high)}
        for point, low, high in zip(points, found.low, found.high, strict=True)
        if not (math.isnan(low) or math.isnan(high))
    ]
    labels = _ends(
        (("interrupted.fitted", fitted, palette.INK), ("interrupted.without", without, palette.MUTED)), subject
    )
    reach = [row["v"] for row in (*fitted, *without)] + [one for row in band for one in (row["low"], row["high"])]
    known = [point for point in points if point["v"] is not None]
    plane = scales.plane(known, reach, margins(labels, 0), subject.kind)
    drawn = [*_band(band, plane), *_change(points, changepoint, changepoint, subject)]
    drawn += _line(without, palette.MUTED, [6, 4], 1.8, plane)
    # The two fitted lines never meet: the step between them is the change of level.
    edge = points[changepoint]["t"] if changepoint < len(points) else math.inf
    for part in ([row for row in fitted if row["t"] < edge], [row for row in fitted if row["t"] >= edge]):
        drawn += _line(part, palette.INK, [1, 0], 2.2, plane)
    title, sentence = _gap(found, subject)
    columns = {
        subject.said("interrupted.fitted"): [subject.written(one) for one in found.fitted],
        subject.said("interrupted.without"): [subject.written(one) for one in found.counterfactual],
        subject.said("interrupted.band"): [
            _between(low, high, subject) for low, high in zip(found.low, found.high, strict=True)
        ],
    }
    return _finish(
        drawn,
        points,
        plane,
        labels,
        columns,
        subject,
        title=title,
        sentence=sentence,
        note=subject.said("interrupted.note") if found.reason is None else "",
    )


def compared(starts: Sequence[date], found: DifferenceInDifferences, subject: Subject) -> Drawing:
    """Own share a month beside that of the pooled units that took no part, with the change and the ramp-in.

    ``starts``: the first day of each of ``found.months``. How the two went before the change is said under the title:
    where they already parted, the comparison proves less.
    """
    months = found.months
    points = _points(starts, months["own"], months["patients"], subject)
    others = _places(points, months["others"])
    own = _places(points, months["own"])
    labels = _ends((("compared.own", own, palette.INK), ("compared.others", others, palette.MUTED)), subject)
    known = [point for point in points if point["v"] is not None]
    plane = scales.plane(known, [row["v"] for row in others], margins(labels, 0), subject.kind)
    first = int((~months["after"]).sum())
    drawn = _change(points, first, first + int((~months["counted"]).sum()), subject)
    drawn += _line(others, palette.LINE, [6, 4], 1.6, plane)
    drawn += [
        chart(others)
        .mark_point(shape="square", filled=True, opacity=1, size=26, color=palette.LINE)
        .encode(x=at_x(), y=at_y())
    ]
    drawn += _line(own, palette.DOT, [1, 0], 1.8, plane)
    title, sentence = _difference(found, subject)
    columns = {
        subject.said("compared.others"): [subject.written(one) for one in months["others"]],
        subject.said("compared.difference"): [formats.points(one, subject.language) for one in months["difference"]],
    }
    return _finish(
        drawn, points, plane, labels, columns, subject, title=title, sentence=sentence, note=_before(found, subject)
    )


def _points(starts: Iterable[date], values: Iterable[float], patients: Iterable[float], subject: Subject) -> Rows:
    """One row a period; the value is None where there were no patients."""
    rows: Rows = []
    for start, value, count in zip(starts, values, patients, strict=True):
        n = int(count)
        known = n > 0 and not math.isnan(value)
        rows.append(
            {
                "t": milliseconds(start),
                "day": start.isoformat()[:10],
                "v": float(value) if known else None,
                "n": n,
                "shape": "circle",
                "colour": palette.DOT,
                "fill": palette.PAPER if n < FEW else palette.DOT,
                "size": 46,
                "period": formats.period(start, subject.grain, subject.language),
                "value": subject.written(value if known else math.nan),
                "count": formats.number(n, subject.language),
            }
        )
    return rows


def _places(points: Rows, values: Iterable[float]) -> Rows:
    """A line's places; where it has no value (NaN) it has no place."""
    pairs = zip(points, values, strict=True)
    return [
        {"t": point["t"], "v": float(value), "at": index}
        for index, (point, value) in enumerate(pairs)
        if not math.isnan(value)
    ]


def _line(rows: Rows, colour: str, dash: list[int], width: float, plane: Plane) -> list[Layer]:
    pieces: Rows = [
        {"t": a["t"], "v": min(max(a["v"], plane.low), plane.high)}
        | {"t2": b["t"], "v2": min(max(b["v"], plane.low), plane.high)}
        for a, b in pairwise(rows)
        if b["at"] == a["at"] + 1
    ]
    if not pieces:
        return []
    look = chart(pieces).mark_rule(color=colour, strokeDash=dash, strokeWidth=width, strokeCap="round")
    return [look.encode(x=at_x(), y=at_y(), x2=at_x("t2"), y2=at_y("v2"))]


def _band(rows: Rows, plane: Plane) -> list[Layer]:
    """Where the line without a change may well lie."""
    if len(rows) < 2:
        return []
    inside = [{"t": row["t"], "low": max(row["low"], plane.low), "high": min(row["high"], plane.high)} for row in rows]
    area: Layer = {
        "data": {"values": inside},
        "mark": {"type": "area", "color": palette.BAND, "opacity": 1},
        "encoding": {"x": at_x(), "y": at_y("low"), "y2": at_y("high")},
    }
    return [area]


def _change(points: Rows, first: int, counted: int, subject: Subject) -> list[Layer]:
    """An upright line before the first point of the change; the points of the ramp-in, which don't count, on grey."""
    if not 0 < first < len(points):
        return []
    day = (points[first - 1]["t"] + points[first]["t"]) // 2
    drawn: list[Layer] = []
    if counted > first:
        end = points[min(counted, len(points)) - 1]["t"]
        following = points[counted]["t"] if counted < len(points) else end
        drawn.append(
            chart([{"t": day, "t2": (end + following) // 2}])
            .mark_rect(color=palette.NATIONAL, opacity=1)
            .encode(x=at_x(), x2=at_x("t2"), y=put("0"), y2=put(str(HEIGHT)))
        )
    name = subject.said("change_ramp_in" if counted > first else "change")
    return [
        *drawn,
        chart([{"t": day}])
        .mark_rule(color=palette.INK, strokeDash=[3, 3])
        .encode(x=at_x(), y=put("-4"), y2=put(str(HEIGHT))),
        chart([{"t": day, "text": name}])
        .mark_text(color=palette.MUTED, baseline="bottom", align="center")
        .encode(x=at_x(), y=put("-7"), text=put("datum.text")),
    ]


def _ends(lines: Sequence[tuple[str, Rows, str]], subject: Subject) -> list[EndLabel]:
    """The lines' names at their right ends, each with its last value on a wide screen."""
    found = []
    for key, rows, colour in lines:
        if rows:
            value = rows[-1]["v"]
            long = f"{subject.said(key)} {subject.written(value)}"
            found.append(EndLabel(value, long, subject.said(f"{key}_short"), colour, strong=colour == palette.INK))
    return found


def _finish(
    drawn: list[Layer],
    points: Rows,
    plane: Plane,
    labels: Sequence[EndLabel],
    columns: dict[str, list[str]],
    subject: Subject,
    *,
    title: str,
    sentence: str,
    note: str,
) -> Drawing:
    """Points, axes, names and the strip of patients around what was drawn, and the table of it."""
    import pandas

    language, kind = subject.language, subject.kind
    axis, grid = scales.axis(plane, kind)
    known = [point for point in points if point["v"] is not None]
    n = sum(point["n"] for point in points)
    under = " · ".join(
        [
            subject.unit_name,
            t(language, f"chart.{kind}_by.{subject.grain}"),
            t(language, "units.patient", n=n),
            *([t(language, "chart.sample")] if subject.synthetic else []),
        ]
    )
    names = {key: t(language, f"chart.table.{key}") for key in ("period", kind, "patients")}
    dots = [{key: one for key, one in point.items() if key != "n"} for point in known]
    tips = {"period": "period", kind: "value", "patients": "count"}
    whole = [parts.grid(grid, plane), *drawn, layers.points(dots, plane, axis, tips, language)]
    whole += parts.end_labels(labels, plane)
    whole += parts.patients([{key: point[key] for key in ("t", "n")} for point in points], plane, language)
    table = {
        names["period"]: [point["period"] for point in points],
        names[kind]: [point["value"] for point in points],
        names["patients"]: [point["count"] for point in points],
    }
    return Drawing(
        spec=parts.finish(
            whole, [title], [under, " ".join(one for one in (note, t(language, "chart.bars")) if one)], language
        ),
        alt=subject.said("before_after_alt", title=title, unit=subject.unit_name, sentence=sentence),
        title=title,
        subtitle=under,
        sentence=sentence,
        events=(),
        table=pandas.DataFrame(table | columns),
    )


def _size(value: float, subject: Subject) -> str:
    """A size without its sign: '41 prosentpoeng', '9 min'."""
    if subject.kind == "minutes":
        return formats.minutes(abs(value), subject.language)
    return formats.points(abs(value), subject.language).removeprefix("+")


def _between(low: float, high: float, subject: Subject) -> str:
    scale = 1 if subject.kind == "minutes" else 100
    return formats.between(low, high, subject.language, scale=scale)


def _gap(found: InterruptedSeries, subject: Subject) -> tuple[str, str]:
    """Title and sentence: how far the last point's level lies from where the months before pointed."""
    if found.reason is not None:
        reason = t(subject.language, found.reason)
        return subject.said("interrupted.title_none", indicator=subject.indicator), reason
    end = found.at_end
    unsure = end.low <= 0 <= end.high
    key = "unsure" if unsure else "over" if end.estimate > 0 else "under"
    values = {"size": _size(end.estimate, subject), "low_high": _between(end.low, end.high, subject)}
    title = subject.said(f"interrupted.title_{key}", indicator=subject.indicator, **values)
    return title, subject.said(f"interrupted.say_{key}", **values)


def _difference(found: DifferenceInDifferences, subject: Subject) -> tuple[str, str]:
    """Title and sentence: own change, the others', and the difference between them."""
    if found.reason is not None:
        return subject.said("compared.title_none", indicator=subject.indicator), t(subject.language, found.reason)
    effect = found.effect
    key = "unsure" if effect.low <= 0 <= effect.high else "more" if effect.estimate > 0 else "less"
    values = {
        "unit": subject.unit_name,
        "own": formats.points(found.own_change, subject.language),
        "others": formats.points(found.others_change, subject.language),
        "size": _size(effect.estimate, subject),
        "difference": formats.points(effect.estimate, subject.language),
        "low_high": _between(effect.low, effect.high, subject),
        "units": t(subject.language, "units.hospital", n=found.units),
    }
    title = subject.said(f"compared.title_{key}", indicator=subject.indicator, **values)
    return title, subject.said("compared.say", **values)


def _before(found: DifferenceInDifferences, subject: Subject) -> str:
    """Whether the two went alike before the change; empty where too few months tell."""
    if found.parallel is None or found.trend_before is None:
        return ""
    if found.parallel:
        return subject.said("compared.parallel")
    return subject.said("compared.not_parallel", size=formats.points(found.trend_before.estimate, subject.language))
