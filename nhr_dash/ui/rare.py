"""*Seriediagram* patient by patient, for own hospitals: gaps between rare misses (G, T), and the CUSUM."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas

from nhr_dash.charts import rare_chart
from nhr_dash.charts.drawing import Drawing, Marked
from nhr_dash.registry.indicator import Indicator
from nhr_dash.statistics import rare
from nhr_dash.statistics.rules import RULE_SETS
from nhr_dash.statistics.spc import control_chart
from nhr_dash.text.formats import day
from nhr_dash.ui import method
from nhr_dash.ui.method import Method

GAPS = ("g", "t")
KINDS = (*GAPS, "cusum")
RARE = 0.25
"""Share of misses from which a share a month says more than what lies between them."""
FEWEST_MISSES = 5
MOST_A_MONTH = 33
"""Patients a month from which a month's share shows as much as the CUSUM, and its limit takes seconds to find."""
FEWEST_FOLLOWED = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """The drawing with how it was charted, and what the rules found in words."""

    drawing: Drawing
    charted: Method
    signals: tuple[str, ...]


def kinds(indicator: Indicator, got: int, patients: int, months: float) -> tuple[str, ...]:
    """Kinds that make sense where ``got`` of ``patients`` got it in so many months."""
    if indicator.is_duration or indicator.is_coverage or indicator.direction < 0:
        return ()
    misses = patients - got
    found = GAPS if FEWEST_MISSES <= misses <= RARE * patients else ()
    follow = patients >= FEWEST_FOLLOWED and patients <= MOST_A_MONTH * months
    return (*found, *(("cusum",) if follow else ()))


def chart(
    frame: pandas.DataFrame,
    charted: Method,
    *,
    kind: str,
    excluded: Sequence[bool],
    indicator: str,
    unit_name: str,
    events: Sequence[Marked],
    synthetic: bool,
    language: str,
) -> Shown | None:
    """Chart single patients (start, numerator, phase; oldest first) as a kind; None where there are too few.

    ``charted``: how the series is charted otherwise, with its rules. ``excluded``: patients that are held out.
    """
    frame = frame[~np.asarray(excluded, dtype=bool)]
    if frame.empty:
        return None
    given: dict[str, Any] = {"indicator": indicator, "unit_name": unit_name, "events": events, "synthetic": synthetic}
    got, phase = frame["numerator"].to_numpy(dtype=bool), frame["phase"].to_numpy()
    when = list(frame["start"])
    if kind == "cusum":
        span = max((when[-1] - when[0]).days, 1)
        followed = rare.follow(got, phase, round(len(frame) * 365 / max(span, 365)))
        if followed is None:
            return None
        drawing = rare_chart.cusum(
            when[followed.first :], got[followed.first :].tolist(), followed, language=language, **given
        )
        return Shown(drawing, replace(charted, kind=kind, chart=None, found=None, refused=""), ())
    days = (frame["start"] - frame["start"].iloc[0]).dt.total_seconds().to_numpy() / 86_400
    found = rare.gaps(got, days, phase)
    if len(found.at) < FEWEST_MISSES:
        return None
    values = found.patients if kind == "g" else found.days
    number = np.asarray(found.phase)
    # A gap that nobody has ended is at least so long: it is seen, and sets no line.
    lines = control_chart(
        values,
        kind=kind,
        phases=(np.flatnonzero(np.diff(number)) + 1).tolist(),
        exclude=[len(values) - 1] if found.open else [],
    )
    charted = replace(charted, kind=kind, chart=lines, found=RULE_SETS[charted.rules].find(lines), refused="")
    moments = [when[place] for place in found.at]
    drawing = rare_chart.gaps(
        moments,
        values.tolist(),
        [method.side(mark, 1) for mark in charted.found.side] if charted.found else ["none"] * len(values),
        lines.points["center"].tolist(),
        method.ribbon(charted, [True] * len(values), language),
        kind=kind,
        opened=found.open,
        misses=int((~got).sum()),
        patients=len(got),
        false_alarm=method.false_alarm_line(charted, language),
        signal=charted.found is not None and any(charted.found.signals.values()),
        language=language,
        **given,
    )
    return Shown(drawing, charted, method.said(charted, [day(one, language) for one in moments], language))
