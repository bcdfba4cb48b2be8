"""*Idébank*: what others have published that they tried, with the effect, and a copy of it for one's own project."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.charts import symbols
from nhr_dash.improvement import bank, measured, transfer
from nhr_dash.improvement.models import Effect
from nhr_dash.registry import indicators
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, minutes, month, number, percent, points, signed
from nhr_dash.ui import caches, choices
from nhr_dash.ui.frame import Frame, common
from nhr_dash.ui.image import image
from nhr_dash.ui.improved import like
from nhr_dash.ui.plain import plain
from nhr_dash.ui.portfolio import trends
from nhr_dash.ui.portfolio.cards import hospitals_named

SIZES = ("small", "middle", "large")
SMALL, LARGE = 100, 250
"""Strokes a year under which a hospital is small, and from which it is large."""
AT_ONCE = 20
NEW = "nytt"
PROJECT, GUIDE = "pages/team/prosjekt.py", "pages/team/nytt_prosjekt.py"
RUN_CHART = "pages/team/seriediagram.py"
_SHOWN, _COPIED = "ideas_shown", "ideas_copied"


@dataclass(frozen=True, slots=True)
class Tried:
    """A change idea: its id, what, and what became of it in words."""

    id: str
    title: str
    status: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A published project in the bank. ``effects``: a side and a sentence for each hospital that has one.

    Texts of people stand as they were typed: whoever draws them escapes them.
    """

    id: str
    title: str
    units: tuple[int, ...]
    hospitals: str
    size: str
    indicator: str | None
    measured: str
    source: str
    drivers: tuple[str, ...]
    ideas: tuple[Tried, ...]
    effects: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    searched: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked for; an empty text stands for all. Every word of ``text`` must be there."""

    text: str = ""
    indicator: str = ""
    source: str = ""
    driver: str = ""
    size: str = ""


def read(
    session: Session, scope: Scope, names: dict[str, str], yearly: dict[int, int], language: str
) -> tuple[Entry, ...]:
    """Every published project, those with a shown effect first. ``yearly``: patients a year at a hospital."""
    found = [_entry(one, scope, names, yearly, language) for one in bank.published(session, scope)]
    return tuple(sorted(found, key=lambda one: not one.effects))


def chosen(entries: Sequence[Entry], choice: Choice) -> list[Entry]:
    """The entries of a choice, in their order."""
    words = choice.text.casefold().split()
    return [
        one
        for one in entries
        if all(word in one.searched for word in words)
        and choice.indicator in ("", one.indicator)
        and choice.source in ("", one.source)
        and choice.size in ("", one.size)
        and (not choice.driver or choice.driver in one.drivers)
    ]


def size_of(patients: int | None) -> str:
    """small, middle or large by strokes a year; empty where it isn't known."""
    if not patients:
        return ""
    return "small" if patients < SMALL else "large" if patients >= LARGE else "middle"


def drivers(entries: Sequence[Entry]) -> list[str]:
    """What the ideas work on, in the teams' words, each once."""
    return sorted({driver for one in entries for driver in one.drivers}, key=str.casefold)


def _entry(one: bank.Published, scope: Scope, names: dict[str, str], yearly: dict[int, int], language: str) -> Entry:
    project, outcome = one.listed.project, one.listed.outcome
    known = {each.id for each in indicators.INDICATORS}
    indicator = outcome.indicator if outcome is not None and outcome.indicator in known else None
    about = measured.title(outcome, language) if outcome is not None else ""
    title = project.titled(language)
    hospitals = hospitals_named(one.listed.units, names, language)
    told = {
        "package": project.package,
        "lessons": project.lessons,
        "background": project.background,
        "contact": project.contact,
        "reference": project.reference,
    }
    texts = tuple((name, text) for name, text in told.items() if text.strip())
    ideas = tuple(Tried(each.id, each.title, t(language, f"project.idea_{each.status}")) for each in one.ideas)
    tried = [word for each in one.ideas for word in (each.title, each.primary_driver, each.secondary_driver)]
    return Entry(
        id=project.id,
        title=title,
        units=one.listed.units,
        hospitals=hospitals,
        size=size_of(yearly.get(project.unit)),
        indicator=indicator,
        measured=about,
        source=project.source,
        drivers=tuple(dict.fromkeys(each.primary_driver for each in one.ideas if each.primary_driver)),
        ideas=ideas,
        effects=tuple(
            (trends.side_of(each.grade), _at(each, one, names, told_of, language))
            for each in one.effects
            for told_of in [said_effect(each, indicator, language, own=scope.visibility.in_detail(each.unit))]
        ),
        texts=texts,
        searched=" ".join([project.title, title, hospitals, about, *tried, *told.values()]).casefold(),
    )


def _at(effect: Effect, one: bank.Published, names: dict[str, str], told: str, language: str) -> str:
    """The effect, with the hospital's name where the project has several."""
    if len(one.listed.units) == 1:
        return told
    return t(language, "bank.effect_at", hospital=names.get(str(effect.unit), str(effect.unit)), effect=told)


def said_effect(effect: Effect, indicator: str | None, language: str, *, own: bool) -> str:
    """'18 % → 60 % (+42 prosentpoeng, usikkerhet 33–50): klar bedring. 151 pasienter før, 166 etter.'

    Of another hospital the numbers are about so many.
    """
    in_minutes = indicator is not None and indicators.by_id(indicator).is_duration
    if in_minutes:
        before, after = minutes(effect.before, language), minutes(effect.after, language)
        size = t(language, "units.minute", n=round(effect.difference))
        interval = between(effect.low, effect.high, language, scale=1)
    else:
        before, after = percent(effect.before, language), percent(effect.after, language)
        size, interval = points(effect.difference, language), between(effect.low, effect.high, language)
    return t(
        language,
        "bank.effect" if own else "bank.effect_others",
        before=before,
        after=after,
        size=size,
        interval=interval,
        grade=t(language, f"verdict.{effect.grade}"),
        patients_before=number(effect.before_patients, language),
        patients_after=number(effect.after_patients, language),
    )


def better_hospitals(page: Frame, indicator: str, entries: Sequence[Entry]) -> None:
    """The hospitals that became lastingly better, those of one's own size marked, with the way to their chart."""
    lang = page.language
    with st.spinner(t(lang, "bank.looking")):
        found = caches.improved(page.version, page.scope.visibility, indicator)
    names, yearly = caches.unit_names(page.version, lang).by_code, caches.yearly_patients(page.version)
    own = yearly.get(page.unit)
    with st.container(border=True, gap="xsmall", key="bank_better"):
        st.markdown(f"**{t(lang, 'bank.better')}**")
        if not found:
            st.caption(t(lang, "bank.better_none"))
        written = {unit for one in entries if one.indicator == indicator for unit in one.units}
        for one in sorted(found, key=lambda each: not like(own, yearly.get(each.unit))):
            if str(one.unit) not in names:
                continue
            told = t(
                lang,
                "bank.better_row",
                hospital=names[str(one.unit)],
                before=percent(one.before, lang),
                after=percent(one.after, lang),
                since=month(one.since, lang),
                low=signed(one.low * 100, lang),
                high=signed(one.high * 100, lang),
            )
            if one.unit != page.unit and like(own, yearly.get(one.unit)):
                told = f"{told} · {t(lang, 'bank.like_us')}"
            if one.unit not in written:
                told = f"{told} · {t(lang, 'bank.not_written')}"
            target = {"sykehus": str(one.unit), "periode": "60", "lang": lang, "indikator": indicator}
            st.page_link(RUN_CHART, label=plain(told), query_params=target)
        st.caption(t(lang, "bank.better_note"))


def entries(page: Frame, found: Sequence[Entry]) -> None:
    """The projects, two abreast."""
    shown = found[: max(AT_ONCE, st.session_state.get(_SHOWN, AT_ONCE))]
    for start in range(0, len(shown), 2):
        for column, one in zip(st.columns(2), shown[start : start + 2], strict=False):
            with column.container(border=True, gap="xsmall", height="stretch", key=f"card_{one.id}"):
                _one(page, one)
    if len(shown) < len(found):
        label = t(page.language, "portfolio.more", shown=len(shown), count=len(found))
        if st.button(label, key="bank_more"):
            st.session_state[_SHOWN] = len(shown) + AT_ONCE
            st.rerun()


def _one(page: Frame, one: Entry) -> None:
    lang = page.language
    size = t(lang, f"bank.size_{one.size}") if one.size else ""
    st.html(f'<div class="nhr-over"><span>{escape(one.hospitals)}</span><span>{size}</span></div>')
    st.page_link(PROJECT, label=plain(one.title), query_params={**common(page), "prosjekt": one.id})
    pieces = [f"<small>{escape(one.measured)}</small>"]
    for side, told in one.effects:
        sign = image(symbols.side(side)) + " " if side != "none" else ""
        pieces.append(f"<p>{sign}{escape(told)}</p>")
    if not one.effects:
        pieces.append(f"<small>{t(lang, 'bank.no_effect')}</small>")
    if one.ideas:
        rows = "".join(f"<li>{escape(each.title)} <small>{escape(each.status)}</small></li>" for each in one.ideas)
        pieces.append(f"<ul>{rows}</ul>")
    for name, text in one.texts:
        head = t(lang, f"bank.text_{name}")
        if name in ("contact", "reference"):
            pieces.append(f"<small>{head}: {escape(text)}</small>")
        else:
            pieces.append(f"<details><summary>{head}</summary><p>{escape(text)}</p></details>")
    st.html(f'<div class="nhr-card nhr-idea">{"".join(pieces)}</div>')
    if one.ideas:
        _copy(page, one)


def _copy(page: Frame, one: Entry) -> None:
    """Take ideas along: into one of the hospital's open projects, or a new one."""
    lang = page.language
    box = st.popover(t(lang, "bank.copy"), icon=":material/content_copy:", key=f"copy_{one.id}", on_change="rerun")
    if st.session_state.get(_COPIED) == one.id:
        st.caption(t(lang, "bank.copied"))
    if not box.open:
        return
    with box:
        if not page.scope.visibility.in_detail(page.unit):
            st.caption(t(lang, "guide.own_only"))
            return
        key = (page.version, page.team_version, page.scope.visibility, lang)
        mine = {each.id: each.title for each in caches.portfolio(*key) if page.unit in each.units and each.is_open}
        target = st.selectbox(
            t(lang, "bank.copy_into"),
            (*(each for each in mine if each != one.id), NEW),
            format_func=lambda code: mine.get(code, t(lang, "bank.copy_new")),
            key=f"into_{one.id}",
        )
        titles = {each.id: each.title for each in one.ideas}
        ideas = st.multiselect(
            t(lang, "bank.copy_which"),
            list(titles),
            default=list(titles),
            format_func=titles.__getitem__,
            placeholder="",
            key=f"which_{one.id}",
        )
        if st.button(t(lang, "bank.copy_now"), type="primary", key=f"take_{one.id}", disabled=not ideas):
            _take(page, one, target, ideas)


def _take(page: Frame, one: Entry, target: str, ideas: Sequence[str]) -> None:
    with caches.saving() as session:
        if target == NEW:
            title = t(page.language, "bank.copied_title", title=one.title)
            project = bank.begin_from(session, page.scope, one.id, page.unit, title, page.language)
        else:
            project = target
        for idea in ideas:
            transfer.copy_idea(session, page.scope, idea, project)
    if target == NEW:
        choices.choose("utkast", project)
        st.switch_page(GUIDE, query_params={**common(page), "utkast": project})
    st.session_state[_COPIED] = one.id
    st.rerun()
