"""What is compared: a stored change, or two spans that a person chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from nhr_dash.improvement.evidence import Window
from nhr_dash.improvement.starts import Start
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import caches, choices, editing
from nhr_dash.ui.frame import Frame

OWN = ("indikator", "start", "endret", "innfort", "fra", "til")
FREE = "datoer"
IDS = tuple(one.id for one in INDICATORS)
DEFAULT = "pakke_bilde_15min"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be answered: hashable, so that answers are kept."""

    indicator: str
    window: Window
    project: str | None = None
    participants: tuple[int, ...] = ()


def ask(page: Frame) -> Asked | None:
    """The choices in one row, the dates under it where a person sets them. None until there is something to compare."""
    lang = page.language
    if choices.code("indikator", DEFAULT) not in IDS:
        st.warning(t(lang, "before_after.no_indicator"))
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        titles = {one.id: one.words(lang).title for one in INDICATORS}
        indicator = choices.ask(
            st.selectbox, "indikator", t(lang, "series.indicator"), IDS, DEFAULT, format_func=titles.__getitem__
        )
    choices.renew(("start", "endret", "innfort", "fra", "til"), (page.unit, indicator))
    visibility = page.scope.visibility
    stored = caches.stored_starts(page.version, page.team_version, visibility, lang, page.unit, indicator)
    by_code = {one.code: one for one in stored}
    asked = choices.code("start")
    if asked and asked != FREE and asked not in by_code:
        st.warning(t(lang, "before_after.start_gone"))
    # Days of one's own could be moved until two answers differ by one patient.
    free = (FREE,) if visibility.in_detail(page.unit) else ()
    if not free and asked == FREE:
        st.warning(t(lang, "verdict.refused.own_days"))
    if not (stored or free):
        st.info(t(lang, "before_after.nothing_stored"))
        return None
    with right:
        code = choices.ask(
            st.selectbox,
            "start",
            t(lang, "before_after.start"),
            (*by_code, *free),
            stored[0].code if stored else FREE,
            format_func=lambda one: _label(by_code.get(one), lang),
        )
    if code != FREE:
        start = by_code[code]
        window = Window(start.changed_on, start.settled_on, start.before_from)
        return Asked(indicator, window, start.project, start.participants)
    return _free(page, indicator, stored)


def _label(start: Start | None, language: str) -> str:
    if start is None:
        return t(language, "before_after.free")
    return f"{t(language, f'before_after.origin_{start.origin}')}: {start.title} ({day(start.changed_on, language)})"


def _free(page: Frame, indicator: str, stored: Sequence[Start]) -> Asked | None:
    """Two spans chosen by hand; the link carries the days."""
    lang = page.language
    basis = caches.data_basis(page.version, page.unit)
    newest = basis.newest or date.today()
    default = stored[0].changed_on if stored else date(newest.year - 1, newest.month, 1)
    columns = st.columns(4)
    with columns[0]:
        before = _day("fra", t(lang, "before_after.before_from"), None, lang)
    with columns[1]:
        changed = _day("endret", t(lang, "before_after.changed_on"), default, lang)
    with columns[2]:
        settled = _day("innfort", t(lang, "before_after.settled_on"), None, lang)
    with columns[3]:
        until = _day("til", t(lang, "before_after.until"), None, lang)
    if changed is None:
        st.info(t(lang, "before_after.choose_day"))
        return None
    return Asked(
        indicator,
        Window(changed, settled_on=settled, before_from=before, until=until, chosen_after_looking=True),
    )


def _day(name: str, label: str, default: date | None, language: str) -> date | None:
    """A day that stands in the link as an ISO date; ``-`` where it was emptied by hand."""
    code = choices.code(name)
    try:
        current = date.fromisoformat(code) if code and code != "-" else None if code == "-" else default
    except ValueError:
        st.warning(t(language, "before_after.bad_day", value=code[:20]))
        current = default
    if current is not None and not editing.EARLIEST <= current <= editing.LATEST:
        st.warning(t(language, "before_after.bad_day", value=code[:20]))
        current = default
    key = f"day_{name}"
    if key not in st.session_state or st.session_state.get(f"{key}_code") != code:
        st.session_state[key] = current  # the link chose it, or nobody yet
    chosen = st.date_input(label, min_value=editing.EARLIEST, max_value=editing.LATEST, key=key, format="DD.MM.YYYY")
    chosen = chosen if isinstance(chosen, date) else None
    if chosen != default or code:
        choices.choose(name, chosen.isoformat() if chosen else "-")
    st.session_state[f"{key}_code"] = choices.code(name)
    return chosen
