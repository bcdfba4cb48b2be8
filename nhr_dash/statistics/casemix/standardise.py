"""Units compared as if they had had the same patients: observed against expected."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nhr_dash.statistics.casemix.logistic import expit, logit
from nhr_dash.statistics.intervals import Floats, Interval, byar, exact_poisson, two_sided_z

Method = Literal["score", "byar", "exact"]
LARGEST_EXACT = 3000


def expected_count(n: ArrayLike, reference_x: ArrayLike, reference_n: ArrayLike) -> float:
    """Expected events: each stratum's patients n times the reference's rate there. Strata without reference: error."""
    size, x, base = (np.asarray(values, dtype=float) for values in (n, reference_x, reference_n))
    if np.any((base <= 0) & (size > 0)):
        raise ValueError("a stratum with patients has no reference")
    return float(np.sum(size * np.divide(x, base, out=np.zeros_like(base), where=base > 0)))


def ratio(observed: float, expected: float, level: float = 0.95, method: Literal["byar", "exact"] = "byar") -> Interval:
    """Observed/expected with a Poisson interval, for rare events; NaN when nothing is expected."""
    if not expected > 0:
        return Interval(np.nan, np.nan, np.nan)
    got = (byar if method == "byar" else exact_poisson)(observed, level)
    return Interval(observed / expected, got.low / expected, got.high / expected)


def score_ratio(observed: float, p: ArrayLike, level: float = 0.95) -> Interval:
    """Observed/expected where the outcome need not be rare; p is each patient's probability.

    All patients' log odds are moved together until the observed number lies z standard errors off (the score interval;
    with equal p it is Wilson's). The Poisson interval is three times too wide at a share of 90 %.
    """
    from scipy.optimize import brentq

    chances = np.asarray(p, dtype=float)
    expected = float(chances.sum())
    if not expected > 0:
        return Interval(np.nan, np.nan, np.nan)
    z, linear = two_sided_z(level), logit(chances)

    def end(wanted: float) -> float:
        """The ratio at which the observed number lies `wanted` errors above what is expected."""

        def distance(move: float) -> float:
            moved = expit(linear + move)
            return observed - moved.sum() - wanted * np.sqrt((moved * (1 - moved)).sum())

        # At log odds 30 from the most extreme patient nothing is left to move, and rounding has not yet taken over.
        move = brentq(distance, -30.0 - linear.max(), 30.0 - linear.min(), xtol=1e-12)
        return float(expit(linear + move).sum()) / expected

    low = 0.0 if observed <= 0 else end(z)
    high = chances.size / expected if observed >= chances.size else end(-z)
    return Interval(observed / expected, low, high)


def count_tails(observed: float, p: ArrayLike) -> tuple[float, float]:
    """P(this few or fewer) and P(this many or more) events among patients with probabilities p: exact.

    Beyond 3 000 patients the normal approximation with continuity correction.
    """
    from scipy.stats import norm

    chances = np.asarray(p, dtype=float)
    if chances.size > LARGEST_EXACT:
        mean, sd = chances.sum(), max(float(np.sqrt((chances * (1 - chances)).sum())), 1e-12)
        return float(norm.cdf((observed + 0.5 - mean) / sd)), float(norm.sf((observed - 0.5 - mean) / sd))
    counts: Floats = np.zeros(chances.size + 1)
    counts[0] = 1.0
    for place, chance in enumerate(chances, start=1):
        counts[1 : place + 1] = counts[1 : place + 1] * (1 - chance) + counts[:place] * chance
        counts[0] *= 1 - chance
    at = round(observed)
    return min(1.0, float(counts[: at + 1].sum())), min(1.0, float(counts[at:].sum()))


def standardise(
    y: ArrayLike, p: ArrayLike, unit: ArrayLike, *, method: Method = "score", level: float = 0.95
) -> pd.DataFrame:
    """Indirect standardisation: one row a unit (the index, sorted).

    y (0/1, NaN left out), p (the model's probability) and unit have one value a patient. Columns: patients, observed,
    expected, ratio, low, high (observed/expected), rate, rate_low, rate_high (ratio × the overall share: what the unit
    would have with everybody's patients; above 1 is possible in a unit with light patients), z (difference in standard
    errors) and p (two-sided, exact). Methods: `score` for any share, `byar` and `exact` Poisson for rare events.
    ValueError when lengths differ.
    """
    outcome, chances, units = np.asarray(y, dtype=float), np.asarray(p, dtype=float), np.asarray(unit)
    if not outcome.shape == chances.shape == units.shape or outcome.ndim != 1:
        raise ValueError("one outcome, one probability and one unit a patient")
    known = ~np.isnan(outcome) & ~np.isnan(chances)
    outcome, chances, units = outcome[known], chances[known], units[known]
    overall = float(outcome.mean()) if outcome.size else np.nan
    names = np.unique(units)
    rows = []
    for name in names:
        own, of_unit = outcome[units == name], chances[units == name]
        observed, expected = float(own.sum()), float(of_unit.sum())
        got = score_ratio(observed, of_unit, level) if method == "score" else ratio(observed, expected, level, method)
        variance = float((of_unit * (1 - of_unit)).sum())
        z = (observed - expected) / np.sqrt(variance) if variance > 0 else np.nan
        two_sided = min(1.0, 2 * min(count_tails(observed, of_unit)))
        rates = tuple(overall * value for value in got)
        rows.append((own.size, observed, expected, *got, *rates, z, two_sided))
    columns = ["patients", "observed", "expected", "ratio", "low", "high", "rate", "rate_low", "rate_high", "z", "p"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(names, name="unit"))
