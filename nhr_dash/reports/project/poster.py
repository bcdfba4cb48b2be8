"""A project on one page, set by typst: for the wall (A3) or the meeting (A4).

Letters are never smaller than can be read. What has no room is cut with an ellipsis, and the page says
that the rest stands in the Word report.
"""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nhr_dash.charts import palette
from nhr_dash.reports import export
from nhr_dash.reports.letters import drawable
from nhr_dash.reports.project.content import Report
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import listed

Paper = Literal["a3", "a4"]
_TEMPLATE = Path(__file__).resolve().parent / "page.typ"
_COLOURS = {
    "ink": palette.INK,
    "muted": palette.MUTED,
    "line": palette.AXIS,
    "aim": palette.BAND,
    "obstacle": palette.NATIONAL,
}


@dataclass(frozen=True, slots=True)
class Step:
    """How a page is filled: letters in points, drawings (1: largest letters; wider is flatter), characters of a
    text, cycles."""

    size: float
    flat: float
    longest: int
    cycles: int = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper: its columns of words, the points across it, the smallest letter, and the pixels of its drawings:
    narrow, so that their letters can be read where they hang. ``steps`` from the most room to the least,
    ``tight`` when that is not enough."""

    upright: bool
    columns: int
    width: float
    least: float
    pixels: Mapping[str, float]
    steps: tuple[Step, ...]
    tight: tuple[Step, ...]


_CUT = ((150, 30), (120, 30), (90, 15), (60, 6))
"""Characters of a text and cycles, where most has to go."""
_SHEETS: dict[Paper, Sheet] = {
    "a3": Sheet(
        upright=False,
        columns=3,
        width=1105,
        least=10,
        pixels={"chart": 690, "measures": 530},
        steps=(Step(17, 1, 500), Step(15, 1, 500), Step(13.5, 1, 450), Step(12.5, 1.1, 400), Step(11.5, 1.15, 300)),
        tight=(Step(11.5, 1.15, 240), Step(11.5, 1.15, 190), *(Step(11.5, 1.2, *rest) for rest in _CUT)),
    ),
    "a4": Sheet(
        upright=True,
        columns=2,
        width=521,
        least=7,
        pixels={"chart": 760, "measures": 460},
        steps=(Step(11, 1, 500), Step(10, 1, 500), Step(9, 1, 450), Step(8.5, 1.1, 400), Step(8, 1.2, 300)),
        tight=(Step(8, 1.2, 240), Step(8, 1.2, 190), *(Step(8, 1.2, *rest) for rest in _CUT)),
    ),
}
_LETTER = 12
"""Pixels of the smallest letter in a drawing."""
_OBSTACLES, _BESIDE = 3, 8
"""Obstacles that are shown; cycles and texts that have room beside the small charts on an upright page."""
_SPACES = re.compile(r"[ \t\r\n]+")
"""Not the spaces that hold a number and its sign together."""
_UNBROKEN = re.compile(r"\S{31,}")


def pdf(report: Report, paper: Paper) -> bytes:
    """The page: with as many of its pictures as have room, in the largest letters with which everything has room."""
    import typst

    sheet = _SHEETS[paper]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        below = _diagrams(report, sheet, here)
        template = here / "page.typ"
        template.write_text(_TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        compiler = typst.Compiler(str(template), folder, [str(export.FONTS)], True)

        def fits(step: Step, shown: Sequence[str]) -> bool:
            for name in report.drawings:
                _draw(report, name, round(sheet.pixels[name] * step.flat), here)
            data = {"paper": paper, "colours": _COLOURS, **page_data(report, step, sheet, shown, below)}
            (here / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
            return bool(json.loads(compiler.query("<pages>", field="value", one=True)) == 1)

        fits(*_best(sheet, [*report.drawings, *below], fits))
        made = compiler.compile(format="pdf")
        if not isinstance(made, bytes):
            raise TypeError("typst made no single file")
        return made


def _best(sheet: Sheet, names: Sequence[str], fits: Any) -> tuple[Step, tuple[str, ...]]:
    """The step and the pictures: the diagrams go before texts are cut short, the small charts after that."""
    diagrams = ("drivers", "ramp")
    for wanted, steps in (
        ((), sheet.steps),
        (("ramp",), sheet.steps),
        (diagrams, sheet.steps + sheet.tight),
        ((*diagrams, "measures"), sheet.steps + sheet.tight),
    ):
        shown = tuple(name for name in names if name not in wanted)
        if not fits(steps[-1], shown):
            continue
        low, high = 0, len(steps) - 1
        while low < high:
            middle = (low + high) // 2
            if fits(steps[middle], shown):
                high = middle
            else:
                low = middle + 1
        return steps[low], shown
    return sheet.tight[-1], ()


def _draw(report: Report, name: str, width: int, folder: Path) -> None:
    """A drawing at a width in pixels; drawn once."""
    place = folder / f"{name}-{width}.svg"
    if not place.exists():
        svg = export.bare(report.drawings[name], "svg", width).decode("utf-8")
        place.write_text(drawable(svg), encoding="utf-8")


def _diagrams(report: Report, sheet: Sheet, folder: Path) -> dict[str, float]:
    """Write the diagrams whose letters can be read at the page's width; their widths in points."""
    below = {}
    for name, svg in report.svgs.items():
        across = re.search(r'width="([\d.]+)"', svg)
        natural = float(across[1]) if across else sheet.width
        width = min(natural * sheet.least * 1.1 / _LETTER, sheet.width)
        if width / natural * _LETTER >= 0.85 * sheet.least:
            below[name] = width
            (folder / f"{name}.svg").write_text(drawable(svg), encoding="utf-8")
    return below


def page_data(
    report: Report, step: Step, sheet: Sheet, shown: Sequence[str], below: dict[str, float]
) -> dict[str, object]:
    """What the page says, as data: every text cut to its length and in letters that can be drawn."""
    cut = False

    def brief(text: str, longest: int = step.longest) -> str:
        nonlocal cut
        short = shortened(drawable(text), longest)
        cut = cut or short.endswith("…")
        return _UNBROKEN.sub(lambda word: _breakable(word[0]), short)

    def word(key: str, **values: object) -> str:
        return t(report.language, f"project_report.{key}", **values)

    cycles = [
        {
            "title": brief(f"{row[0]} · {row[1]}", min(step.longest, 120)),
            "about": " · ".join(piece for piece in row[2:4] if piece),
            "decided": row[6],
            "text": brief(row[5]),
        }
        for row in report.cycles[-step.cycles :]
    ]
    said = [{"title": word("lesson_on_poster"), "text": brief(" ".join(report.lessons))}] if report.lessons else []
    names = {(int(row[0]), row[1]) for row in report.cycles}
    # A flag that has its cycle's number is explained by the cycle.
    flags = (
        [one for one in report.drawings["chart"].events if (one[0], one[2]) not in names] if "chart" in shown else []
    )
    if report.roles:
        said.append({"title": word("team_on_poster"), "text": brief(listed(report.roles, report.language))})
    below_pictures, beside_pictures = _placed(cycles, said, sheet, shown)
    data = {
        "lang": report.language,
        "size": step.size,
        "pictures": {
            name: f"{name}-{round(sheet.pixels[name] * step.flat)}.svg" for name in report.drawings if name in shown
        },
        "title": brief(report.title, 200),
        "subtitle": brief(report.subtitle, 160),
        "aim": brief(report.aim, max(step.longest, 250)),
        "verdict": brief(report.verdict, 1000),
        "obstacle": f"{word('obstacle')}:",
        "obstacles": [brief(one, min(step.longest, 250)) for one in report.obstacles[:_OBSTACLES]],
        "no_cycles": "" if cycles else word("no_cycles"),
        "flags": [f"({number}) {when}: {brief(text, 80)}" for number, when, text in flags],
        "columns": _columns(below_pictures, sheet.columns),
        "aside": beside_pictures,
        "left_out": word("cycles_left", n=len(report.cycles) - len(cycles)) if len(report.cycles) > len(cycles) else "",
        "below": [{"name": name, "width": width} for name, width in below.items() if name in shown],
    }
    notes = [(drawable(name), brief(value, 600)) for name, value in report.notes]
    return {**data, "notes": [*notes, (word("shortened"), word("rest_in_word"))] if cut else notes}


def _placed(
    cycles: list[dict[str, str]], said: list[dict[str, str]], sheet: Sheet, shown: Sequence[str]
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What stands in columns below the pictures, and what stands in the room beside them."""
    every = [*cycles, *said]
    if not shown or (sheet.upright and "measures" not in shown):
        return every, []
    if "measures" not in shown or (sheet.upright and len(every) <= _BESIDE):
        return [], every
    return cycles, said


def shortened(text: str, longest: int) -> str:
    """The text on one line, cut between words with an ellipsis where it is longer."""
    line = _SPACES.sub(" ", text).strip()
    if len(line) <= longest:
        return line
    head, _, _ = line[:longest].rpartition(" ")
    # A word that alone is longer is cut inside.
    return (head if len(head) > longest / 2 else line[: longest - 1]).rstrip(" .,;:–-") + "…"


def _breakable(word: str) -> str:
    """A very long word with places where a line may end, so that it stays in its column."""
    return "\u200b".join(word[place : place + 20] for place in range(0, len(word), 20))


def _columns(blocks: Sequence[dict[str, str]], most: int) -> list[list[dict[str, str]]]:
    """The blocks in order, in columns of about the same length."""
    weights = [3 + len(one["text"]) / 55 for one in blocks]
    columns: list[list[dict[str, str]]] = [[] for _ in range(min(most, max(len(blocks), 1)))]
    filled = 0.0
    for block, weight in zip(blocks, weights, strict=True):
        place = int((filled + weight / 2) / sum(weights) * len(columns))
        columns[place].append(block)
        filled += weight
    return columns
