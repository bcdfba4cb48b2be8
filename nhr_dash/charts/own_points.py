"""A team's own quick registrations beside the registry's numbers: hollow squares, never summed with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nhr_dash.charts import palette
from nhr_dash.charts.drawing import NARROW, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart, put
from nhr_dash.text import formats
from nhr_dash.text.catalog import t


@dataclass(frozen=True, slots=True)
class OwnPoint:
    """What a team counted on a day: ``numerator`` of ``denominator`` patients, or one patient's ``minutes``."""

    day: date
    numerator: int = 0
    denominator: int = 0
    minutes: float | None = None


def rows(points: Sequence[OwnPoint], kind: str, language: str, *, start: int, least: float = 0.0) -> Rows:
    """The points that have a value of this kind (``share``, ``minutes``) from ``start`` (ms) on, oldest first.

    ``least``: the lowest value that the axis can show.
    """
    found: Rows = []
    for one in sorted(points, key=lambda point: point.day):
        at = milliseconds(one.day)
        if at < start or (one.minutes is None if kind == "minutes" else not one.denominator):
            continue
        if kind == "minutes":
            value = one.minutes or 0.0
            written, count = formats.minutes(value, language), ""
        else:
            value = one.numerator / one.denominator
            written = formats.percent(value, language)
            k, n = (formats.number(number, language) for number in (one.numerator, one.denominator))
            count = t(language, "chart.table.count_of", k=k, n=n)
        found.append(
            {"t": at, "v": max(value, least), "period": formats.day(one.day, language)}
            | {"value": written, "count": count}
        )
    return found


def layer(found: Rows, kind: str, language: str) -> list[Layer]:
    """Hollow squares, with what a pointer over them reads; nothing without points."""
    if not found:
        return []
    tips = {"period": "period", "value": kind, "count": "patients"}
    if kind == "minutes":
        del tips["count"]
    return [
        chart(found)
        .mark_point(shape="square", strokeWidth=1.6, opacity=1)
        .encode(
            x=at_x(),
            y=at_y(),
            fill=put(repr(palette.PAPER)),
            stroke=put(repr(palette.INK)),
            size=put(f"width < {NARROW} ? 45 : 70"),
            tooltip=[
                {"field": field, "type": "nominal", "title": t(language, f"chart.table.{name}")}
                for field, name in tips.items()
            ],
        )
    ]
