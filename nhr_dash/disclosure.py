"""What may be shown of small numbers: the limits, and a result without what is hidden. The registry applies them.

One's own unit shows everything (few patients: a hollow dot). Of other units a cell - a unit's calendar month, tertial
or year - is hidden where it holds few patients, and so are the cells that it could be got from by subtracting: its
trust, its region, its siblings, its neighbours in the year (:mod:`nhr_dash.suppression`). Whatever is drawn, listed,
judged or exported of another unit is made from the cells that are left, so that nothing of it says more than they do
together. What isn't protected against: docs/disclosure.md.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas
from numpy.typing import NDArray

from nhr_dash.settings import settings

Flags = NDArray[np.bool_]

GRAINS = ("month", "tertial", "year")
"""The periods that other units are seen in: each lies whole within the next."""


class _Sight(Protocol):
    @property
    def fagraad(self) -> bool: ...


class _Scope(Protocol):
    @property
    def visibility(self) -> _Sight: ...


class _Indicator(Protocol):
    @property
    def min_denominator(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits, as they are in use nationally.

    ``other_units``      other units: fewer patients are not shown at all; an indicator's own least number can raise it
    ``fagraad``          the same for the fagråd, which an indicator's own least number doesn't raise
    ``uncertain``        other units: fewer patients are marked as uncertain
    ``hidden_coverage``  results of another unit with a lower share are not shown at all
    """

    other_units: int = 5
    fagraad: int = 5
    uncertain: int = 10
    hidden_coverage: float = 0.60


POOLED_UNITS = 5
"""A comparison curve is pooled over at least so many units."""
ANNUAL_COVERAGE = 0.70
"""Results of a unit with a lower share of its patients registered are shown with a caveat, and not at all in the
registry's annual report."""


def standard() -> Limits:
    """The limits of this installation: the national ones, where its settings don't say other."""
    chosen = settings()
    return Limits(
        other_units=chosen.hidden_under,
        fagraad=chosen.fagraad_hidden_under,
        uncertain=chosen.uncertain_under,
        hidden_coverage=chosen.hidden_coverage,
    )


def annual_report() -> Limits:
    """What the registry's annual report holds to."""
    limits = standard()
    return replace(limits, hidden_coverage=max(limits.hidden_coverage, ANNUAL_COVERAGE))


class TooFewUnits(Exception):
    """A comparison curve would be pooled over too few units to be anonymous."""


def limit_for(scope: _Scope, indicator: _Indicator, limits: Limits | None = None) -> int:
    """Fewer patients than this are hidden at other units: the larger of the common and the indicator's least number.

    The fagråd judges the numbers themselves, so that the indicator's least number is no limit for it.
    """
    limits = limits or standard()
    common = common_limit(indicator, limits)
    return min(limits.fagraad, common) if scope.visibility.fagraad else common


def common_limit(indicator: _Indicator, limits: Limits) -> int:
    """What the limit is for everybody but the fagråd."""
    return max(limits.other_units, indicator.min_denominator)


def require_pool(units: int) -> None:
    """Raise :class:`TooFewUnits` unless a comparison curve is pooled over enough units."""
    if units < POOLED_UNITS:
        raise TooFewUnits(f"{units} of at least {POOLED_UNITS} units")


def low_coverage(share: float | None) -> bool:
    """Is the newest known coverage too low for the results to be read without a caveat? Unknown is not low."""
    return share is not None and share < ANNUAL_COVERAGE


def hidden_by_coverage(share: float | None, limits: Limits | None = None) -> bool:
    """Is a year's coverage too low for another unit's results to be shown? Unknown is not low."""
    return share is not None and share < (limits or standard()).hidden_coverage


def masked(
    frame: pandas.DataFrame, hidden: Flags, uncovered: Flags, uncertain: int = 0, empty: Flags | None = None
) -> pandas.DataFrame:
    """A result without what is hidden: a copy in which those points are gaps (no patients, no value).

    ``frame``: a point a row, with ``numerator``, ``denominator``, ``value`` and maybe medians. The copy has ``hidden``,
    ``low_coverage`` (why it is, where that is why), and ``uncertain`` where fewer patients than that are shown. A gap
    has nothing to hide, but for those where it isn't told that they are ``empty``.
    """
    patients = frame["denominator"].to_numpy()
    gone = (patients > 0) & (hidden | uncovered)
    if empty is not None:
        gone |= empty
    few = (patients > 0) & (patients < uncertain) & ~gone
    result = frame.assign(hidden=gone, low_coverage=gone & uncovered, uncertain=few)
    if gone.any():
        for name in ("numerator", "denominator"):
            result[name] = frame[name].where(~gone, 0)
        for name in frame.columns:
            if name == "value" or name.endswith("_median"):
                result[name] = frame[name].astype(float).mask(gone)
    return result
