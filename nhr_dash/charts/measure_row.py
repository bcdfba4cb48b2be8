"""The family of measures of a project as small run charts under each other, in one drawing.

What was to get better, what was done for it, and what must not get worse: on one time axis, shares on 0–100 %,
minutes on one common scale. Each row is placed by pixels, so that the drawing is one spec.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from nhr_dash.charts import layers, marks, palette, parts, scales, words
from nhr_dash.charts.drawing import LEFT, NARROW, Drawing, Plane, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, chart, put
from nhr_dash.charts.run_chart import FEW
from nhr_dash.charts.words import Goal
from nhr_dash.charts.wrap import measure
from nhr_dash.statistics.reading import Reading
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

MOST = 8
"""Rows that are drawn; a project with more measures shows its first ones."""
_HEAD, _PLOT, _GAP = 28, 56, 16
"""Pixels of a row: its name, its plot, and the space under it."""
_ROW = _HEAD + _PLOT + _GAP


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure: its ``frame`` and its ``reading`` as for a run chart, its aim, and which way is good.

    ``aim`` is in the unit of the values: a share, or minutes.
    """

    kind: Literal["outcome", "process", "balancing", "hospital"]
    title: str
    frame: "pandas.DataFrame"
    reading: Reading
    aim: Goal | None = None
    direction: int = 1


def build(rows: Sequence[MeasureRow], language: str, title: str = "") -> Drawing:
    """Draw one to eight measures (or hospitals, under the ``title`` of their measure); without any only its title."""
    rows = rows[:MOST]
    plane = _plane(rows)
    highest = max((_highest(row) for row in rows if row.reading.kind == "minutes"), default=1.0)
    data: dict[str, Rows] = {name: [] for name in ("edges", "scale", "aims", "medians", "lines", "dots", "heads")}
    for place, row in enumerate(rows):
        _fill(data, row, _Box(place * _ROW + _HEAD, 1.0 if row.reading.kind == "share" else highest), language)
    title = title or t(language, "draw.measures.title")
    found = [words.title(row.reading, row.title, None, language) for row in rows]
    drawn = _layers(data, plane) if rows else []
    notes = [t(language, "draw.measures.note")] if rows else [t(language, "draw.measures.none")]
    return Drawing(
        spec=parts.finish(drawn, [title], notes, language, max(len(rows) * _ROW - _GAP, 1)),
        alt=t(language, "draw.measures.alt", title=title, sentence=". ".join(found)),
        title=title,
        subtitle=notes[0],
        sentence=". ".join(found),
        events=(),
        table=_table(rows, language),
    )


@dataclass(frozen=True, slots=True)
class _Box:
    """A row's plot: pixels of its upper edge, and the value there; 0 is at its lower edge."""

    top: int
    high: float

    def y(self, value: float) -> float:
        return round(self.top + _PLOT * (1 - min(max(value / self.high, 0.0), 1.0)), 2)


def _plane(rows: Sequence[MeasureRow]) -> Plane:
    days = [milliseconds(row.frame["start"].iloc[at]) for row in rows if len(row.frame) for at in (0, -1)]
    start, end = (min(days), max(days)) if days else (0, 0)
    return Plane(start, end if end > start else start + 86_400_000, 0.0, 1.0, False, (136, 84))


def _highest(row: MeasureRow) -> float:
    values = [value for value in row.frame["value"] if not math.isnan(value)]
    return max(10.0, *values, row.aim.value if row.aim else 0.0)


def _fill(data: dict[str, Rows], row: MeasureRow, box: _Box, language: str) -> None:
    """Put a row's rows into the layers' data."""
    kind, reading = row.reading.kind, row.reading
    data["edges"] += [{"y": box.top}, {"y": box.top + _PLOT}]
    ticks: list[tuple[float, str, str]] = [(box.top + _PLOT, scales.written(0, kind, language), palette.MUTED)]
    ticks.append((box.top, scales.written(box.high, kind, language), palette.MUTED))
    if row.aim is not None:
        at = box.y(row.aim.value)
        data["aims"].append({"y": at})
        ticks.append((at, scales.written(row.aim.value, kind, language), palette.TARGET))
        # A number of the axis gives way to the aim's where both don't fit.
        ticks = [one for one in ticks[:2] if abs(one[0] - at) >= 13] + ticks[2:]
    data["scale"] += [{"y": y, "text": text, "colour": colour} for y, text, colour in ticks]
    dots = _dots(row, box, language)
    data["dots"] += dots
    for a, b in pairwise(dots):
        if b["index"] == a["index"] + 1:
            data["lines"].append({"t": a["t"], "y": a["y"], "t2": b["t"], "y2": b["y"]})
    starts = [milliseconds(start) for start in row.frame["start"]]
    for phase in reading.phases:
        if not math.isnan(phase.median):
            line = {"t": starts[phase.first], "t2": starts[phase.last], "y": box.y(phase.median)}
            data["medians"].append(line)
    data["heads"].append(_head(row, box, language))


def _dots(row: MeasureRow, box: _Box, language: str) -> Rows:
    found: Rows = []
    for index, one in enumerate(row.frame.itertuples(index=False)):
        value, n = float(one.value), int(one.denominator)
        if math.isnan(value) or not n:
            continue
        side, _ = marks.look(index, value, True, row.reading, None, ())
        colour = palette.lighter(palette.SIDE_COLOUR[side]) if one.provisional else palette.SIDE_COLOUR[side]
        found.append(
            {
                "index": index,
                "t": milliseconds(one.start),
                "y": box.y(value),
                "shape": palette.SIDE_SHAPE[side],
                "colour": colour,
                # Where each point is one patient's minutes, few patients behind it say nothing.
                "fill": palette.PAPER if n < FEW and not row.reading.one_by_one else colour,
                "size": 26 if side == "none" else 50,
                "period": formats.day(one.start, language),
                "value": scales.written(value, row.reading.kind, language),
                "count": formats.number(n, language),
            }
        )
    return found


def _head(row: MeasureRow, box: _Box, language: str) -> dict[str, Any]:
    """A row's name, and what stands at its right end: sign, level now, level before, patients."""
    reading = row.reading
    kind = t(language, f"project.measure_{row.kind}")
    head: dict[str, Any] = {
        "y": box.top - 16,
        "kind": kind,
        "title": row.title,
        "after": round(measure(kind, palette.SMALL)) + 10,
        "now": formats.DASH,
        "was": "",
        "n": "",
        "n_short": "",
        "shape": palette.SIDE_SHAPE[reading.side],
        "colour": palette.SIDE_COLOUR[reading.side],
        "signed": 0,
        "y_now": box.top + 12,
        "y_was": box.top + 28,
        "y_n": box.top + (28 if reading.before is None else 44),
    }
    if reading.phases:
        head["now"] = words.level(reading, reading.now, None, language)
        head["n"] = t(language, "units.patient", n=reading.now.denominator)
        head["n_short"] = t(language, "draw.n", n=formats.number(reading.now.denominator, language))
        head["signed"] = int(reading.signal and reading.side != "none")
        if reading.before is not None:
            was = words.level(reading, reading.before, None, language)
            head["was"] = t(language, "draw.measures.was", value=was)
    return head


def _layers(data: dict[str, Rows], plane: Plane) -> list[Layer]:
    full = {"x": put(str(LEFT)), "x2": put(plane.inner), "y": put("datum.y")}
    end = f"{plane.inner} + 10"
    owner: Layer = {
        "data": {"values": data["dots"] or [{"t": plane.start, "y": 0, "size": 0}]},
        "mark": {"type": "point", "strokeWidth": 1.4, "opacity": 1},
        "encoding": {
            "x": layers.time(plane),
            "y": put("datum.y"),
            "shape": put("datum.shape"),
            "fill": put("datum.fill"),
            "stroke": put("datum.colour"),
            "size": put(f"datum.size * (width < {NARROW} ? 0.6 : 1)"),
            "tooltip": [{"field": field, "type": "nominal", "title": None} for field in ("period", "value", "count")],
        },
    }
    text = {"baseline": "middle", "align": "left"}
    heads = chart(data["heads"])
    return [
        chart(data["edges"]).mark_rule(color=palette.GRID).encode(**full),
        chart(data["scale"])
        .mark_text(baseline="middle", align="right", fontSize=palette.SMALL - 1)
        .encode(x=put(f"{LEFT} - 6"), y=put("datum.y"), text=put("datum.text"), color=put("datum.colour")),
        chart(data["aims"]).mark_rule(color=palette.TARGET, strokeDash=[7, 4], strokeWidth=1.3).encode(**full),
        chart(data["medians"])
        .mark_rule(color=palette.INK, strokeWidth=1.6)
        .encode(x=put("scale('x', datum.t) - 4"), x2=put("scale('x', datum.t2) + 4"), y=put("datum.y")),
        chart(data["lines"])
        .mark_rule(color=palette.LINE, strokeWidth=1.3)
        .encode(x=at_x(), x2=at_x("t2"), y=put("datum.y"), y2=put("datum.y2")),
        owner,
        heads.mark_text(**text, color=palette.MUTED, fontSize=palette.SMALL).encode(
            x=put("0"), y=put("datum.y"), text=put("datum.kind")
        ),
        heads.mark_text(**text, fontWeight=palette.STRONG, limit={"expr": "width - datum.after"}).encode(
            x=put("datum.after"), y=put("datum.y"), text=put("datum.title")
        ),
        chart([row for row in data["heads"] if row["signed"]])
        .mark_point(filled=True, opacity=1, size=90)
        .encode(x=put(f"{end} + 4"), y=put("datum.y_now"), shape=put("datum.shape"), color=put("datum.colour")),
        heads.mark_text(**text, fontWeight=palette.STRONG).encode(
            x=put(f"{end} + 14 * datum.signed"), y=put("datum.y_now"), text=put("datum.now")
        ),
        heads.mark_text(**text, color=palette.MUTED, fontSize=palette.SMALL).encode(
            x=put(end), y=put("datum.y_was"), text=put("datum.was")
        ),
        heads.mark_text(**text, color=palette.MUTED, fontSize=palette.SMALL).encode(
            x=put(end), y=put("datum.y_n"), text=put(f"width < {NARROW} ? datum.n_short : datum.n")
        ),
    ]


def _table(rows: Sequence[MeasureRow], language: str) -> "pandas.DataFrame":
    import pandas

    def cells(row: MeasureRow) -> list[str]:
        reading = row.reading
        before = words.level(reading, reading.before, None, language) if reading.before else formats.DASH
        now = words.level(reading, reading.now, None, language) if reading.phases else formats.DASH
        aim = words.goal(row.aim, row.direction, language, reading.kind) if row.aim else formats.DASH
        verdict = words.title(reading, "", None, language).removeprefix(": ")
        patients = formats.number(reading.patients, language)
        return [t(language, f"project.measure_{row.kind}"), row.title, before, now, patients, aim, verdict]

    columns = [t(language, f"draw.measures.{name}") for name in ("kind", "measure", "before", "now", "patients")]
    columns += [t(language, f"draw.measures.{name}") for name in ("aim", "finding")]
    return pandas.DataFrame([cells(row) for row in rows], columns=columns)
