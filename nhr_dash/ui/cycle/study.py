"""Study: the numbers are already there, beside what was predicted; with few patients, one by one."""

import streamlit as st

from nhr_dash.improvement import study
from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, minutes
from nhr_dash.ui import caches, editing, looks
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain


def card(page: Frame, whole: Whole, cycle: Cycle) -> None:
    """What was seen, what was thought, what was learned; learning first where the patients are few."""
    lang = page.language
    with caches.reading() as connection:
        found = study.study(connection, page.scope, whole, cycle)
    if found.registry and found.result is not None and found.result.cases:
        outcome = next((one for one in whole.measures if one.id == cycle.measure), whole.outcome)
        looks.patients(page, cycle.unit or whole.project.unit, (outcome.indicator if outcome else "") or "")
    few = all(one is None or one.few for one in (found.result, found.entries))
    if few:
        _learned(page, cycle)
    with st.container(border=True):
        thought = study.predicted(cycle, lang)
        st.markdown(f"**{t(lang, 'cycle.predicted', what=plain(thought) if thought else '–')}**")
        if found.result is not None:
            label = t(lang, "study.registry" if found.registry else "study.own")
            _result(found.result, label, lang)
        if found.before is not None and not found.before.few:
            st.write(f"{t(lang, 'study.before')}: {study.observed(found.before, lang)}")
        if found.entries is not None:
            _result(found.entries, t(lang, "study.own"), lang)
        if thought:
            key = "not_judged" if found.hit is None else "hit" if found.hit else "miss"
            st.write(f"{t(lang, 'cycle.prediction_became')} {t(lang, f'study.{key}')}.")
        for note in found.notes:
            st.caption(note.said(lang))
    if not few:
        _learned(page, cycle)
    editing.field(page, cycle, "result", t(lang, "cycle.result"), rows=2)


def _learned(page: Frame, cycle: Cycle) -> None:
    editing.field(page, cycle, "learned", t(page.language, "cycle.learned"), rows=3)


def _result(result: study.Result, label: str, language: str) -> None:
    st.write(f"{label}: {study.observed(result, language)}")
    if not result.cases:
        return
    st.table(
        {
            t(language, "cycle.column_day"): [plain(day(one.day, language)) for one in result.cases],
            t(language, "cycle.column_minutes"): [
                "–" if one.minutes is None else minutes(one.minutes, language) for one in result.cases
            ],
            t(language, "cycle.column_expected"): [
                t(language, "cycle.yes" if one.expected else "cycle.no") for one in result.cases
            ],
        },
        hide_index=True,
        alt=label,
    )
    st.caption(t(language, "study.one_by_one"))
