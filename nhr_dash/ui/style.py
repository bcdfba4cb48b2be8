"""The few lines of CSS that Streamlit's theme has no setting for."""

from functools import cache
from pathlib import Path

import streamlit as st


@cache
def _css() -> str:
    return f"<style>{(Path(__file__).parent / 'style.css').read_text(encoding='utf-8')}</style>"


def apply() -> None:
    """Put the style sheet on the page."""
    st.html(_css())
