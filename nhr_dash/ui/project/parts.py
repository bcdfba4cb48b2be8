"""How the parts of the page are run, and how their rows are changed and added."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from html import escape
from typing import Any

import pandas
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nhr_dash.improvement.models import Kept
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, editing, frame, problems
from nhr_dash.ui.frame import Frame

_DRAWN, _ADDED = "project_drawn", "project_added"


def alone(draw: Callable[[Frame, Whole], None]) -> Callable[[Frame, str], None]:
    """A part of the page that runs again by itself, with what stands in the database at that moment.

    Where the change is one that other parts show too (the aim, a date, a measure), the whole page follows.
    """

    @st.fragment
    @wraps(draw)
    def run(page: Frame, project: str) -> None:
        with problems.told():
            fresh = frame.renewed(page)
            whole = caches.project(fresh.team_version, fresh.scope.visibility, project)
            if st.session_state.get(_DRAWN) != _shown_everywhere(whole):
                st.rerun()
            draw(fresh, whole)

    return run


def drawn(whole: Whole) -> None:
    """Said once a whole run, before the parts: this is what they all show."""
    st.session_state[_DRAWN] = _shown_everywhere(whole)


def _shown_everywhere(whole: Whole) -> tuple[Any, ...]:
    project = whole.project
    wide = ("title", "status", "score", "starts_on", "settled_on", "aim_value", "aim_strict", "aim_by", "published")
    rows = (*whole.participants, *whole.measures, *whole.points)
    return (project.id, *(str(getattr(project, name)) for name in wide), *(f"{one.id}{one.version}" for one in rows))


def row(key: str, *, border: bool = False) -> DeltaGenerator:
    """A line of a list: its words, and at its right end what can be done with it."""
    return st.container(horizontal=True, wrap=False, vertical_alignment="center", border=border, key=key)


def change(page: Frame, record: Kept, words: str, fields: Callable[[], None]) -> None:
    """The button of a row that opens its fields and the way to delete it; nothing for who may not change it."""
    if not editing.may_edit(page, record):
        return
    label = t(page.language, "project.change")
    box = st.popover(label, key=f"change_{record.id}", help=words, type="tertiary", on_change="rerun")
    if box.open:
        with box:
            fields()
            editing.remove(page, record, words)


def adding(page: Frame, whole: Whole, name: str, record: Callable[[], Kept]) -> None:
    """The button ``project.add_<name>`` that opens a form; ``record`` draws its fields and makes what is stored.

    Nothing for who may not change the project.
    """
    if not editing.may_edit(page, whole.project):
        return
    added = st.session_state.setdefault(_ADDED, {})
    # A new key after each: the next form is empty, and closed.
    key = f"{name}_{whole.project.id}_{added.get(name, 0)}"
    label = t(page.language, f"project.add_{name}")
    box = st.popover(label, key=f"add_{key}", icon=":material/add:", on_change="rerun")
    if not box.open:
        return
    with box, st.form(f"form_{key}", border=False):
        made = record()
        sent = st.form_submit_button(t(page.language, "project.save"))
    if sent and editing.add(page, made):
        added[name] = added.get(name, 0) + 1
        editing.again()


def asked_day(label: str, value: date | None = None) -> date | None:
    """A day in the form of a new record."""
    return st.date_input(label, value, editing.EARLIEST, editing.LATEST, format="DD.MM.YYYY")


def table(frame: pandas.DataFrame, label: str) -> None:
    """A table of people's words, as text; on a narrow screen it is moved sideways, also with the keyboard."""
    st.html(
        f'<div class="nhr-table" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"{frame.to_html(index=False, escape=True, border=0)}</div>"
    )


def empty(page: Frame, key: str) -> None:
    """Why there is nothing here yet."""
    st.caption(t(page.language, f"project.{key}"))
