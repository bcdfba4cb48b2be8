"""Beginnings of a project, made of the stories that the registry tells: measures, drivers with ideas, a first cycle.

What a template writes is the team's own from then on, in the project's language; nothing points back at the template.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import store
from nhr_dash.improvement.models import Cycle, Idea, Measure, Project
from nhr_dash.registry import indicators
from nhr_dash.text.catalog import LANGUAGES

_FILE = Path(__file__).with_name("templates.toml")


class UnknownTemplate(KeyError):
    """No template has this code."""


@dataclass(frozen=True, slots=True)
class SuggestedMeasure:
    """A measure beside the first outcome: a registry indicator, or (``indicator`` None) one that the team counts."""

    kind: str
    indicator: str | None = None
    title: str = ""
    definition: str = ""
    data_kind: str = "share"
    direction: int = 1


@dataclass(frozen=True, slots=True)
class SuggestedIdea:
    """A change idea under its primary and secondary driver."""

    title: str
    primary: str
    secondary: str


@dataclass(frozen=True, slots=True)
class SuggestedCycle:
    """The first small test. ``idea``: place of its idea in the template, from 0. ``prediction_value`` of
    ``prediction_of`` patients for a count; both missing for a sentence."""

    title: str
    idea: int
    scale: str
    question: str
    prediction_kind: str
    prediction: str
    what: str
    data: str
    prediction_value: float | None = None
    prediction_of: float | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A beginning, in one language. ``indicator``: the first outcome measure. ``whom``: whom the aim is about, as the
    words run on after "60 % av"."""

    code: str
    indicator: str
    title: str
    purpose: str
    whom: str
    dimensions: tuple[str, ...]
    measures: tuple[SuggestedMeasure, ...]
    ideas: tuple[SuggestedIdea, ...]
    cycle: SuggestedCycle

    def aim(self, day: date) -> tuple[float, bool] | None:
        """The share (0-1) to aim for, and whether it must be passed: the target that holds on that day, else the limit
        of high attainment; None where the indicator has neither."""
        indicator = indicators.by_id(self.indicator)
        target = indicator.target_on(day)
        if target is not None:
            return target.value, target.strict
        levels = indicator.levels_on(day)
        return None if levels is None else (levels.high, False)


@cache
def all(language: str) -> tuple[Template, ...]:
    """Every template in ``nb`` or ``en``, in the order they are offered."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["template"]
    return tuple(_template(_in(language, row)) for row in rows)


def by_code(code: str, language: str) -> Template:
    """One template. Raises :class:`UnknownTemplate`."""
    for one in all(language):
        if one.code == code:
            return one
    raise UnknownTemplate(code)


def apply(session: Session, scope: Scope, project: Project, template: Template) -> None:
    """Add what the template suggests to a saved project, in the caller's transaction.

    Fields that the team has filled in stay as they are, and so does a first outcome measure that it has chosen; an
    indicator that the project measures already isn't added again. Raises ``NotAllowed`` and ``checks.Refused``.
    """
    suggested = {"purpose": template.purpose, "aim_whom": template.whom, "dimensions": list(template.dimensions)}
    empty = {name: value for name, value in suggested.items() if not getattr(project, name)}
    store.save(session, scope, Project, project.id, project.version, empty)
    _add_measures(session, scope, project.id, template)
    ideas = [
        store.make(
            session,
            scope,
            Idea(
                project=project.id,
                title=one.title,
                primary_driver=one.primary,
                secondary_driver=one.secondary,
            ),
        )
        for one in template.ideas
    ]
    first = template.cycle
    store.make(
        session,
        scope,
        Cycle(
            project=project.id,
            title=first.title,
            idea=ideas[first.idea].id,
            scale=first.scale,
            question=first.question,
            prediction_kind=first.prediction_kind,
            prediction=first.prediction,
            prediction_value=first.prediction_value,
            prediction_of=first.prediction_of,
            plan_what=first.what,
            plan_data=first.data,
        ),
    )


def _add_measures(session: Session, scope: Scope, project: str, template: Template) -> None:
    there = list(session.scalars(select(Measure).where(Measure.project == project, Measure.deleted_at.is_(None))))
    measured = {one.indicator for one in there if one.indicator is not None}
    wanted = list(template.measures)
    if not any(one.kind == "outcome" for one in there):
        wanted.insert(0, SuggestedMeasure("outcome", template.indicator))
    new = [one for one in wanted if one.indicator is None or one.indicator not in measured]
    for place, one in enumerate(new, start=len(there)):
        store.make(
            session,
            scope,
            Measure(
                project=project,
                kind=one.kind,
                position=place,
                indicator=one.indicator,
                title=one.title,
                definition=one.definition,
                data_kind=one.data_kind,
                direction=one.direction,
            ),
        )


def _template(row: Mapping[str, Any]) -> Template:
    return Template(
        code=row["code"],
        indicator=row["indicator"],
        title=row["title"],
        purpose=row["purpose"],
        whom=row["whom"],
        dimensions=tuple(row["dimensions"]),
        measures=tuple(SuggestedMeasure(**one) for one in row["measures"]),
        ideas=tuple(SuggestedIdea(**one) for one in row["ideas"]),
        cycle=SuggestedCycle(**row["cycle"]),
    )


def _in(language: str, value: Any) -> Any:
    """The same with every text of several languages as the text of one. Raises KeyError for a missing language."""
    if isinstance(value, list):
        return [_in(language, one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() & set(LANGUAGES):
        return value[language]
    return {name: _in(language, one) for name, one in value.items()}
