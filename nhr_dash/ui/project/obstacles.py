"""Obstacles that management must solve: they head the page until they are answered."""

from datetime import date

import streamlit as st

from nhr_dash.improvement.models import Obstacle
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts


def unanswered(page: Frame, whole: Whole) -> None:
    """The open ones, at the top of the page."""
    for one in whole.obstacles:
        if one.answered_on is None:
            with parts.row(f"open_{one.id}", border=True):
                st.markdown(_words(one, page.language), width="stretch")
                parts.change(page, one, one.what[:60], lambda one=one: _fields(page, one))  # type: ignore[misc]


def answered(page: Frame, whole: Whole) -> None:
    """Those that management has answered, and the form of a new one."""
    lang = page.language
    for one in whole.obstacles:
        if one.answered_on is not None:
            with parts.row(f"answered_{one.id}"):
                when = plain(day(one.answered_on, lang))
                answer = t(lang, "project.obstacle_answered", day=when, answer=plain(one.answer))
                st.markdown(f"**{plain(one.what)}** · {answer}", width="stretch")
                parts.change(page, one, one.what[:60], lambda one=one: _fields(page, one))  # type: ignore[misc]
    parts.adding(page, whole, "obstacle", lambda: _new(page, whole))


def _words(one: Obstacle, language: str) -> str:
    words = [f":material/block: **{t(language, 'project.obstacle')}** {plain(one.what)}"]
    words += [t(language, "project.obstacle_decides", who=plain(one.decides))] if one.decides else []
    if one.by:
        late = one.by < date.today()
        words.append(t(language, "project.overdue" if late else "project.due_on", day=plain(day(one.by, language))))
    return " · ".join(words)


def _fields(page: Frame, one: Obstacle) -> None:
    lang = page.language
    editing.field(page, one, "what", t(lang, "project.obstacle_what"), rows=2)
    editing.field(page, one, "decides", t(lang, "project.obstacle_who"), rows=1, help=t(lang, "project.role_help"))
    editing.day(page, one, "by", t(lang, "project.task_due"))
    editing.field(page, one, "answer", t(lang, "project.obstacle_answer"), rows=2)
    editing.day(page, one, "answered_on", t(lang, "project.obstacle_answered_on"))


def _new(page: Frame, whole: Whole) -> Obstacle:
    lang = page.language
    what = st.text_area(t(lang, "project.obstacle_what"))
    decides = st.text_input(t(lang, "project.obstacle_who"), help=t(lang, "project.role_help"))
    by = parts.asked_day(t(lang, "project.task_due"))
    return Obstacle(project=whole.project.id, what=what, decides=decides, by=by)
