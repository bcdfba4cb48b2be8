"""The ways to divide an indicator's patients: a dimension's fixed categories, in which every patient is exactly once.

Other units are seen divided by one of these at a time and by the calendar year, so that what is hidden in one category
can't be got from the others (:mod:`nhr_dash.suppression`). Categories are codes; their words are in the catalogs.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, literal

from nhr_dash.registry.case_mix import EVENING, NIGHT_ENDS
from nhr_dash.registry.clock import hour_of, weekday_of
from nhr_dash.registry.rules import AGE_BANDS
from nhr_dash.registry.tables import fact

UNKNOWN = "unknown"
SATURDAY, SUNDAY = 6, 0
AGES = dict(zip(("under_60", "60_69", "70_79", "80_89", "90_up"), AGE_BANDS, strict=True))
"""Bands of age: facts hold no exact one."""


@dataclass(frozen=True, slots=True)
class Part:
    """A dimension: its id, its categories in the order they are shown (:data:`UNKNOWN` last), the code of a fact."""

    id: str
    categories: tuple[str, ...]
    code: ColumnElement[str]


def _part(name: str, conditions: dict[str, ColumnElement[bool]]) -> Part:
    """Categories by their conditions, the first that holds; who meets none is unknown."""
    code = case(*((met, literal(category)) for category, met in conditions.items()), else_=literal(UNKNOWN))
    return Part(name, (*conditions, UNKNOWN), code)


_columns = fact.c
_weekend = weekday_of(_columns.admitted_at).in_((SATURDAY, SUNDAY))
_hour = hour_of(_columns.admitted_at)

PARTS: dict[str, Part] = {
    one.id: one
    for one in (
        _part("sex", {"female": _columns.sex == "Female", "male": _columns.sex == "Male"}),
        _part("age", {band: _columns.age_band == first for band, first in AGES.items()}),
        # The form's codes: I61, I63, I64.
        _part(
            "diagnosis",
            {
                "haemorrhage": _columns.diagnosis == 1,
                "infarction": _columns.diagnosis == 2,
                "unspecified": _columns.diagnosis == 3,
            },
        ),
        # Arrived within four hours of a known onset.
        _part("early", {"early": _columns.early.is_(True), "late": _columns.early.is_(False)}),
        # 00:00 is a known day at an unknown time: it says something at a weekend only.
        _part(
            "arrival",
            {
                "day": and_(_hour >= NIGHT_ENDS, _hour < EVENING, ~_weekend),
                "off_hours": _weekend | (_hour < NIGHT_ENDS) | (_hour >= EVENING),
            },
        ),
    )
}
"""Every dimension by its id."""
