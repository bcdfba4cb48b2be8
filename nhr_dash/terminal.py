"""What the command line says: a line, a load's report, a progress bar."""

import sys
import time
from typing import TYPE_CHECKING

from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    from nhr_dash.registry.load import FileReport, LoadReport

SHOWN_FINDINGS = 20
_BAR = 30


def say(sentence: str, *, error: bool = False) -> None:
    """A line; of what went wrong, where errors are written."""
    print(sentence, file=sys.stderr if error else sys.stdout)


def tell(report: "LoadReport", language: str) -> None:
    """A report in words."""
    for file in report.files:
        if file.refused:
            say(t(language, "load.cli.refused", file=file.file, reason=file.refusal(language)), error=True)
        elif file.already_loaded:
            say(t(language, "load.cli.already", file=file.file))
        else:
            form = t(language, f"load.form.{file.form}")
            say(t(language, "load.cli.file", file=file.file, form=form, extract=file.extract_date))
            counts = {
                "read": file.rows_read, "new": file.rows_new, "changed": file.rows_changed,
                "same": file.rows_unchanged, "older": file.rows_older, "rejected": file.rows_rejected,
            }  # fmt: skip
            say(t(language, "load.cli.rows", **counts))
        if file.withdrawn_keys:
            keys = ", ".join(file.withdrawn_keys)
            say(t(language, "load.cli.withdrawn", count=file.rows_withdrawn, keys=keys))
        _tell_findings(file, language)
    if report.findings_file:
        say(t(language, "load.cli.findings_file", path=report.findings_file))
    if report.dry_run:
        say(t(language, "load.cli.dry_run"))
    elif report.data_version is None:
        say(t(language, "load.cli.nothing"))
    else:
        say(t(language, "load.cli.loaded", version=report.data_version))


def _tell_findings(file: "FileReport", language: str) -> None:
    """The first findings, a line each; columns that are absent or unknown together."""
    real = [one for one in file.findings if one.level != "note"]
    for one in real[:SHOWN_FINDINGS]:
        say(t(language, "load.cli.finding", line=one.line, column=one.column, reason=one.sentence(language)))
    notes = [one for one in file.findings if one.level == "note"]
    more = file.findings_count - len(notes) - min(len(real), SHOWN_FINDINGS)
    if more > 0:
        say(t(language, "load.cli.more", count=more))
    for reason in dict.fromkeys(one.reason_key for one in notes):
        columns = ", ".join(one.column for one in notes if one.reason_key == reason)
        say(t(language, "load.cli.note", columns=columns, reason=t(language, reason)))


class Bar:
    """A progress bar on a terminal, for anything that takes over a second; silent elsewhere."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._clock = time.monotonic
        self._start = self._clock()
        self._drawn = False

    def __call__(self, done: float, text_key: str) -> None:
        """Draw the bar: 0 to 1 done, and what is being done now."""
        if not sys.stderr.isatty() or (not self._drawn and self._clock() - self._start < 1):
            return
        self._drawn = True
        filled = round(_BAR * min(max(done, 0.0), 1.0))
        bar = "█" * filled + "░" * (_BAR - filled)
        end = "\n" if done >= 1 else ""
        print(f"\r{bar} {done:4.0%} {t(self._language, text_key)}\033[K", end=end, file=sys.stderr, flush=True)
