"""Year by year: what coverage and the published results can be judged by, and how many indicators stand at high."""

import math
from dataclasses import dataclass
from datetime import date

import streamlit as st
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.charts import symbols
from nhr_dash.registry import attainment, series
from nhr_dash.registry.indicators import by_id
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import minutes, number, percent, points
from nhr_dash.ui import caches, choices
from nhr_dash.ui.before_after.asked import Asked
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.image import image


@dataclass(frozen=True)
class Years:
    """One indicator a year: (year, written value, patients) in order, and the change from before to after in words."""

    rows: tuple[tuple[int, str, int], ...]
    sentence: str


def read(
    connection: Connection, scope: Scope, unit: int, indicator_id: str, changed_on: date, language: str
) -> Years | None:
    """The yearly values of an indicator; None where there are none. The year before the change is its baseline."""
    indicator = by_id(indicator_id)
    frame = series.series(connection, scope, series.Question(unit, indicator_id, "year", None, None)).frame
    known = frame[(frame["denominator"] > 0) & frame["value"].notna()]
    if known.empty:
        return None
    write = minutes if indicator.is_duration else percent
    rows = [
        (start.year, write(float(value), language), int(n))
        for start, value, n in zip(known["start"], known["value"], known["denominator"], strict=True)
    ]
    earlier = known[known["start"].dt.year < changed_on.year]
    before = earlier.iloc[-1] if len(earlier) else known.iloc[0]
    last = known.iloc[-1]
    values = {
        "title": indicator.words(language).title,
        "before": write(float(before["value"]), language),
        "before_year": before["start"].year,
        "after": write(float(last["value"]), language),
        "after_year": last["start"].year,
    }
    said = t(language, "before_after.years", **values)
    if not indicator.is_duration:
        change = points(float(last["value"] - before["value"]), language)
        said = t(language, "before_after.years_points", said=said, points=change)
    return Years(tuple(rows), said)


def draw(page: Frame, asked: Asked) -> None:
    """The yearly sentence and its numbers."""
    lang = page.language
    with caches.reading(page.version) as connection:
        found = read(connection, page.scope, page.unit, asked.indicator, asked.window.changed_on, lang)
    if found is None:
        st.info(t(lang, "before_after.empty"))
        return
    st.markdown(f"#### {found.sentence}")
    heads = [t(lang, f"before_after.years_{name}") for name in ("year", "value", "patients")]
    cells = [[str(row[0]) for row in found.rows], [row[1] for row in found.rows]]
    cells.append([number(row[2], lang) for row in found.rows])
    st.table(dict(zip(heads, cells, strict=True)), hide_index=True, alt=found.sentence)


def levels(page: Frame, asked: Asked) -> None:
    """How many of the registry's own indicators were at high attainment in one year and in another, and which."""
    lang = page.language
    newest = caches.data_basis(page.version, page.unit).newest
    if newest is None:
        return
    years = [str(year) for year in range(2012, newest.year + 1)]
    left, right = st.columns(2)
    before = asked.window.changed_on.year - 1
    with left:
        first = choices.ask(
            st.selectbox, "aar1", t(lang, "before_after.level_year_before"), years, str(max(before, 2012))
        )
    with right:
        second = choices.ask(st.selectbox, "aar2", t(lang, "before_after.level_year_after"), years, years[-1])
    with caches.reading(page.version) as connection:
        sides = [attainment.attained(connection, page.scope, [page.unit], int(year)) for year in (first, second)]
    st.markdown(f"**{said(sides, first, second, lang)}**")
    held = [{one.indicator: one for one in side} for side in sides]
    rows = dict.fromkeys([*held[1], *held[0]])
    body = "".join(
        f"<tr><td>{by_id(one).words(lang).title}</td>"
        + "".join(f"<td>{_cell(side.get(one), lang)}</td>" for side in held)
        + "</tr>"
        for one in rows
    )
    head = "".join(f"<th scope='col'>{text}</th>" for text in (t(lang, "before_after.level_indicator"), first, second))
    st.html(f"<table class='nhr-levels'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    st.caption(t(lang, "before_after.level_note"))


def said(sides: "list[tuple[attainment.Attained, ...]]", first: str, second: str, language: str) -> str:
    """'Høy måloppnåelse på 6 av 11 indikatorer i 2020 og 10 av 12 i 2021.'"""
    high = [sum(one.level == "high" for one in side) for side in sides]
    counts = [sum(one.level is not None for one in side) for side in sides]
    return t(
        language,
        "before_after.level_said",
        high_before=high[0],
        of_before=counts[0],
        before=first,
        high_after=high[1],
        of_after=counts[1],
        after=second,
    )


def _cell(one: attainment.Attained | None, language: str) -> str:
    if one is None or math.isnan(one.share):
        return "–"
    value = percent(one.share, language)
    if one.level is None:
        return f"{value} ({t(language, 'before_after.level_few')})"
    return f"{image(symbols.level(one.level))} {value} {t(language, f'overview.level_{one.level}')}"
