"""One PDSA cycle: plan, do, study, act; made for a telephone."""

import streamlit as st

from nhr_dash.improvement import store
from nhr_dash.text.catalog import t
from nhr_dash.ui import choices, editing, frame, problems
from nhr_dash.ui.cycle import act, do, head, plan, study

CARDS = {"planlegg": plan.card, "utfor": do.card, "kontroller": study.card, "korriger": act.card}


@st.fragment
def cards(page: frame.Frame, cycle_id: str) -> None:
    """The open card; an edit runs this part alone."""
    with problems.told():
        page = frame.renewed(page)
        whole, cycle = head.read(page, cycle_id)
        head.title(page, whole, cycle)
        CARDS[head.card(page, cycle)](page, whole, cycle)
        choices.write_link((*frame.COMMON, "syklus", "kort", "ord"))


with frame.page("cycle.title", "syklus", "kort", "ord") as page:
    editing.undo_bar(page)
    asked = choices.code("syklus")
    try:
        if asked:
            choices.renew(("kort",), (asked,))
            head.read(page, asked)
    except store.Gone:
        asked = ""
        st.warning(t(page.language, "cycle.gone"))
    if asked:
        cards(page, asked)
        with st.expander(t(page.language, "ui.how_to_read")):
            st.markdown(t(page.language, "cycle.how_to_read"))
            head.wording(page)
    else:
        st.info(t(page.language, "cycle.none_chosen"))
        st.page_link("pages/team/prosjekter.py", label=t(page.language, "cycle.to_projects"))
