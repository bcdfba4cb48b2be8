"""One indicator at one unit over time: is it a change, or chance?"""

import streamlit as st

from nhr_dash.charts import layers
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import (
    caches,
    chart_events,
    choices,
    frame,
    looks,
    method,
    new_level,
    phases,
    problems,
    run_chart,
    share,
    waiting,
)

OWN = ("indikator", "punkt", "k", "diagram", "regler", "nasjonale")
IDS = tuple(one.id for one in INDICATORS)
DEFAULT = "pakke_bilde_15min"


@st.fragment
def chart(page: frame.Frame) -> None:
    """The choices and what they lead to; a changed choice runs this part alone, with its own net under it."""
    with problems.told():
        draw(frame.renewed(page))


def draw(page: frame.Frame) -> None:
    """Ask, read, draw."""
    lang = page.language
    asked = choices.code("indikator", DEFAULT)
    if asked not in IDS:
        st.warning(t(lang, "problem.unknown_indicator"))
    left, middle, right = st.columns([5, 3, 2], vertical_alignment="bottom")
    with left:
        indicator = choices.ask(
            st.selectbox,
            "indikator",
            t(lang, "series.indicator"),
            IDS,
            DEFAULT,
            format_func={one.id: one.words(lang).title for one in INDICATORS}.__getitem__,
        )
    choices.renew(("punkt", "k", "diagram"), (page.unit, indicator))
    basis = caches.data_basis(page.version, page.unit)
    if basis.newest is None:
        st.info(t(lang, "ui.basis_empty"))
        return
    start = run_chart.starts(page.period, basis.newest)
    grain, k = choices.code("punkt"), choices.code("k")
    figure = choices.code("diagram"), choices.code("regler"), choices.code("nasjonale") != "uten"
    key = (page.version, page.scope.visibility, lang, page.unit, indicator)
    view = caches.run_chart_view(*key, grain, int(k) if k.isdigit() else 0, start, *figure)
    with middle:
        chosen = choices.ask(
            st.selectbox,
            "punkt",
            t(lang, "series.grain"),
            view.grains,
            view.grain,
            format_func=lambda one: run_chart.grain_label(view, one, lang),
        )
    with right, st.popover(t(lang, "series.more"), key="more", on_change="rerun") as more:
        chosen_k = choices.ask(
            st.selectbox, "k", t(lang, "series.k"), [str(one) for one in run_chart.K_CHOICES], str(view.k)
        )
        chart_events.switch(lang)
        phases.panel(page.scope, page.unit, indicator, view, basis.newest, lang, drawn=bool(more.open))
    moved, preview = new_level.suggested(page, indicator)
    if (chosen, int(chosen_k), preview) != (view.grain, view.k, None):
        view = caches.run_chart_view(*key, chosen, int(chosen_k), start, *figure, preview=preview)
    drawing = view.drawing
    if drawing is None:
        text = "series.hidden" if view.hidden_under else "series.empty"
        st.info(t(lang, text, unit=page.unit_name, n=view.hidden_under))
    else:
        if view.charted is not None and view.charted.refused:
            st.warning(t(lang, view.charted.refused))
        st.markdown(drawing.sentence)
        reason, button = st.columns([5, 2], vertical_alignment="center")
        reason.caption(run_chart.why(view, lang))
        with button:
            waiting.panel(page.version, page.scope.visibility, lang, page.unit, indicator, start, view.waiting)
        picked = st.vega_lite_chart(
            drawing.spec, key="chart", alt=drawing.alt, theme=None, on_select="rerun", selection_mode=layers.DOT
        )
        chart_events.listed(drawing, view.flags, frame.common(page))
        chart_events.adding(page, page.unit, indicator, basis.newest, chart_events.clicked(picked))
        new_level.panel(page, moved)
        address = share.link((*frame.COMMON, *OWN))
        stamp = export.Stamp(
            page.version,
            view.newest,
            view.patients,
            address,
            page.synthetic,
            baseline=view.baseline,
            exclusions=phases.stamp(view),
            method=method.stamp(view.charted, lang),
        )
        share.files(
            page,
            f"{page.unit} {indicator}",
            address,
            lambda kind: export.filename(drawing, page.unit_name, kind),
            lambda kind: export.export(drawing, stamp, lang, kind),
        )
        if view.charted is not None:
            method.panel(view.charted, view.method, view.signals, lang)
        share.numbers(drawing, lang)
    counted(page, indicator, view)
    choices.write_link((*frame.COMMON, *OWN))


def counted(page: frame.Frame, indicator: str, view: run_chart.View) -> None:
    """What is to be known of the numbers, who is counted, and what the sources leave open."""
    lang = page.language
    if view.grain == "patient" and view.drawing is not None:
        looks.patients(page, page.unit, indicator)
    for note in view.footnotes if view.drawing is not None else ():
        st.caption(note)
    st.caption(t(lang, "series.who_is_counted", population=view.population))
    if view.assumed:
        st.caption(t(lang, "series.assumed", note=view.assumed))


with frame.page("series.title", *OWN) as page:
    chart(page)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "series.how_to_read"))
