"""Projects and series small enough to work out by hand, without a database."""

from datetime import date, datetime
from itertools import count
from typing import Any, TypeVar

import numpy as np
import pandas

from nhr_dash.improvement.measured import Facts, Measured
from nhr_dash.improvement.models import Cycle, Entry, Kept, Measure, Point, Project
from nhr_dash.improvement.projects import Whole

Record = TypeVar("Record", bound=Kept)
NEWEST = date(2025, 12, 28)
IMAGING = "pakke_bilde_15min"
_numbers = count(1)


def made(kind: type[Record], /, **values: Any) -> Record:
    """A record as it would be after it was stored: with its id and every default."""
    defaults = {
        column.key: column.columns[0].default.arg
        for column in kind.__mapper__.column_attrs
        if column.columns[0].default is not None and column.columns[0].default.is_scalar
    }
    stamps = {"created_at": datetime(2025, 1, 1), "changed_at": datetime(2025, 1, 1)}
    return kind(**{**defaults, "id": f"{kind.__tablename__}-{next(_numbers)}", **stamps, **values})


def whole(
    project: Project,
    *,
    measures: tuple[Measure, ...] = (),
    cycles: tuple[Cycle, ...] = (),
    points: tuple[Point, ...] = (),
    entries: tuple[Entry, ...] = (),
) -> Whole:
    """A whole project with what matters here; all other lists are empty."""
    lists = dict.fromkeys(Whole.__dataclass_fields__, ())
    found = {"project": project, "measures": measures, "cycles": cycles, "points": points, "entries": entries}
    return Whole(**{**lists, **found})


def monthly(first: date, counts: list[tuple[int, int]], *, provisional: int = 0) -> pandas.DataFrame:
    """A row a month: (numerator, denominator), the last so many provisional."""
    start = np.arange(np.datetime64(first, "M"), np.datetime64(first, "M") + len(counts))
    numerator = np.array([done for done, _ in counts], dtype=float)
    denominator = np.array([all_ for _, all_ in counts], dtype=float)
    value = np.full(len(counts), np.nan)
    np.divide(numerator, denominator, out=value, where=denominator > 0)
    return pandas.DataFrame(
        {
            "start": start.astype("datetime64[ns]"),
            "end": (start + 1).astype("datetime64[ns]"),
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "provisional": np.arange(len(counts)) >= len(counts) - provisional,
        }
    )


def measured(
    measure: Measure,
    first: date,
    counts: list[tuple[int, int]],
    *,
    direction: int = 1,
    registry: bool = True,
    provisional: int = 0,
) -> Measured:
    """A share with its months."""
    frame = monthly(first, counts, provisional=provisional)
    return Measured(measure, "share", direction, frame, registry)


def facts(*found: Measured, newest: date = NEWEST) -> Facts:
    """What is known of the measures."""
    return Facts(1, newest, {one.measure.id: one for one in found})
