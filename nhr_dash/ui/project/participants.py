"""A project at several hospitals: each one's chart, and each one's change beside that of those that took no part."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas
from sqlalchemy import Connection

from nhr_dash import disclosure
from nhr_dash.access import Scope
from nhr_dash.charts import measure_row, verdict_words
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.measure_row import MeasureRow
from nhr_dash.improvement import evidence, family, measured, publishing
from nhr_dash.improvement.evidence import Evidence, Hospitals
from nhr_dash.improvement.measured import Measured
from nhr_dash.improvement.models import Effect, Measure
from nhr_dash.improvement.projects import Whole
from nhr_dash.registry import indicators, series, units
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, between, day, minutes, number, percent, points, signed
from nhr_dash.ui.run_chart import Aim

COLUMNS = ("hospital", "before", "after", "change", "beyond", "grade", "until")


def judged(
    connection: Connection, scope: Scope, whole: Whole, unit: int, others: Hospitals | None
) -> Evidence | Effect | None:
    """What is known of the change at a hospital: the evidence at one's own, the stored effect at others'.

    None where there is no day, no indicator or nothing to judge, and where the stored effect is too small to show.
    """
    if not scope.visibility.in_detail(unit):
        return next((one for one in publishing.shown(whole.effects, scope) if one.unit == unit), None)
    asked = publishing.windows(whole).get(unit)
    if asked is None or whole.outcome is None or others is None:
        return None
    try:
        return evidence.judged(
            connection, scope, unit, others.indicator, asked, participants=whole.units, compared_with=others
        )
    except evidence.Refused:
        return None


def facets(
    connection: Connection, scope: Scope, whole: Whole, measure: Measure, first: date | None, language: str
) -> Drawing | None:
    """The outcome measure at each hospital, under each other on one scale; None without the registry's numbers."""
    starts = {one.unit: one.starts_on for one in whole.participants}
    aim = None if whole.project.aim_value is None else Aim(whole.project.aim_value, whole.project.aim_strict)
    rows = []
    for unit in whole.units:
        one = measured.registry_measure(connection, scope, measure, unit)
        if one.frame.empty:
            continue
        frame, read = family.read(one, starts.get(unit) or whole.project.starts_on, first)
        name = units.unit(connection, unit).name
        frame = shown(frame, one, scope, unit)
        rows.append(MeasureRow("hospital", name, frame, read, aim, one.direction))
    title = indicators.by_id(measure.indicator or "").words(language).title
    return measure_row.build(rows, language, title) if rows else None


def shown(frame: pandas.DataFrame, one: Measured, scope: Scope, unit: int) -> pandas.DataFrame:
    """A measure's points as they may be drawn: of a team's own numbers, few patients of another hospital are a gap.

    The registry's have been seen to when they were read.
    """
    if one.registry or scope.visibility.in_detail(unit):
        return frame
    few = frame["denominator"].to_numpy() < disclosure.standard().other_units
    return disclosure.masked(frame, few, few & False)


def table(
    connection: Connection, whole: Whole, indicator: str, found: Sequence[Evidence | Effect | None], language: str
) -> pandas.DataFrame:
    """A row a hospital: before, after, change with its uncertainty, beyond the others, verdict, registered until."""
    rows = []
    for unit, one in zip(whole.units, found, strict=True):
        open_from = series.provisional_from(connection, unit, indicator)
        until = day(open_from - timedelta(days=1), language) if open_from else DASH
        rows.append((units.unit(connection, unit).name, *_numbers(one, language), until))
    return pandas.DataFrame(rows, columns=[t(language, f"project.column_{name}") for name in COLUMNS])


def stored(effect: Effect, title: str, language: str) -> tuple[str, ...]:
    """A stored effect as the headline and what it rests on."""
    before, after, change, grade = _effect(effect, language)
    told = t(language, "project.stored", title=title, before=before, after=after, change=change, grade=grade)
    counts = (number(one, language) for one in (effect.before_patients, effect.after_patients))
    days = (
        day(one, language) for one in (effect.before_from, effect.before_until, effect.after_from, effect.after_until)
    )
    names = ("before", "after", "before_from", "before_until", "after_from", "after_until")
    return told, t(language, "project.stored_basis", **dict(zip(names, (*counts, *days), strict=True)))


def _numbers(one: Evidence | Effect | None, language: str) -> tuple[str, ...]:
    """Before, after, change, beyond the others, verdict."""
    if isinstance(one, Effect):
        before, after, change, grade = _effect(one, language)
        return before, after, change, DASH, grade
    if one is not None and one.verdict is None and one.minutes is not None:
        shift, grade = one.minutes.shift, verdict_words.grade(one.minutes, language)
        low_high = between(shift.shift.low, shift.shift.high, language, scale=1)
        levels = (minutes(value, language) for value in (shift.median_before, shift.median_after))
        return *levels, f"{signed(shift.shift.estimate, language)} min ({low_high})", DASH, grade
    if one is None or one.verdict is None:
        return (DASH,) * 5
    own, beyond = one.verdict.change, one.verdict.compared
    size, grade = own.difference, verdict_words.grade(one.verdict, language)
    levels = (percent(value.estimate, language) for value in (own.before, own.after))
    more = DASH if beyond is None else _points(beyond.estimate, beyond.low, beyond.high, language)
    return *levels, _points(size.estimate, size.low, size.high, language), more, grade


def _effect(effect: Effect, language: str) -> tuple[str, str, str, str]:
    """Before, after, change with its uncertainty, verdict."""
    grade = t(language, f"verdict.{effect.grade}")
    grade = grade[0].upper() + grade[1:]
    if effect.in_minutes:
        low_high = between(effect.low, effect.high, language, scale=1)
        change = f"{signed(effect.difference, language)} min ({low_high})"
        return minutes(effect.before, language), minutes(effect.after, language), change, grade
    change = _points(effect.difference, effect.low, effect.high, language)
    return percent(effect.before, language), percent(effect.after, language), change, grade


def _points(estimate: float, low: float, high: float, language: str) -> str:
    return f"{points(estimate, language)} ({between(low, high, language)})"
