"""How long must we wait to know? False alarms, the chance to see a lift, the wait, and what to do instead.

Shares are 0..1, volumes patients a month, waits whole months. Everything here is planning: normal approximations with
the boundaries of `looks`, close to the simulated table in docs/error_rates.md: within five percentage points from 11
patients a month on. At 4 a month they promise up to seven points too much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist
from typing import Literal

from nhr_dash.statistics.effect.evidence import ORDINARY_CORRELATION
from nhr_dash.statistics.looks import FIRST_LOOK, YEAR, Schedule, crossing, schedule

Rule = Literal["likely", "clear", "one_look", "cusum"]

WANTED = 0.8
"""Chance of seeing it that counts as knowing."""
PROJECT_MONTHS = 18
"""Longest wait that fits within a project."""
HORIZON = 60
"""Months ahead that are looked at; a longer wait is no plan."""
RANK_EFFICIENCY = 3 / math.pi
"""Efficiency of the rank test against the t test for normal log minutes (Hodges & Lehmann 1956)."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Instead:
    """Something to do instead of waiting: its text key (`power.…`), and its own wait in months on each side.

    months None: no verdict is promised at all (following patient by patient).
    """

    key: str
    months: int | None
    values: dict[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class PowerMeter:
    """What a team can expect to see.

    false_alarm: probability of an answer within a year of looks when nothing changed. seen: probability of an answer
    within 3, 6 and 12 months after the change. months_to_know: months until that is 80 %, None beyond five years or
    never, because the baseline is too short. months_each_side: months before and as many after for one planned look
    with 80 %. smallest: smallest share (in the wanted direction) seen with 80 % within a year, None when none is.
    reason, values: text key and whole numbers for the sentence. instead: what to do when the wait is too long.
    """

    rule: Rule
    false_alarm: float
    seen: dict[int, float]
    months_to_know: int | None
    months_each_side: int | None
    smallest: float | None
    reason: str
    values: dict[str, int]
    instead: tuple[Instead, ...]


def months_each_side(monthly: float, before: float, after: float, power: float = WANTED) -> int | None:
    """Months before and as many after for a pooled test at 5 % two-sided (Fleiss 1981, without correction).

    None without patients or without a change. 75 → 88 % at 4 a month: 35.
    """
    if monthly <= 0 or before == after:
        return None
    middle = (before + after) / 2
    spread = 1.959964 * math.sqrt(2 * middle * (1 - middle))
    spread += _NORMAL.inv_cdf(power) * math.sqrt(before * (1 - before) + after * (1 - after))
    return math.ceil(spread**2 / (monthly * (after - before) ** 2))


def minutes_months_each_side(monthly: float, before: float, after: float, power: float = WANTED) -> int | None:
    """The same for the rank test on the minutes behind the share within a limit.

    Assumes log-normal minutes with the same spread: the lift of the share then is a shift of so many standard
    deviations. None where a share is 0 or 1 (its shift is unknown), without patients, or without a change.
    """
    if monthly <= 0 or before == after or min(before, after) <= 0 or max(before, after) >= 1:
        return None
    shift = abs(_NORMAL.inv_cdf(after) - _NORMAL.inv_cdf(before))
    patients = 2 * ((1.959964 + _NORMAL.inv_cdf(power)) / shift) ** 2 / RANK_EFFICIENCY
    return math.ceil(patients / monthly)


def month_deviation(monthly: float, before: float, after: float) -> float:
    """Standard deviation of one month's share, with ordinary variation between months; `monthly` > 0."""
    middle = (before + after) / 2
    # A share of 0 or 1 on both sides still varies by half a patient.
    middle = min(max(middle, 0.5 / (12 * monthly + 1)), 1 - 0.5 / (12 * monthly + 1))
    ordinary = 1 + max(monthly - 1, 0.0) * ORDINARY_CORRELATION
    return math.sqrt(ordinary * middle * (1 - middle) / monthly)


def _seen(plan: Schedule, monthly: float, before: float, after: float) -> dict[int, float]:
    """Probability of an answer by the end of each month of the plan."""
    drift = abs(after - before) / month_deviation(monthly, before, after)
    return dict(zip(plan.months, crossing(plan, drift).tolist(), strict=True))


def _one_look(monthly: float, baseline_months: int, before: float, after: float, month: int) -> float:
    """Power of a single two-sided 5 % look at a month, without allowance for variation between months."""
    own = before * (1 - before) / (monthly * baseline_months) + after * (1 - after) / (monthly * month)
    middle = (before * baseline_months + after * month) / (baseline_months + month)
    null = middle * (1 - middle) * (1 / baseline_months + 1 / month) / monthly
    if own <= 0:
        return 1.0 if after != before else 0.0
    return _NORMAL.cdf((abs(after - before) - 1.959964 * math.sqrt(null)) / math.sqrt(own))


def _cusum_seen(monthly: float, baseline_months: int, before: float, after: float, months: int) -> tuple[float, float]:
    """False alarm within a year and chance of a signal within some months, for a CUSUM calibrated to 5 %."""
    from nhr_dash.statistics import cusum

    yearly, held = max(1, round(12 * monthly)), max(1, round(baseline_months * monthly))
    ratio = 2.0 if after >= before else 0.5
    inside = min(max(before, 0.5 / (held + 1)), 1 - 0.5 / (held + 1))
    limit = cusum.calibrated_limit(round(inside, 3), yearly, baseline_patients=held, odds_ratio=ratio)
    possible, chances = cusum.possible_baselines(inside, held)
    patients = max(1, round(months * monthly))
    seen = cusum.signal_probability(after, possible, ratio, limit.h, patients=patients, chances=chances)
    return limit.false_alarm, seen


def _chances(
    rule: Rule, monthly: float, baseline: int, before: float, after: float
) -> tuple[float, dict[int, float], int | None]:
    """False alarm, chance by 3, 6 and 12 months, and months until the wanted chance."""
    if rule in {"likely", "clear"}:
        alpha = 0.05 if rule == "likely" else 0.025
        long = _seen(schedule(baseline, HORIZON, alpha), monthly, before, after)
        first = next((month for month, chance in long.items() if chance >= WANTED), None)
        return alpha, {month: long[month] for month in (3, 6, 12)}, first
    if rule == "one_look":
        by_month = {m: _one_look(monthly, baseline, before, after, m) for m in range(FIRST_LOOK, HORIZON + 1)}
        first = next((month for month, chance in by_month.items() if chance >= WANTED), None)
        return 0.025, {month: by_month[month] for month in (3, 6, 12)}, first
    seen = {month: _cusum_seen(monthly, baseline, before, after, month) for month in (3, 6, 12)}
    first = None
    if seen[12][1] >= WANTED:
        tries = ((m, _cusum_seen(monthly, baseline, before, after, m)[1]) for m in range(FIRST_LOOK, YEAR + 1))
        first = next((month for month, chance in tries if chance >= WANTED), None)
    return seen[12][0], {month: chance for month, (_, chance) in seen.items()}, first


@lru_cache(maxsize=256)
def smallest_seen(monthly: float, baseline_months: int, before: float, direction: int = 1) -> float | None:
    """The smallest improvement that is seen as likely with 80 % within a year: the share it leads to, or None.

    before: share now; direction +1 when higher is better. monthly > 0.
    """
    plan = schedule(min(max(baseline_months, 1), HORIZON), YEAR, 0.05)
    near, far = before, 1.0 if direction > 0 else 0.0
    if monthly <= 0 or near == far or _seen(plan, monthly, before, far)[YEAR] < WANTED:
        return None
    for _ in range(12):
        middle = (near + far) / 2
        if _seen(plan, monthly, before, middle)[YEAR] < WANTED:
            near = middle
        else:
            far = middle
    return far


@lru_cache(maxsize=256)
def meter(
    monthly: float,
    baseline_months: int,
    before: float,
    after: float,
    *,
    rule: Rule = "likely",
    has_minutes: bool = False,
    trust_monthly: float | None = None,
    process: tuple[float, float] = (0.3, 0.7),
) -> PowerMeter:
    """The power meter for a wanted lift from `before` to `after` (shares 0..1, before ≠ after).

    monthly: patients a month; baseline_months: months of baseline; rule: our verdict ("likely", "clear"), one planned
    look, or the calibrated CUSUM. trust_monthly: patients a month in the whole trust, for pooling; process: expected
    lift of a done/not-done measure of the change itself. ValueError for shares outside 0..1, equal shares, or a
    baseline under a month. Without patients the reason is `power.no_patients`.
    """
    if not (0 <= before <= 1 and 0 <= after <= 1) or before == after or baseline_months < 1:
        raise ValueError("two different shares and a baseline are needed")
    if monthly <= 0:
        nothing = {3: 0.0, 6: 0.0, 12: 0.0}
        return PowerMeter(rule, 0.0, nothing, None, None, None, "power.no_patients", {}, ())
    baseline = min(baseline_months, HORIZON)
    false_alarm, seen, to_know = _chances(rule, monthly, baseline, before, after)
    each_side = months_each_side(monthly, before, after)
    values = {
        "before": round(100 * before),
        "after": round(100 * after),
        "a_month": round(monthly),
        "seen_year": round(100 * seen[12]),
        "baseline": baseline,
    }
    if to_know is not None and to_know <= PROJECT_MONTHS:
        reason, values["months"] = "power.within_project", to_know
    elif each_side is not None and each_side <= PROJECT_MONTHS:
        reason, values["months"] = "power.longer_baseline", each_side
    elif each_side is not None and each_side <= HORIZON:
        reason, values["months"] = "power.too_long", each_side
    else:
        reason, values["years"] = "power.beyond_plan", HORIZON // 12
    instead: list[Instead] = []
    if reason in ("power.too_long", "power.beyond_plan"):
        instead = _instead(monthly, before, after, has_minutes, trust_monthly, process=process)
    smallest = smallest_seen(monthly, baseline, before, 1 if after > before else -1)
    return PowerMeter(rule, false_alarm, seen, to_know, each_side, smallest, reason, values, tuple(instead))


def _instead(
    monthly: float,
    before: float,
    after: float,
    has_minutes: bool,
    trust_monthly: float | None,
    *,
    process: tuple[float, float],
) -> list[Instead]:
    """What to do when the wait is longer than a project, each with its own wait that can be planned, shortest first."""
    found = []
    if has_minutes and (months := minutes_months_each_side(monthly, before, after)) is not None:
        found.append(Instead("power.instead_minutes", months, {"months": months}))
    if (months := months_each_side(monthly, *process)) is not None:
        shares = {"before": round(100 * process[0]), "after": round(100 * process[1]), "months": months}
        found.append(Instead("power.instead_process", months, shares))
    if trust_monthly is not None and trust_monthly > monthly:
        months = months_each_side(trust_monthly, before, after)
        if months is not None:
            found.append(Instead("power.instead_pool", months, {"months": months, "a_month": round(trust_monthly)}))
    found = sorted((way for way in found if (way.months or 0) <= HORIZON), key=lambda way: way.months or 0)
    return [*found, Instead("power.instead_follow", None)]
