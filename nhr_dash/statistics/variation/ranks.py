"""Places in a ranking with their uncertainty, each unit seen by itself.

Units' true values are drawn from their own intervals and ranked over and over (Marshall & Spiegelhalter, BMJ
1998;316:1701). Where units hardly differ every interval is wide: that is the finding, not a fault.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nhr_dash.statistics.intervals import two_sided_z

DRAWS = 4000


def rank_intervals(
    value: ArrayLike, low: ArrayLike, high: ArrayLike, *, level: float = 0.95, draws: int = DRAWS, seed: int = 1
) -> pd.DataFrame:
    """One row a unit, in the order given: rank (1 is the highest value; ties share the best), rank_low, rank_high.

    low and high: the value's interval at `level`, taken as normal with its width. The rank interval holds `level` of
    the drawn rankings, and always the rank itself. NaN for a unit without a value. ValueError when lengths differ.
    """
    middle, first, last = (np.asarray(part, dtype=float) for part in (value, low, high))
    if not middle.shape == first.shape == last.shape or middle.ndim != 1:
        raise ValueError("one value and one interval a unit")
    known = ~np.isnan(middle)
    found = pd.DataFrame(np.nan, index=range(middle.size), columns=["rank", "rank_low", "rank_high"])
    if not known.any():
        return found
    mean, error = middle[known], (last - first)[known] / (2 * two_sided_z(level))
    true = np.random.default_rng(seed).normal(mean, error, size=(draws, mean.size))
    drawn = np.argsort(np.argsort(-true, axis=1), axis=1) + 1
    tail = (1 - level) / 2
    rank = (mean[:, None] < mean).sum(axis=1) + 1.0
    ends = np.quantile(drawn, [tail, 1 - tail], axis=0, method="inverted_cdf")
    found.loc[known] = np.column_stack([rank, np.minimum(ends[0], rank), np.maximum(ends[1], rank)])
    return found
