"""A drawing as a file: picture, numbers, or both, each with what it takes to make it again.

Everything that leaves the screen carries its stamp: data version, patients, rules, baseline, the
link to the view, and that it is sample data where it is.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from nhr_dash.charts import palette
from nhr_dash.charts.drawing import Drawing
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, days

Format = Literal["png", "svg", "csv", "xlsx"]
WIDTH = 1200
"""Pixels of an exported picture before scaling; it fills a slide and an A4 page across."""
_SCALE = 2.0
FONTS = Path(__file__).resolve().parent.parent / "charts" / "fonts"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an export says of itself. ``baseline`` is None where the whole series is its own baseline;
    ``exclusions`` are (first day, last day, reason); ``method`` names chart and rules
    where they are not the ordinary ones; ``link`` reopens the view. ``of_series``: a chart over time with rules and a
    baseline; a comparison of units has neither.
    """

    data_version: int
    newest: date | None
    patients: int
    link: str
    synthetic: bool
    baseline: tuple[date, date] | None = None
    exclusions: tuple[tuple[date, date, str], ...] = ()
    method: str = ""
    of_series: bool = True


def stamp_rows(stamp: Stamp, language: str) -> list[tuple[str, str]]:
    """The stamp as pairs of name and value."""

    def name(key: str) -> str:
        return t(language, f"export.{key}")

    rows = [(name("sample"), t(language, "chart.sample"))] if stamp.synthetic else []
    rows += [
        (name("data"), t(language, "export.data_value", version=stamp.data_version, day=day(stamp.newest, language))),
        (name("patients"), t(language, "units.patient", n=stamp.patients)),
    ]
    if stamp.method or stamp.of_series:
        rows.append((name("rules"), stamp.method or name("rules_value")))
    if stamp.of_series:
        rows.append((name("baseline"), _baseline(stamp, language)))
    rows += [(name("excluded"), f"{days(first, last, language)}: {reason}") for first, last, reason in stamp.exclusions]
    return [*rows, (name("link"), stamp.link)]


def _baseline(stamp: Stamp, language: str) -> str:
    if stamp.baseline is None:
        return t(language, "export.baseline_all")
    return days(*stamp.baseline, language)


def filename(drawing: Drawing, unit: str, extension: Format) -> str:
    """A name that every system takes: no spaces or signs, at most 80 letters, Norwegian letters kept."""
    words = "".join(c if c.isalnum() else " " for c in f"{unit} {drawing.title.split(':')[0]}").split()
    return "-".join(words).lower()[:80] + f".{extension}"


def picture(drawing: Drawing, stamp: Stamp, language: str, kind: Literal["png", "svg"]) -> bytes:
    """The drawing as PNG (twice the size, for print) or SVG, with the stamp and the events under it."""
    return _rendered(stamped(drawing, stamp, language), kind)


def bare(drawing: Drawing, kind: Literal["png", "svg"], width: int) -> bytes:
    """The drawing alone, for a paper that carries the stamp and the list of events itself."""
    return _rendered({**drawing.spec, "width": width}, kind)


def svg_to_png(svg: str) -> bytes:
    """An SVG picture as PNG, in the shipped typeface."""
    return _converter().svg_to_png(svg, scale=_SCALE)


def _rendered(spec: dict[str, Any], kind: Literal["png", "svg"]) -> bytes:
    converter = _converter()
    if kind == "svg":
        return converter.vegalite_to_svg(spec, vl_version=_vega_lite()).encode("utf-8")
    return converter.vegalite_to_png(spec, vl_version=_vega_lite(), scale=_SCALE)


def stamped(drawing: Drawing, stamp: Stamp, language: str) -> dict[str, Any]:
    """The spec at a fixed width with its events and its stamp as text under the plot."""
    from nhr_dash.charts import parts
    from nhr_dash.charts.layers import put
    from nhr_dash.charts.wrap import lines

    notes = [f"({number}) {when}: {text}" for number, when, text in drawing.events]
    notes.append(" · ".join(f"{name}: {value}" for name, value in stamp_rows(stamp, language)))
    broken = [line for note in notes for line in lines(note, WIDTH - 40, palette.SMALL)]
    layer = {
        "data": {"values": [{"note": broken}]},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "top",
            "lineHeight": 16,
            "color": palette.MUTED,
            "fontSize": palette.SMALL,
        },
        "encoding": {
            "x": put("0"),
            "y": put(str(drawing.spec.get("height", -parts.BELOW) + parts.BELOW)),
            "text": put("datum.note"),
        },
    }
    padding = {"left": 20, "right": 20, "top": 16, "bottom": 16}
    if "layer" not in drawing.spec:
        return _under_each_other(drawing, layer, padding)
    return {
        **drawing.spec,
        "layer": [*drawing.spec["layer"], layer],
        "width": WIDTH,
        "padding": padding,
        "autosize": {"type": "pad", "contains": "content"},
    }


def _under_each_other(drawing: Drawing, notes: dict[str, Any], padding: dict[str, int]) -> dict[str, Any]:
    """A drawing of several plots, which can't hold title and notes inside, between them."""
    from nhr_dash.charts.wrap import lines

    own = ("$schema", "config", "padding")
    height = 16 * len(notes["data"]["values"][0]["note"])
    subtitle = [line for text in (drawing.subtitle, drawing.sentence) for line in lines(text, WIDTH - 40, palette.BODY)]
    return {
        **{name: drawing.spec[name] for name in own},
        "padding": padding,
        "title": {"text": drawing.title, "subtitle": subtitle},
        "vconcat": [
            {name: value for name, value in drawing.spec.items() if name not in own},
            {**notes, "width": WIDTH - 40, "height": height},
        ],
    }


def csv(drawing: Drawing, stamp: Stamp, language: str) -> bytes:
    """The drawn numbers as text: the stamp in lines that begin with #, then the table.

    Semicolons and a byte-order mark, because Norwegian Excel opens such a file as columns.
    """
    head = [drawing.title, drawing.sentence, *(f"{name}: {value}" for name, value in stamp_rows(stamp, language))]
    head += [f"{number}: {when}: {text}" for number, when, text in drawing.events]
    comments = "".join(f"# {' '.join(line.split())}\r\n" for line in head)
    table = _plain(drawing).to_csv(sep=";", index=False, lineterminator="\r\n")
    return ("\ufeff" + comments + table).encode("utf-8")


def excel(drawing: Drawing, stamp: Stamp, language: str) -> bytes:
    """A workbook: the numbers on the first sheet, the finding, the events and the stamp on the second."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    numbers = book.worksheets[0]
    numbers.title = t(language, "export.sheet_numbers")
    table = _plain(drawing)
    numbers.append(list(table.columns))
    for row in table.itertuples(index=False):
        numbers.append([str(value) for value in row])
    for cell in numbers[1]:
        cell.font = Font(bold=True)
    numbers.freeze_panes = "A2"
    about = book.create_sheet(t(language, "export.sheet_about"))
    rows = [(t(language, "export.finding"), drawing.title), ("", drawing.sentence), ("", drawing.subtitle)]
    rows += stamp_rows(stamp, language)
    rows += [(t(language, "export.event", number=number), f"{when}: {text}") for number, when, text in drawing.events]
    for name, value in rows:
        about.append([_harmless(name), _harmless(value)])
        about.cell(about.max_row, 2).alignment = Alignment(wrap_text=True, vertical="top")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 22, 100
    for column in numbers.columns:
        numbers.column_dimensions[column[0].column_letter].width = 4 + max(len(str(cell.value)) for cell in column)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def export(drawing: Drawing, stamp: Stamp, language: str, kind: Format) -> bytes:
    """The drawing as a file of the asked kind. KeyError for an unknown one."""
    makers: dict[str, Callable[[], bytes]] = {
        "png": lambda: picture(drawing, stamp, language, "png"),
        "svg": lambda: picture(drawing, stamp, language, "svg"),
        "csv": lambda: csv(drawing, stamp, language),
        "xlsx": lambda: excel(drawing, stamp, language),
    }
    return makers[kind]()


def _plain(drawing: Drawing) -> Any:
    """The table as it is shown, with nothing in it that a spreadsheet would run."""
    return drawing.table.map(_harmless).rename(columns=_harmless)


def _harmless(value: object) -> str:
    """Text that a spreadsheet must not take for a formula: titles of events are typed by people."""
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else text


@cache
def _converter() -> Any:
    """vl-convert with the shipped typeface; imported late (it starts a JavaScript engine), registered once."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


@cache
def _vega_lite() -> str:
    """The newest Vega-Lite that vl-convert knows."""
    versions: list[str] = _converter().get_vegalite_versions()
    return max(versions, key=lambda version: tuple(int(part) for part in version.split(".")))
