"""Caches of what the fagråd's pages are drawn from. Keys are plain codes, the data version and what may be seen."""

from typing import TYPE_CHECKING

import streamlit as st

from nhr_dash.access import Scope, Visibility
from nhr_dash.registry.across import Across, Asked
from nhr_dash.text import formats
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches
from nhr_dash.ui.doors import reading

if TYPE_CHECKING:
    from nhr_dash.charts.drawing import Drawing
    from nhr_dash.registry import heat, multiples
    from nhr_dash.registry.equity import Difference
    from nhr_dash.registry.outcomes import Adjusted
    from nhr_dash.registry.upkeep import Kept, Standing
    from nhr_dash.ui.variation import attainment_answer, funnel_answer, multiples_answer, ranking_answer, spread_view
    from nhr_dash.ui.variation.moving import Moving
    from nhr_dash.ui.variation.survival_answer import View
    from nhr_dash.ui.variation.thrombectomy import Shown as Thrombectomies

KEPT = 400


def _scope(visibility: Visibility) -> Scope:
    return Scope(person="", visibility=visibility)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def years_of(version: int, indicator: str) -> tuple[int, ...]:
    """Years with figures of an indicator, oldest first."""
    from nhr_dash.registry import across

    with reading(version) as connection:
        return across.years(connection, indicator)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def newest_final(version: int, indicator: str) -> int | None:
    """The newest year of an indicator of which nothing can still change, else the newest."""
    from nhr_dash.registry import across

    with reading(version) as connection:
        return across.newest_final(connection, indicator)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def differences(
    version: int, visibility: Visibility, unit: int, dimension: str, first: int, last: int
) -> "tuple[Difference, ...]":
    """Every indicator of a unit by one way to divide its patients, the most certain difference first."""
    from nhr_dash.registry import equity

    with reading(version) as connection:
        return equity.read(connection, _scope(visibility), unit, dimension, first, last)


@st.cache_resource(show_spinner=False, max_entries=8)
def group_codes(version: int) -> tuple[str, ...]:
    """Every group that hospitals can be chosen by."""
    from nhr_dash.registry import groups

    with reading(version) as connection:
        return groups.codes(connection)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def compared(version: int, visibility: Visibility, asked: Asked, own: int) -> Across:
    """The units side by side, one's own beside them."""
    from nhr_dash.registry import across

    with reading(version) as connection:
        return across.read(connection, _scope(visibility), asked, own)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def thrombectomy(
    version: int, visibility: Visibility, language: str, view: str, first: int, last: int, own: int
) -> "Thrombectomies":
    """One view of thrombectomy over whole years, drawn."""
    from nhr_dash.ui.variation import thrombectomy as of

    names = caches.unit_names(version, language)
    with reading(version) as connection:
        return of.read(connection, _scope(visibility), view, first, last, own, names, language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def spread_of(version: int, visibility: Visibility, language: str, asked: Asked, own: int) -> "spread_view.View":
    """How the spread between units goes from year to year, drawn and told."""
    from nhr_dash.registry import spread
    from nhr_dash.ui.variation import asked as asked_of
    from nhr_dash.ui.variation import spread_view

    names = caches.unit_names(version, language).by_code
    with reading(version) as connection:
        found = spread.read(connection, _scope(visibility), asked, own)
    return spread_view.build(found, asked_of.words(asked, names, language), names.get(str(own), ""), language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def funnel_of(
    version: int, visibility: Visibility, language: str, asked: Asked, own: int, look: "funnel_answer.Look"
) -> "funnel_answer.Answer":
    """The funnel of a comparison, judged and drawn."""
    from nhr_dash.ui.variation import asked as asked_of
    from nhr_dash.ui.variation import funnel_answer

    found = compared(version, visibility, asked, own)
    names = caches.unit_names(version, language).by_code
    moved = moving(version, visibility, asked, own)
    titles = asked_of.titles(asked, names, language)
    return funnel_answer.answer(found, moved, (own, names[str(own)]), look, titles, language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def moving(version: int, visibility: Visibility, asked: Asked, own: int) -> "dict[int, Moving]":
    """Hospitals of a comparison whose level is moving."""
    from nhr_dash.ui.variation import moving as moving_of

    found = compared(version, visibility, asked, own)
    with reading(version) as connection:
        return moving_of.read(connection, _scope(visibility), found)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def ranking_of(version: int, visibility: Visibility, language: str, asked: Asked, own: int) -> "ranking_answer.Answer":
    """The ranking of a comparison, judged and drawn."""
    from nhr_dash.ui.variation import asked as asked_of
    from nhr_dash.ui.variation import ranking_answer

    found = compared(version, visibility, asked, own)
    names = caches.unit_names(version, language).by_code
    return ranking_answer.answer(found, (own, names[str(own)]), asked_of.titles(asked, names, language), language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def panels(version: int, visibility: Visibility, asked: "multiples.Asked", own: int) -> "multiples.Panels":
    """One indicator over time at every hospital of a group."""
    from nhr_dash.registry import multiples

    with reading(version) as connection:
        return multiples.read(connection, _scope(visibility), asked, own)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def multiples_of(
    version: int,
    visibility: Visibility,
    language: str,
    asked: "multiples.Asked",
    own: int,
    order: str,
    subtitle: str,
) -> "multiples_answer.Answer":
    """The hospitals beside each other, sorted, said and drawn."""
    from nhr_dash.ui.variation import multiples_answer

    found = panels(version, visibility, asked, own)
    return multiples_answer.answer(found, own, order, subtitle, language)


@st.cache_resource(show_spinner=False, max_entries=8)
def outcome_years(version: int, outcome: str) -> tuple[int, int] | None:
    """The first and last whole year with final figures of an outcome."""
    from nhr_dash.registry import outcomes

    with reading(version) as connection:
        return outcomes.years(connection, outcome)


@st.cache_resource(show_spinner=False, max_entries=60)
def outcome(version: int, visibility: Visibility, outcome: str, first: int, last: int) -> "Adjusted":
    """An outcome at every hospital, crude and adjusted. Raises ``NotFitted``, which is not kept."""
    from nhr_dash.registry import outcomes

    with reading(version) as connection:
        return outcomes.adjusted(connection, _scope(visibility), outcome, first, last)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def survival(
    version: int,
    visibility: Visibility,
    language: str,
    outcome_id: str,
    first: int,
    last: int,
    unit: int,
    synthetic: bool,
) -> "View":
    """The tab of outcomes, written and drawn."""
    from nhr_dash.ui.variation import survival_answer

    found = outcome(version, visibility, outcome_id, first, last)
    names, own = caches.unit_names(version, language).by_code, caches.hospitals_of(version, unit)
    return survival_answer.view(found, names, own, synthetic, language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def survival_course(
    version: int,
    visibility: Visibility,
    language: str,
    outcome_id: str,
    first: int,
    last: int,
    unit: int,
    synthetic: bool,
) -> "tuple[Drawing, Drawing] | None":
    """One's own hospital patient by patient: VLAD and CUSUM. Raises ``NotAllowed`` for other units."""
    from nhr_dash.charts import vlad
    from nhr_dash.registry import outcomes
    from nhr_dash.ui.variation import survival_answer

    with reading(version) as connection:
        patients = outcomes.course(connection, _scope(visibility), unit, outcome_id, first, last)
    name = caches.unit_names(version, language).by_code[str(unit)]
    missed = t(language, f"survival.{outcome_id}_missed")
    years = formats.years(first, last)
    return survival_answer.course(patients, vlad.Subject(name, missed, years, synthetic, language))


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def attained(version: int, visibility: Visibility, asked: "heat.Asked", own: int) -> "heat.Heat":
    """Every indicator of a year's set at many units."""
    from nhr_dash.registry import heat

    with reading(version) as connection:
        return heat.read(connection, _scope(visibility), asked, own)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def attainment_of(
    version: int, visibility: Visibility, language: str, asked: "heat.Asked", own: int, order: str
) -> "attainment_answer.Answer":
    """The levels of many units in a year, sorted, said and drawn."""
    from nhr_dash.ui.variation import asked as asked_of
    from nhr_dash.ui.variation import attainment_answer

    names = caches.unit_names(version, language).by_code
    whole = t(language, f"variation.level_{asked.level}")
    subtitle = whole if asked.group == "all" else asked_of.group_words(asked.group, names, language)
    return attainment_answer.answer(attained(version, visibility, asked, own), order, subtitle, language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def kept(version: int, indicator: str, year: int) -> "Kept":
    """How many hospitals stand at each level of an indicator over the years, and how well it tells them apart."""
    from nhr_dash.registry import upkeep

    with reading(version) as connection:
        return upkeep.kept(connection, indicator, year)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def standings(version: int, visibility: Visibility, indicator: str, year: int) -> "tuple[Standing, ...]":
    """Where the hospitals of a year stand that may be shown."""
    from nhr_dash.registry import upkeep

    with reading(version) as connection:
        return upkeep.standings(connection, _scope(visibility), indicator, year)
