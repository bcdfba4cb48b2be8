"""Who may see what. A scope is an argument of every query; there is no other door to the data."""

from dataclasses import dataclass


class NotAllowed(Exception):
    """The scope doesn't reach what was asked for."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """What may be seen, without the person: part of every cache key.

    ``own_units``: orgnr of hospitals seen in full detail (single patients in order, small
    numbers); None means all. Every other unit is seen as aggregates on the fixed grid.
    """

    own_units: frozenset[int] | None

    def in_detail(self, unit: int) -> bool:
        """May this unit be seen patient by patient?"""
        return self.own_units is None or unit in self.own_units


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks (for the log), and what they may see and change."""

    person: str
    visibility: Visibility
    may_load: bool = False

    def require_detail(self, unit: int) -> None:
        """Raise :class:`NotAllowed` unless the unit may be seen patient by patient."""
        if not self.visibility.in_detail(unit):
            raise NotAllowed(f"unit {unit} is not in the scope's own units")

    def require_load(self) -> None:
        """Raise :class:`NotAllowed` unless deliveries may be loaded."""
        if not self.may_load:
            raise NotAllowed("loading deliveries needs the registry role")


def everything(person: str) -> Scope:
    """Full sight: the demo on the synthetic registry, the command line, or behind another gate."""
    return Scope(person=person, visibility=Visibility(own_units=None), may_load=True)
