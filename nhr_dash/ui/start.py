"""The first request to a fresh process."""

from urllib.parse import urlsplit

import streamlit as st


@st.cache_resource(show_spinner=False)
def _first_request() -> list[bool]:
    return [True]


def settle() -> None:
    """Load the page once more where a deep link is the very first request to this process.

    Until some run has reached ``st.navigation`` Streamlit takes the folder ``pages`` for its old
    kind of pages, and covers the right page with "Page not found". By now it knows better.
    """
    path = urlsplit(st.context.url or "").path
    first = _first_request()
    if first and first.pop() and path.strip("/"):
        st.html("<script>window.location.reload()</script>", unsafe_allow_javascript=True)
        st.stop()
