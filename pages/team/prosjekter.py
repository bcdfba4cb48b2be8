"""The projects: what is tried here, what comes of it, and what is due."""

from datetime import date

import streamlit as st

from nhr_dash.registry.indicators import by_id
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, frame
from nhr_dash.ui.portfolio import cards, taken_in, views

OWN = ("visning", "enhet", "status", "gjelder", "slag")
ALL = "alle"
VIEWS = ("kort", "tabell", "trakt")


def choose(page: frame.Frame, found: tuple[cards.Card, ...]) -> tuple[str, cards.Choice]:
    """The row of choices: how to look, whose projects, which status; the rare ones one click away."""
    lang = page.language
    with st.container(horizontal=True, vertical_alignment="bottom", key="portfolio_choices"):
        view = choices.ask(
            st.segmented_control,
            "visning",
            t(lang, "portfolio.view"),
            VIEWS,
            VIEWS[0],
            format_func=lambda code: t(lang, f"portfolio.view_{code}"),
            required=True,
        )
        whose = choices.ask(
            st.segmented_control,
            "enhet",
            t(lang, "portfolio.whose"),
            ("egen", ALL),
            "egen",
            format_func={"egen": page.unit_name, ALL: t(lang, "portfolio.whose_all")}.__getitem__,
            required=True,
        )
        status = choices.ask(
            st.selectbox,
            "status",
            t(lang, "portfolio.status"),
            (ALL, *cards.ORDER),
            ALL,
            format_func=lambda code: t(lang, "portfolio.all" if code == ALL else f"project.status_{code}"),
            width=180,
        )
        with st.popover(t(lang, "series.more"), key="portfolio_rare"):
            indicator = choices.ask(
                st.selectbox,
                "gjelder",
                t(lang, "series.indicator"),
                (ALL, *cards.measured_indicators(found)),
                ALL,
                format_func=lambda code: t(lang, "portfolio.all") if code == ALL else by_id(code).words(lang).title,
            )
            kind = choices.ask(
                st.selectbox,
                "slag",
                t(lang, "portfolio.kind"),
                (ALL, *cards.KINDS),
                ALL,
                format_func=lambda code: t(lang, "portfolio.all" if code == ALL else f"portfolio.kind_{code}"),
            )
        views.new_project(page)
    units = caches.hospitals_of(page.version, page.unit) if whose == "egen" else None
    # The stages are the statuses: a funnel of one of them would say nothing.
    named = ["" if code == ALL or (code == status and view == "trakt") else code for code in (indicator, status, kind)]
    return view, cards.Choice(units, *named)


with frame.page("portfolio.title", *OWN) as page:
    everything = caches.portfolio(page.version, page.team_version, page.scope.visibility, page.language)
    view, choice = choose(page, everything)
    found = cards.chosen(everything, choice)
    today = date.today()
    if not found:
        views.nothing(page, everything, choice)
    elif view == "trakt":
        views.funnel(page, found)
    elif view == "tabell":
        views.table(page, found, today)
    else:
        views.cards(page, found, today)
    taken_in.panel(page)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "portfolio.how_to_read"))
