"""*Hva om grensen flyttes?*: the hospitals that would change level, and proposals, which change nothing."""

from datetime import date

import streamlit as st

from nhr_dash.improvement import checks, proposals
from nhr_dash.improvement.models import LimitProposal
from nhr_dash.registry import upkeep
from nhr_dash.registry.indicator import Levels
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.upkeep import WITH_LEVELS, Moved
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, number, percent
from nhr_dash.ui import caches, caches_variation, choices, editing, frame, problems
from nhr_dash.ui.frame import COMMON, Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.upkeep.kept import YEAR, counts_said

INDICATOR, HIGH, MODERATE = "indikator", "hoy", "moderat"
OWN = (YEAR, INDICATOR, HIGH, MODERATE)
PERCENTS = tuple(str(at) for at in range(1, 101))
_STORED = "proposal_stored"


@st.fragment
def draw(page: Frame, year: int) -> None:
    """The limits to be moved, what that would do, and what has been proposed; a moved limit runs this part alone."""
    with problems.told():
        page = frame.renewed(page)
        lang = page.language
        st.subheader(t(lang, "upkeep.if_title"), anchor=False)
        indicator = _ask_indicator(page)
        limits = by_id(indicator).levels_on(date(year, 12, 31))
        if limits is None:
            st.info(t(lang, "upkeep.if_no_limits"))
            return
        high, moderate = _ask_limits(page, indicator, year, limits)
        choices.write_link((*COMMON, *OWN))
        rows = caches_variation.standings(page.version, page.scope.visibility, indicator, year)
        if not rows:
            st.info(t(lang, "upkeep.if_no_units", year=year))
            return
        if moderate >= high:
            st.warning(t(lang, "upkeep.if_backwards"))
        else:
            _show(page, upkeep.moved(rows, high / 100, moderate / 100, year), limits, (high, moderate))
        st.caption(t(lang, "upkeep.if_note"))
        _proposals(page, indicator, year, (high, moderate))


def _ask_indicator(page: Frame) -> str:
    lang = page.language
    default = min(WITH_LEVELS, key=lambda one: by_id(one).number)
    if choices.code(INDICATOR, default) not in WITH_LEVELS:
        st.warning(t(lang, "upkeep.if_no_limits"))
    return choices.ask(
        st.selectbox,
        INDICATOR,
        t(lang, "upkeep.if_indicator"),
        WITH_LEVELS,
        default,
        format_func=lambda one: by_id(one).words(lang).title,
    )


def _ask_limits(page: Frame, indicator: str, year: int, limits: Levels) -> tuple[int, int]:
    """The two limits in percent, those that hold unless moved."""
    lang = page.language
    choices.renew((HIGH, MODERATE), (indicator, year))
    if any(choices.code(name, "50") not in PERCENTS for name in (HIGH, MODERATE)):
        st.warning(t(lang, "upkeep.if_wrong"))
    found = []
    for box, name, label, value in zip(
        st.columns(2), (HIGH, MODERATE), ("if_high", "if_moderate"), (limits.high, limits.moderate), strict=True
    ):
        with box:
            code = choices.ask(
                st.select_slider,
                name,
                t(lang, f"upkeep.{label}"),
                PERCENTS,
                str(round(value * 100)),
                format_func=lambda one: percent(int(one) / 100, lang),
            )
            found.append(int(code))
    now = {"high": percent(limits.high, lang), "moderate": percent(limits.moderate, lang)}
    st.caption(t(lang, "upkeep.if_now", year=year, **now))
    return found[0], found[1]


def _show(page: Frame, found: Moved, limits: Levels, asked: tuple[int, int]) -> None:
    """The sentence, and the hospitals that would change level."""
    lang = page.language
    values = {
        "n": len(found.changed),
        "all": found.before.all,
        "year": found.before.year,
        "before": counts_said(found.before, lang),
        "after": counts_said(found.after, lang),
    }
    if asked == (round(limits.high * 100), round(limits.moderate * 100)):
        st.markdown(f"**{t(lang, 'upkeep.if_same', counts=values['before'])}**")
        return
    st.markdown(f"**{t(lang, 'upkeep.if_said' if found.changed else 'upkeep.if_none', **values)}**")
    if not found.changed:
        return
    names = ("name", "share", "patients", "from", "to")
    rows = [
        (
            one.name,
            percent(one.share, lang, 1),
            number(one.patients, lang),
            t(lang, f"overview.level_{one.level}"),
            t(lang, f"overview.level_{level}"),
        )
        for one, level in found.changed
    ]
    heads = [t(lang, f"upkeep.if_column_{name}") for name in names]
    st.dataframe(
        dict(zip(heads, (list(column) for column in zip(*rows, strict=True)), strict=True)),
        hide_index=True,
        alt=t(lang, "upkeep.if_said", **values),
    )


def _proposals(page: Frame, indicator: str, year: int, asked: tuple[int, int]) -> None:
    """What has been proposed, and the form of a new one for who may."""
    lang = page.language
    st.markdown(f"##### {t(lang, 'upkeep.proposals')}")
    with caches.asking() as session:
        found = proposals.listed(session, indicator)
        session.expunge_all()
    if not found:
        st.caption(t(lang, "upkeep.no_proposals"))
    for one in found:
        _one(page, one)
    if not page.scope.may_propose:
        st.caption(t(lang, "upkeep.read_only"))
        return
    if st.session_state.pop(_STORED, False):
        st.success(t(lang, "upkeep.stored"))
    with st.form("proposal", clear_on_submit=False):
        high, moderate = (percent(one / 100, lang) for one in asked)
        st.markdown(t(lang, "upkeep.proposal", high=high, moderate=moderate, year=year))
        # A new key after each: the next form is empty.
        key = f"proposal_reason_{st.session_state.get('proposals', 0)}"
        reason = st.text_area(t(lang, "upkeep.reason"), key=key, help=t(lang, "upkeep.reason_help"))
        sent = st.form_submit_button(t(lang, "upkeep.store"))
    if sent and _stored(page, indicator, year, asked, reason):
        st.session_state["proposals"] = st.session_state.get("proposals", 0) + 1
        st.session_state[_STORED] = True
        st.rerun(scope="fragment")


def _one(page: Frame, one: LimitProposal) -> None:
    lang = page.language
    limits = {"high": percent(one.high, lang), "moderate": percent(one.moderate, lang)}
    what = t(lang, "upkeep.proposal", year=one.year, **limits)
    by = t(lang, "upkeep.proposal_by", role=t(lang, f"access.role_{one.by_role}"), day=day(one.created_at, lang))
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"proposal_{one.id}"):
        st.markdown(f"**{plain(what)}**  \n{plain(one.reason)}  \n{plain(by)}", width="stretch")
        editing.remove(page, one, what)


def _stored(page: Frame, indicator: str, year: int, asked: tuple[int, int], reason: str) -> bool:
    try:
        with caches.saving() as session:
            proposals.propose(session, page.scope, indicator, year, asked[0] / 100, asked[1] / 100, reason)
    except checks.Refused as refused:
        st.warning(editing.sentence(refused, page.language))
        return False
    return True
