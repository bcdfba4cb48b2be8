"""One measured figure and the bar it has to stay under."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """``value`` in ``unit``; ``bar`` is the most it may be, None where it is shown for comparison only."""

    name: str
    value: float
    unit: str
    bar: float | None = None

    @property
    def held(self) -> bool:
        """True unless the bar is passed."""
        return self.bar is None or self.value <= self.bar

    def line(self) -> str:
        """The reading as a line of the table."""
        bar = "" if self.bar is None else f"at most {self.bar:g} {self.unit}"
        verdict = "" if self.bar is None else ("held" if self.held else "NOT HELD")
        return f"  {self.name:<62} {self.value:>9.3g} {self.unit:<6} {bar:<18} {verdict}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
