"""Act: keep, adjust, drop or test further, and the next step of the ramp."""

from datetime import date

import streamlit as st

from nhr_dash.improvement import kinds, projects, store
from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, editing
from nhr_dash.ui.cycle import head
from nhr_dash.ui.frame import Frame


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
        link = {"syklus": one.id, "sykehus": str(page.unit), "lang": lang}
        label = t(lang, "cycle.next_there", cycle=f"{one.number} · {one.title}")
        st.page_link(head.CYCLE, label=label, icon=":material/arrow_forward:", query_params=link)
    asks = cycle.act in (kinds.Act.ADAPT, kinds.Act.NEXT, kinds.Act.ADOPT) and editing.may_edit(page, cycle)
    if asks and not after and st.button(t(lang, "cycle.next_button"), icon=":material/add:", type="primary"):
        made = following(page, whole, cycle)
        link = {"syklus": made, "kort": "planlegg", "sykehus": str(page.unit), "lang": lang}
        st.switch_page(head.CYCLE, query_params=link)


def following(page: Frame, whole: Whole, cycle: Cycle) -> str:
    """The id of a new cycle that follows this one: same idea and measure, one step up where the test is to grow."""
    scales = list(kinds.Scale)
    place = scales.index(kinds.Scale(cycle.scale))
    grows = cycle.act in (kinds.Act.NEXT, kinds.Act.ADOPT)
    with caches.saving() as session:
        made = store.make(
            session,
            page.scope,
            Cycle(
                project=whole.project.id,
                unit=cycle.unit,
                number=projects.next_number(session, whole.project.id),
                title=cycle.title,
                idea=cycle.idea,
                follows=cycle.id,
                scale=scales[min(place + grows, len(scales) - 1)],
                measure=cycle.measure,
                prediction_kind=cycle.prediction_kind,
            ),
        )
        if cycle.decided_on is None:
            store.save(session, page.scope, Cycle, cycle.id, cycle.version, {"decided_on": date.today()})
        return made.id
