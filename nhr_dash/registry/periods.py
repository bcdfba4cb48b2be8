"""Calendar periods as integers: a month is year * 12 + month - 1, larger periods are that divided."""

from datetime import date
from typing import Literal

import numpy as np
import pandas

Grain = Literal["patient", "every_k", "month", "quarter", "tertial", "half_year", "year"]
GRAINS: tuple[Grain, ...] = ("patient", "every_k", "month", "quarter", "tertial", "half_year", "year")
MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "tertial": 4, "half_year": 6, "year": 12}
_EPOCH_MONTH = 1970 * 12


def month_number(day: date) -> int:
    """year * 12 + month - 1."""
    return day.year * 12 + day.month - 1


def bucket_of(day: date, grain: str) -> int:
    """The number of the period a day is in."""
    return month_number(day) // MONTHS_IN[grain]


def first_day(bucket: int, grain: str) -> date:
    """The first day of a period."""
    month = bucket * MONTHS_IN[grain]
    return date(month // 12, month % 12 + 1, 1)


def first_days(buckets: np.ndarray, grain: str) -> np.ndarray:
    """First days of many periods as datetime64[ns]."""
    months = np.asarray(buckets, dtype=np.int64) * MONTHS_IN[grain] - _EPOCH_MONTH
    return months.astype("datetime64[M]").astype("datetime64[ns]")


def stamp(day: date | None) -> pandas.Timestamp | None:
    """A day as a timestamp at its start."""
    return None if day is None else pandas.Timestamp(day)
