"""The rules between the fields of one form, over a block of rows at a time.

Source: the form specification's validations (4.0), inclusion criteria, and for the pathway's time
points the order the pathway itself has. 00:00 is an unknown time on a known day: such a moment is
compared by its day alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from nhr_dash.registry.load.cells import DAY_SECONDS, NO_TIME
from nhr_dash.registry.load.findings import Level

Flags = NDArray[np.bool_]
MISSING = -1
YES, NO = 1, 2
ONSET_LIMIT_DAYS = 28
NEEDLE_WINDOW_SECONDS = int(4.5 * 3600)


class Fields:
    """A block's columns as arrays; a column that the file lacks is missing in every row."""

    def __init__(self, size: int, values: dict[str, list], seconds: dict[str, list[int]]) -> None:
        self.size = size
        self._values = values
        self._seconds = seconds
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._times: dict[str, NDArray[np.int64]] = {}

    def number(self, key: str) -> NDArray[np.float64]:
        """Values of a number or code; :data:`MISSING` where there is none."""
        if key not in self._numbers:
            found = self._values.get(key)
            if found is None:
                array = np.full(self.size, float(MISSING))
            else:
                array = np.array([MISSING if value is None else value for value in found], dtype=float)
            self._numbers[key] = array
        return self._numbers[key]

    def has(self, key: str) -> Flags:
        """Where a number or code has a value."""
        return self.number(key) != MISSING

    def time(self, key: str) -> NDArray[np.int64]:
        """Seconds of a moment; NO_TIME where there is none."""
        if key not in self._times:
            found = self._seconds.get(key)
            self._times[key] = np.full(self.size, NO_TIME) if found is None else np.array(found, dtype=np.int64)
        return self._times[key]

    def given(self, key: str) -> Flags:
        """Where a moment has a value."""
        return self.time(key) != NO_TIME

    def clock(self, key: str) -> Flags:
        """Where a moment has a day and a known time."""
        return self.given(key) & (self.time(key) % DAY_SECONDS != 0)

    def before(self, earlier: str, later: str) -> Flags:
        """Where the first moment lies before the second, as far as that can be known."""
        first, second = self.time(earlier), self.time(later)
        timed = self.clock(earlier) & self.clock(later)
        lies = np.where(timed, first < second, first // DAY_SECONDS < second // DAY_SECONDS)
        flags = self.given(earlier) & self.given(later) & lies
        for row in np.flatnonzero(flags & timed):  # few, if any
            if _in_repeated_hour(int(first[row])) and second[row] - first[row] <= 3600:
                flags[row] = False
        return flags


def _in_repeated_hour(seconds: int) -> bool:
    """02:00-03:00 when summer time ends: the clock passes it twice, and nobody wrote down which was meant."""
    day = date.fromordinal(seconds // DAY_SECONDS)
    last_sunday = day.month == 10 and day.day >= 25 and day.isoweekday() == 7
    return last_sunday and 2 * 3600 <= seconds % DAY_SECONDS < 3 * 3600


@dataclass(frozen=True)
class Rule:
    """What must not be. ``column`` is named in the finding, ``other`` beside it with its value."""

    column: str
    reason_key: str
    broken: Callable[[Fields], Flags]
    other: str | None = None
    level: Level = "error"


def _order(column: str, other: str) -> Rule:
    """``column`` can't lie before ``other``."""
    return Rule(column, "load.rule.before", lambda f: f.before(column, other), other)


def _needs(column: str, other: str, reason: str, value: int = YES) -> Rule:
    """A code that has a meaning only where another has a certain value. The row still loads."""
    return Rule(
        column, reason, lambda f: f.has(column) & f.has(other) & (f.number(other) != value), other, level="warning"
    )


def _not_done(column: str, box: str) -> Rule:
    return Rule(column, "load.rule.done_and_not_done", lambda f: f.has(column) & (f.number(box) == 1), box)


def _prehospital(f: Fields) -> Flags:
    return f.number("prehospital_start_confirmed") == YES


def _too_late(f: Fields) -> Flags:
    both = f.given("onset_at") & f.given("admitted_at")
    days = f.time("admitted_at") // DAY_SECONDS - f.time("onset_at") // DAY_SECONDS
    return both & (days > ONSET_LIMIT_DAYS)


def _late_needle(f: Fields) -> Flags:
    known = f.clock("onset_at") & f.clock("needle_at") & (f.number("wake_up") == NO)
    return known & (f.time("needle_at") - f.time("onset_at") > NEEDLE_WINDOW_SECONDS)


def _given(f: Fields) -> Flags:
    return (f.number("thrombolysis") == 1) | (f.number("thrombolysis") == 3)


ACUTE = (
    Rule("age", "load.rule.too_young", lambda f: f.has("age") & (f.number("age") < 18)),
    Rule("onset_at", "load.rule.onset_too_early", _too_late, "admitted_at"),
    Rule(
        "onset_at",
        "load.rule.after",
        lambda f: f.before("admitted_at", "onset_at") & (f.number("onset_place") == 1),
        "admitted_at",
    ),
    _order("called_113_at", "onset_at"),
    _order("ambulance_at_patient_at", "called_113_at"),
    _order("ambulance_left_at", "ambulance_at_patient_at"),
    _order("admitted_at", "ambulance_left_at"),
    Rule(
        "imaging_at",
        "load.rule.before",
        lambda f: f.before("imaging_at", "admitted_at") & ~_prehospital(f) & (f.number("transferred_in") != YES),
        "admitted_at",
    ),
    Rule(
        "needle_at",
        "load.rule.needle_before_arrival",
        lambda f: f.before("needle_at", "admitted_at") & ~_prehospital(f),
        "admitted_at",
    ),
    _order("needle_at", "onset_at"),
    Rule("needle_at", "load.rule.needle_late", _late_needle, "onset_at", level="warning"),
    Rule(
        "thrombolysis",
        "load.rule.thrombolysis_of_bleeding",
        lambda f: _given(f) & (f.number("diagnosis") == 1),
        "diagnosis",
    ),
    Rule(
        "needle_at",
        "load.rule.time_of_nothing",
        lambda f: f.given("needle_at") & (f.number("thrombolysis") == NO),
        "thrombolysis",
    ),
    _order("intervention_centre_at", "admitted_at"),
    _order("thrombectomy_at", "admitted_at"),
    Rule(
        "thrombectomy_at",
        "load.rule.time_of_nothing",
        lambda f: f.given("thrombectomy_at") & (f.number("thrombectomy") == NO),
        "thrombectomy",
    ),
    _order("stroke_unit_at", "admitted_at"),
    _order("function_assessed_at", "admitted_at"),
    _order("pathway_decided_at", "admitted_at"),
    _order("carotid_assessed_at", "admitted_at"),
    _order("carotid_operated_at", "carotid_assessed_at"),
    _order("ready_for_discharge_at", "admitted_at"),
    _order("discharged_at", "admitted_at"),
    _order("discharged_at", "ready_for_discharge_at"),
    _order("died_on", "admitted_at"),
    Rule(
        "died_on",
        "load.rule.died_before_leaving",
        lambda f: f.before("died_on", "discharged_at") & f.has("discharged_to") & (f.number("discharged_to") != 10),
        "discharged_at",
    ),
    Rule(
        "died_on",
        "load.rule.died_after_leaving",
        lambda f: f.before("discharged_at", "died_on") & (f.number("discharged_to") == 10),
        "discharged_at",
    ),
    _not_done("nihss", "nihss_not_done"),
    _not_done("nihss_24h", "nihss_24h_not_done"),
    _needs("first_ward_other", "first_ward", "load.rule.ward_of_stroke_unit", NO),
    _needs("discharge_ward_other", "discharge_ward", "load.rule.ward_of_stroke_unit", NO),
    _needs("atrial_fibrillation_found", "atrial_fibrillation", "load.rule.detail_of_nothing"),
    Rule(
        "thrombolysis_dose",
        "load.rule.detail_of_nothing",
        lambda f: f.has("thrombolysis_dose") & (f.number("thrombolysis") == NO),
        "thrombolysis",
        level="warning",
    ),
)

FOLLOWUP = (
    Rule(
        "reason_not_done",
        "load.rule.done_with_reason",
        lambda f: f.has("reason_not_done") & (f.number("done") == YES),
        "done",
    ),
    Rule(
        "mrs",
        "load.rule.dead_but_interviewed",
        lambda f: (f.number("mrs") == 6) & (f.number("done") == YES) & (f.number("answered_by") == 1),
        "answered_by",
    ),
    Rule(
        "mrs",
        "load.rule.dead_but_alive",
        lambda f: (f.number("reason_not_done") == 3) & f.has("mrs") & (f.number("mrs") != 6),
        "reason_not_done",
    ),
)

THROMBECTOMY = (
    _order("groin_at", "arrived_centre_at"),
    _order("recanalised_at", "groin_at"),
)

_YEAR = Rule(
    "year", "load.rule.year", lambda f: f.has("year") & ((f.number("year") < 2000) | (f.number("year") > 2100))
)

AGGREGATE = (
    Rule("denominator", "load.rule.zero_denominator", lambda f: f.number("denominator") == 0),
    _YEAR,
)
COVERAGE = (_YEAR,)
