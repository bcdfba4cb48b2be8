"""Who has access: grants as they are given, and the scope that follows from them.

A grant is a role, at a unit where the role is held at one, from a day to a day. To which hospitals a unit leads
is asked of the structure of units on the day of the question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, select

from nhr_dash import access
from nhr_dash.access import Held, Role, Scope
from nhr_dash.registry import audit, units
from nhr_dash.registry.audit import What
from nhr_dash.registry.people import access_grant, person

LEVELS: dict[Role, frozenset[str]] = {
    Role.READER: frozenset({"", "hospital", "trust", "region", "nation"}),
    Role.TEAM: frozenset({"hospital"}),
    Role.LEADER: frozenset({"hospital", "trust"}),
    Role.FAGRAAD: frozenset({""}),
    Role.REGISTRY: frozenset({""}),
}
"""The levels of unit that a role can be held at; empty: without a unit."""
LONGEST_SUBJECT, LONGEST_MUNICIPALITY = 255, 80


class Refused(ValueError):
    """A grant can't be given. ``kind`` names the sentence (``access.refused_<kind>``): ``no_person``,
    ``unknown_unit``, ``needs_unit``, ``wrong_level``, ``no_unit``, ``municipality``, ``backwards`` or ``same``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it was given; ``end`` is the first day without it. ``revoked_at``: missing while it stands."""

    id: int
    person: str
    name: str
    role: Role
    unit: int | None
    municipality: str
    start: date
    end: date | None
    given_by: str
    given_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None

    def holds(self, on: date) -> bool:
        """Does it give access on a day?"""
        return self.revoked_at is None and self.start <= on and (self.end is None or on < self.end)


def remember(connection: Connection, subject: str, name: str, email: str | None = None) -> None:
    """Keep who somebody is, as the identity provider says at sign-in. Gives no access."""
    values = {"name": name[:120], "email": email[:255] if email else None}
    if not connection.execute(person.update().where(person.c.subject == subject).values(values)).rowcount:
        connection.execute(person.insert().values(subject=subject, **values))


def grants_of(connection: Connection, subject: str, on: date | None = None) -> Scope | None:
    """What a person may see and do on a day (today, where none is said); None without a grant that holds."""
    on = on or _today()
    given = [one for one in _read(connection, subject) if one.holds(on)]
    if not given:
        return None
    return access.holding(given[0].name or subject, (_held(connection, one, on) for one in given), subject=subject)


def held(connection: Connection, role: Role, unit: int | None, on: date | None = None) -> Held:
    """A role with the units that it is held at on a day. Raises ``units.UnknownUnit``."""
    if unit is None:
        return Held(role)
    return Held(role, frozenset({unit, *units.members(connection, unit, on or _today())}))


def every(connection: Connection, scope: Scope) -> tuple[Grant, ...]:
    """Every grant there is or has been, by person, those that stand first. Raises ``NotAllowed``."""
    scope.require_grant()
    return tuple(sorted(_read(connection), key=lambda one: (one.revoked_at is not None, one.person, one.id)))


def give(
    connection: Connection,
    scope: Scope,
    subject: str,
    role: Role,
    unit: int | None = None,
    *,
    start: date | None = None,
    end: date | None = None,
    municipality: str = "",
) -> int:
    """Give a role to a person, in the caller's transaction; the grant's number. ``end``: the first day without it.

    Raises :class:`Refused` and ``NotAllowed``.
    """
    scope.require_grant()
    subject, municipality, start = subject.strip(), " ".join(municipality.split()), start or _today()
    _check(connection, subject, role, unit, start, end, municipality)
    if connection.scalar(select(person.c.subject).where(person.c.subject == subject)) is None:
        remember(connection, subject, "")
    row = {
        "person": subject,
        "role": role.value,
        "unit": unit,
        "municipality": municipality or None,
        "valid_from": start,
        "valid_to": end,
        "given_by": scope.logged_as[:LONGEST_SUBJECT],
        "given_at": _now(),
    }
    made = connection.execute(access_grant.insert().values(row)).inserted_primary_key
    assert made is not None  # the key is the database's to give
    audit.note(connection, scope.logged_as, What.GRANTED, _about(made[0], subject, role, unit))
    return int(made[0])


def revoke(connection: Connection, scope: Scope, number: int) -> bool:
    """Take a grant back at once, in the caller's transaction. False where it doesn't stand. Raises ``NotAllowed``."""
    scope.require_grant()
    c = access_grant.c
    stands = access_grant.update().where(c.id == number, c.revoked_at.is_(None))
    if not connection.execute(stands.values(revoked_at=_now(), revoked_by=scope.logged_as[:LONGEST_SUBJECT])).rowcount:
        return False
    row = connection.execute(select(access_grant).where(c.id == number)).one()
    audit.note(connection, scope.logged_as, What.REVOKED, _about(number, row.person, Role(row.role), row.unit))
    return True


def _check(
    connection: Connection,
    subject: str,
    role: Role,
    unit: int | None,
    start: date,
    end: date | None,
    municipality: str,
) -> None:
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise Refused("no_person")
    try:
        level = "" if unit is None else units.unit(connection, unit).level
    except units.UnknownUnit as unknown:
        raise Refused("unknown_unit") from unknown
    if level not in LEVELS[role]:
        raise Refused("needs_unit" if not level else "no_unit" if LEVELS[role] == {""} else "wrong_level")
    if municipality and (role is not Role.READER or len(municipality) > LONGEST_MUNICIPALITY):
        raise Refused("municipality")
    if end is not None and end <= start:
        raise Refused("backwards")
    place = (role, unit, municipality)
    same = [one for one in _read(connection, subject) if (one.role, one.unit, one.municipality) == place]
    if any(one.revoked_at is None and (one.end is None or start < one.end) for one in same):
        raise Refused("same")


def _read(connection: Connection, subject: str | None = None) -> Iterable[Grant]:
    g = access_grant.c
    wanted = select(access_grant, person.c.name).join(person, g.person == person.c.subject).order_by(g.id)
    if subject is not None:
        wanted = wanted.where(g.person == subject)
    return [
        Grant(
            row.id, row.person, row.name, Role(row.role), row.unit, row.municipality or "", row.valid_from,
            row.valid_to, row.given_by, row.given_at, row.revoked_by, row.revoked_at,
        )
        for row in connection.execute(wanted)
    ]  # fmt: skip


def _held(connection: Connection, grant: Grant, on: date) -> Held:
    try:
        return held(connection, grant.role, grant.unit, on)
    except units.UnknownUnit:  # closed since: the role leads nowhere
        return Held(grant.role)


def _about(number: int, subject: str, role: Role, unit: int | None) -> str:
    return f"{number} {role.value} {unit or '-'} {subject}"


def _today() -> date:
    return datetime.now(UTC).date()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
