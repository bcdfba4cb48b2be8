"""Looking every month without fooling oneself: boundaries that pay for every look.

A team that asks "is it better now?" each month from the third to the twelfth gets a false yes in 6–7 % at a nominal
2.5 %. Here the wanted error rate is spent over the looks of a year (Lan & DeMets, Biometrika 1983;70:659, with
O'Brien and Fleming's spending), so that it holds for the whole year. After that the boundary is never lower than at
twelve months, so that a further year of looks costs at most as much again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIRST_LOOK = 3
"""Months after the change before the first look."""
YEAR = 12
GRID = 241
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Schedule:
    """Looks at the end of months `months` after the change, the z each needs, and the information at each.

    information is in months: b·m/(b + m) for a baseline of b months; a difference with standard deviation σ in one
    month has the variance σ²/information.
    """

    months: tuple[int, ...]
    z: tuple[float, ...]
    information: tuple[float, ...]


def information(baseline_months: float, month: float) -> float:
    """How much a comparison of so many months before and after tells, in months (harmonic)."""
    return baseline_months * month / (baseline_months + month)


def spent(alpha: float, baseline_months: float, month: float) -> float:
    """Error probability (one-sided) spent by the end of a month; `alpha` by the end of the first year."""
    if month >= YEAR:
        return alpha * month / YEAR
    fraction = information(baseline_months, month) / information(baseline_months, YEAR)
    return 2 * (1 - _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 2) / math.sqrt(fraction)))


def _normal_cdf(x: Floats) -> Floats:
    """Standard normal distribution function, elementwise. (To load scipy for it takes longer than all of this.)"""
    return np.array([0.5 * math.erfc(one) for one in (x * -math.sqrt(0.5)).tolist()])


def _pass_on(grid: Floats, mass: Floats, target: Floats, drift: float, step: float) -> Floats:
    """Density at `target` after the information has grown by `step`, from the mass on the grid before."""
    distance = (target[:, None] - grid[None, :] - drift * step) / math.sqrt(step)
    return np.asarray(np.exp(-0.5 * distance**2) @ mass, dtype=float) / math.sqrt(2 * math.pi * step)


def _trapezoid(grid: Floats) -> Floats:
    """Weights of the trapezoid rule on an even grid."""
    weight = np.full(grid.size, grid[1] - grid[0])
    weight[[0, -1]] /= 2
    return weight


def _upper_tail(limit: float, grid: Floats, mass: Floats, drift: float, step: float) -> float:
    """Probability of ending above `limit` after the next step, for runs that have not crossed yet."""
    return float(mass @ _normal_cdf((grid + drift * step - limit) / math.sqrt(step)))


@lru_cache(maxsize=512)
def schedule(baseline_months: int, last_month: int = YEAR, alpha: float = 0.025) -> Schedule:
    """The z needed at each monthly look from the third month on, one-sided, `alpha` a year of looks.

    baseline_months: months of baseline, in units of the volume after (≥ 1). last_month ≥ 3. Found by recursive
    integration (Armitage, McPherson & Rowe, JRSS A 1969;132:235). ValueError for impossible values. Cached.
    """
    if baseline_months < 1 or last_month < FIRST_LOOK or not 0 < alpha < 0.5:
        raise ValueError("a schedule needs a baseline, three months and a rate under one half")
    months = tuple(range(FIRST_LOOK, last_month + 1))
    knowledge = [information(baseline_months, month) for month in months]
    found: list[float] = []
    grid, mass, before, paid = np.zeros(1), np.ones(1), 0.0, 0.0
    for month, now in zip(months, knowledge, strict=True):
        budget, step = spent(alpha, baseline_months, month) - paid, now - before
        low, high = 0.0, 9.0
        for _ in range(45):
            z = (low + high) / 2
            if _upper_tail(z * math.sqrt(now), grid, mass, 0.0, step) > budget:
                low = z
            else:
                high = z
        if month > YEAR:
            high = max(high, found[YEAR - FIRST_LOOK])
        found.append(high)
        grid, mass = _survivors(grid, mass, high * math.sqrt(now), drift=0.0, step=step, now=now)
        before, paid = now, paid + budget
    return Schedule(months, tuple(found), tuple(knowledge))


def _survivors(
    grid: Floats, mass: Floats, limit: float, *, drift: float, step: float, now: float
) -> tuple[Floats, Floats]:
    """The grid and the mass of the runs that stay at or below the limit."""
    target = np.linspace(min(drift * now, 0.0) - 7 * math.sqrt(now), limit, GRID)
    return target, _pass_on(grid, mass, target, drift, step) * _trapezoid(target)


def crossing(plan: Schedule, drift: float) -> Floats:
    """Cumulative probability of having crossed by each look, when the true difference is `drift` σ's of one month.

    drift: true difference divided by the standard deviation of one month's difference; 0 gives the error spent.
    """
    grid, mass, before = np.zeros(1), np.ones(1), 0.0
    crossed = []
    total = 0.0
    for z, now in zip(plan.z, plan.information, strict=True):
        step, limit = now - before, z * math.sqrt(now)
        total += _upper_tail(limit, grid, mass, drift, step)
        crossed.append(total)
        grid, mass = _survivors(grid, mass, limit, drift=drift, step=step, now=now)
        before = now
    return np.array(crossed)
