"""The run chart: is it a change, or chance?

Frames and a reading in, a drawing out. The title is the finding; ordinary points are grey, the
points of a signal blue triangles (better), orange (worse) or purple diamonds (changed).
"""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from nhr_dash.charts import flags, goals, layers, marks, palette, parts, scales, words
from nhr_dash.charts import own_points as registered
from nhr_dash.charts.drawing import Drawing, EndLabel, Marked, Plane, Ribbon, margins, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart, put
from nhr_dash.charts.own_points import OwnPoint
from nhr_dash.charts.words import Goal
from nhr_dash.statistics.reading import Reading
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

FEW = 5
"""Patients behind a point under which the dot is hollow."""
__all__ = ["Drawing", "build"]


class LevelLimits(Protocol):
    """From where attainment is high and moderate, as shares."""

    @property
    def high(self) -> float: ...
    @property
    def moderate(self) -> float: ...


def build(
    frame: "pandas.DataFrame",
    reading: Reading,
    *,
    indicator: str,
    unit_name: str,
    grain: str,
    language: str,
    direction: int = 1,
    limit_minutes: float | None = None,
    target: Goal | None = None,
    levels: LevelLimits | None = None,
    events: Sequence[Marked] = (),
    synthetic: bool = False,
    k: int | None = None,
    ribbon: Ribbon | None = None,
    sides: Sequence[str] | None = None,
    excluded: Sequence[bool] = (),
    aim: Goal | None = None,
    aim_by: date | None = None,
    own_points: Sequence[OwnPoint] = (),
    hidden_under: int = FEW,
) -> Drawing:
    """Draw a series as its reading says.

    ``frame``: start, end (exclusive), numerator, denominator, value (NaN: a gap), provisional,
    phase; maybe ``hidden`` (a gap that has patients: fewer than ``hidden_under``, or such as would give those away),
    ``low_coverage`` (why it is) and ``uncertain``; oldest first. ``direction``: +1 when a high share is good.
    ``limit_minutes`` is drawn where the values are minutes. ``k``: patients a point for ``grain='every_k'``,
    else the most that a point has. ``ribbon``: natural variation around a control chart's centre.
    ``sides``: how a rule set marks each point, for points that the reading's row doesn't mark. ``excluded``: points
    left out of lines and rules; they stay, hollow and pale. ``aim`` (in the unit of the values, else it isn't drawn)
    is a project's own, to be reached by ``aim_by``; ``own_points`` are the team's own registrations. One point a
    patient is drawn by :mod:`nhr_dash.charts.patient_chart`.
    """
    if grain == "patient":
        from nhr_dash.charts import patient_chart

        return patient_chart.build(
            frame,
            reading,
            indicator=indicator,
            unit_name=unit_name,
            language=language,
            limit_minutes=limit_minutes,
            events=events,
            synthetic=synthetic,
            ribbon=ribbon,
            sides=sides,
            excluded=excluded,
            direction=direction,
            aim=aim,
            aim_by=aim_by,
            own_points=own_points,
        )
    points = _points(frame, reading, grain, language, sides, excluded)
    known = [point for point in points if point["v"] is not None]
    title = words.title(reading, indicator, target, language)
    said = words.sentence(reading, target, direction, language)
    period = span(frame, grain, language)
    hollow = any(point["fill"] == palette.PAPER and not point["out"] for point in known)
    if grain == "every_k" and k is None and points:
        k = max(point["n"] for point in points)
    under = subtitle(reading, unit=unit_name, grain=grain, span=period, language=language, synthetic=synthetic, k=k)
    notes = [t(language, "chart.bars")]
    notes += [t(language, "chart.provisional")] if any(point["early"] for point in known) else []
    unsure = any(point["unsure"] for point in known)
    notes += [t(language, "chart.uncertain" if unsure else "chart.hollow")] if hollow else []
    notes += [t(language, "chart.hidden", n=hidden_under)] if any(point["gone"] == "hidden" for point in points) else []
    notes += [t(language, "chart.low_coverage")] if any(point["gone"] == "low_coverage" for point in points) else []
    notes += [t(language, "chart.excluded")] if any(point["out"] for point in known) else []
    own = registered.rows(own_points, reading.kind, language, start=points[0]["t"] if points else 0)
    notes += [t(language, "draw.own_note")] if own else []
    labels = line_labels(reading, language) + (ribbon.labels if ribbon else [])
    if target is not None and reading.kind == "share":
        labels.append(goals.target_label(target, direction, language))
    if limit_minutes is not None and reading.kind == "minutes":
        labels.append(goals.limit_label(limit_minutes, language))
    shows_levels = levels is not None and reading.kind == "share"
    lines = [aim.value] if aim is not None and goals.aim_fits(aim, reading.kind) else []
    lines += [label.value for label in labels] + (ribbon.values if ribbon else [])
    plane = scales.plane([*known, *own], lines, margins(labels, 8 if shows_levels else 0), reading.kind)
    until = max(milliseconds(frame["end"].iloc[-1]), plane.end + 1) if len(frame) else 0
    marked = flags.placed(events, plane, until)
    axis, grid = scales.axis(plane, reading.kind)

    drawn: list[Layer] = [*flags.shading(marked), *parts.ribbon(ribbon, [point["t"] for point in points], plane)]
    drawn.append(parts.grid(grid, plane))
    drawn += goals.lines(target if reading.kind == "share" else None, limit_minutes, reading.kind, plane, aim)
    drawn += median_lines(reading, points, plane)
    drawn += _segments([point for point in points if not point["out"]])
    drawn.append(_dots(known, plane, axis, reading.kind, language))
    drawn += registered.layer(own, reading.kind, language)
    drawn += goals.aim(aim, aim_by, direction, reading.kind, known, plane, language)
    if levels is not None and shows_levels:
        drawn += parts.level_strip(levels.high, levels.moderate, plane, direction)
    drawn += parts.end_labels(labels, plane, 14 if shows_levels else 8)
    row = row_bracket(reading, points, language)
    drawn += row
    drawn += flags.layers(marked, plane, 44 if row else 18)
    drawn += parts.patients([{key: point[key] for key in ("t", "n")} for point in points], plane, language)
    return Drawing(
        spec=parts.finish(drawn, [title], [under, " ".join(notes)], language),
        alt=t(language, "chart.alt.chart", title=title, unit=unit_name, period=period, sentence=said),
        title=title,
        subtitle=under,
        sentence=said,
        events=listed(marked, language),
        table=_table(points, own, reading, language),
    )


def listed(marked: Rows, language: str) -> tuple[tuple[int, str, str], ...]:
    """The numbered list that stands below a drawing with flags."""
    return tuple((row["n"], _days(row, language), row["text"]) for row in marked)


def _days(row: dict[str, Any], language: str) -> str:
    first, last = row["from"], row["to"]
    if last is None or last == first:
        return formats.day(first, language)
    return f"{formats.day(first, language)} – {formats.day(last, language)}"


def span(frame: "pandas.DataFrame", grain: str, language: str) -> str:
    """The drawn time in words: 'januar 2022 – mars 2024', for years '2012–2025'."""
    if frame.empty:
        return formats.DASH
    first, start, end = frame["start"].iloc[0], frame["start"].iloc[-1], frame["end"].iloc[-1]
    if grain == "year":
        return str(first.year) if first.year == start.year else f"{first.year}{formats.DASH}{start.year}"
    # The end is exclusive: the last month is the one of the day before it.
    last = max(start, end - (end - start) / 1000)
    months = formats.month(first, language), formats.month(last, language)
    return months[0] if months[0] == months[1] else " – ".join(months)


def subtitle(
    reading: Reading, *, unit: str, grain: str, span: str, language: str, synthetic: bool, k: int | None
) -> str:
    """What, where, when, how many patients, and that it is sample data where it is."""
    what = t(language, f"chart.{reading.kind}_by.{grain}", k=k or "")
    pieces = [unit, f"{what}, {span}", t(language, "units.patient", n=reading.patients)]
    if synthetic:
        pieces.append(t(language, "chart.sample"))
    return " · ".join(pieces)


def _points(
    frame: "pandas.DataFrame",
    reading: Reading,
    grain: str,
    language: str,
    sides: Sequence[str] | None,
    excluded: Sequence[bool],
) -> Rows:
    """One row a period: place, value (None: a gap), look, and what a pointer over it reads."""
    rows: Rows = []
    for index, one in enumerate(frame.itertuples(index=False)):
        value, n = float(one.value), int(one.denominator)
        known = n > 0 and not math.isnan(value)
        side, mark = marks.look(index, value, known, reading, sides, excluded)
        out, unsure = mark == "excluded", bool(getattr(one, "uncertain", False))
        gone = next((why for why in ("low_coverage", "hidden") if getattr(one, why, False)), "")
        colour = palette.SIDE_COLOUR[side]
        if one.provisional or out:
            colour = palette.lighter(colour)
        rows.append(
            {
                "t": milliseconds(one.start),
                "day": one.start.date().isoformat(),
                "v": value if known else None,
                "n": n,
                "k": int(one.numerator),
                "early": bool(one.provisional),
                "side": side,
                "shape": palette.SIDE_SHAPE[side],
                "colour": colour,
                "out": out,
                "gone": gone,
                "unsure": unsure,
                "mark": mark,
                "fill": palette.PAPER if n < FEW or out or unsure else colour,
                "size": 62 if side == "none" else 105,
                "period": formats.period(one.start, grain, language),
                "phase": int(one.phase),
            }
        )
    return rows


def line_labels(reading: Reading, language: str) -> list[EndLabel]:
    """Names of the medians that are drawn to the right edge."""
    if not reading.phases:
        return []
    pairs = [("median", reading.now)]
    if reading.before is not None:
        pairs = [("median_after", reading.now), ("median_before", reading.before)]
    result = []
    for key, phase in pairs:
        value = scales.written(phase.median, reading.kind, language)
        long, short = t(language, f"chart.{key}", value=value), t(language, f"chart.{key}_short", value=value)
        result.append(EndLabel(phase.median, long, short, palette.INK, strong=True))
    return result


def median_lines(reading: Reading, points: Rows, plane: Plane) -> list[Layer]:
    """Each phase's median over its own time; the one before goes on, dotted, to the right edge."""
    lines: list[Layer] = []
    last = len(reading.phases) - 1
    for place, phase in enumerate(reading.phases):
        left = f"scale('x', {points[phase.first]['t']}) - 8"
        end = plane.inner
        if place < last:
            following = points[reading.phases[place + 1].first]["t"]
            end = f"scale('x', {(points[phase.last]['t'] + following) // 2})"
        data = chart([{"v": phase.median}])
        lines.append(
            data.mark_rule(color=palette.INK, strokeWidth=2 if place >= last - 1 else 1.2).encode(
                x=put(left), x2=put(end), y=at_y()
            )
        )
        if place == last - 1:
            lines.append(
                data.mark_rule(color=palette.INK, strokeWidth=1.6, strokeDash=[2, 5]).encode(
                    x=put(end), x2=put(plane.inner), y=at_y()
                )
            )
    return lines


def _segments(points: Rows) -> list[Layer]:
    """The line, piece by piece: no piece across a gap, a provisional piece dashed and lighter."""
    firm: Rows = []
    early: Rows = []
    for a, b in pairwise(points):
        if a["v"] is not None and b["v"] is not None:
            (early if b["early"] else firm).append({"t": a["t"], "v": a["v"], "t2": b["t"], "v2": b["v"]})
    looks = ((firm, palette.LINE, [1, 0]), (early, palette.LINE_EARLY, [4, 4]))
    return [
        chart(rows)
        .mark_rule(color=colour, strokeWidth=1.8, strokeDash=dash, strokeCap="round")
        .encode(x=at_x(), y=at_y(), x2=at_x("t2"), y2=at_y("v2"))
        for rows, colour, dash in looks
        if rows
    ]


def _dots(known: Rows, plane: Plane, axis: dict[str, Any], kind: str, language: str) -> Layer:
    rows = [
        {key: point[key] for key in ("t", "v", "day", "shape", "colour", "fill", "size", "period")}
        | {
            "value": scales.written(point["v"], kind, language),
            "count": _count(point, kind, language),
            "mark": t(language, "chart.table.provisional") if point["early"] else "",
        }
        for point in known
    ]
    tips = {"period": "period", kind: "value", "patients": "count", "marks": "mark"}
    return layers.points(rows, plane, axis, tips, language)


def _count(point: dict[str, Any], kind: str, language: str) -> str:
    n = formats.number(point["n"], language)
    if kind == "minutes":
        return n
    return t(language, "chart.table.count_of", k=formats.number(point["k"], language), n=n)


def row_bracket(reading: Reading, points: Rows, language: str) -> list[Layer]:
    """The bracket over a row that chance doesn't explain; nothing without one."""
    row = reading.row
    if row is None or not row.signal:
        return []
    line = "before" if reading.before is not None else "own"
    long = t(language, f"chart.bracket_{line}_{'up' if row.side > 0 else 'down'}", count=row.length, limit=row.limit)
    short = t(language, "chart.bracket_short", count=row.length, limit=row.limit)
    colour = palette.SIDE_COLOUR["changed" if reading.side == "none" else reading.side]
    return parts.bracket(points[row.first]["t"], points[row.last]["t"], long=long, short=short, colour=colour)


def _table(points: Rows, own: Rows, reading: Reading, language: str) -> "pandas.DataFrame":
    """The drawn numbers, formatted: what a screen reader or a spreadsheet gets."""
    import pandas

    def note(point: dict[str, Any]) -> str:
        found = [point["gone"] or "no_patients"] if point["v"] is None else []
        found += ["provisional"] if point["early"] else []
        found += ["uncertain"] if point["unsure"] else ["few"] if 0 < point["n"] < FEW else []
        found += [point["mark"]] if point["mark"] else []
        return ", ".join(t(language, f"chart.table.{mark}") for mark in found)

    def name(key: str) -> str:
        return t(language, f"chart.table.{key}")

    columns: dict[str, list[str]] = {
        name("period"): [point["period"] for point in points],
        name(reading.kind): [
            formats.DASH if point["v"] is None else scales.written(point["v"], reading.kind, language)
            for point in points
        ],
        name("patients"): [
            formats.DASH if point["gone"] else _count(point, reading.kind, language) for point in points
        ],
    }
    if len(reading.phases) > 1:
        columns[name("phase")] = [str(point["phase"] + 1) for point in points]
    columns[name("marks")] = [note(point) for point in points]
    return with_own(pandas.DataFrame(columns), own, name("patients"), language)


def with_own(table: "pandas.DataFrame", own: Rows, count: str, language: str) -> "pandas.DataFrame":
    """A chart's table with the team's own numbers as rows of their own at its end; ``count``: the patients' column."""
    import pandas

    if not own:
        return table
    first, second, *rest, last = table.columns
    rows = [
        {first: point["period"], second: point["value"], last: t(language, "draw.own")}
        | {column: point["count"] if column == count else formats.DASH for column in rest}
        for point in own
    ]
    return pandas.concat([table, pandas.DataFrame(rows)], ignore_index=True)
