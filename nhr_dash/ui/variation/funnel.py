"""*Traktplott*: which units differ by more than chance, and more than units usually do."""

from html import escape

import streamlit as st

from nhr_dash.charts import symbols
from nhr_dash.charts.funnel import UNIT, Point, outside
from nhr_dash.registry.across import Across, Asked
from nhr_dash.registry.units import name_order
from nhr_dash.statistics.variation.funnel import Adjustment
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent
from nhr_dash.ui import caches_variation, choices, frame
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.image import image
from nhr_dash.ui.variation import listing
from nhr_dash.ui.variation.asked import ask
from nhr_dash.ui.variation.funnel_answer import ADJUSTMENTS, Answer

OWN = ("spredning", "mange", "sorter")
RUN_CHART = "pages/team/seriediagram.py"
ORDERS = ("utenfor", "andel", "pasienter", "navn")
KEY = "funnel"


def draw(page: Frame) -> None:
    """The choices, what they show, the chart and the list."""
    lang = page.language
    asked = ask(page)
    if asked is None:
        return
    adjustment, many = _ask_method(page)
    found = caches_variation.compared(page.version, page.scope.visibility, asked, page.unit)
    view = caches_variation.funnel_of(page.version, page.scope.visibility, lang, asked, page.unit, adjustment, many)
    if view.drawing is None:
        st.info(_refused(found, view, lang))
        return
    st.markdown(f"#### {view.sentence}")
    for line in view.beside:
        st.markdown(line)
    with st.container(key="beside"):
        left, right = st.columns((3, 2))
        with left:
            picked = st.vega_lite_chart(
                view.drawing.spec,
                key=KEY,
                alt=view.drawing.alt,
                theme=None,
                on_select="rerun",
                selection_mode=UNIT,
            )
        with right:
            _list(page, asked, view)
    rows = picked.selection.get(UNIT, [])
    if rows:
        st.switch_page(RUN_CHART, query_params=_codes(page, asked, int(rows[0]["unit"])))


def _ask_method(page: Frame) -> tuple[Adjustment, bool]:
    lang = page.language
    with st.popover(t(lang, "funnel.method")):
        adjustment = choices.ask(
            st.segmented_control,
            "spredning",
            t(lang, "funnel.adjustment"),
            ADJUSTMENTS,
            ADJUSTMENTS[0],
            format_func=lambda one: t(lang, f"funnel.adjustment_{one}"),
            required=True,
        )
        many = choices.ask(
            st.segmented_control,
            "mange",
            t(lang, "funnel.many"),
            ("nei", "ja"),
            "nei",
            format_func=lambda one: t(lang, f"funnel.many_{one}"),
            required=True,
        )
        st.caption(t(lang, "funnel.method_note"))
    return next(one for one in ADJUSTMENTS if one == adjustment), many == "ja"


def _refused(found: Across, view: Answer, language: str) -> str:
    names = found.rows.loc[found.counted, "name"]
    return t(language, view.refused, **({"name": names.iloc[0]} if view.refused == "variation.one_unit" else {}))


def _codes(page: Frame, asked: Asked, unit: int) -> dict[str, str]:
    return {**frame.common(page), "sykehus": str(unit), "indikator": asked.indicator}


def _list(page: Frame, asked: Asked, view: Answer) -> None:
    lang = page.language
    order = listing.ask_order(ORDERS, lang)
    lines = [_line(point, lang) for point in sorted(view.points, key=lambda one: _key(one, order))]
    heads = [t(lang, f"funnel.column_{name}") for name in ("name", "share", "patients", "outside")]
    with st.container(height=470, border=False):
        listing.draw(lines, heads, view.sentence, lambda unit: _codes(page, asked, unit), KEY)


def _key(point: Point, order: str) -> tuple[object, ...]:
    name = name_order(point.name)
    return {
        "utenfor": (not point.moving, -point.outside, point.p if point.p == point.p else 2.0, name),
        "andel": (-point.share, name),
        "pasienter": (-point.patients, name),
        "navn": (name,),
    }[order]


def _line(point: Point, language: str) -> listing.Line:
    where = t(language, f"funnel.outside_{outside(point)}")
    sign = image(symbols.side(point.side)) + " " if point.outside else ""
    return listing.Line(
        point.unit,
        point.name,
        (
            f"{percent(point.share, language)} <small>({between(point.low, point.high, language)})</small>",
            number(point.patients, language),
            f"{sign}{escape(where)}",
        ),
        strong=point.own,
        note=point.moving,
    )
