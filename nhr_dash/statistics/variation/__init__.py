"""Variation between units: what chance explains, what is left, how sure a ranking is, and who changed when."""

from nhr_dash.statistics.variation.dispersion import Dispersion, dispersion, scores
from nhr_dash.statistics.variation.funnel import Funnel, column, funnel
from nhr_dash.statistics.variation.limits import (
    Limits,
    binomial_limits,
    garwood_limits,
    normal_limits,
    poisson_limits,
)

__all__ = [
    "Dispersion",
    "Funnel",
    "Limits",
    "binomial_limits",
    "column",
    "dispersion",
    "funnel",
    "garwood_limits",
    "normal_limits",
    "poisson_limits",
    "scores",
]
