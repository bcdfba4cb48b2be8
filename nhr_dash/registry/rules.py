"""The registry's rules as SQL expressions, each written once and used by several indicators.

Unknown is never no: a condition that must hold is asked for by its code, and 9 or missing fails it
only where the registry itself counts it as not done (then the indicator says so).
"""

from datetime import date, datetime

from sqlalchemy import Boolean, ColumnElement, and_, case, func, or_, true, type_coerce

from nhr_dash.registry.clock import day_of, days_between, minutes_between, within
from nhr_dash.registry.forms import acute, followup, thrombectomy

YES = 1
NO = 2
INFARCTION = 2  # Slagdiagnose: 1 is haemorrhage, 2 infarction, 3 unspecified
STROKE_UNIT = 1
DIED_IN_HOSPITAL = 10
OUTSIDE_HOSPITAL = 1
NOT_WAKE_UP = 2
EARLY_MINUTES = 240
THREE_MONTHS_DAYS = 98  # dead within 98 days counts as followed up; results are final after as many
THIRTY_DAYS = 30  # the day of admission is day 0
INDEPENDENT = 2  # mRS 0-2: selvhjulpen
OWN_HOME = (1, 2)  # BoligforholdPre and UtskrTil: own home, without or with help
MOVED_ON = (9, 12)  # UtskrTil: unknown, another hospital
AGE_BANDS = (0, 60, 70, 80, 90)
"""The first year of each band of age: facts hold no exact one. Under 60 and from 90 there are few."""
ANY_DIAGNOSIS_FROM = datetime(2016, 9, 1)  # thrombolysis times: before this, infarctions only

_a = acute.c

everyone: ColumnElement[bool] = true()
infarction = _a.diagnosis == INFARCTION
alive = func.coalesce(_a.discharged_to, 0) != DIED_IN_HOSPITAL
"""Discharged alive. The dead are in no denominator about medicines at discharge."""

treated_in_stroke_unit = func.coalesce(
    or_(_a.first_ward == STROKE_UNIT, _a.discharge_ward == STROKE_UNIT, _a.treated_in_stroke_unit == YES), False
)
admitted_directly = or_(
    _a.first_ward == STROKE_UNIT,
    # necessary neurosurgery or intensive care first counts as direct if the stroke unit discharged
    and_(_a.first_ward_other.in_((3, 4)), _a.discharge_ward == STROKE_UNIT),
)
thrombolysed = _a.thrombolysis.in_((1, 3))  # 3 is an older code and counts as given
swallow_tested = _a.swallow_test.in_((1, 3))  # 3 not relevant: the question was put, so it is done

known_onset = _a.wake_up == NOT_WAKE_UP
"""Wake-up strokes are out of every interval from onset: their onset is when they were last seen well."""


def _not_negative(minutes: ColumnElement[int]) -> ColumnElement[int]:
    """An interval that ends before it starts is a fault and therefore unknown."""
    return case((minutes >= 0, minutes))


_needle = minutes_between(_a.admitted_at, _a.needle_at)
door_to_needle: ColumnElement[int] = case(
    (_needle >= 0, _needle),
    # started in the ambulance, and somebody has confirmed it: no time was spent at the hospital
    (and_(_needle < 0, _a.prehospital_start_confirmed == YES), 0),
)
"""Minutes from arrival to needle. 0 is real (stroke in hospital); negative only with a confirmed prehospital start."""

timed_thrombolysis = and_(thrombolysed, or_(infarction, _a.admitted_at >= ANY_DIAGNOSIS_FROM))

onset_to_call = _not_negative(minutes_between(_a.onset_at, _a.called_113_at))
onset_to_door = _not_negative(minutes_between(_a.onset_at, _a.admitted_at))
ambulance_on_scene = _not_negative(minutes_between(_a.ambulance_at_patient_at, _a.ambulance_left_at))
door_to_imaging = _not_negative(minutes_between(_a.admitted_at, _a.imaging_at))
door_to_groin = _not_negative(minutes_between(_a.admitted_at, thrombectomy.c.groin_at))
centre_to_groin = _not_negative(minutes_between(thrombectomy.c.arrived_centre_at, thrombectomy.c.groin_at))

early: ColumnElement[bool] = type_coerce(case((known_onset, within(onset_to_door, EARLY_MINUTES))), Boolean)
"""Arrived within four hours of onset; missing where the onset (or a time) is unknown."""

age_band: ColumnElement[int] = case(*((_a.age >= first, first) for first in reversed(AGE_BANDS)))
"""The band of :data:`AGE_BANDS` that an age is in; missing where the age is."""

_died_on = func.coalesce(_a.died_on, case((_a.discharged_to == DIED_IN_HOSPITAL, day_of(_a.discharged_at))))
dead_at_three_months = days_between(_a.admitted_at, _died_on).between(0, THREE_MONTHS_DAYS)
followed_up = or_(followup.c.done == YES, dead_at_three_months)
dead_at_thirty_days = days_between(_a.admitted_at, _died_on).between(0, THIRTY_DAYS)

alive_at_three_months = func.coalesce(dead_at_three_months, False).is_(False)
known_function = and_(alive_at_three_months, followup.c.done == YES, followup.c.mrs.between(0, 5))
"""Alive and asked at three months: the dead (mRS 6) are known everywhere, the living only where they are asked."""
dependent = followup.c.mrs > INDEPENDENT

could_go_home = and_(
    alive, _a.housing_before.in_(OWN_HOME), _a.discharged_to.is_not(None), _a.discharged_to.not_in(MOVED_ON)
)
"""Lived at home before and left the hospital alive; who goes on to another hospital hasn't finished the stay."""
not_home = _a.discharged_to.not_in(OWN_HOME)

assessed_within_week = and_(
    days_between(_a.stroke_unit_at, _a.function_assessed_at).between(0, 7),
    days_between(_a.stroke_unit_at, _a.pathway_decided_at).between(0, 7),
)
assessed_before_discharge = or_(
    _a.discharged_at.is_(None), days_between(_a.function_assessed_at, _a.discharged_at) >= 0
)

PATHWAY_FROM = date(2018, 2, 1)  # phase 1 of the care pathway in use
