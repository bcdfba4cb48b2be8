"""The audit log: who signed in, looked at patients, took something out, loaded, granted and published.

It stands in the database, apart from the application's own log, and only grows. ``about`` holds codes (orgnr,
indicator, UUID, file, role), never a patient's values.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select

from nhr_dash.access import Scope
from nhr_dash.registry.people import audit

LONGEST = 255
ONE_LOOK = timedelta(hours=1)
"""Looks at the same patients within this time are one line: a page runs again at every click."""


class What(StrEnum):
    """What was done. Text: ``access.audit_<code>``."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"  # signed in at the identity provider, without a grant
    PATIENTS = "patients"
    EXPORTED = "exported"
    LOADED = "loaded"
    GRANTED = "granted"
    REVOKED = "revoked"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log; ``at`` is UTC."""

    at: datetime
    person: str
    what: What
    about: str


def note(connection: Connection, person: str, what: What, about: str = "") -> None:
    """Add a line, in the caller's transaction: what is rolled back was not done."""
    row = {"at": _now(), "person": person[:LONGEST], "what": what.value, "about": about[:LONGEST]}
    connection.execute(audit.insert().values(row))


def looked(connection: Connection, person: str, unit: int, indicator: str) -> bool:
    """Note that single patients were looked at: once an hour a person, unit and indicator. True where a line came."""
    about = f"{unit} {indicator}"
    c = audit.c
    same = select(c.id).where(c.person == person[:LONGEST], c.what == What.PATIENTS.value, c.about == about)
    if connection.execute(same.where(c.at > _now() - ONE_LOOK).limit(1)).first() is not None:
        return False
    note(connection, person, What.PATIENTS, about)
    return True


def newest(connection: Connection, scope: Scope, count: int) -> tuple[Line, ...]:
    """The last lines, newest first. Raises ``NotAllowed`` unless the log may be read."""
    scope.require_audit()
    c = audit.c
    found = connection.execute(select(audit).order_by(c.at.desc(), c.id.desc()).limit(count))
    return tuple(Line(row.at, row.person, What(row.what), row.about) for row in found)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
