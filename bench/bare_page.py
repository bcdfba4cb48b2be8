"""The floor under our page: the same elements with fixed contents, no registry, no choices kept, no guard."""

import gc
import json
import os
from pathlib import Path

import pandas as pd
import streamlit as st

SENTENCE = "Klar bedring: fra 18 % (128 av 712 pasienter) til 60 % (253 av 422 pasienter). " * 2


@st.cache_resource(show_spinner=False)
def specs() -> list[dict[str, object]]:
    """The chart specs, read once, and what was imported taken out of the collector's sight."""
    read = json.loads(Path(os.environ["BENCH_SPECS"]).read_text(encoding="utf-8"))
    gc.collect()
    gc.freeze()
    return read


@st.cache_resource(show_spinner=False)
def numbers() -> pd.DataFrame:
    """A table as long as the one under our chart."""
    return pd.DataFrame({name: [str(row) for row in range(60)] for name in ("Periode", "Teller", "Nevner", "Andel")})


with st.sidebar:
    choice = st.selectbox("Hospital", ["0", "1"])
    st.selectbox("Period", ["24", "36", "60"])
    st.segmented_control("Language", ["nb", "en"], default="nb")
    st.caption(SENTENCE)
    st.caption("Demo")
st.html("<div>Banner</div>")
st.title("Title", anchor=False)
left, middle, right = st.columns([5, 3, 2])
left.selectbox("Indicator", [str(number) for number in range(22)])
middle.selectbox("Grain", ["month", "quarter", "year"])
with right, st.popover("More"):
    st.selectbox("k", ["5", "10", "20"])
st.markdown(SENTENCE)
st.caption(SENTENCE)
st.vega_lite_chart(specs()[int(choice)], key="chart", theme=None)
st.markdown(SENTENCE)
with st.expander("Share"):
    st.code("http://127.0.0.1/")
    for name in ("PNG", "SVG", "CSV", "Excel"):
        st.download_button(name, b"file", file_name=name, on_click="ignore")
with st.expander("Numbers"):
    st.table(numbers())
with st.expander("Method"):
    st.markdown(SENTENCE)
st.caption(SENTENCE)
