"""What a drawing is made of: layers as plain dicts, and the one layer that owns the scales, by Altair.

Altair checks each channel that it is given against the whole schema: 30 ms a layer, half a second a
drawing. So it builds what a reader would call the chart (scales, axes, points, what a pointer over
them reads), and all that is written around it is placed by expressions of its two scales.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nhr_dash.charts.drawing import LEFT, NARROW, Plane, ticks
from nhr_dash.text.catalog import t

DOT = "dot"
"""The selection that a click on a point makes: its rows hold ``day``, the first day of the point (ISO)."""

Layer = dict[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Mark:
    rows: Rows
    mark: dict[str, Any]

    def encode(self, **channels: dict[str, Any] | list[dict[str, Any]]) -> Layer:
        """The finished layer."""
        return {"data": {"values": self.rows}, "mark": self.mark, "encoding": channels}


@dataclass(frozen=True, slots=True)
class chart:
    """Rows to be marked, in Altair's manner; the result is a plain Vega-Lite layer."""

    rows: Rows

    def mark_rule(self, **look: Any) -> _Mark:
        """Straight lines."""
        return _Mark(self.rows, {"type": "rule", **look})

    def mark_rect(self, **look: Any) -> _Mark:
        """Areas."""
        return _Mark(self.rows, {"type": "rect", **look})

    def mark_point(self, **look: Any) -> _Mark:
        """Symbols."""
        return _Mark(self.rows, {"type": "point", **look})

    def mark_text(self, **look: Any) -> _Mark:
        """Words."""
        return _Mark(self.rows, {"type": "text", **look})


def put(expression: str) -> dict[str, Any]:
    """A channel's value by a Vega expression, in pixels unless it is a text or a colour."""
    return {"value": {"expr": expression}}


def at_x(field: str = "t") -> dict[str, Any]:
    """Where a moment of the data lies."""
    return put(f"scale('x', datum.{field})")


def at_y(field: str = "v") -> dict[str, Any]:
    """Where a value of the data lies."""
    return put(f"scale('y', datum.{field})")


def moment(ms: int) -> dict[str, Any]:
    """A moment as Vega-Lite's DateTime: numbers in a temporal domain mean other things in other versions of it."""
    at = datetime.fromtimestamp(ms / 1000, UTC)
    day = {"year": at.year, "month": at.month, "date": at.day}
    return {**day, "hours": at.hour, "minutes": at.minute, "seconds": at.second, "utc": True}


def time(plane: Plane) -> dict[str, Any]:
    """The time channel with its calendar axis; each drawing has it in one layer, the others ask for scale('x')."""
    values, label = ticks(plane.start, plane.end)
    return {
        "field": "t",
        "type": "temporal",
        "title": None,
        "scale": {
            "type": "utc",
            "domain": [moment(plane.start), moment(plane.end)],
            "range": [LEFT + 10, {"expr": f"{plane.inner} - 8"}],
            "nice": False,
        },
        "axis": {
            "values": [moment(value) for value in values],
            "format": label,
            "grid": False,
            "labelOverlap": "greedy",
            "labelSeparation": 10,
            "labelFlush": False,
        },
    }


def _values(plane: Plane, axis: dict[str, Any]) -> Any:
    """The value channel with its axis."""
    import altair

    return altair.Y(
        "v:Q",
        title=None,
        scale=altair.Scale(
            type="log" if plane.log else "linear", domain=[plane.low, plane.high], nice=False, zero=False
        ),
        axis=altair.Axis(grid=False, domain=False, ticks=False, labelPadding=6, offset=-LEFT, **axis),
    )


def points(rows: Rows, plane: Plane, axis: dict[str, Any], tips: dict[str, str], language: str) -> Layer:
    """The points (``t``, ``v``, ``day``, ``shape``, ``fill``, ``colour``, ``size``): the layer that owns the scales.

    ``axis`` are the value axis' own settings; ``tips`` the fields that a pointer over a point reads,
    by the name they have in a table. A click on a point is the selection :data:`DOT` with its ``day``.
    """
    import altair

    tooltip = [altair.Tooltip(f"{field}:N", title=t(language, f"chart.table.{name}")) for name, field in tips.items()]
    layer = (
        altair.Chart(altair.InlineData(values=[]))
        .mark_point(strokeWidth=1.7, opacity=1)
        .encode(y=_values(plane, axis), tooltip=tooltip)
        .to_dict(validate=False)
    )
    look = {name: put(f"datum.{field}") for name, field in (("shape", "shape"), ("fill", "fill"), ("stroke", "colour"))}
    # Where points stand close (many years of months, a phone) they are smaller, so that each is seen.
    room = f"({plane.inner} - {LEFT}) / {max(len(rows), 1)}"
    look["size"] = put(f"datum.size * min(width < {NARROW} ? 0.55 : 1, max(0.14, {room} / 15))")
    return {
        "data": {"values": rows},
        "mark": layer["mark"],
        "encoding": {"x": time(plane), **layer["encoding"], **look},
        # By a field of ours, not by Vega's own row number, which means nothing to who asks.
        "params": [{"name": DOT, "select": {"type": "point", "fields": ["day"], "toggle": False}}],
    }
