"""The first request to a fresh process."""

from urllib.parse import urlsplit

import streamlit as st

# Streamlit's dialog may come a moment after this script; after two seconds it won't.
_CLOSE = """<script>(function look(left) {
  const cross = document.querySelector('[role="dialog"] button[aria-label="Close"]');
  if (cross) cross.click(); else if (left) setTimeout(() => look(left - 1), 50);
})(40)</script>"""


@st.cache_resource(show_spinner=False)
def _first_request() -> list[bool]:
    return [True]


def settle() -> None:
    """Close "Page not found" where a deep link is the very first request to this process.

    Until some run has reached ``st.navigation`` Streamlit takes the folder ``pages`` for its old
    kind of pages, and covers the right page with that dialog.
    """
    first = _first_request()
    if first and first.pop() and urlsplit(st.context.url or "").path.strip("/"):
        st.html(_CLOSE, unsafe_allow_javascript=True)
