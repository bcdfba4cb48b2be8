"""Making Data Count of NHS England: its XmR chart and its two icons.

The variation icon says what the last point shows, the assurance icon whether a target will be met by chance, always or
never. Checked against NHSRplotthedots 0.2.2. Its rules are `rules.NHS`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from nhr_dash.statistics.limits import D2
from nhr_dash.statistics.rules import NHS, Found
from nhr_dash.statistics.spc import ControlChart, control_chart

XMR = 2.66
"""Limits in average moving ranges from the mean: 3 / 1.128, rounded in this method to two decimals."""
FEWEST = 13
"""Points in a phase before the method wants limits and icons to be shown."""

Variation = Literal[
    "common_cause", "improvement_high", "improvement_low", "concern_high", "concern_low", "neutral_high", "neutral_low"
]
Assurance = Literal["pass", "fail", "inconsistent"]


@dataclass(frozen=True, slots=True)
class Icons:
    """The two icons; `assurance` is None without a target or a direction. `enough` is False below 13 points."""

    variation: Variation
    assurance: Assurance | None
    enough: bool


def xmr_chart(
    y: ArrayLike, *, phases: Iterable[int] = (), freeze: int | None = None, screened: bool = True
) -> ControlChart:
    """Chart values (NaN is missing) as the method does; arguments as in `spc.control_chart`."""
    chart = control_chart(y, kind="i", phases=phases, freeze=freeze, screened=screened)
    points = chart.points.copy()
    average_range = chart.phases["sigma"].to_numpy()[points["phase"]] * D2
    for name, ranges in (("lower", -XMR), ("upper", XMR), ("lower_2s", -2 * XMR / 3), ("upper_2s", 2 * XMR / 3)):
        points[name] = points["center"] + ranges * average_range
    points["outside"] = (points["value"] > points["upper"]) | (points["value"] < points["lower"])
    return replace(chart, points=points)


def icons(chart: ControlChart, improvement: int, target: float | None = None, found: Found | None = None) -> Icons:
    """Icons of any chart with limits, from its last point that is not missing or excluded.

    `improvement` is +1 where more is better, -1 where less is, 0 where neither is. `found` saves applying the rules
    again where that has been done.
    """
    found = NHS.find(chart) if found is None else found
    points = chart.points
    counted = np.flatnonzero(points["included"] & points["value"].notna())
    if len(counted) == 0:
        return Icons("common_cause", None, enough=False)
    last = int(counted[-1])
    phase = points["phase"].to_numpy()
    enough = int((phase[counted] == phase[last]).sum()) >= FEWEST
    verdict = assurance(float(points["lower"].iloc[last]), float(points["upper"].iloc[last]), target, improvement)
    return Icons(variation(found.side[last], improvement), verdict, enough)


def variation(side: int, improvement: int) -> Variation:
    """Icon for a point marked up (+1), down (-1) or not at all (0)."""
    if side == 0:
        return "common_cause"
    if improvement == 0:
        return "neutral_high" if side > 0 else "neutral_low"
    if side == improvement:
        return "improvement_high" if side > 0 else "improvement_low"
    return "concern_high" if side > 0 else "concern_low"


def assurance(lower: float, upper: float, target: float | None, improvement: int) -> Assurance | None:
    """Whether the target lies outside the limits on the good side, on the bad side, or between them."""
    if target is None or improvement == 0 or np.isnan(lower) or np.isnan(upper):
        return None
    if target > upper:
        return "fail" if improvement > 0 else "pass"
    if target < lower:
        return "pass" if improvement > 0 else "fail"
    return "inconsistent"
