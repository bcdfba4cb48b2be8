"""Hospitals that are compared with each other: a region's, a trust's, those of a kind, or of a size."""

from typing import Literal

from sqlalchemy import Connection, func, select

from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.tables import day_summary
from nhr_dash.registry.units import Unit, all_units, members, parents

Level = Literal["hospital", "trust", "region"]
LEVELS: tuple[Level, ...] = ("hospital", "trust", "region")

UNIVERSITY = frozenset({974706490, 974557746, 974589095, 974749025, 974703300, 974795787})
"""Ahus, Haukeland, Ullevål, St. Olavs, Stavanger and Tromsø: hospitals of the trusts that are approved as university
hospitals. Together 31 % of the strokes of 2015 and 2016, as Tidsskriftet (2020; 140) counts the university hospitals.
"""
KINDS = ("university", "local", "centre", "not_centre")
SIZES = {"small": (0, 100), "medium": (100, 250), "large": (250, None)}
"""Registered strokes in a year, from and up to (exclusive)."""
VOLUME = "hjerneslag_beh_enhet"
"""The indicator whose patients are every registered stroke."""


def codes(connection: Connection) -> tuple[str, ...]:
    """Every group that hospitals can be chosen by: ``all``, a kind, a size, or the number of a region or trust."""
    known = [one for one in all_units(connection) if not one.training]
    larger = [str(one.orgnr) for level in ("region", "trust") for one in known if one.level == level]
    return ("all", *KINDS, *SIZES, *larger)


def compared(connection: Connection, level: Level, group: str, year: int) -> tuple[Unit, ...]:
    """The units of a level that belong to a group, in Norwegian order; training hospitals never.

    ``year``: the one whose patients say how large a hospital is. Groups are of hospitals: above them, ``all`` is the
    only one. Raises ``ValueError`` for an unknown group.
    """
    if group not in codes(connection):
        raise ValueError(f"no group of hospitals is called {group!r}")
    found = [one for one in all_units(connection) if one.level == level and not one.training]
    if group == "all" or level != "hospital":
        return tuple(found)
    if group.isdigit():
        inside = set(members(connection, int(group)))
        return tuple(one for one in found if one.orgnr in inside)
    if group in SIZES:
        low, high = SIZES[group]
        patients = volumes(connection, year)
        return tuple(
            one for one in found if low <= (count := patients.get(one.orgnr, 0)) and (high is None or count < high)
        )
    return tuple(one for one in found if _is(one, group))


def _is(one: Unit, kind: str) -> bool:
    if kind in ("university", "local"):
        return (one.orgnr in UNIVERSITY) == (kind == "university")
    return one.thrombectomy_centre == (kind == "centre")


def volumes(connection: Connection, year: int) -> dict[int, int]:
    """Registered strokes of a calendar year at every hospital that has any."""
    columns = day_summary.c
    rows = connection.execute(
        select(columns.hospital, func.sum(columns.denominator))
        .where(columns.indicator == by_id(VOLUME).number, columns.month.between(12 * year, 12 * year + 11))
        .group_by(columns.hospital)
    )
    return {hospital: int(count) for hospital, count in rows}


def region_of(connection: Connection, hospital: int) -> int | None:
    """The region of a hospital, None for a training hospital."""
    return parents(connection, hospital).get("region")
