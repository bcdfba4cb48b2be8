"""What every drawing hands to a page or a file, and the plane it is drawn on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from nhr_dash.charts import palette
from nhr_dash.charts.wrap import measure

if TYPE_CHECKING:
    import pandas

HEIGHT = 300
"""Pixels of the plot; flags, bracket and the strip of patients lie outside it."""
LEFT = 50
"""Pixels for the value axis. It lies inside the spec's width, so that nothing sticks out and the width that Vega
finally gives is the one it began with; otherwise titles would be broken into lines for another width."""
NARROW = 620
"""Widths under this (a phone) get the short labels and the narrow right margin."""
_LABEL_GAP = 17
_DAY = 86_400_000


class Marked(Protocol):
    """An event to be shown: a day or a span, a title in the reader's language.

    ``role`` gives the flag its look: ``cycle`` (PDSA), ``national``, and ``event`` for all others.
    """

    @property
    def starts_on(self) -> date: ...  # noqa: D102
    @property
    def ends_on(self) -> date | None: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def role(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished drawing: the spec as a plain dict with its title inside, and the same said in text.

    ``alt`` describes it for a screen reader; ``sentence`` is the computed finding; ``events`` are the
    numbered flags as (number, date in words, text); ``table`` holds the drawn numbers, formatted.
    """

    spec: dict[str, Any]
    alt: str
    title: str
    subtitle: str
    sentence: str
    events: tuple[tuple[int, str, str], ...]
    table: "pandas.DataFrame"


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A line's name at its right end, long and short, at a height on the value scale."""

    value: float
    long: str
    short: str
    colour: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Natural variation around a centre line, one element a point (NaN: none there), and its name, long and short."""

    lower: tuple[float, ...]
    center: tuple[float, ...]
    upper: tuple[float, ...]
    long: str
    short: str

    @property
    def values(self) -> list[float]:
        """Every value that must have room on the scale."""
        return [one for one in (*self.lower, *self.upper) if not math.isnan(one)]

    @property
    def labels(self) -> "list[EndLabel]":
        """The ribbon's name at its right end, at the centre line that it lies around."""
        known = [one for one in self.center if not math.isnan(one)]
        return [EndLabel(known[-1], self.long, self.short, palette.MUTED)] if known else []


@dataclass(frozen=True, slots=True)
class Plane:
    """The two scales: time from ``start`` to ``end`` (ms, UTC) and values from ``low`` to ``high``.

    ``right`` is the margin for the labels at the lines' ends on a wide and on a narrow screen (px).
    """

    start: int
    end: int
    low: float
    high: float
    log: bool
    right: tuple[int, int]

    @property
    def margin(self) -> str:
        """The right margin as a Vega expression."""
        wide, narrow = self.right
        return f"(width < {NARROW} ? {narrow} : {wide})"

    @property
    def inner(self) -> str:
        """The right end of the plot in pixels, as a Vega expression."""
        return f"(width - {self.margin})"

    def height_of(self, value: float) -> float:
        """Pixels from the top of the plot."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return HEIGHT * (1 - (at - low) / (high - low))

    def clamp(self, moment: int) -> int:
        """A moment moved into the drawn time."""
        return min(max(moment, self.start), self.end)


def milliseconds(moment: Any) -> int:
    """Milliseconds since 1970 of a naive moment, read as UTC: the charts' scales are UTC."""
    import pandas

    return int(pandas.Timestamp(moment).timestamp() * 1000)


def margins(labels: Sequence[EndLabel], strip: int) -> tuple[int, int]:
    """Right margins in which the widest long and short label fit."""
    if not labels:
        return (24 + strip, 12 + strip)
    wide = max(measure(one.long, palette.BODY, strong=one.strong) for one in labels)
    narrow = max(measure(one.short, palette.SMALL, strong=one.strong) for one in labels)
    return (math.ceil(wide) + 14 + strip, math.ceil(narrow) + 10 + strip)


def spread(heights: Sequence[float], gap: float = _LABEL_GAP) -> list[float]:
    """Heights moved apart as little as needed, so that no two are nearer than ``gap``; order is kept."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed: list[list[float]] = []  # groups of heights that stand shoulder to shoulder: [centre, count]
    for index in order:
        placed.append([heights[index], 1])
        while len(placed) > 1:
            (upper, n), (lower, m) = placed[-2], placed[-1]
            if lower - upper >= gap * (n + m) / 2:
                break
            placed[-2:] = [[(upper * n + lower * m) / (n + m), n + m]]
    result = [0.0] * len(heights)
    position = 0
    for centre, count in placed:
        for step in range(int(count)):
            result[order[position]] = centre + (step - (count - 1) / 2) * gap
            position += 1
    return result


def ticks(start: int, end: int) -> tuple[list[int], str]:
    """Moments of a calendar axis (ms, UTC) and their d3 format: months, quarters or years as they fit."""
    from datetime import UTC, datetime

    first, last = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((s for s, most in ((1, 8), (3, 30), (6, 48), (12, 144), (24, 288)) if months <= most), 60)
    found = []
    for month in range(first.year * 12, last.year * 12 + 12):
        if month % step:
            continue
        ms = int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
        # A point that stands a few days into its month still has its month's name under it.
        if start - 3 * _DAY <= ms <= end:
            found.append(max(ms, start))
    if len(found) < 2 and end - start < 400 * _DAY:
        return [start, end] if end > start else [start], "%e. %b %y"
    return found, "%Y" if step >= 12 else "%b %y"
