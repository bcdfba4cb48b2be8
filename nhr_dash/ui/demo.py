"""The demo's choice of role: the pages as somebody else meets them. Only on the synthetic registry, without sign-in."""

import streamlit as st
from sqlalchemy import Connection

from nhr_dash import access
from nhr_dash.access import Role, Scope
from nhr_dash.registry import grants, units
from nhr_dash.text.catalog import t
from nhr_dash.ui import choices

PERSON = "demo"
CHOICE, EVERY_ROLE = "rolle", "alt"
_FJORDVIK = 999100001
_ROLES: dict[str, tuple[Role, int | None]] = {
    "team": (Role.TEAM, _FJORDVIK),
    "leder": (Role.LEADER, units.TRAINING_TRUST),
    "fagraad": (Role.FAGRAAD, None),
    "register": (Role.REGISTRY, None),
    "leser": (Role.READER, None),
}
_CODES = (EVERY_ROLE, *_ROLES)


def chosen() -> str:
    """The code of the chosen role."""
    code = choices.code(CHOICE, EVERY_ROLE)
    return code if code in _ROLES else EVERY_ROLE


def roles() -> frozenset[Role]:
    """What the menu is drawn for."""
    return frozenset({_ROLES[chosen()][0]}) if chosen() in _ROLES else frozenset(Role)


def scope(connection: Connection) -> Scope:
    """What the chosen role may see and do."""
    if chosen() == EVERY_ROLE:
        return access.everything(PERSON)
    return access.holding(PERSON, [grants.held(connection, *_ROLES[chosen()])])


def switch(language: str) -> None:
    """The choice, in the side bar."""
    choices.ask(
        st.selectbox,
        CHOICE,
        t(language, "access.demo_role"),
        _CODES,
        EVERY_ROLE,
        format_func=lambda code: t(language, f"access.demo_{code}"),
    )
