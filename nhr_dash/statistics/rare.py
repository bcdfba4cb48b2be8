"""Patient by patient where a share a month says little: what comes between those who missed it, and a CUSUM both ways.

Rare misses are counted by what lies between them (G: patients; T: days): each miss is a point, so that a month
without one is no empty point. The CUSUM adds up what each patient says for or against a change from a baseline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.cusum import Cusum, Limit, bernoulli_cusum, calibrated_limit

Floats = NDArray[np.float64]

FALSE_ALARM = 0.025
"""A year, of each of the CUSUM's two limits."""
ODDS_RATIO = 2.0
"""The change that the CUSUM is quickest to see: odds doubled, or halved."""
SHORTEST = 1 / 1440
"""Days: two misses registered at the same minute lie a minute apart, because a T chart has no logarithm of 0."""


@dataclass(frozen=True)
class Gaps:
    """What lies before each miss, in order; the last may be open: nobody has missed it since.

    ``at``: the patient (0-based) that ends the gap, or for an open one the newest. ``patients``: those who got it since
    the miss before, or since the phase began; ``days``: days since then. ``phase``: its number. ``open``: whether the
    last gap hasn't ended.
    """

    at: tuple[int, ...]
    patients: Floats
    days: Floats
    phase: tuple[int, ...]
    open: bool


def gaps(success: ArrayLike, day: ArrayLike, phase: ArrayLike) -> Gaps:
    """Gaps between misses. One element a patient in order of admission: 1 or 0, day (float), number of the phase.

    Counting starts anew with each phase; what no miss has ended when a phase ends is left out, except in the last one.
    """
    got, when, number = (np.asarray(part) for part in (success, day, phase))
    at, patients, days, owner = [], [], [], []
    still_open = False
    for one in np.unique(number):
        inside = np.flatnonzero(number == one)
        start, count = float(when[inside[0]]), 0
        for place in inside.tolist():
            if got[place]:
                count += 1
                continue
            at.append(place)
            patients.append(count)
            days.append(max(SHORTEST, float(when[place]) - start))
            owner.append(int(one))
            start, count = float(when[place]), 0
        if count and one == number[-1]:
            at.append(int(inside[-1]))
            patients.append(count)
            days.append(max(SHORTEST, float(when[inside[-1]]) - start))
            owner.append(int(one))
            still_open = True
    return Gaps(tuple(at), np.array(patients, dtype=float), np.array(days, dtype=float), tuple(owner), still_open)


@dataclass(frozen=True)
class Followed:
    """A CUSUM for better and one for worse over the patients from ``first`` on, held against those in the baseline.

    ``count`` of ``patients`` got it in the baseline. The limits are calibrated for the volume and the size of the
    baseline; ``false_alarm`` of each is a year's.
    """

    first: int
    count: int
    patients: int
    better: Cusum
    worse: Cusum
    better_limit: Limit
    worse_limit: Limit

    @property
    def false_alarm(self) -> float:
        """At most so often does either limit give a false alarm in a year (the sum of the two)."""
        return self.better_limit.false_alarm + self.worse_limit.false_alarm


def follow(success: ArrayLike, phase: ArrayLike, yearly_patients: int) -> Followed | None:
    """Follow patients (1 or 0, in order) against the phase before the last, or the first half where there is one phase.

    None with fewer than ten patients on either side.
    """
    got, number = np.asarray(success, dtype=float), np.asarray(phase)
    if not got.size:
        return None
    starts = np.flatnonzero(np.diff(number, prepend=number[0])).tolist()
    first = starts[-1] if starts else got.size // 2
    begin = starts[-2] if len(starts) > 1 else 0
    patients, count = first - begin, int(got[begin:first].sum())
    if min(patients, got.size - first) < 10:
        return None
    # Half a patient a side keeps odds for a baseline of 0 or 100 %.
    share = (count + 0.5) / (patients + 1)
    after = got[first:]
    better, worse = (
        calibrated_limit(
            share,
            max(1, yearly_patients),
            baseline_patients=patients,
            odds_ratio=ratio,
            false_alarm=FALSE_ALARM,
        )
        for ratio in (ODDS_RATIO, 1 / ODDS_RATIO)
    )
    return Followed(
        first,
        count,
        patients,
        bernoulli_cusum(after, share, ODDS_RATIO, better.h),
        bernoulli_cusum(after, share, 1 / ODDS_RATIO, worse.h),
        better,
        worse,
    )
