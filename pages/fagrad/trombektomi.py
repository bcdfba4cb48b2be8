"""Thrombectomy: who is treated, and how long it takes at the hospital that sends and at the centre."""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches_variation, choices, frame, share
from nhr_dash.ui.variation import asked, thrombectomy

OWN = ("visning", "aar1", "aar2")

with frame.page("thrombectomy.question", *OWN) as page:
    lang = page.language
    row = st.columns((5, 1.4, 1.4), vertical_alignment="bottom")
    with row[0]:
        view = choices.ask(
            st.segmented_control,
            "visning",
            t(lang, "variation.view"),
            thrombectomy.VIEWS,
            thrombectomy.VIEWS[0],
            format_func=lambda one: t(lang, f"thrombectomy.view_{one}"),
            label_visibility="collapsed",
            required=True,
        )
    years = asked.ask_years(page, thrombectomy.INDICATOR[view], (row[1], row[2]))
    if years is not None:
        scope = page.scope.visibility
        found = caches_variation.thrombectomy(page.version, scope, lang, view, *years, page.unit)
        if found.hidden:
            st.caption(t(lang, "thrombectomy.hidden", n=found.hidden))
        if found.drawing is None:
            st.info(t(lang, "variation.no_patients"))
        else:
            about = f"{thrombectomy.INDICATOR[view]} {years[0]}-{years[1]}"
            st.markdown(found.drawing.sentence)
            st.vega_lite_chart(found.drawing.spec, key="thrombectomy", alt=found.drawing.alt, theme=None)
            share.numbers(found.drawing, lang)
            taken = share.Taken(found.drawing, about, found.patients)
            share.take_along(page, taken, OWN, page.unit_name, export)
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, "thrombectomy.how_to_read"))
