"""*Blir forskjellene mindre?*: does the spread between units shrink, by more than chance explains?"""

from dataclasses import replace

import streamlit as st

from nhr_dash.registry.across import Asked
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches_variation, choices, share
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.variation import asked as asked_of
from nhr_dash.ui.variation.spread_view import View

OWN = ("sprik1", "sprik2")


def draw(page: Frame) -> share.Taken | None:
    """The choices, the answer in a sentence, the fan, what stands behind it, and the years as a table."""
    lang = page.language
    asked = asked_of.ask(page, years=False)
    if asked is None:
        return None
    asked = _ask_years(page, asked)
    if asked is None:
        return None
    view = caches_variation.spread_of(page.version, page.scope.visibility, lang, asked, page.unit)
    st.markdown(f"#### {plain(view.sentence)}")
    for line in view.beside:
        st.markdown(plain(line))
    if view.fan is None or view.deviation is None:
        return None
    st.vega_lite_chart(view.fan.spec, key="spread_fan", alt=view.fan.alt, theme=None)
    _without_own_line(page, view)
    st.vega_lite_chart(view.deviation.spec, key="spread_deviation", alt=view.deviation.alt, theme=None)
    st.dataframe(view.fan.table, hide_index=True, alt=view.fan.title)
    about = f"spread {asked.indicator} {asked.level}"
    return share.Taken(view.fan, about, view.patients, t(lang, "spread.method"))


def _ask_years(page: Frame, asked: Asked) -> Asked | None:
    """From which year, and with which; all that there are unless chosen. None, with a sentence, under two."""
    lang = page.language
    known = caches_variation.years_of(page.version, asked.indicator)
    codes = tuple(str(year) for year in known)
    if len(codes) < 2:
        st.info(t(lang, "spread.too_few_years"))
        return None
    asked_of.say_wrong_year(page, known, OWN)
    left, right, _ = st.columns((1, 1, 3))
    with left:
        first = int(choices.ask(st.selectbox, OWN[0], t(lang, "spread.from_year"), codes, codes[0]))
    with right:
        last = int(choices.ask(st.selectbox, OWN[1], t(lang, "spread.to_year"), codes, str(asked.last)))
    if first == last:
        st.info(t(lang, "spread.too_few_years"))
        return None
    if first > last:
        st.warning(t(lang, "variation.years_reversed", first=first, last=last))
        first, last = last, first
    newest = caches_variation.newest_final(page.version, asked.indicator)
    if newest is not None and last > newest:
        st.caption(t(lang, "variation.not_final", year=last))
    return replace(asked, first=first, last=last)


def _without_own_line(page: Frame, view: View) -> None:
    """Why one's own unit has no line."""
    own = t(page.language, "spread.col_own", name=page.unit_name)
    if view.fan is not None and own not in view.fan.table.columns:
        st.caption(plain(t(page.language, "spread.own_not_one", name=page.unit_name)))
