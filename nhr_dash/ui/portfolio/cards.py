"""The projects as they are listed: what a card says of one, and which of them a person has asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import aims, evidence, measured, progress, projects, publishing
from nhr_dash.improvement.kinds import Act, Status
from nhr_dash.registry import indicators
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, listed

ORDER = (Status.RUNNING, Status.PLANNED, Status.IDEA, Status.SUSTAINING, Status.CLOSED, Status.STOPPED)
"""What is worked on comes first."""
STAGES = (Status.IDEA, Status.PLANNED, Status.RUNNING, Status.SUSTAINING, Status.CLOSED)
"""The way of a project that is not stopped."""
KINDS = ("local", "national", "skde", "none")
MOST_NAMED = 3
"""Hospitals of a project that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something with a day: ``kind`` is task, deliverable, obstacle or aim; ``what`` is the team's own text."""

    day: date
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Card:
    """One project of the list. Texts of people stand as they were typed: whoever draws them escapes them."""

    id: str
    title: str
    status: str
    units: tuple[int, ...]
    hospitals: str
    indicator: str | None
    measured: str
    window: evidence.Window | None
    aim: str
    aim_value: float | None
    progress: str
    cycles: str
    due: tuple[Due, ...]
    obstacles: tuple[str, ...]
    kinds: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Is it still worked on?"""
        return self.status not in (Status.CLOSED, Status.STOPPED)

    @property
    def next_due(self) -> Due | None:
        """What comes first, or is most overdue."""
        return min(self.due, key=lambda one: one.day, default=None)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be listed; an empty text (or None) stands for all."""

    units: frozenset[int] | None = None
    indicator: str = ""
    status: str = ""
    kind: str = ""


def read(session: Session, scope: Scope, names: dict[str, str], language: str) -> tuple[Card, ...]:
    """Every project that may be seen: what is worked on first, then the last changed. ``names``: of units, by code."""
    found = [_card(one, names, language) for one in projects.listed(session, scope)]
    return tuple(sorted(found, key=lambda one: ORDER.index(Status(one.status))))


def chosen(cards: Sequence[Card], choice: Choice) -> list[Card]:
    """The cards of a choice, in their order."""
    return [
        one
        for one in cards
        if (choice.units is None or not choice.units.isdisjoint(one.units))
        and choice.indicator in ("", one.indicator)
        and choice.status in ("", one.status)
        and (not choice.kind or choice.kind in one.kinds)
    ]


class _Measured(Protocol):
    @property
    def indicator(self) -> str | None: ...


def measured_indicators(cards: Sequence[_Measured]) -> list[str]:
    """Indicators that some project measures, in the registry's order."""
    used = {one.indicator for one in cards}
    return [one.id for one in indicators.INDICATORS if one.id in used]


def said_due(due: Due, today: date, language: str) -> str:
    """'Frist 3. mars: ring 113-sentralen', and that it is over where it is."""
    key = "portfolio.overdue" if due.day < today else "portfolio.due"
    what = due.what or t(language, f"portfolio.due_{due.kind}")
    return t(language, key, day=day(due.day, language), what=what)


def _card(one: projects.Listed, names: dict[str, str], language: str) -> Card:
    project, outcome = one.project, one.outcome
    indicator = outcome.indicator if outcome is not None else None
    known = indicator if indicator in {each.id for each in indicators.INDICATORS} else None
    return Card(
        id=project.id,
        title=project.titled(language),
        status=project.status,
        units=one.units,
        hospitals=hospitals_named(one.units, names, language),
        indicator=known,
        measured=measured.title(outcome, language) if outcome is not None else "",
        window=publishing.window(project, one.outcome),
        aim=aims.sentence(project, outcome, language),
        aim_value=project.aim_value,
        progress="" if project.score is None else progress.label(project.score, language),
        cycles=_cycles(one, language),
        due=_due(one),
        obstacles=tuple(each.what for each in one.obstacles if each.answered_on is None),
        kinds=frozenset({project.reach, project.funding}),
    )


def hospitals_named(units: Sequence[int], names: dict[str, str], language: str) -> str:
    """'Fjordvik, Skogvik og Myrdal', or the first three and how many more."""
    named = [names.get(str(unit), str(unit)) for unit in units]
    if len(named) <= MOST_NAMED + 1:
        return listed(named, language)
    return t(language, "portfolio.and_more", names=", ".join(named[:MOST_NAMED]), count=len(named) - MOST_NAMED)


def _cycles(one: projects.Listed, language: str) -> str:
    if not one.cycles:
        return t(language, "portfolio.no_cycles")
    told = t(language, "portfolio.cycles", n=len(one.cycles))
    decided = [cycle for cycle in one.cycles if cycle.act in tuple(Act)]
    if not decided:
        return told
    last = decided[-1]
    act = t(language, f"project.acted_{last.act}")
    return t(language, "portfolio.last_cycle", told=told, number=last.number, act=act)


def _due(one: projects.Listed) -> tuple[Due, ...]:
    if one.project.status in (Status.CLOSED, Status.STOPPED):
        return ()
    found = [Due(each.due_on, "task", each.title) for each in one.tasks if each.due_on and each.done_on is None]
    found += [Due(each.by, "obstacle", each.what) for each in one.obstacles if each.by and each.answered_on is None]
    found += [
        Due(each.due_on, "deliverable", each.title)
        for each in one.deliverables
        if each.due_on and each.delivered_on is None
    ]
    if one.project.aim_by is not None and one.project.status != Status.SUSTAINING:
        found.append(Due(one.project.aim_by, "aim", ""))
    return tuple(found)
