"""What changed, when and by whom: every field of everything in the project, readable."""

import json
from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

import pandas
import streamlit as st

from nhr_dash.improvement import store
from nhr_dash.improvement.models import Change
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import has, t
from nhr_dash.text.formats import DASH, moment
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame

SHOWN = 100
"""Changes that are shown; a project has thousands when it ends."""
LONGEST = 160
"""Characters of a text that are shown of it before and after."""
_OSLO = ZoneInfo("Europe/Oslo")


def draw(page: Frame, whole: Whole) -> None:
    """The newest changes as a table; only for those who may change the project."""
    lang = page.language
    if not editing.may_edit(page, whole.project):
        st.caption(t(lang, "project.history_own"))
        return
    with caches.asking() as session:
        changes = store.history(session, page.scope, whole.project.id)
    rows = pandas.DataFrame(list(_rows(changes[:SHOWN], lang)))
    st.table(rows, hide_index=True, alt=t(lang, "project.tab_history"))
    if len(changes) > SHOWN:
        st.caption(t(lang, "project.history_more", shown=SHOWN, n=len(changes)))


def _rows(changes: list[Change], language: str) -> Iterator[dict[str, str]]:
    for one in changes:
        when = one.at.replace(tzinfo=UTC).astimezone(_OSLO)
        what = t(language, f"project.record_{one.table}")
        if one.field:
            said = f"{what}: {_field(one.field, language)}"
            before, after = _value(one, one.before, language), _value(one, one.after, language)
        else:
            said, before, after = f"{what}: {t(language, _happened(one))}", DASH, DASH
        names = ("when", "who", "what", "before", "after")
        yield dict(
            zip(
                (t(language, f"project.history_{name}") for name in names),
                (moment(when, language), one.by, said, before, after),
                strict=True,
            )
        )


def _happened(one: Change) -> str:
    """Made, deleted or brought back."""
    state = None if one.after is None else json.loads(one.after)
    return f"project.history_{state or 'made'}"


def _field(name: str, language: str) -> str:
    return t(language, f"field.{name}") if has(language, f"field.{name}") else name


def _value(one: Change, written: str | None, language: str) -> str:
    """A value as it is read: a code in words, yes and no, nothing as a dash."""
    value = None if written is None else json.loads(written)
    if value in (None, "", []):
        return DASH
    if isinstance(value, bool):
        return t(language, "project.yes" if value else "project.no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    for key in (f"project.{one.field}_{value}", f"project.{one.table}_{value}"):
        if isinstance(value, str) and value.replace("_", "").isalpha() and has(language, key):
            return t(language, key)
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
