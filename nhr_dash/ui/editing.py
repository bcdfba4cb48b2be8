"""Fields that are bound to a record: each saves at once, none loses a word, and a refusal stands at its field.

A choice, a day or a number is saved by a callback, before the run that follows; a text is saved as it is
typed (:mod:`nhr_dash.ui.typed`). Records are only read here; :mod:`nhr_dash.improvement.store` changes them.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from nhr_dash.improvement import checks, store
from nhr_dash.improvement.models import LINE, TEXT, Kept
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import number as written
from nhr_dash.text.formats import parse_number
from nhr_dash.ui import caches, conflict, typed
from nhr_dash.ui.frame import Frame

_REFUSED, _CLASHES, _UNDO = "edit_refused", "edit_clashes", "edit_undo"
EARLIEST, LATEST = date(2008, 1, 1), date(2060, 12, 31)


def again() -> None:
    """Run this part of the page once more, or the page where the part has no run of its own."""
    context = get_script_run_ctx()
    inside = context is not None and bool(context.fragment_ids_this_run)
    st.rerun(scope="fragment" if inside else "app")


def may_edit(page: Frame, record: Kept) -> bool:
    """May the person change this record? One answer serves all records of a project."""
    project = getattr(record, "project", None)
    table, one = ("project", project) if project else (record.__tablename__, record.id)
    return caches.may_edit(page.team_version, page.scope.held, table, one)


def field(
    page: Frame, record: Kept, name: str, label: str, *, rows: int = 3, longest: int | None = None, help: str = ""
) -> None:
    """A text of a record, saved as it is typed. Two people's versions are laid side by side, and one is chosen."""
    key, saved = _key(record, name), getattr(record, name)
    if not may_edit(page, record):
        _read_only(label, saved)
        return
    clashes = st.session_state.setdefault(_CLASHES, {})
    longest = longest or (LINE if rows == 1 else TEXT)
    got = typed.text(
        _kept(page, key),
        label,
        saved,
        record.version,
        language=page.language,
        rows=rows,
        longest=longest,
        help=help,
        error=_refusals().get(key, ("", None))[0],
    )
    if key in clashes and got is not None and (got.text != clashes[key][0] or got.version >= clashes[key][1].version):
        del clashes[key]  # written on since, or over what stands there: tried again, and laid beside that if need be
    if key in clashes:
        _choose(page, record, name, label, longest)
        return
    if got is None or (got.text == saved and key not in _refusals()):
        return
    if got.text == _refusals().get(key, ("", None))[1]:
        return  # refused as it stands; the sentence is already at the field
    try:
        _save(page, record, name, got.text, got.version)
    except store.Conflict as clash:
        clashes[key] = (got.text, clash)
    again()


def _choose(page: Frame, record: Kept, name: str, label: str, longest: int) -> None:
    """Both versions of a field, and what is chosen saved; nothing is given up before it is."""
    key, clashes = _key(record, name), st.session_state[_CLASHES]
    mine, clash = clashes[key]
    other = clash.fields[name]
    chosen = conflict.merge(
        _kept(page, key), label, mine, other.theirs, other.base, clash.by, clash.at, page.language, longest=longest
    )
    if chosen is None:
        return
    try:
        _save(page, record, name, chosen, clash.version)
    except store.Conflict:
        del clashes[key]  # a third has saved meanwhile: the choice comes anew, with what was merged
    else:
        # A refused text stays in the choice; its sentence is at the field.
        if key not in _refusals():
            del clashes[key]
            typed.discard(_kept(page, key))
    again()


def choice(
    page: Frame,
    record: Kept,
    name: str,
    label: str,
    codes: Sequence[str | int | None],
    words: Callable[[Any], str],
    *,
    pills: bool = False,
    help: str = "",
) -> None:
    """One of some codes; None among them means not chosen. ``words`` gives the text of a code."""
    # A widget's own None is "nothing selected", which can't carry a text.
    by_option = {"" if code is None else str(code): code for code in codes}
    value = getattr(record, name)
    _bound(
        page,
        record,
        name,
        label,
        "" if value is None else str(value),
        partial(st.pills, required=True) if pills else st.selectbox,
        read=by_option.__getitem__,
        options=list(by_option),
        format_func=lambda option: words(by_option[option]),
        help=help or None,
    )


def many(
    page: Frame,
    record: Kept,
    name: str,
    label: str,
    codes: Sequence[str],
    words: Callable[[str], str],
    *,
    help: str = "",
) -> None:
    """Any of some codes, stored as a list in the order of ``codes``."""
    _bound(
        page,
        record,
        name,
        label,
        list(getattr(record, name)),
        st.multiselect,
        read=lambda value: [code for code in codes if code in value],
        options=list(codes),
        format_func=words,
        help=help or None,
        placeholder="",
    )


def day(page: Frame, record: Kept, name: str, label: str, *, help: str = "") -> None:
    """A calendar day, or none yet."""
    _bound(
        page,
        record,
        name,
        label,
        getattr(record, name),
        st.date_input,
        read=lambda value: value,
        min_value=EARLIEST,
        max_value=LATEST,
        format="DD.MM.YYYY",
        help=help or None,
    )


def tick(page: Frame, record: Kept, name: str, label: str, *, help: str = "") -> None:
    """Yes or no."""
    _bound(page, record, name, label, bool(getattr(record, name)), st.checkbox, read=bool, help=help or None)


def number(page: Frame, record: Kept, name: str, label: str, *, percent: bool = False, help: str = "") -> None:
    """A number with comma or point; with ``percent`` 60 is typed and 0.6 stored. Empty means not known."""
    value = getattr(record, name)
    scale = 100 if percent else 1
    shown = "" if value is None else written(value * scale, page.language, _decimals(value * scale))

    def read(text: str) -> float | None:
        if not text.strip(" %"):
            return None
        found = parse_number(text.replace("%", ""))
        if found is None:
            raise checks.Refused(name, "not_a_number")
        return found / scale

    _bound(page, record, name, label, shown, st.text_input, read=read, help=help or None)


def add(page: Frame, record: Kept) -> bool:
    """Store a new record; a refusal is told here, and the form keeps what was typed. True when it was saved."""
    try:
        with caches.saving() as session:
            store.make(session, page.scope, record)
    except checks.Refused as refused:
        st.warning(sentence(refused, page.language))
        return False
    return True


def remove(page: Frame, record: Kept, words: str) -> None:
    """A button that deletes; ``words`` name what goes, and :func:`undo_bar` brings it back."""
    if not may_edit(page, record):
        return
    label = t(page.language, "editing.remove")
    if st.button(label, key=f"remove:{record.id}", icon=":material/delete:", type="tertiary", help=words):
        with caches.saving() as session:
            store.delete(session, page.scope, type(record), record.id)
        st.session_state[_UNDO] = (type(record), record.id, words)
        st.rerun()


def undo_bar(page: Frame) -> None:
    """Once a page, at its top: what was deleted last, and the way back."""
    gone = st.session_state.get(_UNDO)
    if gone is None:
        return
    kind, record_id, words = gone
    with st.container(horizontal=True, vertical_alignment="center", key="undo"):
        st.text(t(page.language, "editing.removed", what=words))
        if st.button(t(page.language, "editing.undo"), key="undo_button", icon=":material/undo:"):
            with caches.saving() as session:
                store.restore(session, page.scope, kind, record_id)
            del st.session_state[_UNDO]
            st.rerun()
        if st.button(t(page.language, "editing.undo_close"), key="undo_close", type="tertiary"):
            del st.session_state[_UNDO]
            st.rerun()


def sentence(refused: checks.Refused, language: str) -> str:
    """Why a field can't be so, in words."""
    return t(language, f"refused.{refused.kind}", **refused.values)


def _bound(
    page: Frame,
    record: Kept,
    name: str,
    label: str,
    shown: Any,
    widget: Callable[..., Any],
    *,
    read: Callable[[Any], Any],
    **arguments: Any,
) -> None:
    key = _key(record, name)
    place = f"edit:{key}"
    told, kept = _refusals().get(key, ("", None))
    # What stands in the database is what is shown, but for a value that was refused: that stays as typed.
    st.session_state[place] = kept if told else shown
    open_to_change = may_edit(page, record)

    def changed() -> None:
        value = st.session_state[place]
        try:
            _save(page, record, name, read(value), record.version)
        except checks.Refused as refused:
            _refusals()[key] = (sentence(refused, page.language), value)
        except store.Conflict as clash:
            said = t(page.language, "editing.changed_meanwhile", who=clash.by)
            _refusals()[key] = (said, clash.fields[name].theirs)

    widget(label, key=place, on_change=changed, disabled=not open_to_change, **arguments)
    if told:
        st.caption(f":material/error: {told}")


def _save(page: Frame, record: Kept, name: str, value: Any, version: int) -> None:
    """Save one field. A refusal of a text is kept for its field; of anything else it is raised."""
    key = _key(record, name)
    try:
        with caches.saving() as session:
            store.save(session, page.scope, type(record), record.id, version, {name: value})
    except checks.Refused as refused:
        if not isinstance(value, str):
            raise
        _refusals()[key] = (sentence(refused, page.language), value)
    else:
        _refusals().pop(key, None)


def _refusals() -> dict[str, tuple[str, Any]]:
    return st.session_state.setdefault(_REFUSED, {})


def _kept(page: Frame, key: str) -> str:
    """A field's name in the browser: another person who signs in there must not be shown what this one left unsaved."""
    return f"{key}:{hashlib.sha256(page.scope.logged_as.encode()).hexdigest()[:12]}"


def _key(record: Kept, name: str) -> str:
    return f"{record.__tablename__}:{record.id}:{name}"


def _decimals(value: float) -> int:
    return 0 if value == round(value) else 1


def _read_only(label: str, text: str) -> None:
    if text:
        st.caption(label)
        st.text(text)
