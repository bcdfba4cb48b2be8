"""Act: keep, adjust, drop or test further, and the next step of the ramp."""

from datetime import date

import streamlit as st

from nhr_dash.improvement import kinds, projects
from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, editing, frame
from nhr_dash.ui.cycle import head
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain


def card(page: Frame, whole: Whole, cycle: Cycle) -> None:
    """The decision and why; a decision offers the next cycle, with what follows from it filled in."""
    lang = page.language
    editing.choice(
        page,
        cycle,
        "act",
        t(lang, "cycle.act"),
        ("", *kinds.Act),
        lambda code: t(lang, f"project.act_{code}") if code else t(lang, "cycle.act_open"),
        pills=True,
        help=t(lang, "cycle.act_help"),
    )
    editing.field(page, cycle, "act_why", t(lang, "cycle.act_why"), rows=2)
    editing.day(page, cycle, "decided_on", t(lang, "cycle.decided_on"))
    after = [one for one in whole.cycles if one.follows == cycle.id]
    for one in after:
        link = {**frame.common(page), "syklus": one.id}
        label = t(lang, "cycle.next_there", cycle=plain(f"{one.number} · {one.title}"))
        st.page_link(head.CYCLE, label=label, icon=":material/arrow_forward:", query_params=link)
    asks = cycle.act in (kinds.Act.ADAPT, kinds.Act.NEXT, kinds.Act.ADOPT) and editing.may_edit(page, cycle)
    if asks and not after and st.button(t(lang, "cycle.next_button"), icon=":material/add:", type="primary"):
        with caches.saving() as session:
            made = projects.follow(session, page.scope, cycle, date.today()).id
        st.switch_page(head.CYCLE, query_params={**frame.common(page), "syklus": made, "kort": "planlegg"})
