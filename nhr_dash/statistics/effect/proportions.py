"""Before and after for shares and rates: how much it changed, how sure that is, and how many patients it means."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nhr_dash.statistics.intervals import (
    NO_INTERVAL,
    Interval,
    clopper_pearson,
    miettinen_nurminen,
    newcombe,
    two_sided_z,
    wilson,
)


@dataclass(frozen=True)
class ShareChange:
    """A share before and after. Differences are after − before; ratios after over before.

    before, after: shares 0..1 with Wilson's interval. difference: Newcombe's interval; difference_score: Miettinen and
    Nurminen's. ratio (Katz) and odds_ratio (Woolf): None with `ratio_reason` where a cell is 0, because their limits
    do not exist there. p: exact, two-sided (Fisher); p_higher and p_lower: exact, one-sided. more_a_year: patients a
    year who have it after but would not have had it before, None without a yearly volume. reason: text key when
    nothing can be computed (a span without patients); all numbers are then NaN.
    """

    before_count: int
    before_patients: int
    after_count: int
    after_patients: int
    before: Interval
    after: Interval
    difference: Interval
    difference_score: Interval
    ratio: Interval | None
    odds_ratio: Interval | None
    ratio_reason: str | None
    p: float
    p_higher: float
    p_lower: float
    more_a_year: Interval | None
    reason: str | None


def fisher_exact(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float, float]:
    """Exact p-values of a 2×2 table: two-sided, after higher, after lower (Fisher 1935).

    Two-sided sums all tables no more likely than the one seen (as R does, with its relative tolerance 1e-7). NaN where
    a group is empty.
    """
    if n1 <= 0 or n2 <= 0:
        return (math.nan, math.nan, math.nan)
    total, events = n1 + n2, x1 + x2
    first, last = max(0, events - n1), min(events, n2)
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, total + 1)))))
    x = np.arange(first, last + 1)
    log_p = (
        log_factorial[n2]
        - log_factorial[x]
        - log_factorial[n2 - x]
        + log_factorial[n1]
        - log_factorial[events - x]
        - log_factorial[n1 - events + x]
    )
    probability = np.exp(log_p - log_p.max())
    probability /= probability.sum()
    seen = probability[x2 - first]
    two_sided = probability[probability <= seen * (1 + 1e-7)].sum()
    higher, lower = probability[x >= x2].sum(), probability[x <= x2].sum()
    return (min(1.0, float(two_sided)), min(1.0, float(higher)), min(1.0, float(lower)))


def _log_interval(estimate: float, variance: float, level: float) -> Interval:
    """Interval on the log scale, turned back."""
    reach = math.exp(two_sided_z(level) * math.sqrt(variance))
    return Interval(estimate, estimate / reach, estimate * reach)


def risk_ratio(x1: int, n1: int, x2: int, n2: int, level: float = 0.95) -> Interval | None:
    """Share after over share before (Katz et al, Biometrics 1978;34:469); None where a count is 0."""
    if min(x1, x2, n1, n2) <= 0:
        return None
    return _log_interval((x2 / n2) / (x1 / n1), 1 / x1 - 1 / n1 + 1 / x2 - 1 / n2, level)


def odds_ratio(x1: int, n1: int, x2: int, n2: int, level: float = 0.95) -> Interval | None:
    """Odds after over odds before (Woolf, Ann Hum Genet 1955;19:251); None where one of the four cells is 0."""
    cells = (x1, n1 - x1, x2, n2 - x2)
    if min(cells) <= 0:
        return None
    return _log_interval(x2 * (n1 - x1) / (x1 * (n2 - x2)), sum(1 / cell for cell in cells), level)


def before_after(
    before_count: int,
    before_patients: int,
    after_count: int,
    after_patients: int,
    *,
    level: float = 0.95,
    yearly_patients: float | None = None,
) -> ShareChange:
    """Compare a share before a change with the share after it. A ramp-in belongs to neither: leave it out of both.

    Counts of patients (count ≤ patients, ValueError otherwise). yearly_patients: how many a year the measure is about,
    for "so many more patients a year". One patient, none or all: an answer or a reason, never infinity.
    """
    b, nb, a, na = (round(value) for value in (before_count, before_patients, after_count, after_patients))
    before, after = wilson(b, nb, level), wilson(a, na, level)
    reason = None
    if nb == 0 or na == 0:
        both = nb == na
        reason = "effect.no_patients" if both else f"effect.no_patients_{'before' if nb == 0 else 'after'}"
    difference = newcombe(b, nb, a, na, level)
    p, higher, lower = fisher_exact(b, nb, a, na)
    ratio, odds = risk_ratio(b, nb, a, na, level), odds_ratio(b, nb, a, na, level)
    more = None
    if yearly_patients is not None and reason is None:
        scaled = [limit * yearly_patients for limit in difference]
        more = Interval(scaled[0], scaled[1], scaled[2])
    return ShareChange(
        before_count=b,
        before_patients=nb,
        after_count=a,
        after_patients=na,
        before=before,
        after=after,
        difference=difference,
        difference_score=miettinen_nurminen(b, nb, a, na, level),
        ratio=ratio,
        odds_ratio=odds,
        ratio_reason="effect.none_or_all" if reason is None and (ratio is None or odds is None) else None,
        p=p,
        p_higher=higher,
        p_lower=lower,
        more_a_year=more,
        reason=reason,
    )


@dataclass(frozen=True)
class RateChange:
    """A rate (events over exposure) before and after; ratio is after over before, None with a reason where it has no
    finite limits."""

    before: float
    after: float
    ratio: Interval | None
    p: float
    reason: str | None


def binomial_two_sided(x: int, n: int, share: float) -> float:
    """Exact two-sided p of x of n against a given share 0..1: all outcomes no more likely than the one seen."""
    from scipy.stats import binom

    if n <= 0:
        return math.nan
    outcomes = binom.pmf(np.arange(n + 1), n, share)
    return min(1.0, float(outcomes[outcomes <= outcomes[x] * (1 + 1e-7)].sum()))


def rate_change(
    before_events: int, before_exposure: float, after_events: int, after_exposure: float, *, level: float = 0.95
) -> RateChange:
    """Compare two rates exactly, given the sum of events (Przyborowski & Wilenski, Biometrika 1940;31:313).

    Exposures in the same unit (patient days, admissions), > 0; otherwise NaN with a reason. No events before: no
    finite ratio, only p. Equals R's poisson.test.
    """
    if before_exposure <= 0 or after_exposure <= 0:
        return RateChange(math.nan, math.nan, None, math.nan, "effect.no_exposure")
    events = before_events + after_events
    before, after = before_events / before_exposure, after_events / after_exposure
    if events == 0:
        return RateChange(before, after, None, 1.0, "effect.no_events")
    scale = before_exposure / after_exposure
    p = binomial_two_sided(after_events, events, 1 / (1 + scale))
    if before_events == 0:
        return RateChange(before, after, None, p, "effect.no_events_before")
    share = clopper_pearson(after_events, events, level)
    ratio = Interval(after / before, scale * share.low / (1 - share.low), scale * share.high / (1 - share.high))
    return RateChange(before, after, ratio, p, None)


@dataclass(frozen=True)
class PairedShareChange:
    """The same patients asked twice: how many turned to yes and to no. difference: after − before; p exact."""

    patients: int
    became_yes: int
    became_no: int
    difference: Interval
    p: float
    reason: str | None


def paired_share_change(
    yes_yes: int, yes_no: int, no_yes: int, no_no: int, *, level: float = 0.95
) -> PairedShareChange:
    """Paired shares: exact McNemar p, and Newcombe's interval (Stat Med 1998;17:2635, method 10).

    The counts are (before, after): yes_no were yes before and no after. No pairs: NaN with a reason.
    """
    n = yes_yes + yes_no + no_yes + no_no
    if n == 0:
        return PairedShareChange(0, 0, 0, NO_INTERVAL, math.nan, "effect.no_patients")
    before, after = wilson(yes_yes + yes_no, n, level), wilson(yes_yes + no_yes, n, level)
    margins = (yes_yes + yes_no) * (no_yes + no_no) * (yes_yes + no_yes) * (yes_no + no_no)
    cross = yes_yes * no_no - yes_no * no_yes
    # Continuity-corrected correlation, as Newcombe prescribes, and only where it is positive.
    corrected = max(cross - n / 2, 0.0) if cross > 0 else float(cross)
    correlation = corrected / math.sqrt(margins) if margins > 0 else 0.0

    def arm(up: float, down: float) -> float:
        """Length of one arm of the interval, from two arms of the Wilson intervals."""
        return math.sqrt(max(0.0, up * up - 2 * correlation * up * down + down * down))

    difference = (no_yes - yes_no) / n
    low = difference - arm(after.estimate - after.low, before.high - before.estimate)
    high = difference + arm(after.high - after.estimate, before.estimate - before.low)
    changed = yes_no + no_yes
    p = binomial_two_sided(no_yes, changed, 0.5) if changed else 1.0
    return PairedShareChange(n, no_yes, yes_no, Interval(difference, low, high), p, None)
