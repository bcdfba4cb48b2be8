"""Which pages stand in whose menu, at most eight a role. The menu hides; what protects is asked where data is read."""

from collections.abc import Collection
from typing import Literal

from nhr_dash.access import Role

MOST = 8
_EVERYONE = ("oversikt", "seriediagram", "prosjekter", "idebank", "innlasting", "hjelp")
_OF_ROLE: dict[Role, tuple[str, ...]] = {
    Role.READER: _EVERYONE,
    Role.TEAM: (*_EVERYONE, "for-og-etter"),
    Role.LEADER: (
        *("oversikt", "seriediagram", "prosjekter", "for-og-etter", "idebank", "variasjon", "forbedringsomrader"),
        "hjelp",
    ),
    Role.FAGRAAD: (
        *("oversikt", "seriediagram", "variasjon", "forbedringsomrader", "varig-bedring", "prosjekter", "for-og-etter"),
        "hjelp",
    ),
    Role.REGISTRY: (*_EVERYONE, "tilganger", "variasjon"),
}


def visibility(path: str, roles: Collection[Role]) -> Literal["visible", "hidden"]:
    """Does a page stand in the menu of somebody with these roles? Who has several meets the pages of them all; without
    any, those of everyone."""
    pages = {page for role in roles for page in _OF_ROLE[role]} if roles else set(_EVERYONE)
    return "visible" if path in pages else "hidden"
