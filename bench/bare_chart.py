"""A first Streamlit app as the tutorials write it: a frame and one chart of five years of months."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

months = pd.date_range("2021-01-01", periods=60, freq="MS")
frame = pd.DataFrame({"month": months, "share": 0.5 + 0.2 * np.sin(np.arange(60))})
st.altair_chart(alt.Chart(frame).mark_line(point=True).encode(x="month:T", y="share:Q"))
