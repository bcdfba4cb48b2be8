"""Who is signed in, as rows in the database: every process knows them, and a sign-out ends them everywhere.

The browser holds a random word in a cookie; the database holds only its hash, so that a copy of the
database signs nobody in. Times are UTC without a zone.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, DateTime, String, Table, Text, or_

from nhr_dash.registry.metadata import metadata
from nhr_dash.signin import Person

ATTEMPT_LIFETIME = timedelta(minutes=15)
# How exactly the last use is known. Finer would be a write in every run.
SEEN_EVERY = timedelta(minutes=1)

_session = Table(
    "sign_in_session",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("subject", String(255), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    Column("id_token", Text, nullable=False),  # what the provider asks for at sign-out
    Column("started_at", DateTime, nullable=False),  # UTC
    Column("seen_at", DateTime, nullable=False),  # UTC
    comment="People who are signed in. A row ends with its sign-in.",
)

_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("state", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("go_on", String(2000), nullable=False),
    Column("started_at", DateTime, nullable=False),  # UTC
    comment="Sign-ins on their way through the provider; each is used once.",
)

TABLES = (_session, _attempt)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives unused, and in any case."""

    idle: timedelta
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """What must come back unchanged from the provider. ``go_on``: the page that was asked for."""

    state: str
    nonce: str
    verifier: str
    go_on: str


@dataclass(frozen=True, slots=True)
class Found:
    """A living session. ``seen_at``: last use, known to the minute."""

    person: Person
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """Whose session it was, and the token that the provider asks for at sign-out."""

    subject: str
    id_token: str


def key_of(cookie: str) -> str:
    """The name of a session in the database. Knowing it signs nobody in."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def begin_attempt(connection: Connection, go_on: str, now: datetime) -> tuple[str, Attempt]:
    """A new attempt and the word for its cookie; attempts that led nowhere are removed."""
    connection.execute(_attempt.delete().where(_attempt.c.started_at < now - ATTEMPT_LIFETIME))
    cookie = secrets.token_urlsafe(32)
    attempt = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), go_on)
    connection.execute(
        _attempt.insert().values(
            key=key_of(cookie),
            state=attempt.state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            go_on=go_on,
            started_at=now,
        )
    )
    return cookie, attempt


def take_attempt(connection: Connection, cookie: str, state: str, now: datetime) -> Attempt | None:
    """The attempt of a browser, removed as it is read: it works once. None where there is none,
    where it is too old, or where the answer belongs to another attempt."""
    row = connection.execute(
        _attempt.delete()
        .where(_attempt.c.key == key_of(cookie))
        .returning(_attempt.c.state, _attempt.c.nonce, _attempt.c.verifier, _attempt.c.go_on, _attempt.c.started_at)
    ).one_or_none()
    if row is None or row.started_at < now - ATTEMPT_LIFETIME:
        return None
    if not secrets.compare_digest(row.state.encode(), state.encode()):
        return None
    return Attempt(row.state, row.nonce, row.verifier, row.go_on)


def open_session(connection: Connection, person: Person, id_token: str, limits: Limits, now: datetime) -> str:
    """Sign a person in; returns the word for the cookie. Sessions that have ended are removed."""
    connection.execute(
        _session.delete().where(
            or_(_session.c.seen_at < now - limits.idle, _session.c.started_at < now - limits.lifetime)
        )
    )
    cookie = secrets.token_urlsafe(32)
    connection.execute(
        _session.insert().values(
            key=key_of(cookie),
            subject=person.subject,
            name=person.name,
            email=person.email,
            id_token=id_token,
            started_at=now,
            seen_at=now,
        )
    )
    return cookie


def current(connection: Connection, key: str, limits: Limits, now: datetime) -> Found | None:
    """Who is behind a session now; None when it never was or has ended."""
    row = connection.execute(
        _session.select().where(
            _session.c.key == key,
            _session.c.seen_at >= now - limits.idle,
            _session.c.started_at >= now - limits.lifetime,
        )
    ).one_or_none()
    return Found(Person(row.subject, row.name, row.email), row.seen_at) if row else None


def saw(connection: Connection, key: str, now: datetime) -> None:
    """Note that a session was used. One that was ended meanwhile stays ended."""
    connection.execute(_session.update().where(_session.c.key == key).values(seen_at=now))


def close(connection: Connection, key: str, *, everywhere: bool) -> Ended | None:
    """End a session, and every other one of the same person when asked; None where there was none."""
    row = connection.execute(
        _session.delete().where(_session.c.key == key).returning(_session.c.subject, _session.c.id_token)
    ).one_or_none()
    if row is None:
        return None
    if everywhere:
        connection.execute(_session.delete().where(_session.c.subject == row.subject))
    return Ended(row.subject, row.id_token)
