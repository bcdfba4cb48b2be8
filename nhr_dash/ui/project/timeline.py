"""The project's time: phases as bars, cycles, decisions and deadlines."""

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from nhr_dash.charts import timeline
from nhr_dash.charts.timeline import Milestone, TimeCycle, TimePhase
from nhr_dash.improvement.kinds import PhaseKind
from nhr_dash.improvement.models import ProjectPhase
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import imports, parts, picture

LONGEST = 60
"""Characters of a decision that stand at its diamond."""


def draw(page: Frame, whole: Whole) -> None:
    """The picture, and the phases as rows."""
    lang = page.language
    phases = [TimePhase(one.kind, one.starts_on, one.ends_on) for one in whole.phases]
    cycles = [TimeCycle(one.number, one.starts_on) for one in whole.cycles if one.starts_on is not None]
    stones = milestones(whole, lang)
    if not (phases or cycles or stones):
        parts.empty(page, "no_dates")
    now = caches.data_basis(page.version, page.unit).newest
    drawn = partial(timeline.build, phases, cycles, stones, today=now, language=lang)
    picture.show(drawn, timeline.outline(phases, cycles, stones, today=now, language=lang))
    for one in whole.phases:
        with parts.row(f"phase_{one.id}"):
            name = t(lang, f"project.phase_{one.kind}")
            until = day(one.ends_on, lang) if one.ends_on else t(lang, "project.open_end")
            st.markdown(f"**{name}** · {plain(day(one.starts_on, lang))} – {plain(until)}", width="stretch")
            parts.change(page, one, name, lambda one=one: _fields(page, one))  # type: ignore[misc]
    parts.adding(page, whole, "phase", lambda: _new(page, whole))
    imports.events(page, whole)


def milestones(whole: Whole, language: str) -> list[Milestone]:
    """Decisions, deliverables, the start of the change and the day of the aim."""
    project = whole.project
    found = [Milestone(one.decided_on, _short(one.decision)) for one in whole.decisions]
    for one in whole.deliverables:
        due = one.delivered_on or one.due_on
        if due is not None:
            found.append(Milestone(due, _short(one.title), one.delivered_on is not None))
    if project.starts_on is not None:
        found.append(Milestone(project.starts_on, t(language, "project.start")))
    if project.aim_by is not None:
        found.append(Milestone(project.aim_by, t(language, "project.aim_day"), done=False))
    return sorted(found, key=lambda one: one.day)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _words(language: str) -> Callable[[str], str]:
    return lambda code: t(language, f"project.phase_{code}")


def _fields(page: Frame, one: ProjectPhase) -> None:
    lang = page.language
    editing.choice(page, one, "kind", t(lang, "project.phase"), list(PhaseKind), _words(lang))
    editing.day(page, one, "starts_on", t(lang, "project.first_day"))
    editing.day(page, one, "ends_on", t(lang, "project.last_day"))


def _new(page: Frame, whole: Whole) -> ProjectPhase:
    lang = page.language
    kind = st.selectbox(t(lang, "project.phase"), list(PhaseKind), format_func=_words(lang))
    first = parts.asked_day(t(lang, "project.first_day"), date.today()) or date.today()
    last = parts.asked_day(t(lang, "project.last_day"))
    return ProjectPhase(project=whole.project.id, kind=str(kind), starts_on=first, ends_on=last)
