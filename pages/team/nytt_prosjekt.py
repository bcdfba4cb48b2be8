"""A new project in three minutes: what, for whom, how much, by when."""

from datetime import date

import streamlit as st

from nhr_dash.improvement import projects, store, templates
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, editing, frame, guide, problems

OWN = ("indikator", "mal", guide.DRAFT)
AREAS = "pages/fagrad/forbedringsomrader.py"
IDS = tuple(one.id for one in INDICATORS)


@st.fragment
def steps(page: frame.Frame) -> None:
    """What is to be asked now; an answer runs this part alone."""
    with problems.told():
        now = frame.renewed(page)
        draft = choices.code(guide.DRAFT)
        whole = read(now, draft) if draft else None
        if whole is None:
            choose(now)
        else:
            describe(now, whole)
        choices.write_link((*frame.COMMON, *OWN))


def read(page: frame.Frame, draft: str) -> projects.Whole | None:
    """The project that is being begun; None where it is gone."""
    try:
        with caches.asking() as session:
            return projects.whole(session, page.scope, draft)
    except store.Gone:
        choices.forget(guide.DRAFT)
        return None


def choose(page: frame.Frame) -> None:
    """A template or an indicator, with its numbers now."""
    lang = page.language
    st.caption(t(lang, "guide.intro"))
    st.page_link(AREAS, label=t(lang, "potential.from_guide"), query_params=frame.common(page))
    offered = {one.code: one for one in templates.all(lang)}
    code = choices.ask(
        st.selectbox,
        "mal",
        t(lang, "guide.start_from"),
        (guide.EMPTY, *offered),
        guide.EMPTY,
        format_func=lambda one: t(lang, "guide.start_empty") if one == guide.EMPTY else offered[one].title,
    )
    template = offered.get(code)
    if template is not None:
        guide.template(page, template)
        guide.first_step(page, template.indicator, template)
        return
    indicator = choices.ask(
        st.selectbox,
        "indikator",
        t(lang, "guide.indicator"),
        IDS,
        IDS[0],
        format_func={one.id: one.words(lang).title for one in INDICATORS}.__getitem__,
    )
    guide.first_step(page, indicator, None)


def describe(page: frame.Frame, whole: projects.Whole) -> None:
    """The four questions, then the first cycle, then on to the project's own page."""
    lang, today = page.language, date.today()
    st.caption(t(lang, "guide.saved_as_you_type"))
    editing.undo_bar(page)
    outcome = whole.outcome
    if outcome is not None and outcome.indicator is not None:
        guide.numbers(page, whole.project.unit, outcome.indicator, whole.project.aim_value)
    st.subheader(t(lang, "guide.aim_title"), anchor=False)
    guide.aim(page, whole, today)
    st.subheader(t(lang, "guide.cycle_heading"), anchor=False)
    guide.cycle(page, whole)
    guide.finish(page, whole)


with frame.page("guide.title", *OWN) as page:
    steps(page)
