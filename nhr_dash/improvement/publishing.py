"""Showing a project to everyone: its effect is computed once, on full data, and stored as it was that day.

What others see is the stored effect alone, in whole months: it can't be asked for with other dates and subtracted.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import numpy as np
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from nhr_dash.access import NotAllowed, Scope, everything
from nhr_dash.database import data_version
from nhr_dash.improvement import evidence, projects, store
from nhr_dash.improvement.evidence import Evidence, Window
from nhr_dash.improvement.models import Effect, Measure, Participant, Project
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import audit
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics.intervals import newcombe, two_sided_z

FEWEST = 20
"""Patients before and after under which a published effect is not shown to others."""
FADING = 0.5
"""How likely a count of a published effect is told one patient further off, beside how likely it isn't."""


def window(project: Project, outcome: Measure | None, participant: Participant | None = None) -> Window | None:
    """What is compared with what at a hospital: its own start, else the project's; None where none is set.

    The time before begins where the outcome's baseline does, if the team has set that, in
    whole years if it holds one.
    """
    own = participant.starts_on if participant is not None else None
    changed_on = own or project.starts_on
    if changed_on is None:
        return None
    baseline = outcome.baseline_from if outcome is not None else None
    before = evidence.before_from(baseline, changed_on) if baseline is not None else None
    return Window(changed_on, None if own else project.settled_on, before_from=before)


def windows(whole: Whole) -> dict[int, Window]:
    """The window of each hospital of a project that has one."""
    of = {one.unit: one for one in whole.participants}
    found = {unit: window(whole.project, whole.outcome, of.get(unit)) for unit in whole.units}
    return {unit: one for unit, one in found.items() if one is not None}


def publish(session: Session, scope: Scope, project: str) -> Sequence[Effect]:
    """Publish a project with the effect of each hospital, in the caller's transaction. Effects stored before are gone.

    A hospital whose change can't be judged has none. Raises ``NotAllowed`` and ``store.Gone``.
    """
    whole = _own(session, scope, project)
    _forget(session, scope, whole)
    found = [_effect(whole, one, data_version(session.connection())) for one in _judged(session, scope, whole)]
    for effect in found:
        store.make(session, scope, effect)
    store.save(session, scope, Project, project, whole.project.version, {"published": True})
    audit.note(session.connection(), scope.logged_as, audit.What.PUBLISHED, project)
    return found


def unpublish(session: Session, scope: Scope, project: str) -> None:
    """Keep a project to its own hospitals again, in the caller's transaction; its stored effects are gone."""
    whole = _own(session, scope, project)
    _forget(session, scope, whole)
    store.save(session, scope, Project, project, whole.project.version, {"published": False})
    audit.note(session.connection(), scope.logged_as, audit.What.UNPUBLISHED, project)


def may_publish(scope: Scope, whole: Whole) -> bool:
    """May this person show the project to everyone, or take that back?"""
    return any(scope.may_publish(unit) for unit in whole.units)


def shown(effects: Iterable[Effect], scope: Scope) -> list[Effect]:
    """Stored effects that may be seen: one's own, and others' with at least :data:`FEWEST` patients on both sides.

    Others' are made of counts that are a few patients off (:func:`off_by`), the same ones each time: the patients of a
    project's months, less those of the months on show, could be the few of one that isn't.
    """
    return [
        one if scope.visibility.in_detail(one.unit) else blurred(one, off_by(one.id))
        for one in effects
        if scope.visibility.in_detail(one.unit) or min(one.before_patients, one.after_patients) >= FEWEST
    ]


def off_by(effect: str) -> list[int]:
    """By how many patients four counts of an effect are told too high: done and not done before, done and not done
    after. Drawn from the effect's id, which is random and shown to nobody.

    The two-sided geometric mechanism (Ghosh, Roughgarden and Sundararajan, SIAM J Comput 2012;41:1673): off by one
    more patient is :data:`FADING` times as likely. So what is told fits any other count as well, nearly as likely if
    it is near.
    """
    random = np.random.default_rng(UUID(effect).int)
    more, fewer = random.geometric(1 - FADING, (2, 4))
    return [int(one) for one in more - fewer]


def blurred(effect: Effect, off: Sequence[int]) -> Effect:
    """An effect as if its four counts were so many patients larger: a copy that is kept nowhere.

    The uncertainty is that of the told counts and of how far they may be off. Minutes are medians, not counts: they are
    told whole, and the numbers of patients are off. The grade is the stored one.
    """
    done_before, before = _off(effect, effect.before, effect.before_patients, off[:2])
    done_after, after = _off(effect, effect.after, effect.after_patients, off[2:])
    told: dict[str, float] = {"before_patients": before, "after_patients": after}
    if effect.in_minutes:
        told |= {name: round(getattr(effect, name)) for name in ("before", "after", "difference", "low", "high")}
    else:
        size = newcombe(done_before, before, done_after, after)
        levels = np.array([done_before / before, done_after / after])
        patients_off = 2 * FADING / (1 - FADING) ** 2  # the variance of each count's
        may_be_off = patients_off * ((levels**2 + (1 - levels) ** 2) / np.array([before, after]) ** 2).sum()
        reach = np.hypot((size.low - size.estimate, size.high - size.estimate), two_sided_z(0.95) * may_be_off**0.5)
        told |= {"before": float(levels[0]), "after": float(levels[1]), "difference": size.estimate}
        told |= {"low": max(size.estimate - float(reach[0]), -1), "high": min(size.estimate + float(reach[1]), 1)}
    return Effect(**({one.key: getattr(effect, one.key) for one in inspect(Effect).column_attrs} | told))


def _off(effect: Effect, level: float, patients: int, off: Sequence[int]) -> tuple[int, int]:
    """How many of how many patients one side is told to have: at least :data:`FEWEST`, as is known."""
    true = 0 if effect.in_minutes else round(level * patients)
    done = max(true + off[0], 0)
    return done, max(done + max(patients - true + off[1], 0), FEWEST)


def _own(session: Session, scope: Scope, project: str) -> Whole:
    whole = projects.whole(session, scope, project)
    if not may_publish(scope, whole):
        raise NotAllowed(f"no role that publishes at any hospital of project {project}")
    return whole


def _forget(session: Session, scope: Scope, whole: Whole) -> None:
    for one in whole.effects:
        store.delete(session, scope, Effect, one.id)


def _judged(session: Session, scope: Scope, whole: Whole) -> list[Evidence]:
    """The evidence at each hospital that has any. Full data, also where the person sees no detail."""
    outcome = whole.outcome
    if outcome is None or outcome.indicator is None or by_id(outcome.indicator).is_coverage:
        return []
    connection, full = session.connection(), everything(scope.person)
    minutes = by_id(outcome.indicator).is_duration
    compared_with = evidence.hospitals(connection, full, outcome.indicator, minutes=minutes)
    found = []
    for unit, asked in windows(whole).items():
        try:
            one = evidence.judged(
                connection,
                full,
                unit,
                outcome.indicator,
                asked,
                participants=whole.units,
                compared_with=compared_with,
                minutes=minutes,
            )
        except evidence.Refused:
            continue
        if one.spans.before.total[1] and one.spans.after.total[1]:
            found.append(one)
    return found


def _effect(whole: Whole, one: Evidence, version: int) -> Effect:
    spans = one.spans
    assert whole.outcome is not None  # something was judged
    days = {
        "before_from": spans.before_from,
        "before_until": spans.before_until,
        "after_from": spans.after_from,
        "after_until": spans.after_until,
    }
    return Effect(
        project=whole.project.id,
        measure=whole.outcome.id,
        unit=one.unit,
        grade=one.grade.value,
        data_version=version,
        **days,
        **_size(one),
    )


def _size(one: Evidence) -> dict[str, float | int]:
    """Level before and after, patients, difference with its interval: of the share, or of the minutes of a duration."""
    if one.verdict is not None:
        change = one.verdict.change
        levels, size = (change.before.estimate, change.after.estimate), change.difference
        patients = change.before_patients, change.after_patients
    else:
        assert one.minutes is not None  # a duration has no share
        shift = one.minutes.shift
        levels, size = (shift.median_before, shift.median_after), shift.shift
        patients = shift.before_patients, shift.after_patients
    return {
        "before": levels[0],
        "before_patients": patients[0],
        "after": levels[1],
        "after_patients": patients[1],
        "difference": size.estimate,
        "low": size.low,
        "high": size.high,
    }
