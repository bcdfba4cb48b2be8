"""Where the project stands: status and dates, what is asked when it ends, and who else may read it."""

import streamlit as st

from nhr_dash.improvement import publishing
from nhr_dash.improvement.kinds import Status
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import listed
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame

ENDED = (Status.SUSTAINING, Status.CLOSED, Status.STOPPED)
ASKED = ("lessons", "package", "contact", "keeper")
"""What a project that ends leaves to others."""


def draw(page: Frame, whole: Whole) -> None:
    """Status and dates on top; what ends a project below."""
    lang, project = page.language, whole.project
    left, right = st.columns(2)
    with left:
        words = {code: t(lang, f"project.status_{code}") for code in Status}
        editing.choice(page, project, "status", t(lang, "project.status"), list(Status), words.__getitem__)
        editing.field(page, project, "title", t(lang, "project.name"), rows=1)
        editing.field(page, project, "title_en", t(lang, "project.name_en"), rows=1)
    with right:
        editing.day(page, project, "starts_on", t(lang, "project.start"), help=t(lang, "project.start_help"))
        editing.day(page, project, "settled_on", t(lang, "project.settled"), help=t(lang, "project.settled_help"))
        editing.day(page, project, "ends_on", t(lang, "project.end"))
    if project.status in ENDED:
        _ended(page, whole)
    _published(page, whole)
    editing.remove(page, project, project.title)


def _ended(page: Frame, whole: Whole) -> None:
    """What others need of a project that has ended; what is missing is named."""
    lang, project = page.language, whole.project
    st.markdown(f"**{t(lang, 'project.ending')}**")
    missing = [t(lang, f"project.{name}_short") for name in ASKED if not getattr(project, name).strip()]
    if missing:
        st.caption(t(lang, "project.ending_missing", what=listed(missing, lang)))
    if project.status == Status.STOPPED:
        editing.field(page, project, "stop_reason", t(lang, "project.stop_reason"), rows=3)
    editing.field(page, project, "lessons", t(lang, "project.lessons"), rows=4, help=t(lang, "project.lessons_help"))
    editing.field(page, project, "package", t(lang, "project.package"), rows=4, help=t(lang, "project.package_help"))
    left, right = st.columns(2)
    with left:
        editing.field(page, project, "contact", t(lang, "project.contact"), rows=1, help=t(lang, "project.role_help"))
    with right:
        editing.field(page, project, "keeper", t(lang, "project.keeper"), rows=1, help=t(lang, "project.keeper_help"))


def _published(page: Frame, whole: Whole) -> None:
    """The switch that shows the project to everyone, with its effect as it was on that day."""
    lang, project = page.language, whole.project
    st.markdown(f"**{t(lang, 'project.publishing')}**")
    st.caption(t(lang, "project.is_published" if project.published else "project.not_published"))
    if not publishing.may_publish(page.scope, whole):
        return
    key = "unpublish" if project.published else "publish"
    if st.button(t(lang, f"project.{key}"), key="publish"):
        with caches.saving() as session:
            change = publishing.unpublish if project.published else publishing.publish
            change(session, page.scope, project.id)
        st.rerun()
