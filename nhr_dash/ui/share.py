"""Under a chart: its numbers as a table, the method, a link to the view and files to take along."""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui.run_chart import View


def below(view: View, language: str) -> None:
    """Numbers, method and files of a drawn chart."""
    assert view.drawing is not None  # there is something under it only when it is drawn
    with st.expander(t(language, "series.method")):
        st.markdown("\n".join(f"- {line}" for line in view.method))
    with st.expander(t(language, "series.numbers")):
        st.table(view.drawing.table, hide_index=True, alt=view.drawing.title)
