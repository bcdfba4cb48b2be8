"""A delivery's own row: which file it was, what became of it, and whether it has been here before."""

import re
from datetime import UTC, date, datetime
from typing import Any

from nhr_dash.registry.load.findings import FileReport
from nhr_dash.registry.load.layouts import Layout
from nhr_dash.registry.load.merging import Full
from nhr_dash.registry.load.staging import Inbox, Staging

_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
_STORED = "%Y-%m-%d %H:%M:%S.%f"


def date_in(name: str) -> date | None:
    """The first day in a file's name (``2025-12-28``, ``20251228``); None if there is none."""
    for found in _DATE_IN_NAME.finditer(name):
        year, month, day = map(int, found.groups())
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return None


def newest_day(staging: Staging, layout: Layout, inbox: Inbox) -> date:
    """The newest day in a file, as its extract date; a day that has not come yet isn't believed."""
    today = date.today()
    for key in ("admitted_at", "followed_up_on", "groin_at", "coded_on"):
        name = layout.table.c[key].name if key in layout.table.c else None
        if name in inbox.columns:
            newest = staging.one(
                f'SELECT max(date("{name}")) FROM {inbox.table} WHERE date("{name}") <= ?', today.isoformat()
            )
            if newest:
                return date.fromisoformat(newest)
    return today


def loaded_before(
    staging: Staging, form: str, sha256: str, extract: date | None, full: Full | None, confirmed_until: date | None
) -> bool:
    """True for a file that was loaded with nothing rejected and the same choices: it changes nothing."""
    rows = staging.run(
        "SELECT uttrekksdato, type, full_orgnr, full_fra, full_til, bekreftet_til FROM leveranse "
        "WHERE sha256 = ? AND skjema = ? AND avvist = 0",
        sha256,
        form,
    )
    span = (full.unit, str(full.start), str(full.end)) if full else (None, None, None)
    wanted = ("full" if full else "changes", *span, str(confirmed_until) if confirmed_until else None)
    return any(tuple(row[1:]) == wanted and extract in (None, date.fromisoformat(row[0])) for row in rows)


def record(
    report: FileReport,
    *,
    number: int,
    sha256: str,
    person: str,
    full: Full | None,
    confirmed_until: date | None,
    synthetic: bool,
) -> dict[str, Any]:
    """The delivery's row as staging stores it, by column key."""
    newest = report.newest_admission
    return {
        "id": number,
        "file": report.file,
        "sha256": sha256,
        "loaded_at": datetime.now(UTC).strftime(_STORED),
        "loaded_by": person,
        "form": report.form,
        "extract_date": str(report.extract_date),
        "kind": "full" if full else "changes",
        "full_unit": full.unit if full else None,
        "full_from": str(full.start) if full else None,
        "full_to": str(full.end) if full else None,
        "rows_read": report.rows_read,
        "rows_new": report.rows_new,
        "rows_changed": report.rows_changed,
        "rows_rejected": report.rows_rejected,
        "rows_withdrawn": report.rows_withdrawn,
        "newest_admission": newest.strftime(_STORED) if newest else None,
        "confirmed_until": str(confirmed_until) if confirmed_until else None,
        "synthetic": int(synthetic),
    }
