"""What hangs on the wall: the three questions, the chart with its flags, the verdict, the family of measures."""

from html import escape

import streamlit as st

from nhr_dash.improvement.models import Measure
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import indicators
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, chart_events, frame, run_chart
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.project import parts
from nhr_dash.ui.project.board import Board

_ANSWERS = {True: "yes", False: "no", None: "not_known"}
_SIGNS = {True: "✓", False: "✕", None: "?"}


def shown_unit(page: Frame, whole: Whole) -> int:
    """The hospital that the charts are about: the chosen one where it takes part, else the owner."""
    return page.unit if page.unit in whole.units else whole.project.unit


def board(page: Frame, whole: Whole) -> Board:
    """The project's numbers, from the cache."""
    basis = caches.data_basis(page.version, page.unit)
    start = run_chart.starts(page.period, basis.newest) if basis.newest is not None else None
    versions = page.version, page.team_version
    return caches.project_board(
        *versions, page.scope.visibility, page.language, whole.project.id, shown_unit(page, whole), start
    )


def is_share(measure: Measure) -> bool:
    """Are the measure's values shares?"""
    if measure.indicator:
        return not indicators.by_id(measure.indicator).is_duration
    return measure.data_kind == "share"


@parts.alone
def draw(page: Frame, whole: Whole) -> None:
    """The questions, the chart and the verdict."""
    found = board(page, whole)
    _questions(found, page.language)
    _chart(page, whole, found)
    if found.hospitals is not None:
        _hospitals(found, page.language)


def _questions(found: Board, language: str) -> None:
    """The strip of three; the sign says it without colour."""
    cells = "".join(
        f"<li><small>{escape(t(language, f'progress.question_{one.name}'))}</small>"
        f'<strong><span aria-hidden="true">{_SIGNS[one.answer]}</span> '
        f"{escape(t(language, f'progress.{_ANSWERS[one.answer]}'))}</strong>"
        f"<small>{escape(one.reason.said(language))}</small></li>"
        for one in found.questions
    )
    st.html(f'<ol class="nhr-questions">{cells}</ol>')


def _chart(page: Frame, whole: Whole, found: Board) -> None:
    """The outcome measure's run chart at the hospital, with the cycles as flags and the aim as a line."""
    lang = page.language
    if found.chart is None:
        st.info(t(lang, "project.no_outcome" if whole.outcome is None else "project.own_outcome"))
        return
    key = (page.version, page.scope.visibility, lang, found.unit, found.indicator)
    view = caches.run_chart_view(*key, "", 0, found.start, project=found.chart)
    if view.drawing is None:
        names = caches.unit_names(page.version, lang).by_code
        st.info(t(lang, "series.empty", unit=names[str(found.unit)]))
        return
    st.vega_lite_chart(view.drawing.spec, key="chart", alt=view.drawing.alt, theme=None)
    _verdict(found)
    chart_events.listed(view.drawing, view.flags, frame.common(page))


def _verdict(found: Board) -> None:
    """Did it help? In a sentence, with what it rests on."""
    if found.verdict:
        head, *rest = found.verdict
        st.markdown(f"**{plain(head)}**")
        st.caption(plain(" ".join(rest)))


def _hospitals(found: Board, language: str) -> None:
    """Each hospital's chart, and its change beside that of those that took no part."""
    st.subheader(t(language, "project.by_hospital"), anchor=False)
    if found.facets is not None:
        st.vega_lite_chart(found.facets.spec, key="hospitals", alt=found.facets.alt, theme=None)
    parts.table(found.hospitals, t(language, "project.by_hospital"))
    st.caption(t(language, "project.not_among"))


def family(page: Frame, whole: Whole) -> None:
    """The measures as small charts, and those without a drawing in words."""
    found = board(page, whole)
    if found.family is not None:
        st.vega_lite_chart(found.family.spec, key="family", alt=found.family.alt, theme=None)
    for line in found.uncharted:
        st.caption(plain(line))
    if found.family is None and not found.uncharted:
        parts.empty(page, "no_measures")
