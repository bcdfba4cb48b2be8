"""Before and after in full: what stands behind the verdict on a change, asked for part by part.

Each part rests on the spans of one :class:`~nhr_dash.improvement.evidence.Evidence`, so that all of them
speak of the same months. Parts that show single patients are for a unit that is seen in detail.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas
from numpy.typing import NDArray
from sqlalchemy import Connection, or_, select

from nhr_dash import disclosure
from nhr_dash.access import Scope
from nhr_dash.improvement import evidence
from nhr_dash.improvement.evidence import Evidence, Hospitals, Refused
from nhr_dash.improvement.kinds import EventKind
from nhr_dash.improvement.models import Event, Measure, Participant, Project
from nhr_dash.registry import case_mix, disclosed, series, units
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import INDICATORS, by_id
from nhr_dash.registry.units import NATION
from nhr_dash.statistics import effect, power
from nhr_dash.statistics.effect import checks
from nhr_dash.statistics.effect.checks import Check
from nhr_dash.statistics.fdr import benjamini_hochberg

Group = Literal["country", "region", "size", "project"]
GROUPS: tuple[Group, ...] = ("country", "region", "size", "project")
SIMILAR = 2.0
"""Hospitals of like size have between half and twice as many patients a year."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Beside:
    """What happened to another indicator over the same months. ``stands_out``: beyond chance over all (FDR 5 %)."""

    indicator: Indicator
    found: Evidence
    stands_out: bool


@dataclass(frozen=True, eq=False)
class Month:
    """A unit's months from the first of the time before to the last of the time after, the ramp-in between them."""

    start: NDArray[np.datetime64]
    counts: Floats
    patients: Floats
    change: int
    ramp_in: int

    @property
    def shares(self) -> Floats:
        """The share of each month; NaN without patients."""
        return np.divide(self.counts, self.patients, out=np.full(len(self.start), np.nan), where=self.patients > 0)


def months(connection: Connection, scope: Scope, found: Evidence) -> Month:
    """The months behind the verdict; those without patients, and those that are hidden, are there with none."""
    return _grid(_shown(connection, scope, found, _months_of(connection, scope, found, [found.unit])), found)


def _months_of(connection: Connection, scope: Scope, found: Evidence, units_: Sequence[int]) -> pandas.DataFrame:
    """The months of many units from the first of the time before to the last of the time after, in full."""
    first, until = (day.replace(day=1) for day in (found.spans.before_from, found.spans.after_until))
    return series.many(connection, scope, units_, found.indicator, "month", first, until)


def _shown(connection: Connection, scope: Scope, found: Evidence, frame: pandas.DataFrame) -> pandas.DataFrame:
    return disclosed.of_many(connection, scope, by_id(found.indicator), "month", frame)


def _grid(frame: pandas.DataFrame, found: Evidence) -> Month:
    spans = found.spans
    first = np.datetime64(spans.before_from, "M")
    start = np.arange(first, np.datetime64(spans.after_until, "M"))
    at = (frame["start"].to_numpy().astype("datetime64[M]") - first).astype(int)
    inside = (at >= 0) & (at < len(start))
    counts, patients = (
        np.bincount(at[inside], frame[name].to_numpy(float)[inside], len(start))[: len(start)].astype(float)
        for name in ("numerator", "denominator")
    )
    change = int(np.count_nonzero(start < np.datetime64(spans.before_until, "M")))
    return Month(start, counts, patients, change, spans.gap_months)


def beside(
    connection: Connection,
    scope: Scope,
    found: Evidence,
    indicators: Sequence[str],
    hospitals: Callable[[str], Hospitals],
    participants: Collection[int] = (),
) -> tuple[Beside, ...]:
    """Indicators over the same months, judged by the same rule, with false discoveries controlled over them.

    ``hospitals`` gives what every hospital did with an indicator (:func:`evidence.hospitals`, kept by the caller).
    """
    kept: list[tuple[str, Evidence, float]] = []
    for one in indicators:
        if by_id(one).is_coverage:
            continue
        try:
            answer = evidence.judged(
                connection,
                scope,
                found.unit,
                one,
                found.window,
                participants=participants,
                compared_with=hospitals(one),
                minutes=False,
            )
        except Refused:
            continue  # no patients so early: nothing to say of it
        if answer.verdict is not None and not np.isnan(answer.verdict.change.difference.estimate):
            kept.append((one, answer, answer.verdict.change.p))
    adjusted = benjamini_hochberg([p for _, _, p in kept])
    return tuple(
        Beside(by_id(one), answer, bool(value < 0.05)) for (one, answer, _), value in zip(kept, adjusted, strict=True)
    )


def others_measured(indicator: str) -> tuple[str, ...]:
    """Every other indicator that a unit has facts for: where side effects and secondary gains are looked for."""
    return tuple(one.id for one in INDICATORS if one.id != indicator and not one.is_coverage and not one.is_duration)


def interrupted(month: Month) -> effect.InterruptedSeries:
    """Level and slope change with the line that was to be expected; refused, with the reason, where it is too short."""
    counts = month.counts.copy()
    counts[month.change : month.change + month.ramp_in] = np.nan
    return effect.interrupted_series(counts, month.change, denominator=month.patients, season=len(counts) >= 36)


def difference(
    connection: Connection,
    scope: Scope,
    found: Evidence,
    group: Group,
    participants: Collection[int] = (),
    *,
    drawn: bool = False,
) -> effect.DifferenceInDifferences:
    """Own change minus that of units that took no part: in the country, in the region, or of like size.

    ``project``: the change of all participants together, against the rest of the country.
    What is told of the others is pooled over all of them: :class:`disclosure.TooFewUnits` where they are too few.
    ``drawn``: ``months`` are to be shown one by one, and are made of hospitals' months that may be shown.
    """
    others = compared_with(connection, scope, found, group, participants)
    disclosure.require_pool(len(others))
    taking_part = list(dict.fromkeys([found.unit, *participants])) if group == "project" else [found.unit]
    theirs = _months_of(connection, scope, found, others)
    own = _shown(connection, scope, found, _months_of(connection, scope, found, taking_part))
    measured = _difference(pandas.concat([own, theirs]), found, taking_part, others)
    if not drawn:
        return measured
    shown = pandas.concat([own, _shown(connection, scope, found, theirs)])
    return replace(measured, months=_difference(shown, found, taking_part, others).months)


def _difference(
    frame: pandas.DataFrame, found: Evidence, taking_part: Sequence[int], others: Sequence[int]
) -> effect.DifferenceInDifferences:
    def sides(units_: Sequence[int]) -> tuple[Floats, Floats]:
        rows = [_grid(frame[frame["unit"] == one], found) for one in units_]
        counts, patients = ([getattr(one, name) for one in rows] for name in ("counts", "patients"))
        return np.array(counts).reshape(-1, width), np.array(patients).reshape(-1, width)

    own = _grid(frame[frame["unit"] == found.unit], found)
    width = len(own.start)
    return effect.difference_in_differences(*sides(taking_part), *sides(others), own.change, ramp_in=own.ramp_in)


def compared_with(
    connection: Connection, scope: Scope, found: Evidence, group: Group, participants: Collection[int] = ()
) -> tuple[int, ...]:
    """Real hospitals that took no part, of a group; a training hospital's region is the country."""
    took_part = {one for part in (found.unit, *participants) for one in units.members(connection, part)}
    area = NATION
    if group == "region":
        area = units.parents(connection, found.unit).get("region", NATION)
    others = [one for one in units.members(connection, area) if one not in took_part]
    if group != "size":
        return tuple(others)
    frame = _months_of(connection, scope, found, [found.unit, *others])
    totals = {unit: _grid(rows, found).patients.sum() for unit, rows in frame.groupby("unit")}
    own = totals.get(found.unit, 0.0)
    return tuple(one for one in others if own / SIMILAR <= totals.get(one, 0.0) <= own * SIMILAR)


@dataclass(frozen=True, eq=False)
class Minutes:
    """Minutes of every patient before and after; without a known time left out."""

    before: Floats
    after: Floats
    limit: float | None


def minutes(connection: Connection, scope: Scope, found: Evidence) -> Minutes | None:
    """The distributions before and after; None for an indicator without minutes. Raises ``NotAllowed``."""
    indicator = by_id(found.indicator)
    if indicator.minutes is None:
        return None
    spans = found.spans
    sides = []
    for first, until in ((spans.before_from, spans.before_until), (spans.after_from, spans.after_until)):
        asked = series.Question(found.unit, found.indicator, "patient", first, until)
        values = series.patients(connection, scope, asked)["minutes"].to_numpy(float)
        sides.append(values[~np.isnan(values)])
    return Minutes(sides[0], sides[1], indicator.limit_minutes)


@dataclass(frozen=True, slots=True)
class MixRow:
    """A column of who the patients were; ``code`` is one of its categories, None for a number.

    ``before`` and ``after``: a mean of the known, or a share of all patients; NaN without any.
    """

    column: str
    code: str | None
    before: float
    after: float
    differs: bool


@dataclass(frozen=True, eq=False)
class Mix:
    """Who the patients were, a row a patient on each side, and a check a column."""

    before: pandas.DataFrame
    after: pandas.DataFrame
    checks: tuple[Check, ...]

    def rows(self) -> list[MixRow]:
        """A row a number and a category: what was known before and after, and whether the column differs."""
        differs = {check.values["column"]: not check.passed for check in self.checks}
        found = []
        for name in case_mix.NUMBERS:
            before, after = (float(side[name].mean()) for side in (self.before, self.after))
            found.append(MixRow(name, None, before, after, differs[name]))
        for name in case_mix.CATEGORIES:
            for code in sorted({*self.before[name].dropna(), *self.after[name].dropna()}):
                before, after = (float((side[name] == code).mean()) for side in (self.before, self.after))
                found.append(MixRow(name, code, before, after, differs[name]))
        return found


def mix(connection: Connection, scope: Scope, found: Evidence) -> Mix:
    """Age, severity, arrival and so on before and after, with what differs. Raises ``NotAllowed``."""
    spans = found.spans
    before, after = (
        case_mix.patients(connection, scope, found.unit, found.indicator, first, until)
        for first, until in ((spans.before_from, spans.before_until), (spans.after_from, spans.after_until))
    )
    return Mix(before, after, checks.case_mix(before, after))


def warnings(
    connection: Connection,
    scope: Scope,
    found: Evidence,
    *,
    project: str | None = None,
    compared: effect.DifferenceInDifferences | None = None,
    patients: Mix | None = None,
) -> tuple[Check, ...]:
    """What else could explain the change, or makes it hard to read: only checks that have something to say.

    ``project`` is not counted among the other projects of the same time.
    """
    spans, indicator = found.spans, by_id(found.indicator)
    asked = [
        _chosen_because_low(connection, scope, found, indicator),
        _coverage(connection, found),
        checks.changed_definition(spans.before_from, spans.after_until, _definition_changes(connection, found)),
        checks.other_projects(spans.after_from, spans.after_until, _other_projects(connection, scope, found, project)),
        checks.season(len(spans.before.patients), len(spans.after.patients)),
        checks.provisional(spans.provisional),
        _enough(found, indicator),
    ]
    if compared is not None and compared.reason is None:
        asked.append(checks.parallel_before(compared.parallel))
    if patients is not None:
        asked.extend(patients.checks)
    return tuple(one for one in asked if one is not None and not one.passed)


def _definition_changes(connection: Connection, found: Evidence) -> list[date]:
    """Days on which what is counted, or how it is registered, was changed: events of those two kinds."""
    above = [found.unit, *units.parents(connection, found.unit).values()]
    return list(
        connection.scalars(
            select(Event.starts_on)
            .where(Event.kind.in_([EventKind.DEFINITION, EventKind.DATA]), Event.deleted_at.is_(None))
            .where(or_(Event.unit.is_(None), Event.unit.in_(above)))
            .where(or_(Event.indicator.is_(None), Event.indicator == found.indicator))
        )
    )


def _chosen_because_low(connection: Connection, scope: Scope, found: Evidence, indicator: Indicator) -> Check | None:
    if indicator.is_duration:
        return None
    hospitals = [one for one in units.members(connection, NATION) if one != found.unit]
    frame = series.many(connection, scope, [found.unit, *hospitals], found.indicator, "month")
    first, until = np.datetime64(found.spans.before_from), np.datetime64(found.spans.before_until)
    start = frame["start"].to_numpy()
    sums = frame[(start >= first) & (start < until)].groupby("unit")[["numerator", "denominator"]].sum()
    own_count, own_patients = found.spans.before.total
    return checks.regression_to_mean(
        own_count,
        own_patients,
        sums["numerator"].to_numpy(float),
        sums["denominator"].to_numpy(float),
        direction=indicator.direction or 1,
    )


def _coverage(connection: Connection, found: Evidence) -> Check:
    known = series.coverage(connection, found.unit).set_index("year")["share"]
    spans = found.spans
    sides = []
    for first, until in ((spans.before_from, spans.before_until), (spans.after_from, spans.after_until)):
        years = [year for year in range(first.year, until.year + 1) if year in known.index]
        sides.append(float(known.loc[years].mean()) if years else float("nan"))
    return checks.coverage(*sides)


def _other_projects(
    connection: Connection, scope: Scope, found: Evidence, project: str | None
) -> list[tuple[date, date | None]]:
    """Start and end of other projects at the unit that measure the same; those that may be seen."""
    rows = connection.execute(
        select(Project.id, Project.starts_on, Project.ends_on, Project.published)
        .join(Measure, Measure.project == Project.id)
        .join(Participant, Participant.project == Project.id)
        .where(Measure.indicator == found.indicator, Participant.unit == found.unit, Project.starts_on.is_not(None))
        .where(*(kind.deleted_at.is_(None) for kind in (Project, Measure, Participant)))
        .distinct()
    )
    own = scope.visibility.in_detail(found.unit)
    return [(row.starts_on, row.ends_on) for row in rows if row.id != project and (own or row.published)]


def _enough(found: Evidence, indicator: Indicator) -> Check | None:
    """Could a lift to the target have been seen with these patients? Only asked where nothing certain was found."""
    target = indicator.target_on(found.spans.after_until)
    n = found.spans.after.total[1]
    length = len(found.spans.after.patients)
    share = found.spans.before.total[0] / found.spans.before.total[1] if found.spans.before.total[1] else float("nan")
    if target is None or not length or not n or np.isnan(share) or (target.value - share) * indicator.direction <= 0:
        return None
    wanted = power.months_each_side(n / length, share, target.value)
    if wanted is None or length >= wanted:
        return None
    return Check("checks.too_short", False, {"months": int(wanted), "have": length})


_SMALL_RETURN = 0.2
_DOUBTS = ("regression_to_mean", "coverage", "definition", "other_projects", "parallel", "completeness")
_MIX = ("case_mix_number", "case_mix_category")


def changes_the_reading(check: Check, found: Evidence) -> bool:
    """Does a check belong beside the verdict, not among the reservations?

    A return towards the mean does when it could be a fifth or more of what was seen.
    """
    if check.key == "checks.regression_to_mean" and found.verdict is not None:
        seen = abs(found.verdict.change.difference.estimate)
        return int(check.values.get("points", 0)) >= 100 * _SMALL_RETURN * seen
    return check.key.removeprefix("checks.") in (*_DOUBTS, *_MIX)
