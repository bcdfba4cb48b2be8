"""The pages of the app, by the addresses that links to them carry."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

PAGES = (
    "oversikt",
    "seriediagram",
    "prosjekter",
    "prosjekt",
    "syklus",
    "nytt-prosjekt",
    "for-og-etter",
    "forbedringsomrader",
    "varig-bedring",
    "trombektomi",
    "variasjon",
    "indikatorene",
    "likeverdig",
    "idebank",
    "innlasting",
    "tilganger",
    "hjelp",
)


def path(name: str) -> str:
    """The path of a page in a link. Streamlit gives the start page the empty one, whatever it is called."""
    return "" if name == "oversikt" else name


FJORDVIK = 999100001
IMAGING = "pakke_bilde_15min"

every_page = pytest.mark.parametrize("name", PAGES)
