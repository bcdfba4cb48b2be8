"""The indicators' upkeep: do they still tell hospitals apart, and what would other limits do?"""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import editing, frame
from nhr_dash.ui.upkeep import kept, limits

with frame.page("upkeep.title", *limits.OWN) as page:
    editing.undo_bar(page)
    year = kept.ask_year(page)
    if year is not None:
        with st.spinner(t(page.language, "variation.working")):
            kept.draw(page, year)
        limits.draw(page, year)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "upkeep.how_to_read"))
