"""Do: quick registration in twenty seconds, and what happened. Day and shift, never who the patient was."""

from datetime import date

import streamlit as st

from nhr_dash.improvement import kinds
from nhr_dash.improvement.models import Cycle, Entry
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day as written
from nhr_dash.text.formats import minutes, parse_number
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame


def card(page: Frame, whole: Whole, cycle: Cycle) -> None:
    """The form first: it is used with one hand, in a corridor."""
    lang = page.language
    if editing.may_edit(page, cycle):
        _quick(page, whole, cycle)
    _list(page, whole, cycle)
    editing.field(page, cycle, "happened", t(lang, "cycle.happened"), rows=3)
    editing.field(page, cycle, "deviations", t(lang, "cycle.deviations"), rows=2)
    left, right = st.columns(2)
    with left:
        editing.day(page, cycle, "starts_on", t(lang, "cycle.starts_on"))
    with right:
        editing.day(page, cycle, "ends_on", t(lang, "cycle.ends_on"))


def _quick(page: Frame, whole: Whole, cycle: Cycle) -> None:
    lang = page.language
    # One more than were saved: the form empties itself after a save, and only then.
    place = f"entry:{cycle.id}:{len(whole.entries)}"
    with st.container(border=True):
        st.markdown(f"**{t(lang, 'cycle.quick')}**")
        followed = st.segmented_control(
            t(lang, "cycle.quick_followed"),
            (True, False),
            format_func=lambda yes: t(lang, "cycle.yes" if yes else "cycle.no"),
            key=f"{place}:followed",
            width="stretch",
        )
        left, right = st.columns(2)
        took = left.text_input(t(lang, "cycle.quick_minutes"), key=f"{place}:minutes")
        note = right.text_input(
            t(lang, "cycle.quick_note"), key=f"{place}:note", max_chars=200, help=t(lang, "cycle.no_identity")
        )
        left, right = st.columns(2)
        on = left.date_input(
            t(lang, "cycle.quick_day"), "today", editing.EARLIEST, "today", format="DD.MM.YYYY", key=f"{place}:day"
        )
        shift = right.selectbox(
            t(lang, "cycle.quick_shift"),
            tuple(kinds.Shift),
            format_func=lambda code: t(lang, f"project.shift_{code}"),
            key=f"{place}:shift",
        )
        unit = cycle.unit or (page.unit if page.unit in whole.units else whole.project.unit)
        if not st.button(t(lang, "cycle.quick_save"), type="primary", key=f"{place}:save", width="stretch"):
            return
        value = parse_number(took) if took.strip() else None
        if followed is None:
            st.warning(t(lang, "cycle.quick_choose"))
        elif took.strip() and value is None:
            st.warning(t(lang, "refused.not_a_number"))
        elif isinstance(on, date):
            entry = Entry(
                project=cycle.project,
                cycle=cycle.id,
                unit=unit,
                day=on,
                shift=shift,
                followed=followed,
                minutes=value,
                note=note,
            )
            if editing.add(page, entry):
                st.toast(t(lang, "cycle.quick_saved"))
                editing.again()


def _list(page: Frame, whole: Whole, cycle: Cycle) -> None:
    lang = page.language
    own = [one for one in whole.entries if one.cycle == cycle.id]
    if not own:
        return
    followed = sum(one.followed for one in own)
    st.caption(t(lang, "cycle.quick_count", followed=followed, all=len(own)))
    with st.expander(t(lang, "cycle.quick_list", n=len(own))):
        for one in reversed(own):
            words = [written(one.day, lang), t(lang, f"project.shift_{one.shift}")]
            words.append(t(lang, "cycle.followed" if one.followed else "cycle.not_followed"))
            if one.minutes is not None:
                words.append(minutes(one.minutes, lang))
            left, right = st.columns([5, 1], vertical_alignment="center")
            left.text(" · ".join([*words, *([one.note] if one.note else [])]))
            with right:
                editing.remove(page, one, " · ".join(words[:3]))
