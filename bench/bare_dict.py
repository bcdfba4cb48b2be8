"""As little as a page with one finished chart can be: a choice, a dict, a drawing."""

import gc
import json
import os
from pathlib import Path

import streamlit as st


@st.cache_resource(show_spinner=False)
def specs() -> list[dict[str, object]]:
    """The chart specs, read once, and what was imported taken out of the collector's sight."""
    read = json.loads(Path(os.environ["BENCH_SPECS"]).read_text(encoding="utf-8"))
    gc.collect()
    gc.freeze()
    return read


choice = st.selectbox("Hospital", ["0", "1"])
st.vega_lite_chart(specs()[int(choice)], key="chart", theme=None)
