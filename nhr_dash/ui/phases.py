"""Phases, baseline and points held out of a chart: set by dates with a reason, listed, and taken away again."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.improvement import annotations
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, days
from nhr_dash.ui import caches

if TYPE_CHECKING:
    from nhr_dash.ui.run_chart import View

KINDS = ("phase", "baseline", "exclusion")
FIRST_YEAR = 2000
"""A date picker needs a first day; the registry has none before it."""
_REMOVED = "phases_just_removed"


def held_out_lines(exclusions: Sequence[annotations.Exclusion], language: str) -> list[str]:
    """What is held out and why, a line each."""
    return [
        t(language, "phases.row_exclusion", days=days(one.starts_on, one.ends_on, language), reason=one.reason)
        for one in exclusions
    ]


def stamp(view: "View") -> tuple[tuple[date, date, str], ...]:
    """What is held out, for the stamp of an export."""
    return tuple((one.starts_on, one.ends_on, one.reason) for one in view.exclusions)


def panel(scope: Scope, unit: int, indicator: str, view: "View", newest: date, language: str, *, drawn: bool) -> None:
    """The form and the list, in *Flere valg* when that is open (``drawn``).

    Only those who see a unit in detail may set anything on its charts.
    """
    if not drawn:
        return
    st.markdown(f"**{t(language, 'phases.title')}**")
    if not (view.phases or view.exclusions):
        st.caption(t(language, "phases.none_yet"))
    for phase in view.phases:
        words = t(language, "phases.row_phase", day=day(phase.starts_on, language), reason=phase.reason)
        _row(view.may_change, scope, unit, indicator, ("phase", phase.id, words), language)
    for one, words in zip(view.exclusions, held_out_lines(view.exclusions, language), strict=True):
        _row(view.may_change, scope, unit, indicator, ("exclusion", one.id, words), language)
    _removed_row(scope, unit, indicator, language)
    if not view.may_change:
        st.caption(t(language, "phases.only_own"))
        return
    with st.form("phases", border=False):
        kind = st.selectbox(
            t(language, "phases.what"),
            KINDS,
            format_func=lambda name: t(language, f"phases.kind_{name}"),
            key="phases_kind",
        )
        left, right = st.columns(2)
        low, high = date(FIRST_YEAR, 1, 1), date(newest.year + 10, 12, 31)
        first = left.date_input(t(language, "phases.first"), newest, low, high, key="phases_first", format="DD.MM.YYYY")
        last = right.date_input(t(language, "phases.last"), newest, low, high, key="phases_last", format="DD.MM.YYYY")
        reason = st.text_input(
            t(language, "phases.reason"), help=t(language, "phases.reason_help"), key="phases_reason"
        )
        asked = st.form_submit_button(t(language, "phases.save"))
    if asked:
        try:
            _write(lambda connection: _set(connection, scope, unit, indicator, kind, first, last, reason))
        except annotations.Refused as refused:
            st.warning(t(language, f"phases.refused.{refused.kind}", newest=day(newest, language)))
        else:
            st.toast(t(language, "phases.saved"))
            st.rerun()


def _row(may_change: bool, scope: Scope, unit: int, indicator: str, what: tuple[str, int, str], language: str) -> None:
    """One phase or exclusion (its kind, id and words), with the button that takes it away."""
    kind, number, words = what
    left, right = st.columns([5, 3], vertical_alignment="center")
    # Written by people: as text, never as markup.
    left.text(words)
    label = t(language, "phases.remove")
    if may_change and right.button(label, key=f"remove_{kind}_{number}", help=words, icon=":material/delete:"):
        remove = annotations.remove_phase if kind == "phase" else annotations.remove_exclusion
        _write(lambda connection: remove(connection, scope, number))
        st.session_state[_REMOVED] = (unit, indicator, what)
        st.toast(t(language, "phases.removed"))
        st.rerun()


def _removed_row(scope: Scope, unit: int, indicator: str, language: str) -> None:
    """What was just removed from this chart, and the way back."""
    there, on, what = st.session_state.get(_REMOVED, (0, "", ("", 0, "")))
    if (there, on) != (unit, indicator):
        return
    kind, number, words = what
    left, right = st.columns([5, 3], vertical_alignment="center")
    left.text(t(language, "phases.row_removed", what=words))
    if not right.button(t(language, "phases.undo"), key="phases_undo", icon=":material/undo:"):
        return
    restore = annotations.restore_phase if kind == "phase" else annotations.restore_exclusion
    try:
        _write(lambda connection: restore(connection, scope, number))
    except annotations.Refused as refused:
        left.warning(t(language, f"phases.refused.{refused.kind}", newest=""))
        return
    del st.session_state[_REMOVED]
    st.toast(t(language, "phases.restored"))
    st.rerun()


def _set(
    connection: Connection, scope: Scope, unit: int, indicator: str, kind: str, first: date, last: date, reason: str
) -> None:
    if kind == "phase":
        annotations.add_phase(connection, scope, unit, indicator, first, reason)
    elif kind == "baseline":
        annotations.set_baseline(connection, scope, unit, indicator, first, last, reason)
    else:
        annotations.add_exclusion(connection, scope, unit, indicator, first, last, reason)


def _write(change: Callable[[Connection], None]) -> None:
    """Run a change in one transaction."""
    with caches.writing() as connection:
        change(connection)
