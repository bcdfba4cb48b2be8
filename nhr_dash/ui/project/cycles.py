"""The cycles as a list: what was tried, how large, and what was decided; and the way to the next one."""

from datetime import date
from functools import partial

import streamlit as st

from nhr_dash.charts import ramp
from nhr_dash.charts.ramp import RampCycle
from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import days
from nhr_dash.ui import caches, frame
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import imports, parts, picture, wall

CYCLE = "pages/team/syklus.py"


@parts.alone
def draw(page: Frame, whole: Whole) -> None:
    """The ramp where cycles build on each other; number, title, scale and decision; each line opens its cycle.
    Beside them the measures that they are to move."""
    lang = page.language
    st.subheader(t(lang, "project.cycles"), anchor=False)
    _ramp(whole, lang)
    left, right = st.columns([5, 6], gap="large")
    with left:
        _list(page, whole)
    with right:
        wall.family(page, whole)


def _list(page: Frame, whole: Whole) -> None:
    lang = page.language
    names = caches.unit_names(page.version, lang).by_code
    if not whole.cycles:
        parts.empty(page, "no_cycles")
    with st.container(gap=None, key="cycles"):
        for one in whole.cycles:
            st.page_link(CYCLE, label=_line(one, whole, names, lang), query_params=link(page, one.id))
    parts.adding(page, whole, "cycle", lambda: _new(page, whole))
    imports.cycles(page, whole)


def climb(whole: Whole) -> list[RampCycle]:
    """The cycles as steps of a ramp."""
    numbers = {one.id: one.number for one in whole.cycles}
    return [
        RampCycle(one.number, one.title, one.scale, one.act, numbers.get(one.follows or "")) for one in whole.cycles
    ]


def _ramp(whole: Whole, language: str) -> None:
    """The cycles as a climb; nothing where none follows another."""
    steps = climb(whole)
    if any(one.follows for one in steps):
        picture.show(partial(ramp.build, steps, language), ramp.outline(steps, language))


def link(page: Frame, cycle: str) -> dict[str, str]:
    """The address of a cycle's page."""
    return {**frame.common(page), "syklus": cycle}


def _line(one: Cycle, whole: Whole, names: dict[str, str], language: str) -> str:
    words = [f"**{one.number}** {plain(one.title)}", t(language, f"project.scale_{one.scale}")]
    if one.starts_on:
        words.append(plain(days(one.starts_on, one.ends_on or one.starts_on, language)))
    if len(whole.units) > 1:
        common = t(language, "project.common_cycle")
        words.append(plain(names.get(str(one.unit), str(one.unit))) if one.unit else common)
    return f"{' · '.join(words)} · **{t(language, _decided(one))}**"


def _decided(one: Cycle) -> str:
    if one.act:
        return f"project.acted_{one.act}"
    if one.starts_on is None:
        return "project.cycle_planned"
    return "project.cycle_study" if one.ends_on and one.ends_on < date.today() else "project.cycle_open"


def _new(page: Frame, whole: Whole) -> Cycle:
    lang = page.language
    title = st.text_input(t(lang, "project.cycle_title"), help=t(lang, "project.cycle_title_help"))
    unit = None
    if len(whole.units) > 1:
        names = caches.unit_names(page.version, lang).by_code
        unit = st.selectbox(
            t(lang, "project.cycle_where"),
            [None, *whole.units],
            format_func=lambda one: t(lang, "project.common_cycle") if one is None else names[str(one)],
        )
    follows = whole.cycles[-1].id if whole.cycles else None
    return Cycle(project=whole.project.id, title=title, unit=unit, follows=follows)
