"""*Nytt nivå?* under a chart: the suggestion, the chart with the new phase, and the four questions before it is set."""

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from nhr_dash.improvement import annotations, rebase
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import caches

if TYPE_CHECKING:
    from nhr_dash.ui.frame import Frame


def suggested(page: "Frame", indicator: str) -> tuple[rebase.Suggestion | None, date | None]:
    """The suggestion for the chart of one's own unit, and its day where the person has asked to see it drawn."""
    if not page.scope.visibility.in_detail(page.unit):
        return None, None
    found = caches.new_level(page.version, page.scope.visibility, page.unit, indicator)
    return found, found.starts_on if st.session_state.get(_key(found, "preview")) else None


def panel(page: "Frame", suggestion: rebase.Suggestion | None) -> None:
    """The suggestion with its reason, and what is asked before a phase begins."""
    if suggestion is None or suggestion.starts_on is None:
        return
    lang = page.language
    with st.expander(t(lang, "rebase.title"), key="new_level"):
        st.write(t(lang, "rebase.suggested", day=day(suggestion.starts_on, lang)))
        st.toggle(t(lang, "rebase.preview"), key=_key(suggestion, "preview"))
        with st.form(_key(suggestion, "form"), border=False):
            start = st.date_input(t(lang, "phases.first"), suggestion.starts_on, format="DD.MM.YYYY")
            answers = {
                name: st.text_input(t(lang, f"rebase.question_{name}"), suggestion.answer(name, lang))
                for name in annotations.QUESTIONS
            }
            reason = st.text_input(t(lang, "phases.reason"), help=t(lang, "phases.reason_help"))
            asked = st.form_submit_button(t(lang, "rebase.accept"))
        if not asked:
            return
        try:
            with caches.writing() as connection:
                rebase.accept(connection, page.scope, suggestion, start, reason, answers)
        except annotations.Refused as refused:
            newest = caches.data_basis(page.version, page.unit).newest
            st.warning(t(lang, f"phases.refused.{refused.kind}", newest=day(newest, lang)))
        else:
            st.toast(t(lang, "phases.saved"))
            st.rerun()


def _key(suggestion: rebase.Suggestion, part: str) -> str:
    return f"new_level_{part}_{suggestion.unit}_{suggestion.indicator}"
