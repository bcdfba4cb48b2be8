"""Runs analysis: unusually long runs and unusually few crossings of a centre line.

The Anhøj rules. A *useful* point lies on one side of the line; a point on the line, or a missing one, neither
breaks a run nor adds to it. With n useful points there is a signal when the longest run is longer than
round(log2 n) + 3, or when the line is crossed fewer times than the lower 5 % quantile of a binomial with n - 1
trials and probability one half.

Sources: Anhøj & Olesen 2014 (doi 10.1371/journal.pone.0113825); Anhøj 2015 (doi 10.1371/journal.pone.0121349);
Schilling 2012 (Mathematics Magazine 85) for the longest run; Chen 2010 (BMC Health Serv Res 10:250) for the crossings.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

ON_LINE = 1e-10
"""A point this near the line, relative to the line, is on it: sums of equal numbers differ in the last bits, and a
flat series would otherwise be one long run."""

_EXACT_UP_TO = 1_000


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs analysis of one series against one line.

    `first` and `last` are 0-based indexes of the longest run (the latest of equally long ones) when it is longer than
    `longest_max`, otherwise None; `side` is +1 above, -1 below, 0 when no run is too long. With no useful point
    every number is 0 and there is no signal.
    """

    n_useful: int
    longest: int
    longest_max: int
    crossings: int
    crossings_min: int
    signal: bool
    first: int | None
    last: int | None
    side: int


@dataclass(frozen=True, slots=True)
class RunsArrays:
    """Runs analysis of many series; every array has one element a series (row), meanings as in `Runs`."""

    n_useful: NDArray[np.int64]
    longest: NDArray[np.int64]
    longest_max: NDArray[np.int64]
    crossings: NDArray[np.int64]
    crossings_min: NDArray[np.int64]
    signal: NDArray[np.bool_]


@lru_cache(maxsize=4096)
def limits(n_useful: int) -> tuple[int, int]:
    """Longest run and fewest crossings that are *not* a signal, for a number of useful points.

    Returns (longest_max, crossings_min); (0, 0) for no useful point. Raises ValueError for a negative number.
    """
    if n_useful < 0:
        raise ValueError(f"a number of points cannot be negative: {n_useful}")
    if n_useful == 0:
        return 0, 0
    return round(float(np.log2(n_useful))) + 3, _lower_quantile(n_useful - 1)


def _lower_quantile(trials: int) -> int:
    """Smallest k with P(X <= k) >= 0.05, X binomial with probability one half."""
    if trials <= _EXACT_UP_TO:  # whole numbers: exact, and no scipy for a run chart
        term, total, k = 1, 1, 0
        needed = 2**trials
        while 20 * total < needed:
            k += 1
            term = term * (trials - k + 1) // k
            total += term
        return k
    k_values = np.arange(1, trials // 2 + 1)
    log_terms = np.concatenate(([0.0], np.cumsum(np.log((trials - k_values + 1) / k_values)))) - trials * np.log(2)
    return int(np.searchsorted(np.cumsum(np.exp(log_terms)), 0.05))


@lru_cache(maxsize=16)
def _limits_table(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both limits for 0 … size useful points, to be indexed by the number."""
    table = np.array([limits(n) for n in range(size + 1)], dtype=np.int64)
    return table[:, 0].copy(), table[:, 1].copy()


def sides(y: NDArray[np.float64], center: ArrayLike) -> NDArray[np.int8]:
    """Return +1 above the line, -1 below, 0 on it or missing; `center` broadcasts against `y`."""
    line = np.asarray(center, dtype=np.float64)
    tolerance = ON_LINE * np.abs(line)
    return (y > line + tolerance).view(np.int8) - (y < line - tolerance).view(np.int8)


def analyse(y: ArrayLike, center: ArrayLike) -> Runs:
    """Runs analysis of one series.

    `y` is one-dimensional, NaN is missing; `center` is a number or one number a point, on the scale of `y`.
    """
    side = sides(np.asarray(y, dtype=np.float64), center)
    where = np.flatnonzero(side)
    n = len(where)
    if n == 0:
        return Runs(0, 0, 0, 0, 0, False, None, None, 0)
    starts, lengths = _runs_of(side[where])
    longest = int(lengths.max())
    crossings = len(starts) - 1
    longest_max, crossings_min = limits(n)
    first: int | None = None
    last: int | None = None
    offending = 0
    if longest > longest_max:
        which = len(lengths) - 1 - int(np.argmax(lengths[::-1]))
        first = int(where[starts[which]])
        last = int(where[starts[which] + longest - 1])
        offending = int(side[first])
    signal = longest > longest_max or crossings < crossings_min
    return Runs(n, longest, longest_max, crossings, crossings_min, signal, first, last, offending)


def in_long_runs(y: ArrayLike, center: ArrayLike, longer_than: int) -> NDArray[np.bool_]:
    """Mark the useful points that belong to any run of more than `longer_than` points."""
    side = sides(np.asarray(y, dtype=np.float64), center)
    where = np.flatnonzero(side)
    marked = np.zeros(len(side), dtype=bool)
    if len(where):
        _, lengths = _runs_of(side[where])
        marked[where] = np.repeat(lengths > longer_than, lengths)
    return marked


def _runs_of(side: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and length of each run in a sequence without zeros and not empty."""
    starts = np.concatenate(([0], np.flatnonzero(side[1:] != side[:-1]) + 1))
    return starts, np.diff(starts, append=len(side))


def analyse_many(y: NDArray[np.float64], center: ArrayLike) -> RunsArrays:
    """Runs analysis of many series at once.

    `y` is two-dimensional, one series a row, NaN is missing; `center` broadcasts against it (a column: one line a row).
    """
    rows, columns = y.shape
    side = sides(y, center)
    flat = side.ravel()
    if np.count_nonzero(flat) == flat.size:
        n_useful = np.full(rows, columns)
    else:
        n_useful = np.count_nonzero(side, axis=1)
        flat = flat[flat != 0]
    row_starts = np.cumsum(n_useful) - n_useful
    longest = np.zeros(rows, dtype=np.int64)
    crossings = np.zeros(rows, dtype=np.int64)
    occupied = n_useful > 0
    if flat.size:
        begins = np.empty(flat.size, dtype=bool)
        begins[0] = True
        np.not_equal(flat[1:], flat[:-1], out=begins[1:])
        first_points = row_starts[occupied]
        begins[first_points] = True
        starts = np.flatnonzero(begins)
        lengths = np.empty_like(starts)
        np.subtract(starts[1:], starts[:-1], out=lengths[:-1])
        lengths[-1] = flat.size - starts[-1]
        first_runs = np.searchsorted(starts, first_points)
        longest[occupied] = np.maximum.reduceat(lengths, first_runs)
        crossings[occupied] = np.diff(first_runs, append=len(starts)) - 1
    longest_table, crossings_table = _limits_table(columns)
    longest_max, crossings_min = longest_table[n_useful], crossings_table[n_useful]
    signal = (longest > longest_max) | (crossings < crossings_min)
    return RunsArrays(n_useful, longest, longest_max, crossings, crossings_min, signal)
