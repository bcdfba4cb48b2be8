"""The measures of a project as they are read in a family: each in two phases, before and after the change began."""

from datetime import date

import numpy as np
import pandas

from nhr_dash.improvement.measured import Measured
from nhr_dash.statistics import reading


def read(one: Measured, starts_on: date | None, first: date | None = None) -> tuple[pandas.DataFrame, reading.Reading]:
    """A measure's points from a first day on with their ``phase`` (1 from the day of the change), and what they say.

    Minutes count one a point, whatever they were measured of. A count has no reading: ValueError.
    """
    if one.scale == "count":
        raise ValueError("a count is neither a share nor minutes")
    frame = one.frame if first is None else one.frame[one.frame["start"].to_numpy() >= np.datetime64(first)]
    starts = frame["start"].to_numpy().astype("datetime64[D]")
    phase = np.zeros(len(starts), dtype=int) if starts_on is None else (starts >= np.datetime64(starts_on)).astype(int)
    frame = frame.assign(phase=phase)
    if one.scale == "minutes" and not one.registry:
        frame["denominator"] = frame["value"].notna().astype(float)
    return frame, reading.read_frame(frame, direction=one.direction, duration=one.scale == "minutes")
