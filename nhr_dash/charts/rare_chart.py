"""Patient by patient for what a share a month can't show: gaps between misses (G, T), and the CUSUM with its limits."""

import math
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from nhr_dash.charts import flags, layers, palette, parts
from nhr_dash.charts.drawing import Drawing, EndLabel, Marked, Plane, Ribbon, margins, milliseconds
from nhr_dash.charts.layers import Layer, Rows, at_x, at_y, chart, put
from nhr_dash.charts.run_chart import listed
from nhr_dash.statistics.rare import Followed
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def gaps(
    when: Sequence[datetime],
    values: Sequence[float],
    sides: Sequence[str],
    centers: Sequence[float],
    ribbon: Ribbon | None,
    *,
    kind: str,
    opened: bool,
    indicator: str,
    unit_name: str,
    misses: int,
    patients: int,
    signal: bool,
    false_alarm: str,
    events: Sequence[Marked] = (),
    synthetic: bool = False,
    language: str,
) -> Drawing:
    """Draw gaps between misses: one point a miss, at its admission (``when``), oldest first.

    ``kind``: g (patients since the miss before) or t (days). ``centers``: the line at each point. ``opened``: the last
    gap has not ended; it is drawn hollow. ``misses`` of ``patients`` didn't get it. ``signal``: the rules found
    something, maybe in the series as a whole and at no point; ``false_alarm``: a sentence on how often they are wrong.
    """
    words = [_length(value, kind, language) for value in values]
    rows: Rows = [
        {
            "t": milliseconds(moment),
            "day": moment.date().isoformat(),
            "v": value,
            "shape": palette.SIDE_SHAPE[side],
            "colour": palette.SIDE_COLOUR[side],
            "fill": palette.PAPER if opened and place == len(values) - 1 else palette.SIDE_COLOUR[side],
            "size": 62 if side == "none" else 105,
            "period": formats.day(moment, language),
            "value": word,
        }
        for place, (moment, value, side, word) in enumerate(zip(when, values, sides, words, strict=True))
    ]
    told = t(language, f"rare.counts_{kind}", misses=misses, patients=formats.number(patients, language))
    since = words[-1] if opened else _length(0, kind, language)
    title = t(language, f"rare.title_{kind}", indicator=indicator, since=since)
    said = f"{_said_of_gaps(signal, sides, centers, told, since, kind, language)} {false_alarm}".strip()
    labels = [_median(centers[-1], kind, language), *(ribbon.labels if ribbon else [])]
    most = max([*values, *(ribbon.values if ribbon else []), 4.0])
    plane = Plane(
        rows[0]["t"], max(rows[-1]["t"], rows[0]["t"] + 86_400_000), 0.0, most * 1.08, False, margins(labels, 0)
    )
    step = next((one for one in _STEPS if most / one <= 6), _STEPS[-1])
    grid = [float(value) for value in range(0, int(plane.high) + 1, step)]
    marked = flags.placed(events, plane, plane.end + 1)
    drawn: list[Layer] = [*flags.shading(marked), *parts.ribbon(ribbon, [row["t"] for row in rows], plane)]
    drawn.append(parts.grid(grid, plane))
    drawn += _centers(rows, centers, plane)
    drawn.append(_path(rows))
    tips = {"period": "period", f"gap_{kind}": "value"}
    drawn.append(layers.points(rows, plane, {"values": grid, "format": "d"}, tips, language))
    drawn += parts.end_labels(labels, plane)
    drawn += flags.layers(marked, plane, 18)
    notes = [t(language, f"rare.note_{kind}"), *([t(language, "rare.open")] if opened else [])]
    under = _subtitle(unit_name, when, patients, t(language, f"rare.what_{kind}"), synthetic, language)
    return Drawing(
        spec=parts.finish(drawn, [title], [under, " ".join(notes)], language),
        alt=t(language, "rare.alt", title=title, sentence=said),
        title=title,
        subtitle=under,
        sentence=said,
        events=listed(marked, language),
        table=_table_of_gaps(rows, sides, kind, opened, language),
    )


def cusum(
    when: Sequence[datetime],
    success: Sequence[bool],
    followed: Followed,
    *,
    indicator: str,
    unit_name: str,
    events: Sequence[Marked] = (),
    synthetic: bool = False,
    language: str,
) -> Drawing:
    """Draw a CUSUM both ways: up is better, down is worse. ``when`` and ``success``: the patients that are followed."""
    up, down = followed.better.value.tolist(), [-value for value in followed.worse.value]
    signals = {place: "better" for place in followed.better.signals} | {
        place: "worse" for place in followed.worse.signals
    }
    rows: Rows = []
    for place, (moment, got) in enumerate(zip(when, success, strict=True)):
        side = signals.get(place, "none")
        rows.append(
            {
                "t": milliseconds(moment),
                "day": moment.date().isoformat(),
                "v": down[place] if side == "worse" else up[place],
                "down": down[place],
                "up": up[place],
                "shape": palette.SIDE_SHAPE[side],
                "colour": palette.SIDE_COLOUR[side],
                "fill": palette.SIDE_COLOUR[side],
                "size": 8 if side == "none" else 105,
                "period": formats.moment(moment, language),
                "value": t(language, f"chart.table.{'yes' if got else 'no'}"),
            }
        )
    limits = {"better": followed.better_limit.h, "worse": -followed.worse_limit.h}
    labels = [
        EndLabel(
            at,
            t(language, f"rare.limit_{side}"),
            t(language, f"rare.limit_{side}_short"),
            palette.SIDE_COLOUR[side],
            True,
        )
        for side, at in limits.items()
    ]
    high, low = max(limits["better"], *up) * 1.12, min(limits["worse"], *down) * 1.12
    plane = Plane(rows[0]["t"], max(rows[-1]["t"], rows[0]["t"] + 86_400_000), low, high, False, margins(labels, 0))
    marked = flags.placed(events, plane, plane.end + 1)
    drawn: list[Layer] = [*flags.shading(marked), parts.grid([0.0], plane)]
    for side, at in limits.items():
        drawn.append(
            chart([{"v": at}])
            .mark_rule(color=palette.SIDE_COLOUR[side], strokeDash=[7, 4], strokeWidth=1.4)
            .encode(x=put("scale('x', domain('x')[0])"), x2=put(plane.inner), y=at_y())
        )
    for field in ("up", "down"):
        drawn.append(_path([{"t": row["t"], "v": row[field]} for row in rows]))
    tips = {"period": "period", "got_it": "value"}
    drawn.append(layers.points(rows, plane, {"values": []}, tips, language))
    drawn += parts.end_labels(labels, plane)
    drawn += flags.layers(marked, plane, 18)
    title, said = _said_of_cusum(when, signals, followed, indicator, language)
    under = _subtitle(unit_name, when, len(rows), t(language, "rare.what_cusum"), synthetic, language)
    return Drawing(
        spec=parts.finish(drawn, [title], [under, t(language, "rare.note_cusum")], language),
        alt=t(language, "rare.alt", title=title, sentence=said),
        title=title,
        subtitle=under,
        sentence=said,
        events=listed(marked, language),
        table=_table_of_cusum(rows, signals, language),
    )


def _length(value: float, kind: str, language: str) -> str:
    """So many patients or days, as a count word."""
    return t(language, "units.patient" if kind == "g" else "units.day", n=math.floor(value + 0.5))


def _median(value: float, kind: str, language: str) -> EndLabel:
    shown = formats.number(value, language)
    return EndLabel(
        value,
        t(language, "chart.median", value=shown),
        t(language, "chart.median_short", value=shown),
        palette.INK,
        True,
    )


def _said_of_gaps(
    signal: bool,
    sides: Sequence[str],
    centers: Sequence[float],
    told: str,
    since: str,
    kind: str,
    language: str,
) -> str:
    middle = _length(centers[-1], kind, language)
    lines = [told, t(language, "rare.usual", middle=middle), t(language, "rare.since", since=since)]
    marked = sum(side != "none" for side in sides)
    if marked:
        lines.append(t(language, "rare.marked", n=marked))
    else:
        lines.append(t(language, "rare.as_a_whole" if signal else "sentence.say.natural"))
    return " ".join(lines)


def _said_of_cusum(
    when: Sequence[datetime], signals: dict[int, str], followed: Followed, indicator: str, language: str
) -> tuple[str, str]:
    last = max(signals, default=None)
    state = "none" if last is None else signals[last]
    same = [place for place, side in signals.items() if side == state]
    day = formats.day(when[min(same)], language) if same else ""
    title = t(language, f"rare.cusum_{state}", indicator=indicator, day=day)
    counts = t(language, "units.of_patients", k=formats.number(followed.count, language), n=followed.patients)
    share = formats.percent(followed.count / followed.patients, language)
    lines = [
        t(language, f"rare.cusum_say_{state}", n=len(same), day=day),
        t(language, "rare.cusum_basis", share=share, counts=counts),
        t(language, "rare.cusum_alarm", share=formats.percent(followed.false_alarm, language, 1)),
    ]
    return title, " ".join(lines)


def _subtitle(unit: str, when: Sequence[datetime], patients: int, what: str, synthetic: bool, language: str) -> str:
    span = formats.days(when[0].date(), when[-1].date(), language)
    pieces = [unit, f"{what}, {span}", t(language, "units.patient", n=patients)]
    return " · ".join([*pieces, *([t(language, "chart.sample")] if synthetic else [])])


def _centers(rows: Rows, centers: Sequence[float], plane: Plane) -> list[Layer]:
    """The median, piece by piece where phases have their own; to the right edge at the end."""
    data: Rows = []
    for place, center in enumerate(centers):
        if data and data[-1]["v"] == center:
            data[-1]["t2"] = rows[place]["t"]
        else:
            data.append({"t": rows[place]["t"], "t2": rows[place]["t"], "v": center})
    if data:
        data[-1]["t2"] = plane.end
    look = chart(data).mark_rule(color=palette.INK, strokeWidth=2)
    return [look.encode(x=at_x(), x2=at_x("t2"), y=at_y())]


def _path(rows: Rows) -> Layer:
    pieces = [{"t": a["t"], "v": a["v"], "t2": b["t"], "v2": b["v"]} for a, b in pairwise(rows)]
    look = chart(pieces).mark_rule(color=palette.LINE, strokeWidth=1.6, strokeCap="round")
    return look.encode(x=at_x(), y=at_y(), x2=at_x("t2"), y2=at_y("v2"))


def _table_of_gaps(rows: Rows, sides: Sequence[str], kind: str, opened: bool, language: str) -> "pandas.DataFrame":
    import pandas

    marks = [t(language, "chart.table.by_rules") if side != "none" else "" for side in sides]
    if opened:
        marks[-1] = ", ".join(part for part in (t(language, "rare.not_ended"), marks[-1]) if part)
    return pandas.DataFrame(
        {
            t(language, "chart.table.period"): [row["period"] for row in rows],
            t(language, f"chart.table.gap_{kind}"): [row["value"] for row in rows],
            t(language, "chart.table.marks"): marks,
        }
    )


def _table_of_cusum(rows: Rows, signals: dict[int, str], language: str) -> "pandas.DataFrame":
    import pandas

    return pandas.DataFrame(
        {
            t(language, "chart.table.period"): [row["period"] for row in rows],
            t(language, "chart.table.got_it"): [row["value"] for row in rows],
            t(language, "rare.column_better"): [formats.number(row["up"], language, 1) for row in rows],
            t(language, "rare.column_worse"): [formats.number(-row["down"], language, 1) for row in rows],
            t(language, "chart.table.marks"): [
                t(language, f"rare.signal_{signals[place]}") if place in signals else "" for place in range(len(rows))
            ],
        }
    )
