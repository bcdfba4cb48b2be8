"""The top of the page: what the project is called, where it stands, and what it wants."""

import streamlit as st

from nhr_dash.improvement import progress
from nhr_dash.improvement.kinds import Status
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import listed
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import obstacles, parts, wall
from nhr_dash.ui.project.board import Board

MOST_NAMED = 4
"""Hospitals of a project that are named in its header; more are counted."""


@parts.alone
def draw(page: Frame, whole: Whole) -> None:
    """Title, hospitals, status and progress; open obstacles; the aim in a sentence."""
    lang = page.language
    with st.container(key="project_top", gap="xsmall"):
        st.header(plain(whole.project.titled(lang)), anchor=False)
        board = wall.board(page, whole)
        st.markdown(" · ".join(_standing(page, whole, board)))
        if board.progress.disagreement is not None:
            st.caption(plain(board.progress.disagreement.said(lang)))
        if whole.project.reference:
            st.caption(f"{t(lang, 'project.reference')}: {plain(whole.project.reference)}")
        obstacles.unanswered(page, whole)
        st.subheader(plain(board.aim) if board.aim else t(lang, "project.no_aim"), anchor=False)
        _change_aim(page, whole)


def _standing(page: Frame, whole: Whole, board: Board) -> list[str]:
    """Hospitals, status, progress; why it was stopped."""
    lang, project = page.language, whole.project
    score = board.progress.supported if board.progress.own is None else board.progress.own
    words = [plain(hospitals(page, whole)), f"**{t(lang, f'project.status_{project.status}')}**"]
    words.append(plain(progress.label(score, lang)))
    if project.status == Status.STOPPED and project.stop_reason:
        words.append(plain(project.stop_reason))
    return words


def hospitals(page: Frame, whole: Whole) -> str:
    """Who takes part; a national project counts its hospitals."""
    names = caches.unit_names(page.version, page.language).by_code
    if len(whole.units) > MOST_NAMED:
        return t(page.language, "project.hospitals_counted", n=len(whole.units))
    return listed([names.get(str(unit), str(unit)) for unit in whole.units], page.language)


def _change_aim(page: Frame, whole: Whole) -> None:
    """The parts of the aim, each its own field."""
    lang, project = page.language, whole.project
    if not editing.may_edit(page, project):
        return
    box = st.popover(t(lang, "project.change_aim"), key="change_aim", type="tertiary", on_change="rerun")
    if not box.open:
        return
    with box:
        editing.field(page, project, "aim_what", t(lang, "project.aim_what"), rows=1)
        editing.field(page, project, "aim_whom", t(lang, "project.aim_whom"), rows=1)
        percent = whole.outcome is None or wall.is_share(whole.outcome)
        label = t(lang, "project.aim_value_percent" if percent else "project.aim_value")
        editing.number(page, project, "aim_value", label, percent=percent)
        editing.tick(page, project, "aim_strict", t(lang, "project.aim_strict"))
        editing.day(page, project, "aim_by", t(lang, "project.aim_by"))
        editing.field(page, project, "aim_agreed", t(lang, "project.aim_agreed"), rows=1)
