"""What review meetings have decided about the project."""

from datetime import date

import streamlit as st

from nhr_dash.improvement.models import Decision
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts


def draw(page: Frame, whole: Whole) -> None:
    """Newest first."""
    lang = page.language
    if not whole.decisions:
        parts.empty(page, "no_decisions")
    for one in reversed(whole.decisions):
        with parts.row(f"decision_{one.id}"):
            st.markdown(_line(one, lang), width="stretch")
            if page.scope.may_decide(one.unit):
                parts.change(page, one, one.decision[:60], lambda one=one: _fields(page, one))  # type: ignore[misc]
    if page.scope.may_decide(whole.project.unit):
        parts.adding(page, whole, "decision", lambda: _new(page, whole))


def _line(one: Decision, language: str) -> str:
    words = [f"**{plain(day(one.decided_on, language))}** {plain(one.decision)}"]
    if one.by_role:
        words.append(plain(one.by_role))
    if one.follow_up_on:
        words.append(t(language, "project.follow_up_on", day=plain(day(one.follow_up_on, language))))
    return " · ".join(words)


def _fields(page: Frame, one: Decision) -> None:
    lang = page.language
    editing.field(page, one, "decision", t(lang, "project.decision_what"), rows=2)
    editing.field(page, one, "by_role", t(lang, "project.decision_by"), rows=1, help=t(lang, "project.role_help"))
    editing.day(page, one, "decided_on", t(lang, "project.decision_day"))
    editing.day(page, one, "follow_up_on", t(lang, "project.decision_follow_up"))


def _new(page: Frame, whole: Whole) -> Decision:
    lang = page.language
    decision = st.text_area(t(lang, "project.decision_what"))
    by = st.text_input(t(lang, "project.decision_by"), help=t(lang, "project.role_help"))
    decided = parts.asked_day(t(lang, "project.decision_day"), date.today()) or date.today()
    follow_up = parts.asked_day(t(lang, "project.decision_follow_up"))
    project = whole.project
    return Decision(
        project=project.id, unit=project.unit, decision=decision, by_role=by, decided_on=decided, follow_up_on=follow_up
    )
