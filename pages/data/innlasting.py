"""What has been delivered, and loading a new delivery: upload, look at the findings, confirm."""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, deliveries, frame

with frame.page("delivery.title") as page:
    lang = page.language
    st.caption(t(lang, "delivery.intro"))
    if page.scope.may_load:
        if page.synthetic:
            deliveries.next_week(page)
        deliveries.upload(page)
    st.subheader(t(lang, "delivery.history"), anchor=False)
    rows = caches.delivery_rows(page.version, lang)
    if rows.empty:
        st.info(t(lang, "delivery.none"))
    else:
        st.dataframe(rows, hide_index=True, alt=t(lang, "delivery.history"))
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, "delivery.how_to_read"))
