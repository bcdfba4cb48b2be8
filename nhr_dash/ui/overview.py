"""The rows of *Oversikt*: numbers from the registry, judged by the statistics, written in a language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection

from nhr_dash import disclosure
from nhr_dash.access import Scope
from nhr_dash.charts import sparkline, symbols
from nhr_dash.registry import across, attainment, indicators, series
from nhr_dash.registry.indicator import Indicator, Levels, Target
from nhr_dash.statistics import attention
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, day, minutes, month, number, percent, percent_near, points, signed
from nhr_dash.ui.image import image

MONTHS = 24
MOST_TO_LOOK_AT = 3
LAST_PATIENTS = 10
LEVELS = ("low", "moderate", "high")
SECTIONS = ("registry", "pathway", "national")
COLUMNS = ("level", "now", "target", "trend", "change", "signal")


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator, written: the cells are HTML, the sentence is plain text.

    ``one_by_one``: its last patients stand there in their order.
    """

    indicator: str
    section: str
    title: str
    cells: tuple[str, ...]
    order: tuple[float, ...]
    sentence: str | None
    better: bool
    one_by_one: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """All rows, what needs attention first; at most three of them stand out.

    ``together``: how many indicators were judged at once. ``withheld``: those of which nothing may be shown;
    ``yearly``: those of which only a whole year may; ``partly``: are months hidden in the others?
    """

    rows: tuple[Row, ...]
    stand_out: tuple[Row, ...]
    until: date | None
    low_coverage: tuple[int, float] | None = None
    together: int = 0
    withheld: int = 0
    yearly: int = 0
    partly: bool = False


def read(connection: Connection, scope: Scope, unit: int, language: str) -> Overview:
    """Every indicator that the unit has patients in during the last two years before its provisional weeks."""
    newest = series.newest_admission(connection)
    if newest is None:
        return Overview((), (), None)
    monthly = series.overview(connection, scope, unit, months=MONTHS)
    latest = series.latest(connection, scope, unit, LAST_PATIENTS)
    today = newest.date()
    judged, hidden = [], []
    for indicator in indicators.INDICATORS:
        if indicator.is_coverage or indicator.is_duration or _superseded(indicator, today):
            continue
        own = monthly[monthly["indicator"] == indicator.id]
        if own["denominator"].sum() == 0:
            if own["hidden"].any():
                hidden.append(indicator)
            continue
        found = attention.standing(
            own["numerator"].to_numpy(float), own["denominator"].to_numpy(float), indicator.direction
        )
        judged.append((indicator, own, found))
    out = attention.stands_out(np.array([found.p for _, _, found in judged]))
    rows = [
        _row(indicator, own, found, bool(stands), latest.get(indicator.id, ()), today, language)
        for (indicator, own, found), stands in zip(judged, out, strict=True)
    ]
    rows.sort(key=lambda row: row.order)
    yearly = _whole_years(connection, scope, unit, hidden, today, language)
    rows += yearly + _yearly_and_minutes(connection, scope, unit, today, language)
    stand_out = tuple(row for row in rows if row.sentence)[:MOST_TO_LOOK_AT]
    partly = any(own["hidden"].any() for _, own, _ in judged)
    withheld = len(hidden) - len(yearly)
    low = _low_coverage(connection, unit)
    return Overview(tuple(rows), stand_out, today, low, len(judged), withheld, len(yearly), partly)


def left_out(found: Overview, language: str) -> str:
    """What isn't shown of another unit, in a sentence or two; empty where all is."""
    said = [t(language, "overview.months_hidden")] if found.partly else []
    if found.yearly:
        said.append(t(language, "overview.only_years", count=found.yearly))
    if found.withheld:
        said.append(t(language, "overview.withheld", count=found.withheld))
    return " ".join(said)


def _superseded(indicator: Indicator, today: date) -> bool:
    """True where the goal has moved to another indicator and nothing is left to hold the figure against."""
    return indicator.levels_on(today) is None and indicator.target_on(today) is None


def _row(
    indicator: Indicator,
    own: pandas.DataFrame,
    found: attention.Standing,
    stands_out: bool,
    latest: tuple[bool, ...],
    today: date,
    language: str,
) -> Row:
    levels, target = indicator.levels_on(today), indicator.target_on(today)
    worse = found.change.estimate * indicator.direction < 0
    enough = found.denominator >= indicator.min_denominator
    level, level_cell = (
        _level(levels, target, found, language) if enough else (None, t(language, "overview.level_none"))
    )
    title = indicator.words(language).title
    return Row(
        indicator=indicator.id,
        section=indicator.sets[0].name,
        title=title,
        cells=(
            level_cell,
            _now(found, levels, target, indicator.min_denominator, own["month"].iloc[-1], language),
            _target(levels, target, language),
            image(sparkline.trend(own["numerator"].to_numpy(float), own["denominator"].to_numpy(float))),
            _change(found, language),
            _signal(found, latest, language),
        ),
        # First what stands out and is worse, then what stands out and is better, then the lowest level.
        order=(0 if stands_out and worse else 1 if stands_out else 2, LEVELS.index(level) if level else 3, found.p),
        sentence=_sentence(title, found, worse, language) if stands_out else None,
        better=not worse,
        one_by_one=found.signal is None and bool(latest),
    )


def _limits(levels: Levels | None, target: Target | None) -> list[float]:
    return [*([levels.high, levels.moderate] if levels else []), *([target.value] if target else [])]


def _now(
    found: attention.Standing,
    levels: Levels | None,
    target: Target | None,
    fewest: int,
    last: pandas.Timestamp,
    language: str,
) -> str:
    if not found.denominator:
        return t(language, "overview.no_data")
    counted = t(
        language,
        "overview.patients",
        numerator=number(found.numerator, language),
        denominator=number(found.denominator, language),
    )
    if found.denominator < fewest:
        return f"{counted}<small>{t(language, 'overview.too_few', min=fewest)}</small>"
    value = percent_near(found.now.estimate, _limits(levels, target), language)
    uncertain = t(
        language,
        "overview.interval",
        low=number(found.now.low * 100, language),
        high=percent(found.now.high, language),
        last=month(last, language, short=True),
    )
    return f"<strong>{value}</strong> ({counted})<small>{uncertain}</small>"


def _level(
    levels: Levels | None, target: Target | None, found: attention.Standing, language: str
) -> tuple[str | None, str]:
    if levels is None:
        return None, _goal(target, found, language)
    level = levels.of(found.now.estimate)
    others = [other for other in (levels.of(found.now.high), levels.of(found.now.low)) if other != level]
    word = t(language, f"overview.level_{level}")
    if others:
        word = t(language, "overview.level_may_be", level=word, other=t(language, f"overview.level_{others[0]}"))
    return level, f"{image(symbols.level(level, hollow=bool(others)))} {word}"


def _goal(target: Target | None, found: attention.Standing, language: str) -> str:
    """Where there are no levels: is the goal reached, as far as can be told?"""
    if target is None:
        return t(language, "overview.level_none")
    told = {target.reached(found.now.low), target.reached(found.now.high)}
    key = "near" if len(told) > 1 else "reached" if told.pop() else "not_reached"
    return t(language, f"overview.goal_{key}")


def _target(levels: Levels | None, target: Target | None, language: str) -> str:
    if target is not None:
        return f"{'&gt;' if target.strict else '≥'} {percent(target.value, language)}"
    if levels is not None:
        return f"≥ {percent(levels.high, language)}"
    return t(language, "overview.no_target")


def _change(found: attention.Standing, language: str) -> str:
    if found.change.estimate != found.change.estimate:
        return t(language, "overview.no_change_known")
    low, high = signed(found.change.low * 100, language), signed(found.change.high * 100, language)
    interval = t(language, "overview.change_interval", low=low, high=high)
    return f"{signed(found.change.estimate * 100, language)} <small>{interval}</small>"


def _signal(found: attention.Standing, latest: tuple[bool, ...], language: str) -> str:
    if found.signal is None:
        if not latest:
            return t(language, "overview.signal_few")
        told = t(language, "overview.last_ten", count=len(latest), done=sum(latest))
        return f"{image(sparkline.last_patients(latest))}<small>{told}</small>"
    key = {1: "better", -1: "worse", 0: "none"}[found.signal]
    word = t(language, f"overview.signal_{key}")
    return f"{image(symbols.side(key))} {word}" if found.signal else word


def _sentence(title: str, found: attention.Standing, worse: bool, language: str) -> str:
    change = found.change
    clear = change.low > 0 or change.high < 0
    if clear:
        return t(
            language,
            "overview.reason_down" if change.estimate < 0 else "overview.reason_up",
            title=title,
            before=percent(found.before, language),
            now=percent(found.now.estimate, language),
            change=points(change.estimate, language),
            interval=between(change.low, change.high, language),
        )
    return t(
        language,
        "overview.reason_run_worse" if worse else "overview.reason_run_better",
        title=title,
        count=found.longest,
        now=percent(found.now.estimate, language),
    )


def _whole_years(
    connection: Connection, scope: Scope, unit: int, hidden: Sequence[Indicator], today: date, language: str
) -> list[Row]:
    """The newest whole year of another unit's indicators whose months may not be shown; left out where it may not."""
    rows = []
    for indicator in hidden:
        year = across.newest_final(connection, indicator.id) or today.year
        found = across.by_year(connection, scope, indicator, [unit], year, year)
        if found.empty or found["why"].iloc[0]:
            continue
        share, patients = float(found["value"].iloc[0]), int(found["denominator"].iloc[0])
        levels, target = indicator.levels_on(date(year, 12, 31)), indicator.target_on(date(year, 12, 31))
        level = attainment.level(indicator, share, patients, date(year, 12, 31))
        none = t(language, "overview.level_none")
        counted = t(
            language,
            "overview.patients",
            numerator=number(float(found["numerator"].iloc[0]), language),
            denominator=number(patients, language),
        )
        value = percent_near(share, _limits(levels, target), language)
        cells = (
            f"{image(symbols.level(level))} {t(language, f'overview.level_{level}')}" if level else none,
            f"<strong>{value}</strong> ({counted})<small>{year}</small>",
            _target(levels, target, language),
            "",
            none,
            none,
        )
        title = indicator.words(language).title
        rows.append(Row(indicator.id, indicator.sets[0].name, title, cells, (3.0,), None, better=False))
    return rows


def _yearly_and_minutes(connection: Connection, scope: Scope, unit: int, today: date, language: str) -> list[Row]:
    """Coverage (a share a year, no patient rows) and durations (a median in minutes)."""
    rows = []
    for indicator in indicators.INDICATORS:
        if indicator.is_coverage:
            cells = _coverage_cells(connection, unit, indicator, today, language)
        elif indicator.is_duration:
            cells = _minutes_cells(connection, scope, unit, indicator, today, language)
        else:
            continue
        if cells:
            title = indicator.words(language).title
            rows.append(Row(indicator.id, indicator.sets[0].name, title, cells, (4.0,), None, better=False))
    return rows


def _low_coverage(connection: Connection, unit: int) -> tuple[int, float] | None:
    """The newest known coverage (year, share) where it is too low to trust the figures."""
    known = series.coverage(connection, unit)
    if known.empty or not disclosure.low_coverage(known["share"].iloc[-1]):
        return None
    return int(known["year"].iloc[-1]), float(known["share"].iloc[-1])


def _coverage_cells(
    connection: Connection, unit: int, indicator: Indicator, today: date, language: str
) -> tuple[str, ...] | None:
    known = series.coverage(connection, unit)
    if known.empty:
        return None
    share, year = float(known["share"].iloc[-1]), int(known["year"].iloc[-1])
    levels = indicator.levels_on(today)
    level = levels.of(share) if levels else None
    change = share - float(known["share"].iloc[-2]) if len(known) > 1 else float("nan")
    none = t(language, "overview.level_none")
    return (
        f"{image(symbols.level(level))} {t(language, f'overview.level_{level}')}" if level else none,
        f"<strong>{percent_near(share, _limits(levels, None), language)}</strong><small>{year}</small>",
        _target(levels, None, language),
        image(sparkline.trend(known["share"].to_numpy(float), np.ones(len(known)))),
        none if np.isnan(change) else signed(change * 100, language),
        none,
    )


def _minutes_cells(
    connection: Connection, scope: Scope, unit: int, indicator: Indicator, today: date, language: str
) -> tuple[str, ...] | None:
    start = date(today.year - 2, today.month, 1)
    found = series.series(
        connection, scope, series.Question(unit=unit, indicator=indicator.id, grain="year", start=start, end=None)
    ).frame
    found = found[found["denominator"] > 0]
    if found.empty:
        return None
    last = found.iloc[-1]
    none = t(language, "overview.level_none")
    counted = t(language, "overview.median_of", count=number(int(last["denominator"]), language))
    return (
        none,
        f"<strong>{minutes(float(last['minutes_median']), language)}</strong><small>{counted}</small>",
        t(language, "overview.no_target"),
        image(sparkline.trend(found["minutes_median"].to_numpy(float), np.ones(len(found)))),
        none,
        none,
    )


def by_section(found: Overview) -> dict[str, list[Row]]:
    """The rows under the set each indicator belongs to; sections without rows are left out."""
    return {section: rows for section in SECTIONS if (rows := [row for row in found.rows if row.section == section])}


def head(language: str) -> str:
    """The headings over the cells, as HTML."""
    return "".join(f"<span>{one}</span>" for one in _heads(language))


def cells(row: Row, language: str) -> str:
    """A row's cells as HTML, each with its heading for screens where the headings are out of sight."""
    pairs = zip(_heads(language), row.cells, strict=True)
    return "".join(f'<span data-head="{one}">{cell}</span>' for one, cell in pairs)


def _heads(language: str) -> list[str]:
    return [t(language, f"overview.column_{name}") for name in COLUMNS]


def subtitle(unit_name: str, found: Overview, language: str) -> str:
    """What the page shows, where and until when, and that coverage is low where it is."""
    told = t(language, "overview.subtitle", unit=unit_name, day=day(found.until, language))
    if found.low_coverage is None:
        return told
    year, share = found.low_coverage
    return f"{told}  \n{t(language, 'overview.low_coverage', year=year, share=percent(share, language))}"
