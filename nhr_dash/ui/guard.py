"""The guard that every page starts with: who asks, or a sentence and a stop.

A page never trusts that app.py has run: a page file can be asked for by its own address.
"""

from dataclasses import dataclass

import streamlit as st

from nhr_dash import access, database
from nhr_dash.registry import grants
from nhr_dash.settings import settings
from nhr_dash.signin import Person
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, demo, signed_in
from nhr_dash.ui.language import language


@dataclass(frozen=True, slots=True)
class Entry:
    """Who asks (``person`` is missing where nobody signs in), and what the database said of itself then."""

    person: Person | None
    scope: access.Scope
    version: int
    team_version: int
    synthetic: bool


def require_entry() -> Entry:
    """The person behind this run and the data they meet; the page stops here when there is none.

    The demo serves only the synthetic registry. A registry with real deliveries is served only
    where a setting says that another gate stands in front, or to somebody who is signed in.
    """
    chosen = settings()
    person = signed_in.require()
    if person:
        return _entry_of(person)
    if not (chosen.other_gate or chosen.demo):
        stop(t(language(), "ui.not_signed_in"))
    with caches.reading() as connection:
        found = database.state(connection)
        if not (chosen.other_gate or found.synthetic):
            stop(t(language(), "ui.real_data_needs_sign_in"))
        scope = access.everything("behind another gate") if chosen.other_gate else demo.scope(connection)
    return Entry(None, scope, found.data_version, found.team_version, found.synthetic)


def _entry_of(person: Person) -> Entry:
    """Somebody who is signed in, with what they are granted today; the page stops where that is nothing."""
    with caches.reading() as connection:
        scope = grants.grants_of(connection, person.subject)
        found = database.state(connection)
    if scope is None:
        lang = language()
        st.info(t(lang, "signin.no_grants"))
        st.code(person.subject, language=None)
        signed_in.ways_out(lang)
        st.stop()
    return Entry(person, scope, found.data_version, found.team_version, found.synthetic)


def roles() -> frozenset[access.Role]:
    """The roles that the menu is drawn for; none for who isn't let in, or can't be known now (the page says why)."""
    chosen = settings()
    if chosen.sign_in is None:
        if chosen.other_gate:
            return frozenset(access.Role)
        return demo.roles() if chosen.demo else frozenset()
    try:
        person = signed_in.person()
        with caches.reading() as connection:
            scope = grants.grants_of(connection, person.subject) if person else None
    except database.DatabaseProblem:
        return frozenset()
    return scope.roles if scope else frozenset()


def stop(sentence: str) -> None:
    """Say why the page ends here, and end it."""
    st.info(sentence)
    st.stop()
