"""Caches of where there is most to gain, what to ask of a unit, and who became lastingly better.

Keys are plain codes, the data version and what may be seen.
"""

import streamlit as st

from nhr_dash.access import Scope, Visibility
from nhr_dash.improvement.lasting_units import Stepped
from nhr_dash.improvement.potential import Goal, Looked
from nhr_dash.improvement.questions import Answers
from nhr_dash.ui.doors import reading


@st.cache_resource(show_spinner=False, max_entries=400)
def looked(
    version: int, visibility: Visibility, indicator: str, goal: Goal, span: int, only: int = 0, trend: bool = False
) -> Looked:
    """The gap of every hospital (or of one) to a goal of one indicator."""
    from nhr_dash.improvement import potential

    with reading(version) as connection:
        return potential.look(connection, Scope("", visibility), indicator, goal, span, only, trend=trend)


@st.cache_resource(show_spinner=False, max_entries=400)
def answers(version: int, visibility: Visibility, unit: int, indicator: str, first: int, last: int) -> Answers:
    """What the data say of a unit before anybody is asked."""
    from nhr_dash.improvement import questions

    with reading(version) as connection:
        return questions.answers(connection, Scope("", visibility), unit, indicator, first, last)


@st.cache_resource(show_spinner=False, max_entries=200)
def stepped(version: int, visibility: Visibility, indicator: str, years: int) -> tuple[Stepped, ...]:
    """The best step of every hospital in one indicator."""
    from nhr_dash.improvement import lasting_units

    with reading(version) as connection:
        return lasting_units.look(connection, Scope("", visibility), indicator, years)


@st.cache_resource(show_spinner=False, max_entries=8)
def regions(version: int) -> tuple[str, ...]:
    """The regions, by organisation number."""
    from nhr_dash.registry import units

    with reading(version) as connection:
        return tuple(str(one.orgnr) for one in units.all_units(connection) if one.level == "region")
