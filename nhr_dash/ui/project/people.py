"""Team, anchoring and what each hospital has committed itself to. Roles, never names."""

import streamlit as st

from nhr_dash.improvement.models import Member, Participant
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts


def draw(page: Frame, whole: Whole) -> None:
    """The team, who stands behind it, and the hospitals."""
    lang = page.language
    if not whole.members:
        parts.empty(page, "no_members")
    elif not any(one.patient for one in whole.members):
        st.caption(t(lang, "project.no_patient_member"))
    for one in whole.members:
        with parts.row(f"member_{one.id}"):
            st.markdown(_member(one, lang), width="stretch")
            parts.change(page, one, one.role, lambda one=one: _member_fields(page, one))  # type: ignore[misc]
    parts.adding(page, whole, "member", lambda: _new_member(page, whole))
    st.markdown(f"**{t(lang, 'project.anchoring')}**")
    left, right = st.columns(2)
    with left:
        editing.field(page, whole.project, "anchored_clinic", t(lang, "project.anchored_clinic"), rows=1)
    with right:
        editing.field(page, whole.project, "anchored_management", t(lang, "project.anchored_management"), rows=1)
    _hospitals(page, whole)


def _member(one: Member, language: str) -> str:
    words = [f"**{plain(one.role)}**"]
    words += [plain(one.task)] if one.task else []
    words += [t(language, "project.member_patient")] if one.patient else []
    return " · ".join(words)


def _member_fields(page: Frame, one: Member) -> None:
    lang = page.language
    editing.field(page, one, "role", t(lang, "project.member_role"), rows=1, help=t(lang, "project.role_help"))
    editing.field(page, one, "task", t(lang, "project.member_task"), rows=1)
    editing.tick(page, one, "patient", t(lang, "project.member_patient"))


def _new_member(page: Frame, whole: Whole) -> Member:
    lang = page.language
    role = st.text_input(t(lang, "project.member_role"), help=t(lang, "project.role_help"))
    task = st.text_input(t(lang, "project.member_task"))
    return Member(
        project=whole.project.id, role=role, task=task, patient=st.checkbox(t(lang, "project.member_patient"))
    )


def _hospitals(page: Frame, whole: Whole) -> None:
    """Who takes part, and what each has committed itself to."""
    lang = page.language
    names = caches.unit_names(page.version, lang).by_code
    st.markdown(f"**{t(lang, 'project.hospitals')}**")
    for one in whole.participants:
        name = names.get(str(one.unit), str(one.unit))
        with parts.row(f"participant_{one.id}"):
            st.markdown(_participant(one, name, lang), width="stretch")
            parts.change(page, one, name, lambda one=one: _participant_fields(page, one))  # type: ignore[misc]
    parts.adding(page, whole, "participant", lambda: _new_participant(page, whole, names))


def _participant(one: Participant, name: str, language: str) -> str:
    words = [f"**{plain(name)}**"]
    words += [plain(one.commitment)] if one.commitment else []
    if one.starts_on:
        words.append(t(language, "project.starts_on", day=plain(day(one.starts_on, language))))
    return " · ".join(words)


def _participant_fields(page: Frame, one: Participant) -> None:
    lang = page.language
    editing.field(page, one, "commitment", t(lang, "project.commitment"), rows=2)
    editing.day(page, one, "starts_on", t(lang, "project.own_start"), help=t(lang, "project.own_start_help"))


def _new_participant(page: Frame, whole: Whole, names: dict[str, str]) -> Participant:
    lang = page.language
    hospitals = caches.hospital_units(page.version).difference(whole.units)
    others = [code for code in names if int(code) in hospitals]
    unit = st.selectbox(t(lang, "project.hospital"), others, format_func=names.__getitem__)
    return Participant(project=whole.project.id, unit=int(unit), commitment=st.text_area(t(lang, "project.commitment")))
