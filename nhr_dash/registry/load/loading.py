"""Loading deliveries: every file read and checked into staging, then one short transaction.

A kill at any moment leaves the database as before or as after: until the transaction nothing but
the staging file is written, and what is left of that is removed by the next load.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, select

from nhr_dash.access import Scope
from nhr_dash.database import check, is_synthetic, problems_named, raise_data_version
from nhr_dash.registry import audit, expected, facts
from nhr_dash.registry.forms import acute
from nhr_dash.registry.indicators import INDICATORS
from nhr_dash.registry.load import merging, records
from nhr_dash.registry.load.bridge import Bridge, bridge, file_of, only_loader
from nhr_dash.registry.load.checking import Checker, Known
from nhr_dash.registry.load.crosschecks import Crosscheck
from nhr_dash.registry.load.findings import SHOWN, FileReport, Finding, LoadReport, Refused, write_findings
from nhr_dash.registry.load.layouts import LAYOUTS, Layout, Recognised, recognise, score
from nhr_dash.registry.load.merging import Full
from nhr_dash.registry.load.reading import Source, open_file
from nhr_dash.registry.load.staging import Inbox, Staging
from nhr_dash.registry.tables import delivery, hospital, organisation
from nhr_dash.settings import settings

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]
# how much of the time each step takes, roughly
_READ, _SETTLED, _COMPUTED = 0.6, 0.7, 0.85


@dataclass(frozen=True, slots=True)
class Options:
    """What a load was asked to do."""

    extract_date: date | None
    kind: Literal["changes"] | Full
    strict: bool
    synthetic: bool
    confirmed_until: date | None
    person: str
    logged_as: str


@dataclass(slots=True)
class _Part:
    """One table of a file on its way."""

    number: int
    path: Path
    sha256: str
    source: Source
    recognised: Recognised
    report: FileReport
    inbox: Inbox | None = None
    extract: date | None = None
    keys: list[Any] = field(default_factory=list)

    @property
    def layout(self) -> Layout:
        return self.recognised.layout


def load_files(
    engine: Engine,
    scope: Scope,
    paths: Sequence[Path | str],
    *,
    extract_date: date | None = None,
    kind: Literal["changes"] | Full = "changes",
    dry_run: bool = False,
    strict: bool = False,
    synthetic: bool = False,
    progress: Progress | None = None,
    language: str = "nb",
    confirmed_until: date | None = None,
    findings_dir: Path | None = None,
) -> LoadReport:
    """Load files into the registry: all that is good in one transaction, or nothing.

    ``extract_date``: the day the registry made the export. Without it the date in the file's name
    is taken (``2025-12-28`` or ``20251228``), else the newest day in the file. It decides which of
    two deliveries is newer. ``kind``: ``changes``, or a :class:`Full` delivery of a unit and
    period, whose absent forms are marked as withdrawn. ``strict`` refuses a file with any error or
    warning (notes about columns don't count). ``synthetic`` is the generator's alone.
    ``confirmed_until``: data after this day are provisional. ``language``: of the findings file.

    Raises :class:`~nhr_dash.access.NotAllowed`, :class:`Refused` when another load is running, and
    :class:`~nhr_dash.database.DatabaseProblem`. Files that can't be loaded are in the report.
    """
    scope.require_load()
    check(engine)
    options = Options(extract_date, kind, strict, synthetic, confirmed_until, scope.person, scope.logged_as)
    folder = folder_of(engine)
    with problems_named(), only_loader(engine, folder):
        with engine.connect() as connection:
            database_is_synthetic = is_synthetic(connection)
        if database_is_synthetic != synthetic:
            key = "load.refused.sample_database" if database_is_synthetic else "load.refused.not_a_sample_database"
            files = tuple(FileReport(Path(path).name, refused=key) for path in paths)
            return LoadReport(files, None, dry_run, None)
        if not dry_run:
            facts.refresh_stale(engine)
        with Staging(folder) as staging:
            load = _Load(engine, staging, options, progress or (lambda done, key: None))
            return load.run([Path(path) for path in paths], dry_run, language, findings_dir or folder / "findings")


def folder_of(engine: Engine) -> Path:
    """Where staging and findings of a database are written: beside it, or in the data folder."""
    path = file_of(engine)
    return (path.parent if path else settings().data_dir) / f"{path.stem if path else 'registry'}-load"


class _Load:
    """One load, from files to report."""

    def __init__(self, engine: Engine, staging: Staging, options: Options, progress: Progress) -> None:
        self._engine = engine
        self._staging = staging
        self._bridge: Bridge = bridge(engine, staging)
        self._options = options
        self._progress = progress
        self._known: Known = {}
        self._hospitals: frozenset[int] = frozenset()
        self._reports: list[FileReport] = []
        self._parts: list[_Part] = []

    def run(self, paths: Sequence[Path], dry_run: bool, language: str, findings_dir: Path) -> LoadReport:
        self._progress(0.0, "load.progress.reading")
        with self._engine.connect() as connection:
            self._learn(connection)
            self._bridge.pull_where(delivery)
            first = 1 + (connection.scalar(select(func.max(delivery.c.id))) or 0)
            highest = {
                layout.form: connection.scalar(select(func.max(layout.table.c[layout.number]))) or 0
                for layout in LAYOUTS
                if layout.number
            }
        for path in paths:
            self._open(path)
        for place, part in enumerate(self._parts):
            self._guarded(part, self._read, place)
        self._progress(_READ, "load.progress.checking")
        order = {layout.form: place for place, layout in enumerate(LAYOUTS)}
        ready = [part for part in self._parts if part.inbox is not None]
        ready.sort(key=lambda part: (order[part.layout.form], part.extract or date.min, part.number))
        number = first
        for place, part in enumerate(ready):
            if self._guarded(part, self._settle, number, highest):
                number += self._register(part, number)
            self._progress(_READ + (_SETTLED - _READ) * (place + 1) / len(ready), "load.progress.checking")
        version, seconds = None, 0.0
        if not dry_run and number > first:
            merging.compute(self._staging, self._bridge, self._step(_SETTLED, _COMPUTED, "load.progress.computing"))
        findings_file = self._finish(language, findings_dir)
        if not dry_run and number > first:
            version, seconds = self._write(first)
        self._progress(1.0, "load.progress.done")
        return LoadReport(tuple(self._reports), findings_file, dry_run, version, seconds)

    def _learn(self, connection: Connection) -> None:
        self._hospitals = frozenset(connection.scalars(select(hospital.c.orgnr)))
        units = self._hospitals | frozenset(connection.scalars(select(organisation.c.orgnr)))
        self._known = {
            "hospital": self._hospitals,
            "thrombolysis_hospital": self._hospitals,
            "transferred_from": self._hospitals,
            "centre": self._hospitals,
            "unit": units,
            "indicator": frozenset(one.id for one in INDICATORS),
            "context": frozenset({"caregiver", "resident"}),
        }

    def _open(self, path: Path) -> None:
        """Find the tables of a file and their forms; a file with none is refused."""
        try:
            content = open_file(path, score)
        except Refused as refused:
            self._reports.append(_refused(FileReport(path.name), refused))
            return
        recognised: list[_Part] = []
        strangers: list[tuple[FileReport, Refused]] = []
        for source in content.sources:
            report = FileReport(source.name)
            try:
                found = recognise(source.name, source.headings)
            except Refused as refused:
                strangers.append((report, refused))
                continue
            report.form = found.layout.form
            part = _Part(len(self._parts) + len(recognised), path, content.sha256, source, found, report)
            part.extract = self._options.extract_date or records.date_in(path.name)
            recognised.append(part)
        for report, why in strangers:
            # beside sheets that are forms, a sheet of notes is no reason to stop; half a form is
            if not recognised or why.reason_key != "load.refused.not_an_export":
                self._reports.append(_refused(report, why))
        for part in recognised:
            self._reports.append(part.report)
            self._parts.append(part)

    def _guarded(self, part: _Part, step: Callable[..., bool], *values: Any) -> bool:
        """Take a step with a file; if that refuses it, the report says why and the others go on."""
        try:
            return step(part, *values)
        except Refused as refused:
            part.inbox = None
            _refused(part.report, refused)
            return False

    def _read(self, part: _Part, place: int) -> bool:
        """Read and check a file's rows into its inbox."""
        confirmed = self._options.confirmed_until
        if records.loaded_before(
            self._staging, part.layout.form, part.sha256, part.extract, self._full(part), confirmed
        ):
            part.report.already_loaded = True
            return False
        report, staging = part.report, self._staging
        checker = Checker(report.file, part.recognised, self._known)
        inbox = staging.inbox(part.number, [column.name for column in checker.columns])
        notes = [
            Finding(report.file, 1, name, "", reason, {}, "note")
            for names, reason in (
                (part.recognised.ignored, "load.note.ignored"),
                (part.recognised.absent, "load.note.absent"),
            )
            for name in names
        ]
        staging.add(part.number, notes)
        share = _READ / max(len(self._parts), 1)
        for block in part.source.blocks():
            checked = checker.check(block, len(part.source.headings))
            staging.put(inbox, checked.rows)
            staging.add(part.number, checked.findings)
            if not isinstance(self._options.kind, str):
                staging.hold(part.layout, checked.rejected_keys)
            report.rows_read += checked.good + checked.rejected
            report.rows_rejected += checked.rejected
            self._progress(share * (place + block.share), "load.progress.reading")
        if not report.rows_read:
            raise Refused("load.refused.no_rows", file=report.file)
        part.extract = part.extract or records.newest_day(staging, part.layout, inbox)
        report.extract_date = part.extract
        part.inbox = inbox
        return True

    def _full(self, part: _Part) -> Full | None:
        kind = self._options.kind
        return kind if isinstance(kind, Full) and part.layout.tracked else None

    def _settle(self, part: _Part, number: int, highest: dict[str, int]) -> bool:
        """Check a file against the rest, and bring it together with what stands."""
        assert part.inbox is not None and part.extract is not None
        staging, report, layout = self._staging, part.report, part.layout
        merging.pull_standing(self._bridge, layout, part.inbox)
        crosscheck = Crosscheck(staging, self._bridge, report.file, layout, part.inbox, self._hospitals)
        report.rows_rejected += crosscheck.run(
            part.extract, frozenset(one.id for one in INDICATORS if not one.is_duration)
        )
        staging.add(part.number, crosscheck.findings)
        if self._options.strict and staging.one(
            "SELECT 1 FROM finding WHERE part = ? AND level <> 'note'", part.number
        ):
            raise Refused("load.refused.strict", file=report.file)
        if layout.number:
            mine = staging.one(f'SELECT max("{layout.table.c[layout.number].name}") FROM "{layout.form}"') or 0
            highest[layout.form] = max(highest[layout.form], mine)
        numbers = merging.settle(staging, layout, part.inbox, number, part.extract, highest.get(layout.form, 0))
        report.rows_new, report.rows_changed = numbers.new, numbers.changed
        report.rows_unchanged, report.rows_older = numbers.unchanged, numbers.older
        full = self._full(part)
        if full:
            gone = merging.withdraw(staging, self._bridge, layout, part.inbox, number, part.extract, full)
            report.rows_withdrawn, report.withdrawn_keys = len(gone), gone
        if layout.table is acute:
            newest = staging.one(f"SELECT max(Innleggelsestidspunkt) FROM {part.inbox.table}")
            report.newest_admission = datetime.fromisoformat(newest) if newest else None
        for table in (part.inbox.table, f"judged_{number}", f"ranked_{number}"):
            staging.run(f"DROP TABLE {table}")
        return True

    def _register(self, part: _Part, number: int) -> int:
        """The delivery's own row; 0 if the file was loaded before and has nothing new now."""
        report, full = part.report, self._full(part)
        nothing = not (report.rows_new or report.rows_changed or report.rows_withdrawn)
        if nothing and self._staging.one("SELECT 1 FROM leveranse WHERE sha256 = ? AND uttrekksdato = ? AND fil = ?",
                                         part.sha256, str(part.extract), report.file):  # fmt: skip
            report.already_loaded = True
            return 0
        self._staging.insert(
            delivery,
            records.record(
                report,
                number=number,
                sha256=part.sha256,
                person=self._options.person,
                full=full,
                confirmed_until=self._options.confirmed_until,
                synthetic=self._options.synthetic,
            ),
        )
        return 1

    def _step(self, start: float, end: float, key: str) -> Callable[[float], None]:
        return lambda done: self._progress(start + (end - start) * done, key)

    def _finish(self, language: str, findings_dir: Path) -> Path | None:
        """Give each report its findings, and write the findings file if there are any."""
        for part in self._parts:
            count = self._staging.one("SELECT count(*) FROM finding WHERE part = ?", part.number)
            part.report.findings = tuple(self._staging.findings(part.number, SHOWN))
            part.report.findings_count = count
        if not self._staging.one("SELECT 1 FROM finding WHERE level <> 'note'"):
            return None
        name = datetime.now(UTC).strftime("findings-%Y%m%d-%H%M%S-%f.csv")
        write_findings(findings_dir / name, self._staging.findings(), language)
        return findings_dir / name

    def _write(self, first: int) -> tuple[int, float]:
        self._progress(_COMPUTED, "load.progress.writing")
        touched = [row[0] for row in self._staging.run("SELECT id FROM touched ORDER BY id")]
        self._bridge.release()
        with self._bridge.writing() as connection:
            start = time.perf_counter()
            merging.write(self._bridge, connection, first)
            expected.apply(connection, touched)
            for report in self._reports:
                if report.refused is None and not report.already_loaded:
                    audit.note(connection, self._options.logged_as, audit.What.LOADED, report.file)
            version = raise_data_version(connection)
        seconds = time.perf_counter() - start
        self._bridge.tidy()
        for report in self._reports:
            log.info(
                "%s (%s): %s read, %s new, %s changed, %s rejected, %s withdrawn",
                report.file,
                report.form or report.refused,
                report.rows_read,
                report.rows_new,
                report.rows_changed,
                report.rows_rejected,
                report.rows_withdrawn,
            )
        log.info("data version %s, written in %.2f s", version, seconds)
        return version, seconds


def _refused(report: FileReport, refused: Refused) -> FileReport:
    report.refused = refused.reason_key
    report.refused_params = refused.params
    report.rows_new = report.rows_changed = report.rows_unchanged = report.rows_older = 0
    return report
