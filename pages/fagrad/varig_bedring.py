"""Who has become lastingly better, when, how much, and does it hold?"""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import frame, share
from nhr_dash.ui.variation import lasting_units

OWN = lasting_units.OWN

with frame.page("lasting_units.title", *OWN) as page:
    taken = lasting_units.draw(page)
    if taken is not None:
        share.numbers(taken.drawing, page.language)
        share.take_along(page, taken, OWN, t(page.language, "lasting_units.nav"), export)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "lasting_units.how_to_read"))
