"""The idea bank: what others tried, what came of it, and a copy for one's own project."""

import streamlit as st

from nhr_dash.improvement.kinds import Source
from nhr_dash.registry.indicators import by_id
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, frame, idea_bank
from nhr_dash.ui.portfolio.cards import measured_indicators

OWN = ("sok", "gjelder", "kilde", "endring", "storrelse")
ALL = "alle"


def choose(page: frame.Frame, every: tuple[idea_bank.Entry, ...]) -> idea_bank.Choice:
    """Words to look for, and an indicator; the rarer choices one click away."""
    lang = page.language
    left, middle, right = st.columns([4, 5, 2], vertical_alignment="bottom")
    with left:
        text = choices.words("sok", t(lang, "bank.search"), t(lang, "bank.search_example"))
    with middle:
        indicator = choices.ask(
            st.selectbox,
            "gjelder",
            t(lang, "series.indicator"),
            (ALL, *measured_indicators(every)),
            ALL,
            format_func=lambda code: t(lang, "portfolio.all") if code == ALL else by_id(code).words(lang).title,
        )
    with right, st.popover(t(lang, "series.more"), key="bank_rare"):
        source = choices.ask(
            st.selectbox,
            "kilde",
            t(lang, "bank.source"),
            (ALL, *Source),
            ALL,
            format_func=lambda code: t(lang, "portfolio.all" if code == ALL else f"project.source_{code}"),
        )
        driver = choices.ask(
            st.selectbox,
            "endring",
            t(lang, "bank.driver"),
            (ALL, *idea_bank.drivers(every)),
            ALL,
            format_func=lambda code: t(lang, "portfolio.all") if code == ALL else code,
        )
        size = choices.ask(
            st.selectbox,
            "storrelse",
            t(lang, "bank.size"),
            (ALL, *idea_bank.SIZES),
            ALL,
            format_func=lambda code: t(lang, "portfolio.all" if code == ALL else f"bank.size_{code}"),
        )
    return idea_bank.Choice(text, *("" if code == ALL else code for code in (indicator, source, driver, size)))


with frame.page("bank.title", *OWN) as page:
    every = caches.idea_bank(page.version, page.team_version, page.scope.visibility, page.language)
    choice = choose(page, every)
    found = idea_bank.chosen(every, choice)
    if choice.indicator:
        idea_bank.better_hospitals(page, choice.indicator, every)
    if found:
        idea_bank.entries(page, found)
    else:
        st.info(t(page.language, "bank.none_chosen" if every else "bank.none"))
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "bank.how_to_read"))
