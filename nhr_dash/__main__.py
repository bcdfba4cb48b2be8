"""The command line: ``python -m nhr_dash load FILE…``, ``serve``, ``backup`` and more, and who has access."""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Engine, func, make_url, select

from nhr_dash.access import Role, everything
from nhr_dash.database import DatabaseProblem, check, connect, problems_named, raise_data_version, upgrade
from nhr_dash.settings import settings
from nhr_dash.terminal import Bar, say, tell
from nhr_dash.text.catalog import LANGUAGES, t

if TYPE_CHECKING:
    from nhr_dash.registry.grants import Grant
    from nhr_dash.registry.load import LoadReport

COMMAND_LINE = "command line"
_log = logging.getLogger("nhr_dash.command")
OK, FINDINGS, FAILED = 0, 1, 2
"""Exit codes: all is well; something was rejected or refused; the command couldn't be done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    language = _language(arguments)
    asked = _parser(language).parse_args(arguments)
    if asked.command == "serve":
        return _serve()
    with _log_to_file() as log_file:
        return _run(asked, settings().loader_url, language, log_file)


def _run(asked: argparse.Namespace, url: str, language: str, log_file: Path) -> int:
    """A command, with a sentence for whatever can go wrong; the error itself goes to the log."""
    from nhr_dash.registry.load import Refused

    shown_url = make_url(url).render_as_string(hide_password=True)
    try:
        return _done(asked, url, shown_url, language)
    except DatabaseProblem as problem:
        _log.exception("the database can't be used")
        say(t(language, f"load.cli.database_{problem.kind}", url=shown_url), error=True)
    except Refused as refused:
        say(t(language, refused.reason_key, **refused.params), error=True)
    except _Wrong as wrong:
        say(str(wrong), error=True)
    except KeyboardInterrupt:
        return OK if getattr(asked, "watch", None) else FAILED
    except Exception:
        _log.exception("the command failed")
        say(t(language, "load.cli.failed", log=log_file), error=True)
    return FAILED


def _done(asked: argparse.Namespace, url: str, shown_url: str, language: str) -> int:
    match asked.command:
        case "init":
            done = _init(url, shown_url, language)
        case "sample":
            done = _sample(url, shown_url, language)
        case "roles":
            done = _roles(language)
        case "grant" | "revoke" | "grants":
            done = _access(url, asked, language)
        case "backup" | "restore":
            done = _backup(url, shown_url, asked, language)
        case "expected":
            done = _expected(url, language)
        case _:
            done = _load(url, asked, language)
    return done


def _serve() -> int:
    """Serve the app in its shell until told to stop. What goes wrong is said where the server writes its log."""
    from nhr_dash import asgi

    try:
        asgi.serve()
    except ValueError as wrong_setting:
        say(str(wrong_setting), error=True)
        return FAILED
    return OK


class _Wrong(Exception):
    """An argument that can't be used; its text is the sentence to show."""


def _language(arguments: Sequence[str] | None) -> str:
    """The language asked for, before the arguments (and their help) are read in it."""
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("--language", choices=LANGUAGES, default=settings().default_language)
    return first.parse_known_args(arguments)[0].language


def _parser(language: str) -> argparse.ArgumentParser:
    def says(name: str) -> str:
        return t(language, f"load.cli.{name}")

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--language", choices=LANGUAGES, default=language, help=says("help_language"))
    parser = argparse.ArgumentParser(prog="python -m nhr_dash", description=says("description"), parents=[common])
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("load", help=says("help_load"), parents=[common])
    load.add_argument("files", nargs="*", type=Path, help=says("help_files"))
    load.add_argument("--watch", type=Path, metavar="DIR", help=says("help_watch"))
    load.add_argument("--interval", type=float, default=10.0, metavar="S", help=says("help_interval"))
    load.add_argument("--dry-run", action="store_true", help=says("help_dry_run"))
    load.add_argument("--strict", action="store_true", help=says("help_strict"))
    load.add_argument("--extract-date", metavar="DATE", help=says("help_extract_date"))
    load.add_argument("--confirmed-until", metavar="DATE", help=says("help_confirmed"))
    load.add_argument("--full", nargs=3, metavar=("ORGNR", "FROM", "TO"), help=says("help_full"))
    commands.add_parser("init", help=says("help_init"), parents=[common])
    commands.add_parser("sample", help=says("help_sample"), parents=[common])
    commands.add_parser("roles", help=says("help_roles"), parents=[common])
    commands.add_parser("serve", help=says("help_serve"), parents=[common])
    commands.add_parser("expected", help=says("help_expected"), parents=[common])
    backup = commands.add_parser("backup", help=says("help_backup"), parents=[common])
    restore = commands.add_parser("restore", help=says("help_restore"), parents=[common])
    for one in (backup, restore):
        one.add_argument("file", type=Path, help=says("help_backup_file"))
    restore.add_argument("--replace", action="store_true", help=says("help_replace"))
    _access_parsers(commands, common, language)
    return parser


def _access_parsers(commands: Any, common: argparse.ArgumentParser, language: str) -> None:
    """Giving, revoking and listing access: how the first administrator is made."""

    def says(name: str) -> str:
        return t(language, f"access.cli.{name}")

    grant = commands.add_parser("grant", help=says("help_grant"), parents=[common])
    grant.add_argument("person", metavar="PERSON", help=says("help_person"))
    grant.add_argument("role", metavar="ROLE", choices=list(Role), help=says("help_role"))
    grant.add_argument("unit", metavar="UNIT", nargs="?", type=int, help=says("help_unit"))
    grant.add_argument("--from", dest="start", metavar="DATE", help=says("help_from"))
    grant.add_argument("--to", dest="end", metavar="DATE", help=says("help_to"))
    revoke = commands.add_parser("revoke", help=says("help_revoke"), parents=[common])
    revoke.add_argument("number", metavar="NUMBER", type=int, help=says("help_number"))
    commands.add_parser("grants", help=says("help_grants"), parents=[common])


@contextmanager
def _engine(url: str, *, create: bool = False) -> Iterator[Engine]:
    """A database's engine, whose connections are closed at the end."""
    engine = connect(url, create=create)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _log_to_file() -> Iterator[Path]:
    """The full errors go here; patients' values never do."""
    folder = settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nhr_dash.log"
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("nhr_dash")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield path
    finally:
        logger.removeHandler(handler)
        handler.close()


def _init(url: str, shown_url: str, language: str) -> int:
    """An empty database with every table, the hospitals and the organisation. One that stands is brought up to date."""
    from nhr_dash.registry import facts
    from nhr_dash.registry.tables import delivery
    from nhr_dash.registry.units import seed_units
    from nhr_dash.roles import app_role, give_rights

    with problems_named(), _engine(url, create=True) as engine:
        upgrade(engine)
        with engine.begin() as connection:
            if seed_units(connection):
                raise_data_version(connection)
            role = app_role(settings())
            if role:
                give_rights(connection, role)
            used = connection.scalar(select(func.count()).select_from(delivery))
        if used:
            facts.refresh_stale(engine)
    say(t(language, "load.cli.standing" if used else "load.cli.made", url=shown_url))
    return OK


def _roles(language: str) -> int:
    """SQL that an administrator of the database server runs; nothing is asked of the database."""
    from nhr_dash import roles

    try:
        say(roles.script(settings()))
    except roles.NotTwoRoles as error:
        raise _Wrong(t(language, "load.cli.not_two_roles")) from error
    return OK


def _sample(url: str, shown_url: str, language: str) -> int:
    from nhr_dash.improvement.sample import plant
    from nhr_dash.registry import sample

    sample.build(url, progress=Bar(language), finish=plant)
    say(t(language, "load.cli.built", url=shown_url))
    return OK


def _expected(url: str, language: str) -> int:
    from nhr_dash.registry import expected
    from nhr_dash.statistics.casemix import CannotFit

    with problems_named(), _engine(url) as engine:
        check(engine)
        upgrade(engine)
        try:
            models = expected.refit(engine, everything(COMMAND_LINE))
        except CannotFit as why:
            raise _Wrong(t(language, f"casemix.{why.reason}")) from why
    say(t(language, "load.cli.fitted", models=len(models), patients=max(one.model.patients for one in models)))
    return OK


def _backup(url: str, shown_url: str, asked: argparse.Namespace, language: str) -> int:
    from nhr_dash import backup

    restoring = asked.command == "restore"
    try:
        with _engine(url, create=restoring) as engine:
            if restoring:
                backup.restore(engine, asked.file, replace=asked.replace)
            else:
                backup.backup(engine, asked.file)
    except backup.Refused as refused:
        raise _Wrong(t(language, f"load.cli.backup_{refused.kind}", file=asked.file, url=shown_url)) from refused
    say(t(language, "load.cli.restored" if restoring else "load.cli.backed_up", file=asked.file, url=shown_url))
    return OK


def _load(url: str, asked: argparse.Namespace, language: str) -> int:
    from nhr_dash.registry.load import Full, LoadReport, load_files

    if bool(asked.files) == bool(asked.watch):
        raise _Wrong(t(language, "load.cli.no_files"))
    extract = _day(asked.extract_date, language)
    confirmed = _day(asked.confirmed_until, language)
    kind: Literal["changes"] | Full = "changes"
    if asked.full:
        unit, start, end = asked.full
        if not unit.isdecimal():
            raise _Wrong(t(language, "load.cli.bad_unit", value=unit))
        first, last = _day(start, language), _day(end, language)
        assert first and last
        kind = Full(int(unit), first, last)
    with _engine(url) as engine:

        def load(files: list[Path]) -> LoadReport:
            return load_files(
                engine,
                everything(COMMAND_LINE),
                files,
                extract_date=extract,
                kind=kind,
                dry_run=asked.dry_run,
                strict=asked.strict,
                progress=Bar(language),
                language=language,
                confirmed_until=confirmed,
            )

        if asked.watch:
            return _watch(asked.watch, load, asked.interval, language)
        report = load(asked.files)
        tell(report, language)
        return OK if report.clean else FINDINGS


def _access(url: str, asked: argparse.Namespace, language: str) -> int:
    from nhr_dash.registry import grants

    scope = everything(COMMAND_LINE)
    with _engine(url) as owner:
        check(owner)
        with problems_named():
            upgrade(owner)
    with problems_named(), _engine(settings().database_url) as engine, engine.begin() as connection:
        if asked.command == "grants":
            _tell_grants(grants.every(connection, scope), language)
        elif asked.command == "revoke":
            if not grants.revoke(connection, scope, asked.number):
                raise _Wrong(t(language, "access.cli.not_there", number=asked.number))
            say(t(language, "access.cli.revoked", number=asked.number))
        else:
            start, end = _day(asked.start, language), _day(asked.end, language)
            role, last = Role(asked.role), end + timedelta(days=1) if end else None
            try:
                number = grants.give(connection, scope, asked.person, role, asked.unit, start=start, end=last)
            except grants.Refused as refused:
                raise _Wrong(t(language, f"access.refused_{refused.kind}")) from refused
            say(t(language, "access.cli.given", number=number, role=role.value, person=asked.person))
    return OK


def _tell_grants(given: "Sequence[Grant]", language: str) -> None:
    """A line each, those that are revoked last."""
    for one in given:
        state = "holds" if one.holds(date.today()) else "ended"
        values = {
            "number": one.id, "person": f"{one.person} {one.name}".strip(), "role": one.role.value,
            "place": one.unit or one.municipality or "-", "start": one.start,
            "end": one.end - timedelta(days=1) if one.end else "", "state": t(language, f"access.{state}"),
        }  # fmt: skip
        say(t(language, "access.cli.line", **values))
    if not given:
        say(t(language, "access.cli.none"))


def _watch(folder: Path, load: "Callable[[list[Path]], LoadReport]", interval: float, language: str) -> int:
    import time

    from nhr_dash.registry.load import Refused
    from nhr_dash.registry.load.watch import watch

    if not folder.is_dir():
        raise _Wrong(t(language, "load.cli.not_a_folder", folder=folder))
    say(t(language, "load.cli.watching", folder=folder))
    while True:
        try:
            for report in watch(folder, load, interval=interval):
                tell(report, language)
        except (DatabaseProblem, Refused):  # busy or gone for now: the files wait
            _log.exception("a delivery has to wait")
            time.sleep(interval)


def _day(value: str | None, language: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _Wrong(t(language, "load.cli.bad_date", value=value)) from None


if __name__ == "__main__":
    sys.exit(main())
