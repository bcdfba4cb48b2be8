"""How long a load takes and how much memory, from files of random but valid forms."""

import csv
import random
import resource
import time
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Boolean, Column, Engine, SmallInteger, select

from bench.reading import Reading
from nhr_dash.access import everything
from nhr_dash.database import connect, upgrade
from nhr_dash.registry.forms import followup
from nhr_dash.registry.load import LoadReport, load_files
from nhr_dash.registry.load.layouts import LAYOUTS
from nhr_dash.registry.tables import hospital
from nhr_dash.registry.units import seed_units

ROWS = 120_000
WEEK = 200
FIRST_DAY, LAST_DAY = datetime(2012, 1, 1), datetime(2025, 12, 21)
_STEPS = {
    "onset_at": -90, "called_113_at": -60, "ambulance_at_patient_at": -45, "ambulance_left_at": -30,
    "admitted_at": 0, "imaging_at": 12, "needle_at": 35, "stroke_unit_at": 180, "function_assessed_at": 2000,
    "pathway_decided_at": 3000, "ready_for_discharge_at": 7000, "discharged_at": 7500,
}  # fmt: skip
_FIXED = {"diagnosis": 2, "thrombolysis": 1, "discharged_to": 1, "nihss_not_done": 0, "nihss_24h_not_done": 0,
          "first_ward": 2, "discharge_ward": 2, "atrial_fibrillation": 1, "thrombectomy": 9}  # fmt: skip
_THROMBOLYSIS = frozenset({"needle_at", "thrombolysis", "thrombolysis_dose"})
_PATHWAY = frozenset(column.key for column in LAYOUTS[0].columns.values() if column.name.startswith("Tidspunkt"))
"""Time points that were added in 2018."""


def write_acute(path: Path, hospitals: list[int], rows: int, first: datetime, last: datetime, seed: int) -> list[str]:
    """A file of acute forms with every column; returns their keys."""
    draw = random.Random(seed)
    columns = list(LAYOUTS[0].columns.values())
    span = int((last - first).total_seconds() // 60)
    keys = []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([column.name for column in columns])
        for _ in range(rows):
            at = first + timedelta(minutes=draw.randrange(span))
            given = draw.random() < 0.2
            without = frozenset() if at.year >= 2018 else _PATHWAY
            row = [_cell(column, draw, at, hospitals) if column.key not in without else "" for column in columns]
            if not given:
                row = ["" if column.key in _THROMBOLYSIS else cell for column, cell in zip(columns, row, strict=True)]
            keys.append(row[0])
            writer.writerow(row)
    return keys


def _cell(column: Column, draw: random.Random, at: datetime, hospitals: list[int]) -> str:
    key = column.key
    if key in ("form_key", "patient_key", "course_key"):
        return f"{draw.getrandbits(128):032X}"
    if key == "hospital":
        return str(draw.choice(hospitals))
    if key == "age":
        return str(draw.randint(40, 95))
    if key == "sex":
        return draw.choice(("Male", "Female"))
    if key in _STEPS:
        return str(at + timedelta(minutes=_STEPS[key] + draw.randint(0, 10)) if key != "admitted_at" else at)
    if key in _FIXED:
        return str(_FIXED[key])
    if isinstance(column.type, Boolean):
        return draw.choice(("0", "1"))
    if isinstance(column.type, SmallInteger):
        codes = sorted(column.info.get("codes") or range(int(column.info["low"]), int(column.info["high"]) + 1))
        return str(draw.choice(codes)) if draw.random() < 0.9 else ""
    return ""


def write_followups(path: Path, admissions: list[str], seed: int) -> None:
    """A file of follow-up forms for these admissions."""
    draw = random.Random(seed)
    columns = [column for column in LAYOUTS[1].columns.values() if column.key not in ("reason_not_done", "mrs")]
    columns.append(followup.c.mrs)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for key in admissions:
            row = []
            for column in columns:
                fixed = {
                    "acute_key": key,
                    "form_key": f"{draw.getrandbits(128):032X}",
                    "done": "1",
                    "followed_up_on": "",
                }
                codes = sorted(column.info.get("codes", range(6)))
                row.append(fixed.get(column.key) or ("" if column.key in fixed else str(draw.choice(codes))))
            writer.writerow(row)


def empty(folder: Path) -> tuple[Engine, list[int]]:
    """An empty registry with its hospitals."""
    engine = connect(f"sqlite:///{(folder / 'bench.db').as_posix()}", create=True)
    upgrade(engine)
    with engine.begin() as connection:
        seed_units(connection)
        return engine, list(connection.scalars(select(hospital.c.orgnr)))


def _loaded(engine: Engine, files: list[Path]) -> tuple[LoadReport, float]:
    """Load files; the report, and the seconds it took."""
    start = time.perf_counter()
    report = load_files(engine, everything("bench"), files)
    seconds = time.perf_counter() - start
    refused = [file.refusal("en") for file in report.files if file.refused]
    rows = sum(file.rows_read for file in report.files)
    rejected = sum(file.rows_rejected for file in report.files)
    if refused or rejected > rows / 100:
        raise RuntimeError(f"the generated forms are not good ones: {refused}, {rejected} of {rows} rejected")
    return report, seconds


def _measure(folder: Path) -> list[Reading]:
    engine, hospitals = empty(folder)
    keys = write_acute(folder / "acute.csv", hospitals, ROWS, FIRST_DAY, LAST_DAY, 1)
    write_followups(folder / "followup.csv", keys[: ROWS * 3 // 4], 2)
    more = write_acute(folder / "week.csv", hospitals, WEEK, LAST_DAY, LAST_DAY + timedelta(days=7), 3)
    write_followups(folder / "week_followup.csv", keys[ROWS * 3 // 4 :][:WEEK] + more[:3], 4)
    busy = time.process_time()
    first, first_seconds = _loaded(engine, [folder / "acute.csv", folder / "followup.csv"])
    busy = time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    week, week_seconds = _loaded(engine, [folder / "week.csv", folder / "week_followup.csv"])
    return [
        Reading(f"first load of {ROWS} admissions and their follow-ups", first_seconds, "s", 60),
        Reading("first load: seconds of a core", busy, "s"),
        Reading("first load: the writing transaction", first.transaction_seconds, "s", 5),
        Reading("first load: most memory of the process", peak, "MB", 500),
        Reading(f"a week of {WEEK} admissions on top", week_seconds, "s", 2),
        Reading("a week: the writing transaction", week.transaction_seconds, "s", 0.2),
    ]


def measure(_: Path, folder: Path) -> list[Reading]:
    """In a process of its own, so that the memory is the load's alone."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (folder,))
