"""What is one click below the wall: chosen by a code in the link, so that a colleague lands on the same."""

from collections.abc import Callable

import streamlit as st

from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import choices
from nhr_dash.ui.frame import COMMON, Frame
from nhr_dash.ui.project import (
    decisions,
    driver,
    history,
    more,
    obstacles,
    parts,
    people,
    plan,
    settings,
    tasks,
    timeline,
)

OWN = ("prosjekt", "fane")
TABS: dict[str, Callable[[Frame, Whole], None]] = {
    "driver": driver.draw,
    "maleplan": plan.draw,
    "oppgaver": tasks.tasks,
    "leveranser": tasks.deliverables,
    "beslutninger": decisions.draw,
    "hindringer": obstacles.answered,
    "team": people.draw,
    "mer": more.draw,
    "tidslinje": timeline.draw,
    "historikk": history.draw,
    "status": settings.draw,
}


@parts.alone
def draw(page: Frame, whole: Whole) -> None:
    """The row of names, and what was chosen."""
    lang = page.language
    counts = {
        "oppgaver": tasks.left(whole),
        "beslutninger": len(whole.decisions),
        "leveranser": len(whole.deliverables),
    }

    def name(code: str) -> str:
        words = t(lang, f"project.tab_{code}")
        return f"{words} ({counts[code]})" if counts.get(code) else words

    chosen = choices.ask(
        st.pills, "fane", t(lang, "project.tabs"), tuple(TABS), "driver", format_func=name, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    with st.container(key=f"tab_{chosen}"):
        TABS[chosen](page, whole)
    choices.write_link((*COMMON, *OWN))
