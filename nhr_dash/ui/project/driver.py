"""The driver diagram, and the ideas that it is drawn from."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from nhr_dash.charts import driver
from nhr_dash.charts.driver import Driver
from nhr_dash.improvement.kinds import IdeaStatus
from nhr_dash.improvement.models import Idea
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts, picture, wall


def draw(page: Frame, whole: Whole) -> None:
    """The diagram above, its ideas as rows below."""
    lang = page.language
    aim = wall.board(page, whole).aim or whole.project.title
    drivers = tree(whole.ideas, lang)
    if not whole.ideas:
        parts.empty(page, "no_ideas")
    else:
        picture.show(partial(driver.build, aim, drivers, lang), driver.outline(aim, drivers, lang))
    for one in whole.ideas:
        with parts.row(f"idea_{one.id}"):
            st.markdown(f"**{plain(one.title)}** · {t(lang, f'project.idea_{one.status}')}", width="stretch")
            parts.change(page, one, one.title, lambda one=one: _fields(page, one))  # type: ignore[misc]
    parts.adding(page, whole, "idea", lambda: _new(page, whole))


def tree(ideas: Sequence[Idea], language: str) -> tuple[Driver, ...]:
    """Primary drivers with their secondary ones and ideas, in the order they were written."""
    found: dict[str, dict[str, list[driver.Idea]]] = {}
    for one in ideas:
        primary = one.primary_driver.strip() or t(language, "project.no_driver")
        found.setdefault(primary, {}).setdefault(one.secondary_driver.strip(), []).append(
            driver.Idea(one.title, one.status)
        )
    return tuple(
        Driver(
            primary,
            drivers=tuple(Driver(name, ideas=tuple(held)) for name, held in below.items() if name),
            ideas=tuple(below.get("", ())),
        )
        for primary, below in found.items()
    )


def _fields(page: Frame, one: Idea) -> None:
    lang = page.language
    editing.field(page, one, "title", t(lang, "project.idea_title"), rows=1)
    editing.field(page, one, "primary_driver", t(lang, "project.primary_driver"), rows=1)
    editing.field(page, one, "secondary_driver", t(lang, "project.secondary_driver"), rows=1)
    words = {code: t(lang, f"project.idea_{code}") for code in IdeaStatus}
    editing.choice(page, one, "status", t(lang, "project.status"), list(IdeaStatus), words.__getitem__)


def _new(page: Frame, whole: Whole) -> Idea:
    lang = page.language
    title = st.text_input(t(lang, "project.idea_title"))
    primary = st.text_input(t(lang, "project.primary_driver"), help=t(lang, "project.primary_driver_help"))
    secondary = st.text_input(t(lang, "project.secondary_driver"), help=t(lang, "project.secondary_driver_help"))
    return Idea(project=whole.project.id, title=title, primary_driver=primary, secondary_driver=secondary)
