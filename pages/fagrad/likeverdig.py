"""Equal care: does everybody get the same, whatever their sex, their age and when they come?"""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import equity, frame, share

with frame.page("equity.title", *equity.OWN) as page:
    with st.spinner(t(page.language, "variation.working")):
        taken = equity.draw(page)
    if taken is not None:
        share.take_along(page, taken, equity.OWN, page.unit_name, export)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "equity.how_to_read"))
