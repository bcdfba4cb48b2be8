"""One point a patient, in order of admission: minutes on a log axis, the limit as a line.

For few patients a month, where a share a month is mostly chance: the minutes show a change sooner.
"""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from nhr_dash.charts import flags, goals, layers, marks, palette, parts, run_chart, words
from nhr_dash.charts import own_points as registered
from nhr_dash.charts.drawing import Drawing, Marked, Plane, Ribbon, margins, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart
from nhr_dash.charts.own_points import OwnPoint
from nhr_dash.charts.words import Goal
from nhr_dash.statistics.reading import Reading
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080)
SHORTEST = 1.0
"""Minutes: 0 is real (a stroke in hospital) but has no place on a log axis; it is drawn at 1 and told as 0."""


def build(
    frame: "pandas.DataFrame",
    reading: Reading,
    *,
    indicator: str,
    unit_name: str,
    language: str,
    limit_minutes: float | None = None,
    events: Sequence[Marked] = (),
    synthetic: bool = False,
    ribbon: Ribbon | None = None,
    sides: Sequence[str] | None = None,
    excluded: Sequence[bool] = (),
    direction: int = 1,
    aim: Goal | None = None,
    aim_by: date | None = None,
    own_points: Sequence[OwnPoint] = (),
) -> Drawing:
    """Draw minutes a patient. ``frame``: start (admission), end, value (minutes), numerator (1: within the limit),
    denominator, provisional, phase; oldest first. The other arguments as in the run chart.
    """
    points = _points(frame, reading, language, sides, excluded)
    title = words.title(reading, indicator, None, language)
    said = words.sentence(reading, None, 1, language)
    span = run_chart.span(frame, "patient", language)
    labels = run_chart.line_labels(reading, language) + (ribbon.labels if ribbon else [])
    if limit_minutes is not None:
        labels.append(goals.limit_label(limit_minutes, language))
    own = registered.rows(own_points, "minutes", language, start=points[0]["t"] if points else 0, least=SHORTEST)
    # The upper edge must be seen; the lower one is often under what a log axis can show.
    lines = [label.value for label in labels] + (ribbon.values if ribbon else [])
    lines += [aim.value] if aim is not None and goals.aim_fits(aim, "minutes") else []
    plane = _plane([*points, *own], lines, margins(labels, 0))
    marked = flags.placed(events, plane, plane.end + 1) if points else []
    values = [float(tick) for tick in _TICKS if plane.low <= tick <= plane.high]
    subtitle = run_chart.subtitle(
        reading, unit=unit_name, grain="patient", span=span, language=language, synthetic=synthetic, k=None
    )
    notes = [t(language, "chart.late_dot")] if limit_minutes is not None else []
    notes += [t(language, "chart.provisional_points")] if any(point["early"] for point in points) else []
    notes += [t(language, "chart.excluded")] if any(point["mark"] == "excluded" for point in points) else []
    notes += [t(language, "draw.own_note")] if own else []

    drawn: list[Layer] = [*flags.shading(marked), *parts.ribbon(ribbon, [point["t"] for point in points], plane)]
    drawn.append(parts.grid(values, plane))
    drawn += goals.lines(None, limit_minutes, "minutes", plane, aim)
    drawn += run_chart.median_lines(reading, points, plane)
    kept = [point for point in points if point["mark"] != "excluded"]
    if len(kept) > 1:
        drawn.append(_line(kept))
    drawn.append(_dots(points, plane, values, limit_minutes, language))
    drawn += registered.layer(own, "minutes", language)
    known = [point for point in points if point["v"] is not None]
    drawn += goals.aim(aim, aim_by, direction, "minutes", known, plane, language)
    drawn += parts.end_labels(labels, plane)
    row = run_chart.row_bracket(reading, points, language)
    drawn += row
    drawn += flags.layers(marked, plane, 44 if row else 18)
    return Drawing(
        spec=parts.finish(drawn, [title], [subtitle, " ".join(notes)], language),
        alt=t(language, "chart.alt.patients", title=title, unit=unit_name, period=span, sentence=said),
        title=title,
        subtitle=subtitle,
        sentence=said,
        events=run_chart.listed(marked, language),
        table=run_chart.with_own(_table(points, limit_minutes, language), own, "", language),
    )


def _points(
    frame: "pandas.DataFrame",
    reading: Reading,
    language: str,
    sides: Sequence[str] | None,
    excluded: Sequence[bool],
) -> Rows:
    rows: Rows = []
    for index, one in enumerate(frame.itertuples(index=False)):
        minutes = float(one.value)
        known = not math.isnan(minutes)
        side, mark = marks.look(index, minutes, known, reading, sides, excluded)
        colour = palette.SIDE_COLOUR[side]
        rows.append(
            {
                "t": milliseconds(one.start),
                "day": one.start.date().isoformat(),
                "v": max(minutes, SHORTEST) if known else None,
                "minutes": minutes,
                "mark": mark,
                "in_time": bool(one.numerator),
                "early": bool(one.provisional),
                "side": side,
                "shape": palette.SIDE_SHAPE[side],
                "colour": palette.lighter(colour) if one.provisional or mark == "excluded" else colour,
                "size": 42 if side == "none" else 80,
                "period": formats.moment(one.start, language),
            }
        )
    return rows


def _plane(points: Rows, lines: list[float], right: tuple[int, int]) -> Plane:
    values = [point["v"] for point in points if point["v"] is not None] + [line for line in lines if line > 0]
    low, high = (min(values), max(values)) if values else (1.0, 60.0)
    low, high = max(SHORTEST, low / 1.2), max(high * 1.2, low * 4)
    times = [point["t"] for point in points] or [0]
    start, end = min(times), max(times)
    return Plane(start, end if end > start else start + 86_400_000, low, high, True, right)


def _line(points: Rows) -> Layer:
    rows = [
        {"t": a["t"], "v": a["v"], "t2": b["t"], "v2": b["v"]}
        for a, b in pairwise(points)
        if a["v"] is not None and b["v"] is not None
    ]
    # Thin and light: from patient to patient there is no path, the eye follows the level.
    return (
        chart(rows)
        .mark_rule(color=palette.LINE_EARLY, strokeWidth=1)
        .encode(x=at_x(), y=at_y(), x2=at_x("t2"), y2=at_y("v2"))
    )


def _dots(points: Rows, plane: Plane, ticks: list[float], limit: float | None, language: str) -> Layer:
    rows = [
        {key: point[key] for key in ("t", "v", "day", "shape", "colour", "size", "period")}
        | {
            "fill": palette.PAPER
            if point["mark"] == "excluded" or (limit is not None and not point["in_time"])
            else point["colour"],
            "value": formats.minutes(point["minutes"], language),
        }
        for point in points
        if point["v"] is not None
    ]
    tips = {"period": "period", "minutes": "value"}
    return layers.points(rows, plane, {"values": ticks, "format": "d"}, tips, language)


def _table(points: Rows, limit: float | None, language: str) -> "pandas.DataFrame":
    import pandas

    def name(key: str) -> str:
        return t(language, f"chart.table.{key}")

    columns = {
        name("period"): [point["period"] for point in points],
        name("minutes"): [formats.minutes(point["minutes"], language) for point in points],
    }
    if limit is not None:
        columns[name("in_time")] = [name("yes") if point["in_time"] else name("no") for point in points]
    columns[name("marks")] = [name(point["mark"]) if point["mark"] else "" for point in points]
    return pandas.DataFrame(columns)
