"""Where is there most to gain, and what should be asked where a unit lies outside?"""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import choices, frame, share
from nhr_dash.ui.variation import find, questions

VIEWS = {"omrader": find.draw, "sporsmal": questions.view}
OWN = ("visning", *find.OWN, *questions.OWN)
HOW = {"omrader": "potential.how_to_read", "sporsmal": "questions.how_to_read"}

with frame.page("potential.title", *OWN) as page:
    view = choices.ask(
        st.segmented_control,
        "visning",
        t(page.language, "potential.view"),
        tuple(VIEWS),
        "omrader",
        format_func=lambda one: t(page.language, f"potential.view_{one}"),
        label_visibility="collapsed",
        required=True,
    )
    taken = VIEWS[view](page)
    if taken is not None:
        share.take_along(page, taken, OWN, t(page.language, "potential.nav"), export)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, HOW[view]))
