"""The language of this run: the link, then the session, then the browser, then the installation."""

import streamlit as st

from nhr_dash.settings import settings
from nhr_dash.ui import choices

LANGUAGES = ("nb", "en")


def language() -> str:
    """``nb`` or ``en``."""
    chosen = choices.code("lang")
    if chosen in LANGUAGES:
        return chosen
    browser = (st.context.locale or "").lower()
    if browser.startswith(("nb", "no", "nn", "da", "sv")):
        return "nb"
    return settings().default_language
