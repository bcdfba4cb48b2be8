"""Before and after: what changed, by how much, how sure that is, and what else could explain it."""

from nhr_dash.statistics.effect.did import DifferenceInDifferences, difference_in_differences
from nhr_dash.statistics.effect.durations import (
    MinutesShift,
    RankTest,
    mann_whitney,
    minutes_shift,
    paired_minutes,
    quantile_change,
)
from nhr_dash.statistics.effect.interrupted import InterruptedSeries, interrupted_series
from nhr_dash.statistics.effect.minutes import MinutesVerdict, judge_minutes
from nhr_dash.statistics.effect.proportions import (
    PairedShareChange,
    RateChange,
    ShareChange,
    before_after,
    paired_share_change,
    rate_change,
)
from nhr_dash.statistics.effect.spans import Spans, clear_in_whole_years, comparison, judge_series, split
from nhr_dash.statistics.effect.strata import StratifiedChange, stratified_change, trend_p
from nhr_dash.statistics.effect.verdict import Comparison, Grade, Months, Verdict, judge

__all__ = [
    "Comparison",
    "DifferenceInDifferences",
    "Grade",
    "InterruptedSeries",
    "MinutesShift",
    "MinutesVerdict",
    "Months",
    "PairedShareChange",
    "RankTest",
    "RateChange",
    "ShareChange",
    "Spans",
    "StratifiedChange",
    "Verdict",
    "before_after",
    "clear_in_whole_years",
    "comparison",
    "difference_in_differences",
    "interrupted_series",
    "judge",
    "judge_minutes",
    "judge_series",
    "mann_whitney",
    "minutes_shift",
    "paired_minutes",
    "paired_share_change",
    "quantile_change",
    "rate_change",
    "split",
    "stratified_change",
    "trend_p",
]
