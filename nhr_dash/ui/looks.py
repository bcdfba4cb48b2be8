"""What a person does that the audit log keeps: looks at single patients, and takes files out.

The demo keeps neither: nobody is signed in, and no patient is real.
"""

from collections.abc import Callable
from typing import TypeVar

from nhr_dash import database
from nhr_dash.registry import audit
from nhr_dash.settings import settings
from nhr_dash.ui import caches
from nhr_dash.ui.frame import Frame

Made = TypeVar("Made")


def patients(page: Frame, unit: int, indicator: str) -> None:
    """Single patients of a unit are on the screen; one line an hour."""
    if _kept(page):
        with database.problems_named(), caches.engine(settings().database_url).begin() as connection:
            audit.looked(connection, page.scope.logged_as, unit, indicator)


def exporting(page: Frame, about: str, make: Callable[[], Made]) -> Callable[[], Made]:
    """What makes a file, noting that it was taken out. ``about``: codes that say which."""
    if not _kept(page):
        return make
    person = page.scope.logged_as

    def noted() -> Made:
        with database.problems_named(), caches.engine(settings().database_url).begin() as connection:
            audit.note(connection, person, audit.What.EXPORTED, about)
        return make()

    return noted


def _kept(page: Frame) -> bool:
    return bool(page.scope.subject) or not page.synthetic
