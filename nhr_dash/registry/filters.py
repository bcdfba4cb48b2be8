"""Which patients a question is about: an indicator at some hospitals, a period, and filters."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement

from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.tables import fact
from nhr_dash.registry.units import Span


@dataclass(frozen=True, slots=True)
class Filters:
    """None is no filter. Ranges are inclusive; a patient whose value is unknown is in no range."""

    age: tuple[int, int] | None = None  # first years of the lowest and the highest band (rules.AGE_BANDS)
    sex: str | None = None  # Male, Female
    diagnosis: int | None = None
    nihss: tuple[int, int] | None = None
    early: bool | None = None  # arrived within four hours of a known onset

    def count(self) -> int:
        """How many filters are set."""
        return sum(getattr(self, one.name) is not None for one in fields(self))

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as conditions on facts."""
        found: list[ColumnElement[bool]] = []
        if self.age is not None:
            found.append(fact.c.age_band.between(*self.age))
        if self.sex is not None:
            found.append(fact.c.sex == self.sex)
        if self.diagnosis is not None:
            found.append(fact.c.diagnosis == self.diagnosis)
        if self.nihss is not None:
            found.append(fact.c.nihss.between(*self.nihss))
        if self.early is not None:
            found.append(fact.c.early.is_(self.early))
        return found


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Selection:
    """The patients of an indicator at the hospitals of a unit, from a day to a day (exclusive)."""

    indicator: Indicator
    spans: tuple[Span, ...]
    start: date | None = None
    end: date | None = None
    filters: Filters = NO_FILTERS
