"""What stands over the four cards: which cycle, of which project, and the words that the team uses for the cards."""

from collections.abc import Sequence

import streamlit as st

from nhr_dash.improvement import projects, store
from nhr_dash.improvement.models import Cycle
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import days
from nhr_dash.ui import caches, choices, frame
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain

PROJECT = "pages/team/prosjekt.py"
CYCLE = "pages/team/syklus.py"
CARDS = ("planlegg", "utfor", "kontroller", "korriger")
WORDINGS = ("pukk", "pgek", "pdsa")


def read(page: Frame, cycle: str) -> tuple[projects.Whole, Cycle]:
    """The cycle and its project as they stand now. Raises ``store.Gone`` and ``NotAllowed``."""
    with caches.asking() as session:
        found = store.found(session, Cycle, cycle)
        whole = projects.whole(session, page.scope, found.project)
    return whole, next(one for one in whole.cycles if one.id == cycle)


def title(page: Frame, whole: projects.Whole, cycle: Cycle) -> None:
    """The way back, and where the cycle stands in its ramp."""
    lang = page.language
    link = {**frame.common(page), "prosjekt": whole.project.id}
    label = plain(whole.project.titled(lang))
    st.page_link(PROJECT, label=label, icon=":material/arrow_back:", query_params=link)
    st.subheader(plain(f"{cycle.number} · {cycle.title}"), anchor=False)
    pieces = [t(lang, f"project.scale_{cycle.scale}"), state(cycle, lang)]
    if cycle.starts_on:
        pieces.insert(1, days(cycle.starts_on, cycle.ends_on or cycle.starts_on, lang))
    st.caption(" · ".join(pieces))


def state(cycle: Cycle, language: str) -> str:
    """Where the cycle is: planned, tried, or what was decided."""
    if cycle.act:
        return t(language, f"project.act_{cycle.act}")
    return t(language, "cycle.state_running" if cycle.starts_on else "cycle.state_planned")


def card(page: Frame, cycle: Cycle) -> str:
    """Which card is open: the chosen one, or the first that is not done."""
    wording = choices.code("ord", WORDINGS[0])
    names = wording if wording in WORDINGS else WORDINGS[0]
    return choices.ask(
        st.segmented_control,
        "kort",
        t(page.language, "cycle.cards"),
        CARDS,
        default_card(cycle),
        format_func=lambda one: t(page.language, f"cycle.{names}_{one}"),
        label_visibility="collapsed",
        required=True,
        width="stretch",
    )


def default_card(cycle: Cycle) -> str:
    """Plan until it has begun, do until it has ended, study until something was learned, then act."""
    if cycle.starts_on is None:
        return "planlegg"
    if cycle.ends_on is None:
        return "utfor"
    return "korriger" if cycle.learned or cycle.act else "kontroller"


def wording(page: Frame) -> None:
    """PUKK, PGEK or PDSA: the team's own words for the four cards."""
    choices.ask(
        st.segmented_control,
        "ord",
        t(page.language, "cycle.wording"),
        WORDINGS,
        WORDINGS[0],
        format_func=str.upper,
        required=True,
    )


def numbered(cycles: Sequence[Cycle], language: str) -> dict[str, str]:
    """Names of cycles for a choice: number and title."""
    return {one.id: f"{one.number} · {one.title}" for one in cycles}
