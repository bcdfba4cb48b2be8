"""How often a rule set cries wolf on a series like this one when nothing has happened.

The answer is for the series at hand: its length, its phases, its denominators, its ties, and lines estimated from the
same few points. For the Anhøj rules on a run chart of measurements it is exact: every order of the values is equally
likely. Otherwise series are drawn from what the chart assumes, with the level and spread found in the data, lines are
estimated anew for each and the rules applied; the draws are the same every time, and the answer is kept.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import comb
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nhr_dash.statistics import runs
from nhr_dash.statistics.limits import Floats, Lines, Points, Subgroups, lines, subgroup_lines
from nhr_dash.statistics.rules import ASYMMETRIC, Beyond, Drawn, RuleSet, Runs
from nhr_dash.statistics.spc import ControlChart

Model = Literal["order", "binomial", "poisson", "geometric", "exponential", "normal"]
SIMULATIONS = 4_000
"""Enough for a standard error of half a percentage point or less."""
_MOST_NUMBERS = 1_500_000
_AT_A_TIME = 200_000
_MOST_COUNTED = 1_000
_SEED = 20_140_804


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """Probability of at least one signal though nothing has happened; NaN when the series has no spread to speak of.

    `standard_error` is that of the simulation, 0 when `exact`. `model` is what was assumed: order (every order of the
    values equally likely), binomial, poisson, geometric, exponential or normal.
    """

    probability: float
    standard_error: float
    exact: bool
    model: Model


@dataclass(frozen=True, slots=True)
class _Phase:
    """What is known of one phase: its included points, which of them set the lines, which are missing.

    `size` are denominators or subgroup sizes; `values`, those not missing in order of size, only for the
    model order.
    """

    size: tuple[float, ...]
    base: tuple[bool, ...]
    missing: tuple[bool, ...]
    level: tuple[float, ...]
    given: bool
    sigma: float
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Series:
    """All that the answer depends on; equal series share one answer."""

    kind: str
    model: Model
    phases: tuple[_Phase, ...]
    screened: bool
    divided: bool
    step: float


def false_alarm(chart: ControlChart, rule_set: RuleSet) -> FalseAlarm:
    """Probability that `rule_set` gives a signal somewhere in a chart like this one by chance alone."""
    series = _series_of(chart)
    only_runs = all(isinstance(rule, Runs | Beyond) for rule in rule_set.rules)
    countable = only_runs and chart.phases["useful"].max() <= _MOST_COUNTED
    if series.model == "order" and countable and chart.freeze is None and chart.given is None:
        quiet = 1.0
        for phase in chart.phases.itertuples():
            here = chart.points.iloc[phase.start : phase.end]
            side = runs.sides(here["value"].to_numpy(), here["center"].to_numpy())[here["included"].to_numpy()]
            quiet *= 1 - exact_runs(int((side > 0).sum()), int((side < 0).sum()))
        return FalseAlarm(1 - quiet, 0.0, True, "order")
    return _simulated(series, rule_set)


@lru_cache(maxsize=4096)
def exact_runs(above: int, below: int) -> float:
    """Probability of an Anhøj signal when points above and below the line come in any order, each equally likely.

    Counts the orders whose runs are all short enough and many enough: compositions of `above` and of `below` into
    alternating runs.
    """
    useful = above + below
    if useful == 0:
        return 0.0
    longest_max, crossings_min = runs.limits(useful)
    quiet = 0
    for number in range(crossings_min + 1, useful + 1):
        half, odd = divmod(number, 2)
        if odd:
            quiet += _compositions(above, half + 1, longest_max) * _compositions(below, half, longest_max)
            quiet += _compositions(above, half, longest_max) * _compositions(below, half + 1, longest_max)
        else:
            quiet += 2 * _compositions(above, half, longest_max) * _compositions(below, half, longest_max)
    return 1 - quiet / comb(useful, above)


@lru_cache(maxsize=65536)
def _compositions(total: int, parts: int, largest: int) -> int:
    """Ways to write `total` as a sum of `parts` whole numbers from 1 to `largest`, order counting."""
    if parts == 0:
        return int(total == 0)
    if not parts <= total <= parts * largest:
        return 0
    return sum(
        (-1) ** j * comb(parts, j) * comb(total - j * largest - 1, parts - 1)
        for j in range((total - parts) // largest + 1)
    )


def _series_of(chart: ControlChart) -> _Series:
    """Reduce a chart to what its false alarms depend on."""
    points = chart.points
    value, size = points["value"].to_numpy(), points["n"].to_numpy()
    included = points["included"].to_numpy()
    divided = bool(np.isfinite(size).any()) and chart.kind not in ("c", "xbar", "s")
    model = _model(chart.kind, value, size, divided=divided)
    step = _step(value) if model == "normal" and not divided else 0.0
    phases = []
    for row in chart.phases.itertuples():
        here = np.arange(row.start, row.end)
        base = included[here].copy()
        if chart.freeze is not None:
            base[chart.freeze :] = False
        keep = included[here]
        here, base = here[keep], base[keep]
        missing = np.isnan(value[here])
        given = chart.given is not None and not np.isnan(chart.given[row.start : row.end]).any()
        if chart.given is not None and given:
            level = chart.given[here]
        elif divided:
            which = here[base & ~missing]
            with np.errstate(invalid="ignore"):
                level = np.full(len(here), np.sum(value[which] * size[which]) / np.sum(size[which]))
        elif chart.kind in ("g", "t"):
            chosen = value[here][base & ~missing]
            level = np.full(len(here), chosen.mean() if len(chosen) else np.nan)
        else:
            level = np.full(len(here), row.center)
        sigma = float(row.sigma)
        if model == "normal" and step == 0:
            level, sigma = np.zeros(len(here)), 0.0 if not sigma > 0 else 1.0
        phases.append(
            _Phase(
                size=tuple(np.where(np.isfinite(size[here]), size[here], 0.0).tolist()),
                base=tuple(base.tolist()),
                missing=tuple(missing.tolist()),
                level=tuple(float(f"{each:.3g}") for each in level),
                given=given,
                sigma=float(f"{sigma:.3g}"),
                values=tuple(np.sort(value[here[~missing]]).tolist()) if model == "order" else (),
            )
        )
    return _Series(chart.kind, model, tuple(phases), chart.screened, divided, step)


def _model(kind: str, value: Floats, size: Floats, *, divided: bool) -> Model:
    """What a chart of this kind assumes; shares and rates are drawn as counts whatever they are charted as."""
    fixed: dict[str, Model] = {"c": "poisson", "g": "geometric", "t": "exponential"}
    if kind in fixed:
        return fixed[kind]
    if divided:
        total = value * size
        known = np.isfinite(total)
        whole = bool(np.all(np.abs(total[known] - np.round(total[known])) < 1e-6))
        if kind in ("p", "pp") or (kind not in ("u", "up") and whole and bool(np.all(value[known] <= 1))):
            return "binomial"
        if kind in ("u", "up") or whole:
            return "poisson"
        return "normal" if kind != "run" else "order"
    return "order" if kind == "run" else "normal"


def _step(value: Floats) -> float:
    """Return the step all values are multiples of (minutes are whole), 0 when there is none; it makes the ties."""
    known = np.unique(value[np.isfinite(value)])
    if len(known) < 3:
        return 0.0
    step = float(np.diff(known).min())
    multiples = (known - known[0]) / step
    return step if np.all(np.abs(multiples - np.round(multiples)) < 1e-6) else 0.0


@lru_cache(maxsize=512)
def _simulated(series: _Series, rule_set: RuleSet) -> FalseAlarm:
    """Draw series, estimate their lines, apply the rules, count."""
    if any(not np.isfinite(phase.level).all() for phase in series.phases if phase.base) or (
        series.model == "normal" and any(not phase.sigma > 0 for phase in series.phases)
    ):
        return FalseAlarm(float("nan"), 0.0, False, series.model)
    if series.kind == "mr":
        rule_set = replace(rule_set, rules=tuple(rule for rule in rule_set.rules if isinstance(rule, Beyond)))
    width = max(1, sum(len(phase.base) for phase in series.phases))
    wanted = int(min(SIMULATIONS, max(500, _MOST_NUMBERS // width)))
    rng = np.random.default_rng(_SEED)
    signals = done = 0
    while done < wanted:
        count = min(wanted - done, max(1, _AT_A_TIME // width))
        found = np.zeros(count, dtype=bool)
        for phase in series.phases:
            if phase.base:
                found |= rule_set.signals(_draw(series, phase, count, rng))
        signals += int(found.sum())
        done += count
    share = signals / wanted
    return FalseAlarm(share, float(np.sqrt(max(share * (1 - share), 1 / wanted) / wanted)), False, series.model)


def _draw(series: _Series, phase: _Phase, count: int, rng: np.random.Generator) -> Drawn:
    """Draw `count` phases with nothing going on, and chart them."""
    base, missing = np.array(phase.base), np.array(phase.missing)
    given = np.array(phase.level)[None, :] if phase.given else None
    if series.kind in ("xbar", "s"):
        value, found = _draw_subgroups(series, phase, count, rng)
    else:
        totals = np.where(missing, np.nan, _numbers(series, phase, count, rng))
        size = np.where(missing, np.nan, np.array(phase.size)) if series.divided else np.ones(len(base))
        size = np.broadcast_to(size, totals.shape)
        value = totals / size
        if series.kind == "mr":
            value = np.abs(np.diff(value, axis=1, prepend=np.nan))
        points = Points(value, totals, size, given)
        found = lines(series.kind, points, points if base.all() else points.columns(base), screened=series.screened)
    center, lower, upper, lower_2s, upper_2s = (
        np.broadcast_to(line, value.shape)[:, ~missing]
        for line in (found.center, found.lower, found.upper, found.lower_2s, found.upper_2s)
    )
    symmetric = series.kind not in ASYMMETRIC
    return Drawn(value[:, ~missing], center, lower, upper, lower_2s, upper_2s, symmetric)


def _numbers(series: _Series, phase: _Phase, count: int, rng: np.random.Generator) -> Floats:
    """Numerators, counts or values of `count` phases, (count, points)."""
    level, shape = np.array(phase.level), (count, len(phase.base))
    size = np.array(phase.size)
    if series.model == "order":
        values = np.array(phase.values)
        drawn = np.full(shape, np.nan)
        drawn[:, ~np.array(phase.missing)] = rng.permuted(np.tile(values, (count, 1)), axis=1)
        if phase.given:  # nothing has happened: the values lie around the given line
            drawn += level - (np.median(values) if len(values) else 0.0)
        return drawn * size if series.divided else drawn
    if series.model == "normal":
        drawn = level + phase.sigma / np.sqrt(size if series.divided else 1.0) * rng.standard_normal(shape)
        if series.step:
            drawn = np.round(drawn / series.step) * series.step
        return drawn * size if series.divided else drawn
    if series.model == "exponential":
        return rng.exponential(level, shape)
    if series.model == "geometric":
        counts = rng.geometric(1 / (1 + level), shape) - 1
    elif series.model == "binomial":
        share = _scattered(series, phase, level, level * (1 - level), shape, rng)
        counts = rng.binomial(size.astype(np.int64), np.clip(share, 0, 1), shape)
    else:
        rate = _scattered(series, phase, level, level, shape, rng)
        counts = rng.poisson(np.maximum(rate, 0) * (size if series.divided else 1.0), shape)
    return counts.astype(np.float64)


def _scattered(
    series: _Series, phase: _Phase, level: Floats, variance: Floats, shape: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Levels of single points: all the same, but for the primes as far apart as their σz says."""
    size = np.array(phase.size)
    if series.kind not in ("pp", "up") or not phase.sigma > 1 or not (size > 0).any():
        return np.broadcast_to(level, shape)
    spread = np.sqrt((phase.sigma**2 - 1) * variance / size[size > 0].mean())
    return level + spread * rng.standard_normal(shape)


def _draw_subgroups(series: _Series, phase: _Phase, count: int, rng: np.random.Generator) -> tuple[Floats, Lines]:
    """Means or standard deviations of `count` phases of subgroups, and their lines."""
    size = np.array(phase.size)
    base: NDArray[np.bool_] = np.array(phase.base)
    free = np.maximum(size - 1, 0)
    shape = (count, len(size))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(size > 0, rng.standard_normal(shape) / np.sqrt(size), np.nan)
        deviation = np.where(free > 0, np.sqrt(2 * rng.standard_gamma(free / 2, shape) / free), np.nan)
    found = subgroup_lines(series.kind, Subgroups(mean, deviation, size), base)
    return (mean if series.kind == "xbar" else deviation), found
