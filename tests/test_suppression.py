from dataclasses import dataclass

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from nhr_dash import suppression
from nhr_dash.suppression import PERIODS, Counts, Flags, Units

TRUSTS = (0, 0, 0, 1, 1, 2)
"""The trust of each of six hospitals; the last is alone in its trust. Trusts 0 and 1 are a region of their own."""
REGIONS = (0, 0, 0, 0, 0, 1)


def country(moved=None, mine=None):
    """The hospitals, their trusts and regions, and the nation; the reader's own hospital.

    ``moved``: a hospital that goes over to the last trust and region in June, and has two rows.
    """
    trust, region, hospital = list(TRUSTS), list(REGIONS), list(range(6))
    if moved is not None:
        trust, region, hospital = [*trust, 2], [*region, 1], [*hospital, moved]
    members = [np.array(hospital) == one for one in range(6)]
    members += [np.array(trust) == one for one in range(3)]
    members += [np.array(region) == one for one in range(2)]
    members.append(np.ones(len(hospital), dtype=bool))
    own = np.arange(len(members)) == (-1 if mine is None else mine)
    trusts = (np.arange(len(members)) >= 6) & (np.arange(len(members)) < 9)
    return Units(np.array(members), own, own[np.array(hospital)], trusts)


def by_row(counts, moved, months):
    """Counts of hospitals (× 12 months × whatever) with the later months of the moved one in a row of their own."""
    if moved is None:
        return counts
    rows = np.vstack([counts, counts[[moved]]])
    rows[-1, months < 5] = 0
    rows[moved, months >= 5] = 0
    return rows


def cells(counts, units, periods=PERIODS):
    return units.members.astype(int) @ counts @ periods.T.astype(int)


def known(counts, units, hidden, periods=PERIODS):
    """What a reader can write down: sums of the rows' columns that are shown (empty ones too), a row an equation."""
    sums = cells(counts, units, periods)
    places = np.argwhere(~hidden)
    rows = np.array([np.outer(units.members[unit], periods[period]).ravel() for unit, period in places], dtype=float)
    return rows.reshape(-1, counts.size), np.array([sums[unit, period] for unit, period in places], dtype=float)


PRIME = 2**31 - 1
"""Sums are looked for modulo a prime: fractions add up to a cell only if their remainders do, and those are quick."""


def independent(rows):
    """The reduced row echelon form of integer rows modulo the prime, without rows of zeros, and its pivots."""
    left, pivots = rows.astype(np.int64) % PRIME, []
    for column in range(left.shape[1]):
        at = len(pivots)
        found = np.flatnonzero(left[at:, column])
        if found.size:
            left[[at, at + found[0]]] = left[[at + found[0], at]]
            left[at] = left[at] * pow(int(left[at, column]), -1, PRIME) % PRIME
            others = np.setdiff1d(np.flatnonzero(left[:, column]), at)
            left[others] = (left[others] - left[others, column, None] * left[at]) % PRIME
            pivots.append(column)
    return left[: len(pivots)], pivots


def determined(wanted, echelon):
    """Is it a sum of the rows, taken any number of times?"""
    rows, pivots = echelon
    return not ((wanted - wanted[pivots] @ rows) % PRIME).any()


@dataclass
class Seen:
    """A table as a reader sees it.

    ``told``: where it is told that a hidden cell isn't empty. ``secret``: hidden cells that mustn't be got. Others are
    large enough, and hidden for the sake of other readers, or with their whole year.
    ``possible``: rows × columns that may hold patients at all.
    """

    counts: Counts
    mask: Flags
    periods: Flags
    secret: Flags
    told: Flags
    possible: Flags


def system(units, tables):
    """All that a reader knows of all tables: equations, their sums, cells with patients, upper bounds.

    The first is of months. The others divide the same patients, so that a row has as many in each table.
    """
    sizes = [one.counts.size for one in tables]
    places = np.cumsum([0, *sizes])
    rows, sums, not_empty = [], [], []

    def put(part, at):
        whole = np.zeros((len(part), places[-1]))
        whole[:, places[at] : places[at + 1]] = part
        return whole

    for at, one in enumerate(tables):
        part, values = known(one.counts, units, one.mask, one.periods)
        rows.append(put(part, at))
        sums.append(values)
        hidden = [
            np.outer(units.members[unit], one.periods[period]).ravel()
            for unit, period in np.argwhere(one.mask & one.told)
        ]
        not_empty.append(put(np.array(hidden, dtype=float).reshape(-1, one.counts.size), at))
        if at:
            for row in range(len(one.counts)):
                equal = np.zeros(places[-1])
                equal[places[at] + row * one.counts.shape[1] :][: one.counts.shape[1]] = 1
                equal[row * 12 :][:12] -= 1
                rows.append(equal[None])
                sums.append(np.zeros(1))
    most = np.concatenate([np.where(one.possible, 999, 0).ravel() for one in tables])
    return np.vstack(rows), np.concatenate(sums), np.vstack(not_empty), most, places


def exposed(units, tables, limit):
    """Hidden cells that can be got: by a linear combination of what is shown, or bounded to fewer than three values."""
    rows, sums, not_empty, most, places = system(units, tables)
    echelon = independent(np.vstack([rows, np.diag(most == 0)]))
    # Whoever looks knows of a hidden cell that it isn't empty.
    limits = [LinearConstraint(rows, sums, sums)]
    if len(not_empty):
        limits.append(LinearConstraint(not_empty, 1, np.inf))
    found = []
    for at, one in enumerate(tables):
        everything = cells(one.counts, units, one.periods)
        for unit, period in np.argwhere(one.secret & (everything > 0)):
            wanted = np.zeros(places[-1])
            wanted[places[at] : places[at + 1]] = np.outer(units.members[unit], one.periods[period]).ravel()
            if determined(wanted.astype(np.int64), echelon):
                found.append((at, unit, period, "determined"))
            elif everything[unit, period] < limit:
                low, high = (
                    sign * milp(sign * wanted, constraints=limits, integrality=1, bounds=Bounds(0, most)).fun
                    for sign in (1, -1)
                )
                if round(high - low) + 1 < suppression.POSSIBLE:
                    found.append((at, unit, period, f"{low:.0f} to {high:.0f}"))
    return found


def months_seen(counts, units, hidden, moved, secret=None):
    possible = by_row(np.ones((6, 12), dtype=int), moved, np.arange(12)) > 0
    return Seen(counts, hidden, PERIODS, hidden if secret is None else secret, np.ones_like(hidden), possible)


@st.composite
def years(draw):
    """A year of counts at six hospitals, from nearly empty to well filled, some months or hospitals empty."""
    sizes = draw(st.lists(st.sampled_from([2, 4, 9, 30]), min_size=6, max_size=6))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    counts = np.array([random.integers(0, size, 12) for size in sizes])
    if draw(st.booleans()):
        counts[:, draw(st.integers(0, 11))] = 0
    if draw(st.booleans()):
        counts[draw(st.integers(0, 5))] = 0
    return counts


@settings(max_examples=20, deadline=None)
@given(years(), st.sampled_from([3, 5, 10]), st.sampled_from([None, 0, 3]), st.sampled_from([None, 0, 3]))
def test_no_hidden_count_can_be_got_from_all_that_is_shown(counts, limit, mine, moved):
    nobody, units = country(moved), country(moved, mine)
    table = by_row(counts, moved, np.arange(12))
    stranger = suppression.mask(table, nobody, limit)
    hidden = suppression.mask(table, units, limit, already=stranger).hidden
    sums = cells(table, units)
    theirs = cells(np.where(units.mine[:, None], 0, table), units) > 0
    assert not hidden[units.own].any()
    assert not hidden[~theirs].any()
    assert hidden[theirs & (sums < limit) & ~units.own[:, None]].all()
    assert hidden[theirs & stranger.hidden & ~units.own[:, None]].all()
    secret = hidden & ((sums < limit) | ~stranger.hidden)
    assert exposed(units, [months_seen(table, units, hidden, moved, secret)], limit) == []
    assert (suppression.mask(table, units, limit, already=stranger).hidden == hidden).all()


@settings(max_examples=10, deadline=None)
@given(years(), st.sampled_from([None, 3]))
def test_who_sees_by_a_lower_limit_sees_all_that_others_see_and_nothing_that_tells(counts, moved):
    units = country(moved)
    table = by_row(counts, moved, np.arange(12))
    common = suppression.mask(table, units, 10)
    hidden = suppression.mask(table, units, 5, within=common).hidden
    sums = cells(table, units)
    assert hidden[(sums > 0) & (sums < 5)].all()
    assert not (hidden & ~common.hidden).any()
    assert exposed(units, [months_seen(table, units, hidden, moved)], 5) == []


@settings(max_examples=15, deadline=None)
@example(  # a hospital that moves, with a patient or two in each category: nothing to swap with
    np.array(
        [
            [0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0],
            [4, 4, 13, 27, 10, 11, 6, 0, 12, 8, 9, 24],
            [13, 2, 17, 19, 14, 29, 2, 3, 9, 24, 8, 17],
            [3, 0, 1, 2, 0, 3, 0, 3, 1, 2, 1, 1],
            [0, 1, 1, 3, 3, 3, 2, 2, 2, 0, 0, 2],
            [1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0],
        ]
    ),
    77566,
    3,
    None,
    3,
)
@given(
    years(),
    st.integers(0, 2**32 - 1),
    st.sampled_from([3, 5, 10]),
    st.sampled_from([None, 0, 3]),
    st.sampled_from([None, 0, 3]),
)
def test_years_divided_by_one_thing_at_a_time_tell_nothing_that_is_hidden(counts, seed, limit, mine, moved):
    """Two divisions of the same patients, each shown by itself, beside the months: all that a reader can collect."""
    random = np.random.default_rng(seed)
    nobody, units = country(moved), country(moved, mine)
    months = by_row(counts, moved, np.arange(12))
    stranger = suppression.mask(months, nobody, limit)
    mask = suppression.mask(months, units, limit, already=stranger)
    secret = mask.hidden & ((cells(months, units) < limit) | ~stranger.hidden)
    tables = [months_seen(months, units, mask.hidden, moved, secret)]
    blank = mask.hidden[:, suppression.PLACES["year"]].any(axis=1)
    for shares in ([0.45, 0.5, 0.05], random.dirichlet([0.7] * 4)):
        divided = np.array([random.multinomial(row.sum(), shares) for row in months])
        single = np.eye(len(shares), dtype=bool)
        first = suppression.mask(
            divided, nobody, limit, single, whole=suppression.whole(months, nobody, stranger.hidden)
        )
        hidden = suppression.mask(
            divided, units, limit, single, already=first, whole=suppression.whole(months, units, mask.hidden)
        ).hidden
        sums, theirs = cells(divided, units, single), cells(np.where(units.mine[:, None], 0, divided), units, single)
        assert not hidden[units.own].any()
        assert hidden[blank].all()
        assert hidden[(theirs > 0) & (sums < limit) & ~units.own[:, None]].all()
        untold = blank | hidden[~units.own].all()  # a withheld division doesn't tell either which cells are empty
        assert not hidden[(theirs == 0) & ~untold[:, None]].any()
        told = np.repeat(~untold[:, None], len(shares), axis=1)
        # Of a unit without its year a category may hold the reader's own patients alone: it tells nothing of others.
        secret = hidden & (theirs > 0) & ((sums < limit) | ~(first.hidden | blank[:, None]))
        tables.append(Seen(divided, hidden, single, secret, told, np.ones_like(divided, dtype=bool)))
    assert exposed(units, tables, limit) == []


def test_a_division_with_nothing_to_swap_with_is_withheld():
    """Of a hospital's seven patients in four categories each category can spare one, and one has one: one or two."""
    months = np.vstack([np.full((5, 12), 9), np.zeros((1, 12), dtype=int)])
    months[4] = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    units, single = country(), np.eye(4, dtype=bool)
    undivided = suppression.mask(months, units, 5)
    whole = suppression.whole(months, units, undivided.hidden)
    divided = np.array([[27, 27, 27, 27]] * 4 + [[2, 2, 2, 1], [0, 0, 0, 0]])
    found = suppression.mask(divided, units, 5, single, whole=whole).hidden
    assert found.all()
    common = suppression.Mask(cells(divided, units, single) < 10, np.zeros(0))
    assert suppression.mask(divided, units, 5, single, whole=whole, within=common).hidden.all()
    team = country(mine=0)
    theirs = suppression.mask(divided, team, 5, single, whole=whole, already=suppression.Mask(found, np.zeros(0)))
    assert (theirs.hidden == ~team.own[:, None]).all()


def test_a_trusts_month_goes_rather_than_that_of_a_large_hospital_in_it():
    """Two small hospitals of two trusts hide each other's months; the large ones beside them stay on show."""
    counts = np.full((6, 12), 40)
    counts[[1, 4]] = 8
    counts[1, 3] = 2
    found = suppression.mask(counts, country(), 5).hidden[:, :12]
    assert found[1, 3]
    assert not found[[0, 2, 3, 5]].any()
    assert found[6:9].any()
