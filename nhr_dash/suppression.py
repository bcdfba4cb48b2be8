"""Secondary suppression: which cells are hidden with the small ones, so that none can be got by subtracting.

*How neighbours are chosen.* A hidden number is safe when the patients could as well have been spread otherwise. Move
one patient from a hospital's month to a month of the same hospital, and one the other way at another hospital: every
sum over both months and every sum over both hospitals stays as it is. The sums that do change are hidden, so nothing
that is shown tells the two apart. For each hidden number the cheapest such swap is looked for (the fewest patients in
cells that must go), which can be repeated until the number could have at least :data:`POSSIBLE` values below the
limit. Each swap leaves all that is shown as it is. Which hidden cells are small is not told. More, and what isn't
protected against: docs/disclosure.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Room = NDArray[np.int32]

POSSIBLE = 3  # values that a hidden number must at least have
SPARED = 0.1  # what a patient in a cell of a spare unit counts for, when it is weighed which cell must go
_LENGTHS = (1, 4, 12)
PERIODS: Flags = np.array([[at // size == one for at in range(12)] for size in _LENGTHS for one in range(12 // size)])
"""The 12 months, 3 tertials and the year of a year, and which months are in each: 16 × 12."""
PLACES = {"month": slice(0, 12), "tertial": slice(12, 15), "year": slice(15, 16)}
"""Where the periods of a grain stand among the 16, by time."""


@dataclass(frozen=True)
class Units:
    """What patients are summed into: rows of counts (a hospital's patients, while it belongs to the same units).

    ``members``  which rows make a unit: units × rows
    ``own``      units that the reader sees in full
    ``mine``     rows whose patients the reader knows one by one
    ``spare``    units of which a cell is rather hidden than another's
    """

    members: Flags
    own: Flags
    mine: Flags
    spare: Flags


@dataclass(frozen=True)
class Whole:
    """The undivided years behind a division into categories: what the reader has seen of them stays seen.

    ``hidden``: units whose year is hidden: all their categories are then, and which are empty isn't told.
    ``loses``: how many patients of a row could as well have been another row's (last: nobody's), rows × (rows + 1);
    ``gains``: how many of the other row's could have been this one's.
    """

    hidden: Flags
    loses: Counts
    gains: Counts


@dataclass(frozen=True)
class Mask:
    """Which cells are hidden from a reader, units × periods, and the swap that keeps each of them (-1: none is noted).

    ``swaps``: row, column, other row and other column, units × periods × 4.
    """

    hidden: Flags
    swaps: NDArray[np.int16]


def mask(
    counts: Counts,
    units: Units,
    limit: int,
    periods: Flags = PERIODS,
    *,
    already: Mask | None = None,
    within: Mask | None = None,
    whole: Whole | None = None,
) -> Mask:
    """What is hidden of a table of counts.

    ``counts``: patients, rows × columns (the 12 months of a year, or the categories of a division). ``periods``: which
    columns are summed into a period, periods × columns. ``already``: of a reader who has nothing of their
    own: what is hidden there is hidden here. ``within``: of a reader with a higher limit: what is shown there is shown
    here wherever that will do. Cells without patients are known to be empty, and those of the reader's own patients
    alone are known: neither is hidden. The same numbers always hide the same cells.

    Few patients in many categories may leave nothing to swap with. Such a division is withheld: every cell is hidden,
    the empty ones too, which leaves any spread of a unit's patients possible. (What others are shown would not do for
    the reader with the lower limit: it is safe beside the months that others see, who see fewer.)
    """
    if whole is not None and already is not None and already.hidden.all():
        return _withheld(units, periods)
    table = _Table(counts, units, limit, periods, already, within, whole)
    found = table.solve()
    if whole is None or table.safe.all():
        return found
    return _withheld(units, periods)


def _withheld(units: Units, periods: Flags) -> Mask:
    hidden = np.repeat(~units.own[:, None], len(periods), axis=1)
    return Mask(hidden, np.full((*hidden.shape, 4), -1, dtype=np.int16))


def whole(counts: Counts, units: Units, seen: Flags) -> Whole:
    """What is left open by the undivided months of a year (rows × 12) and their hidden cells, units × 16."""
    across = _across(units.members)
    changes = across.astype(np.float32) @ (~seen).astype(np.float32) @ PERIODS.astype(np.float32)
    others = np.pad(counts, ((0, 1), (0, 0)), constant_values=1)
    free = (changes == 0) & (counts > 0)[:, None, :] & (others > 0)[None, :, :]
    loses = np.where(free, counts[:, None, :] - 1, 0).max(axis=2)
    endless = int(counts.sum())
    gains = np.hstack([loses[:, :-1].T, np.where(free[:, -1:].any(axis=2), endless, 0)])
    return Whole(seen[:, PLACES["year"].start], loses, gains)


def _across(members: Flags) -> Flags:
    """Units that hold one of two rows, and not both: rows × (rows + 1) × units; the last is no other row."""
    here = members.T
    return np.concatenate([here[:, None, :] ^ here[None, :, :], here[:, None, :]], axis=1)


class _Table:
    """One table of counts, and the swaps that keep its small numbers hidden.

    A swap takes patients from one column of a row to another column, and as many the other way in another row: the last
    of the other rows is no other row, the last of the other columns no other column. ``price`` of what it changes: the
    patients in cells that must go; among equals, the cells.
    """

    def __init__(
        self,
        counts: Counts,
        units: Units,
        limit: int,
        periods: Flags,
        already: Mask | None,
        within: Mask | None,
        whole: Whole | None,
    ) -> None:
        self.counts, self.members, self.periods, self.whole = counts, units.members, periods, whole
        self.across, self.between = _across(units.members), _across(periods)
        self.cells = self._sums(counts)
        others = self._sums(np.where(units.mine[:, None], 0, counts))
        theirs = (others > 0) & ~units.own[:, None]
        self.small: Flags = theirs & (self.cells < limit)
        # Of a unit without its year, it isn't told which categories are empty: a row may lose its last patient there.
        blank: Flags = np.zeros(len(units.own), dtype=bool) if whole is None else whole.hidden & ~units.own
        self.hidden: Flags = self.small | blank[:, None]
        if already is not None:
            self.hidden |= already.hidden & theirs
        self.least = 1 - (self.across @ (~blank).astype(np.float32) == 0).astype(np.int32)
        self.largest_small = max(limit, POSSIBLE + 2) - 1
        self.endless = int(self.cells.max(initial=0)) + self.largest_small
        self.nothing = -4 * self.endless
        # Without another row (last) or another column (last) there is nothing there to run out of.
        there = (counts > 0) | np.asarray(units.members[blank].any(axis=0))[:, None]
        padded = np.pad(np.where(there, counts, self.nothing), ((0, 1), (0, 1)), constant_values=self.endless)
        self.padded = padded.astype(np.int32)
        worth = np.where(units.spare, SPARED, 1.0)[:, None] * self.cells * self.cells.size
        self.price = np.where(self.hidden, 0.0, worth + 1)
        self.most_paid = [float(self.price.sum()) + 1]
        if within is not None:
            self.price += np.where(within.hidden, 0.0, self.most_paid[0])
            self.most_paid.append(float(self.price.sum()) + 1)
        known = ((others == 0) & ~self.hidden) | units.own[:, None]
        self.price[known] = self.most_paid[-1]
        self.rooms: dict[int, tuple[Room, Room]] = {}
        self.fits: dict[tuple[int, int], Flags] = {}
        self.safe = ~self.small
        self.single = periods.sum(axis=1) == 1
        self.swaps = np.full((*self.small.shape, 4), -1, dtype=np.int16)
        if already is not None:
            self._keep(already.swaps)

    def _sums(self, counts: Counts) -> Counts:
        return self.members.astype(np.int64) @ counts @ self.periods.T.astype(np.int64)

    def _keep(self, swaps: NDArray[np.int16]) -> None:
        """What was safe by a swap that changes nothing this reader knows is safe."""
        places = np.argwhere(self.small & (swaps[..., 0] >= 0))
        row, column, other, later = swaps[tuple(places.T)].T
        changed = np.einsum(
            "nu,up,np->n", self.across[row, other], self.price, self.between[column, later], optimize=True
        )
        for unit, period in places[changed == 0].tolist():
            self.safe[unit, period], self.swaps[unit, period] = True, swaps[unit, period]

    def solve(self) -> Mask:
        """Protect every small number, the largest units first: what protects them protects more."""
        for unit in np.argsort(-self.members.sum(axis=1), kind="stable").tolist():
            # A sum of hospitals with one patient each can't get smaller by one swap: it could have been larger. Where
            # there is no swap at all, the reader's own patients are nearly all there are.
            for most_paid in self.most_paid:
                for most in (self.largest_small, self.endless):
                    if not self.safe[unit].all():
                        self._protect(unit, most, most_paid)
        return Mask(self.hidden, self.swaps)

    def _protect(self, unit: int, most: int, most_paid: float) -> None:
        """Take the cheapest swaps by which the unit's small cells have enough possible values up to ``most``."""
        rows = np.flatnonzero(self.members[unit]).tolist()
        costs: dict[int, NDArray[np.float64]] = {}
        for period in np.flatnonzero(~self.safe[unit])[::-1].tolist():  # the longest periods first
            if not (costs or self.safe[unit, period]):
                costs = {row: self._costs(row) for row in rows}
                if len(rows) == 1:
                    self._free(unit, rows[0], most, costs[rows[0]])
            safe = self.safe[unit, period]
            swap = None if safe else self._cheapest(unit, period, most, most_paid, costs)
            if swap is not None and self._take(swap, most):
                costs = {}

    def _free(self, unit: int, row: int, most: int, cost: NDArray[np.float64]) -> None:
        """Note the hospital's columns that are safe by a swap that costs nothing."""
        fit = ((cost == 0) & self._fit(row, most)).reshape(len(cost), -1)
        found, at = fit.any(axis=1), fit.argmax(axis=1)
        for period in np.flatnonzero(~self.safe[unit] & self.single).tolist():
            column = int(self.periods[period].argmax())
            if found[column]:
                self.safe[unit, period] = True
                self.swaps[unit, period] = (row, column, *divmod(int(at[column]), cost.shape[2]))

    def _fit(self, row: int, most: int) -> Flags:
        """The swaps by which a row's columns have enough possible values: columns × others × laters."""
        if (row, most) not in self.fits:
            less, more = self._room(row)
            own = self.padded[row, :-1, None, None]
            self.fits[row, most] = np.minimum(more, most - own) + np.minimum(less, own - 1) + 1 >= POSSIBLE
        return self.fits[row, most]

    def _costs(self, row: int) -> NDArray[np.float64]:
        """What each swap of a row costs: columns × others × laters."""
        others, columns = len(self.across[row]), len(self.between)
        changed = self.across[row].astype(float) @ self.price
        found = changed @ self.between.reshape(-1, changed.shape[1]).T.astype(float)
        return np.asarray(found.reshape(others, columns, columns + 1).transpose(1, 0, 2))

    def _cheapest(
        self, unit: int, period: int, most: int, best: float, costs: dict[int, NDArray[np.float64]]
    ) -> tuple[int, int, int, int] | None:
        """Row, column, other row and column of the cheapest swap under ``best`` by which a cell has enough values."""
        over, cell = np.flatnonzero(self.periods[period]), int(self.cells[unit, period])
        swap = None
        for row, cost in costs.items():
            if len(costs) == len(over) == 1:
                fit = self._fit(row, most)[over]
            else:
                less, more = (room[over] for room in self._room(row))
                fit = np.minimum(more, most - cell) + np.minimum(less, cell - 1) + 1 >= POSSIBLE
                fit &= self.between[over, None, :, period] & self.across[row, None, :, None, unit]
            paid = np.where(fit, cost[over], best)
            at = int(paid.argmin())
            if paid.flat[at] < best:
                best = float(paid.flat[at])
                column, other, later = np.unravel_index(at, paid.shape)
                swap = (row, int(over[column]), int(other), int(later))
        return swap

    def _room(self, row: int) -> tuple[Room, Room]:
        """How many patients fewer or more a row can have by each swap: columns × others × laters.

        The rows' columns have the fewest patients of all that changes, so that they say how often a swap can be made:
        each keeps a patient, for it is known not to be empty. A swap that can't be made has room for fewer than none.
        """
        if row not in self.rooms:
            here, least = self.padded[row], self.least[row][None, :, None]
            less = np.minimum(here[:-1, None, None], self.padded) - least
            more = np.minimum(self.padded[:, :-1].T[:, :, None], here) - least
            if self.whole is not None:
                for room, most in ((less, self.whole.loses[row]), (more, self.whole.gains[row])):
                    np.maximum(room, 0, out=room, where=room > self.nothing // 2)
                    room[..., -1] = np.minimum(room[..., -1], most)
            columns = np.arange(len(less))
            for room in (less, more):
                room[:, row], room[columns, :, columns] = self.nothing, self.nothing
            self.rooms[row] = less, more
        return self.rooms[row]

    def _take(self, swap: tuple[int, int, int, int], most: int) -> bool:
        """Hide what a swap changes, and note which cells have enough possible values up to ``most`` by it.

        Is more hidden than before?
        """
        row, column, other, later = swap
        less, more = (int(room[column, other, later]) for room in self._room(row))
        units, periods = np.flatnonzero(self.across[row, other]), np.flatnonzero(self.between[column, later])
        grid = (units[:, None], periods)
        same = self.members[units, row][:, None] == self.periods[periods, column]
        cells = self.cells[grid]
        up = np.minimum(np.where(same, more, less), most - cells)
        down = np.minimum(np.where(same, less, more), cells - 1)
        enough = (up + down + 1 >= POSSIBLE) & ~self.safe[grid]
        self.safe[grid] |= enough
        self.swaps[grid] = np.where(enough[:, :, None], swap, self.swaps[grid])
        if self.hidden[grid].all():
            return False
        self.hidden[grid] = True
        self.price[grid] = 0
        return True
