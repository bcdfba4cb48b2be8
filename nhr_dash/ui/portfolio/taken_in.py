"""A project from another installation: its file is tried first, what is wrong is said, then it is taken in."""

from typing import Any

import streamlit as st

from nhr_dash.access import NotAllowed
from nhr_dash.improvement import checks, history, transfer
from nhr_dash.improvement.models import Base
from nhr_dash.text.catalog import has, t
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame, common
from nhr_dash.ui.plain import plain
from nhr_dash.ui.portfolio.views import PROJECT


def panel(page: Frame) -> None:
    """The button, the file, what it holds, and the button that takes it in or makes a copy of it."""
    lang = page.language
    box = st.popover(t(lang, "imports.project"), icon=":material/upload_file:", key="import_project", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption(t(lang, "imports.project_help"))
        file = st.file_uploader(
            t(lang, "imports.project_file"),
            "json",
            key="import_project_file",
            max_upload_size=transfer.MOST_BYTES // 1_000_000,
        )
        if file is None:
            return
        try:
            data = transfer.parsed(file.getvalue())
            copy = _must_be_copied(page, data)
        except checks.Refused as refused:
            st.warning(plain(_sentence(refused, lang)))
            return
        except NotAllowed:
            st.warning(t(lang, "imports.not_yours"))
            return
        st.markdown(plain(_summary(data, lang)))
        if copy:
            st.info(t(lang, "imports.already_here"))
        if st.button(t(lang, "imports.copy" if copy else "imports.take"), key="import_project_take", type="primary"):
            with caches.saving() as session:
                made = transfer.load(session, page.scope, data, copy=copy)
            st.switch_page(PROJECT, query_params={**common(page), "prosjekt": made})


def _must_be_copied(page: Frame, data: Any) -> bool:
    """Try the file without keeping anything: False where it can be taken in as it is, True where only as a copy.

    Raises ``checks.Refused`` and ``NotAllowed``.
    """
    for copy in (False, True):
        try:
            with caches.asking() as session:  # never committed
                transfer.load(session, page.scope, data, copy=copy)
        except checks.Refused as refused:
            if copy or refused.kind != "already_here":
                raise
        else:
            return copy
    return True


def _summary(data: Any, language: str) -> str:
    """What the file holds, in a sentence."""
    title = data["project"].get("title", "")
    return t(
        language, "imports.holds", title=title, cycles=len(data.get("cycles", ())), points=len(data.get("points", ()))
    )


def _sentence(refused: checks.Refused, language: str) -> str:
    """Why the file can't be taken in, with the field's name where it has one."""
    said = editing.sentence(refused, language)
    tables = (one.class_.__tablename__ for one in Base.registry.mappers)
    names = (history.label(table, refused.field) for table in tables)
    name = next((t(language, key) for key in names if has(language, key)), "")
    return f"{name}: {said}" if name else said
