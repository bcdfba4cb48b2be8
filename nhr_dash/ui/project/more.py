"""What is behind the project and is read now and then: each part folded away until it is opened."""

import re
from collections.abc import Callable, Sequence

import streamlit as st

from nhr_dash.improvement import store
from nhr_dash.improvement.kinds import Dimension, Funding, Initiator, Reach, Source
from nhr_dash.improvement.models import Project
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts

TEXTS = ("background", "purpose", "risks", "lessons", "package")
LONGEST_LINK = 300
ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def draw(page: Frame, whole: Whole) -> None:
    """Each text with its first words as a hint that it is filled in."""
    lang, project = page.language, whole.project
    for name in TEXTS:
        written = bool(getattr(project, name).strip())
        icon = ":material/check:" if written else ":material/edit_note:"
        with st.expander(t(lang, f"project.{name}"), icon=icon, key=f"more_{name}", on_change="rerun") as box:
            if box.open:
                editing.field(
                    page, project, name, t(lang, f"project.{name}"), rows=6, help=t(lang, f"project.{name}_help")
                )
    with st.expander(t(lang, "project.kind_of_project"), key="more_kind", on_change="rerun") as box:
        if box.open:
            _kinds(page, whole)
    with st.expander(t(lang, "project.links"), key="more_links", on_change="rerun") as box:
        if box.open:
            _links(page, whole)


def _kinds(page: Frame, whole: Whole) -> None:
    lang, project = page.language, whole.project
    lists: tuple[tuple[str, Sequence[str]], ...] = (
        ("funding", list(Funding)),
        ("initiator", list(Initiator)),
        ("reach", list(Reach)),
        ("source", ["", *Source]),
    )
    for name, codes in lists:
        editing.choice(page, project, name, t(lang, f"project.{name}"), codes, _words(name, lang))
    editing.many(page, project, "dimensions", t(lang, "project.dimensions"), list(Dimension), _words("dimension", lang))


def _links(page: Frame, whole: Whole) -> None:
    """Where more is to be read: the public source of a story, and the team's own links."""
    lang, project = page.language, whole.project
    if project.reference:
        st.markdown(f"**{t(lang, 'project.reference')}** {plain(project.reference)}")
    for place, one in enumerate(project.links):
        with parts.row(f"link_{place}"):
            if ADDRESS.fullmatch(one):
                st.link_button(plain(one), one, type="tertiary", icon=":material/open_in_new:")
            else:
                st.text(one)
            if editing.may_edit(page, project) and st.button(
                t(lang, "editing.remove"), key=f"unlink_{place}", help=one
            ):
                _save(page, whole, [other for other in project.links if other != one])
    if not editing.may_edit(page, project):
        return
    with st.form("new_link", border=False, clear_on_submit=True):
        address = st.text_input(t(lang, "project.link_new")).strip()
        sent = st.form_submit_button(t(lang, "project.save"))
    if sent and not (ADDRESS.fullmatch(address) and len(address) <= LONGEST_LINK):
        st.warning(t(lang, "project.link_refused"))
    elif sent:
        _save(page, whole, [*project.links, address])


def _save(page: Frame, whole: Whole, links: list[str]) -> None:
    with caches.saving() as session:
        store.save(session, page.scope, Project, whole.project.id, whole.project.version, {"links": links})
    editing.again()


def _words(name: str, language: str) -> Callable[[str], str]:
    return lambda code: t(language, f"project.{name}_{code}") if code else t(language, "project.not_said")
