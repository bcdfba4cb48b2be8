"""Who has access and why, and the audit log: for the registry alone."""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import access_list, choices, frame

TABS = ("na", "logg")

with frame.page("access.title", "del") as page:
    lang = page.language
    if not page.scope.may_grant:
        st.info(t(lang, "access.not_for_you"))
    else:
        part = choices.ask(
            st.segmented_control,
            "del",
            t(lang, "access.title"),
            TABS,
            TABS[0],
            format_func=lambda code: t(lang, f"access.tab_{code}"),
            label_visibility="collapsed",
            required=True,
        )
        {"na": access_list.given, "logg": access_list.log}[part](page)
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, "access.how_to_read"))
