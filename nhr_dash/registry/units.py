"""Units: hospitals, health trusts, regions, the nation; who belongs to whom, and when.

Memberships and mergers are stored with from-to dates and applied when a question is read:
facts keep the raw hospital. The structure is small and read once per data version.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, select

from nhr_dash.database import data_version
from nhr_dash.registry.tables import counted_at, hospital, organisation, unit_membership

NATION = 1
TRAINING_TRUST = 999100000
REFERENCE = Path(__file__).resolve().parent / "reference"
ALWAYS = date(1900, 1, 1)  # "from" where the reference says nothing: it is part of a key

Level = Literal["hospital", "trust", "region", "nation"]
LEVELS: tuple[Level, ...] = ("hospital", "trust", "region", "nation")
_LETTERS = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "é": "e"})


class UnknownUnit(KeyError):
    """No unit has this organisation number."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit at any level. ``training``: invented, for examples and courses, in no larger sum."""

    orgnr: int
    name: str
    level: Level
    training: bool
    has_stroke_unit: bool = True
    thrombectomy_centre: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A hospital's admissions from a day to a day (exclusive); None is open."""

    hospital: int
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Merger:
    """Cases of one hospital for one indicator, counted at another within the span."""

    indicator: str
    span: Span
    counted_unit: int


@dataclass(frozen=True)
class Structure:
    """Everything about units at one data version."""

    units: dict[int, Unit]
    children: dict[int, tuple[Span, ...]]
    parents: dict[int, dict[str, int]]
    mergers: dict[str, tuple[Merger, ...]]
    ordered: tuple[Unit, ...] = field(default=())

    def unit(self, orgnr: int) -> Unit:
        """The unit with this number. Raises :class:`UnknownUnit`."""
        try:
            return self.units[orgnr]
        except KeyError:
            raise UnknownUnit(orgnr) from None

    def spans(self, orgnr: int) -> tuple[Span, ...]:
        """The hospitals that are summed into a unit, each with its days."""
        if self.unit(orgnr).level == "hospital":
            return (Span(orgnr),)
        return self.children.get(orgnr, ())


def name_order(name: str) -> str:
    """A key that sorts names in Norwegian alphabetical order (... z æ ø å)."""
    return name.casefold().translate(_LETTERS)


_structures: WeakKeyDictionary[Engine, tuple[int, Structure]] = WeakKeyDictionary()


def structure(connection: Connection) -> Structure:
    """The units and how they hang together, read once per data version and engine."""
    version = data_version(connection)
    known = _structures.get(connection.engine)
    if known is not None and known[0] == version:
        return known[1]
    read = _read(connection)
    if read.units:  # an empty database is about to be filled: don't remember it
        _structures[connection.engine] = (version, read)
    return read


def all_units(connection: Connection) -> tuple[Unit, ...]:
    """Every unit: hospitals first, then trusts, regions, the nation; names in Norwegian order."""
    return structure(connection).ordered


def unit(connection: Connection, orgnr: int) -> Unit:
    """One unit. Raises :class:`UnknownUnit`."""
    return structure(connection).unit(orgnr)


def members(connection: Connection, orgnr: int, on: date | None = None) -> tuple[int, ...]:
    """Hospitals (orgnr) summed into a unit on a day, or ever when ``on`` is None; itself for a hospital."""
    spans = structure(connection).spans(orgnr)
    return tuple(
        dict.fromkeys(
            span.hospital
            for span in spans
            if on is None or ((span.start is None or span.start <= on) and (span.end is None or on < span.end))
        )
    )


def parents(connection: Connection, orgnr: int) -> dict[str, int]:
    """The trust, region and nation of a hospital by kind, as they are last known; a level may be absent."""
    return dict(structure(connection).parents.get(orgnr, {}))


def _open(day: date | None) -> date | None:
    return None if day is None or day <= ALWAYS else day


def _read(connection: Connection) -> Structure:
    units = {
        row.orgnr: Unit(row.orgnr, row.name, "hospital", row.training, row.has_stroke_unit, row.thrombectomy_centre)
        for row in connection.execute(select(hospital))
    }
    units |= {
        row.orgnr: Unit(row.orgnr, row.short_name, row.level, row.orgnr == TRAINING_TRUST)
        for row in connection.execute(select(organisation))
    }
    children: dict[int, list[Span]] = {}
    above: dict[int, dict[str, int]] = {}
    membership = select(unit_membership).order_by(unit_membership.c.valid_from, unit_membership.c.unit)
    for row in connection.execute(membership):
        children.setdefault(row.parent, []).append(Span(row.unit, _open(row.valid_from), row.valid_to))
        above.setdefault(row.unit, {})[row.kind] = row.parent
    mergers: dict[str, list[Merger]] = {}
    for row in connection.execute(select(counted_at).order_by(counted_at.c.valid_from)):
        merger = Merger(row.indicator, Span(row.unit, _open(row.valid_from), row.valid_to), row.counted_unit)
        mergers.setdefault(row.indicator, []).append(merger)
    ordered = sorted(units.values(), key=lambda one: (LEVELS.index(one.level), name_order(one.name)))
    return Structure(
        units=units,
        children={parent: tuple(spans) for parent, spans in children.items()},
        parents=above,
        mergers={indicator: tuple(found) for indicator, found in mergers.items()},
        ordered=tuple(ordered),
    )


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def seed_units(connection: Connection) -> bool:
    """Write the project's reference facts about units, inside the caller's transaction.

    Idempotent: rows that stand already are made equal to the reference, rows of one's own
    are left alone. Returns True if anything was changed (the caller raises the data version).
    """
    hospitals = _reference("hospitals.csv")
    changed = _put(
        connection,
        organisation,
        ("orgnr",),
        (
            {"orgnr": int(row["orgnr"]), **{key: row[key] for key in ("name", "short_name", "level")}}
            for row in _reference("organisations.csv")
        ),
    )
    changed += _put(
        connection,
        hospital,
        ("orgnr",),
        (
            {
                "orgnr": int(row["orgnr"]),
                "name": row["name"],
                "has_stroke_unit": row["stroke_unit"] == "1",
                "thrombectomy_centre": row["thrombectomy_centre"] == "1",
                "training": row["training"] == "1",
                "valid_from": _day(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
            }
            for row in hospitals
        ),
    )
    changed += _put(connection, unit_membership, ("unit", "parent", "valid_from"), _memberships(hospitals))
    changed += _put(
        connection,
        counted_at,
        ("unit", "indicator", "valid_from"),
        (
            {
                "unit": int(row["unit"]),
                "indicator": row["indicator"],
                "counted_unit": int(row["counted_unit"]),
                "valid_from": _day(row["valid_from"]) or ALWAYS,
                "valid_to": _day(row["valid_to"]),
            }
            for row in _reference("counted_at.csv")
        ),
    )
    _structures.pop(connection.engine, None)
    return changed > 0


def _memberships(hospitals: Iterable[dict[str, str]]) -> Iterable[dict[str, Any]]:
    for row in hospitals:
        levels = {"trust": row["trust"]}
        if row["training"] != "1":
            levels |= {"region": row["region"], "nation": str(NATION)}
        for kind, parent in levels.items():
            yield {
                "unit": int(row["orgnr"]),
                "parent": int(parent),
                "kind": kind,
                "valid_from": ALWAYS,
                "valid_to": None,
            }


def _put(connection: Connection, table: Table, key: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> int:
    """Insert or update rows by key; returns how many differed."""
    standing = {}
    for found in connection.execute(select(table)):
        row = dict(zip(table.c.keys(), found, strict=True))
        standing[tuple(row[name] for name in key)] = row
    changed = 0
    for row in rows:
        identity = tuple(row[name] for name in key)
        if standing.get(identity) == row:
            continue
        changed += 1
        if identity in standing:
            where = [table.c[name] == row[name] for name in key]
            connection.execute(table.update().where(*where).values(row))
        else:
            connection.execute(table.insert().values(row))
    return changed
