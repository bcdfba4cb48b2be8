"""Units × indicators as a grid of symbols: levels, or what stands out; at the right how many are high."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nhr_dash.charts import palette, parts
from nhr_dash.charts.drawing import NARROW, Drawing
from nhr_dash.charts.layers import Layer, Rows, chart, put
from nhr_dash.charts.wrap import lines, measure
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    import pandas

PICK = "cell"
"""The selection that a click on a cell makes: its rows hold ``unit`` and ``indicator``."""
_ROW, _HEAD = 25, 176
_LEFT, _RIGHT = (88, 168), (52, 150)
"""Pixels for the names and for the counts on a narrow and on a wide screen."""
_VALUES = 62
"""From this width of a column (px) on, the value stands beside its symbol; from half of it a heading has two lines."""
_ARROW = "M0,-1L0.8,0L0.3,0L0.3,1L-0.3,1L-0.3,0L-0.8,0Z"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it is drawn. ``level``: high, moderate, low, or empty; ``doubtful``: it may be another; ``outside``
    and ``change``: better, worse or none; ``value``: as it is written; ``tips``: what a pointer over it reads."""

    indicator: str
    level: str
    doubtful: bool
    outside: str
    change: str
    value: str
    tips: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A unit as it is drawn; ``count``: how many are high, long and short; ``own``: marked."""

    unit: int
    name: str
    cells: Sequence[Cell]
    count: tuple[str, str]
    own: bool = False


def build(
    rows: Sequence[Row],
    *,
    heads: Sequence[str],
    count: tuple[str, str],
    signals: bool,
    title: str,
    subtitle: str,
    sentence: str,
    language: str,
    table: "pandas.DataFrame",
) -> Drawing:
    """The grid in the order given. ``heads``: the indicators; ``count``: what stands over the counts, long and short;
    ``signals``: what stands out instead of levels."""
    height = _HEAD + len(rows) * _ROW
    spec = parts.finish(_layers(rows, heads, count, signals, language), [title], [subtitle], language, height)
    alt = t(language, "attainment.alt", title=title, units=len(rows), indicators=len(heads), sentence=sentence)
    return Drawing(spec, alt, title, subtitle, sentence, (), table)


def _layers(
    rows: Sequence[Row], heads: Sequence[str], count: tuple[str, str], signals: bool, language: str
) -> list[Layer]:
    left, right = (f"(width < {NARROW} ? {narrow} : {wide})" for narrow, wide in (_LEFT, _RIGHT))
    column = f"((width - {left} - {right}) / {max(len(heads), 1)})"
    centre = f"({left} + (datum.c + 0.5) * {column})"
    y = put("datum.y")
    names: Rows = [
        {
            "y": _HEAD + (index + 0.5) * _ROW,
            "top": _HEAD + index * _ROW,
            "name": row.name,
            "long": row.count[0],
            "short": row.count[1],
            "own": row.own,
        }
        for index, row in enumerate(rows)
    ]
    columns: Rows = [{"c": index, "one": _cut(head, 1), "two": _cut(head, 2)} for index, head in enumerate(heads)]
    edges = [*names, {"top": _HEAD + len(rows) * _ROW}]
    found = [
        chart([one for one in names if one["own"]])
        .mark_rect(color=palette.RAMP)
        .encode(x=put("0"), x2=put("width"), y=put("datum.top"), y2=put(f"datum.top + {_ROW}")),
        chart([{"top": one["top"]} for one in edges])
        .mark_rule(color=palette.GRID)
        .encode(x=put("0"), x2=put("width"), y=put("datum.top")),
        chart(columns)
        .mark_text(angle=270, align="left", baseline="middle", fontSize=palette.SMALL, lineHeight=14)
        .encode(
            x=put(f"{centre} - ({column} >= {_VALUES / 2} ? 7 * (length(datum.two) - 1) : 0)"),
            y=put(str(_HEAD - 8)),
            text=put(f"{column} >= {_VALUES / 2} ? datum.two : datum.one"),
        ),
        chart(names)
        .mark_text(align="left", baseline="middle", limit={"expr": f"{left} - 6"})
        .encode(
            x=put("4"),
            y=y,
            text=put("datum.name"),
            size=put(f"width < {NARROW} ? {palette.SMALL} : {palette.BODY}"),
        ),
        chart(names)
        .mark_text(align="right", baseline="middle")
        .encode(
            x=put("width - 4"),
            y=y,
            text=put(f"width < {NARROW} ? datum.short : datum.long"),
            size=put(f"width < {NARROW} ? {palette.SMALL} : {palette.BODY}"),
        ),
        chart([{"long": count[0], "short": count[1]}])
        .mark_text(align="right", baseline="bottom", fontSize=palette.SMALL, color=palette.MUTED)
        .encode(x=put("width - 4"), y=put(str(_HEAD - 8)), text=put(f"width < {NARROW} ? datum.short : datum.long")),
    ]
    marks = _marks(rows, signals)
    found.append(
        chart(marks)
        .mark_point(opacity=1, strokeWidth=1.6)
        .encode(
            x=put(f"{centre} - ({column} >= {_VALUES} ? 18 : 0) + datum.move"),
            y=y,
            shape=put("datum.shape"),
            fill=put("datum.fill"),
            stroke=put("datum.colour"),
            size=put("datum.size"),
            angle=put("datum.turn"),
        )
    )
    cells = [(index, place, row, cell) for index, row in enumerate(rows) for place, cell in enumerate(row.cells)]
    written = [{"c": place, "y": _HEAD + (index + 0.5) * _ROW, "v": cell.value} for index, place, _, cell in cells]
    found.append(
        chart([one for one in written if one["v"]])
        .mark_text(align="left", baseline="middle", fontSize=palette.SMALL, color=palette.MUTED)
        .encode(x=put(f"{centre} - 6"), y=y, text=put("datum.v"), opacity=put(f"{column} >= {_VALUES} ? 1 : 0"))
    )
    hits = [
        {
            "c": place,
            "y": _HEAD + index * _ROW,
            "unit": str(row.unit),
            "indicator": cell.indicator,
            "name": row.name,
            "head": heads[place],
            "a": cell.tips[0],
            "b": cell.tips[1],
        }
        for index, place, row, cell in cells
    ]
    found.append(_clicked(hits, left, column, language))
    return found


def _clicked(hits: Rows, left: str, column: str, language: str) -> Layer:
    """An unseen rectangle over each cell: what a pointer reads, and what a click chooses."""
    tips = [
        {"field": field, "type": "nominal", "title": t(language, f"attainment.tip_{name}")}
        for field, name in (("name", "unit"), ("head", "indicator"), ("a", "value"), ("b", "says"))
    ]
    return {
        "data": {"values": hits},
        "mark": {"type": "rect", "opacity": 0, "cursor": "pointer"},
        "params": [{"name": PICK, "select": {"type": "point", "fields": ["unit", "indicator"], "toggle": False}}],
        "encoding": {
            "x": put(f"{left} + datum.c * {column}"),
            "x2": put(f"{left} + (datum.c + 1) * {column}"),
            "y": put("datum.y"),
            "y2": put(f"datum.y + {_ROW}"),
            "tooltip": tips,
        },
    }


def _cut(head: str, most: int) -> list[str]:
    """A heading on at most so many lines; what is cut stands under a pointer and in the table."""
    found = lines(head, _HEAD - 24, palette.SMALL)
    if len(found) <= most:
        return found
    rest = " ".join(found[most - 1 :])
    # Letter by letter: of several headings that begin alike, the word that differs must be seen.
    while measure(f"{rest}…", palette.SMALL) > _HEAD - 16:
        rest = rest[:-1]
    return [*found[: most - 1], f"{rest.rstrip()}…"]


def _marks(rows: Sequence[Row], signals: bool) -> Rows:
    """The symbols: shape and colour say the same."""
    found: Rows = []
    for index, row in enumerate(rows):
        for place, cell in enumerate(row.cells):
            at = {"c": place, "y": _HEAD + (index + 0.5) * _ROW}
            found += [at | look for look in (_standing_out(cell) if signals else _level(cell))]
    return found


def _level(cell: Cell) -> list[dict[str, Any]]:
    if not cell.level:
        return [_few(cell)]
    colour = palette.LEVEL_COLOUR[cell.level]
    fill = palette.PAPER if cell.doubtful else colour
    return [_look(palette.LEVEL_SHAPE[cell.level], colour, fill, 95 if cell.level == "low" else 80)]


def _standing_out(cell: Cell) -> list[dict[str, Any]]:
    if not cell.value:
        return [_few(cell)]
    found = []
    if cell.outside != "none":
        colour = palette.SIDE_COLOUR[cell.outside]
        found.append(_look(palette.SIDE_SHAPE[cell.outside], colour, colour, 95))
    if cell.change != "none":
        colour = palette.SIDE_COLOUR[cell.change]
        found.append(_look(_ARROW, colour, colour, 95) | {"turn": 0 if cell.change == "better" else 180})
    if len(found) == 2:
        found = [found[0] | {"move": -5}, found[1] | {"move": 5}]
    return found or [_look("circle", palette.LINE_EARLY, palette.LINE_EARLY, 14)]


def _few(cell: Cell) -> dict[str, Any]:
    """Few patients: a small grey dot; nothing that may be shown: a grey stroke."""
    return _look("circle" if cell.value else "stroke", palette.LINE, palette.LINE, 16 if cell.value else 40)


def _look(shape: str, colour: str, fill: str, size: int) -> dict[str, Any]:
    return {"shape": shape, "colour": colour, "fill": fill, "size": size, "move": 0, "turn": 0}
