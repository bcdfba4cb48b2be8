"""Outcomes of hospitals, crude and adjusted for case-mix, as the pages read them.

Process measures are never asked for here: what should be done for a patient doesn't depend on who the patient is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, select

from nhr_dash import disclosure, suppression
from nhr_dash.access import Scope
from nhr_dash.registry import expected
from nhr_dash.registry.outcome import MODELS, ModelName, Outcome, by_id
from nhr_dash.registry.reach import condition
from nhr_dash.registry.tables import expected as expected_table
from nhr_dash.registry.tables import outcome_fact
from nhr_dash.registry.units import Span, structure
from nhr_dash.registry.yearly import coverage
from nhr_dash.statistics import casemix
from nhr_dash.statistics.casemix import Calibration
from nhr_dash.statistics.intervals import wilson
from nhr_dash.statistics.variation import Funnel, Limits, column, funnel, rank_intervals
from nhr_dash.suppression import Units

CRUDE = "crude"
WAYS = (CRUDE, *MODELS)
"""Unadjusted, and by each model."""


LEVELS = (0.95, 0.998)
"""Inner and outer limits of the funnel."""


class NotFitted(Exception):
    """No case-mix model has been fitted in this database."""


class Way(NamedTuple):
    """One way to look at a hospital: the share that reached the outcome (0-1) with interval, and its place.

    ``expected``: patients expected to miss the outcome. ``rank`` 1 is the highest share of real hospitals; ``rank_low``
    and ``rank_high`` hold 95 % of the possible rankings; NaN for a training hospital.
    """

    share: float
    low: float
    high: float
    expected: float
    rank: float = np.nan
    rank_low: float = np.nan
    rank_high: float = np.nan


@dataclass(frozen=True)
class Hospital:
    """One hospital's outcome over some years.

    ``of``: patients whose outcome could have been known, ``patients`` those whose is; ``missed``: of them, those who
    died (or were dependent, or not home). ``ways`` by :data:`WAYS`. ``outside``: where the share by the registry's
    model lies in a funnel: 0 within, ±1 outside 95 %, ±2 outside 99.8 % (+ is higher); ``p`` how sure that is. Hidden:
    counts 0 and no ways.
    """

    unit: int
    training: bool
    own: bool
    hidden: bool
    patients: int
    of: int
    missed: int
    ways: dict[str, Way]
    outside: int = 0
    p: float = np.nan


@dataclass(frozen=True)
class Adjusted:
    """An outcome at every hospital with patients, ``first`` to ``last`` year (inclusive).

    ``share``: of all real hospitals together, ``patients`` theirs. ``months``: theirs a month: ``month`` (datetime64),
    ``patients``, ``missed``, ``expected`` (registry's model). ``calibration`` of each model over them, in these years.

    ``funnel``: missed against expected by the registry's model, None without real patients. ``level``: the average
    expectation, by which a ratio of missed to expected becomes a share.
    """

    outcome: str
    first: int
    last: int
    share: float
    patients: int
    hospitals: tuple[Hospital, ...]
    models: dict[ModelName, expected.Stored]
    calibration: dict[ModelName, Calibration]
    months: pandas.DataFrame
    funnel: "Judged | None"
    level: float


@dataclass(frozen=True)
class Judged:
    """A funnel of missed against expected. Its points are in full: for statistics, never for the screen.

    A patient whose outcome is nearly sure adds less chance than one of a Poisson count: an expected number counts as
    ``weight`` times itself (Σp / Σp(1 − p)).
    """

    funnel: Funnel
    weight: float

    def limits(self, expected: NDArray[np.float64], level: float) -> Limits:
        """Ratios of missed to expected at the limits (:data:`LEVELS`), for any expected numbers."""
        return self.funnel.limits(expected * self.weight, level)


def adjusted(connection: Connection, scope: Scope, outcome: str, first: int, last: int) -> Adjusted:
    """An outcome at every hospital over whole calendar years, crude and by both models.

    A model's shares are moved together so that all real hospitals have the share they had: in other years than those
    it was fitted on the level may be another. Statistics are on full data; then what is small at other units is hidden,
    and several years where one of them is. Raises :class:`NotFitted`, UnknownOutcome, and ValueError for years that
    aren't final.
    """
    found = by_id(outcome)
    models = _models(connection, found)
    newest = expected.final_year(connection, found)
    if newest is None or not first <= last <= newest:
        raise ValueError(f"years {first}-{last} are not whole, final years")
    known = structure(connection)
    training = {one.orgnr for one in known.ordered if one.training}
    every = _patients(connection, found, models, date(first, 1, 1), date(last + 1, 1, 1))
    rows = every[every["missed"].notna()]
    real = rows[~rows["hospital"].isin(training)]
    hidden = _hidden(connection, scope, found, rows)
    of = every.groupby("hospital").size()
    ways = _ways(rows, real)
    judged, places = _judged(real)
    hospitals = tuple(
        Hospital(
            unit,
            unit in training,
            scope.visibility.in_detail(unit),
            unit in hidden,
            *((0, 0, 0, {}) if unit in hidden else (len(own), int(of[unit]), int(own["missed"].sum()), ways[unit])),
            *((0, np.nan) if unit in hidden else places.get(unit, (0, np.nan))),
        )
        for unit, own in ((int(key), part) for key, part in rows.groupby("hospital"))
    )
    return Adjusted(
        outcome=outcome,
        first=first,
        last=last,
        share=1 - float(real["missed"].mean()) if len(real) else np.nan,
        patients=len(real),
        hospitals=hospitals,
        models=models,
        calibration={name: casemix.calibrate(real["missed"], real[name]) for name in MODELS},
        months=_months(real),
        funnel=judged,
        level=float(real["registry"].mean()),
    )


def course(connection: Connection, scope: Scope, unit: int, outcome: str, first: int, last: int) -> pandas.DataFrame:
    """A unit's patients one by one, in order: ``admitted_at``, ``missed`` (0 or 1), ``expected`` (registry's model).

    Raises :class:`~nhr_dash.access.NotAllowed` for a unit that isn't seen in detail, and as :func:`adjusted`.
    """
    scope.require_detail(unit)
    found = by_id(outcome)
    models = _models(connection, found)
    spans = structure(connection).spans(unit)
    rows = _patients(connection, found, models, date(first, 1, 1), date(last + 1, 1, 1), spans)
    known = rows.loc[rows["missed"].notna(), ["admitted_at", "missed", "registry"]]
    return known.reset_index(drop=True).rename(columns={"registry": "expected"})


def years(connection: Connection, outcome: str) -> tuple[int, int] | None:
    """The first and last whole calendar year with final figures; None where there are none.

    Raises :class:`NotFitted`: outcomes are stored from the first fit on.
    """
    found = by_id(outcome)
    _models(connection, found)
    last = expected.final_year(connection, found)
    first = connection.scalar(select(func.min(outcome_fact.c.admitted_at)).where(_of(found)))
    return (first.year, last) if first is not None and last is not None and first.year <= last else None


def _models(connection: Connection, outcome: Outcome) -> dict[ModelName, expected.Stored]:
    stored = expected.in_use(connection)
    models = {name: stored[outcome.id, name] for name in MODELS if (outcome.id, name) in stored}
    if len(models) < len(MODELS):
        raise NotFitted(outcome.id)
    return models


def _of(outcome: Outcome) -> ColumnElement[bool]:
    return outcome_fact.c.outcome == outcome.number


def _patients(
    connection: Connection,
    outcome: Outcome,
    models: dict[ModelName, expected.Stored],
    start: date,
    end: date,
    spans: Sequence[Span] | None = None,
) -> pandas.DataFrame:
    """Everybody whose outcome could be known, in order: ``hospital``, ``admitted_at``, ``missed``, p by each model.

    ``missed`` is NaN where it isn't known.
    """
    columns = outcome_fact.c
    of_model = {name: expected_table.alias(name) for name in MODELS}
    source: FromClause = outcome_fact
    for name, table in of_model.items():
        source = source.join(table, and_(table.c.model == models[name].id, table.c.admission == columns.admission))
    chosen = (
        select(columns.hospital, columns.admitted_at, columns.missed, *(table.c.p for table in of_model.values()))
        .select_from(source)
        .where(_of(outcome), columns.admitted_at >= start, columns.admitted_at < end)
        .order_by(columns.admitted_at, columns.admission)
    )
    if spans is not None:
        chosen = chosen.where(condition(spans, columns.hospital, columns.admitted_at))
    rows = [tuple(row) for row in connection.execute(chosen)]
    frame = pandas.DataFrame(rows, columns=["hospital", "admitted_at", "missed", *MODELS])
    return frame.astype(
        {"hospital": "int64", "admitted_at": "datetime64[us]", **dict.fromkeys(("missed", *MODELS), "f8")}
    )


def _hidden(connection: Connection, scope: Scope, outcome: Outcome, rows: pandas.DataFrame) -> frozenset[int]:
    """Hospitals with a hidden year: few patients, the only other one where the whole country is shown beside them, or
    low coverage. Those that are seen in detail aren't hidden.
    """
    limit = disclosure.limit_for(scope, outcome)
    yearly = rows.groupby(["hospital", rows["admitted_at"].dt.year]).size().unstack(fill_value=0)
    own = np.array([scope.visibility.in_detail(int(unit)) for unit in yearly.index], dtype=bool)
    known = structure(connection)
    country = np.array([not known.unit(int(one)).training for one in yearly.index], dtype=bool)
    units = Units(
        np.vstack([np.eye(len(own), dtype=bool), country]),
        np.append(own, False),
        own,
        np.zeros(len(own) + 1, dtype=bool),
    )
    found = np.zeros(len(own), dtype=bool)
    for counts in yearly.to_numpy().T:
        found |= suppression.mask(counts[:, None], units, limit, np.ones((1, 1), dtype=bool)).hidden[:-1, 0]
    others = zip(yearly.index[~own].astype(int), yearly[~own].to_numpy() > 0, strict=True)
    uncovered = {int(unit) for unit, seen in others if _uncovered(connection, int(unit), yearly.columns[seen].tolist())}
    return frozenset(yearly.index[found].astype(int)) | uncovered


def _uncovered(connection: Connection, unit: int, years: Sequence[int]) -> bool:
    known = coverage(connection, unit)
    shares = known.loc[known["year"].isin(years), "share"].tolist()
    return any(disclosure.hidden_by_coverage(share) for share in shares)


def _judged(real: pandas.DataFrame) -> tuple[Judged | None, dict[int, tuple[int, float]]]:
    """The funnel of real hospitals, and where each lies in it, with its p-value."""
    if real.empty:
        return None, {}
    p = real["registry"]
    weight = float(p.sum() / (p * (1 - p)).sum())
    sums = real.groupby("hospital").agg(missed=("missed", "sum"), expected=("registry", "sum")) * weight
    found = funnel(sums["missed"], sums["expected"], kind="rate", method="normal", adjustment="additive", levels=LEVELS)
    outside = sum(found.points[column("outside", level)].astype(int) for level in LEVELS)
    # Fewer missed than the limit allows is a higher share.
    sides = zip(sums.index, outside, found.points["p"], strict=True)
    return Judged(found, weight), {int(unit): (-int(side), float(p)) for unit, side, p in sides}


def _ways(rows: pandas.DataFrame, real: pandas.DataFrame) -> dict[int, dict[str, Way]]:
    """Each hospital crude and by each model; places are among real hospitals alone."""
    found: dict[int, dict[str, Way]] = {}
    average = float(real["missed"].mean())
    level = {name: float(real[name].mean()) for name in MODELS}
    for key, own in rows.groupby("hospital"):
        missed, patients = float(own["missed"].sum()), len(own)
        crude = wilson(patients - missed, patients)
        ways = {CRUDE: Way(float(crude.estimate), float(crude.low), float(crude.high), patients * average)}
        for name in MODELS:
            p = own[name].to_numpy()
            ratio = casemix.score_ratio(missed, p)
            share, low, high = (1 - level[name] * one for one in (ratio.estimate, ratio.high, ratio.low))
            ways[name] = Way(share, low, high, float(p.sum()))
        found[int(str(key))] = ways
    ranked = sorted(real["hospital"].unique().tolist())
    for way in WAYS:
        of_way = [found[unit][way] for unit in ranked]
        places = rank_intervals(*([getattr(one, end) for one in of_way] for end in ("share", "low", "high")))
        for unit, place in zip(ranked, places.itertuples(index=False), strict=True):
            found[unit][way] = found[unit][way]._replace(**place._asdict())
    return found


def _months(real: pandas.DataFrame) -> pandas.DataFrame:
    month = real["admitted_at"].dt.to_period("M").dt.to_timestamp()
    sums = real.groupby(month).agg(patients=("missed", "size"), missed=("missed", "sum"), expected=("registry", "sum"))
    return sums.rename_axis("month").reset_index()
