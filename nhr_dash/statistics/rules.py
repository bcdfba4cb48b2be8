"""Rules for telling a signal from noise, as values, and the sets of them that are in use.

A rule looks at drawn charts, many at a time, one series a row, and marks points: +1 a signal upwards, -1 downwards,
2 one without direction. Rules about the series as a whole mark no point and answer per series. A rule set is applied
to a chart phase by phase, after missing and excluded points have been taken out.

Sources: Anhøj & Olesen 2014 (doi 10.1371/journal.pone.0113825); Perla, Provost & Murray 2011 (BMJ Qual Saf 20:46);
Provost & Murray, The Health Care Data Guide; NHS England, Making Data Count; Western Electric, Statistical Quality
Control Handbook 1956; Nelson 1984 (J Qual Tech 16:237). Which set cries wolf how often: `false_alarm`.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nhr_dash.statistics import runs
from nhr_dash.statistics.limits import Floats
from nhr_dash.statistics.spc import ControlChart, beyond

Marks = NDArray[np.int8]
NEITHER = 2
"""Marks a signal that points neither up nor down."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Charts as a rule sees them: arrays (series, points), no value missing; lines NaN where the kind has none.

    `symmetric` is False where the distances to the limits differ by nature (g, t, mr, s) and not because a limit was
    cut at 0 or 1.
    """

    value: Floats
    center: Floats
    lower: Floats
    upper: Floats
    lower_2s: Floats
    upper_2s: Floats
    symmetric: bool = True

    def zone(self, sigmas: int) -> tuple[Floats, Floats]:
        """Return the lower and upper line one or two standard deviations from the centre."""
        if sigmas == 2:
            return self.lower_2s, self.upper_2s
        below, above = (self.center - self.lower_2s) / 2, (self.upper_2s - self.center) / 2
        if self.symmetric:
            below = above = np.fmax(below, above)
        return self.center - below, self.center + above


class Rule(Protocol):
    """What every rule answers."""

    @property
    def key(self) -> str:
        """Name of the rule in the catalogs of words."""

    def marks(self, drawn: Drawn) -> Marks:
        """Mark the points that are part of a signal, (series, points)."""

    def signals(self, drawn: Drawn) -> NDArray[np.bool_]:
        """Say whether there is a signal, (series,)."""


class _MarksPoints:
    """A rule whose signal is that a point is marked."""

    def marks(self, drawn: Drawn) -> Marks:
        raise NotImplementedError

    def signals(self, drawn: Drawn) -> NDArray[np.bool_]:
        return (self.marks(drawn) != 0).any(axis=1)


def _run_lengths(side: Marks, *, skip: bool) -> NDArray[np.int64]:
    """Length of the run each point is in; 0 for a point on the line, which `skip` says not to break a run."""
    flat = side.ravel()
    where = np.flatnonzero(flat) if skip else np.arange(flat.size)
    lengths = np.zeros(flat.size, dtype=np.int64)
    if len(where):
        kept, row = flat[where], where // side.shape[1]
        starts = np.concatenate(([0], np.flatnonzero((kept[1:] != kept[:-1]) | (row[1:] != row[:-1])) + 1))
        each = np.diff(starts, append=len(where))
        lengths[where] = np.repeat(each, each)
        lengths[flat == 0] = 0
    return lengths.reshape(side.shape)


@dataclass(frozen=True)
class Beyond(_MarksPoints):
    """A point beyond the limits."""

    key: str = "beyond"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark each point beyond the limits."""
        below, above = beyond(drawn.value, drawn.lower, drawn.upper)
        return above.astype(np.int8) - below.astype(np.int8)


@dataclass(frozen=True)
class Shift(_MarksPoints):
    """A number of points in a row on one side of the centre line; one on the line is skipped, or breaks the row."""

    length: int
    skip: bool
    key: str = "shift"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark every point of a row that is long enough."""
        side = runs.sides(drawn.value, drawn.center)
        return np.where(_run_lengths(side, skip=self.skip) >= self.length, side, 0).astype(np.int8)


@dataclass(frozen=True)
class Trend(_MarksPoints):
    """A number of points in a row, each higher (or lower) than the last; a repeated value is skipped, or breaks it."""

    points: int
    skip: bool
    key: str = "trend"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark every point of the trend; where two meet, the point has the direction of the step out of it."""
        steps = np.sign(np.diff(drawn.value, axis=1)).astype(np.int8)
        long = np.where(_run_lengths(steps, skip=self.skip) >= self.points - 1, steps, 0)
        into, out = np.zeros(drawn.value.shape, dtype=np.int8), np.zeros(drawn.value.shape, dtype=np.int8)
        into[:, 1:], out[:, :-1] = long, long
        return np.where(out != 0, out, into)


@dataclass(frozen=True)
class Zone(_MarksPoints):
    """`count` of `of` points in a row far out on one side, beyond one or two standard deviations.

    `strict` is the stricter reading of Making Data Count: points beyond the limits do not count among the `count`, and
    all points of the row lie on that side of the centre line. Only the points far out are marked.
    """

    count: int
    of: int
    sigmas: int
    strict: bool = False
    key: str = "zone"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark the points far out in each such row."""
        found = np.zeros(drawn.value.shape, dtype=np.int8)
        windows = drawn.value.shape[1] - self.of + 1
        if windows < 1:
            return found
        low, high = self.far(drawn)
        side = runs.sides(drawn.value, drawn.center)
        for sign, far in ((1, high), (-1, low)):
            hit = sliding_window_view(far, self.of, axis=1).sum(axis=2) >= self.count
            if self.strict:
                hit &= (sliding_window_view(side, self.of, axis=1) == sign).all(axis=2)
            for offset in range(self.of):
                here = slice(offset, offset + windows)
                found[:, here][hit & far[:, here]] = sign
        return found

    def far(self, drawn: Drawn) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Points far out below and above."""
        lower, upper = drawn.zone(self.sigmas)
        low, high = beyond(drawn.value, lower, upper)
        if self.strict:
            outside_low, outside_high = beyond(drawn.value, drawn.lower, drawn.upper)
            low, high = low & ~outside_low, high & ~outside_high
        return low, high


@dataclass(frozen=True)
class Spread(_MarksPoints):
    """A number of points in a row that all lie within one standard deviation of the line, or all beyond it."""

    length: int
    within: bool
    key: str = "spread"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark every point of the row."""
        lower, upper = drawn.zone(1)
        low, high = beyond(drawn.value, lower, upper)
        known = np.broadcast_to(~np.isnan(upper), drawn.value.shape)
        wanted = (~(low | high) if self.within else (low | high)) & known
        return np.where(_run_lengths(wanted.astype(np.int8), skip=False) >= self.length, NEITHER, 0).astype(np.int8)


@dataclass(frozen=True)
class Alternating(_MarksPoints):
    """A number of points in a row that go up and down by turns."""

    points: int
    key: str = "alternating"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark every point of the row."""
        found = np.zeros(drawn.value.shape, dtype=np.int8)
        steps = np.sign(np.diff(drawn.value, axis=1))
        if steps.shape[1] < 2:
            return found
        turns = (steps[:, 1:] * steps[:, :-1] < 0).astype(np.int8)
        long = _run_lengths(turns, skip=False) >= self.points - 2
        for offset in range(3):
            found[:, offset : offset + long.shape[1]][long] = NEITHER
        return found


@dataclass(frozen=True)
class Runs:
    """The Anhøj rules: a run too long or too few crossings for the number of useful points."""

    key: str = "runs"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark the points of runs that are too long; too few crossings mark none."""
        side = runs.sides(drawn.value, drawn.center)
        longest_max = runs.analyse_many(drawn.value, drawn.center).longest_max[:, None]
        return np.where(_run_lengths(side, skip=True) > longest_max, side, 0).astype(np.int8)

    def signals(self, drawn: Drawn) -> NDArray[np.bool_]:
        """Say whether either rule is broken."""
        return runs.analyse_many(drawn.value, drawn.center).signal


@dataclass(frozen=True)
class NumberOfRuns:
    """Too few or too many runs, given how many points lie above and below: at most 2.5 % in either tail, exactly.

    The printed tables of this rule assume as many above as below; the exact distribution needs no table.
    """

    key: str = "number_of_runs"

    def marks(self, drawn: Drawn) -> Marks:
        """Mark nothing: the rule is about the whole series."""
        return np.zeros(drawn.value.shape, dtype=np.int8)

    def signals(self, drawn: Drawn) -> NDArray[np.bool_]:
        """Say whether there are too few runs or too many."""
        side = runs.sides(drawn.value, drawn.center)
        above, below = (side > 0).sum(axis=1), (side < 0).sum(axis=1)
        found = runs.analyse_many(drawn.value, drawn.center)
        number = found.crossings + (found.n_useful > 0)
        both, where = np.unique(np.column_stack((above, below)), axis=0, return_inverse=True)
        limits = np.array([number_of_runs_limits(int(a), int(b)) for a, b in both]).reshape(-1, 2)[where.ravel()]
        return (number < limits[:, 0]) | (number > limits[:, 1])


@lru_cache(maxsize=4096)
def number_of_runs_limits(above: int, below: int, tail: float = 0.025) -> tuple[int, int]:
    """Fewest and most runs that are no signal; every arrangement of the points above and below is equally likely.

    Source: Swed & Eisenhart 1943 (Ann Math Stat 14:66).
    """
    if above == 0 or below == 0:
        return (0, above + below)
    ways = [0, 0]
    for number in range(2, above + below + 1):
        k = number // 2
        if number % 2 == 0:
            ways.append(2 * comb(above - 1, k - 1) * comb(below - 1, k - 1))
        else:
            ways.append(comb(above - 1, k) * comb(below - 1, k - 1) + comb(above - 1, k - 1) * comb(below - 1, k))
    share = np.array(ways) / comb(above + below, above)
    fewest = int(np.searchsorted(np.cumsum(share), tail, side="right"))
    most = len(share) - 1 - int(np.searchsorted(np.cumsum(share[::-1]), tail, side="right"))
    return fewest, most


@dataclass(frozen=True)
class Found:
    """What a rule set finds in a chart.

    `marks`: one column a rule, one row a point, values as in this module. `rule`: the first rule of the set that marks
    the point, '' for none, and `side` its mark. `signals`: which rules give a signal anywhere.
    """

    marks: pd.DataFrame
    rule: tuple[str, ...]
    side: tuple[int, ...]
    signals: dict[str, bool]

    @property
    def signal(self) -> bool:
        """Whether any rule gives a signal."""
        return any(self.signals.values())


@dataclass(frozen=True)
class RuleSet:
    """Rules used together, in the order in which a point gets its label. `source` is where they are published."""

    id: str
    rules: tuple[Rule, ...]
    source: str

    def signals(self, drawn: Drawn) -> NDArray[np.bool_]:
        """Say for each series whether any rule gives a signal."""
        found = np.zeros(len(drawn.value), dtype=bool)
        for rule in self.rules:
            found |= rule.signals(drawn)
        return found

    def find(self, chart: ControlChart) -> Found:
        """Apply the rules to a chart, each phase by itself."""
        points = chart.points
        marks = np.zeros((len(points), len(self.rules)), dtype=np.int8)
        signals = {rule.key: False for rule in self.rules}
        keep = points["included"].to_numpy() & points["value"].notna().to_numpy()
        phase = points["phase"].to_numpy()
        for number in range(len(chart.phases)):
            here = np.flatnonzero(keep & (phase == number))
            drawn = drawn_of(chart, here)
            for column, rule in enumerate(self.rules):
                if chart.kind == "mr" and not isinstance(rule, Beyond):
                    continue  # neighbouring ranges share a value: rules about rows of points do not hold
                marks[here, column] = rule.marks(drawn)[0]
                signals[rule.key] |= bool(rule.signals(drawn)[0])
        keys = [rule.key for rule in self.rules]
        first = (marks != 0).argmax(axis=1) if len(points) else np.zeros(0, dtype=np.int64)
        side = marks[np.arange(len(points)), first]
        label = tuple(keys[column] if mark else "" for column, mark in zip(first, side, strict=True))
        return Found(pd.DataFrame(marks, columns=keys, index=points.index), label, tuple(side.tolist()), signals)


def drawn_of(chart: ControlChart, which: NDArray[np.int64]) -> Drawn:
    """Some points of a chart as a rule sees them."""
    columns = {name: chart.points[name].to_numpy()[which][None, :] for name in LINES}
    return Drawn(**columns, symmetric=chart.kind not in ASYMMETRIC)


LINES = ("value", "center", "lower", "upper", "lower_2s", "upper_2s")
ASYMMETRIC = ("g", "t", "mr", "s")

ANHOEJ = RuleSet("anhoej", (Beyond(), Runs()), "Anhøj & Olesen 2014, doi 10.1371/journal.pone.0113825")
IHI = RuleSet(
    "ihi",
    (Shift(6, skip=True), Trend(5, skip=True), NumberOfRuns()),
    "Perla, Provost & Murray 2011, BMJ Qual Saf 20:46",
)
"""Run charts. The fourth rule, an obviously different point, is a judgement and is not automated."""
HEALTH_CARE_DATA_GUIDE = RuleSet(
    "health_care_data_guide",
    (Beyond(), Shift(8, skip=False), Trend(6, skip=False), Zone(2, 3, 2), Spread(15, within=True)),
    "Provost & Murray, The Health Care Data Guide",
)
NHS = RuleSet(
    "nhs",
    (Beyond(), Trend(7, skip=False), Zone(2, 3, 2, strict=True), Shift(7, skip=False)),
    "NHS England, Making Data Count",
)
WESTERN_ELECTRIC = RuleSet(
    "western_electric",
    (Beyond(), Zone(2, 3, 2), Zone(4, 5, 1, key="zone_1s"), Shift(8, skip=False)),
    "Western Electric, Statistical Quality Control Handbook, 1956",
)
NELSON = RuleSet(
    "nelson",
    (
        *(Beyond(), Shift(9, skip=False), Trend(6, skip=False), Alternating(14), Zone(2, 3, 2)),
        *(Zone(4, 5, 1, key="zone_1s"), Spread(15, within=True), Spread(8, within=False, key="mixture")),
    ),
    "Nelson 1984, J Qual Tech 16:237",
)
RULE_SETS = {found.id: found for found in (ANHOEJ, IHI, HEALTH_CARE_DATA_GUIDE, NHS, WESTERN_ELECTRIC, NELSON)}
