"""Variation: are the differences between units larger than chance?"""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import choices, frame
from nhr_dash.ui.variation.asked import OWN
from nhr_dash.ui.variation.views import VIEWS

with frame.page("variation.title", "visning", *OWN) as page:
    lang = page.language
    view = choices.ask(
        st.segmented_control,
        "visning",
        t(lang, "variation.view"),
        tuple(VIEWS),
        next(iter(VIEWS)),
        format_func=lambda one: t(lang, f"variation.view_{one}"),
        label_visibility="collapsed",
        required=True,
    )
    VIEWS[view](page)
    st.caption(t(lang, "variation.open_comparison"))
