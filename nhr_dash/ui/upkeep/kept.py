"""Every indicator with levels: hospitals at each level over the years, and how well it tells them apart."""

from html import escape

import streamlit as st

from nhr_dash.charts import stacked, symbols
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.upkeep import LEVELS, WITH_LEVELS, Counts, Kept
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent
from nhr_dash.ui import caches_variation, choices
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.image import image

YEAR = "aar"


def ask_year(page: Frame) -> int | None:
    """The year that is judged; None, with a sentence, where no indicator has any."""
    lang = page.language
    known = sorted({year for one in WITH_LEVELS for year in caches_variation.years_of(page.version, one)})
    final = [caches_variation.newest_final(page.version, one) for one in WITH_LEVELS]
    newest = min((year for year in final if year is not None), default=None)
    if newest is None:
        st.info(t(lang, "upkeep.no_data"))
        return None
    codes = [str(year) for year in reversed(known)]
    code = choices.code(YEAR)
    if code and code not in codes:
        st.warning(t(lang, "upkeep.wrong_year", year=code[:10], shown=newest))
    with st.columns((1, 4))[0]:
        year = int(choices.ask(st.selectbox, YEAR, t(lang, "upkeep.year"), codes, str(newest)))
    if year > newest:
        st.caption(t(lang, "variation.not_final", year=year))
    return year


def draw(page: Frame, year: int) -> None:
    """The finding in a sentence, and a row an indicator."""
    lang = page.language
    rows = [caches_variation.kept(page.version, one, year) for one in WITH_LEVELS]
    for at, line in enumerate(sentences(rows, year, lang)):
        st.markdown(line if at else f"#### {line}")
    heads = [t(lang, f"upkeep.head_{name}", year=year) for name in ("indicator", "years", "now", "between", "verdict")]
    head = "".join(f"<span role='columnheader'>{escape(text)}</span>" for text in heads)
    body = "".join(_row(one, lang) for one in rows)
    st.html(
        f"<div role='table' aria-label='{escape(t(lang, 'upkeep.title'))}'>"
        f"<div class='nhr-kept nhr-head' role='row'>{head}</div>{body}</div>"
    )
    st.caption(t(lang, "upkeep.counted", least=max(by_id(one).min_denominator for one in WITH_LEVELS)))
    st.caption(t(lang, "upkeep.low_is"))


def sentences(rows: list[Kept], year: int, language: str) -> list[str]:
    """How many tell hospitals apart, and why the others don't."""
    judged = [one for one in rows if one.verdict != "few"]
    alike = [one for one in judged if one.verdict == "alike"]
    chance = [one for one in judged if one.verdict == "chance"]
    well = len(judged) - len(alike) - len(chance)
    told = [t(language, "upkeep.said", well=well, of=len(judged), year=year)]
    if alike:
        most = max(alike, key=lambda one: getattr(one.now, one.most) / one.now.all)
        title = by_id(most.indicator).words(language).title
        told.append(t(language, "upkeep.said_alike", n=len(alike), title=title, **_at(most, language)))
    if chance:
        told.append(t(language, "upkeep.said_chance", n=len(chance)))
    return told


def counts_said(counts: Counts, language: str) -> str:
    """'17 høy, 26 moderat, 2 lav'."""
    return t(language, "upkeep.counts", high=counts.high, moderate=counts.moderate, low=counts.low)


def _at(one: Kept, language: str) -> dict[str, object]:
    level = t(language, f"overview.level_{one.most}")
    return {"count": getattr(one.now, one.most), "all": one.now.all, "level": level}


def _row(one: Kept, language: str) -> str:
    title = by_id(one.indicator).words(language).title
    cells = [escape(title), _years(one, title, language), _now(one.now, language), *_judged(one, language)]
    inside = "".join(f"<span role='cell'>{cell}</span>" for cell in cells)
    return f"<div class='nhr-kept' role='row'>{inside}</div>"


def _years(one: Kept, title: str, language: str) -> str:
    if not one.counts:
        return ""
    first, last = one.counts[0], one.counts[-1]
    alt = t(
        language,
        "upkeep.years_alt",
        title=title,
        first=first.year,
        first_counts=counts_said(first, language),
        last=last.year,
        last_counts=counts_said(last, language),
    )
    return image(stacked.build([(each.year, each.high, each.moderate, each.low) for each in one.counts], alt), alt)


def _now(counts: Counts, language: str) -> str:
    return " ".join(
        f"<span class='nhr-level'>{image(symbols.level(name))} {getattr(counts, name)} "
        f"{escape(t(language, f'overview.level_{name}'))}</span>"
        for name in LEVELS
    )


def _judged(one: Kept, language: str) -> tuple[str, str]:
    verdict = t(language, f"upkeep.verdict_{one.verdict}", **_at(one, language))
    strong = escape(verdict) if one.verdict == "few" else f"<strong>{escape(verdict)}</strong>"
    if one.between is None:
        return "", strong
    spread = t(
        language,
        "upkeep.between",
        value=number(one.between.estimate * 100, language, 1),
        low_high=between(one.between.low, one.between.high, language, 1),
    )
    share = t(language, "upkeep.rankability", share=percent(one.rankability, language))
    return f"{escape(spread)}<small>{escape(share)}</small>", strong
