"""Which cells of the country are hidden from whom: solved a year at a time when first asked, kept per data version.

What one reader sees never adds to what another sees: the fagråd sees all that readers see and more, and a team or a
leader sees no more of other hospitals than a reader does. Equal counts have equal masks, whatever their indicator.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Engine

from nhr_dash import disclosure, suppression
from nhr_dash.access import Scope
from nhr_dash.database import data_version
from nhr_dash.disclosure import Limits
from nhr_dash.registry.calendar_series import many_buckets, periods_in_parts
from nhr_dash.registry.filters import Selection
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.parts import Part
from nhr_dash.registry.reach import reach_in
from nhr_dash.registry.units import Structure, structure
from nhr_dash.suppression import Counts, Flags, Mask, Units

_MONTHS = 12
_Table = tuple[str, str, int]  # indicator, part (empty: none), year


@dataclass(frozen=True)
class _Country:
    """The units of one year: rows are hospitals, one for each time of the year in which they belong to other units.

    ``members``: units × rows. ``hospital``: where each row's hospital stands among the units. ``months``: rows × 12.
    """

    members: Flags
    hospital: Counts
    months: Flags


@dataclass
class _Known:
    """What has been read and solved at one data version."""

    version: int
    structure: Structure
    countries: dict[int, _Country] = field(default_factory=dict)
    counts: dict[_Table, Counts] = field(default_factory=dict)
    masks: dict[tuple[object, ...], Mask] = field(default_factory=dict)


_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


def hidden(
    connection: Connection, scope: Scope, indicator: Indicator, years: Iterable[int], limits: Limits
) -> dict[int, Flags]:
    """Hidden cells of each year: units in the order of the structure × the 16 :data:`suppression.PERIODS`."""
    known, asked = _at(connection), tuple(dict.fromkeys(years))
    _read(connection, known, indicator, asked)
    ask = _Ask(known, scope, indicator, limits)
    return {year: ask.months(year, ask.own, ask.limit).hidden for year in asked}


def divided(
    connection: Connection, scope: Scope, indicator: Indicator, part: Part, years: Iterable[int], limits: Limits
) -> dict[int, Flags]:
    """Hidden cells of each year divided by a part: units in the order of the structure × its categories."""
    known, asked = _at(connection), tuple(dict.fromkeys(years))
    _read(connection, known, indicator, asked)
    _read(connection, known, indicator, asked, part)
    ask = _Ask(known, scope, indicator, limits)
    return {year: ask.categories(year, part, ask.own, ask.limit).hidden for year in asked}


class _Ask:
    """One reader's question about an indicator."""

    def __init__(self, known: _Known, scope: Scope, indicator: Indicator, limits: Limits) -> None:
        self.known, self.indicator = known, indicator
        self.own = frozenset(one.orgnr for one in known.structure.ordered if scope.visibility.in_detail(one.orgnr))
        self.limit = disclosure.limit_for(scope, indicator, limits)
        self.common = disclosure.common_limit(indicator, limits)

    def months(self, year: int, own: frozenset[int], limit: int) -> Mask:
        """The undivided year's."""
        table = self.known.counts[self.indicator.id, "", year]
        key = (year, table.tobytes(), own, limit, self.common)
        if key not in self.known.masks:
            already = self.months(year, frozenset(), limit) if own else None
            within = None if own or limit == self.common else self.months(year, own, self.common)
            units = self._units(year, own)
            self.known.masks[key] = suppression.mask(table, units, limit, already=already, within=within)
        return self.known.masks[key]

    def categories(self, year: int, part: Part, own: frozenset[int], limit: int) -> Mask:
        """The year's divided by a part; what is shown of the undivided year stays shown."""
        undivided = self.known.counts[self.indicator.id, "", year]
        table = self.known.counts[self.indicator.id, part.id, year]
        key = (year, undivided.tobytes(), table.tobytes(), own, limit, self.common)
        if key not in self.known.masks:
            already = self.categories(year, part, frozenset(), limit) if own else None
            within = None if own or limit == self.common else self.categories(year, part, own, self.common)
            units = self._units(year, own)
            whole = suppression.whole(undivided, units, self.months(year, own, limit).hidden)
            single = np.eye(len(part.categories), dtype=bool)
            self.known.masks[key] = suppression.mask(
                table, units, limit, single, already=already, within=within, whole=whole
            )
        return self.known.masks[key]

    def _units(self, year: int, own: frozenset[int]) -> Units:
        country = _country(self.known, year)
        seen = np.array([one.orgnr in own for one in self.known.structure.ordered])
        trusts = np.array([one.level == "trust" for one in self.known.structure.ordered])
        return Units(country.members, seen, seen[country.hospital], trusts)


def _at(connection: Connection) -> _Known:
    version = data_version(connection)
    kept = _known.get(connection.engine)
    if kept is None or kept.version != version:
        kept = _known[connection.engine] = _Known(version, structure(connection))
    return kept


def _hospitals(known: Structure) -> list[int]:
    return [one.orgnr for one in known.ordered if one.level == "hospital"]


def _read(
    connection: Connection, known: _Known, indicator: Indicator, years: tuple[int, ...], part: Part | None = None
) -> None:
    """Patients of every row of the country, mergers applied, of the years that haven't been read yet."""
    name = "" if part is None else part.id
    missing = [year for year in years if (indicator.id, name, year) not in known.counts]
    if not missing:
        return
    first, last = min(missing), max(missing)
    hospitals = _hospitals(known.structure)
    spans_of = {one: reach_in(known.structure, one, indicator).spans for one in hospitals}
    every = tuple(dict.fromkeys(span for spans in spans_of.values() for span in spans))
    chosen = Selection(indicator, every, date(first, 1, 1), date(last + 1, 1, 1))
    categories = 1 if part is None else len(part.categories)
    counts = np.zeros((last - first + 1, len(hospitals), _MONTHS, categories), dtype=np.int64)
    if part is None:
        found = many_buckets(connection, chosen, spans_of, "month")
        start = found["start"].dt
        month = start.year.to_numpy() * _MONTHS + start.month.to_numpy() - 1
        category = np.zeros(len(found), dtype=np.int64)
    else:
        found = periods_in_parts(connection, chosen, spans_of, part, "month")
        month = found["bucket"].to_numpy()
        category = found["category"].map({one: at for at, one in enumerate(part.categories)}).to_numpy(dtype=np.int64)
    row = found["unit"].map({one: at for at, one in enumerate(hospitals)}).to_numpy(dtype=np.int64)
    counts[month // _MONTHS - first, row, month % _MONTHS, category] = found["denominator"]
    for year in missing:
        country = _country(known, year)
        rows = counts[year - first][country.hospital] * country.months[:, :, None]
        known.counts[indicator.id, name, year] = rows[:, :, 0] if part is None else rows.sum(axis=1)


def _country(known: _Known, year: int) -> _Country:
    if year not in known.countries:
        known.countries[year] = _rows(known.structure, year)
    return known.countries[year]


def _rows(known: Structure, year: int) -> _Country:
    hospitals = _hospitals(known)
    place = {one: at for at, one in enumerate(hospitals)}
    inside = np.zeros((len(known.ordered), len(hospitals), _MONTHS), dtype=bool)
    firsts = [date(year, month, 1) for month in range(1, _MONTHS + 1)]
    for row, one in enumerate(known.ordered):
        for span in known.spans(one.orgnr):
            inside[row, place[span.hospital]] |= [
                (span.start is None or span.start <= day) and (span.end is None or day < span.end) for day in firsts
            ]
    parts = []
    for at in range(len(hospitals)):
        belongs, month = np.unique(inside[:, at], axis=1, return_inverse=True)
        parts += [(belongs[:, one], at, month.ravel() == one) for one in range(belongs.shape[1])]
    members, hospital, months = zip(*parts, strict=True)
    return _Country(np.array(members).T, np.array(hospital), np.array(months))
