"""Which project the page is about: the link's, else the newest of the chosen hospital."""

import streamlit as st

from nhr_dash.access import NotAllowed
from nhr_dash.improvement import projects, store
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, frame
from nhr_dash.ui.frame import Frame

PORTFOLIO = "pages/team/prosjekter.py"


def project(page: Frame) -> Whole | None:
    """The project; None once it has been said why there is none."""
    code = choices.code("prosjekt") or _newest(page)
    if not code:
        _say(page, "none_here", unit=page.unit_name)
        return None
    try:
        found = caches.project(page.team_version, page.scope.visibility, code)
    except store.Gone:
        _say(page, "gone")
    except NotAllowed:
        _say(page, "not_shown")
    else:
        choices.choose("prosjekt", code)
        return found
    return None


def _newest(page: Frame) -> str:
    """The hospital's project that was changed last; empty where it has none."""
    with caches.asking() as session:
        return next((one.project.id for one in projects.listed(session, page.scope) if page.unit in one.units), "")


def _say(page: Frame, key: str, **values: str) -> None:
    """Why there is nothing to see, and the way to what there is."""
    st.info(t(page.language, f"project.{key}", **values))
    st.page_link(PORTFOLIO, label=t(page.language, "project.to_all"), query_params=frame.common(page))
