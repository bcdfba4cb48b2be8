"""What a run chart shows: each phase by itself, and the last phase against the one before it.

Pure numbers; the words are made elsewhere from the same object. Two kinds of chart are read the
same way: shares (a numerator and a denominator a point) and minutes (the value is itself the
measurement, or a median of them).

The rule for a change from one phase to the next: the points of the last phase are compared with
the *median of the phase before*, and the longest row of them on one side of it is held against
the limit of the Anhøj rules for all useful points of both phases (Anhøj & Olesen 2014). Points on
the line neither count nor break. With one phase the Anhøj rules are used on the whole series.

A row is a *signal*. Whether a stored change was an improvement is another question, with its own rule and its own
error rates: its verdict (:mod:`nhr_dash.statistics.effect`) is laid into the reading where it has been asked for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics import runs
from nhr_dash.statistics.intervals import NO_INTERVAL, Interval, newcombe, wilson

if TYPE_CHECKING:
    import pandas

    from nhr_dash.statistics.effect import MinutesVerdict, Verdict

FEWEST_POINTS = 10
"""Useful points under which the Anhøj rules say nothing (their source stops at ten)."""
FEWEST_PATIENTS = 10
"""Patients on a side under which nothing is said of a change."""
MANY_TIES = 0.25
"""Share of points on the median above which a reader is told: ties distort runs analysis at small volumes."""

Side = Literal["better", "worse", "changed", "none"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase. ``first`` and ``last`` are 0-based indexes of its points in the series.

    ``share`` pools the patients (NaN without any, and for medians of minutes); ``minutes`` is the
    median of the minutes (NaN for shares); ``median`` is the median *of the points*, which is the
    line that is drawn. ``runs`` is the Anhøj analysis around that line, ``tie_share`` the part of
    the points that lie on it.
    """

    first: int
    last: int
    points: int
    numerator: int
    denominator: int
    share: Interval
    minutes: float
    median: float
    runs: runs.Runs
    tie_share: float


@dataclass(frozen=True, slots=True)
class Row:
    """Consecutive points on one side of a line: ``length`` useful points from index ``first`` to ``last``.

    ``limit`` is the longest row that chance explains; ``side`` is +1 above the line, -1 below.
    """

    length: int
    limit: int
    first: int
    last: int
    side: int

    @property
    def signal(self) -> bool:
        """Longer than chance explains."""
        return self.length > self.limit


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a series. ``kind`` says what the values are: shares 0-1, or minutes.

    ``row`` is the longest row beyond the line that matters (the median of the phase before; with
    one phase the own median), None without a useful point. ``difference`` is after - before of the
    pooled shares (Newcombe); ``shift`` the Hodges-Lehmann shift of the minutes; NaN where they can't
    be had. ``side`` says where the signal points. ``few_crossings`` is a signal of one phase that has
    no side. ``judged`` is the verdict on the change that the last phase begins with, where it is stored
    and was asked for; without one nothing but a signal is spoken of.
    """

    kind: Literal["share", "minutes"]
    phases: tuple[Phase, ...]
    row: Row | None
    difference: Interval
    shift: Interval
    side: Side
    few_crossings: bool
    limit: float | None
    provisional_in_row: int
    judged: "Verdict | MinutesVerdict | None" = None

    @property
    def now(self) -> Phase:
        """The last phase. IndexError for a series without points."""
        return self.phases[-1]

    @property
    def before(self) -> Phase | None:
        """The phase before the last."""
        return self.phases[-2] if len(self.phases) > 1 else None

    @property
    def patients(self) -> int:
        """Patients in the whole series."""
        return sum(phase.denominator for phase in self.phases)

    @property
    def one_by_one(self) -> bool:
        """One patient a point: then a median of minutes is the patients' own, else a median of points."""
        return all(phase.denominator <= phase.points for phase in self.phases)

    @property
    def few(self) -> bool:
        """Too few patients, or months, to say anything of the change between the last two phases."""
        if self.judged is not None:
            return self.judged.grade.value == "too_little_data"
        return self.before is not None and _few(self.before, self.now)

    @property
    def signal(self) -> bool:
        """A row longer than chance explains, or (one phase) too few crossings."""
        return self.few_crossings or (self.row is not None and self.row.signal)

    @property
    def tie_share(self) -> float:
        """Part of the points on the line of their own phase, over all phases."""
        points = sum(phase.points for phase in self.phases)
        return sum(phase.tie_share * phase.points for phase in self.phases) / points if points else 0.0


def read_frame(
    frame: "pandas.DataFrame", *, direction: int, duration: bool = False, limit: float | None = None
) -> Reading:
    """Read a series' frame (columns value, numerator, denominator, phase, provisional).

    ``duration``: the values are minutes. ``limit``: minutes within which a patient is in time.
    """
    value = frame["value"].to_numpy(dtype=float)
    return read(
        value,
        frame["numerator"].to_numpy(dtype=float),
        frame["denominator"].to_numpy(dtype=float),
        frame["phase"].to_numpy(),
        direction=direction,
        provisional=frame["provisional"].to_numpy(dtype=bool),
        minutes=value if duration else None,
        limit=limit,
    )


def read(
    value: ArrayLike,
    numerator: ArrayLike,
    denominator: ArrayLike,
    phase: ArrayLike,
    *,
    direction: int,
    provisional: ArrayLike | None = None,
    minutes: ArrayLike | None = None,
    limit: float | None = None,
) -> Reading:
    """Read one series, oldest point first; every argument has one element a point.

    ``value`` is what is drawn, NaN where a period has no patients. ``direction`` is +1 when a high
    *share* is good, -1 when a low one is, 0 when neither; of minutes fewer are always better,
    unless it is 0. ``minutes`` turns the reading to minutes (one patient a point, or a median a
    point). ``limit``: minutes within which a patient is in time. Raises ValueError for lengths that
    differ.
    """
    y = np.asarray(value if minutes is None else minutes, dtype=float)
    done, all_ = np.nan_to_num(np.asarray(numerator, dtype=float)), np.nan_to_num(np.asarray(denominator, dtype=float))
    numbers = np.asarray(phase)
    early = np.zeros(len(y), dtype=bool) if provisional is None else np.asarray(provisional, dtype=bool)
    if not len(y) == len(done) == len(all_) == len(numbers) == len(early):
        raise ValueError("a series needs as many values as counts, phases and marks")
    in_minutes = minutes is not None
    found = tuple(_phase(y, done, all_, where, in_minutes) for where in _stretches(numbers))
    # A phase without a single value has nothing to be compared with.
    told = tuple(one for one in found if not math.isnan(one.median))
    good = -abs(direction) if in_minutes else direction
    difference, shift = NO_INTERVAL, NO_INTERVAL
    row: Row | None = None
    few_crossings = False
    if len(told) > 1:
        before, now = told[-2:]
        difference = newcombe(before.numerator, before.denominator, now.numerator, now.denominator)
        row = _beyond(y, before, now)
        if in_minutes:
            shift = _shift(y, before, now)
    elif told:
        row = _own_row(y, told[0])
        own = told[0].runs
        enough = own.n_useful >= FEWEST_POINTS
        row = row if enough else None
        few_crossings = enough and own.crossings < own.crossings_min and not (row is not None and row.signal)
    side = _side(told, row, good)
    return Reading(
        kind="minutes" if in_minutes else "share",
        phases=told,
        row=row,
        difference=difference,
        shift=shift,
        side="changed" if few_crossings and side == "none" else side,
        few_crossings=few_crossings,
        limit=limit,
        provisional_in_row=int(early[row.first : row.last + 1].sum()) if row else 0,
    )


def _stretches(numbers: NDArray[np.generic]) -> Sequence[slice]:
    """Consecutive points of one phase number, as slices."""
    if not len(numbers):
        return []
    cuts = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    edges = [0, *cuts.tolist(), len(numbers)]
    return [slice(a, b) for a, b in pairwise(edges)]


def _phase(y: Floats, done: Floats, all_: Floats, where: slice, in_minutes: bool) -> Phase:
    values = y[where]
    known = values[~np.isnan(values)]
    median = float(np.median(known)) if known.size else math.nan
    k, n = int(done[where].sum()), int(all_[where].sum())
    useful = int(np.count_nonzero(runs.sides(known, median))) if known.size else 0
    return Phase(
        first=where.start,
        last=where.stop - 1,
        points=int(known.size),
        numerator=k,
        denominator=n,
        share=wilson(k, n) if k <= n else NO_INTERVAL,
        minutes=median if in_minutes else math.nan,
        median=median,
        runs=runs.analyse(values, median),
        tie_share=1 - useful / known.size if known.size else 0.0,
    )


def _longest(side: NDArray[np.int8], offset: int, limit: int) -> Row | None:
    """The longest row on one side (the latest of equal ones); points on the line neither count nor break."""
    where = np.flatnonzero(side)
    if not where.size:
        return None
    signs = side[where]
    starts = np.concatenate(([0], np.flatnonzero(signs[1:] != signs[:-1]) + 1))
    lengths = np.diff(starts, append=len(signs))
    which = len(lengths) - 1 - int(np.argmax(lengths[::-1]))
    first, length = int(starts[which]), int(lengths[which])
    return Row(length, limit, offset + int(where[first]), offset + int(where[first + length - 1]), int(signs[first]))


def _beyond(y: Floats, before: Phase, now: Phase) -> Row | None:
    both = runs.sides(y[before.first : now.last + 1], before.median)
    limit, _ = runs.limits(int(np.count_nonzero(both)))
    return _longest(runs.sides(y[now.first : now.last + 1], before.median), now.first, limit)


def _own_row(y: Floats, phase: Phase) -> Row | None:
    return _longest(runs.sides(y[phase.first : phase.last + 1], phase.median), phase.first, phase.runs.longest_max)


def _shift(y: Floats, before: Phase, now: Phase) -> Interval:
    from nhr_dash.statistics import effect

    return effect.minutes_shift(y[before.first : before.last + 1], y[now.first : now.last + 1]).shift


def _few(before: Phase, now: Phase) -> bool:
    return min(before.denominator, now.denominator) < FEWEST_PATIENTS


def _side(told: tuple[Phase, ...], row: Row | None, good: int) -> Side:
    """Which way the signal points; none without one, and where a phase has too few patients."""
    if row is None or not row.signal or (len(told) > 1 and _few(told[-2], told[-1])):
        return "none"
    if not good:
        return "changed"
    return "better" if row.side == good else "worse"
