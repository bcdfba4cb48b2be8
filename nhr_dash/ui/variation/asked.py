"""What is compared: the choices that the views of *Variasjon* share, in one row, in the title and in the link."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nhr_dash.registry.across import Asked
from nhr_dash.registry.groups import KINDS, LEVELS, SIZES, Level
from nhr_dash.registry.indicators import INDICATORS, by_id
from nhr_dash.registry.parts import PARTS
from nhr_dash.text import formats
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, caches_variation, choices
from nhr_dash.ui.frame import Frame

OWN = ("indikator", "aar1", "aar2", "nivaa", "gruppe", "utvalg")
DEFAULT = "hjerneslag_inn_enhet"
EVERYBODY = "alle"
IDS = tuple(one.id for one in INDICATORS if not one.is_duration)
CATEGORIES = {f"{part.id}:{code}": (part.id, code) for part in PARTS.values() for code in part.categories}


def ask(
    page: Frame, *, default: str = DEFAULT, years: bool = True, level: bool = True, part: bool = True, back: int = 0
) -> Asked | None:
    """The choices as a person has made them; None, with a sentence, where there is nothing to compare.

    A view that has no use for years, levels or parts of the patients leaves those out. ``back``: see
    :func:`ask_years`.
    """
    lang = page.language
    row = st.columns((5, 1.4, 1.4, 1.6), vertical_alignment="bottom")
    with row[0]:
        indicator = ask_indicator(page, default)
    if years:
        chosen = ask_years(page, indicator, (row[1], row[2]), back)
    else:
        newest = caches_variation.newest_final(page.version, indicator)
        chosen = None if newest is None else (newest, newest)
    if chosen is None:
        if not years:
            st.info(t(lang, "variation.no_data"))
        return None
    chosen_level: Level = "hospital"
    category = EVERYBODY
    with row[3].popover(t(lang, "variation.more"), width="stretch"):
        if level:
            chosen_level = ask_level(page)
        group = ask_group(page, chosen_level)
        if part:
            category = choices.ask(
                st.selectbox,
                "utvalg",
                t(lang, "variation.part"),
                (EVERYBODY, *CATEGORIES),
                EVERYBODY,
                format_func=lambda one: part_words(CATEGORIES.get(one), lang),
                disabled=by_id(indicator).is_coverage,
            )
            st.caption(t(lang, "variation.grid"))
    only = None if by_id(indicator).is_coverage else CATEGORIES.get(category)
    return Asked(indicator, *chosen, chosen_level, group, only)


def ask_level(page: Frame) -> Level:
    """Hospitals, trusts or regions."""
    code = choices.ask(
        st.segmented_control,
        "nivaa",
        t(page.language, "variation.level"),
        LEVELS,
        "hospital",
        format_func=lambda one: t(page.language, f"variation.level_{one}"),
        required=True,
    )
    return next(one for one in LEVELS if one == code)


def ask_group(page: Frame, level: Level) -> str:
    """Which hospitals; above them there is only ``all``, whatever was chosen before."""
    names = caches.unit_names(page.version, page.language).by_code
    code = choices.ask(
        st.selectbox,
        "gruppe",
        t(page.language, "variation.group"),
        caches_variation.group_codes(page.version),
        "all",
        format_func=lambda one: group_words(one, names, page.language),
        disabled=level != "hospital",
    )
    return code if level == "hospital" else "all"


def ask_indicator(page: Frame, default: str = DEFAULT) -> str:
    """Which indicator; one without a share to compare has a sentence."""
    lang = page.language
    if choices.code("indikator", default) not in IDS:
        st.warning(t(lang, "variation.no_indicator"))
    titles = {one.id: one.words(lang).title for one in INDICATORS}
    return choices.ask(
        st.selectbox, "indikator", t(lang, "series.indicator"), IDS, default, format_func=titles.__getitem__
    )


def ask_years(page: Frame, indicator: str, places: Sequence[DeltaGenerator], back: int = 0) -> tuple[int, int] | None:
    """From which year to which, in two places of a row; where nobody chose, the newest that can no longer change.

    ``back``: a view that shows time begins so many years before, and has a first year of its own (``aar0``). None, with
    a sentence, where the indicator has no year.
    """
    lang = page.language
    newest = caches_variation.newest_final(page.version, indicator)
    if newest is None:
        st.info(t(lang, "variation.no_data"))
        return None
    known = caches_variation.years_of(page.version, indicator)
    begins = "aar0" if back else "aar1"
    say_wrong_year(page, known, (begins, "aar2"))
    codes = tuple(str(year) for year in reversed(known))
    with places[0]:
        first = int(
            choices.ask(st.selectbox, begins, t(lang, "variation.first"), codes, str(max(newest - back, known[0])))
        )
    with places[1]:
        last = int(choices.ask(st.selectbox, "aar2", t(lang, "variation.last"), codes, str(max(first, newest))))
    if first > last:
        st.warning(t(lang, "variation.years_reversed", first=first, last=last))
        first, last = last, first
    return first, last


def say_wrong_year(page: Frame, known: Sequence[int], names: Sequence[str]) -> None:
    """A sentence for each choice (its name in the link) that asks for a year without figures."""
    for name in names:
        code = choices.code(name)
        if code and (not code.isdigit() or int(code) not in known):
            st.warning(t(page.language, "variation.wrong_year", year=code[:10], first=known[0], last=known[-1]))


def group_words(group: str, names: dict[str, str], language: str) -> str:
    """A group of hospitals in words."""
    if group in names:
        return names[group]
    if group in SIZES:
        low, high = SIZES[group]
        return t(language, f"variation.group_{group}", low=low, high=high)
    return t(language, f"variation.group_{group}" if group in KINDS else "variation.group_all")


def part_words(part: tuple[str, str] | None, language: str) -> str:
    """The patients of one category in words."""
    return t(language, "variation.everybody") if part is None else t(language, f"parts.{part[0]}_{part[1]}")


def titles(asked: Asked, names: dict[str, str], language: str) -> tuple[str, str]:
    """A chart's title, the indicator, and the line under it: units, years and patients. ``names``: of units by code."""
    units = t(language, f"variation.level_{asked.level}")
    if asked.group != "all":
        units = group_words(asked.group, names, language)
    parts = [units, formats.years(asked.first, asked.last)]
    if asked.part is not None:
        parts.append(part_words(asked.part, language))
    return by_id(asked.indicator).words(language).title, " · ".join(parts)


def words(asked: Asked, names: dict[str, str], language: str) -> str:
    """What is compared, in one line: indicator, units, years and patients. ``names``: of units by code."""
    return " · ".join(titles(asked, names, language))


def said(page: Frame, asked: Asked) -> str:
    """What is compared, in one line under a title."""
    return words(asked, caches.unit_names(page.version, page.language).by_code, page.language)
