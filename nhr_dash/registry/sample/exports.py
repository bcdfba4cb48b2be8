"""The registry's export files: which forms stand in a delivery, in which state, written as CSV.

A form first stands in the delivery of the week it was received, and again when it was corrected
or when the patient's death became known. Headings are the registry's own column names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv
from sqlalchemy import Date, DateTime, Table

from nhr_dash.registry.forms import acute, followup, pathway_code, thrombectomy
from nhr_dash.registry.sample import care, later, times
from nhr_dash.registry.sample.cohort import DAY, DIED, MISSING, NEWEST, NO_TIME, UNKNOWN, Cohort, cohort
from nhr_dash.registry.sample.draws import Flags, Ints, bits
from nhr_dash.registry.sample.parameters import parameters
from nhr_dash.registry.tables import coverage

HISTORY_UNTIL = date(2024, 12, 29)  # the extract that everything older comes in
WEEK = timedelta(days=7)
NEXT_WEEKS = 8
DEATH_KNOWN_DAYS = 6  # the population registry tells of a death some days after it
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Form:
    """Every row of one form, as it finally stands; ``received`` and ``changed`` are days since 1970.

    ``changed`` holds up to two later days on which a row's content changes (:data:`NEVER`: none);
    ``before`` says for the first of them what stood in some columns until then, ``died`` is the
    second's column.
    """

    table: Table
    columns: dict[str, np.ndarray]
    received: Ints
    changed: tuple[Ints, ...] = ()
    before: Mapping[str, np.ndarray] | None = None


def forms() -> tuple[tuple[Form, ...], dict[str, np.ndarray]]:
    """The four forms, and yearly coverage."""
    c = cohort(parameters())
    level = care.groups(c)
    times.before_arrival(c, level)
    care.treat(c, level)
    times.in_hospital(c, level)
    answers, answered, answered_on = later.followups(c, level)
    done = answers["followed_up_on"] != NO_TIME
    followed = dict(zip(answered[done].tolist(), answers["followed_up_on"][done].tolist(), strict=True))
    punctured, puncture, punctured_on = later.thrombectomies(c)
    codes, coded, coded_on = later.pathway_codes(c, followed)
    _names(c)
    return (
        _acute(c),
        _linked(c, followup, answers, answered, answered_on),
        _linked(c, thrombectomy, punctured, puncture, punctured_on),
        Form(
            pathway_code,
            {
                "form_key": np.char.add(np.char.add(c["form_key"][coded], "-"), codes["pathway_code"]),
                "patient_key": c["patient_key"][coded],
                **codes,
            },
            coded_on,
        ),
    ), later.coverage(c)


def _names(c: Cohort) -> None:
    """Keys of forms and patients. One in thirty is a patient who has been here before."""
    c["form_key"] = _guids(c, "form")
    patient = _guids(c, "patient")
    back = 30 + (c.uniform("back") * 90).astype(np.int64)
    earlier = np.maximum(np.arange(len(c)) - back, 0)
    same = (
        (c["hospital"][earlier] == c["hospital"])
        & (c["sex"][earlier] == c["sex"])
        & np.isinf(c.death_day[earlier])
        & (c["admitted_at"] - c["admitted_at"][earlier] > 40 * DAY)
        & (np.abs(c["age"] - c["age"][earlier]) <= 1)
        & c.chance("again", 0.6)
    )
    c["patient_key"] = np.where(same, patient[earlier], patient)
    c["previous_stroke"] = np.where(same, 1, c["previous_stroke"]).astype(np.int16)


def _guids(c: Cohort, name: str) -> np.ndarray:
    raw = np.stack([bits(c.key, f"{name} 1"), bits(c.key, f"{name} 2")], axis=1).astype(">u8").tobytes().hex().upper()
    return np.array(
        [f"{raw[n : n + 8]}-{raw[n + 8 : n + 12]}-{raw[n + 12 : n + 16]}-{raw[n + 16 : n + 20]}-{raw[n + 20 : n + 32]}"
         for n in range(0, len(raw), 32)]
    )  # fmt: skip


def _acute(c: Cohort) -> Form:
    """The acute forms: some are corrected weeks later, and deaths after the stay come when they are known.

    One training hospital first delivers some forms with a fault that the loader rejects.
    """
    corrected = c.chance("corrected", c.given.population["registration"]["corrected"])
    correction = np.where(corrected, c.received + 10 + (c.uniform("corrected on") * 120).astype(np.int64), NEVER)
    after = (c["died_on"] != NO_TIME) & (c["discharged_to"] != DIED) & (c["died_on"] + DEATH_KNOWN_DAYS > c.received)
    death_known = np.where(after, c["died_on"] + DEATH_KNOWN_DAYS, NEVER)
    kind = c.uniform("what was wrong")
    blank = {"nihss": kind < 0.4, "side": (kind >= 0.4) & (kind < 0.7), "smoker": kind >= 0.7}
    before = {
        name: np.where(corrected & flags, MISSING if name == "nihss" else UNKNOWN, c[name]).astype(np.int16)
        for name, flags in blank.items()
    }
    faults = c.given.stories["faults"]
    wrong = (c["hospital"] == faults["unit"]) & (c["imaging_at"] != NO_TIME) & c.chance("fault", faults["share"])
    correction = np.where(wrong, c.received + 7 + (c.uniform("corrected on") * 35).astype(np.int64), correction)
    before["imaging_at"] = np.where(wrong, c["imaging_at"] - DAY, c["imaging_at"])
    before["nihss_not_done"] = np.where(corrected & blank["nihss"], 1, c["nihss_not_done"]).astype(np.int16)
    return Form(acute, c.columns, c.received, (correction, death_known), before)


def _linked(c: Cohort, table: Table, columns: dict[str, np.ndarray], rows: Ints, received: Ints) -> Form:
    keys = np.array([f"{'O' if table is followup else 'T'}{key[1:]}" for key in c["form_key"][rows]])
    return Form(table, {"form_key": keys, "acute_key": c["form_key"][rows], **columns}, received)


def deliveries() -> list[tuple[date, date | None]]:
    """Extract dates with the extract before: the history, 52 weeks, and the weeks the demo loads one by one."""
    found: list[tuple[date, date | None]] = [(HISTORY_UNTIL, None)]
    while found[-1][0] < NEWEST + NEXT_WEEKS * WEEK:
        found.append((found[-1][0] + WEEK, found[-1][0]))
    return found


def write_delivery(
    folder: Path, parts: tuple[Form, ...], extract: date, previous: date | None, yearly: dict[str, np.ndarray] | None
) -> list[Path]:
    """Write one delivery's files into ``folder``; returns those that have rows."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for part in parts:
        rows, columns = _state(part, _day(extract), None if previous is None else _day(previous))
        if len(rows):
            path = folder / f"{part.table.name}_{extract.isoformat()}.csv"
            _write(path, part.table, columns)
            written.append(path)
    if yearly is not None:
        path = folder / f"{coverage.name}_{extract.isoformat()}.csv"
        _write(path, coverage, yearly)
        written.append(path)
    return written


def _state(part: Form, extract: int, previous: int | None) -> tuple[Ints, dict[str, np.ndarray]]:
    def lately(day: Ints) -> Flags:
        return (day <= extract) & (day > (NO_TIME if previous is None else previous))

    here = part.received <= extract
    chosen = lately(part.received)
    for day in part.changed:
        chosen = chosen | lately(day)
    rows = np.flatnonzero(chosen & here)
    columns = {name: values[rows] for name, values in part.columns.items()}
    if part.before is not None:
        correction, death_known = (day[rows] for day in part.changed)
        for name, values in part.before.items():
            columns[name] = np.where(correction > extract, values[rows], columns[name])
        columns["died_on"] = np.where((death_known != NEVER) & (death_known > extract), NO_TIME, columns["died_on"])
    return rows, columns


def _day(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def _write(path: Path, table: Table, columns: dict[str, np.ndarray]) -> None:
    """Semicolons, UTF-8, ISO dates, the registry's own headings; what isn't filled in is empty."""
    names, arrays = [], []
    for column in table.c:
        if column.key in columns:
            names.append(column.name)
            arrays.append(_arrow(columns[column.key], column.type))
    options = arrow_csv.WriteOptions(delimiter=";", quoting_style="none", batch_size=8192)
    arrow_csv.write_csv(pa.table(arrays, names=names), path, options)


def _arrow(values: np.ndarray, kind: object) -> pa.Array:
    if isinstance(kind, DateTime):
        return pa.array(values.view("datetime64[m]").astype("datetime64[s]"))
    if isinstance(kind, Date):
        return pa.array(values.view("datetime64[D]"))
    if values.dtype.kind == "i":
        return pa.array(values, mask=values == MISSING)
    return pa.array(values)
