"""The doors to the database: one engine a process and role, and the ways to use them.

Who is signed in is asked for at the door that changes something: a widget's callback runs before
the page and its guard.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.orm import Session

from nhr_dash import database
from nhr_dash.registry import facts
from nhr_dash.replica import Replica
from nhr_dash.settings import settings


@st.cache_resource(show_spinner=False, max_entries=4)
def loader(url: str) -> Engine:
    """The process's engine for what is loaded, tables and facts brought up to the code with it.

    Raises :class:`database.DatabaseProblem`; a failure is not kept.
    """
    made = database.connect(url)
    database.check(made)
    with database.problems_named():
        database.upgrade(made)
        facts.refresh_stale(made)
    return made


@st.cache_resource(show_spinner=False, max_entries=4)
def engine(url: str) -> Engine:
    """The process's engine for an address, with tables and facts that are up to the code.

    Raises :class:`database.DatabaseProblem`; a failure is not kept.
    """
    chosen = settings()
    standing = loader(chosen.loader_url if url == chosen.database_url else url)
    made = standing if standing.url == make_url(url) else database.connect(url)
    # What the imports made will never be garbage: out of the collector's sight, every rerun gets cheaper.
    gc.collect()
    gc.freeze()
    return made


@st.cache_resource(show_spinner=False, max_entries=4)
def replica(url: str) -> Replica:
    """The process's way to a replica."""
    return Replica(url)


@contextmanager
def reading(version: int | None = None) -> Iterator[Connection]:
    """A connection for one run's questions; a driver's errors become problems that have a sentence.

    ``version``: the data version that only the registry and what stands on charts are asked of: a replica may answer.
    """
    chosen = settings()
    if version is not None and chosen.replica_url:
        with replica(chosen.replica_url).reading(version) as copy:
            if copy is not None:
                yield copy
                return
    with database.problems_named(), engine(chosen.database_url).connect() as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction of what is set on a chart; driver's errors become problems that have a sentence."""
    _require_session()
    with database.problems_named(), engine(settings().database_url).begin() as connection:
        yield connection


@contextmanager
def saving() -> Iterator[Session]:
    """One transaction of a team's save: all of it or nothing; driver's errors become problems that have a sentence."""
    _require_session()
    with (
        database.problems_named(),
        Session(engine(settings().database_url), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def asking() -> Iterator[Session]:
    """A session for reading what teams have written."""
    with database.problems_named(), Session(engine(settings().database_url), expire_on_commit=False) as session:
        yield session


def _require_session() -> None:
    from nhr_dash.ui import signed_in  # which asks the database itself

    signed_in.require()
