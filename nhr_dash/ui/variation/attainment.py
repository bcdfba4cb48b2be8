"""*Måloppnåelse i alle sykehus*: units × indicators in a year, by level or by what stands out."""

import streamlit as st

from nhr_dash.charts import palette, symbols
from nhr_dash.charts.attainment import PICK
from nhr_dash.registry.groups import VOLUME
from nhr_dash.registry.heat import Asked
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches_variation, choices, frame
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.image import image
from nhr_dash.ui.plain import plain
from nhr_dash.ui.share import Taken
from nhr_dash.ui.variation import listing
from nhr_dash.ui.variation.asked import ask_group, ask_level, say_wrong_year
from nhr_dash.ui.variation.attainment_answer import ORDERS, Answer, counted

OWN = ("aar", "viser", "ordnet")
RUN_CHART = "pages/team/seriediagram.py"
SHOWS = ("niva", "signal")
KEY = "attainment"


def draw(page: Frame) -> Taken | None:
    """The choices, what they show, the grid and the list."""
    lang = page.language
    chosen = _ask(page)
    if chosen is None:
        return None
    asked, order = chosen
    view = caches_variation.attainment_of(page.version, page.scope.visibility, lang, asked, page.unit, order)
    drawing = view.drawing
    if drawing is None:
        st.info(view.sentence)
        return None
    st.markdown(f"#### {plain(view.sentence)}")
    for line in view.beside:
        st.markdown(plain(line))
    picked = st.vega_lite_chart(
        drawing.spec, key=KEY, alt=drawing.alt, theme=None, on_select="rerun", selection_mode=PICK
    )
    st.html(f'<div class="nhr-legend">{_legend(asked, lang)}</div>')
    st.caption(t(lang, "attainment.click"))
    _list(page, asked, view)
    rows = picked.selection.get(PICK, [])
    if rows:
        st.switch_page(RUN_CHART, query_params=_codes(page, int(rows[0]["unit"]), rows[0]["indicator"]))
    return Taken(drawing, f"attainment {asked.year}", view.patients, t(lang, "attainment.method"))


def _ask(page: Frame) -> tuple[Asked, str] | None:
    """The year, the units, what is shown and the order; None, with a sentence, where there is no year."""
    lang = page.language
    known = caches_variation.years_of(page.version, VOLUME)
    newest = caches_variation.newest_final(page.version, VOLUME)
    if newest is None:
        st.info(t(lang, "variation.no_data"))
        return None
    say_wrong_year(page, known, ("aar",))
    codes = tuple(str(year) for year in known)
    left, right = st.columns((5, 3), vertical_alignment="bottom")
    with left:
        year = int(choices.ask(st.select_slider, "aar", t(lang, "attainment.year"), codes, str(newest)))
    with st.container(horizontal=True, gap="medium"):
        level = ask_level(page)
        shows = _segments("viser", SHOWS, lang)
        order = _segments("ordnet", ORDERS, lang)
    with right:
        group = ask_group(page, level)
    if year > newest:
        st.caption(t(lang, "variation.not_final", year=year))
    return Asked(year, level, group, shows == "signal"), order


def _segments(name: str, codes: tuple[str, ...], language: str) -> str:
    return choices.ask(
        st.segmented_control,
        name,
        t(language, f"attainment.{name}"),
        codes,
        codes[0],
        format_func=lambda one: t(language, f"attainment.{name}_{one}"),
        required=True,
    )


def _legend(asked: Asked, language: str) -> str:
    """The symbols with their words."""
    if asked.signals:
        signs = [(image(symbols.side(one)), f"attainment.outside_{one}") for one in ("better", "worse")]
        arrows = [(image(symbols.change(one)), f"attainment.arrow_{one}") for one in ("better", "worse")]
        told = [*signs, *(arrows if asked.level == "hospital" else [])]
        told.append((image(symbols.few()), "attainment.outside_none"))
    else:
        told = [(image(symbols.level(one)), f"overview.level_{one}") for one in palette.LEVEL_SHAPE]
        told.append((image(symbols.level("high", hollow=True)), "attainment.hollow"))
        told.append((image(symbols.few()), "attainment.few"))
    told.append(("–", "attainment.nothing"))
    return " ".join(f"<span>{sign} {t(language, key)}</span>" for sign, key in told)


def _codes(page: Frame, unit: int, indicator: str) -> dict[str, str]:
    return {**frame.common(page), "sykehus": str(unit), "indikator": indicator}


def _list(page: Frame, asked: Asked, view: Answer) -> None:
    """The counts a unit, with a link; and every value, where it is asked for."""
    lang, drawing = page.language, view.drawing
    assert drawing is not None  # the page has drawn it
    heads = [
        t(lang, "attainment.tip_unit"),
        t(lang, "attainment.high_in", year=asked.year - 1),
        t(lang, "attainment.high_in", year=asked.year),
        t(lang, "attainment.region"),
    ]
    rows = [
        listing.Line(
            row.unit, row.name, (counted(row.before, lang), counted(row.count, lang), row.region), strong=row.mine
        )
        for row in view.rows
    ]
    with st.expander(t(lang, "attainment.list")):
        listing.draw(rows, heads, drawing.title, lambda unit: _codes(page, unit, VOLUME))
    box = st.expander(t(lang, "series.numbers"), key="numbers_open", on_change="rerun")
    if box.open:
        box.dataframe(drawing.table, hide_index=True)
