"""What deserves a look first, over many indicators at once, at the volumes that hospitals have.

Raw run rules on 25 indicators cry wolf two or three times a month at 4 patients a month. So each
indicator gets one p-value, from its change since the year before and from its run of months, and
the false discovery rate is controlled over all of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, isnan, lgamma

import numpy as np
from numpy.typing import NDArray

from nhr_dash.statistics import intervals, runs
from nhr_dash.statistics.fdr import benjamini_hochberg

FALSE_DISCOVERY_RATE = 0.05
ENOUGH_A_POINT = 10
"""Patients a month below which a month's share is mostly chance, and the run rules are not shown."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One indicator at one unit: now, the change, the signal. Shares are 0..1; NaN is not known.

    ``now`` covers the last 12 months, ``before`` the 12 months before them. ``signal`` is +1 when the
    last run of months is on the better side, -1 worse, 0 none, None when there are too few patients
    a month for the rule. ``p`` is the smaller of the two tests' p-values, doubled (Bonferroni).
    """

    numerator: int
    denominator: int
    now: intervals.Interval
    before: float
    change: intervals.Interval
    signal: int | None
    longest: int
    p: float


def standing(numerator: NDArray[np.float64], denominator: NDArray[np.float64], direction: int) -> Standing:
    """Assess 24 months of one indicator, oldest first.

    ``numerator`` and ``denominator`` are counts a month (a month without patients has 0 and 0);
    ``direction`` is +1 when a high share is good. Raises ValueError unless there are 24 months.
    """
    if len(numerator) != 24 or len(denominator) != 24:
        raise ValueError("24 months are compared, 12 with 12")
    done, all_ = int(numerator[12:].sum()), int(denominator[12:].sum())
    done_before, all_before = int(numerator[:12].sum()), int(denominator[:12].sum())
    p_change = fisher_mid_p(done_before, all_before, done, all_)
    signal: int | None = None
    longest = 0
    p_run = float("nan")
    if all_ + all_before >= 24 * ENOUGH_A_POINT:
        with np.errstate(invalid="ignore"):
            share = np.where(denominator > 0, numerator / np.maximum(denominator, 1), np.nan)
        found = runs.analyse(share, float(np.nanmedian(share)))
        longest = found.longest
        p_run = longest_run_p(found.n_useful, found.longest)
        # A run that ended long ago is history, not news.
        current = found.last is not None and found.last >= 18
        signal = found.side * direction if current else 0
    both = [p for p in (p_change, p_run) if not isnan(p)]
    return Standing(
        numerator=done,
        denominator=all_,
        now=intervals.wilson(done, all_),
        before=done_before / all_before if all_before else float("nan"),
        change=intervals.newcombe(done_before, all_before, done, all_),
        signal=signal,
        longest=longest,
        p=min(1.0, len(both) * min(both)) if both else float("nan"),
    )


def stands_out(p: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which p-values belong to a list with at most 5 % false findings (Benjamini and Hochberg 1995); NaN never."""
    with np.errstate(invalid="ignore"):
        return benjamini_hochberg(p) <= FALSE_DISCOVERY_RATE


def fisher_mid_p(x1: int, n1: int, x2: int, n2: int) -> float:
    """Two-sided mid-p value that two shares are equal, given the margins (Lancaster 1961); NaN for an empty group."""
    if n1 == 0 or n2 == 0:
        return float("nan")
    total = x1 + x2
    low, high = max(0, total - n2), min(total, n1)

    def log_choose(n: int, k: int) -> float:
        return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)

    base = log_choose(n1 + n2, total)
    chance = np.array([exp(log_choose(n1, k) + log_choose(n2, total - k) - base) for k in range(low, high + 1)])
    seen = chance[x1 - low]
    tie = np.isclose(chance, seen, rtol=1e-9)
    return float(min(1.0, chance[(chance < seen) & ~tie].sum() + 0.5 * chance[tie].sum()))


@lru_cache(maxsize=4096)
def longest_run_p(n: int, longest: int) -> float:
    """Probability that n fair coin tosses hold a run, of either side, at least this long (Schilling 2012).

    Exact, by counting the sequences whose runs are all shorter; 1 for n = 0.
    """
    if longest <= 1 or n == 0:
        return 1.0
    if longest > n:
        return 0.0
    # ways[i]: sequences of i tosses without such a run, both sides counted.
    ways = [1, *[0] * n]
    for i in range(1, n + 1):
        ways[i] = sum(ways[i - length] * (2 if i == length else 1) for length in range(1, min(longest - 1, i) + 1))
    return 1.0 - ways[n] / 2**n
