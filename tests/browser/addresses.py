"""The pages of the app, by the addresses that links to them carry."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

PAGES = ("oversikt", "seriediagram", "innlasting", "hjelp")
FJORDVIK = 999100001
IMAGING = "pakke_bilde_15min"

every_page = pytest.mark.parametrize("name", PAGES)
