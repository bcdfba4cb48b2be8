"""What flies as a flag over a chart: a team's cycles, its own events, its trust's, and national ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.layers import DOT
from nhr_dash.improvement import annotations, projects
from nhr_dash.improvement.kinds import EventKind
from nhr_dash.improvement.models import Event
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import days
from nhr_dash.ui import choices, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain

CYCLE = "pages/team/syklus.py"
_ADDED = "events_added"
_ASKED = "event_asked"


@dataclass(frozen=True, slots=True)
class Flag:
    """A day or a span on a chart. ``cycle``: the id of the cycle that it is; empty for an event."""

    starts_on: date
    ends_on: date | None
    title: str
    role: str
    cycle: str = ""


def read(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator: str,
    start: date | None,
    end: date,
    language: str,
    *,
    national: bool = True,
) -> tuple[Flag, ...]:
    """Flags on a unit's chart of an indicator that touch the days from start to end, by date."""
    found = [
        Flag(one.starts_on, one.ends_on, one.title, one.role)
        for one in annotations.events(connection, unit, indicator, start, end, language)
        if national or not one.national
    ]
    with Session(connection, expire_on_commit=False) as session:
        for _, cycle in projects.on_chart(session, scope, unit, indicator):
            first, last = cycle.starts_on, cycle.ends_on
            if first is not None and first <= end and (start is None or (last or first) >= start):
                found.append(Flag(first, last, cycle.title, "cycle", cycle.id))
    return tuple(sorted(found, key=lambda one: one.starts_on))


def listed(drawing: Drawing, flags: Sequence[Flag], link: dict[str, str]) -> None:
    """The numbered list below a chart; a cycle's line opens the cycle. ``link``: the common codes of the address."""
    cycles = {(days(one.starts_on, one.ends_on or one.starts_on, link["lang"]), one.title): one.cycle for one in flags}
    with st.container(gap=None, key="flags"):
        for number, when, title in drawing.events:
            line = f"{number}\\. **{plain(when)}** {plain(title)}"
            cycle = cycles.get((when, title))
            if cycle:
                st.page_link(CYCLE, label=line, query_params={**link, "syklus": cycle})
            else:
                st.markdown(line)


def switch(language: str) -> None:
    """National events on the chart, or not."""
    choices.ask(
        st.segmented_control,
        "nasjonale",
        t(language, "events.national"),
        ("med", "uten"),
        "med",
        format_func=lambda code: t(language, f"events.national_{code}"),
        required=True,
    )


def clicked(selection: Any) -> date | None:
    """The day of the point that was clicked in a chart; None where none is."""
    rows = selection.selection.get(DOT, []) if selection is not None else []
    return date.fromisoformat(rows[0]["day"]) if rows and "day" in rows[0] else None


def adding(page: Frame, unit: int, indicator: str, newest: date, day: date | None) -> None:
    """The form of a new event on a unit's chart, for those who see the unit in detail.

    It stands open, with its day filled in, when a point was clicked (``day``); else behind a button.
    """
    lang = page.language
    if not page.scope.visibility.in_detail(unit):
        return
    added = st.session_state.get(_ADDED, 0)
    # A selection stays in the chart until another is made: it asks once.
    if day is not None and st.session_state.get(_ASKED) != (added, day):
        box: Any = st.container(border=True)
        box.markdown(f"**{t(lang, 'events.add_from', day=days(day, day, lang))}**")
        if box.button(t(lang, "editing.undo_close"), key="event_close", type="tertiary"):
            st.session_state[_ASKED] = (added, day)
            editing.again()
    else:
        day = None
        box = st.popover(t(lang, "events.add"), key=f"event_{added}", icon=":material/add:", on_change="rerun")
        if not box.open:
            return
    with box, st.form(f"event_form_{added}_{day}", border=False):
        kind = st.selectbox(
            t(lang, "events.kind"), list(EventKind), format_func=lambda code: t(lang, f"project.event_{code}")
        )
        title = st.text_input(t(lang, "events.title"))
        low, high = editing.EARLIEST, editing.LATEST
        first = st.date_input(t(lang, "events.first"), day or newest, low, high, format="DD.MM.YYYY")
        last = st.date_input(t(lang, "events.last"), None, low, high, format="DD.MM.YYYY")
        every = st.checkbox(t(lang, "events.every"))
        sent = st.form_submit_button(t(lang, "project.save"))
    made = Event(
        unit=unit, indicator=None if every else indicator, kind=str(kind), title=title, starts_on=first, ends_on=last
    )
    if sent and editing.add(page, made):
        st.session_state[_ADDED] = added + 1
        st.session_state[_ASKED] = (added + 1, day)
        st.rerun()
