"""Tasks and deliverables: what is to be done, by whom, by when."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from nhr_dash.improvement.kinds import Progress
from nhr_dash.improvement.models import Deliverable, Task
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts


def tasks(page: Frame, whole: Whole) -> None:
    """What is left first, overdue ones marked; what is done below."""
    lang, today = page.language, date.today()
    if not whole.tasks:
        parts.empty(page, "no_tasks")
    for one in sorted(whole.tasks, key=lambda task: (task.done_on is not None, task.due_on or date.max)):
        with parts.row(f"task_{one.id}"):
            st.markdown(_task(one, today, lang), width="stretch")
            parts.change(page, one, one.title, lambda one=one: _task_fields(page, one))  # type: ignore[misc]
    parts.adding(page, whole, "task", lambda: _new_task(page, whole))


def left(whole: Whole) -> int:
    """Tasks that are not done."""
    return sum(one.done_on is None for one in whole.tasks)


def _task(one: Task, today: date, language: str) -> str:
    done = ":material/check_box:" if one.done_on else ":material/check_box_outline_blank:"
    words = [f"{done} **{plain(one.title)}**"]
    if one.owner:
        words.append(plain(one.owner))
    if one.done_on:
        words.append(t(language, "project.done_on", day=plain(day(one.done_on, language))))
    elif one.due_on:
        late = one.due_on < today
        words.append(t(language, "project.overdue" if late else "project.due_on", day=plain(day(one.due_on, language))))
    return " · ".join(words)


def _task_fields(page: Frame, one: Task) -> None:
    lang = page.language
    editing.field(page, one, "title", t(lang, "project.task_title"), rows=1)
    editing.field(page, one, "owner", t(lang, "project.task_owner"), rows=1, help=t(lang, "project.role_help"))
    editing.day(page, one, "due_on", t(lang, "project.task_due"))
    editing.day(page, one, "done_on", t(lang, "project.task_done"))


def _new_task(page: Frame, whole: Whole) -> Task:
    lang = page.language
    title = st.text_input(t(lang, "project.task_title"))
    owner = st.text_input(t(lang, "project.task_owner"), help=t(lang, "project.role_help"))
    due = parts.asked_day(t(lang, "project.task_due"))
    return Task(project=whole.project.id, title=title, owner=owner, due_on=due)


def deliverables(page: Frame, whole: Whole) -> None:
    """What was promised, and how it stands."""
    lang = page.language
    if not whole.deliverables:
        parts.empty(page, "no_deliverables")
    for one in whole.deliverables:
        with parts.row(f"deliverable_{one.id}"):
            st.markdown(_deliverable(one, lang), width="stretch")
            parts.change(page, one, one.title, lambda one=one: _deliverable_fields(page, one))  # type: ignore[misc]
    parts.adding(page, whole, "deliverable", lambda: _new_deliverable(page, whole))


def _deliverable(one: Deliverable, language: str) -> str:
    words = [f"**{plain(one.title)}**"]
    if one.delivered_on:
        words.append(t(language, "project.delivered_on", day=plain(day(one.delivered_on, language))))
    else:
        words.append(t(language, f"project.progress_{one.progress}"))
        if one.due_on:
            words.append(t(language, "project.due_on", day=plain(day(one.due_on, language))))
    if one.reason:
        words.append(plain(one.reason))
    return " · ".join(words)


def _deliverable_fields(page: Frame, one: Deliverable) -> None:
    lang = page.language
    editing.field(page, one, "title", t(lang, "project.deliverable_title"), rows=1)
    editing.choice(page, one, "progress", t(lang, "project.deliverable_progress"), list(Progress), _progress(lang))
    editing.day(page, one, "due_on", t(lang, "project.task_due"))
    editing.day(page, one, "delivered_on", t(lang, "project.deliverable_done"))
    editing.field(page, one, "reason", t(lang, "project.deliverable_reason"), rows=2)


def _progress(language: str) -> Callable[[str], str]:
    return lambda code: t(language, f"project.progress_{code}")


def _new_deliverable(page: Frame, whole: Whole) -> Deliverable:
    lang = page.language
    title = st.text_input(t(lang, "project.deliverable_title"))
    due = parts.asked_day(t(lang, "project.task_due"))
    return Deliverable(project=whole.project.id, title=title, due_on=due)
