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
from nhr_dash.statistics.variation.ranks import rank_intervals
from nhr_dash.statistics.variation.shrinkage import (
    CannotShrink,
    Shrunken,
    SpreadChange,
    best_unit,
    shrink,
    spread_change,
)
from nhr_dash.statistics.variation.spread import Spread, spread
from nhr_dash.statistics.variation.steps import Steps, find_steps

__all__ = [
    "CannotShrink",
    "Dispersion",
    "Funnel",
    "Limits",
    "Shrunken",
    "Spread",
    "SpreadChange",
    "Steps",
    "best_unit",
    "binomial_limits",
    "column",
    "dispersion",
    "find_steps",
    "funnel",
    "garwood_limits",
    "normal_limits",
    "poisson_limits",
    "rank_intervals",
    "scores",
    "shrink",
    "spread",
    "spread_change",
]
