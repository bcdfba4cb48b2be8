"""The few lines of CSS that Streamlit's theme has no setting for."""

from functools import cache
from pathlib import Path

import streamlit as st

from nhr_dash.charts import palette


@cache
def _css() -> str:
    sheet = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    return f"<style>:root {{ --nhr-muted: {palette.MUTED}; }}\n{sheet}</style>"


def apply() -> None:
    """Put the style sheet on the page."""
    st.html(_css())
