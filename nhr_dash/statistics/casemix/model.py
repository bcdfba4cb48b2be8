"""A case-mix model: what share of patients *like these* reach the outcome, whoever treats them.

A fitted model is plain data: it can be stored, shown and used again years later, with its period and data version.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from nhr_dash.statistics.casemix import logistic
from nhr_dash.statistics.casemix.calibration import brier, c_statistic
from nhr_dash.statistics.intervals import Floats

MISSING = "missing"
FEWEST_IN_A_LEVEL = 10
TOO_LARGE = 15.0


@dataclass(frozen=True)
class Term:
    """One column of the model: a number, one level of a category, or "not registered" of either.

    `level` is None for the number itself. `fill` (numbers) stands in for what is missing. `error` is NaN for a column
    that repeats others.
    """

    variable: str
    kind: Literal["number", "category"]
    level: str | None
    coefficient: float
    error: float
    fill: float = 0.0

    @property
    def name(self) -> str:
        """Such as age, age=missing or type=ich."""
        return self.variable if self.level is None else f"{self.variable}={self.level}"


@dataclass(frozen=True)
class Model:
    """A fitted model, plain data.

    `references`: the level of each category that the others are compared with. `merged`: levels with too few patients,
    counted as the reference. `start` and `end` (exclusive) of the period and `data_version` say what it was fitted on.
    `separated`: terms so large that nobody, or everybody, in that group had the outcome: their size means nothing.
    """

    outcome: str
    intercept: float
    intercept_error: float
    terms: tuple[Term, ...]
    references: tuple[tuple[str, str], ...]
    merged: tuple[tuple[str, str], ...]
    start: date
    end: date
    data_version: int
    patients: int
    events: int
    no_outcome: int
    c_statistic: float
    brier: float
    deviance: float

    @property
    def separated(self) -> tuple[str, ...]:
        """Names of terms beyond any believable size."""
        return tuple(term.name for term in self.terms if term.level and abs(term.coefficient) > TOO_LARGE)

    def expected(self, frame: pd.DataFrame) -> Floats:
        """Each row's probability of the outcome (0..1), missing values and unknown levels included.

        An unknown level counts as not registered where the model has that term, else as the reference. KeyError when a
        variable is not a column.
        """
        linear = np.full(len(frame), self.intercept)
        for term in self.terms:
            linear += term.coefficient * _column(frame, term, self._known(term.variable))
        return logistic.expit(linear)

    def _known(self, variable: str) -> frozenset[str]:
        """Every level of a category the model has met."""
        pairs = (*self.references, *self.merged, *((term.variable, term.level or "") for term in self.terms))
        return frozenset(level for name, level in pairs if name == variable)

    def to_data(self) -> dict[str, Any]:
        """The model as numbers, texts and lists, ready for JSON."""
        data = asdict(self)
        data["start"], data["end"] = self.start.isoformat(), self.end.isoformat()
        for term in data["terms"]:
            term["error"] = None if np.isnan(term["error"]) else term["error"]
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Model":
        """The model that `to_data` gave, also after JSON."""
        terms = tuple(
            Term(**{**term, "error": np.nan if term["error"] is None else term["error"]}) for term in data["terms"]
        )
        pairs = {key: tuple((str(name), str(level)) for name, level in data[key]) for key in ("references", "merged")}
        days = {key: date.fromisoformat(data[key]) for key in ("start", "end")}
        return cls(**{**data, **pairs, **days, "terms": terms})


def _levels(values: pd.Series) -> pd.Series:
    """A category as text, what is missing as its own level."""
    return values.astype(object).where(values.notna(), MISSING).astype(str)


def _column(frame: pd.DataFrame, term: Term, known: frozenset[str]) -> Floats:
    """The column of one term."""
    if term.kind == "number":
        values = pd.to_numeric(frame[term.variable]).to_numpy(dtype=float, na_value=np.nan)
        return np.isnan(values).astype(float) if term.level else np.where(np.isnan(values), term.fill, values)
    levels = _levels(frame[term.variable])
    if term.level == MISSING:
        return (~levels.isin(known - {MISSING})).to_numpy(dtype=float)
    return (levels == term.level).to_numpy(dtype=float)


def _terms(frame: pd.DataFrame, numbers: Sequence[str], categories: Sequence[str], fewest: int) -> tuple[Any, Any, Any]:
    """The terms without coefficients, the reference of each category, and the levels merged into it."""
    terms: list[Term] = []
    references: list[tuple[str, str]] = []
    merged: list[tuple[str, str]] = []
    for name in numbers:
        values = pd.to_numeric(frame[name]).to_numpy(dtype=float, na_value=np.nan)
        absent = int(np.isnan(values).sum())
        fill = float(np.nanmean(values)) if absent < values.size else 0.0
        if absent < values.size:
            terms.append(Term(name, "number", None, 0.0, 0.0, fill))
        if fewest <= absent < values.size:
            terms.append(Term(name, "number", MISSING, 0.0, 0.0))
    for name in categories:
        counts = _levels(frame[name]).value_counts()
        ordered = sorted(counts.index, key=lambda level: (level == MISSING, -counts[level], level))
        references.append((name, ordered[0]))
        for level in ordered[1:]:
            if counts[level] >= fewest:
                terms.append(Term(name, "category", level, 0.0, 0.0))
            else:
                merged.append((name, level))
    return tuple(terms), tuple(references), tuple(merged)


def fit(
    frame: pd.DataFrame,
    outcome: str,
    *,
    numbers: Sequence[str] = (),
    categories: Sequence[str] = (),
    period: tuple[date, date],
    data_version: int,
    fewest: int = FEWEST_IN_A_LEVEL,
) -> Model:
    """Fit a logistic model of the column `outcome` (0/1 or bool; missing rows are left out and counted).

    A missing number is its own term, with the mean in its place; a missing category is its own level. A level with
    fewer than `fewest` patients is counted as the reference, which is the most common level. period is (start, end),
    end exclusive. CannotFit when it cannot be done, KeyError for an unknown column.
    """
    seen = frame[frame[outcome].notna()]
    if not len(seen):
        raise logistic.CannotFit("no_patients")
    terms, references, merged = _terms(seen, numbers, categories, fewest)
    known = {
        name: frozenset(level for variable, level in (*references, *merged) if variable == name)
        | {term.level or "" for term in terms if term.variable == name}
        for name in (*numbers, *categories)
    }
    columns = [np.ones(len(seen)), *(_column(seen, term, known[term.variable]) for term in terms)]
    y = seen[outcome].to_numpy(dtype=float)
    got = logistic.fit(np.column_stack(columns), y)
    fitted = tuple(
        Term(term.variable, term.kind, term.level, float(size), float(error), term.fill)
        for term, size, error in zip(terms, got.coefficients[1:], got.errors[1:], strict=True)
    )
    return Model(
        outcome=outcome,
        intercept=float(got.coefficients[0]),
        intercept_error=float(got.errors[0]),
        terms=fitted,
        references=references,
        merged=merged,
        start=period[0],
        end=period[1],
        data_version=data_version,
        patients=len(seen),
        events=int(y.sum()),
        no_outcome=len(frame) - len(seen),
        c_statistic=c_statistic(y, got.fitted).estimate,
        brier=brier(y, got.fitted),
        deviance=got.deviance,
    )
