"""The guard that every page starts with: who asks, or a sentence and a stop.

A page never trusts that app.py has run: a page file can be asked for by its own address.
"""

import streamlit as st

from nhr_dash import access, database
from nhr_dash.settings import settings
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches
from nhr_dash.ui.language import language


def require_scope() -> access.Scope:
    """The scope of the person behind this run; the page stops here when there is none.

    The demo serves only the synthetic registry. A registry with real deliveries is served only
    where a setting says that another gate stands in front.
    """
    chosen = settings()
    if chosen.other_gate:
        return access.everything("behind another gate")
    if not chosen.demo:
        stop(t(language(), "ui.not_signed_in"))
    with caches.reading() as connection:
        synthetic = database.is_synthetic(connection)
    if not synthetic:
        stop(t(language(), "ui.real_data_needs_sign_in"))
    return access.everything("demo")


def stop(sentence: str) -> None:
    """Say why the page ends here, and end it."""
    st.info(sentence)
    st.stop()
