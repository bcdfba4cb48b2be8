"""*Traktplott*: which units differ by more than chance, and more than units usually do."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from nhr_dash.charts import symbols
from nhr_dash.charts.funnel import Point, outside
from nhr_dash.registry.across import Asked
from nhr_dash.registry.units import name_order
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent
from nhr_dash.ui import caches_variation, choices
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.image import image
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation import compared, listing
from nhr_dash.ui.variation.asked import ask
from nhr_dash.ui.variation.funnel_answer import ADJUSTMENTS, Answer, Look

OWN = ("spredning", "mange", "sorter")
ORDERS = ("utenfor", "andel", "pasienter", "navn")
KEY = "funnel"
HEIGHT = 470
"""Pixels of the list: about as high as the chart."""


def draw(page: Frame) -> Taken | None:
    """The choices, what they show, the chart and the list."""
    lang = page.language
    asked = ask(page)
    if asked is None:
        return None
    look = _ask_look(page)
    view = caches_variation.funnel_of(page.version, page.scope.visibility, lang, asked, page.unit, look)
    if view.drawing is None:
        compared.nothing(view.refused, view.under)
        return None
    compared.head(view.sentence, view.beside)
    with compared.beside(page, asked, view.drawing, KEY):
        _list(page, asked, view, look)
    compared.under(view.under)
    return compared.taken(asked, view.drawing, view.patients, t(lang, f"funnel.stamp_{look.adjustment}"))


def _ask_look(page: Frame) -> Look:
    """The limits, and whether to pay for looking at many."""
    lang = page.language
    with st.popover(t(lang, "funnel.limits")):
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
        st.caption(t(lang, "funnel.limits_note"))
    return Look(next(one for one in ADJUSTMENTS if one == adjustment), many == "ja")


def _list(page: Frame, asked: Asked, view: Answer, look: Look) -> None:
    lang = page.language
    order = listing.ask_order("sorter", ORDERS, lang)
    lines = [
        _line(point, look, lang, _questions(page, asked, point))
        for point in sorted(view.points, key=lambda one: _key(one, order))
    ]
    heads = (asked.level, "share", "patients", "outside")
    words = [t(lang, f"funnel.column_{name}") for name in heads]
    with st.container(height=HEIGHT, border=False):
        listing.draw(lines, words, view.sentence, lambda unit: compared.link(page, asked, unit), KEY)


def _key(point: Point, order: str) -> tuple[object, ...]:
    name = name_order(point.name)
    return {
        "utenfor": (not point.moving, -point.outside, point.p if point.p == point.p else 2.0, name),
        "andel": (-point.share, name),
        "pasienter": (-point.patients, name),
        "navn": (name,),
    }[order]


def _questions(page: Frame, asked: Asked, point: Point) -> str:
    """The way to what should be asked of a hospital that lies outside; empty for others."""
    if not point.outside or asked.level != "hospital":
        return ""
    codes = {**compared.link(page, asked, point.unit), "visning": "sporsmal", "enhet": str(point.unit)}
    label = escape(t(page.language, "potential.ask"))
    return f'<small><a href="forbedringsomrader?{escape(urlencode(codes))}">{label}</a></small>'


def _line(point: Point, look: Look, language: str, questions: str = "") -> listing.Line:
    where = t(language, f"funnel.outside_{outside(point)}")
    sign = image(symbols.side(point.side)) + "&nbsp;" if point.outside else ""
    p = _p_words(point.p, language) if look.many and point.compared else ""
    cells = (
        f"{percent(point.share, language)} <small>({between(point.low, point.high, language)})</small>",
        number(point.patients, language),
        f"{sign}{escape(where)} <small>{escape(p)}</small> {questions}".rstrip(),
    )
    return listing.Line(point.unit, point.name, cells, strong=point.own, note=point.moving)


def _p_words(p: float, language: str) -> str:
    """'p = 0,031', or 'p < 0,001'."""
    least = 0.001
    return t(language, "funnel.p_small" if p < least else "funnel.p_value", p=number(max(p, least), language, 3))
