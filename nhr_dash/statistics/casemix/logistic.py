"""Maximum likelihood for the logistic model, on numbers only.

Iterated to the end (relative change of deviance under 1e-14, where R stops at 1e-8): standard errors are otherwise off
by up to 3e-4. Not statsmodels: it takes a second to import, and the fit is twenty lines.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nhr_dash.statistics.intervals import Floats

TOLERANCE = 1e-14
MOST_ITERATIONS = 60


class CannotFit(ValueError):
    """No model can be fitted. `reason` is no_patients, none_or_all (one outcome only) or
    too_few_patients; its words are casemix.<reason>.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Logistic:
    """Coefficients with covariance, one a column of the design; a column that repeats others has 0 and no error (NaN).

    `fitted`: each patient's probability. `iterations`: steps taken.
    """

    coefficients: Floats
    covariance: Floats
    fitted: Floats
    deviance: float
    iterations: int

    @property
    def errors(self) -> Floats:
        """Standard errors; NaN for a column left out."""
        return np.sqrt(np.diag(self.covariance))


def expit(value: ArrayLike) -> Floats:
    """1/(1 + e^−x), safe for any x."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(value, dtype=float)))


def logit(share: ArrayLike) -> Floats:
    """ln(p/(1 − p)), with p held 1e-12 from 0 and 1."""
    p = np.clip(np.asarray(share, dtype=float), 1e-12, 1 - 1e-12)
    return np.log(p / (1 - p))


def deviance(y: Floats, p: Floats) -> float:
    """−2 × log-likelihood of outcomes 0/1 at probabilities p."""
    chosen = np.where(y == 1, p, 1 - p)
    return float(-2 * np.sum(np.log(np.maximum(chosen, 1e-300))))


def independent(design: Floats) -> NDArray[np.bool_]:
    """Which columns say something the columns before them do not (two "missing" columns are often the same)."""
    lengths = np.linalg.norm(design, axis=0)
    scaled = design / np.where(lengths > 0, lengths, 1.0)
    triangle = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    return (triangle > 1e-9) & (lengths > 0)


def fit(design: ArrayLike, y: ArrayLike, offset: ArrayLike | float = 0.0) -> Logistic:
    """Fit outcomes y (0/1, nothing missing) on the columns of `design` (patients × columns; the intercept is one).

    offset is added to the linear predictor with coefficient 1. CannotFit when all have one outcome, or when there are
    not more patients than columns.
    """
    wide, outcome = np.asarray(design, dtype=float), np.asarray(y, dtype=float)
    if not outcome.size:
        raise CannotFit("no_patients")
    if outcome.min() == outcome.max():
        raise CannotFit("none_or_all")
    if outcome.size <= wide.shape[1]:
        raise CannotFit("too_few_patients")
    used = independent(wide)
    columns = wide[:, used]
    shift = np.broadcast_to(np.asarray(offset, dtype=float), outcome.shape)
    p = (outcome + 0.5) / 2
    linear = logit(p)
    before, steps = deviance(outcome, p), 0
    root = np.empty((0, 0))
    while steps < MOST_ITERATIONS:
        steps += 1
        weight = np.sqrt(np.maximum(p * (1 - p), 1e-300))
        q, root = np.linalg.qr(columns * weight[:, None])
        working = linear - shift + (outcome - p) / weight**2
        found = np.linalg.solve(root, q.T @ (weight * working))
        linear = columns @ found + shift
        p = np.clip(expit(linear), 1e-15, 1 - 1e-15)
        now = deviance(outcome, p)
        if abs(now - before) < TOLERANCE * (abs(now) + 0.1):
            break
        before = now
    inverse = np.linalg.inv(root)
    coefficients = np.zeros(wide.shape[1])
    coefficients[used] = found
    covariance = np.full((wide.shape[1], wide.shape[1]), np.nan)
    covariance[np.ix_(used, used)] = inverse @ inverse.T
    return Logistic(coefficients, covariance, p, deviance(outcome, p), steps)
