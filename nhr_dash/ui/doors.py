"""The doors to the database: one engine a process, and the three ways to use it.

Who is signed in is asked for at the door that changes something: a widget's callback runs before
the page and its guard.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from nhr_dash import database
from nhr_dash.registry import facts
from nhr_dash.settings import settings


@st.cache_resource(show_spinner=False, max_entries=4)
def engine(url: str) -> Engine:
    """The process's engine for an address, tables and facts brought up to the code.

    Raises :class:`database.DatabaseProblem`; a failure is not kept.
    """
    made = database.connect(url)
    database.check(made)
    with database.problems_named():
        database.upgrade(made)
        facts.refresh_stale(made)
    # What the imports made will never be garbage: out of the collector's sight, every rerun gets cheaper.
    gc.collect()
    gc.freeze()
    return made


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for one run's questions; a driver's errors become problems that have a sentence."""
    with database.problems_named(), engine(settings().database_url).connect() as connection:
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
