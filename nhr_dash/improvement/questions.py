"""*Spørsmål å stille*: what to ask where a unit lies outside, the likely reasons first, with what the data answer.

The order is the pyramid of investigation: the data, who the patients were, structure, process, and last how people
practise, because the reasons further down are more often the true ones (Lilford et al., Lancet 2004;363:1147; Mohammed
et al., Qual Saf Health Care 2004;13:474).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pandas
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import projects, store
from nhr_dash.improvement.kinds import Source, Status
from nhr_dash.improvement.models import LINE, Project, Task
from nhr_dash.registry import across, groups, units, yearly
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.provisional import provisional_from
from nhr_dash.registry.reach import Footnote, reach
from nhr_dash.registry.units import NATION
from nhr_dash.statistics.intervals import Interval, newcombe, wilson

Counts = tuple[float, int]
"""Patients with success, and patients."""
Level = Literal["data", "case_mix", "structure", "process", "practice"]
PYRAMID: dict[Level, tuple[str, ...]] = {
    "data": ("coverage", "counted", "clock", "coding", "final", "chance"),
    "case_mix": ("age", "early", "transferred"),
    "structure": ("unit", "merged", "capacity", "equipment"),
    "process": ("off_hours", "since", "waiting", "handover"),
    "practice": ("procedure", "shifts", "training", "others"),
}
"""The questions by level, in the order they are asked. Text: ``questions.ask_<id>``."""
COUNTED = groups.VOLUME
"""The indicator that counts every registered stroke."""
BACK = 4
"""Years before the newest that are told of beside it."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A share (0-1) at the unit and in the whole country. ``differs``: by more than chance."""

    here: float
    there: float
    differs: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What the data say of one unit, indicator and some whole years; None where nothing is known or may be shown.

    ``hidden``: the unit has too few patients to be shown. ``patients`` and ``share`` with its interval, ``country``.
    ``coverage`` with its year. ``counted``: of the registered strokes, those that the indicator counts. ``clock``:
    those of them whose time of arrival is unknown. ``unspecified`` diagnosis, ``haemorrhage``, ``old`` (80 or more),
    ``early`` (arrived within four hours). ``day`` and ``off_hours``: shares by arrival, ``off_less``: their difference.
    ``strokes`` a year and the ``median`` of hospitals. ``before``: share by year.
    """

    unit: int
    indicator: str
    first: int
    last: int
    hidden: bool
    final: bool
    patients: int = 0
    share: Interval | None = None
    country: float = float("nan")
    coverage: tuple[int, float] | None = None
    counted: Beside | None = None
    clock: Beside | None = None
    unspecified: Beside | None = None
    haemorrhage: Beside | None = None
    old: Beside | None = None
    early: Beside | None = None
    day: Interval | None = None
    off_hours: Interval | None = None
    off_less: Interval | None = None
    stroke_unit: bool | None = None
    centre: bool | None = None
    strokes: float | None = None
    median: float | None = None
    footnotes: tuple[Footnote, ...] = ()
    before: tuple[tuple[int, float], ...] = ()


def answers(connection: Connection, scope: Scope, unit: int, indicator_id: str, first: int, last: int) -> Answers:
    """What is known before anybody is asked. Raises UnknownIndicator and UnknownUnit."""
    indicator, one = by_id(indicator_id), units.unit(connection, unit)
    asked = _Asked(connection, scope, unit, indicator, first, last)
    mine, country = asked.of(unit), asked.of(NATION)
    known = yearly.coverage(connection, unit)
    known = known[known["year"] <= last]
    coverage = (int(known["year"].iloc[-1]), float(known["share"].iloc[-1])) if len(known) else None
    hospital = one.level == "hospital"
    volumes = groups.volumes(connection, last)
    training = {each.orgnr for each in units.all_units(connection) if each.training}
    real = sorted(count for number, count in volumes.items() if number not in training)
    open_from = provisional_from(connection, unit, indicator_id)
    structure = Answers(
        unit,
        indicator_id,
        first,
        last,
        hidden=mine is None,
        final=open_from is None or open_from > date(last, 12, 31),
        coverage=coverage,
        stroke_unit=one.has_stroke_unit if hospital else None,
        centre=one.thrombectomy_centre if hospital else None,
        median=float(real[len(real) // 2]) if real and hospital else None,
        footnotes=reach(connection, unit, indicator).footnotes,
    )
    if mine is None or not mine[1] or country is None:
        return structure
    return _filled(structure, asked, mine, country)


def _filled(base: Answers, asked: "_Asked", mine: tuple[float, int], country: tuple[float, int]) -> Answers:
    found = replace(
        base,
        patients=mine[1],
        share=wilson(*mine),
        country=country[0] / country[1] if country[1] else float("nan"),
        before=asked.by_year(),
    )
    strokes = asked.counted()
    if strokes is not None and base.median is not None:
        found = replace(found, strokes=strokes[0] / (base.last - base.first + 1))
    if asked.indicator.is_coverage:
        return found
    if strokes is not None and asked.indicator.id != COUNTED:
        found = replace(found, counted=_beside((mine[1], strokes[0]), (country[1], strokes[1])))
    day, night = asked.of(base.unit, ("arrival", "day")), asked.of(base.unit, ("arrival", "off_hours"))
    if day and night and day[1] and night[1]:
        found = replace(found, day=wilson(*day), off_hours=wilson(*night), off_less=newcombe(*day, *night))
    return replace(
        found,
        clock=asked.part("arrival", "unknown", among=by_id(COUNTED)),
        unspecified=asked.part("diagnosis", "unspecified"),
        haemorrhage=asked.part("diagnosis", "haemorrhage"),
        old=asked.part("age", "80_89", "90_up"),
        early=asked.part("early", "early"),
    )


class _Asked:
    """One unit beside the country, each question asked of the registry once."""

    def __init__(
        self, connection: Connection, scope: Scope, unit: int, indicator: Indicator, first: int, last: int
    ) -> None:
        self._connection, self._scope = connection, scope
        self.unit, self.indicator, self.years = unit, indicator, (first, last)
        self._known: dict[tuple[str, tuple[str, str] | None], pandas.DataFrame] = {}

    def of(self, unit: int, part: tuple[str, str] | None = None, indicator: Indicator | None = None) -> Counts | None:
        """Sums of the years; None where one of them may not be shown."""
        asked = indicator or self.indicator
        key = (asked.id, part)
        if key not in self._known:
            both = [self.unit, NATION]
            self._known[key] = across.by_year(self._connection, self._scope, asked, both, *self.years, part)
        rows = self._known[key]
        mine = rows[rows["unit"] == unit]
        if (mine["why"] != "").any():
            return None
        return float(mine["numerator"].sum()), int(mine["denominator"].sum())

    def part(self, dimension: str, *codes: str, among: Indicator | None = None) -> Beside | None:
        """The share of an indicator's patients in some categories, here and in the country."""
        counts = []
        for unit in (self.unit, NATION):
            every = self.of(unit, None, among)
            inside = [found for code in codes if (found := self.of(unit, (dimension, code), among)) is not None]
            if every is None or not every[1] or len(inside) < len(codes):
                return None
            counts.append((sum(one[1] for one in inside), every[1]))
        return _beside(*counts)

    def counted(self) -> tuple[int, int] | None:
        """Registered strokes here and in the country; None where they may not be shown."""
        here, there = (self.of(unit, indicator=by_id(COUNTED)) for unit in (self.unit, NATION))
        return None if here is None or there is None or not here[1] else (here[1], there[1])

    def by_year(self) -> tuple[tuple[int, float], ...]:
        """The unit's share of each year that may be shown, oldest first."""
        last = self.years[1]
        rows = across.by_year(self._connection, self._scope, self.indicator, [self.unit], last - BACK, last)
        shown = rows[rows["why"] == ""]
        return tuple(zip(shown["year"].tolist(), shown["value"].tolist(), strict=True))


def _beside(here: tuple[int, int], there: tuple[int, int]) -> Beside:
    """Shares of patients, as (some, of all). The unit is in the country; its own part of it is small."""
    apart = newcombe(*there, *here)
    return Beside(here[0] / here[1], there[0] / there[1], not apart.low <= 0 <= apart.high)


def begin(
    session: Session,
    scope: Scope,
    unit: int,
    indicator: str,
    title: str,
    background: str,
    tasks: Sequence[str],
    lang: str,
) -> str:
    """A project, as an idea, that has the questions as its background and those that are open as tasks; its id.

    Raises ``NotAllowed`` and ``checks.Refused``.
    """
    project = Project(
        title=title, unit=unit, status=Status.IDEA, language=lang, source=Source.VARIATION, background=background
    )
    projects.create(session, scope, project, indicator=indicator, units=())
    for one in tasks:
        store.make(session, scope, Task(project=project.id, title=one[:LINE]))
    return project.id
