"""The numbers of a team's own measure: typed or pasted from a spreadsheet, checked row by row, listed, taken away."""

import pandas
import streamlit as st

from nhr_dash.improvement import checks, pasted, store
from nhr_dash.improvement.models import Measure, Point
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, number
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.project import parts

SHOWN = 24
"""Newest points that are listed."""


def draw(page: Frame, whole: Whole, measure: Measure) -> None:
    """The newest numbers, and the box that takes more."""
    lang = page.language
    mine = [one for one in whole.points if one.measure == measure.id]
    box = st.popover(t(lang, "project.points", n=len(mine)), key=f"points_{measure.id}", on_change="rerun")
    if not box.open:
        return
    with box:
        if mine:
            st.table(_table(mine[-SHOWN:], measure, lang), hide_index=True, alt=t(lang, "project.points", n=len(mine)))
        if editing.may_edit(page, whole.project):
            _paste(page, measure)
            if mine:
                editing.remove(page, mine[-1], t(lang, "project.last_point", day=day(mine[-1].day, lang)))


def _table(points: list[Point], measure: Measure, language: str) -> pandas.DataFrame:
    names = pasted.columns(measure.data_kind)
    rows = [
        [day(one.day, language), *(number(getattr(one, name), language, 0) for name in names)]
        for one in reversed(points)
    ]
    return pandas.DataFrame(rows, columns=[t(language, f"project.point_{name}") for name in ("day", *names)])


def _paste(page: Frame, measure: Measure) -> None:
    lang = page.language
    added = st.session_state.setdefault("project_points", {})
    with st.form(f"paste_{measure.id}_{added.get(measure.id, 0)}", border=False):
        help_ = t(lang, f"project.paste_{measure.data_kind}")
        text = st.text_area(t(lang, "project.paste"), help=help_, placeholder=help_, height=140)
        sent = st.form_submit_button(t(lang, "project.save"))
    if not sent:
        return
    found = pasted.read(text, measure.data_kind)
    for fault in found.faults:
        st.warning(t(lang, f"project.paste_fault_{fault.kind}", row=fault.row, text=fault.text))
    if found.faults or not found.rows:
        return
    try:
        with caches.saving() as session:
            for row in found.rows:
                store.make(session, page.scope, Point(project=measure.project, measure=measure.id, **row))
    except checks.Refused as refused:
        st.warning(editing.sentence(refused, lang))
        return
    added[measure.id] = added.get(measure.id, 0) + 1
    parts.told_added(page, len(found.rows))
    editing.again()
