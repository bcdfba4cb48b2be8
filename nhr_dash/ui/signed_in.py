"""Who is signed in, asked anew in every run and before every save: an open tab ends with its session."""

from html import escape

import streamlit as st

from nhr_dash import database
from nhr_dash.settings import settings
from nhr_dash.signin import Person, gate, routes, sessions
from nhr_dash.text.catalog import t
from nhr_dash.ui import doors
from nhr_dash.ui.language import language


def person() -> Person | None:
    """Who is behind this run; None when nobody is, or their session has ended. Counts as use of the session."""
    chosen = settings().sign_in
    key = st.user.get(gate.USER_KEY)
    if chosen is None or not isinstance(key, str):
        return None
    now = routes.now()
    engine = doors.engine(settings().database_url)
    with database.problems_named(), engine.connect() as connection:
        found = sessions.current(connection, key, routes.limits_of(chosen), now)
    if found is None:
        return None
    if now - found.seen_at >= sessions.SEEN_EVERY:
        with database.problems_named(), engine.begin() as connection:
            sessions.saw(connection, key, now)
    return found.person


def require() -> Person | None:
    """The person of this run, None in an installation without sign-in. With it, the run stops here
    unless somebody is signed in."""
    if settings().sign_in is None:
        return None
    found = person()
    if found is None:
        lang = language()
        st.info(t(lang, "signin.ended"))
        links((t(lang, "signin.sign_in"), routes.SIGN_IN))
        st.stop()
    return found


def ways_out(lang: str) -> None:
    """Links to sign out here, and everywhere."""
    links(
        (t(lang, "signin.sign_out"), routes.SIGN_OUT),
        (t(lang, "signin.sign_out_everywhere"), f"{routes.SIGN_OUT}?overalt=1"),
    )


def links(*shown: tuple[str, str]) -> None:
    """Links that leave the app in the same window; Streamlit's own open another one."""
    st.html(" · ".join(f'<a href="{address}">{escape(words)}</a>' for words, address in shown))
