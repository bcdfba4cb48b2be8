"""What the synthetic registry is built from: the files of ``sample_data/``, read once."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "sample_data"

PUBLISHED = (
    "hjerneslag_beh_enhet",
    "hjerneslag_inn_enhet",
    "hjerneslag_beh_tromb",
    "hjerneslag_tromb_40min",
    "hjerneslag_test_svelg",
    "hjerneslag_ut_antitromb",
    "hjerneslag_ut_antikoag",
    "hjerneslag_ut_blodtrykksenk",
    "hjerneslag_ut_lipidsenk",
    "hjerneslag_rapport_3mnd",
)
ASPECTS = (*PUBLISHED, "coverage", "interdisciplinary", "imaging_15", "call_15", "ambulance_25", "thrombectomy")


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital of the sample. ``thrombolysis_as``: whose published level its thrombolyses are part of."""

    orgnr: int
    name: str
    region: str
    centre: int
    training: bool
    thrombolysis_as: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """A level that a story fixes for a hospital from a day to a day (exclusive); percent, or a number.

    ``exact``: the received patients are as many as make the level come out without rounding.
    """

    unit: int
    aspect: str
    start: date
    end: date
    level: float
    ramp: float = 0.0
    exact: bool = False


@dataclass(frozen=True)
class Parameters:
    """Everything read. Levels in percent; a missing level is absent."""

    hospitals: tuple[Hospital, ...]
    published: dict[tuple[int, int, str], float]  # (orgnr, year, aspect or "admissions")
    hidden: dict[tuple[str, int, str], float]  # (region, year, aspect)
    national: dict[tuple[int, str], float]
    windows: dict[tuple[int, str], tuple[Window, ...]]  # (orgnr, aspect)
    stories: dict[str, Any]
    population: dict[str, Any]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _windows(stories: dict[str, Any]) -> dict[tuple[int, str], tuple[Window, ...]]:
    windows = [
        Window(
            one["unit"],
            one["aspect"],
            one["from"],
            one["to"],
            one["level"],
            one.get("ramp", 0.0),
            one.get("exact", False),
        )
        for one in stories["level"]
    ]
    for block in stories["years"]:
        windows += [
            Window(block["unit"], aspect, block["from"], block["to"], level)
            for aspect, level in block["levels"].items()
        ]
    for project in stories["project"]:
        ends = [*project["starts"][1:], project["ends"]]
        for unit in project["units"]:
            windows += [
                Window(unit, project["aspect"], start, end, level)
                for start, end, level in zip(project["starts"], ends, project["levels"], strict=True)
            ]
    found: dict[tuple[int, str], tuple[Window, ...]] = {}
    for window in windows:
        found[window.unit, window.aspect] = (*found.get((window.unit, window.aspect), ()), window)
    return found


@cache
def parameters() -> Parameters:
    """The parameters of ``sample_data/``."""
    stories = _toml("stories.toml")
    return Parameters(
        hospitals=tuple(
            Hospital(
                orgnr=int(row["orgnr"]),
                name=row["name"],
                region=row["region"],
                centre=int(row["centre"]),
                training=row["training"] == "1",
                thrombolysis_as=int(row["thrombolysis_as"]) if row["thrombolysis_as"] else None,
            )
            for row in _rows("hospitals.csv")
        ),
        published={
            (int(row["orgnr"]), int(row["year"]), aspect): float(row[aspect])
            for row in _rows("hospital_years.csv")
            for aspect in ("admissions", "coverage", *PUBLISHED)
            if row[aspect]
        },
        hidden={
            (row["region"], int(row["year"]), row["indicator"]): float(row["percent"])
            for row in _rows("hidden_levels.csv")
        },
        national={
            (int(row["year"]), aspect): float(row[aspect])
            for row in _rows("national.csv")
            for aspect in ("admissions", *ASPECTS)
            if row[aspect]
        },
        windows=_windows(stories),
        stories=stories,
        population=_toml("population.toml"),
    )
