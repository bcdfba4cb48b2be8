"""What the page shows of a project's numbers: aim, answers, verdict and drawings, read once and kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pandas
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.charts import measure_row, verdict_words
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.measure_row import MeasureRow
from nhr_dash.charts.own_points import OwnPoint
from nhr_dash.improvement import aims, family, measured, progress, projects, publishing
from nhr_dash.improvement.evidence import Evidence, Hospitals
from nhr_dash.improvement.measured import Facts, Measured
from nhr_dash.improvement.models import Effect, Entry
from nhr_dash.improvement.progress import Progress, Question
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import indicators
from nhr_dash.statistics.effect import Grade
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import number
from nhr_dash.ui.project import participants
from nhr_dash.ui.run_chart import Aim, OfProject

MONTHS_BEFORE = 24
"""Months before the change that are drawn, also where the chosen period is shorter."""


@dataclass(frozen=True, slots=True)
class Board:
    """One project at one hospital.

    ``chart``: what its run chart shows besides the registry's numbers; None without a measure of the registry.
    ``start``: first day that is drawn. ``verdict``: sentences, the first the headline. ``uncharted``: measures without
    a drawing, in words. ``facets`` and ``hospitals``: a project at several hospitals, each one's chart and numbers.
    """

    unit: int
    aim: str
    questions: tuple[Question, ...]
    progress: Progress
    chart: OfProject | None
    indicator: str
    start: date | None
    verdict: tuple[str, ...]
    family: Drawing | None
    uncharted: tuple[str, ...]
    facets: Drawing | None
    hospitals: pandas.DataFrame | None


def read(
    session: Session,
    scope: Scope,
    project: str,
    unit: int,
    start: date | None,
    language: str,
    others: Callable[[str, bool], Hospitals],
) -> Board:
    """Everything about a project's numbers at one of its hospitals.

    ``others``: where an indicator's hospitals are kept, with minutes or without. Raises ``NotAllowed``, ``store.Gone``.
    """
    whole = projects.whole(session, scope, project)
    connection = session.connection()
    facts = measured.gather(connection, scope, whole, unit, judge=False)
    outcome = whole.outcome
    indicator = (outcome.indicator or "") if outcome is not None and outcome.id in facts.measured else ""
    first = _first_day(whole, start)
    known = _known(indicator, others)
    found = participants.judged(connection, scope, whole, unit, known)
    facts = replace(facts, grade=None if found is None else Grade(found.grade))
    drawn, uncharted = _family(whole, facts, first, scope, language)
    several = len(whole.units) > 1 and indicator and outcome is not None
    return Board(
        unit=unit,
        aim=aims.of_whole(whole, facts, language),
        questions=progress.three_questions(whole, facts),
        progress=progress.progress(whole, facts),
        chart=_chart(whole, unit, own=scope.visibility.in_detail(unit)) if indicator else None,
        indicator=indicator,
        start=first,
        verdict=_verdict(found, whole, indicator, language),
        family=drawn,
        uncharted=uncharted,
        facets=participants.facets(connection, scope, whole, outcome, first, language) if several and outcome else None,
        hospitals=participants.table(
            connection,
            whole,
            indicator,
            [participants.judged(connection, scope, whole, one, known) for one in whole.units],
            language,
        )
        if several
        else None,
    )


def _known(indicator: str, others: Callable[[str, bool], Hospitals]) -> Hospitals | None:
    """The months of every hospital; None where nothing can be judged by them."""
    if not indicator or indicators.by_id(indicator).is_coverage:
        return None
    return others(indicator, indicators.by_id(indicator).is_duration)


def _first_day(whole: Whole, start: date | None) -> date | None:
    """The chosen period, or further back where the time before the change would be cut off."""
    if start is None or whole.project.starts_on is None:
        return start
    return min(start, measured.months_back(whole.project.starts_on, MONTHS_BEFORE))


def _verdict(found: Evidence | Effect | None, whole: Whole, indicator: str, language: str) -> tuple[str, ...]:
    """The headline, what it rests on, and why it isn't clearer."""
    if found is None:
        return ()
    words = indicators.by_id(indicator).words(language)
    if isinstance(found, Effect):
        return participants.stored(found, words.title, language)
    if found.verdict is not None:
        told = verdict_words.headline(
            found.verdict,
            language,
            title=words.title,
            short=words.short,
            helped=found.helped_a_year,
            limit=whole.project.aim_value,
        )
        change, reasons = found.verdict.change, verdict_words.reasons(found.verdict, language)
        counts = change.before_patients, change.after_patients
    elif found.minutes is not None:
        told = verdict_words.headline_minutes(found.minutes, language, title=words.title)
        shift, reasons = found.minutes.shift, verdict_words.reasons(found.minutes, language)
        counts = shift.before_patients, shift.after_patients
    else:
        return ()
    before, after = (number(one, language) for one in counts)
    basis = t(language, "project.basis", before=before, after=after, others=found.others)
    return (told, basis, *(one for one in reasons if one not in told))


def _chart(whole: Whole, unit: int, *, own: bool) -> OfProject:
    """The aim, and at one's own unit the team's quick registrations, day by day."""
    project = whole.project
    aim = None if project.aim_value is None else Aim(project.aim_value, project.aim_strict)
    days: dict[date, list[Entry]] = {}
    for one in whole.entries:
        if one.unit == unit and own:
            days.setdefault(one.day, []).append(one)
    points = tuple(
        OwnPoint(day, sum(one.followed for one in entries), len(entries)) for day, entries in sorted(days.items())
    )
    return OfProject(aim, project.aim_by, points, publishing.windows(whole).get(unit), whole.units)


def _family(
    whole: Whole, facts: Facts, first: date | None, scope: Scope, language: str
) -> tuple[Drawing | None, tuple[str, ...]]:
    """The measures in one drawing, and those that have none yet or are counts, each as a line."""
    rows, uncharted = [], []
    for measure in whole.measures:
        one = facts.of(measure)
        name = measured.title(measure, language)
        if one is None or one.scale == "count" or one.frame.empty:
            uncharted.append(_line(one, name, measure.kind, language))
            continue
        frame, read_ = family.read(one, whole.project.starts_on, first)
        aim = None if measure.target is None else Aim(measure.target, False)
        frame = participants.shown(frame, one, scope, facts.unit)
        rows.append(MeasureRow(measure.kind, name, frame, read_, aim, one.direction))  # type: ignore[arg-type]
    return (measure_row.build(rows, language) if rows else None), tuple(uncharted)


def _line(one: Measured | None, name: str, kind: str, language: str) -> str:
    """A measure without a drawing: its newest level, or that there is none."""
    level = None if one is None else one.level(None, None)
    value = t(language, "project.no_points_yet") if level is None else level.written(language)
    return t(language, "project.uncharted", kind=t(language, f"project.measure_{kind}"), measure=name, value=value)
