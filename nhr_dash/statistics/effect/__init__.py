"""Before and after: what changed, by how much, how sure that is, and what else could explain it."""

from nhr_dash.statistics.effect.durations import (
    MinutesShift,
    RankTest,
    mann_whitney,
    minutes_shift,
    paired_minutes,
    quantile_change,
)
from nhr_dash.statistics.effect.proportions import (
    PairedShareChange,
    RateChange,
    ShareChange,
    before_after,
    paired_share_change,
    rate_change,
)

__all__ = [
    "MinutesShift",
    "PairedShareChange",
    "RankTest",
    "RateChange",
    "ShareChange",
    "before_after",
    "mann_whitney",
    "minutes_shift",
    "paired_minutes",
    "paired_share_change",
    "quantile_change",
    "rate_change",
]
