"""What is expected of each admission: the case-mix models, their fitting and their use on new admissions.

Fitting is an explicit command; a load applies the models as they stand. So a hospital's expected numbers change when
somebody decides it, not whenever a file comes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, literal, select, true

from nhr_dash.access import Scope
from nhr_dash.database import begin_writing, data_version, raise_data_version
from nhr_dash.registry.clock import day_of
from nhr_dash.registry.forms import acute, followup
from nhr_dash.registry.outcome import MODELS, OUTCOMES, ModelName, Outcome, definition_hash
from nhr_dash.registry.provisional import newest_admission, open_from
from nhr_dash.registry.tables import case_mix_model, expected, hospital, outcome_fact
from nhr_dash.registry.units import NATION
from nhr_dash.statistics import casemix
from nhr_dash.statistics.casemix import Model
from nhr_dash.statistics.casemix.logistic import expit, logit
from nhr_dash.statistics.intervals import Floats

FIT_YEARS = 5
"""Whole years that a model is fitted on: what is expected is what has lately been usual."""
NUMBERS = ("age",)
CATEGORIES: dict[ModelName, tuple[str, ...]] = {
    "national": ("sex", "diagnosis"),
    "registry": ("sex", "diagnosis", "severity", "before"),
}
NIHSS_UNTIL = (0, 2, 5, 10, 15, 20, 42)
"""Last score of each group: the registry's own, with its first (0-5, three of five patients) parted in three."""
AWARE = ("awake", "drowsy", "hard_to_wake", "unresponsive")
UNKNOWN = 9
STEP = 0.25
"""Log odds between two stored probabilities: three to four years of age, where facts hold bands of ten."""
_BATCH = 5_000
_FORMS = acute.outerjoin(followup, and_(followup.c.acute_key == acute.c.form_key, followup.c.withdrawn.is_not(True)))
_FORM = ("age", "sex", "diagnosis", "nihss", "nihss_not_done", "consciousness", "mrs_before")


@dataclass(frozen=True)
class Stored:
    """A model in use."""

    id: int
    outcome: str
    name: ModelName
    fitted_at: datetime  # UTC
    model: Model


def covariates(connection: Connection, admissions: Sequence[int] | None = None) -> pandas.DataFrame:
    """What the models know of admissions (all, without a list), a row each, by ``admission``.

    ``age`` (years, NaN unknown), and categories as text, missing where unknown: ``sex``, ``diagnosis`` and ``before``
    (mRS) as codes of the form; ``severity``: the group of NIHSS, and where it wasn't done the level of consciousness.
    Withdrawn forms are absent.
    """
    chosen = select(acute.c.id, *(acute.c[name] for name in _FORM)).where(acute.c.withdrawn.is_not(True))
    parts = [chosen] if admissions is None else [chosen.where(acute.c.id.in_(part)) for part in _batches(admissions)]
    rows = [tuple(row) for part in parts for row in connection.execute(part)]
    form = pandas.DataFrame(rows, columns=["admission", *_FORM]).sort_values("admission", ignore_index=True)
    return pandas.DataFrame(
        {
            "admission": form["admission"].to_numpy(dtype=np.int64),
            "age": form["age"].to_numpy(dtype=float, na_value=np.nan),
            "sex": form["sex"],
            "diagnosis": _coded(form["diagnosis"]),
            "severity": _severity(form),
            "before": _coded(form["mrs_before"]),
        }
    )


def _numbers(column: pandas.Series) -> np.ndarray:
    return pandas.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)


def _coded(column: pandas.Series) -> np.ndarray:
    """Codes as text, missing where unknown."""
    codes = _numbers(column)
    known = ~np.isnan(codes) & (codes != UNKNOWN)
    names = np.array([*map(str, range(UNKNOWN + 1)), None], dtype=object)
    return names[np.where(known, np.nan_to_num(codes), UNKNOWN + 1).astype(int)]


def _severity(form: pandas.DataFrame) -> np.ndarray:
    """NIHSS 0 is a score; one that wasn't done is none, and then the level of consciousness stands for it."""
    score = _numbers(form["nihss"])
    done = ~np.isnan(score) & (_numbers(form["nihss_not_done"]) != 1)
    first = [0, *(until + 1 for until in NIHSS_UNTIL[:-1])]
    groups = [f"nihss_{low}_{high}" if high else "nihss_0" for low, high in zip(first, NIHSS_UNTIL, strict=True)]
    names = np.array([*groups, *AWARE, None], dtype=object)
    aware = _numbers(form["consciousness"])
    known = ~np.isnan(aware) & (aware < len(AWARE))
    otherwise = np.where(known, len(groups) + np.nan_to_num(aware), len(groups) + len(AWARE))
    return names[np.where(done, np.searchsorted(NIHSS_UNTIL, np.nan_to_num(score)), otherwise).astype(int)]


def _batches(admissions: Sequence[int]) -> Iterator[Sequence[int]]:
    return (admissions[start : start + _BATCH] for start in range(0, len(admissions), _BATCH))


def final_year(connection: Connection, outcome: Outcome) -> int | None:
    """The last calendar year whose figures of an outcome are final everywhere; None in an empty registry."""
    newest = newest_admission(connection)
    if newest is None:
        return None
    first_open = open_from(connection, NATION, outcome.maturity_days) or newest.date() + timedelta(days=1)
    return first_open.year - 1


def in_use(connection: Connection) -> dict[tuple[str, ModelName], Stored]:
    """The newest model of each outcome and name, unless the outcome has been defined otherwise since; may be empty."""
    newest = select(func.max(case_mix_model.c.id)).group_by(case_mix_model.c.outcome, case_mix_model.c.name)
    rows = connection.execute(select(case_mix_model).where(case_mix_model.c.id.in_(newest)))
    hashes = {one.id: definition_hash(one) for one in OUTCOMES}
    return {
        (row.outcome, row.name): Stored(row.id, row.outcome, row.name, row.fitted_at, Model.from_data(row.coefficients))
        for row in rows
        if row.definition_hash == hashes.get(row.outcome)
    }


def apply(connection: Connection, admissions: Sequence[int]) -> None:
    """What became of these admissions and what the models in use expect of them, anew; nothing without models.

    In the caller's transaction. A withdrawn form loses its rows.
    """
    models = sorted(in_use(connection).values(), key=lambda one: one.id)
    if not models or not admissions:
        return
    of_models, of_outcomes = [one.id for one in models], [one.number for one in OUTCOMES]
    for part in _batches(admissions):
        connection.execute(delete(expected).where(expected.c.model.in_(of_models), expected.c.admission.in_(part)))
        gone = outcome_fact.c.outcome.in_(of_outcomes), outcome_fact.c.admission.in_(part)
        connection.execute(delete(outcome_fact).where(*gone))
        _write_outcomes(connection, acute.c.id.in_(part))
    frame = covariates(connection, admissions)
    for stored in models:
        _write(connection, stored.id, frame, stored.model)


def _write_outcomes(connection: Connection, chosen: ColumnElement[bool]) -> None:
    for one in OUTCOMES:
        rows = (
            select(literal(one.number), acute.c.id, acute.c.hospital, acute.c.admitted_at, one.missed_or_unknown)
            .select_from(_FORMS)
            .where(acute.c.withdrawn.is_not(True), one.could_be_known, chosen)
            .order_by(acute.c.id)
        )
        columns = ["outcome", "admission", "hospital", "admitted_at", "missed"]
        connection.execute(insert(outcome_fact).from_select(columns, rows))


def in_steps(p: Floats) -> Floats:
    """Probabilities on a grid of log odds: sums over patients stay, and nobody's age can be worked back from one."""
    return expit(np.round(logit(np.clip(p, 1e-6, 1 - 1e-6)) / STEP) * STEP)


def _write(connection: Connection, number: int, frame: pandas.DataFrame, model: Model) -> None:
    """Rows by the driver itself: a first fit writes some hundred thousand."""
    rows = zip(frame["admission"].tolist(), in_steps(model.expected(frame)).tolist(), strict=True)
    statement = insert(expected).compile(dialect=connection.dialect)
    values: list[Any]
    if statement.positional:
        values = [(number, admission, p) for admission, p in rows]
    else:
        values = [{"model": number, "admission": admission, "p": p} for admission, p in rows]
    if values:
        connection.exec_driver_sql(str(statement), values)


def refit(engine: Engine, scope: Scope) -> tuple[Stored, ...]:
    """Fit every model on the newest final years, and say anew what is expected of every admission.

    Old models stay for the record; their expected values don't. No load runs meanwhile. Raises
    :class:`~nhr_dash.access.NotAllowed`, :class:`~nhr_dash.registry.load.findings.Refused` when a load is running, and
    :class:`~nhr_dash.statistics.casemix.CannotFit`.
    """
    from nhr_dash.registry.load.bridge import only_loader
    from nhr_dash.registry.load.loading import folder_of

    scope.require_load()
    with only_loader(engine, folder_of(engine)):
        with engine.connect() as connection:
            frame = covariates(connection)
            fitted = _fit(connection, frame)
        with engine.begin() as connection:
            begin_writing(connection)
            connection.execute(delete(expected))
            connection.execute(delete(outcome_fact))
            _write_outcomes(connection, true())
            for outcome, name, model in fitted:
                key = connection.execute(
                    insert(case_mix_model).values(
                        outcome=outcome.id,
                        name=name,
                        fitted_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
                        data_version=model.data_version,
                        coefficients=model.to_data(),
                        definition_hash=definition_hash(outcome),
                    )
                ).inserted_primary_key
                assert key is not None
                _write(connection, key[0], frame, model)
            raise_data_version(connection)
            return tuple(in_use(connection).values())


def _fit(connection: Connection, frame: pandas.DataFrame) -> list[tuple[Outcome, ModelName, Model]]:
    """Every model. Training hospitals teach none: nobody's patients are real there."""
    last = {one.id: final_year(connection, one) for one in OUTCOMES}
    if None in last.values():
        raise casemix.CannotFit("no_patients")
    period = {key: (date(year - FIT_YEARS + 1, 1, 1), date(year + 1, 1, 1)) for key, year in last.items() if year}
    missed = _missed(connection, min(start for start, _ in period.values()), max(end for _, end in period.values()))
    known = frame.merge(missed, on="admission")
    version, found = data_version(connection), []
    for outcome in OUTCOMES:
        start, end = period[outcome.id]
        chosen = known[known[outcome.id].notna() & (known["admitted_at"] >= start) & (known["admitted_at"] < end)]
        for name in MODELS:
            model = casemix.fit(
                chosen,
                outcome.id,
                numbers=NUMBERS,
                categories=CATEGORIES[name],
                period=period[outcome.id],
                data_version=version,
            )
            found.append((outcome, name, model))
    return found


def _missed(connection: Connection, start: date, end: date) -> pandas.DataFrame:
    """Each outcome of each admission at a real hospital: 1 missed, 0 reached, NaN outside the outcome's population."""
    rows = connection.execute(
        select(acute.c.id, day_of(acute.c.admitted_at), *(one.missed_or_unknown for one in OUTCOMES))
        .select_from(_FORMS)
        .where(
            acute.c.withdrawn.is_not(True),
            acute.c.admitted_at >= start,
            acute.c.admitted_at < end,
            acute.c.hospital.in_(select(hospital.c.orgnr).where(hospital.c.training.is_(False))),
        )
    )
    columns = ["admission", "admitted_at", *(one.id for one in OUTCOMES)]
    found = pandas.DataFrame([tuple(row) for row in rows], columns=columns)
    return found.astype({one.id: float for one in OUTCOMES})
