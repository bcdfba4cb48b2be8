"""One project on one page: what is tried, and whether it works."""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import editing, frame
from nhr_dash.ui.project import chosen, cycles, header, parts, tabs, wall

with frame.page("project.title", *tabs.OWN) as page:
    whole = chosen.project(page)
    if whole is not None:
        parts.drawn(whole)
        editing.undo_bar(page)
        project = whole.project.id
        header.draw(page, project)
        wall.draw(page, project)
        cycles.draw(page, project)
        tabs.draw(page, project)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "project.how_to_read"))
