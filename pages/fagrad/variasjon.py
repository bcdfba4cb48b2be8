"""Variation: are the differences between units larger than chance?"""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import choices, frame, share
from nhr_dash.ui.variation.views import CODES, VIEWS

FURTHER = (
    ("pages/fagrad/likeverdig.py", "equity.link"),
    ("pages/fagrad/trombektomi.py", "thrombectomy.link"),
    ("pages/fagrad/indikatorene.py", "upkeep.link"),
)

with frame.page("variation.title", *CODES) as page:
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
    with st.spinner(t(lang, "variation.working")):
        taken = VIEWS[view](page)
    if taken is not None:
        share.take_along(page, taken, CODES, t(lang, "ui.nav_variation"), export)
    st.caption(t(lang, "variation.open_comparison"))
    for path, key in FURTHER:
        st.page_link(path, label=t(lang, key), query_params=frame.common(page))
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, f"variation.how_to_read_{view}"))
