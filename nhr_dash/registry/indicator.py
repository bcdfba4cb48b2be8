"""What an indicator is made of: one declaration holds everything the rest asks for.

Population and success are SQL expressions over the acute form, with the follow-up and the
thrombectomy form joined where they are used. A changed population or success rule is a new
indicator with ``replaces``, computed for all years; never a silent change.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement

CountedAt = Literal["admitting", "thrombolysing", "discharging", "centre"]
SetName = Literal["registry", "national", "pathway"]


class UnknownIndicator(KeyError):
    """No indicator has this id."""


@dataclass(frozen=True, slots=True)
class Target:
    """A share (0-1) that somebody has set as goal. ``strict``: it must be passed, not only reached."""

    value: float
    strict: bool
    valid_from: date | None
    valid_to: date | None  # exclusive
    source: str

    def reached(self, share: float) -> bool:
        """Decided on the unrounded share: at exactly 60 % a goal of *over* 60 % isn't reached."""
        return share > self.value if self.strict else share >= self.value

    def holds_on(self, day: date) -> bool:
        """Is this the goal on that day?"""
        return _covers(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class Levels:
    """Limits of goal attainment as shares (0-1): high from ``high``, moderate from ``moderate``, else low."""

    high: float
    moderate: float
    valid_from: date | None
    valid_to: date | None  # exclusive
    source: str
    assumed: bool = False

    def of(self, share: float) -> Literal["high", "moderate", "low"]:
        """The level of an unrounded share; a limit belongs to the level above it."""
        if share >= self.high:
            return "high"
        return "moderate" if share >= self.moderate else "low"


@dataclass(frozen=True, slots=True)
class InSet:
    """From when to when (exclusive) an indicator is in a published set; ``confirmed`` by a source or not."""

    name: SetName
    valid_from: date | None
    valid_to: date | None = None
    confirmed: bool = True

    def holds_on(self, day: date) -> bool:
        """Is the indicator in the set on that day?"""
        return _covers(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class Words:
    """One indicator in one language.

    ``title``       as published
    ``short``       runs on in a sentence: "(60 % av pasientene) får ..."
    ``population``  who is counted
    ``rationale``   why it matters, and why the limit is where it is
    ``assumed_note``  what the sources don't say and the project has decided; empty if nothing
    """

    title: str
    short: str
    population: str
    rationale: str
    assumed_note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """One measure of quality. ``population`` is None for coverage, which no patient row carries.

    ``minutes`` of an interval indicator is NULL where the interval is unknown or a fault; such
    admissions are outside the population. With ``minutes`` and no ``limit_minutes`` there is no
    share to speak of: the value is the median in minutes (see :attr:`is_duration`).
    """

    id: str
    number: int
    nb: Words
    en: Words
    population: ColumnElement[bool] | None
    success: ColumnElement[bool] | None
    minutes: ColumnElement[int] | None = None
    limit_minutes: int | None = None
    unit: CountedAt = "admitting"
    direction: Literal[1, -1] = 1
    min_denominator: int = 10
    maturity_days: int = 0
    levels: tuple[Levels, ...] = ()
    targets: tuple[Target, ...] = ()
    sets: tuple[InSet, ...] = ()
    source: str = ""
    reviewed: date = date(2026, 11, 22)
    replaces: str | None = None
    needs_stroke_unit: bool = False  # 0 % at a hospital without one is a structure, not a practice

    @property
    def is_duration(self) -> bool:
        """True where the value is a median in minutes, not a share."""
        return self.minutes is not None and self.limit_minutes is None

    @property
    def is_coverage(self) -> bool:
        """True for coverage (yearly, from linking with the patient registry)."""
        return self.population is None

    @property
    def assumed(self) -> bool:
        """True where the sources leave something open and the project has decided."""
        return bool(self.nb.assumed_note)

    @property
    def national(self) -> tuple[InSet, ...]:
        """When the indicator is flagged as national."""
        return tuple(one for one in self.sets if one.name == "national")

    def words(self, language: str) -> Words:
        """The texts in ``nb`` or ``en``."""
        return self.en if language == "en" else self.nb

    def levels_on(self, day: date) -> Levels | None:
        """The limits that hold on a day."""
        return next((one for one in self.levels if _covers(one.valid_from, one.valid_to, day)), None)

    def target_on(self, day: date) -> Target | None:
        """The goal that holds on a day."""
        return next((one for one in self.targets if one.holds_on(day)), None)


def _covers(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day < end)
