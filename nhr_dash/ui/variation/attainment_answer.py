"""Levels of every indicator at many units in a year, said and drawn; and what stands out of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from statistics import median

import pandas

from nhr_dash.charts import attainment as pictures
from nhr_dash.charts.drawing import Drawing
from nhr_dash.registry.heat import YEARS, Cell, Heat, Row
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.units import name_order
from nhr_dash.statistics.variation.funnel import FEWEST_UNITS_FOR_SPREAD
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, between, listed, month, number, percent, percent_near

ORDERS = ("antall", "navn", "region")
_NAMES = 3
"""At most so many names in one sentence."""
_SIDE = {1: "better", -1: "worse", 0: "none"}


@dataclass(frozen=True)
class Answer:
    """What the view shows. ``drawing`` is None without a value that may be shown; ``beside``: what chance does, and
    one's own unit; ``rows``: the units in the order drawn."""

    sentence: str
    beside: tuple[str, ...] = ()
    drawing: Drawing | None = None
    rows: tuple[Row, ...] = ()
    patients: int = 0


def answer(found: Heat, order: str, subtitle: str, language: str) -> Answer:
    """Sort, say and draw. ``order``: one of :data:`ORDERS`."""
    cells = [cell for row in found.rows for cell in row.cells]
    if not any(cell.patients for cell in cells):
        return Answer(t(language, "variation.no_patients"))
    signals = found.asked.signals
    rows = tuple(sorted(found.rows, key=lambda row: _key(row, order)))
    sentence, *beside = _signals(found, language) if signals else _levels(found, language)
    heads = [head(one, language) for one in found.indicators]
    drawing = pictures.build(
        [_drawn(row, found, language) for row in rows],
        heads=heads,
        count=_over_counts(found.asked.year, language),
        signals=signals,
        title=t(language, "attainment.title_signals" if signals else "attainment.title_levels", year=found.asked.year),
        subtitle=subtitle,
        sentence=sentence,
        language=language,
        table=_table(found, rows, heads, language),
    )
    return Answer(sentence, (*beside, *_mine(found, language)), drawing, rows, sum(cell.patients for cell in cells))


def head(indicator: str, language: str) -> str:
    """An indicator's title without the words that all titles begin with."""
    title = by_id(indicator).words(language).title.removeprefix(t(language, "attainment.share_of"))
    return title[:1].upper() + title[1:]


def counted(count: tuple[int, int], language: str) -> str:
    """'10 av 12', a dash where nothing has a level."""
    return t(language, "attainment.of", high=count[0], of=count[1]) if count[1] else DASH


def change(row: Row, language: str) -> str:
    """'6 av 11 → 10 av 12': the year before and this."""
    return f"{counted(row.before, language)} → {counted(row.count, language)}"


def _over_counts(year: int, language: str) -> tuple[str, str]:
    return t(language, "attainment.count", before=year - 1, year=year), f"{(year - 1) % 100:02d}→{year % 100:02d}"


def _key(row: Row, order: str) -> tuple[object, ...]:
    name = name_order(row.name)
    if order == "antall":
        high, of = row.count
        return (-high, -high / of if of else 0.0, name)
    return (name_order(row.region), name) if order == "region" else (name,)


def _levels(found: Heat, language: str) -> list[str]:
    """The middle unit, the most and the fewest at high, and how many levels chance could have moved."""
    rows = [row for row in found.rows if row.inside and row.count[1]]
    if not rows:
        return [t(language, "attainment.no_levels")]
    counts = [row.count[0] for row in rows]
    words = {
        "units": t(language, f"attainment.units_{found.asked.level}"),
        "year": found.asked.year,
        "middle": number(median(counts), language, 0 if median(counts) % 1 == 0 else 1),
        "of": max(row.count[1] for row in rows),
        "most": max(counts),
        "fewest": min(counts),
        "most_names": _names([row for row in rows if row.count[0] == max(counts)], found.asked.level, language),
        "fewest_names": _names([row for row in rows if row.count[0] == min(counts)], found.asked.level, language),
    }
    levels = [cell for row in rows for cell in row.cells if cell.level]
    doubtful = sum(cell.other is not None for cell in levels)
    return [
        t(language, "attainment.say_levels", **words),
        t(language, "attainment.doubtful", n=doubtful, of=len(levels)),
    ]


def _names(rows: list[Row], level: str, language: str) -> str:
    """Up to three names; how many, where there are more."""
    if len(rows) > _NAMES:
        return t(language, f"attainment.several_{level}", n=len(rows))
    return listed([row.name for row in rows], language)


def _signals(found: Heat, language: str) -> list[str]:
    """How many values stand out each way, how many would by chance, and where most do."""
    rows = [row for row in found.rows if row.inside]
    cells = [cell for row in rows for cell in row.cells if cell.patients]
    ways = Counter(cell.outside for cell in cells)
    year = found.asked.year
    said = [
        t(
            language,
            "attainment.say_signals",
            year=year,
            n=ways[1] + ways[-1],
            of=len(cells),
            better=ways[1],
            worse=ways[-1],
            expected=number(found.expected, language, 0 if found.expected >= 1 else 1),
        )
    ]
    spread = Counter(cell.indicator for cell in cells if cell.outside)
    if spread:
        indicator, n = spread.most_common(1)[0]
        shares = [(cell, row) for row in rows for cell in row.cells if cell.indicator == indicator and cell.patients]
        low, high = (which(shares, key=lambda pair: pair[0].share) for which in (min, max))
        values = {
            f"{name}{part}": text
            for name, (cell, row) in (("low", low), ("high", high))
            for part, text in (
                ("", row.name),
                ("_value", percent(cell.share, language)),
                ("_interval", between(cell.low, cell.high, language)),
            )
        }
        said.append(t(language, "attainment.most_spread", indicator=head(indicator, language), n=n, **values))
    if found.asked.level == "hospital":
        lasting = Counter(cell.change for cell in cells)
        count = {"better": lasting[1], "worse": lasting[-1], "n": lasting[1] + lasting[-1]}
        said.append(t(language, "attainment.lasting", first=year - YEARS + 1, **count))
    else:
        said.append(t(language, "attainment.no_steps"))
    if len(rows) < FEWEST_UNITS_FOR_SPREAD:
        said.append(t(language, "funnel.few_for_spread"))
    return said


def _mine(found: Heat, language: str) -> list[str]:
    """One's own unit: its count this year and the last."""
    row = next((row for row in found.rows if row.mine), None)
    if row is None:
        return [t(language, "attainment.no_own", units=t(language, f"attainment.units_{found.asked.level}"))]
    said = t(
        language,
        "attainment.own",
        name=row.name,
        before=counted(row.before, language),
        before_year=found.asked.year - 1,
        count=counted(row.count, language),
        year=found.asked.year,
    )
    return [said] if row.inside else [said, t(language, "attainment.beside", name=row.name)]


def _drawn(row: Row, found: Heat, language: str) -> pictures.Row:
    short = f"{row.before[0] if row.before[1] else DASH}→{row.count[0] if row.count[1] else DASH}"
    cells = [_cell(cell, found.asked.year, signals=found.asked.signals, language=language) for cell in row.cells]
    return pictures.Row(row.unit, row.name, cells, (change(row, language), short), row.mine)


def _cell(cell: Cell, year: int, *, signals: bool, language: str) -> pictures.Cell:
    known = cell.patients > 0
    limits = by_id(cell.indicator).levels_on(date(year, 12, 31))
    # With as many decimals as show on which side of a limit it is.
    value = percent_near(cell.share, None if limits is None else (limits.high, limits.moderate), language)
    value = value if known else ""
    full = ""
    if known:
        full = t(
            language,
            "attainment.value",
            value=value,
            interval=between(cell.low, cell.high, language),
            patients=t(language, "units.patient", n=cell.patients),
        )
    return pictures.Cell(
        indicator=cell.indicator,
        level=cell.level or "",
        doubtful=cell.other is not None,
        outside=_SIDE[cell.outside],
        change=_SIDE[cell.change],
        value=value,
        tips=(full or DASH, says(cell, signals=signals, language=language)),
    )


def says(cell: Cell, *, signals: bool, language: str) -> str:
    """What a cell says in words: its level or what stands out, else why not."""
    if not cell.patients:
        return t(language, f"attainment.why_{cell.why or 'none'}")
    if not signals:
        if cell.level is None:
            return t(language, "attainment.few")
        word = t(language, f"overview.level_{cell.level}")
        if cell.other is None:
            return word
        return t(language, "overview.level_may_be", level=word, other=t(language, f"overview.level_{cell.other}"))
    told = [t(language, f"attainment.outside_{_SIDE[cell.outside]}")]
    if cell.since is not None:
        since = month(cell.since, language)
        told.append(t(language, f"attainment.change_{_SIDE[cell.change]}", since=since))
    return ", ".join(told)


def _table(found: Heat, rows: tuple[Row, ...], heads: list[str], language: str) -> pandas.DataFrame:
    """A row a unit: each value with what it says, and the counts."""
    signals = found.asked.signals
    lines = []
    for row in rows:
        line = {t(language, "attainment.tip_unit"): row.name}
        for name, cell in zip(heads, row.cells, strict=True):
            words = says(cell, signals=signals, language=language)
            line[name] = f"{percent(cell.share, language)} {words}" if cell.patients else words
        line[t(language, "attainment.high_in", year=found.asked.year - 1)] = counted(row.before, language)
        line[t(language, "attainment.high_in", year=found.asked.year)] = counted(row.count, language)
        lines.append(line)
    return pandas.DataFrame(lines)
