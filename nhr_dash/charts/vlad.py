"""What happened against what was expected, patient by patient: VLAD, and risk-adjusted CUSUM with its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import layers, palette, parts
from nhr_dash.charts.drawing import Drawing, EndLabel, Plane, margins, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart, put
from nhr_dash.statistics.cusum import RiskAdjusted
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

MOST = 700
"""Patients that are drawn one by one; of more, the last of each week."""
_WEEK, _DAY = 7 * 86_400_000, 86_400_000
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of. ``missed``: what is counted, in words, such as *døde innen 30 dager*."""

    unit_name: str
    missed: str
    years: str
    synthetic: bool
    language: str

    def under(self, patients: int, what: str) -> str:
        """The subtitle."""
        pieces = [self.unit_name, what, self.years, t(self.language, "units.patient", n=patients)]
        return " · ".join([*pieces, *([t(self.language, "chart.sample")] if self.synthetic else [])])


def vlad(
    when: Sequence[datetime],
    missed: Sequence[float],
    expected: Sequence[float],
    gained: Sequence[float],
    patients: int,
    subject: Subject,
) -> Drawing:
    """Draw expected minus observed, added up: rising is fewer than expected. One value a patient, or a month.

    ``missed`` and ``expected``: how many, in each step.
    """
    lang = subject.language
    seen, foreseen = sum(missed), sum(expected)
    title = t(
        lang,
        f"survival.vlad_{_side(foreseen - seen)}",
        unit=subject.unit_name,
        count=formats.number(abs(foreseen - seen), lang),
        missed=subject.missed,
    )
    said = t(
        lang,
        "survival.vlad_said",
        missed=subject.missed,
        seen=formats.number(seen, lang),
        expected=formats.number(foreseen, lang),
        patients=t(lang, "units.patient", n=patients),
    )
    rows = _rows(when, gained, (), lang)
    plane = _plane(rows, [0.0], [EndLabel(0.0, *_words("as_expected", lang), palette.INK, True)])
    step = next((one for one in _STEPS if (plane.high - plane.low) / one <= 7), _STEPS[-1])
    ticks = [float(at) for at in range(round(plane.low / step) * step, round(plane.high) + 1, step)]
    drawn = [
        parts.grid([at for at in ticks if plane.low <= at <= plane.high], plane),
        _level(0.0, palette.INK, [1, 0], plane),
        _path(rows, palette.DOT),
        layers.points(_shown(rows), plane, {"values": ticks, **_SIGNED}, _TIPS, lang),
        *parts.end_labels([EndLabel(0.0, *_words("as_expected", lang), palette.INK, True)], plane),
    ]
    under = subject.under(patients, t(lang, "survival.vlad_what"))
    return Drawing(
        spec=parts.finish(drawn, [title], [under, t(lang, "survival.vlad_note", missed=subject.missed)], lang),
        alt=t(lang, "survival.vlad_alt", title=title, sentence=said),
        title=title,
        subtitle=under,
        sentence=said,
        events=(),
        table=_months(when, {"seen": missed, "expected": expected}, {"gained": gained}, lang),
    )


def cusum(when: Sequence[datetime], found: RiskAdjusted, patients: int, subject: Subject) -> Drawing:
    """Draw the CUSUM both ways: up is fewer than expected, down is more. One value a patient."""
    lang = subject.language
    up, down = found.fewer.value.tolist(), [-value for value in found.more.value]
    signals = {place: "better" for place in found.fewer.signals} | {place: "worse" for place in found.more.signals}
    limits = {"better": found.fewer_limit.h, "worse": -found.more_limit.h}
    labels = [
        EndLabel(at, *_words(f"limit_{side}", lang), palette.SIDE_COLOUR[side], True) for side, at in limits.items()
    ]
    rows = {"up": _rows(when, up, signals, lang), "down": _rows(when, down, signals, lang)}
    ends = [1.12 * one for one in (max(limits["better"], *up), min(limits["worse"], *down))]
    plane = _plane(rows["up"] + rows["down"], ends, labels)
    marked = [
        row | {"v": (down if signals[row["at"]] == "worse" else up)[row["at"]]} | _look(signals[row["at"]])
        for row in rows["up"]
        if row["at"] in signals
    ]
    # The scales belong to the points; without a signal one that isn't seen holds them.
    empty = {"t": plane.start, "v": 0.0, "day": "", "period": "", "value": "", **_look("none"), "size": 0}
    drawn: list[Layer] = [
        parts.grid([0.0], plane),
        *(_level(at, palette.SIDE_COLOUR[side], [7, 4], plane) for side, at in limits.items()),
        *(_path(some, palette.LINE) for some in rows.values()),
        layers.points(marked or [empty], plane, {"values": []}, {"period": "period"}, lang),
        *parts.end_labels(labels, plane),
    ]
    last = max(signals, default=None)
    state = "none" if last is None else signals[last]
    day = "" if last is None else formats.day(when[last], lang)
    title = t(lang, f"survival.cusum_{state}", unit=subject.unit_name, missed=subject.missed, day=day)
    alarm = found.fewer_limit.false_alarm + found.more_limit.false_alarm
    said = t(lang, "survival.cusum_said", n=len(signals), alarm=formats.percent(alarm, lang, 1))
    under = subject.under(patients, t(lang, "survival.cusum_what"))
    return Drawing(
        spec=parts.finish(drawn, [title], [under, t(lang, "survival.cusum_note")], lang),
        alt=t(lang, "survival.vlad_alt", title=title, sentence=said),
        title=title,
        subtitle=under,
        sentence=said,
        events=(),
        table=_signals(when, signals, lang),
    )


_SIGNED = {"format": "+d", "labelExpr": "datum.value === 0 ? '0' : datum.label"}
_TIPS = {"period": "period", "gained": "value"}


def _side(difference: float) -> str:
    """Fewer than expected, more, or as many, in whole patients."""
    return "same" if abs(difference) < 0.5 else "fewer" if difference > 0 else "more"


def _words(name: str, language: str) -> tuple[str, str]:
    return t(language, f"survival.{name}"), t(language, f"survival.{name}_short")


def _look(side: str) -> dict[str, Any]:
    colour = palette.SIDE_COLOUR[side]
    return {"shape": palette.SIDE_SHAPE[side], "colour": colour, "fill": colour, "size": 8 if side == "none" else 105}


def _rows(when: Sequence[datetime], values: Sequence[float], keep: Any, language: str) -> Rows:
    """A row a patient; of many, the last of each week and those to be kept."""
    rows: Rows = []
    for place, (moment, value) in enumerate(zip(when, values, strict=True)):
        at = milliseconds(moment)
        row = {
            "at": place,
            "t": at,
            "day": moment.date().isoformat(),
            "v": round(value, 3),
            "period": formats.day(moment, language),
            "value": formats.signed(value, language, 1),
            **_look("none"),
        }
        same_week = bool(rows) and rows[-1]["t"] // _WEEK == at // _WEEK
        if len(values) > MOST and same_week and rows[-1]["at"] not in keep:
            rows[-1] = row
        else:
            rows.append(row)
    return rows


def _shown(rows: Rows) -> Rows:
    """The points that a pointer finds: the last of each month."""
    return [row for row, after in pairwise(rows) if row["day"][:7] != after["day"][:7]] + rows[-1:]


def _plane(rows: Rows, heights: Sequence[float], labels: Sequence[EndLabel]) -> Plane:
    values = [*(row["v"] for row in rows), *heights]
    room = max(1.0, max(values) - min(values)) * 0.05
    start, end = rows[0]["t"], max(rows[-1]["t"], rows[0]["t"] + _DAY)
    return Plane(start, end, min(values) - room, max(values) + room, False, margins(labels, 0))


def _level(at: float, colour: str, dash: list[int], plane: Plane) -> Layer:
    rule = chart([{"v": at}]).mark_rule(color=colour, strokeDash=dash, strokeWidth=1.4)
    return rule.encode(x=put("scale('x', domain('x')[0])"), x2=put(plane.inner), y=at_y())


def _path(rows: Rows, colour: str) -> Layer:
    pieces: Rows = [{"t": a["t"], "v": a["v"], "t2": b["t"], "v2": b["v"]} for a, b in pairwise(rows)]
    look = chart(pieces).mark_rule(color=colour, strokeWidth=1.7, strokeCap="round")
    return look.encode(x=at_x(), y=at_y(), x2=at_x("t2"), y2=at_y("v2"))


def _months(
    when: Sequence[datetime], sums: dict[str, Sequence[float]], last: dict[str, Sequence[float]], language: str
) -> "pandas.DataFrame":
    """A row a month: what came in it, and where the sum stood at its end."""
    import pandas

    frame = pandas.DataFrame({**sums, **last})
    grouped = frame.groupby(pandas.DatetimeIndex(list(when)).to_period("M").to_timestamp())
    found = grouped[list(sums)].sum().join(grouped[list(last)].last())
    decimals = {"seen": 0, "expected": 1, "gained": 1}
    cells = {
        t(language, f"survival.column_{name}"): [formats.number(value, language, decimals[name]) for value in column]
        for name, column in found.items()
    }
    months = [formats.month(month, language) for month in found.index]
    return pandas.DataFrame({t(language, "chart.table.period"): months, **cells})


def _signals(when: Sequence[datetime], signals: dict[int, str], language: str) -> "pandas.DataFrame":
    import pandas

    places = sorted(signals)
    return pandas.DataFrame(
        {
            t(language, "chart.table.period"): [formats.day(when[place], language) for place in places],
            t(language, "chart.table.marks"): [t(language, f"survival.limit_{signals[place]}") for place in places],
        }
    )
