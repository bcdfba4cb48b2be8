"""Three ways to look at many projects: cards, a table, and how far they have come."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from nhr_dash.charts import stages, symbols
from nhr_dash.improvement import templates
from nhr_dash.improvement.kinds import Status
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices
from nhr_dash.ui.frame import Frame, common
from nhr_dash.ui.image import image
from nhr_dash.ui.plain import plain
from nhr_dash.ui.portfolio import trends
from nhr_dash.ui.portfolio.cards import STAGES, Card, Choice, said_due

PROJECT, GUIDE = "pages/team/prosjekt.py", "pages/team/nytt_prosjekt.py"
AT_ONCE = 24
COLUMNS = 3
_SHOWN = "portfolio_shown"


def new_project(page: Frame) -> None:
    """The way to the guide; it goes on with a project that was begun and not finished."""
    if st.button(t(page.language, "portfolio.new"), icon=":material/add:", type="primary", key="portfolio_new"):
        st.switch_page(GUIDE, query_params=common(page))


def nothing(page: Frame, every: Sequence[Card], choice: Choice) -> None:
    """Why the list is empty, and a way on."""
    lang = page.language
    here = [one for one in every if choice.units is None or not choice.units.isdisjoint(one.units)]
    if here:
        st.info(t(lang, "portfolio.none_chosen"))
    else:
        st.info(t(lang, "portfolio.none_here", unit=page.unit_name) if every else t(lang, "portfolio.none"))
        st.markdown(t(lang, "portfolio.start_from"))
        for one in templates.all(lang):
            st.page_link(GUIDE, label=plain(one.title), query_params={**common(page), "mal": one.code})
    if every and st.button(t(lang, "portfolio.show_all"), key="portfolio_all"):
        for name in ("enhet", "status", "gjelder", "slag"):
            choices.choose(name, "alle")
        st.rerun()


def cards(page: Frame, found: Sequence[Card], today: date) -> None:
    """A card a project, three abreast."""
    shown = _first(found)
    small = _trends(page, shown)
    for start in range(0, len(shown), COLUMNS):
        for column, one in zip(st.columns(COLUMNS), shown[start : start + COLUMNS], strict=False):
            with column.container(border=True, gap="xsmall", height="stretch", key=f"card_{one.id}"):
                status = t(page.language, f"project.status_{one.status}")
                st.html(f'<div class="nhr-over"><span>{escape(one.hospitals)}</span><b>{status}</b></div>')
                _link(page, one)
                st.html(f'<div class="nhr-card">{_body(page, one, small[one.id], today)}</div>')
    _more(page, found)


def table(page: Frame, found: Sequence[Card], today: date) -> None:
    """A row a project."""
    shown = _first(found)
    small = _trends(page, shown)
    with st.container(gap=None, key="rows_projects"):
        left, right = st.columns([4, 9], vertical_alignment="center")
        head = "".join(f"<span>{t(page.language, f'portfolio.column_{name}')}</span>" for name in _HEADS)
        left.html(f'<div class="nhr-head">{t(page.language, "portfolio.column_project")}</div>')
        right.html(f'<div class="nhr-project nhr-head">{head}</div>')
        for one in shown:
            left, right = st.columns([4, 9], vertical_alignment="center")
            with left:
                _link(page, one)
            right.html(f'<div class="nhr-project">{_cells(page, one, small[one.id], today)}</div>')
    _more(page, found)


def funnel(page: Frame, found: Sequence[Card]) -> None:
    """How far the projects have come: one bar a stage, and those that were stopped below."""
    lang = page.language
    here = {status: [one for one in found if one.status == status] for status in Status}
    with st.container(gap=None, key="rows_stages"):
        for place, status in enumerate(STAGES):
            reached = sum(len(here[each]) for each in STAGES[place:])
            left, right = st.columns([3, 9], vertical_alignment="center")
            label = t(lang, "portfolio.stage", status=t(lang, f"project.status_{status}"), n=len(here[status]))
            if left.button(label, key=f"stage_{status}", type="tertiary", help=t(lang, "portfolio.show_stage")):
                _show(status)
            drawn = image(stages.bar(len(here[status]), reached, len(found)))
            right.html(f'<div class="nhr-stage">{drawn}<span>{_stage(page, here[status], reached)}</span></div>')
    stopped = here[Status.STOPPED]
    if stopped and st.button(t(lang, "portfolio.stopped", n=len(stopped)), key="stage_stopped", type="tertiary"):
        _show(Status.STOPPED)
    st.caption(t(lang, "portfolio.stage_note"))


def _show(status: str) -> None:
    choices.choose("status", status)
    choices.choose("visning", "kort")
    st.rerun()


def _stage(page: Frame, here: Sequence[Card], reached: int) -> str:
    told = [t(page.language, "portfolio.came_this_far", n=reached)]
    blocked = sum(bool(one.obstacles) for one in here)
    if blocked:
        told.append(t(page.language, "portfolio.blocked", n=blocked))
    return " · ".join(told)


_HEADS = ("status", "hospital", "trend", "progress", "due")


def _cells(page: Frame, one: Card, small: trends.Trend, today: date) -> str:
    due = one.next_due
    cells = (
        t(page.language, f"project.status_{one.status}"),
        escape(one.hospitals),
        f"{image(small.drawing)}<small>{_signal(small)}</small>",
        f"{escape(one.progress)}<small>{escape(one.cycles)}</small>",
        (escape(said_due(due, today, page.language)) if due else "") + _obstacles(page, one),
    )
    return "".join(f"<span>{cell}</span>" for cell in cells)


def _body(page: Frame, one: Card, small: trends.Trend, today: date) -> str:
    lines = [f"<p>{escape(one.aim or one.measured)}</p>"]
    if small.drawing or small.words:
        lines.append(f'<div class="nhr-small">{image(small.drawing)}<div>{_signal(small)}</div></div>')
    lines += [f"<small>{escape(told)}</small>" for told in (one.progress, one.cycles) if told]
    if one.next_due is not None:
        late = ' class="nhr-late"' if one.next_due.day < today else ""
        lines.append(f"<small{late}>{escape(said_due(one.next_due, today, page.language))}</small>")
    return "".join(lines) + _obstacles(page, one)


def _obstacles(page: Frame, one: Card) -> str:
    return "".join(
        f'<small class="nhr-late">{escape(t(page.language, "portfolio.obstacle", what=what))}</small>'
        for what in one.obstacles
    )


def _signal(small: trends.Trend) -> str:
    sign = image(symbols.side(small.side)) + " " if small.side != "none" else ""
    return f"{sign}{escape(small.words)}"


def _link(page: Frame, one: Card) -> None:
    st.page_link(PROJECT, label=plain(one.title), query_params={**common(page), "prosjekt": one.id})


def _trends(page: Frame, shown: Sequence[Card]) -> dict[str, trends.Trend]:
    """The small charts of the cards that are shown, one question to the registry for each indicator."""
    units: dict[str, set[int]] = {}
    for one in shown:
        if one.indicator is not None:
            units.setdefault(one.indicator, set()).add(one.units[0])
    together = {indicator: tuple(sorted(found)) for indicator, found in units.items()}
    key = (page.version, page.scope.visibility, page.language)
    found = {one.id: trends.Trend("", "none", "") for one in shown}
    # Some seconds the first time after a delivery; kept after that.
    with st.spinner(t(page.language, "portfolio.working")):
        for one in shown:
            if one.indicator is not None and trends.has_months(one.indicator):
                listed = together[one.indicator]
                found[one.id] = caches.trend(
                    *key, listed, one.units[0], one.indicator, one.window, one.units[1:], one.aim_value
                )
    return found


def _first(found: Sequence[Card]) -> Sequence[Card]:
    return found[: max(AT_ONCE, st.session_state.get(_SHOWN, AT_ONCE))]


def _more(page: Frame, found: Sequence[Card]) -> None:
    """The button that shows more, where there are more."""
    shown = len(_first(found))
    if shown < len(found):
        label = t(page.language, "portfolio.more", shown=shown, count=len(found))
        if st.button(label, key="portfolio_more"):
            st.session_state[_SHOWN] = shown + AT_ONCE
            st.rerun()
