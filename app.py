"""Navigation and language; everything else stands in the pages and in nhr_dash."""

from pathlib import Path

import streamlit as st

from nhr_dash.text.catalog import t
from nhr_dash.ui import choices, demo, guard, menu, start, style
from nhr_dash.ui.language import language

ICON = Path(__file__).parent / "nhr_dash" / "ui" / "icon.png"

st.set_page_config(page_title="NHR", page_icon=str(ICON), layout="wide")
choices.adopt_link(("lang", demo.CHOICE))
lang, roles = language(), guard.roles()
style.apply()
st.sidebar.markdown(f"**{t(lang, 'ui.product')}**")
page = st.navigation(
    [
        st.Page("pages/team/oversikt.py", title=t(lang, "ui.nav_overview"), url_path="oversikt", default=True),
        st.Page("pages/team/seriediagram.py", title=t(lang, "ui.nav_run_chart"), url_path="seriediagram"),
        st.Page("pages/team/prosjekter.py", title=t(lang, "ui.nav_projects"), url_path="prosjekter"),
        st.Page(
            "pages/leader/for_og_etter.py",
            title=t(lang, "ui.nav_before_after"),
            url_path="for-og-etter",
            visibility=menu.visibility("for-og-etter", roles),
        ),
        st.Page(
            "pages/fagrad/variasjon.py",
            title=t(lang, "ui.nav_variation"),
            url_path="variasjon",
            visibility=menu.visibility("variasjon", roles),
        ),
        st.Page(
            "pages/fagrad/forbedringsomrader.py",
            title=t(lang, "potential.nav"),
            url_path="forbedringsomrader",
            visibility=menu.visibility("forbedringsomrader", roles),
        ),
        st.Page(
            "pages/fagrad/varig_bedring.py",
            title=t(lang, "lasting_units.nav"),
            url_path="varig-bedring",
            visibility=menu.visibility("varig-bedring", roles),
        ),
        st.Page(
            "pages/fagrad/trombektomi.py",
            title=t(lang, "ui.nav_thrombectomy"),
            url_path="trombektomi",
            visibility="hidden",
        ),
        st.Page(
            "pages/fagrad/indikatorene.py",
            title=t(lang, "upkeep.nav"),
            url_path="indikatorene",
            visibility="hidden",
        ),
        st.Page("pages/fagrad/likeverdig.py", title=t(lang, "equity.nav"), url_path="likeverdig", visibility="hidden"),
        st.Page("pages/team/syklus.py", title=t(lang, "ui.nav_cycle"), url_path="syklus", visibility="hidden"),
        st.Page("pages/team/prosjekt.py", title=t(lang, "ui.nav_project"), url_path="prosjekt", visibility="hidden"),
        st.Page(
            "pages/team/nytt_prosjekt.py",
            title=t(lang, "portfolio.new"),
            url_path="nytt-prosjekt",
            visibility="hidden",
        ),
        st.Page(
            "pages/team/idebank.py",
            title=t(lang, "ui.nav_ideas"),
            url_path="idebank",
            visibility=menu.visibility("idebank", roles),
        ),
        st.Page(
            "pages/data/innlasting.py",
            title=t(lang, "ui.nav_load"),
            url_path="innlasting",
            visibility=menu.visibility("innlasting", roles),
        ),
        st.Page(
            "pages/data/tilganger.py",
            title=t(lang, "ui.nav_access"),
            url_path="tilganger",
            visibility=menu.visibility("tilganger", roles),
        ),
        st.Page("pages/hjelp/hjelp.py", title=t(lang, "ui.nav_help"), url_path="hjelp"),
    ]
)
start.settle()
page.run()
