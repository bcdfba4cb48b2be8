"""My hospital: every indicator as a row, what needs attention first."""

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, frame, lasting, looks, overview
from nhr_dash.ui.portfolio import cards

RUN_CHART, PROJECT, PROJECTS = (f"pages/team/{name}.py" for name in ("seriediagram", "prosjekt", "prosjekter"))
AREAS = "pages/fagrad/forbedringsomrader.py"


def projects(page: frame.Frame, link: dict[str, str]) -> None:
    """The hospital's projects, a line each; nothing where there are none."""
    every = caches.portfolio(page.version, page.team_version, page.scope.visibility, page.language)
    found = cards.chosen(every, cards.Choice(units=caches.hospitals_of(page.version, page.unit)))
    if not found:
        return
    with st.container(gap="xsmall"):
        st.subheader(lasting.heading(found, page.language), anchor=False)
        for row in lasting.lines(found, page.language):
            st.page_link(PROJECT, label=row.label, query_params={**link, "prosjekt": row.project})
        if len(found) > lasting.MOST_SHOWN:
            st.page_link(PROJECTS, label=t(page.language, "portfolio.show_all"), query_params=link)


with frame.page("overview.title") as page:
    lang = page.language
    found = caches.overview_rows(page.version, page.scope.visibility, lang, page.unit)
    link = {"sykehus": str(page.unit), "periode": page.period, "lang": lang}
    if not found.rows:
        st.info(t(lang, "overview.empty", unit=page.unit_name))
    else:
        st.caption(overview.subtitle(page.unit_name, found, lang))
        if left_out := overview.left_out(found, lang):
            st.info(left_out)
        with st.container(border=True, gap="xsmall"):
            st.subheader(t(lang, "overview.look_at"), anchor=False)
            fallen = caches.fallen(page.version, page.team_version, page.scope.visibility, lang, page.unit)
            for line in fallen:
                target = {**link, "prosjekt": line.project}
                st.page_link(PROJECT, label=line.label, icon=":material/trending_down:", query_params=target)
            for row in found.stand_out:
                icon = ":material/trending_up:" if row.better else ":material/trending_down:"
                target = {**link, "indikator": row.indicator}
                st.page_link(RUN_CHART, label=row.sentence, icon=icon, query_params=target)
            if not (found.stand_out or fallen):
                st.write(t(lang, "overview.nothing_to_look_at"))
            if found.together > 1:
                st.caption(t(lang, "overview.attention_rule", count=found.together))
            if fallen:
                st.caption(lasting.rule(lang))
            st.page_link(AREAS, label=t(lang, "potential.from_overview"), query_params=link)
    for section, rows in overview.by_section(found).items():
        with st.container(gap=None, key=f"rows_{section}"):
            st.subheader(t(lang, f"overview.section_{section}"), anchor=False)
            left, right = st.columns([3, 9], vertical_alignment="center")
            left.html(f'<div class="nhr-head">{t(lang, "overview.column_indicator")}</div>')
            right.html(f'<div class="nhr-row nhr-head">{overview.head(lang)}</div>')
            for row in rows:
                left, right = st.columns([3, 9], vertical_alignment="center")
                left.page_link(RUN_CHART, label=row.title, query_params={**link, "indikator": row.indicator})
                right.html(f'<div class="nhr-row">{overview.cells(row, lang)}</div>')
    if any(row.one_by_one for row in found.rows):
        looks.patients(page, page.unit, "oversikt")
    projects(page, link)
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, "overview.how_to_read"))
