"""Every Streamlit cache. Keys are plain codes, the data version and what may be seen; never a frame."""

from datetime import date
from typing import TYPE_CHECKING

import pandas
import streamlit as st

from nhr_dash.access import Held, Scope, Visibility, holding
from nhr_dash.ui.doors import asking, engine, loader, reading, saving, writing

__all__ = ["asking", "engine", "loader", "reading", "saving", "writing"]  # beside every cache below

if TYPE_CHECKING:
    from nhr_dash.improvement import starts
    from nhr_dash.improvement.before_after import Beside
    from nhr_dash.improvement.effects import ProjectEffect
    from nhr_dash.improvement.evidence import Hospitals, Window
    from nhr_dash.improvement.projects import Whole
    from nhr_dash.improvement.rebase import Suggestion
    from nhr_dash.ui import guide, lasting, overview, run_chart, units, waiting
    from nhr_dash.ui import idea_bank as idea_bank_of
    from nhr_dash.ui import improved as improved_of
    from nhr_dash.ui.before_after.answer import Answer
    from nhr_dash.ui.before_after.asked import Asked
    from nhr_dash.ui.before_after.book import Told
    from nhr_dash.ui.portfolio import cards, trends
    from nhr_dash.ui.project.board import Board

# Charts and tables are some tens of kB each; the bound keeps a process under a few hundred MB.
KEPT = 2000


def _scope(visibility: Visibility) -> Scope:
    return Scope(person="", visibility=visibility)


@st.cache_data(show_spinner=False, max_entries=KEPT)
def may_edit(team_version: int, held: frozenset[Held], table: str, record: str) -> bool:
    """May who holds these roles change a record (or, for a project, what belongs to it)?"""
    from nhr_dash.improvement import models, store

    kind = next(one.class_ for one in models.Base.registry.mappers if one.class_.__tablename__ == table)
    with asking() as session:
        found = session.get(kind, record)
        return found is not None and store.may_edit(session, holding("", held), found)


# What a run asks for again and again is shared, not copied: frozen, and nothing changes what it holds
# (Streamlit copies a chart's spec before it draws it).
@st.cache_resource(show_spinner=False, max_entries=8)
def unit_names(version: int, language: str) -> "units.UnitNames":
    """Every unit that can be chosen, in Norwegian order, training hospitals first."""
    from nhr_dash.ui import units

    with reading(version) as connection:
        return units.read(connection, language)


@st.cache_resource(show_spinner=False, max_entries=400)
def data_basis(version: int, unit: int) -> "units.DataBasis":
    """What the numbers of a unit rest on: newest admission, coverage, provisional weeks."""
    from nhr_dash.ui import units

    with reading(version) as connection:
        return units.basis(connection, unit)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def overview_rows(version: int, visibility: Visibility, language: str, unit: int) -> "overview.Overview":
    """All indicators of a unit as rows of text, what needs attention first."""
    from nhr_dash.ui import overview

    with reading(version) as connection:
        return overview.read(connection, _scope(visibility), unit, language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def run_chart_view(
    version: int,
    visibility: Visibility,
    language: str,
    unit: int,
    indicator: str,
    grain: str,
    k: int,
    start: date | None,
    kind: str = "",
    rules: str = "",
    national: bool = True,
    project: "run_chart.OfProject | None" = None,
    preview: date | None = None,
) -> "run_chart.View":
    """The run chart of one indicator at one unit, drawn, with its sentence and numbers."""
    from nhr_dash.ui import run_chart

    asked = (unit, indicator, grain, k, start, language, kind, rules)
    with reading(version) as connection:
        return run_chart.read(
            connection,
            _scope(visibility),
            *asked,
            others=lambda indicator, minutes: hospitals(version, indicator, minutes),
            national=national,
            project=project or run_chart.NO_PROJECT,
            preview=preview,
        )


# One indicator of the sample is under 2 MB with minutes, and the same for every unit and reader.
@st.cache_resource(show_spinner=False, max_entries=40)
def hospitals(version: int, indicator: str, minutes: bool) -> "Hospitals":
    """What every real hospital did with an indicator, for the statistics: what a change is compared with."""
    from nhr_dash.improvement import evidence

    with reading(version) as connection:
        return evidence.hospitals(connection, _scope(Visibility(frozenset())), indicator, minutes=minutes)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def stored_starts(
    version: int, team_version: int, visibility: Visibility, language: str, unit: int, indicator: str
) -> "tuple[starts.Start, ...]":
    """Stored changes at a unit that a comparison can begin from."""
    from nhr_dash.improvement import starts

    with asking() as session:
        return starts.stored(session, _scope(visibility), unit, indicator, language)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def change_answer(
    version: int, team_version: int, visibility: Visibility, language: str, unit: int, asked: "Asked"
) -> "Answer":
    """A change judged, in words and drawn. Raises ``evidence.Refused``, which is not kept."""
    from nhr_dash.ui.before_after import answer

    with reading() as connection:  # projects are asked too: never a replica
        return answer.answer(connection, _scope(visibility), unit, asked, version, language)


@st.cache_resource(show_spinner=False, max_entries=400)
def beside(version: int, visibility: Visibility, unit: int, asked: "Asked") -> "tuple[Beside, ...]":
    """Every other indicator of a unit over the months of a change."""
    from nhr_dash.improvement import before_after, evidence

    scope = _scope(visibility)
    with reading(version) as connection:
        found = evidence.judged(
            connection,
            scope,
            unit,
            asked.indicator,
            asked.window,
            participants=asked.participants,
            compared_with=hospitals(version, asked.indicator, False),
            minutes=False,
        )
        others = (asked.indicator, *before_after.others_measured(asked.indicator))
        return before_after.beside(
            connection, scope, found, others, lambda one: hospitals(version, one, False), asked.participants
        )


@st.cache_resource(show_spinner=False, max_entries=40)
def project_effects(version: int, team_version: int, visibility: Visibility) -> "tuple[ProjectEffect, ...]":
    """The effect of every project that may be seen."""
    from nhr_dash.improvement import effects

    with asking() as session:
        found = effects.every(session, _scope(visibility))
        session.expunge_all()
        return found


@st.cache_resource(show_spinner=False, max_entries=400)
def prediction_book(version: int, team_version: int, visibility: Visibility, language: str, unit: int) -> "Told":
    """What the teams of a hospital believed, and what happened."""
    from nhr_dash.ui.before_after import book

    with asking() as session:
        return book.read(session, _scope(visibility), unit, language)


@st.cache_data(show_spinner=False, max_entries=400)
def waiting_lines(
    version: int,
    visibility: Visibility,
    language: str,
    unit: int,
    indicator: str,
    start: date | None,
    asked: "waiting.Plan",
) -> tuple[str, ...]:
    """How long a team must wait to know, as sentences."""
    from nhr_dash.ui import waiting

    with reading(version) as connection:
        return waiting.said(connection, _scope(visibility), unit, indicator, start, asked, language)


@st.cache_data(show_spinner=False, max_entries=8)
def delivery_rows(version: int, language: str) -> pandas.DataFrame:
    """Every delivery, newest first, as text."""
    from nhr_dash.ui import deliveries

    with reading(version) as connection:
        return deliveries.rows(connection, language)


@st.cache_resource(show_spinner=False, max_entries=100)
def hospitals_of(version: int, unit: int) -> frozenset[int]:
    """A unit and the hospitals in it."""
    from nhr_dash.registry import units

    with reading(version) as connection:
        return frozenset((unit, *units.members(connection, unit)))


@st.cache_resource(show_spinner=False, max_entries=20)
def portfolio(version: int, team_version: int, visibility: Visibility, language: str) -> "tuple[cards.Card, ...]":
    """Every project that may be seen, as it is listed."""
    from nhr_dash.ui.portfolio import cards

    with asking() as session:
        return cards.read(session, _scope(visibility), unit_names(version, language).by_code, language)


@st.cache_resource(show_spinner=False, max_entries=400)
def new_level(version: int, visibility: Visibility, unit: int, indicator: str) -> "Suggestion":
    """Has a unit's chart of an indicator settled on a new level?"""
    from nhr_dash.improvement import rebase

    with reading(version) as connection:
        return rebase.suggest(connection, _scope(visibility), unit, indicator)


@st.cache_resource(show_spinner=False, max_entries=400)
def fallen(version: int, team_version: int, visibility: Visibility, language: str, unit: int) -> "lasting.Lines":
    """Projects of a unit whose level no longer holds, as lines."""
    from nhr_dash.ui import lasting

    with asking() as session:
        return lasting.fallen(session, _scope(visibility), hospitals_of(version, unit), language)


@st.cache_resource(show_spinner=False, max_entries=60)
def months_of_many(version: int, visibility: Visibility, units: tuple[int, ...], indicator: str) -> "trends.Months":
    """The months of an indicator at many units, read once for all small charts of a list."""
    from nhr_dash.ui.portfolio import trends

    held = hospitals(version, indicator, False)
    with reading(version) as connection:
        return trends.months(connection, _scope(visibility), units, indicator, held)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def trend(
    version: int,
    visibility: Visibility,
    language: str,
    units: tuple[int, ...],
    unit: int,
    indicator: str,
    window: "Window | None",
    participants: tuple[int, ...],
    aim: float | None,
) -> "trends.Trend":
    """The small chart of one of the units."""
    from nhr_dash.ui.portfolio import trends

    held = months_of_many(version, visibility, units, indicator)
    with reading(version) as connection:
        return trends.read(connection, _scope(visibility), held, unit, indicator, window, participants, aim, language)


@st.cache_resource(show_spinner=False, max_entries=200)
def project(team_version: int, visibility: Visibility, project_id: str) -> "Whole":
    """A project and everything in it, to be read only. Raises ``NotAllowed`` and ``store.Gone``."""
    from nhr_dash.improvement import projects

    with asking() as session:
        return projects.whole(session, _scope(visibility), project_id)


@st.cache_resource(show_spinner=False, max_entries=400)
def project_board(
    version: int,
    team_version: int,
    visibility: Visibility,
    language: str,
    project_id: str,
    unit: int,
    start: date | None,
) -> "Board":
    """What a project's numbers say at one of its hospitals, drawn."""
    from nhr_dash.ui.project import board

    def others(indicator: str, minutes: bool) -> "Hospitals":
        return hospitals(version, indicator, minutes)

    with asking() as session:
        return board.read(session, _scope(visibility), project_id, unit, start, language, others)


@st.cache_resource(show_spinner=False, max_entries=8)
def hospital_units(version: int) -> frozenset[int]:
    """Every hospital, training hospitals too."""
    from nhr_dash.registry import units

    with reading(version) as connection:
        return frozenset(one.orgnr for one in units.all_units(connection) if one.level == "hospital")


@st.cache_resource(show_spinner=False, max_entries=400)
def guide_basis(version: int, visibility: Visibility, unit: int, indicator: str) -> "guide.Basis":
    """What is known of an indicator at a hospital before a project begins."""
    from nhr_dash.ui import guide

    with reading(version) as connection:
        return guide.read(connection, _scope(visibility), unit, indicator)


@st.cache_resource(show_spinner=False, max_entries=20)
def idea_bank(
    version: int, team_version: int, visibility: Visibility, language: str
) -> "tuple[idea_bank_of.Entry, ...]":
    """Every published project as it stands in the idea bank."""
    from nhr_dash.ui import idea_bank as idea_bank_of

    names, yearly = unit_names(version, language).by_code, yearly_patients(version)
    with asking() as session:
        return idea_bank_of.read(session, _scope(visibility), names, yearly, language)


@st.cache_resource(show_spinner=False, max_entries=8)
def yearly_patients(version: int) -> dict[int, int]:
    """Patients of the newest year at every hospital."""
    from nhr_dash.ui import improved as improved_of

    with reading(version) as connection:
        return improved_of.yearly_patients(connection)


@st.cache_resource(show_spinner=False, max_entries=60)
def improved(version: int, visibility: Visibility, indicator: str) -> "tuple[improved_of.Improved, ...]":
    """Hospitals with a lasting improvement of an indicator, the largest first."""
    from nhr_dash.ui import improved as improved_of

    with reading(version) as connection:
        return improved_of.read(connection, _scope(visibility), indicator)
