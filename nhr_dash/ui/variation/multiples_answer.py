"""Every hospital's run chart beside the others': which have changed lastingly, said and drawn."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas

from nhr_dash.charts import multiples as pictures
from nhr_dash.charts.drawing import Drawing
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.multiples import Panel, Panels
from nhr_dash.registry.periods import bucket_of, first_day
from nhr_dash.registry.steps import RATE, Step
from nhr_dash.registry.units import name_order
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, between, month, number, percent, period, points

ORDERS = ("bedre", "darligere", "navn")
_ROOM = (
    "(windowSize()[0] < 700 ? windowSize()[0] - 26 : min(windowSize()[0] - (windowSize()[0] < 768 ? 160 : 460), 1340))"
)
"""How wide the content of a page is: the window without the side bar and the margins, as style.css has them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A hospital in the list. ``change``: its lasting change in words or why it has no line, else empty; ``beyond``:
    what of it is beyond the others' change, with interval; ``side``: better, worse or none."""

    unit: int
    name: str
    own: bool
    change: str
    beyond: str
    yearly: str
    side: str


@dataclass(frozen=True)
class Answer:
    """What the view shows. ``drawing`` is None without a patient that may be shown.

    ``sentence``: who has changed; ``beside``: what chance does, and the largest changes.
    """

    sentence: str
    beside: str = ""
    drawing: Drawing | None = None
    lines: tuple[Line, ...] = ()
    patients: int = 0


def answer(found: Panels, own: int, order: str, subtitle: str, language: str) -> Answer:
    """Sort, say and draw. ``order``: one of :data:`ORDERS`; one's own hospital is first in all of them."""
    indicator = by_id(found.asked.indicator)
    direction = indicator.direction
    patients = sum(int(one.patients.sum()) for one in found.panels)
    if not patients:
        return Answer(t(language, "variation.no_patients"))
    panels = sorted(found.panels, key=lambda one: (one.unit != own, *_key(one, order, direction)))
    said, *beside = sentences(found, direction, language)
    drawing = pictures.build(
        [_drawn(one, own, direction, language) for one in panels],
        starts=found.starts,
        end=_after(found),
        provisional=found.provisional.tolist(),
        grain=found.grain,
        title=indicator.words(language).title,
        subtitle=f"{subtitle} · {t(language, f'chart.share_by.{found.grain}', k='')}",
        sentence=" ".join((said, *beside)),
        language=language,
        room=_ROOM,
        table=_table(found, panels, language),
    )
    lines = tuple(_line(one, own, direction, language) for one in panels)
    return Answer(said, " ".join(beside), drawing, lines, patients)


def side(change: Step | None, direction: int) -> str:
    """Better or worse than the others' change; ``none`` without a lasting one."""
    if change is None:
        return "none"
    return "better" if change.difference * direction > 0 else "worse"


def sentences(found: Panels, direction: int, language: str) -> list[str]:
    """How many have changed lastingly, how many would by chance, and the largest each way with its interval."""
    if not found.looked or found.until is None:
        return [t(language, "multiples.not_looked")]
    changed = [(one, one.change) for one in found.panels if one.inside and one.change is not None]
    sides = [side(change, direction) for _, change in changed]
    span = {
        "of": found.looked,
        "first": month(date(found.asked.first, 1, 1), language),
        "last": month(found.until - timedelta(days=1), language),
    }
    count = {"n": len(changed), "better": sides.count("better"), "worse": sides.count("worse")}
    said = [t(language, "multiples.some", **span, **count) if changed else t(language, "multiples.nobody", **span)]
    said.append(t(language, "multiples.chance", expected=number(found.looked * RATE, language), of=found.looked))
    for way in ("better", "worse"):
        largest = max(
            (pair for pair, its in zip(changed, sides, strict=True) if its == way),
            key=lambda pair: abs(pair[1].difference),
            default=None,
        )
        if largest is not None:
            said.append(t(language, f"multiples.largest_{way}", name=largest[0].name, **_told(largest[1], language)))
    return said


def _told(change: Step, language: str) -> dict[str, str]:
    return {
        "before": percent(change.before, language),
        "after": percent(change.after, language),
        "since": month(change.since, language),
        "points": points(change.difference, language),
        "interval": between(change.low, change.high, language),
    }


def _key(panel: Panel, order: str, direction: int) -> tuple[object, ...]:
    name = name_order(panel.name)
    if order == "navn":
        return (name,)
    way = direction if order == "bedre" else -direction
    step = panel.step
    if step is None:
        return (3, 0.0, name)
    # Lasting changes by their size, then the others by how clearly they lean; what was found the other way is last.
    if step.found:
        return (0 if step.difference * way > 0 else 2, -step.difference * way, name)
    return (1, -step.strength * way, name)


def _after(found: Panels) -> date:
    """The day after the last period."""
    return first_day(bucket_of(found.starts[-1], found.grain) + 1, found.grain)


def _why(panel: Panel, language: str) -> str:
    return t(language, f"multiples.why_{panel.why}") if panel.why else ""


def _yearly(panel: Panel, language: str) -> str:
    if panel.yearly != panel.yearly:
        return ""
    return t(language, "multiples.yearly", patients=t(language, "units.patient", n=round(panel.yearly)))


def _drawn(panel: Panel, own: int, direction: int, language: str) -> pictures.Panel:
    change = panel.change
    return pictures.Panel(
        unit=panel.unit,
        name=panel.name,
        values=panel.values.tolist(),
        patients=panel.patients.tolist(),
        said=_yearly(panel, language),
        why=_why(panel, language),
        change=None
        if change is None
        else pictures.Change(change.since, change.before, change.after, side(change, direction)),
        own=panel.unit == own,
    )


def _line(panel: Panel, own: int, direction: int, language: str) -> Line:
    change = panel.change
    told = None if change is None else _told(change, language)
    return Line(
        unit=panel.unit,
        name=panel.name,
        own=panel.unit == own,
        change=_why(panel, language) if told is None else t(language, "multiples.changed", **told),
        beyond="" if told is None else f"{told['points']} ({told['interval']})",
        yearly=DASH if panel.yearly != panel.yearly else number(panel.yearly, language),
        side=side(change, direction),
    )


def _table(found: Panels, panels: list[Panel], language: str) -> pandas.DataFrame:
    """A row a hospital, a column a period: the share and of how many; why a hospital has none."""
    rows = []
    for panel in panels:
        row = {t(language, "multiples.column_name"): panel.name}
        cells = zip(found.starts, panel.values, panel.patients, strict=True)
        for start, value, count in cells:
            known = f"{percent(value, language)} ({number(count, language)})" if count else DASH
            row[period(start, found.grain, language)] = known
        change = panel.change
        told = _why(panel, language) if change is None else t(language, "multiples.changed", **_told(change, language))
        rows.append(row | {t(language, "multiples.column_change"): told})
    return pandas.DataFrame(rows)
