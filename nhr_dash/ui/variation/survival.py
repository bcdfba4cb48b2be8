"""The sixth tab of *Variasjon*: 30-day survival and other outcomes, crude and adjusted for who the patients are."""

import streamlit as st

from nhr_dash.registry.outcome import OUTCOMES
from nhr_dash.registry.outcomes import NotFitted
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, caches_variation, choices, looks
from nhr_dash.ui.before_after.cards import show
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation.survival_answer import FEWEST_FOLLOWED, View

OWN = ("utfall", "utfall1", "utfall2")
YEARS = 5
"""Whole years that are seen together unless others are chosen: few deaths a year say little."""
IDS = tuple(one.id for one in OUTCOMES)


def draw(page: Frame) -> Taken | None:
    """The tab: choices, sentence, lines, numbers, the models, and the course over time."""
    lang = page.language
    try:
        asked = _ask(page)
        if asked is None:
            st.info(t(lang, "survival.no_years"))
            return None
        outcome, first, last = asked
        found = caches_variation.survival(
            page.version, page.scope.visibility, lang, outcome, first, last, page.unit, page.synthetic
        )
    except NotFitted:
        st.info(t(lang, "survival.not_fitted"))
        return None
    st.markdown(f"#### {plain(found.sentence)}")
    if found.moved:
        st.markdown(plain(found.moved))
    st.caption(t(lang, f"survival.{outcome}_who"))
    if found.drawing is None:
        return None
    st.vega_lite_chart(found.drawing.spec, key="survival", alt=found.drawing.alt, theme=None)
    for note in found.notes:
        st.caption(plain(note))
    st.markdown(f"{t(lang, 'survival.cautious')}\n\n{t(lang, 'survival.process')}")
    _numbers(found, outcome, lang)
    _funnel(found, lang)
    _models(found, lang)
    _over_time(page, found, outcome, first, last)
    return Taken(found.drawing, f"{outcome} {first}-{last}", found.patients, t(lang, "survival.method"))


def _ask(page: Frame) -> tuple[str, int, int] | None:
    """Outcome, first and last year; None where no year is final. A mistyped link falls back to what is there."""
    lang = page.language
    row = st.columns((5, 1.4, 1.4), vertical_alignment="bottom")
    with row[0]:
        outcome = choices.ask(
            st.selectbox,
            "utfall",
            t(lang, "survival.outcome"),
            IDS,
            IDS[0],
            format_func=lambda one: t(lang, f"survival.{one}_title"),
        )
    span = caches_variation.outcome_years(page.version, outcome)
    if span is None:
        return None
    codes = tuple(str(year) for year in range(span[1], span[0] - 1, -1))
    with row[1]:
        start = str(max(span[0], span[1] - YEARS + 1))
        first = int(choices.ask(st.selectbox, "utfall1", t(lang, "variation.first"), codes, start))
    with row[2]:
        last = int(choices.ask(st.selectbox, "utfall2", t(lang, "variation.last"), codes, codes[0]))
    if first > last:
        st.warning(t(lang, "variation.years_reversed", first=first, last=last))
        first, last = last, first
    return outcome, first, last


def _numbers(found: View, outcome: str, language: str) -> None:
    box = st.expander(t(language, "survival.numbers"), key="survival_numbers", on_change="rerun")
    if box.open:
        box.caption(t(language, "survival.counted", missed=t(language, f"survival.{outcome}_missed")))
        box.table(found.table.map(plain), hide_index=True, alt=t(language, "survival.numbers"))


def _funnel(found: View, language: str) -> None:
    if found.funnel is None:
        return
    box = st.expander(t(language, "survival.funnel"), key="survival_funnel", on_change="rerun")
    if box.open:
        with box:
            show(found.funnel, "survival_funnel_chart", language)


def _models(found: View, language: str) -> None:
    box = st.expander(t(language, "survival.models"), key="survival_models", on_change="rerun")
    if box.open:
        with box:
            st.markdown(plain(" ".join(found.quality_said)))
            st.table(found.quality.map(plain), hide_index=True, alt=t(language, "survival.models"))
            st.caption(t(language, "survival.quality_help"))
            if found.calibration is not None:
                show(found.calibration, "survival_calibration", language)


def _over_time(page: Frame, found: View, outcome: str, first: int, last: int) -> None:
    lang = page.language
    box = st.expander(t(lang, "survival.over_time"), key="survival_time", on_change="rerun")
    if not box.open:
        return
    with box:
        if not page.scope.visibility.in_detail(page.unit):
            st.info(t(lang, "survival.only_own"))
        elif page.unit not in caches.hospital_units(page.version):
            st.info(t(lang, "survival.only_hospital"))
        else:
            _own(page, outcome, first, last)
        if found.country is not None:
            show(found.country, "survival_country", lang)


def _own(page: Frame, outcome: str, first: int, last: int) -> None:
    lang = page.language
    looks.patients(page, page.unit, outcome)
    drawn = caches_variation.survival_course(
        page.version, page.scope.visibility, lang, outcome, first, last, page.unit, page.synthetic
    )
    if drawn is None:
        st.info(t(lang, "survival.few_patients", least=FEWEST_FOLLOWED))
        return
    for name, drawing in zip(("vlad", "cusum"), drawn, strict=True):
        show(drawing, f"survival_{name}", lang)
