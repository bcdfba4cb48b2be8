"""Plan: what is tried, on how few, and what the team believes will happen."""

import streamlit as st

from nhr_dash.improvement import kinds, measured
from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, editing
from nhr_dash.ui.cycle import head
from nhr_dash.ui.frame import Frame


def card(page: Frame, whole: Whole, cycle: Cycle) -> None:
    """The two minutes before a test; what few need is folded away."""
    lang = page.language
    editing.field(page, cycle, "title", t(lang, "cycle.title_field"), rows=1)
    editing.choice(
        page,
        cycle,
        "scale",
        t(lang, "cycle.scale"),
        tuple(kinds.Scale),
        lambda code: t(lang, f"project.scale_{code}"),
        pills=True,
        help=t(lang, "cycle.scale_help"),
    )
    editing.field(page, cycle, "plan_what", t(lang, "cycle.plan_what"), rows=2)
    left, right = st.columns(2)
    with left:
        editing.field(page, cycle, "plan_who", t(lang, "cycle.plan_who"), rows=1, help=t(lang, "cycle.roles_only"))
        editing.day(page, cycle, "starts_on", t(lang, "cycle.starts_on"))
    with right:
        editing.field(page, cycle, "plan_where", t(lang, "cycle.plan_where"), rows=1)
        editing.day(page, cycle, "ends_on", t(lang, "cycle.ends_on"))
    st.markdown(f"**{t(lang, 'cycle.prediction')}**")
    _prediction(page, whole, cycle)
    with st.expander(t(lang, "cycle.more_plan")):
        editing.field(page, cycle, "question", t(lang, "cycle.question"), rows=2)
        editing.field(page, cycle, "plan_data", t(lang, "cycle.plan_data"), rows=2)
        ideas = {one.id: one.title for one in whole.ideas}
        if ideas:
            editing.choice(page, cycle, "idea", t(lang, "cycle.idea"), (None, *ideas), lambda one: ideas.get(one, "–"))
        before = head.numbered([one for one in whole.cycles if one.number < cycle.number], lang)
        if before:
            editing.choice(
                page, cycle, "follows", t(lang, "cycle.follows"), (None, *before), lambda one: before.get(one, "–")
            )
        if len(whole.units) > 1:
            names = caches.unit_names(page.version, lang).by_code
            editing.choice(
                page,
                cycle,
                "unit",
                t(lang, "cycle.unit"),
                (None, *whole.units),
                lambda one: t(lang, "cycle.common") if one is None else names.get(str(one), str(one)),
            )


def _prediction(page: Frame, whole: Whole, cycle: Cycle) -> None:
    lang = page.language
    editing.choice(
        page,
        cycle,
        "prediction_kind",
        t(lang, "cycle.prediction_kind"),
        tuple(kinds.PredictionKind),
        lambda code: t(lang, f"project.prediction_{code}"),
        pills=True,
    )
    measures = {one.id: measured.title(one, lang) for one in whole.measures}
    if cycle.prediction_kind != kinds.PredictionKind.SENTENCE:
        share = cycle.prediction_kind == kinds.PredictionKind.SHARE
        count = cycle.prediction_kind == kinds.PredictionKind.COUNT
        left, right = st.columns(2)
        with left:
            label = t(lang, f"cycle.prediction_{cycle.prediction_kind}")
            editing.number(page, cycle, "prediction_value", label, percent=share)
        if count:
            with right:
                editing.number(page, cycle, "prediction_of", t(lang, "cycle.prediction_of"))
    if measures:
        editing.choice(
            page,
            cycle,
            "measure",
            t(lang, "cycle.measure"),
            (None, *measures),
            lambda one: measures.get(one, t(lang, "cycle.no_measure")),
        )
    editing.field(page, cycle, "prediction", t(lang, "cycle.prediction_words"), rows=2)
