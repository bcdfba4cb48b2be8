"""*Alle sykehus*: the run charts of a group of hospitals beside each other, and who has changed lastingly."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from nhr_dash.charts import symbols
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.multiples import PICK
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.multiples import Asked, Panels
from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, caches_variation, choices, frame, share
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.image import image
from nhr_dash.ui.plain import plain
from nhr_dash.ui.variation import asked as asked_of
from nhr_dash.ui.variation.multiples_answer import ORDERS, Answer, Line

OWN = ("aar0", "inndeling", "rekke")
RUN_CHART = "pages/team/seriediagram.py"
YEARS = 5
"""Whole years that are shown where no others are asked for."""
KEY = "multiples"


def draw(page: Frame) -> None:
    """The choices, what has changed, the panels and the list."""
    lang, sees = page.language, page.scope.visibility
    chosen = asked_of.ask(page, back=YEARS - 1, level=False, part=False)
    if chosen is None:
        return
    choices.renew(("inndeling",), (chosen.indicator,))
    asked = Asked(chosen.indicator, chosen.first, chosen.last, chosen.group, choices.code("inndeling"))
    found = caches_variation.panels(page.version, sees, asked, page.unit)
    left, right = st.columns(2)
    with left:
        grain = _ask_grain(found, lang)
    with right:
        order = _ask_order(lang)
    said = asked_of.said(page, chosen)
    view = caches_variation.multiples_of(page.version, sees, lang, asked, page.unit, order, said)
    drawing = view.drawing
    if drawing is None:
        st.info(view.sentence)
        return
    st.markdown(f"#### {plain(view.sentence)}")
    st.markdown(plain(view.beside))
    st.caption(drawing.subtitle)
    picked = st.vega_lite_chart(
        drawing.spec, key=KEY, alt=drawing.alt, theme=None, on_select="rerun", selection_mode=PICK
    )
    for note in _notes(page, found):
        st.caption(note)
    _list(page, chosen.indicator, grain, view, drawing)
    _files(page, chosen.indicator, view, drawing)
    rows = picked.selection.get(PICK, [])
    if rows:
        st.switch_page(RUN_CHART, query_params=_codes(page, chosen.indicator, grain, int(rows[0]["unit"])))


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
    heads = ("name", "change", "beyond", "yearly")
    head = "".join(f'<th scope="col">{escape(t(lang, f"multiples.column_{one}"))}</th>' for one in heads)
    body = "".join(_row(line, urlencode(_codes(page, indicator, grain, line.unit))) for line in view.lines)
    with st.expander(t(lang, "multiples.list")):
        st.html(f'<div class="nhr-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')
    box = st.expander(t(lang, "series.numbers"), key="numbers_open", on_change="rerun")
    if box.open:
        box.dataframe(drawing.table, hide_index=True)


def _row(line: Line, codes: str) -> str:
    name = f'<a href="seriediagram?{escape(codes)}">{escape(line.name)}</a>'
    sign = "" if line.side == "none" else image(symbols.side(line.side)) + " "
    return (
        f'<tr><th scope="row">{f"<strong>{name}</strong>" if line.own else name}</th>'
        f"<td>{sign}{escape(line.change)}</td><td>{escape(line.beyond)}</td><td>{escape(line.yearly)}</td></tr>"
    )


def _files(page: Frame, indicator: str, view: Answer, drawing: Drawing) -> None:
    lang = page.language
    address = share.link((*frame.COMMON, "visning", *asked_of.OWN, *OWN))
    newest = caches.data_basis(page.version, page.unit).newest
    stamp = export.Stamp(
        page.version, newest, view.patients, address, page.synthetic, method=t(lang, "multiples.method")
    )
    share.files(
        page,
        f"multiples {indicator}",
        address,
        lambda kind: export.filename(drawing, by_id(indicator).id, kind),
        lambda kind: export.export(drawing, stamp, lang, kind),
    )
