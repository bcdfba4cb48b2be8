"""How many more a year would get it if a share reached a goal, with an interval and how sure it is that any would.

The number is a gap of shares times the patients of a year. Its interval holds both the share's uncertainty and the
goal's by squared arms (Zou & Donner, Stat Med 2008;27:1693): with a goal that is set it is Wilson's interval of the
share, and with two shares Newcombe's of their difference. A gap whose interval reaches nought can be chance.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

from nhr_dash.statistics.intervals import Interval, two_sided_z


class Part(NamedTuple):
    """A share and the goal for it (0-1, with intervals; a goal that is set has no width), and the patients a year."""

    share: Interval
    goal: Interval
    yearly: float


def _arms(part: Part, direction: int) -> tuple[float, float, float, float]:
    """Patients between the gain and its ends: down and up by the share's uncertainty, down and up by the goal's."""
    share, goal, yearly = part
    of_share = (share.high - share.estimate) * yearly, (share.estimate - share.low) * yearly
    of_goal = (goal.estimate - goal.low) * yearly, (goal.high - goal.estimate) * yearly
    if direction < 0:
        of_share, of_goal = of_share[::-1], of_goal[::-1]
    return *of_share, *of_goal


def gain(parts: Sequence[Part], direction: int = 1, *, one_goal: bool = False) -> Interval:
    """More patients a year at the goals than now, over all parts; under 0 where the goals are passed.

    Shares err each its own way. ``one_goal``: the goal is the same for all, so that its error is too. ``direction``:
    −1 where fewer is better. No part gains nothing.
    """
    estimate = sum((goal.estimate - share.estimate) * yearly for share, goal, yearly in parts) * direction
    arms = [_arms(one, direction) for one in parts]

    def reach(side: int) -> float:
        goals = [one[side + 2] for one in arms]
        return math.hypot(*(one[side] for one in arms), *([sum(goals)] if one_goal else goals))

    return Interval(estimate, estimate - reach(0), estimate + reach(1))


def surety(found: Interval, level: float = 0.95) -> float:
    """The probability that there is anything to gain that agrees with the interval: 97.5 % where it ends at 0."""
    towards = found.estimate - found.low if found.estimate > 0 else found.high - found.estimate
    if towards == 0:
        return 1.0 if found.estimate > 0 else 0.0
    return NormalDist().cdf(two_sided_z(level) * found.estimate / towards)
