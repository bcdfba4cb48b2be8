"""What changed, when and by whom: every field of everything in the project, readable."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

import pandas
import streamlit as st

from nhr_dash.improvement import history, store
from nhr_dash.improvement.history import Entry
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import has, t
from nhr_dash.text.formats import DASH, day, moment, number
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.project import parts

SHOWN = 100
"""Entries that are shown; a project has thousands when it ends."""
LONGEST = 160
"""Characters of a text that are shown of it before and after."""
_OSLO = ZoneInfo("Europe/Oslo")
_WORDS = {"project_phase": "phase", "project_measure": "measure", "change_idea": "idea", "chart_event": "event"}
"""Where the words of a field called ``kind`` stand."""


def draw(page: Frame, whole: Whole) -> None:
    """The newest entries as a table; only for those who may change the project."""
    lang = page.language
    if not editing.may_edit(page, whole.project):
        st.caption(t(lang, "project.history_own"))
        return
    with caches.asking() as session:
        entries = history.told(store.history(session, page.scope, whole.project.id))
    names = caches.unit_names(page.version, lang).by_code
    rows = [row for entry in entries[:SHOWN] for row in _rows(entry, names, lang)]
    columns = [t(lang, f"project.history_{name}") for name in ("when", "who", "what", "before", "after")]
    parts.table(pandas.DataFrame(rows, columns=columns), t(lang, "project.tab_historikk"))
    if len(entries) > SHOWN:
        st.caption(t(lang, "project.history_more", shown=SHOWN, n=len(entries)))


def _rows(entry: Entry, names: Mapping[str, str], language: str) -> Iterator[tuple[str, ...]]:
    """A row a field; one without fields where a record was made, deleted or brought back."""
    when = moment(entry.at.replace(tzinfo=UTC).astimezone(_OSLO), language)
    kind = t(language, entry.kind)
    if not entry.fields:
        yield when, entry.by, f"{kind}: {t(language, f'history.what.{entry.what}')}", DASH, DASH
    for one in entry.fields:
        values = (written(entry.table, one.name, value, names, language) for value in (one.before, one.after))
        yield when, entry.by, f"{kind}: {t(language, one.label)}", *values


def written(table: str, field: str, value: Any, names: Mapping[str, str], language: str) -> str:
    """A value as it is read: a code in words, a hospital by its name, nothing as a dash."""
    if value in (None, "", []):
        return DASH
    if isinstance(value, list):
        return ", ".join(written(table, field, one, names, language) for one in value)
    if isinstance(value, bool):
        return t(language, "project.yes" if value else "project.no")
    if field == "unit":
        return names.get(str(value), str(value))
    if isinstance(value, str):
        return _text(table, field, value, language)
    return day(value, language) if isinstance(value, date) else number(value, language, int(value != round(value)) * 2)


def _text(table: str, field: str, value: str, language: str) -> str:
    """A code in words where the field is a closed list, else the text, its beginning where it is long."""
    area = _WORDS.get(table, field) if field in ("kind", "status") else field.removesuffix("_kind").removesuffix("s")
    key = f"project.{area}_{value}"
    if value.isidentifier() and has(language, key):
        return t(language, key)
    text = " ".join(value.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
