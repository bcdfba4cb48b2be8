"""Case-mix: what to expect of a unit's own patients, how good that expectation is, and the unit beside it."""

from nhr_dash.statistics.casemix.calibration import Calibration, brier, c_statistic, calibrate
from nhr_dash.statistics.casemix.logistic import CannotFit
from nhr_dash.statistics.casemix.model import Model, Term, fit
from nhr_dash.statistics.casemix.standardise import expected_count, ratio, score_ratio, standardise

__all__ = [
    "Calibration",
    "CannotFit",
    "Model",
    "Term",
    "brier",
    "c_statistic",
    "calibrate",
    "expected_count",
    "fit",
    "ratio",
    "score_ratio",
    "standardise",
]
