"""The numbers of a team's own measure: typed or pasted from a spreadsheet, checked row by row, listed, taken away."""

import pandas
import streamlit as st

from nhr_dash.improvement import own_data
from nhr_dash.improvement.models import Measure, Point
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry.load.findings import Refused
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, day, number
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
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
            parts.table(_table(mine[-SHOWN:], measure, lang), t(lang, "project.points", n=len(mine)))
        if editing.may_edit(page, whole.project):
            _paste(page, whole, measure)
            if mine:
                editing.remove(page, mine[-1], t(lang, "project.last_point", day=day(mine[-1].day, lang)))


def _table(points: list[Point], measure: Measure, language: str) -> pandas.DataFrame:
    names = [one for one in own_data.columns(measure.data_kind) if one not in ("day", "note")]
    rows = [
        [day(one.day, language), *(number(getattr(one, name), language, 0) for name in names)]
        for one in reversed(points)
    ]
    return pandas.DataFrame(rows, columns=[t(language, f"project.point_{name}") for name in ("day", *names)])


def _paste(page: Frame, whole: Whole, measure: Measure) -> None:
    """A box and a file; what can't be read is told row by row, the rest is stored."""
    lang = page.language
    added = st.session_state.setdefault("project_points", {})
    with st.form(f"paste_{measure.id}_{added.get(measure.id, 0)}", border=False):
        example = t(lang, f"project.paste_{measure.data_kind}")
        text = st.text_area(t(lang, "project.paste"), help=example, placeholder=example, height=120)
        file = st.file_uploader(t(lang, "project.paste_file"), type=["csv", "xlsx", "txt"])
        sent = st.form_submit_button(t(lang, "project.save"))
    if not sent or not (file is not None or text.strip()):
        return
    data, name = (file.getvalue(), file.name) if file is not None else (text, "")
    try:
        found = own_data.read(data, name, measure, whole.points)
    except Refused as refused:
        st.warning(t(lang, refused.reason_key, **refused.params))
        return
    for one in found.findings:
        st.warning(plain(t(lang, "project.paste_fault", row=one.line or DASH, reason=one.sentence(lang))))
    with caches.saving() as session:
        own_data.write(session, page.scope, found)
    st.toast(t(lang, "project.rows_added", n=len(found.new) + len(found.changed)))
    if not found.findings:
        added[measure.id] = added.get(measure.id, 0) + 1
        editing.again()
