"""What a person is told when something is wrong: one sentence and a way on; the log has the rest."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import streamlit as st

from nhr_dash.access import NotAllowed
from nhr_dash.database import DatabaseProblem
from nhr_dash.text.catalog import t
from nhr_dash.ui import signed_in
from nhr_dash.ui.language import language

log = logging.getLogger(__name__)


@contextmanager
def told() -> Iterator[None]:
    """Around the body of a page or a fragment: nothing for a session that has ended, and no traceback
    on the screen, whatever happens."""
    try:
        signed_in.require()
        yield
    except DatabaseProblem as problem:
        log.exception("database: %s", problem.kind)
        _say(f"problem.database_{problem.kind}")
    except NotAllowed:
        log.exception("not allowed")
        _say("problem.not_allowed")
    except Exception as error:
        # Streamlit steers reruns and stops with exceptions of its own; those must pass.
        if type(error).__module__.startswith("streamlit."):
            raise
        from nhr_dash.improvement.store import Gone  # late: most runs have no failure to name

        if isinstance(error, Gone):
            log.info("a record is gone: %s", error)
            _say("problem.gone")
        log.exception("a page failed")
        _say("problem.unexpected")


def _say(key: str) -> NoReturn:
    """Say it, offer another try, and end the run: whatever was to be drawn next has nothing to stand on."""
    st.error(t(language(), key))
    if st.button(t(language(), "problem.try_again"), key="try_again"):
        st.rerun()
    st.stop()
