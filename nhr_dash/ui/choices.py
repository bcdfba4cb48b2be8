"""What a person has chosen: kept through pages, reloads and links.

A choice lives in three places that this module keeps equal: the link (codes, never labels), the
session (so that it survives a change of page, which empties the link), and the widget. A code
in the link that differs from what was last written there is news, and wins.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# A choice that says nothing: left out of links.
_UNSAID = {("rolle", "alt")}
_CHOSEN = "choices"
_WRITTEN = "choices_written"
_MOVED = "choices_moved"


def _chosen() -> dict[str, str]:
    return st.session_state.setdefault(_CHOSEN, {})


def adopt_link(names: Sequence[str]) -> None:
    """Take over the codes of an opened link. Called once a run, before any widget."""
    written = st.session_state.setdefault(_WRITTEN, {})
    for name in names:
        code = st.query_params.get(name)
        if code is not None and code != written.get(name):
            _chosen()[name] = code
            st.session_state.pop(_widget(name), None)


def write_link(names: Sequence[str]) -> None:
    """Make the address of the page reopen this view."""
    chosen = _chosen()
    codes = {name: chosen[name] for name in names if name in chosen and (name, chosen[name]) not in _UNSAID}
    st.session_state[_WRITTEN] = codes
    if dict(st.query_params) != codes:
        st.query_params.from_dict(codes)


def code(name: str, default: str = "") -> str:
    """The chosen code, or the default where nothing was chosen."""
    changed = st.session_state.get(_widget(name))  # by the person, before this run
    return changed if changed is not None else _chosen().get(name, default)


def said(name: str) -> str:
    """The chosen code as a link carries it: empty where nothing is said by it."""
    found = code(name)
    return "" if (name, found) in _UNSAID else found


def choose(name: str, value: str) -> None:
    """Set a choice from code (a default, or a button)."""
    _chosen()[name] = value
    st.session_state.pop(_widget(name), None)


def forget(name: str) -> None:
    """Take a choice back, as if nothing had been chosen."""
    _chosen().pop(name, None)
    st.session_state.pop(_widget(name), None)


def renew(names: Sequence[str], on: tuple[object, ...]) -> None:
    """Forget choices that were made for something else (a grain for another indicator), but not a link's."""
    place = f"choices_on:{names[0]}"
    before = st.session_state.get(place)
    st.session_state[place] = on
    if before is not None and before != on:
        for name in names:
            _chosen().pop(name, None)
            st.session_state.pop(_widget(name), None)


def _widget(name: str) -> str:
    return f"w_{name}"


def ask(
    widget: Callable[..., Any],
    name: str,
    label: str,
    options: Sequence[str],
    default: str,
    **arguments: Any,
) -> str:
    """Draw a widget over codes and return the chosen one.

    An unknown code (from an old or mistyped link) falls back to the default; a page that wants
    to say so checks the code before it asks.
    """
    key = _widget(name)
    current = code(name, default)
    if current not in options:
        current = default
    # Set, for the same key on another page is another widget, which would begin at its first option. Not when it was
    # just moved: a slider that is moved on while the page works would leap back.
    place = name, _page()
    if st.session_state.get(key) == current and st.session_state.get(_MOVED) == place:
        del st.session_state[_MOVED]
    else:
        st.session_state[key] = current
    value = widget(label, options, key=key, on_change=_moved, args=(place,), **arguments)
    chosen = value if value is not None else current
    _chosen()[name] = chosen
    return chosen


def _moved(place: tuple[str, str]) -> None:
    st.session_state[_MOVED] = place


def _page() -> str:
    context = get_script_run_ctx()
    return "" if context is None else context.page_script_hash


def words(name: str, label: str, example: str = "") -> str:
    """Draw a field for words to look for, and return them."""
    key = _widget(name)
    st.session_state[key] = code(name)
    value = str(st.text_input(label, key=key, placeholder=example, max_chars=100)).strip()
    _chosen()[name] = value
    return value
