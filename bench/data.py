"""Time to fetch what the run chart page draws: one hospital, all hospitals, and with ten times the admissions."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, String, func, insert, literal, select, text, update

from bench.apps import INDICATOR
from bench.reading import Reading, percentile
from nhr_dash import database as databases
from nhr_dash.access import everything
from nhr_dash.registry import forms, series, tables, units
from nhr_dash.registry.indicators import by_id

SCOPE = everything("bench")
START = date(2021, 1, 1)
TIMES = 10
GRAINS = ("month", "quarter", "every_k", "patient")


def measure(database: Path, folder: Path) -> list[Reading]:
    """The sample registry, then a copy in which every admission stands ten times."""
    engine = databases.connect(f"sqlite:///{database.as_posix()}")
    one, everyone = hospital_times(engine), all_times(engine)
    engine.dispose()
    larger = multiplied(database, folder)
    engine = databases.connect(f"sqlite:///{larger.as_posix()}")
    one_larger, everyone_larger = hospital_times(engine, GRAINS[:2]), all_times(engine)
    engine.dispose()
    calendar = [one[grain] for grain in GRAINS[:2]]
    calendar_larger = [one_larger[grain] for grain in GRAINS[:2]]
    return [
        Reading("one hospital, a point a month, five years (median of hospitals)", one["month"], "ms", 5),
        Reading("one hospital, a point a quarter", one["quarter"], "ms", 5),
        Reading("one hospital, a point every 10 patients", one["every_k"], "ms", 5),
        Reading("one hospital, a point a patient", one["patient"], "ms", 5),
        Reading("all hospitals, a point a month", everyone, "ms", 150),
        Reading("ten times the admissions: one hospital, calendar", max(calendar_larger) / max(calendar), "times", 3),
        Reading("ten times the admissions: all hospitals", everyone_larger / everyone, "times", 3),
    ]


def hospital_times(engine: Engine, grains: Iterable[str] = GRAINS) -> dict[str, float]:
    """Milliseconds of a series by grain: the median over hospitals of the second of two questions."""
    with engine.connect() as connection:
        hospitals = hospitals_of(connection)
        return {
            grain: statistics.median(
                milliseconds(lambda unit=unit, grain=grain: ask(connection, unit, grain)) for unit in hospitals
            )
            for grain in grains
        }


def ask(connection: Connection, unit: int, grain: str) -> None:
    """One question as the page asks it."""
    k = 10 if grain == "every_k" else None
    series.series(connection, SCOPE, series.Question(unit, INDICATOR, grain, START, k=k))


def all_times(engine: Engine) -> float:
    """Milliseconds of one question over all hospitals (95th percentile of ten)."""
    with engine.connect() as connection:
        hospitals = hospitals_of(connection)
        return percentile(
            [
                milliseconds(lambda: series.many(connection, SCOPE, hospitals, INDICATOR, "month", START))
                for _ in range(10)
            ],
            0.95,
        )


def hospitals_of(connection: Connection) -> list[int]:
    """Every hospital of the registry, training hospitals too."""
    return [unit.orgnr for unit in units.all_units(connection) if unit.level == "hospital"]


def milliseconds(question: Callable[[], object]) -> float:
    """What a question costs once its unit has been asked about since the last load, as on a page."""
    question()
    begun = time.perf_counter()
    question()
    return 1000 * (time.perf_counter() - begun)


def multiplied(database: Path, folder: Path) -> Path:
    """A copy in which every acute form, every sum, and the indicator's facts stand ten times, on the same days."""
    number = by_id(INDICATOR).number
    path = Path(shutil.copy(database, folder / "larger.db"))
    engine = databases.connect(f"sqlite:///{path.as_posix()}")
    acute, fact, summary = forms.acute, tables.fact, tables.day_summary
    with engine.connect() as connection:
        connection.execute(text("PRAGMA synchronous=OFF"))
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        newest = connection.scalar(select(func.max(acute.c.id))) or 0
        connection.commit()
        for copy in range(1, TIMES):
            form = [
                column + literal(copy * newest)
                if column.key == "id"
                else column + literal(f"-{copy}", String)
                if column.key == "form_key"
                else column
                for column in acute.c
            ]
            connection.execute(insert(acute).from_select(list(acute.c), select(*form).where(acute.c.id <= newest)))
            facts = [column + literal(copy * newest) if column.key == "admission" else column for column in fact.c]
            connection.execute(
                insert(fact).from_select(
                    list(fact.c), select(*facts).where(fact.c.admission <= newest, fact.c.indicator == number)
                )
            )
        connection.execute(
            update(summary).values(numerator=summary.c.numerator * TIMES, denominator=summary.c.denominator * TIMES)
        )
        databases.raise_data_version(connection)
        connection.commit()
    engine.dispose()
    return path
