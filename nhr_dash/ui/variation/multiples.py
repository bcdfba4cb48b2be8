"""*Alle sykehus*: the run charts of a group of hospitals beside each other, and who has changed lastingly."""

from html import escape

import streamlit as st

from nhr_dash.charts import symbols
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.multiples import PICK
from nhr_dash.registry.multiples import Asked, Panels
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches_variation, choices, frame
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.image import image
from nhr_dash.ui.plain import plain
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation import asked as asked_of
from nhr_dash.ui.variation import listing
from nhr_dash.ui.variation.multiples_answer import ORDERS, Answer, Line

OWN = ("aar0", "inndeling", "rekke")
RUN_CHART = "pages/team/seriediagram.py"
YEARS = 5
"""Whole years that are shown where no others are asked for."""
KEY = "multiples"


def draw(page: Frame) -> Taken | None:
    """The choices, what has changed, the panels and the list."""
    lang, sees = page.language, page.scope.visibility
    chosen = asked_of.ask(page, back=YEARS - 1, level=False, part=False)
    if chosen is None:
        return None
    choices.renew(("inndeling",), (chosen.indicator,))
    asked = Asked(chosen.indicator, chosen.first, chosen.last, chosen.group, choices.code("inndeling"))
    found = caches_variation.panels(page.version, sees, asked, page.unit)
    with st.container(horizontal=True, gap="medium"):
        grain = _ask_grain(found, lang)
        order = _ask_order(lang)
    said = asked_of.said(page, chosen)
    view = caches_variation.multiples_of(page.version, sees, lang, asked, page.unit, order, said)
    drawing = view.drawing
    if drawing is None:
        st.info(view.sentence)
        return None
    st.markdown(f"#### {plain(view.sentence)}")
    st.markdown(plain(view.beside))
    st.caption(drawing.subtitle)
    picked = st.vega_lite_chart(
        drawing.spec, key=KEY, alt=drawing.alt, theme=None, on_select="rerun", selection_mode=PICK
    )
    for note in _notes(page, found):
        st.caption(note)
    _list(page, chosen.indicator, grain, view, drawing)
    rows = picked.selection.get(PICK, [])
    if rows:
        st.switch_page(RUN_CHART, query_params=_codes(page, chosen.indicator, grain, int(rows[0]["unit"])))
    return Taken(drawing, f"multiples {chosen.indicator}", view.patients, t(lang, "multiples.method"))


def _ask_grain(found: Panels, language: str) -> str:
    """What a point is; the one that suits the number of patients is marked."""

    def label(one: str) -> str:
        words = t(language, f"series.grain_{one}")
        return t(language, "series.recommended", grain=words) if one == found.suits else words

    return choices.ask(
        st.segmented_control,
        "inndeling",
        t(language, "series.grain"),
        found.grains,
        found.grain,
        format_func=label,
        required=True,
    )


def _ask_order(language: str) -> str:
    return choices.ask(
        st.segmented_control,
        "rekke",
        t(language, "multiples.order"),
        ORDERS,
        ORDERS[0],
        format_func=lambda one: t(language, f"multiples.order_{one}"),
        required=True,
    )


def _notes(page: Frame, found: Panels) -> list[str]:
    """What is to be known of what is drawn, and of one's own unit where it isn't among the panels."""
    lang = page.language
    notes = [t(lang, "multiples.same_scale")]
    if found.provisional.any():
        notes.append(t(lang, "multiples.provisional"))
    mine = next((one for one in found.panels if one.unit == page.unit), None)
    if mine is None:
        notes.append(t(lang, "multiples.not_hospital", name=page.unit_name))
    elif not mine.inside:
        notes.append(t(lang, "multiples.beside", name=mine.name))
    return notes


def _codes(page: Frame, indicator: str, grain: str, unit: int) -> dict[str, str]:
    return {**frame.common(page), "sykehus": str(unit), "indikator": indicator, "punkt": grain}


def _list(page: Frame, indicator: str, grain: str, view: Answer, drawing: Drawing) -> None:
    """The same in words, a row a hospital with a link to its chart; and every number, where it is asked for."""
    lang = page.language
    heads = [t(lang, f"multiples.column_{one}") for one in ("name", "change", "beyond", "yearly")]
    rows = [_row(line) for line in view.lines]
    with st.expander(t(lang, "multiples.list")):
        listing.draw(rows, heads, drawing.title, lambda unit: _codes(page, indicator, grain, unit))
    box = st.expander(t(lang, "series.numbers"), key="numbers_open", on_change="rerun")
    if box.open:
        box.dataframe(drawing.table, hide_index=True)


def _row(line: Line) -> listing.Line:
    sign = "" if line.side == "none" else image(symbols.side(line.side)) + " "
    cells = (f"{sign}{escape(line.change)}", escape(line.beyond), escape(line.yearly))
    return listing.Line(line.unit, line.name, cells, strong=line.own)
