"""Cycles and events out of a table: what it would add and what can't be read is shown first, then it is taken in."""

from collections.abc import Callable
from typing import Any

import pandas
import streamlit as st

from nhr_dash.improvement import checks, history, imports, sheets
from nhr_dash.improvement.imports import Plan
from nhr_dash.improvement.models import Event
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry.load.findings import Finding, Refused
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, day, days
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import wall

SHOWN = 50
"""Rows that are listed; the rest are counted."""
LONGEST_CELL = 80
_ADDED = "imports_added"
_EXAMPLE = {
    "cycles": ("cycle", ("title", "starts_on", "ends_on", "prediction", "learned")),
    "events": ("chart_event", ("starts_on", "title", "kind", "ends_on")),
}


def cycles(page: Frame, whole: Whole) -> None:
    """The button that takes cycles out of a table."""
    _panel(page, whole, "cycles", lambda data, name: imports.cycles(data, name, whole))


def events(page: Frame, whole: Whole) -> None:
    """The project's events with the way to take one away, and the button that takes more out of a table."""
    lang = page.language
    st.markdown(f"**{t(lang, 'imports.events')}**")
    if not whole.events:
        st.caption(t(lang, "imports.no_events"))
    for one in whole.events:
        with st.container(horizontal=True, vertical_alignment="center", key=f"event_{one.id}"):
            st.markdown(f"{plain(_when(one, lang))} · {plain(one.title)}", width="stretch")
            editing.remove(page, one, one.title)
    unit = wall.shown_unit(page, whole)
    indicator = whole.outcome.indicator if whole.outcome is not None else None
    _panel(
        page,
        whole,
        "events",
        lambda data, name: imports.events(
            data, name, whole.events, project=whole.project.id, unit=unit, indicator=indicator
        ),
    )


def _when(one: Event, language: str) -> str:
    return days(one.starts_on, one.ends_on, language) if one.ends_on else day(one.starts_on, language)


def _panel(page: Frame, whole: Whole, what: str, read: Callable[[str | bytes, str], Plan[Any]]) -> None:
    """The box and the file, what they would give, and the button that stores it; for who may change the project."""
    if not editing.may_edit(page, whole.project):
        return
    lang = page.language
    added = st.session_state.setdefault(_ADDED, {})
    # A new key after each: what was taken in is not offered once more.
    key = f"import_{what}_{whole.project.id}_{added.get(what, 0)}"
    box = st.popover(t(lang, "imports.open"), icon=":material/table_view:", key=key, on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption(_columns(what, lang))
        text = st.text_area(t(lang, "imports.paste"), key=f"{key}_text", height=120)
        file = st.file_uploader(
            t(lang, "imports.file"),
            ["csv", "txt", "xlsx"],
            key=f"{key}_file",
            max_upload_size=sheets.MOST_BYTES // 1_000_000,
        )
        if file is None and not text.strip():
            return
        data, name = (text, t(lang, "imports.pasted")) if file is None else (file.getvalue(), file.name)
        try:
            plan = read(data, name)
        except Refused as refused:
            st.warning(plain(t(lang, refused.reason_key, **refused.params)))
            return
        _told(plan, what, lang)
        if plan.records and st.button(
            t(lang, f"imports.take_{what}", n=len(plan.records)), key=f"{key}_take", type="primary"
        ):
            _take(page, plan, what)


def _columns(what: str, language: str) -> str:
    """Which columns a table may have, by the names that the history uses."""
    table, fields = _EXAMPLE[what]
    names = [f"*{plain(t(language, history.label(table, field)))}*" for field in fields]
    return t(language, f"imports.columns_{what}", names=", ".join(names))


def _told(plan: Plan[Any], what: str, language: str) -> None:
    """What the table would add, how much stands already, and cell by cell what can't be read."""
    faults = [one for one in plan.findings if one.level == "error"]
    words = [t(language, f"imports.new_{what}", n=len(plan.records))]
    words += [t(language, "imports.same", n=plan.same)] if plan.same else []
    words += [t(language, "imports.left_out", n=len({one.line for one in faults}))] if faults else []
    st.markdown(plain(". ".join(words) + "."))
    if plan.findings:
        title = t(language, "imports.findings")
        st.table(_table(plan.findings[:SHOWN], language), hide_index=True, alt=title)
        if len(plan.findings) > SHOWN:
            st.caption(t(language, "imports.more", n=len(plan.findings) - SHOWN))


def _table(findings: tuple[Finding, ...], language: str) -> pandas.DataFrame:
    rows = [[str(one.line or DASH), one.column, one.value[:LONGEST_CELL], one.sentence(language)] for one in findings]
    names = [t(language, f"imports.column_{name}") for name in ("row", "field", "value", "reason")]
    # A cell of a table is read as Markdown.
    return pandas.DataFrame(rows, columns=names).map(plain)


def _take(page: Frame, plan: Plan[Any], what: str) -> None:
    try:
        with caches.saving() as session:
            imports.write(session, page.scope, plan)
    except checks.Refused as refused:
        st.warning(editing.sentence(refused, page.language))
        return
    added = st.session_state[_ADDED]
    added[what] = added.get(what, 0) + 1
    st.toast(t(page.language, "project.rows_added", n=len(plan.records)))
    editing.again()
