"""Run charts and control charts: one series with phases, a frozen start and excluded points, or many series at once.

Lines and limits are those of `limits`, runs are those of `runs`; this module decides which points set the lines and
puts the answer in order. Checked against thousands of reference results (`tests/statistics/`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics import runs
from nhr_dash.statistics.limits import ESTIMATORS, Floats, Lines, Points, Subgroups, lines, subgroup_lines

KINDS = (*ESTIMATORS, "xbar", "s")
_SUBGROUPED = ("xbar", "s")
_NEEDS_DENOMINATOR = ("p", "pp", "u", "up")
PHASE_COLUMNS = [
    *("start", "end", "observations", "useful", "longest", "longest_max", "crossings", "crossings_min"),
    *("run_signal", "run_first", "run_last", "run_side", "center", "sigma"),
]
_NO_DENOMINATOR = ("g", "t", "xbar", "s")


class CannotChart(ValueError):
    """The numbers cannot be drawn as the wanted kind.

    `reason` is t_needs_positive, g_needs_counts, needs_denominator, no_denominator, needs_subgroup, unknown_kind or
    lengths_differ.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        super().__init__(f"{reason}: {detail}" if detail else reason)


@dataclass(frozen=True)
class ControlChart:
    """One chart.

    `points`: one row a point (a subgroup for xbar and s, whose labels are the index). value, n, center, lower, upper,
    lower_2s, upper_2s (floats, NaN is none), phase (0-based), useful (takes part in the runs analysis: included, not
    missing, off the line), included (not excluded), outside (beyond the limits), in_run (in a run longer than allowed).

    `phases`: one row a phase. start and end (first point and one past the last), observations (included points,
    missing ones too), useful, longest, longest_max, crossings, crossings_min, run_signal, run_first and run_last (the
    offending run, missing when there is none), run_side (+1, -1, 0), center (NaN where it varies), sigma (see `Lines`).

    `freeze`, `given` (the given centre line, one number a point) and `screened` are as asked for.
    """

    kind: str
    points: pd.DataFrame
    phases: pd.DataFrame
    freeze: int | None = None
    given: Floats | None = None
    screened: bool = True

    @property
    def signal(self) -> bool:
        """Whether any phase has a runs signal or any included point lies beyond the limits."""
        return bool(self.phases["run_signal"].any() or (self.points["outside"] & self.points["included"]).any())


@dataclass(frozen=True, slots=True)
class ControlCharts:
    """Many charts, one series a row: (series, points) arrays, and (series,) for sigma and everything in `runs`.

    Meanings as in `ControlChart`; `runs.signal` is False everywhere for mr.
    """

    kind: str
    value: Floats
    center: Floats
    lower: Floats
    upper: Floats
    lower_2s: Floats
    upper_2s: Floats
    sigma: Floats
    outside: NDArray[np.bool_]
    runs: runs.RunsArrays


def control_chart(
    y: ArrayLike,
    n: ArrayLike | None = None,
    *,
    kind: str,
    phases: Iterable[int] = (),
    freeze: int | None = None,
    exclude: Iterable[int] = (),
    center: ArrayLike | None = None,
    screened: bool = True,
    subgroup: ArrayLike | None = None,
) -> ControlChart:
    """Chart one series.

    `y` are values, or numerators with `n` as denominators (c ignores `n`); NaN is missing, never 0, and a point with
    n = 0 is missing too. Indexes are 0-based and count points (subgroups for xbar and s): `phases` are the points at
    which a new phase begins; `freeze` is the number of first points of each phase that set its lines, counting
    excluded and missing ones; `exclude` are points kept visible and out of the lines and the runs. Indexes past the
    end are ignored. `center` is a given centre line, one number or one a point, on the scale of the values (for g the
    mean, drawn as the median that belongs to it); a phase where any of it is missing is estimated. `screened` leaves
    moving ranges that are themselves out of control out of the average (i, ip, pp, up, t). `subgroup` gives each row's
    label for xbar and s; the subgroups come in sorted order, rows without a label are dropped.

    Raises CannotChart with a reason (t needs y > 0, g counts from 0, p and u denominators, xbar and s subgroups), and
    ValueError for a negative index.
    """
    values = np.asarray(y, dtype=np.float64)
    _check(kind, values, n)
    labels: pd.Index | None = None
    if kind in _SUBGROUPED:
        labels, groups = _subgroups(kind, values, subgroup)
        drawn, shown_size = (groups.mean if kind == "xbar" else groups.deviation)[0], groups.size
    else:
        points = _points(kind, values[None, :], None if n is None else np.asarray(n, dtype=np.float64)[None, :])
        drawn = points.value[0]
        shown_size = np.full(len(drawn), np.nan) if n is None else np.asarray(n, dtype=np.float64)
    count = len(drawn)
    starts = _indexes(phases, count)
    bounds = [0, *(s for s in starts if s > 0), count]
    if kind == "mr":
        drawn[starts] = np.nan  # a range spans no two phases; `drawn` is the row of `points`
    included = np.ones(count, dtype=bool)
    included[_indexes(exclude, count)] = False
    given = None if center is None else np.broadcast_to(np.asarray(center, dtype=np.float64), (count,))

    drawn_lines = {name: np.full(count, np.nan) for name in ("center", "lower", "upper", "lower_2s", "upper_2s")}
    counted = np.where(included, drawn, np.nan)
    in_run = np.zeros(count, dtype=bool)
    phase_of = np.zeros(count, dtype=np.int64)
    rows: list[dict[str, Any]] = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        span = slice(start, end)
        phase_of[span] = number
        base = included[span].copy()
        if freeze is not None:
            base[freeze:] = False
        line = None if given is None or np.isnan(given[span]).any() else given[span]
        if kind in _SUBGROUPED:
            fixed = None if line is None else line[None, :]
            here = Subgroups(groups.mean[:, span], groups.deviation[:, span], groups.size[span], fixed)
            found = subgroup_lines(kind, here, base)
        else:
            found = _phase_lines(kind, points, span, base, line, screened=screened)
        for name, array in drawn_lines.items():
            array[span] = getattr(found, name)[0]
        row = _phase_row(kind, counted[span], drawn_lines["center"][span], found, start)
        rows.append(row | {"observations": int(included[span].sum())})
        if row["run_first"] is not None:
            in_run[span] = runs.in_long_runs(counted[span], drawn_lines["center"][span], row["longest_max"])
    useful = runs.sides(counted, drawn_lines["center"]) != 0
    below, above = beyond(drawn, drawn_lines["lower"], drawn_lines["upper"])
    frame = pd.DataFrame(
        {"value": drawn, "n": shown_size, **drawn_lines, "phase": phase_of}
        | {"useful": useful, "included": included, "outside": below | above, "in_run": in_run},
        index=labels,
    )
    return ControlChart(kind, frame, _phase_frame(rows), freeze, given, screened)


def control_charts(y2d: ArrayLike, n2d: ArrayLike | None = None, *, kind: str, screened: bool = True) -> ControlCharts:
    """Chart many series in one call: `y2d` and `n2d` have one series a row, NaN fills the shorter ones.

    One phase, nothing frozen or excluded; otherwise as `control_chart`. Every kind but xbar and s.
    """
    values = np.asarray(y2d, dtype=np.float64)
    if kind in _SUBGROUPED:
        raise CannotChart("needs_subgroup", kind)
    _check(kind, values, n2d)
    points = _points(kind, values, None if n2d is None else np.asarray(n2d, dtype=np.float64))
    found = lines(kind, points, points, screened=screened)
    analysed = runs.analyse_many(points.value, found.center)
    if kind == "mr":
        analysed = replace(analysed, signal=np.zeros_like(analysed.signal))
    below, above = beyond(points.value, found.lower, found.upper)
    shape = points.value.shape
    return ControlCharts(
        kind,
        points.value,
        np.broadcast_to(found.center, shape),
        np.broadcast_to(found.lower, shape),
        np.broadcast_to(found.upper, shape),
        np.broadcast_to(found.lower_2s, shape),
        np.broadcast_to(found.upper_2s, shape),
        found.sigma[:, 0],
        below | above,
        analysed,
    )


def _check(kind: str, y: Floats, n: ArrayLike | None) -> None:
    """Raise CannotChart where the numbers do not fit the kind."""
    if kind not in KINDS:
        raise CannotChart("unknown_kind", kind)
    if n is None and kind in _NEEDS_DENOMINATOR:
        raise CannotChart("needs_denominator", kind)
    if n is not None and kind in _NO_DENOMINATOR:
        raise CannotChart("no_denominator", kind)
    if n is not None and np.shape(n) != y.shape:
        raise CannotChart("lengths_differ", f"{np.shape(n)} and {y.shape}")
    if kind == "t" and (y <= 0).any():
        raise CannotChart("t_needs_positive")
    if kind == "g" and (y < 0).any():
        raise CannotChart("g_needs_counts")


def _points(kind: str, y: Floats, n: Floats | None) -> Points:
    """Put values, totals and sizes in the form the lines are computed from."""
    if n is None or kind == "c":
        value, size = y, np.ones_like(y)
        if kind == "ip" and np.isnan(y).any():
            size = np.where(np.isnan(y), np.nan, 1.0)
        tally = y
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = y / n
        tally, size = y, n
        missing = ~np.isfinite(value)
        if missing.any():
            value, tally, size = (np.where(missing, np.nan, a) for a in (value, y, n))
    if kind == "mr":
        value = np.concatenate((np.full((len(value), 1), np.nan), np.abs(value[:, 1:] - value[:, :-1])), axis=1)
        value = value[:, : y.shape[1]]
    return Points(value, tally, size)


def _phase_lines(
    kind: str, points: Points, span: slice, base: NDArray[np.bool_], line: Floats | None, *, screened: bool
) -> Lines:
    """Lines of one phase of one series, set by the points of the phase marked in `base`."""
    given = None if line is None else line[None, :]
    here = Points(points.value[:, span], points.total[:, span], points.size[:, span], given)
    return lines(kind, here, here if base.all() else here.columns(base), screened=screened)


def _phase_row(kind: str, counted: Floats, center: Floats, found: Lines, start: int) -> dict[str, Any]:
    """Runs analysis and level of one phase that begins at point `start`; excluded points are NaN in `counted`."""
    analysed = runs.analyse(counted, center)
    signal = analysed.signal and kind != "mr"
    named = signal and analysed.first is not None and analysed.last is not None
    level = found.center[0]
    return {
        "start": start,
        "end": start + len(counted),
        "useful": analysed.n_useful,
        "longest": analysed.longest,
        "longest_max": analysed.longest_max,
        "crossings": analysed.crossings,
        "crossings_min": analysed.crossings_min,
        "run_signal": signal,
        "run_first": start + (analysed.first or 0) if named else None,
        "run_last": start + (analysed.last or 0) if named else None,
        "run_side": analysed.side if named else 0,
        "center": float(level[0]) if len(level) and (level == level[0]).all() else np.nan,
        "sigma": float(found.sigma[0, 0]),
    }


def _phase_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of `_phase_row` as a frame, with missing whole numbers for runs that are not there."""
    frame = pd.DataFrame(rows, columns=PHASE_COLUMNS)
    for name in ("run_first", "run_last"):
        frame[name] = pd.array([row[name] for row in rows], dtype="Int64")
    return frame


def beyond(value: Floats, lower: Floats, upper: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark values below `lower` and values above `upper`; one that meets the line but for rounding is neither."""
    low, high = value < lower, value > upper
    for marked, line in ((low, lower), (high, upper)):
        candidates = np.flatnonzero(marked)
        if len(candidates):
            where = np.unravel_index(candidates, value.shape)
            at, limit = value[where], np.broadcast_to(line, value.shape)[where]
            marked[where] = np.abs(at - limit) > runs.ON_LINE * np.abs(at)
    return low, high


def _indexes(wanted: Iterable[int], count: int) -> list[int]:
    """Whole, sorted, unique indexes below `count`."""
    found = sorted({int(i) for i in wanted})
    if found and found[0] < 0:
        raise ValueError(f"indexes count from 0: {found[0]}")
    return [i for i in found if i < count]


def _subgroups(kind: str, y: Floats, labels: ArrayLike | None) -> tuple[pd.Index, Subgroups]:
    """Labels and subgroups in sorted order; rows without a label are dropped."""
    if labels is None:
        raise CannotChart("needs_subgroup", kind)
    if np.shape(labels) != y.shape:
        raise CannotChart("lengths_differ", f"{np.shape(labels)} and {y.shape}")
    frame = pd.Series(y).groupby(np.asarray(labels)).agg(["mean", "std", "count"])
    mean, deviation, size = (frame[name].to_numpy(dtype=np.float64) for name in ("mean", "std", "count"))
    return frame.index, Subgroups(mean[None, :], deviation[None, :], size)
