"""What *Seriediagram* shows of one indicator at one unit: from the registry's series to a drawing in a language."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pandas
from sqlalchemy import Connection

from nhr_dash import disclosure
from nhr_dash.access import Scope
from nhr_dash.charts import patient_chart, run_chart
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.own_points import OwnPoint
from nhr_dash.database import is_synthetic
from nhr_dash.improvement import annotations, evidence, holding
from nhr_dash.registry import indicators, series, units
from nhr_dash.registry.periods import MONTHS_IN
from nhr_dash.statistics import advice, reading
from nhr_dash.statistics.advice import Advice
from nhr_dash.statistics.effect import MinutesVerdict, Verdict
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, number, percent, period
from nhr_dash.ui import chart_events, method, rare, waiting
from nhr_dash.ui import phases as phases_of
from nhr_dash.ui.method import Method
from nhr_dash.ui.waiting import Plan

CALENDAR = ("month", "quarter", "tertial", "half_year", "year")
K_CHOICES = (5, 10, 15, 20, 30, 50)


@dataclass(frozen=True, slots=True)
class Aim:
    """A project's aim: a share (0-1) or minutes; ``strict`` when it must be passed, not only reached."""

    value: float
    strict: bool


@dataclass(frozen=True, slots=True)
class OfProject:
    """What a project's own chart shows besides the registry's numbers.

    ``window``: what its change is judged by; where no phase is set on the chart, one begins with the change.
    ``participants``: the project's hospitals, which are not compared with.
    """

    aim: Aim | None = None
    aim_by: date | None = None
    points: tuple[OwnPoint, ...] = ()
    window: evidence.Window | None = None
    participants: tuple[int, ...] = ()


NO_PROJECT = OfProject()


@dataclass(frozen=True, slots=True)
class View:
    """One chart with its words. ``drawing`` is None where there is no patient in the period, or none that may be shown:
    then ``hidden_under`` is the fewest that are shown, else 0."""

    drawing: Drawing | None
    grain: str
    k: int
    recommended: Advice
    grains: tuple[str, ...]
    population: str
    assumed: str
    method: tuple[str, ...]
    patients: int
    hidden_under: int = 0
    footnotes: tuple[str, ...] = ()
    newest: date | None = None
    baseline: tuple[date, date] | None = None
    charted: Method | None = None
    signals: tuple[str, ...] = ()
    waiting: Plan | None = None
    phases: tuple[annotations.Phase, ...] = ()
    exclusions: tuple[annotations.Exclusion, ...] = ()
    may_change: bool = False
    flags: tuple[chart_events.Flag, ...] = ()


def starts(period: str, newest: date) -> date | None:
    """First day of a period of whole months that ends with the newest one; None for all years."""
    if period == "alt":
        return None
    month = newest.year * 12 + newest.month - int(period)
    return date(month // 12, month % 12 + 1, 1)


def read(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator_id: str,
    grain: str,
    k: int,
    start: date | None,
    language: str,
    kind: str = "",
    rules: str = "",
    others: Callable[[str, bool], evidence.Hospitals] | None = None,
    *,
    national: bool = True,
    project: OfProject = NO_PROJECT,
    preview: date | None = None,
) -> View:
    """The series in the asked grain and kind of chart (empty: the recommended ones), read, judged and drawn.

    ``preview``: the first day of a phase that is shown without being set.
    ``others``: where an indicator's hospitals are kept (with minutes or without), for the verdict on a stored change.
    ``national``: with the flags of national events. Raises :class:`indicators.UnknownIndicator`, and
    :class:`access.NotAllowed` where a unit that is not the scope's own is asked for patient by patient.
    """
    indicator = indicators.by_id(indicator_id)
    words = indicator.words(language)
    detail = scope.visibility.in_detail(unit) and units.unit(connection, unit).level == "hospital"
    yearly = series.series(connection, scope, series.Question(unit, indicator_id, "year", start, None))
    months = max(1, _months(yearly.frame))
    counted = int(yearly.frame["denominator"].sum())
    level = float(yearly.frame["numerator"].sum() / counted) if counted else None
    # A run chart first: limits say nothing that the reader hasn't asked for, and flicker with the volume.
    recommended = advice.recommend(
        counted / months, level, indicator.minutes is not None, months, direction=indicator.direction, charts=("run",)
    )
    calendar = CALENDAR if scope.visibility.in_detail(unit) else disclosure.GRAINS
    grains = ("year",) if indicator.is_coverage else (("patient", "every_k") if detail else ()) + calendar
    fewest = disclosure.limit_for(scope, indicator)
    grain = grain if grain in grains else _grain(recommended, grains, counted / months, fewest)
    k = k or recommended.k or 10
    empty = View(
        drawing=None,
        grain=grain,
        k=k,
        recommended=recommended,
        grains=grains,
        population=words.population,
        assumed=words.assumed_note,
        method=(),
        patients=counted,
        hidden_under=fewest if yearly.frame["hidden"].any() else 0,
    )
    newest = series.newest_admission(connection)
    if not counted or newest is None:
        return empty
    phases = annotations.phases(connection, unit, indicator_id)
    drawn = _drawn(phases, preview, language)
    boundaries = _boundaries(drawn, project)
    found = series.series(
        connection,
        scope,
        series.Question(
            unit,
            indicator_id,
            grain,
            start,
            k=k if grain == "every_k" else None,
            boundaries=boundaries,
        ),
    )
    if not found.frame["denominator"].any():
        return replace(empty, hidden_under=fewest if found.frame["hidden"].any() else 0)
    in_minutes = indicator.is_duration or (grain == "patient" and indicator.minutes is not None)
    held_out = annotations.exclusions(connection, unit, indicator_id)
    excluded = holding.held_out(found.frame, held_out)
    judged = reading.read_frame(
        holding.without(found.frame, excluded),
        direction=indicator.direction,
        duration=in_minutes,
        limit=indicator.limit_minutes,
    )
    # A day that was found by looking at the figures is no stored change: nothing is judged of it.
    judged = replace(
        judged,
        judged=None
        if preview is not None
        else _verdict(connection, scope, unit, indicator_id, boundaries, found.frame, judged, others, project),
    )
    offered = rare.kinds(indicator, int(yearly.frame["numerator"].sum()), counted, months) if detail else ()
    charted = method.chart_of(
        found.frame,
        grain=grain,
        kind="" if kind in offered else kind,
        rules=rules,
        recommended=recommended.chart if grain == recommended.grain else "run",
        in_minutes=in_minutes,
        excluded=excluded,
    )
    charted = replace(charted, kinds=(*charted.kinds, *offered))
    name = units.unit(connection, unit).name
    events = chart_events.read(connection, scope, unit, indicator_id, start, newest.date(), language, national=national)
    synthetic = is_synthetic(connection)
    ribbon = method.ribbon(charted, (~found.frame["hidden"]).tolist(), language)
    sides = method.sides(charted, -abs(indicator.direction) if in_minutes else indicator.direction)
    if grain == "patient" and indicator.minutes is not None:
        drawing = patient_chart.build(
            found.frame,
            judged,
            indicator=words.title,
            unit_name=name,
            language=language,
            limit_minutes=indicator.limit_minutes,
            events=events,
            synthetic=synthetic,
            ribbon=ribbon,
            sides=sides,
            excluded=excluded,
            aim=project.aim,
            aim_by=project.aim_by,
            own_points=project.points,
        )
    else:
        drawing = run_chart.build(
            found.frame,
            judged,
            indicator=words.title,
            unit_name=name,
            grain=grain,
            k=k,
            language=language,
            direction=indicator.direction,
            limit_minutes=indicator.limit_minutes,
            target=indicator.target_on(newest.date()),
            levels=indicator.levels_on(newest.date()),
            events=events,
            synthetic=synthetic,
            ribbon=ribbon,
            sides=sides,
            excluded=excluded,
            aim=project.aim,
            aim_by=project.aim_by,
            own_points=project.points,
            hidden_under=fewest,
        )
    names = [period(start, grain, language) for start in found.frame["start"]]
    signals = method.said(charted, names, language)
    lines = _method(judged, drawn, language)
    if kind in offered:
        question = replace(found.question, grain="patient", k=None)
        patients = found.frame if grain == "patient" else series.series(connection, scope, question).frame
        shown = rare.chart(
            patients,
            charted,
            kind=kind,
            excluded=holding.held_out(patients, held_out),
            indicator=words.title,
            unit_name=name,
            events=events,
            synthetic=synthetic,
            language=language,
        )
        if shown is None:
            charted = replace(charted, refused="rare.too_few")
        else:
            drawing, charted, signals, lines = shown.drawing, shown.charted, shown.signals, ()
    return replace(
        empty,
        drawing=drawing,
        method=(*lines, *phases_of.held_out_lines(held_out, language)),
        footnotes=tuple(t(language, note.key, names=note.names) for note in found.footnotes),
        newest=newest.date(),
        baseline=_baseline(found.frame, judged),
        charted=charted,
        phases=tuple(phases),
        exclusions=tuple(held_out),
        may_change=scope.visibility.in_detail(unit),
        waiting=_waiting(indicator, found.frame, judged, newest.date()),
        signals=signals,
        flags=events,
    )


def _drawn(phases: list[annotations.Phase], preview: date | None, language: str) -> list[annotations.Phase]:
    """The phases that are drawn: those that are set, and the one that is only shown."""
    shown = [] if preview is None else [annotations.Phase(preview, t(language, "rebase.not_set"))]
    return sorted([*phases, *shown], key=lambda one: one.starts_on)


def _boundaries(drawn: list[annotations.Phase], project: OfProject) -> tuple[date, ...]:
    """First days of the phases that are drawn; without any the day of a project's change."""
    if drawn or project.window is None:
        return tuple(phase.starts_on for phase in drawn)
    return (project.window.changed_on,)


def _verdict(
    connection: Connection,
    scope: Scope,
    unit: int,
    indicator: str,
    starts: tuple[date, ...],
    frame: pandas.DataFrame,
    judged: reading.Reading,
    others: Callable[[str, bool], evidence.Hospitals] | None,
    project: OfProject,
) -> Verdict | MinutesVerdict | None:
    """The verdict on the stored change between the last two phases drawn; None where there is none to judge."""
    if judged.before is None or not starts:
        return None
    in_minutes = judged.kind == "minutes"
    window = project.window or evidence.stored(starts[: int(frame["phase"].iloc[judged.now.first])])
    try:
        found = evidence.judged(
            connection,
            scope,
            unit,
            indicator,
            window,
            participants=project.participants,
            compared_with=others(indicator, in_minutes) if others else None,
            minutes=in_minutes,
        )
    except evidence.Refused:
        return None
    return found.minutes if in_minutes else found.verdict


def _months(frame: pandas.DataFrame) -> int:
    seen = frame[frame["denominator"] > 0]
    if seen.empty:
        return 1
    days = (seen["end"].max() - seen["start"].min()).days
    return round(days / 30.44)


def _grain(recommended: Advice, grains: tuple[str, ...], monthly: float, fewest: int) -> str:
    """The recommended grain; of another unit the shortest that mostly has patients enough to be shown."""
    suits = [one for one in grains if one in MONTHS_IN and monthly * MONTHS_IN[one] >= 2 * fewest]
    return recommended.grain if recommended.grain in grains else (*suits, grains[-1])[0]


def _waiting(
    indicator: indicators.Indicator, frame: pandas.DataFrame, judged: reading.Reading, day: date
) -> Plan | None:
    if not judged.phases:
        return None
    now = frame.iloc[judged.now.first : judged.now.last + 1]
    return waiting.plan(indicator, judged.now, max(1, _months(now)), day)


def _baseline(frame: pandas.DataFrame, judged: reading.Reading) -> tuple[date, date] | None:
    """First and last day of the phase that the last one is held against; None where there is one phase."""
    if judged.before is None:
        return None
    first, last = frame["start"].iloc[judged.before.first], frame["end"].iloc[judged.before.last]
    return first.date(), (last - pandas.Timedelta(days=1)).date()


def _method(judged: reading.Reading, phases: list[annotations.Phase], language: str) -> tuple[str, ...]:
    lines = [t(language, "series.rules")]
    lines += [t(language, "verdict.rule")] if judged.judged is not None else []
    for place, phase in enumerate(judged.phases):
        name = (
            t(language, "series.whole_series")
            if len(judged.phases) == 1
            else t(language, "series.phase", number=place + 1)
        )
        found = phase.runs
        key = "series.runs_line" if found.n_useful >= reading.FEWEST_POINTS else "series.runs_short"
        lines.append(
            t(
                language,
                key,
                phase=name,
                longest=found.longest,
                longest_max=found.longest_max,
                crossings=found.crossings,
                crossings_min=found.crossings_min,
                useful=number(found.n_useful, language),
            )
        )
    lines += [
        t(language, "series.phase_reason", day=day(phase.starts_on, language), reason=phase.reason) for phase in phases
    ]
    if judged.tie_share > reading.MANY_TIES:
        lines.append(t(language, "series.ties", share=percent(judged.tie_share, language)))
    return tuple(lines)


def grain_label(view: View, grain: str, language: str) -> str:
    """The grain in words, the recommended one marked."""
    label = t(language, f"series.grain_{grain}", k=view.k)
    return t(language, "series.recommended", grain=label) if grain == view.recommended.grain else label


def why(view: View, language: str) -> str:
    """Why this grain is recommended, or what is drawn instead of it; empty where there is nothing to choose."""
    if view.charted is not None and view.charted.kind in rare.KINDS:
        return t(language, f"method.kinds_why.{view.charted.kind}")
    if len(view.grains) == 1 or view.recommended.grain not in view.grains:
        return ""
    return waiting.with_volume(view.recommended.reason, view.recommended.values, language)
