"""The sample database: export files written by the generator and loaded by the loader, like any registry's."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, func, make_url, select

from nhr_dash.access import Scope, everything
from nhr_dash.database import connect, is_synthetic, mark_synthetic, raise_data_version, upgrade
from nhr_dash.registry import expected
from nhr_dash.registry.load import LoadReport, load_files
from nhr_dash.registry.sample.cohort import NEWEST
from nhr_dash.registry.sample.exports import deliveries, forms, write_delivery
from nhr_dash.registry.tables import delivery
from nhr_dash.registry.units import seed_units

Progress = Callable[[float, str], None]
Finish = Callable[[Connection], None]

PERSON = "sample"
# How far the bar is after each step, by how long they take.
_GENERATED, _HISTORY, _WEEKS = 0.08, 0.85, 0.98


class NotEmpty(Exception):
    """The database holds something already: the sample is only ever built into an empty one."""


def write_exports(folder: Path, *, until: date | None = None) -> list[tuple[date, list[Path]]]:
    """Write every delivery's export files, a folder an extract date; returns the dates with their files.

    ``until`` leaves out later extracts. The same files every time.
    """
    parts, yearly = forms()
    written = []
    for extract, previous in deliveries():
        if until is None or extract <= until:
            first = yearly if previous is None else None
            written.append((extract, write_delivery(folder / extract.isoformat(), parts, extract, previous, first)))
    return written


def build(url: str, *, progress: Progress | None = None, finish: Finish | None = None) -> None:
    """Build the sample registry at an address: 2012 to the newest admission, in 53 deliveries.

    On SQLite everything happens in a folder beside the target, which is put in place at the end:
    a killed build leaves nothing half-made. ``finish`` writes what layers above the registry add
    (events, phases), in one transaction. ``progress(done 0-1, text key)``.
    Raises :class:`NotEmpty` for a server database with deliveries in it.
    """
    told = progress or (lambda done, key: None)
    address = make_url(url)
    target = Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None
    parent = target.parent if target else None
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sample-", dir=parent) as name:
        folder = Path(name)
        unfinished = folder / "sample.db"
        engine = connect(f"sqlite:///{unfinished.as_posix()}" if target else url, create=True)
        try:
            _fill(engine, folder, told, finish)
            if target:
                with engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            engine.dispose()
        if target:
            for leftover in (f"{target}-wal", f"{target}-shm"):
                Path(leftover).unlink(missing_ok=True)
            unfinished.replace(target)
            _keep_weeks(folder, weeks_folder(target))
    told(1.0, "sample.done")


def _fill(engine: Engine, folder: Path, told: Progress, finish: Finish | None) -> None:
    told(0.0, "sample.preparing")
    upgrade(engine)
    with engine.begin() as connection:
        if connection.scalar(select(func.count()).select_from(delivery)):
            raise NotEmpty
        seed_units(connection)
        mark_synthetic(connection)
        raise_data_version(connection)
    told(0.02, "sample.generating")
    written = write_exports(folder / "exports")
    history, *weeks = [paths for extract, paths in written if extract <= NEWEST]
    _load(engine, everything(PERSON), history, _part(told, _GENERATED, _HISTORY, "sample.loading_history"))
    # Every file is a delivery of its own, by the extract date in its name; one transaction is faster than 52.
    together = [path for paths in weeks for path in paths]
    _load(engine, everything(PERSON), together, _part(told, _HISTORY, _WEEKS, "sample.loading_weeks"))
    expected.refit(engine, everything(PERSON))
    if finish:
        with engine.begin() as connection:
            finish(connection)
            raise_data_version(connection)


def _part(told: Progress, start: float, end: float, key: str) -> Progress:
    """The loader's own progress as a part of the whole."""
    return lambda done, _: told(start + (end - start) * done, key)


def _load(engine: Engine, scope: Scope, paths: list[Path], progress: Progress | None = None) -> LoadReport:
    report = load_files(engine, scope, paths, synthetic=True, progress=progress)
    if report.refused:
        raise RuntimeError("; ".join(file.refusal("en") for file in report.files if file.refused))
    return report


def weeks_folder(database: Path) -> Path:
    """Where the export files of the weeks after the newest delivery wait, beside a sample database."""
    return database.with_name(f"{database.stem}-weeks")


def _keep_weeks(folder: Path, kept: Path) -> None:
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for extract, _ in deliveries():
        if extract > NEWEST:
            (folder / "exports" / extract.isoformat()).replace(kept / extract.isoformat())


def next_week(engine: Engine, scope: Scope) -> LoadReport | None:
    """Load the week after the newest delivery of a sample database; None when there are no more.

    Raises :class:`~nhr_dash.access.NotAllowed` without the right to load, and ValueError for a
    database that isn't the sample.
    """
    scope.require_load()
    with engine.connect() as connection:
        if not is_synthetic(connection):
            raise ValueError("only a sample database has a next week")
        newest = connection.scalar(select(func.max(delivery.c.extract_date)))
    waiting = [extract for extract, _ in deliveries() if newest is None or extract > newest]
    if not waiting:
        return None
    with tempfile.TemporaryDirectory() as name:
        database = engine.url.database if engine.dialect.name == "sqlite" else None
        folder = weeks_folder(Path(database)) if database else Path(name)
        if not (folder / waiting[0].isoformat()).is_dir():
            folder = Path(name)
            write_exports(folder, until=waiting[0])
        return _load(engine, scope, sorted((folder / waiting[0].isoformat()).glob("*.csv")))
