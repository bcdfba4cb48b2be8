"""A project's time in one picture: phases as bars, cycles as flags, decisions and deadlines as diamonds.

Today is the newest day of the data, never the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nhr_dash.charts import palette, svg
from nhr_dash.charts.drawing import milliseconds, ticks
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

WIDE, NARROW = 930, 360
_ROW, _FLAG, _EDGE = 24, 26, 14
_SHADES = {
    "survey": palette.GRID,
    "baseline": palette.BAR,
    "intervention": palette.DOT,
    "follow_up": palette.LINE,
    "adherence": palette.BAND,
}
_LEAST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TimePhase:
    """A phase (survey, baseline, intervention, follow_up, adherence); without an end it is still going on."""

    kind: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class TimeCycle:
    """A cycle's flag on the day on which it began."""

    number: int
    starts_on: date


@dataclass(frozen=True, slots=True)
class Milestone:
    """A decision or a deadline; filled where it is ``done``, hollow where it is still to come."""

    day: date
    title: str
    done: bool = True


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date
    width: float

    def x(self, day: date) -> float:
        part = (day - self.first) / (self.last - self.first)
        return round(_EDGE + (self.width - 2 * _EDGE) * min(max(part, 0.0), 1.0), 1)


def build(
    phases: Sequence[TimePhase],
    cycles: Sequence[TimeCycle],
    milestones: Sequence[Milestone],
    *,
    today: date | None,
    language: str,
    narrow: bool = False,
) -> str | None:
    """The timeline as SVG with its alternative text; None where nothing has a date. KeyError for an unknown phase.

    ``today``: newest day of the data; None draws no line there.
    """
    days = [one.starts_on for one in phases] + [one.starts_on for one in cycles] + [one.day for one in milestones]
    if not days:
        return None
    days += [one.ends_on for one in phases if one.ends_on is not None] + ([today] if today else [])
    first, last = min(days), max(days)
    scale = _Scale(first, max(last, first + _LEAST), NARROW if narrow else WIDE)
    body: list[str] = []
    y = 22.0
    for phase in sorted(phases, key=lambda one: one.starts_on):
        body.append(_bar(phase, scale, y, today or last, language))
        y += _ROW
    y, flags = _flags(cycles, scale, y + (6 if cycles else 0))
    body += flags
    for stone in sorted(milestones, key=lambda one: one.day):
        y, one = _diamond(stone, scale, y, language)
        body.append(one)
    frame = [_axis(scale, y, language)]
    if today is not None:
        frame.append(_today(today, scale, y, language))
    alt = outline(phases, cycles, milestones, today=today, language=language)
    return svg.page(scale.width, y + 26, alt, "".join(frame + body))


def outline(
    phases: Sequence[TimePhase],
    cycles: Sequence[TimeCycle],
    milestones: Sequence[Milestone],
    *,
    today: date | None,
    language: str,
) -> str:
    """The timeline in words."""
    said = [t(language, "draw.timeline.alt")]
    for phase in phases:
        until = formats.day(phase.ends_on, language) if phase.ends_on else t(language, "draw.timeline.open")
        name = t(language, f"project.phase_{phase.kind}")
        said.append(f"{name}: {formats.day(phase.starts_on, language)} – {until}.")
    for cycle in cycles:
        said.append(t(language, "draw.timeline.cycle", number=cycle.number, day=formats.day(cycle.starts_on, language)))
    said += [f"{formats.day(stone.day, language)}: {stone.title}." for stone in milestones]
    if today is not None:
        said.append(t(language, "draw.timeline.today", day=formats.day(today, language)) + ".")
    return " ".join(said)


def _bar(phase: TimePhase, scale: _Scale, y: float, until: date, language: str) -> str:
    start, end = scale.x(phase.starts_on), scale.x(phase.ends_on or max(until, phase.starts_on))
    width = max(end - start, 3)
    fill = _SHADES[phase.kind]
    dash = ' stroke-dasharray="4 3"' if phase.ends_on is None else ""
    bar = (
        f'<rect x="{start:g}" y="{y:g}" width="{width:g}" height="{_ROW - 6}" rx="3" fill="{fill}" '
        f'stroke="{palette.DOT}"{dash}/>'
    )
    name, middle = t(language, f"project.phase_{phase.kind}"), y + (_ROW - 6) / 2
    need = svg.width_of(name, palette.SMALL) + 12
    if need <= width:
        ink = palette.PAPER if phase.kind == "intervention" else palette.INK
        return bar + svg.words(start + 6, middle, [name], colour=ink, size=palette.SMALL)
    return bar + _beside(name, start, start + width, middle, scale)[1]


def _beside(text: str, left: float, right: float, y: float, scale: _Scale) -> tuple[int, str]:
    """Words at the right of something, or at its left where there is more room, and how many lines they take."""
    after, before = scale.width - right - 6, left - 6
    to_left = svg.width_of(text, palette.SMALL) > after and before > after
    fitting = svg.fold(text, max(before if to_left else after, 40) - 4, palette.SMALL, most=3)
    x = left - 6 if to_left else right + 6
    anchor = "end" if to_left else "start"
    return len(fitting), svg.words(x, y, fitting, size=palette.SMALL, anchor=anchor, clear=True)


def _flags(cycles: Sequence[TimeCycle], scale: _Scale, top: float) -> tuple[float, list[str]]:
    """Cycles' flags in as many rows as they need not to touch; the height that comes after them."""
    free: list[float] = []
    found = []
    for cycle in sorted(cycles, key=lambda one: (one.starts_on, one.number)):
        x = scale.x(cycle.starts_on)
        row = next((i for i, taken in enumerate(free) if x >= taken), len(free))
        free[row : row + 1] = [x + _FLAG]
        found.append(svg.disc(cycle.number, x, top + 11 + _FLAG * row))
    return top + _FLAG * len(free), found


def _diamond(stone: Milestone, scale: _Scale, y: float, language: str) -> tuple[float, str]:
    x, middle = scale.x(stone.day), y + _ROW / 2
    fill = palette.INK if stone.done else palette.PAPER
    mark = f'<path d="M{x} {middle - 6:g}l6 6l-6 6l-6-6z" fill="{fill}" stroke="{palette.INK}" stroke-width="1.5"/>'
    text = f"{formats.day(stone.day, language, year=False)} {stone.title}"
    lines, said = _beside(text, x - 4, x + 4, middle, scale)
    return y + _ROW + svg.LINE * (lines - 1), mark + said


def _axis(scale: _Scale, bottom: float, language: str) -> str:
    start, end = milliseconds(scale.first), milliseconds(scale.last)
    found, form = ticks(start, end)
    pieces = [f'<path d="M{_EDGE} {bottom:g}H{scale.width - _EDGE}" stroke="{palette.AXIS}"/>']
    free = 0.0
    for ms in found:
        day = date(1970, 1, 1) + timedelta(milliseconds=ms)
        name = str(day.year) if form == "%Y" else formats.month(day, language, short=True)
        half, x = svg.width_of(name, palette.SMALL) / 2, scale.x(day)
        at = min(max(x, half), scale.width - half)
        pieces.append(f'<path d="M{x} 18V{bottom:g}" stroke="{palette.GRID}"/>')
        if at - half >= free:
            pieces.append(svg.words(at, bottom + 14, [name], colour=palette.MUTED, size=palette.SMALL, anchor="middle"))
            free = at + half + 10
    return "".join(pieces)


def _today(today: date, scale: _Scale, bottom: float, language: str) -> str:
    x = scale.x(today)
    name = t(language, "draw.timeline.today", day=formats.day(today, language))
    half = svg.width_of(name, palette.SMALL) / 2
    at = min(max(x, half + 2), scale.width - half - 2)
    return f'<path d="M{x} 18V{bottom:g}" stroke="{palette.INK}" stroke-dasharray="5 3"/>' + svg.words(
        at, 9, [name], size=palette.SMALL, anchor="middle"
    )
