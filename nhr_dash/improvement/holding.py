"""Points of a series that a team has held out of lines and rules: which they are, and the series without them."""

from collections.abc import Sequence

import pandas

from nhr_dash.improvement.annotations import Exclusion


def held_out(frame: pandas.DataFrame, exclusions: Sequence[Exclusion]) -> tuple[bool, ...]:
    """Points of a series whose middle lies in days that are held out: most of a month, or the patient's own day."""
    middle = frame["start"] + (frame["end"] - frame["start"]) / 2
    found = middle.isna()
    for one in exclusions:
        found |= (middle.dt.date >= one.starts_on) & (middle.dt.date <= one.ends_on)
    return tuple(found.tolist())


def without(frame: pandas.DataFrame, excluded: Sequence[bool]) -> pandas.DataFrame:
    """The series as it is read: points that are held out stand in their place without patients."""
    if not any(excluded):
        return frame
    kept = [not out for out in excluded]
    return frame.assign(
        value=frame["value"].where(kept),
        numerator=frame["numerator"].where(kept, 0),
        denominator=frame["denominator"].where(kept, 0),
    )
