"""Who may see and do what. A scope is an argument of every query and every save; there is no other door to the data.

A role is held at some hospitals, or everywhere. What is granted, and to which hospitals a grant leads, stands
in :mod:`nhr_dash.registry.grants`; here is only what follows from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class NotAllowed(Exception):
    """The scope doesn't reach what was asked for."""


class Role(StrEnum):
    """What a person is to the service. Text: ``access.role_<code>``."""

    READER = "reader"  # aggregates
    TEAM = "team"  # own hospital in detail; works in its projects
    LEADER = "leader"  # own hospital or trust in detail; what a team may, and publishes and decides
    FAGRAAD = "fagraad"  # every unit as aggregates, with a smaller limit for what is hidden
    REGISTRY = "registry"  # loads, national events, who has access, the log


IN_DETAIL = frozenset({Role.TEAM, Role.LEADER})
"""Roles that see their own hospitals patient by patient."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role and the units it is held at (hospitals, and the trust of a leader); None is everywhere."""

    role: Role
    units: frozenset[int] | None = frozenset()

    def at(self, unit: int) -> bool:
        """Is the role held at this unit?"""
        return self.units is None or unit in self.units


@dataclass(frozen=True, slots=True)
class Visibility:
    """What may be seen, without the person: part of every cache key.

    ``own_units``: orgnr of units seen in full detail (single patients in order, small numbers); None
    means all. Every other unit is seen as aggregates on the fixed grid, by the fagråd's limits where
    ``fagraad`` is set.
    """

    own_units: frozenset[int] | None
    fagraad: bool = False

    def in_detail(self, unit: int) -> bool:
        """May this unit be seen patient by patient?"""
        return self.own_units is None or unit in self.own_units


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, what they may see, and the roles by which they may change something: none, unless given.

    ``person`` stands in histories, ``subject`` (the identity provider's, where there is one) in the audit log.
    """

    person: str
    visibility: Visibility
    held: frozenset[Held] = frozenset()
    subject: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """Every role that is held somewhere."""
        return frozenset(one.role for one in self.held)

    @property
    def logged_as(self) -> str:
        """Who this is in the audit log."""
        return self.subject or self.person

    def may_edit(self, unit: int) -> bool:
        """Projects, cycles, and what a team sets on its charts."""
        return self._at(unit, IN_DETAIL)

    def may_publish(self, unit: int) -> bool:
        """Show a project to everyone, or keep it to its hospitals again."""
        return self._at(unit, {Role.LEADER})

    def may_decide(self, unit: int) -> bool:
        """Write down what a review meeting decided."""
        return self._at(unit, {Role.LEADER})

    @property
    def may_propose(self) -> bool:
        """Write down a proposal of other limits for an indicator."""
        return bool(self.roles & {Role.FAGRAAD, Role.REGISTRY})

    @property
    def may_load(self) -> bool:
        """Deliveries, and events that stand on every chart."""
        return Role.REGISTRY in self.roles

    @property
    def may_grant(self) -> bool:
        """See and change who has access."""
        return Role.REGISTRY in self.roles

    @property
    def may_see_audit(self) -> bool:
        """Read who has looked at, taken out and changed what."""
        return Role.REGISTRY in self.roles

    def require_detail(self, unit: int) -> None:
        """Raise :class:`NotAllowed` unless the unit may be seen patient by patient."""
        _require(self.visibility.in_detail(unit), f"unit {unit} is not in the scope's own units")

    def require_edit(self, unit: int) -> None:
        """Raise :class:`NotAllowed` unless the unit's projects and charts may be changed."""
        _require(self.may_edit(unit), f"no role that edits at unit {unit}")

    def require_propose(self) -> None:
        """Raise :class:`NotAllowed` unless other limits may be proposed."""
        _require(self.may_propose, "proposals of limits need the role of the fagråd or the registry")

    def require_load(self) -> None:
        """Raise :class:`NotAllowed` unless deliveries may be loaded."""
        _require(self.may_load, "loading deliveries needs the registry role")

    def require_grant(self) -> None:
        """Raise :class:`NotAllowed` unless accesses may be seen and changed."""
        _require(self.may_grant, "accesses need the registry role")

    def require_audit(self) -> None:
        """Raise :class:`NotAllowed` unless the audit log may be read."""
        _require(self.may_see_audit, "the audit log needs the registry role")

    def _at(self, unit: int, roles: Iterable[Role]) -> bool:
        wanted = frozenset(roles)
        return any(one.role in wanted and one.at(unit) for one in self.held)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotAllowed(otherwise)


def holding(person: str, held: Iterable[Held], *, subject: str = "") -> Scope:
    """What follows from the roles that somebody holds."""
    roles = frozenset(held)
    own: frozenset[int] | None = frozenset()
    for one in roles:
        if one.role in IN_DETAIL:
            own = None if own is None or one.units is None else own | one.units
    fagraad = any(one.role is Role.FAGRAAD for one in roles)
    return Scope(person, Visibility(own, fagraad), roles, subject)


def everything(person: str) -> Scope:
    """Every role everywhere: the demo on the synthetic registry, the command line, or behind another gate."""
    return holding(person, (Held(role, None) for role in Role))
