"""Lines at what is wanted: a target, a limit in minutes, and a project's own aim."""

from collections.abc import Sequence
from datetime import date

from nhr_dash.charts import palette, words
from nhr_dash.charts.drawing import LEFT, NARROW, EndLabel, Plane
from nhr_dash.charts.layers import Layer, Rows, at_y, chart, put
from nhr_dash.charts.words import Goal
from nhr_dash.charts.wrap import measure
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

_AIM_DASH = [9, 3, 2, 3]
_CLEAR = 13
"""Pixels between a label's middle and a point that it would cover."""


def target_label(target: Goal, direction: int, language: str) -> EndLabel:
    """'Mål: over 60 %' at the end of the target's line."""
    long = t(language, "chart.target", goal=words.goal(target, direction, language))
    short = t(language, "chart.target_short", value=formats.percent(target.value, language))
    return EndLabel(target.value, long, short, palette.TARGET)


def limit_label(minutes: float, language: str) -> EndLabel:
    """'Grense 15 min' at the end of the limit's line."""
    value = formats.minutes(minutes, language)
    return EndLabel(
        minutes, t(language, "chart.limit", value=value), t(language, "chart.limit_short", value=value), palette.TARGET
    )


def lines(target: Goal | None, limit: float | None, kind: str, plane: Plane, aim: Goal | None = None) -> list[Layer]:
    """A thin dashed line at the target (shares) or the limit (minutes).

    A project's aim at the same height has the line to itself: two patterns on each other would look like a third.
    """
    value = limit if kind == "minutes" else target.value if target else None
    if value is None or not plane.low <= value <= plane.high or (aim is not None and aim.value == value):
        return []
    return [_line(value, [7, 4], plane)]


def _line(value: float, dash: list[int], plane: Plane) -> Layer:
    return (
        chart([{"v": value}])
        .mark_rule(color=palette.TARGET, strokeDash=dash, strokeWidth=1.4)
        .encode(x=put(str(LEFT)), x2=put(plane.inner), y=at_y())
    )


def aim_fits(aim: Goal | None, kind: str) -> bool:
    """Is there an aim in the unit that is drawn? A share (0–1) has no place on an axis of minutes, nor the reverse."""
    return aim is not None and (aim.value <= 1) == (kind == "share")


def aim_text(aim: Goal, by: date | None, direction: int, kind: str, language: str) -> str:
    """'Prosjektets mål: over 60 % innen 31. des. 2026'."""
    goal = words.goal(aim, direction, language, kind)
    if by is None:
        return t(language, "draw.aim", goal=goal)
    return t(language, "draw.aim_by", goal=goal, day=formats.day(by, language))


def aim(
    aim: Goal | None,
    by: date | None,
    direction: int,
    kind: str,
    points: Sequence[dict[str, float]],
    plane: Plane,
    language: str,
) -> list[Layer]:
    """A project's own aim: dash and dot, named on the line where fewest points (``t``, ``v``) lie under the name."""
    if aim is None or not aim_fits(aim, kind) or not plane.low <= aim.value <= plane.high:
        return []
    long = aim_text(aim, by, direction, kind, language)
    short = t(language, "draw.aim_short", goal=words.goal(aim, direction, language, kind))
    rows: Rows = []
    for narrow, text in ((False, long), (True, short)):
        size = palette.SMALL if narrow else palette.BODY
        room = (300 if narrow else 800) - LEFT - plane.right[narrow]
        left, up = _freest(aim.value, measure(text, size) / room, points, plane)
        rows.append({"v": aim.value, "text": text, "narrow": narrow, "left": left, "up": up, "font": size})
    layers = [_line(aim.value, _AIM_DASH, plane)]
    for left in (True, False):
        some = [row for row in rows if row["left"] == left]
        # A white edge under the letters keeps them readable where a line runs behind.
        for look in ({"stroke": palette.PAPER, "strokeWidth": 4}, {"color": palette.TARGET}) if some else ():
            layers.append(
                chart(some)
                .mark_text(align="left" if left else "right", baseline="middle", **look)
                .encode(
                    x=put(f"{LEFT} + 6" if left else f"{plane.inner} - 4"),
                    y=put("scale('y', datum.v) + (datum.up ? -9 : 10)"),
                    text=put("datum.text"),
                    size=put("datum.font"),
                    opacity=put(f"datum.narrow == (width < {NARROW}) ? 1 : 0"),
                )
            )
    return layers


def _freest(value: float, share: float, points: Sequence[dict[str, float]], plane: Plane) -> tuple[bool, bool]:
    """Left or right, over or under the line: where a name that takes ``share`` of the width covers fewest points."""
    line, span = plane.height_of(value), plane.end - plane.start

    def covered(place: tuple[bool, bool]) -> int:
        left, up = place
        middle = line + (-9 if up else 10)
        first, last = (plane.start, plane.start + share * span) if left else (plane.end - share * span, plane.end)
        near = [point for point in points if first <= point["t"] <= last]
        return sum(abs(plane.height_of(point["v"]) - middle) < _CLEAR for point in near)

    return min(((True, True), (True, False), (False, True), (False, False)), key=covered)
