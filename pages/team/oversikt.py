"""My hospital: every indicator as a row, what needs attention first."""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, frame, overview

RUN_CHART = "pages/team/seriediagram.py"
COLUMNS = ("level", "now", "target", "trend", "change", "signal")

with frame.page("overview.title") as page:
    lang = page.language
    found = caches.overview_rows(page.version, page.scope.visibility, lang, page.unit)
    if not found.rows:
        st.info(t(lang, "overview.empty", unit=page.unit_name))
    else:
        st.caption(overview.subtitle(page.unit_name, found.until, lang))
        link = {"sykehus": str(page.unit), "periode": page.period, "lang": lang}
        with st.container(border=True, gap="xsmall"):
            st.subheader(t(lang, "overview.look_at"), anchor=False)
            for row in found.stand_out:
                st.page_link(
                    RUN_CHART,
                    label=row.sentence,
                    icon=":material/trending_up:" if row.better else ":material/trending_down:",
                    query_params={**link, "indikator": row.indicator},
                )
            if not found.stand_out:
                st.write(t(lang, "overview.nothing_to_look_at"))
            st.caption(t(lang, "overview.attention_rule", count=len(found.rows)))
        with st.container(gap=None):
            head, cells = st.columns([3, 9], vertical_alignment="center", gap="small")
            head.html(f'<div class="nhr-head">{t(lang, "overview.column_indicator")}</div>')
            names = "".join(f"<span>{t(lang, f'overview.column_{name}')}</span>" for name in COLUMNS)
            cells.html(f'<div class="nhr-row nhr-head">{names}</div>')
            for row in found.rows:
                head, cells = st.columns([3, 9], vertical_alignment="center", gap="small")
                head.page_link(RUN_CHART, label=row.title, query_params={**link, "indikator": row.indicator})
                cells.html('<div class="nhr-row">' + "".join(f"<span>{cell}</span>" for cell in row.cells) + "</div>")
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, "overview.how_to_read"))
