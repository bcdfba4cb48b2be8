"""Which pages stand in whose menu, at most eight. The menu hides; what protects is asked where data is read."""

from collections.abc import Collection
from typing import Literal

from nhr_dash.access import Role

MOST = 8
_EVERYONE = ("oversikt", "seriediagram", "prosjekter", "idebank", "innlasting", "hjelp")
_OF_ROLE: dict[Role, tuple[str, ...]] = {
    Role.READER: _EVERYONE,
    Role.TEAM: (*_EVERYONE, "for-og-etter"),
    Role.LEADER: (*_EVERYONE, "for-og-etter"),
    Role.FAGRAAD: (*_EVERYONE, "for-og-etter"),
    Role.REGISTRY: (*_EVERYONE, "tilganger"),
}


def visibility(path: str, roles: Collection[Role]) -> Literal["visible", "hidden"]:
    """Does a page stand in the menu of somebody with these roles? Without any, what everyone has does."""
    shown = path in _EVERYONE or any(path in _OF_ROLE[role] for role in roles)
    return "visible" if shown else "hidden"
