"""How good a model's probabilities are: do they tell patients apart, and are they right?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.casemix import logistic
from nhr_dash.statistics.intervals import NO_INTERVAL, Floats, Interval, two_sided_z, wilson


@dataclass(frozen=True)
class Calibration:
    """Probabilities against outcomes.

    `in_the_large`: log odds by which outcomes lie above the probabilities, 0 when right on average (Cox 1958). `slope`:
    1 when right, under 1 when the probabilities are too far apart (over-fitted). `curve`: one row a group of patients,
    rising probability: patients, expected (mean probability), observed (share), low, high (Wilson). `reason` says why
    intervals are missing, else None.
    """

    patients: int
    in_the_large: Interval
    slope: Interval
    c_statistic: Interval
    brier: float
    hosmer_lemeshow: float
    curve: pd.DataFrame
    reason: str | None


def _known(y: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    """Outcomes and probabilities where both are there."""
    outcome, expected = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    if outcome.shape != expected.shape or outcome.ndim != 1:
        raise ValueError("one probability an outcome")
    known = ~np.isnan(outcome) & ~np.isnan(expected)
    return outcome[known], expected[known]


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Mean squared distance of probability from outcome (Brier, Mon Weather Rev 1950); NaN without patients."""
    outcome, expected = _known(y, p)
    return float(np.mean((outcome - expected) ** 2)) if outcome.size else float("nan")


def c_statistic(y: ArrayLike, p: ArrayLike, level: float = 0.95) -> Interval:
    """P(one with the outcome had the higher probability), ties half; 0.5 is chance. Interval of DeLong (1988).

    NaN where everybody has the same outcome.
    """
    from scipy.stats import rankdata

    outcome, expected = _known(y, p)
    events, others = expected[outcome == 1], expected[outcome == 0]
    if not events.size or not others.size:
        return NO_INTERVAL
    together = rankdata(np.concatenate([events, others]))
    of_events = (together[: events.size] - rankdata(events)) / others.size
    of_others = 1 - (together[events.size :] - rankdata(others)) / events.size
    estimate = float(of_events.mean())
    if events.size < 2 or others.size < 2:
        return Interval(estimate, 0.0, 1.0)
    variance = of_events.var(ddof=1) / events.size + of_others.var(ddof=1) / others.size
    half = two_sided_z(level) * float(np.sqrt(variance))
    return Interval(estimate, max(0.0, estimate - half), min(1.0, estimate + half))


def _groups(expected: Floats, groups: int) -> NDArray[np.int64]:
    """Equal groups by rank of probability, ties in the order they came."""
    rank = np.empty(expected.size, dtype=np.int64)
    rank[np.argsort(expected, kind="stable")] = np.arange(expected.size)
    return np.ceil((rank + 1) * groups / expected.size - 1e-9).astype(np.int64) - 1


def calibrate(y: ArrayLike, p: ArrayLike, *, groups: int = 10, level: float = 0.95) -> Calibration:
    """Compare outcomes y (0/1; NaN is left out) with probabilities p, one a patient.

    At most `groups` points on the curve, and at least ten patients in each. ValueError when lengths differ.
    """
    outcome, expected = _known(y, p)
    group = _groups(expected, max(1, min(groups, outcome.size // 10))) if outcome.size else np.array([], dtype=np.int64)
    table = pd.DataFrame({"group": group, "expected": expected, "observed": outcome}).groupby("group")
    size, sum_expected, sum_observed = table.size(), table["expected"].sum(), table["observed"].sum()
    limits = wilson(sum_observed.to_numpy(dtype=float), size.to_numpy(dtype=float), level)
    curve = pd.DataFrame(
        {
            "patients": size,
            "expected": sum_expected / size,
            "observed": sum_observed / size,
            "low": limits.low,
            "high": limits.high,
        }
    )
    spread = sum_expected * (1 - sum_expected / size)
    distance = float(((sum_observed - sum_expected) ** 2 / spread.where(spread > 0)).sum())
    z = two_sided_z(level)
    linear = logistic.logit(expected)

    def interval(fitted: logistic.Logistic, place: int) -> Interval:
        middle, half = float(fitted.coefficients[place]), z * float(fitted.errors[place])
        return Interval(middle, middle - half, middle + half)

    large = slope = NO_INTERVAL
    reason = None
    try:
        ones = np.ones((outcome.size, 1))
        large = interval(logistic.fit(ones, outcome, linear), 0)
        if np.ptp(linear) > 0:
            slope = interval(logistic.fit(np.column_stack([ones, linear]), outcome), 1)
        else:
            reason = "casemix.all_alike"
    except logistic.CannotFit as why:
        reason = f"casemix.{why.reason}"
    c = c_statistic(outcome, expected, level)
    return Calibration(outcome.size, large, slope, c, brier(outcome, expected), distance, curve, reason)
