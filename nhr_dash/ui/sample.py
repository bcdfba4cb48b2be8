"""The first start of all: builds the synthetic registry, with a progress bar, when nothing else is configured."""

import threading

import streamlit as st
from sqlalchemy import make_url

from nhr_dash.settings import ROOT, settings
from nhr_dash.text.catalog import t
from nhr_dash.ui.language import language


@st.cache_resource(show_spinner=False)
def _lock() -> threading.Lock:
    return threading.Lock()


def build_if_missing() -> None:
    """Build the sample database if it is the configured one and isn't there; others wait for it."""
    chosen = settings()
    if not (chosen.is_sample and chosen.demo):
        return
    file = ROOT / (make_url(chosen.database_url).database or "")
    if file.is_file():
        return
    from nhr_dash.improvement.sample import plant
    from nhr_dash.registry import sample

    lang = language()
    bar = st.progress(0.0, text=t(lang, "ui.building"))

    def told(done: float, key: str) -> None:
        bar.progress(min(max(done, 0.0), 1.0), text=t(lang, key))

    with _lock():
        if not file.is_file():
            sample.build(chosen.database_url, finish=plant, progress=told)
    bar.empty()
