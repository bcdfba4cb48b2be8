"""What may be shown of small numbers. Works on results, after the statistics on full data.

One's own unit shows everything (few patients: a hollow dot). Other units show nothing that could
give away a patient: below :attr:`Limits.other_units` the counts and the value are removed, the
period stays. Which windows and filters other units may be asked with at all is the registry's
fixed grid (calendar months, one filter at a time), so that two answers can't be subtracted.
"""

from dataclasses import dataclass

import pandas

COUNTS = ("numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Limits:
    """The four limits that are in use nationally, as settings.

    ``hollow``         own unit: fewer patients are drawn as a hollow dot
    ``other_units``    other units: fewer patients are not shown at all
    ``pooled_units``   a comparison curve is pooled over at least so many units
    ``indicators_own`` an indicator's own minimum counts too, where it is larger than ``other_units``
    ``low_coverage``   results of a unit with a lower share are shown with a caveat
    """

    hollow: int = 5
    other_units: int = 5
    pooled_units: int = 5
    indicators_own: bool = True
    low_coverage: float = 0.70

    def least(self, fewest: int) -> int:
        """How many patients a point of another unit must have; ``fewest``: the indicator's own minimum."""
        return max(self.other_units, fewest) if self.indicators_own else self.other_units


STANDARD = Limits()
FAGRAAD = Limits(indicators_own=False)
"""Who looks for variation between all units publishes nothing by it: an indicator's own minimum doesn't count."""


def limits_of(*, fagraad: bool) -> Limits:
    """The limits of a reader."""
    return FAGRAAD if fagraad else STANDARD


class TooFewUnits(Exception):
    """A comparison curve would be pooled over too few units to be anonymous."""


def shown(frame: pandas.DataFrame, *, own: bool, fewest: int = 0, limits: Limits = STANDARD) -> pandas.DataFrame:
    """A result as it may be shown: a copy with ``hidden`` (counts removed) and ``few`` (hollow dot).

    ``frame`` has ``numerator``, ``denominator``, ``value`` and what else belongs to the point.
    ``fewest`` is the indicator's own minimum denominator. A gap (denominator 0) is nothing to hide.
    """
    counted = frame["denominator"]
    least = limits.least(fewest)
    hidden = (counted > 0) & (counted < least) & (not own)
    result = frame.assign(hidden=hidden, few=(counted > 0) & (counted < limits.hollow))
    numbers = [name for name in result.columns if name in COUNTS or name == "value" or name.endswith("_median")]
    if hidden.any():
        for name in numbers:
            result[name] = result[name].astype(float).mask(hidden)
    return result


def as_gaps(frame: pandas.DataFrame) -> pandas.DataFrame:
    """What :func:`shown` gave with hidden points as gaps, as a chart draws them: counts 0, value missing."""
    hidden = frame["hidden"]
    return frame.assign(**{name: frame[name].mask(hidden, 0).astype(float) for name in COUNTS})


def require_pool(units: int, limits: Limits = STANDARD) -> None:
    """Raise :class:`TooFewUnits` unless a comparison curve is pooled over enough units."""
    if units < limits.pooled_units:
        raise TooFewUnits(f"{units} of at least {limits.pooled_units} units")


def low_coverage(share: float | None, limits: Limits = STANDARD) -> bool:
    """Is the newest known coverage too low for the results to be read without a caveat? Unknown is not low."""
    return share is not None and share < limits.low_coverage
