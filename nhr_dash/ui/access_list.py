"""*Tilganger*: what is granted to whom, giving and revoking, and the audit log."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas
import streamlit as st

from nhr_dash.access import Role
from nhr_dash.registry import audit, grants
from nhr_dash.registry.grants import Grant
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, day, moment, number
from nhr_dash.ui import caches, editing
from nhr_dash.ui.frame import Frame

LINES = 500
"""Lines of the log that are shown."""
_TOLD, _TURN = "access_told", "access_turn"
_OSLO = ZoneInfo("Europe/Oslo")


def given(page: Frame) -> None:
    """Every grant, then the two forms."""
    lang = page.language
    st.caption(t(lang, "access.intro"))
    if _TOLD in st.session_state:
        st.success(t(lang, st.session_state.pop(_TOLD)))
    with caches.reading() as connection:
        every = grants.every(connection, page.scope)
    names = caches.unit_names(page.version, lang).labels
    today = date.today()
    if every:
        st.dataframe(
            pandas.DataFrame([_row(one, names, today, lang) for one in every]),
            hide_index=True,
            alt=t(lang, "access.title"),
        )
        holding = sum(one.holds(today) for one in every)
        st.caption(t(lang, "access.counted", holding=number(holding, lang), all=number(len(every), lang)))
    else:
        st.info(t(lang, "access.none_yet"))
    _give(page, names)
    _revoke(page, [one for one in every if one.revoked_at is None], names)


def log(page: Frame) -> None:
    """The newest lines of the audit log."""
    lang = page.language
    st.caption(t(lang, "access.log_intro"))
    with caches.reading() as connection:
        lines = audit.newest(connection, page.scope, LINES)
    if not lines:
        st.info(t(lang, "access.log_none"))
        return
    columns = [t(lang, f"access.log_{name}") for name in ("when", "who", "what", "about")]
    rows = [
        (_moment(line.at, lang), line.person, t(lang, f"access.audit_{line.what.value}"), line.about) for line in lines
    ]
    st.dataframe(pandas.DataFrame(rows, columns=columns), hide_index=True, alt=t(lang, "access.tab_logg"))
    st.caption(t(lang, "access.log_shown", count=number(len(lines), lang)))


def _row(one: Grant, names: Mapping[str, str], today: date, language: str) -> dict[str, str]:
    values = {
        "who": f"{one.name} ({one.person})" if one.name else one.person,
        "role": t(language, f"access.role_{one.role.value}"),
        "place": _place(one, names, language),
        "from_day": day(one.start, language),
        "to_day": day(one.end - timedelta(days=1), language) if one.end else DASH,
        "given": f"{one.given_by}, {_moment(one.given_at, language)}",
        "state": _state(one, today, language),
    }
    return {t(language, f"access.{name}"): value for name, value in values.items()}


def _place(one: Grant, names: Mapping[str, str], language: str) -> str:
    at = names.get(str(one.unit), str(one.unit)) if one.unit is not None else ""
    return ", ".join(part for part in (one.municipality, at) if part) or t(language, "access.everywhere")


def _state(one: Grant, today: date, language: str) -> str:
    if one.revoked_at is not None:
        return t(language, "access.revoked", day=_moment(one.revoked_at, language), who=one.revoked_by)
    if one.holds(today):
        return t(language, "access.holds")
    return t(language, "access.ended" if one.start <= today else "access.coming")


def _give(page: Frame, names: Mapping[str, str]) -> None:
    lang, turn = page.language, st.session_state.setdefault(_TURN, 0)
    # A new key empties the form once the grant is given, and not where it was refused.
    with st.expander(t(lang, "access.give")), st.form(f"give_access_{turn}", border=False):
        subject = st.text_input(t(lang, "access.subject"), help=t(lang, "access.subject_help"), max_chars=255)
        role = st.selectbox(
            t(lang, "access.role"),
            list(Role),
            format_func=lambda one: f"{t(lang, f'access.role_{one}')}: {t(lang, f'access.does_{one}')}",
        )
        unit = st.selectbox(
            t(lang, "access.unit"),
            ["", *names],
            format_func=lambda code: names[code] if code else t(lang, "access.no_unit"),
        )
        place = st.text_input(t(lang, "access.municipality"), help=t(lang, "access.municipality_help"), max_chars=80)
        left, right = st.columns(2)
        bounds = (editing.EARLIEST, editing.LATEST)
        start = left.date_input(t(lang, "access.start"), date.today(), *bounds, format="DD.MM.YYYY")
        end = right.date_input(t(lang, "access.end"), None, *bounds, format="DD.MM.YYYY")
        sent = st.form_submit_button(t(lang, "access.give"))
    if not sent or role is None:
        return
    last = end + timedelta(days=1) if end else None
    try:
        with caches.saving() as session:
            grants.give(
                session.connection(),
                page.scope,
                subject,
                role,
                int(unit) if unit else None,
                start=start,
                end=last,
                municipality=place,
            )
    except grants.Refused as refused:
        st.error(t(lang, f"access.refused_{refused.kind}"))
        return
    st.session_state[_TURN] = turn + 1
    st.session_state[_TOLD] = "access.given_told"
    st.rerun()


def _revoke(page: Frame, standing: Sequence[Grant], names: Mapping[str, str]) -> None:
    if not standing:
        return
    lang = page.language
    words = {
        one.id: f"{one.name or one.person}: {t(lang, f'access.role_{one.role.value}')}, {_place(one, names, lang)}"
        for one in standing
    }
    with st.expander(t(lang, "access.revoke")), st.form("revoke_access", border=False):
        number_ = st.selectbox(t(lang, "access.revoke_which"), list(words), format_func=words.__getitem__)
        sent = st.form_submit_button(t(lang, "access.revoke"))
    if sent and number_ is not None:
        with caches.saving() as session:
            grants.revoke(session.connection(), page.scope, number_)
        st.session_state[_TOLD] = "access.revoked_told"
        st.rerun()


def _moment(at: datetime, language: str) -> str:
    return moment(at.replace(tzinfo=UTC).astimezone(_OSLO), language)
