"""A series with a known answer: the design picture's, 13 months before and 14 after."""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import pytest

from nhr_dash.charts import run_chart
from nhr_dash.statistics import effect, reading

PATIENTS = [18, 22, 12, 14, 15, 16, 10, 7, 13, 11, 9, 11, 18, 11, 11, 13, 7, 10, 16, 13, 16, 15, 10, 21, 16, 9, 6]
IN_TIME = [5, 7, 1, 1, 4, 3, 1, 1, 1, 3, 2, 3, 1, 5, 4, 5, 5, 6, 10, 8, 13, 11, 9, 15, 11, 8, 3]


@dataclass(frozen=True)
class Goal:
    value: float = 0.6
    strict: bool = True


@dataclass(frozen=True)
class Limits:
    high: float = 0.8
    moderate: float = 0.6


@dataclass(frozen=True)
class Event:
    starts_on: date
    title: str
    ends_on: date | None = None
    role: str = "event"


def monthly(in_time=IN_TIME, patients=PATIENTS, phases=(13, 14), provisional=2):
    start = pd.date_range("2022-01-01", periods=len(patients), freq="MS")
    count = pd.Series(patients, dtype=float)
    return pd.DataFrame(
        {
            "start": start,
            "end": start + pd.offsets.MonthBegin(1),
            "numerator": in_time,
            "denominator": patients,
            "value": pd.Series(in_time) / count.where(count > 0),
            "provisional": [i >= len(patients) - provisional for i in range(len(patients))],
            "phase": [number for number, length in enumerate(phases) for _ in range(length)],
        }
    )


def by_patient(minutes, phases):
    start = pd.Timestamp("2022-01-03 08:00") + pd.to_timedelta([9 * i for i in range(len(minutes))], unit="D")
    return pd.DataFrame(
        {
            "start": start,
            "end": start,
            "numerator": [int(m <= 15) for m in minutes],
            "denominator": 1,
            "value": [float(m) for m in minutes],
            "provisional": False,
            "phase": [number for number, length in enumerate(phases) for _ in range(length)],
        }
    )


def verdict(frame, direction=1):
    """The verdict on a monthly frame's last phase, beside eight hospitals in which nothing happened."""
    changed = frame.loc[frame["phase"] == frame["phase"].max(), "start"].iloc[0].date()
    still = frame.assign(numerator=frame["denominator"] // 2)
    others = pd.concat([still.assign(unit=unit) for unit in range(8)])
    return effect.judge_series(frame, changed, others=others, direction=direction, season=False)[1]


def rows_of(spec):
    """Every row that a spec draws."""
    return [row for layer in spec["layer"] for row in layer["data"]["values"]]


@pytest.fixture
def draw():
    """Read and draw a frame; every argument of build can be given."""

    def make(frame=None, *, language="nb", direction=1, duration=False, limit=None, judged=None, **given):
        frame = monthly() if frame is None else frame
        read = reading.read_frame(frame, direction=direction, duration=duration, limit=limit)
        read = replace(read, judged=judged)
        arguments = {
            "indicator": "Bildediagnostikk innen 15 minutter",
            "unit_name": "Fjordvik sykehus (opplæring)",
            "grain": "month",
            "target": Goal(),
            "synthetic": True,
            "direction": direction,
            "limit_minutes": limit,
        }
        return run_chart.build(frame, read, language=language, **(arguments | given))

    return make
