"""What is behind the project and is read now and then: each part folded away until it is opened."""

from collections.abc import Callable, Sequence

import streamlit as st

from nhr_dash.improvement.kinds import Dimension, Funding, Initiator, Reach, Source
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame

TEXTS = ("background", "purpose", "risks", "lessons", "package")
LONGEST_LINK = 300


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


def _words(name: str, language: str) -> Callable[[str], str]:
    return lambda code: t(language, f"project.{name}_{code}") if code else t(language, "project.not_said")
