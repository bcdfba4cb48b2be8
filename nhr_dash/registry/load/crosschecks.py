"""Checks that a row alone can't answer: against the extract date, other rows and other forms.

They run in staging, on a file's inbox, after what stands under its keys has been pulled. Rows
that fail are taken out of the inbox; what is left loads.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_

from nhr_dash.registry.forms import acute, followup, pathway_code, thrombectomy
from nhr_dash.registry.load.bridge import Bridge
from nhr_dash.registry.load.findings import Finding, Level, Refused
from nhr_dash.registry.load.layouts import Layout
from nhr_dash.registry.load.staging import Inbox, Staging, quoted
from nhr_dash.registry.tables import aggregate

NEW_FORM_DAYS = 7
"""A new stroke this soon after another is the same registration; a form for it is reported."""


class Crosscheck:
    """The checks of one file."""

    def __init__(
        self, staging: Staging, bridge: Bridge, file: str, layout: Layout, inbox: Inbox, hospitals: Collection[int]
    ) -> None:
        self._staging = staging
        self._bridge = bridge
        self._file = file
        self._layout = layout
        self._inbox = inbox
        self._hospitals = sorted(hospitals)
        self.findings: list[Finding] = []

    def run(self, extract: date, shares: frozenset[str]) -> int:
        """Check; returns how many rows were rejected. ``shares``: indicators that are a numerator of a
        denominator. Raises :class:`Refused` where the whole file can't be taken."""
        self._after_extract(extract)
        table = self._layout.table
        if table is acute:
            self._soon_after_another()
        elif table in (followup, thrombectomy):
            self._admissions()
        elif table is aggregate:
            self._aggregates(shares)
        return len(self._reject())

    def _found(self, rows: Iterable[Any], column: str, reason: str, level: Level = "error", *names: str) -> None:
        """Findings of rows (line, value, then one value for each of ``names``)."""
        for line, value, *rest in rows:
            shown = "" if value is None else str(value).removesuffix(".000000")
            params = {name: str(one).removesuffix(".000000") for name, one in zip(names, rest, strict=True)}
            self.findings.append(Finding(self._file, line, column, shown, reason, params, level))

    def _reject(self) -> set[int]:
        lines = {one.line for one in self.findings if one.level == "error" and one.line is not None}
        key = self._layout.names(self._layout.key)
        table = self._inbox.table
        for line in lines:  # the inbox's key
            self._staging.run(
                f'INSERT INTO "held_{self._layout.form}" SELECT {quoted(key)} FROM {table} WHERE line = ?', line
            )
            self._staging.run(f"DELETE FROM {table} WHERE line = ?", line)
        return lines

    def _after_extract(self, extract: date) -> None:
        column = {acute: "admitted_at", followup: "followed_up_on", pathway_code: "coded_on"}.get(self._layout.table)
        name = self._layout.table.c[column].name if column else None
        if name not in self._inbox.columns:
            return
        limit = (extract + timedelta(days=1)).isoformat()
        rows = self._staging.run(
            f'SELECT line, "{name}", ? FROM {self._inbox.table} WHERE "{name}" >= ?', extract.isoformat(), limit
        )
        self._found(rows, str(name), "load.rule.after_extract", "error", "extract")

    def _soon_after_another(self) -> None:
        """New forms within seven days of another of the same patient; they load all the same."""
        if "PasientGUID" not in self._inbox.columns:
            return
        inbox = self._inbox.table
        fresh = "SkjemaGUID NOT IN (SELECT SkjemaGUID FROM akuttskjema)"
        first, last = self._staging.run(
            f"SELECT min(Innleggelsestidspunkt), max(Innleggelsestidspunkt) FROM {inbox} WHERE {fresh}"
        ).fetchone()
        if first is None:
            return
        self._staging.run(f"CREATE TABLE fresh AS SELECT SkjemaGUID AS key FROM {inbox} WHERE {fresh}")
        self._staging.run("CREATE INDEX fresh_key ON fresh (key)")
        week = timedelta(days=NEW_FORM_DAYS + 1)
        start, end = datetime.fromisoformat(first) - week, datetime.fromisoformat(last) + week
        on = acute.c.admitted_at
        # the index begins with the hospital: naming them all lets it be used
        self._bridge.pull_where(acute, and_(acute.c.hospital.in_(self._hospitals), on >= start, on < end))
        days = "julianday(date({})) - julianday(date({}))"
        rows = self._staging.run(
            "WITH every AS ("
            "SELECT line, SkjemaGUID AS key, PasientGUID AS patient, Innleggelsestidspunkt AS at "
            f"FROM {inbox} UNION ALL "
            "SELECT NULL, SkjemaGUID, PasientGUID, Innleggelsestidspunkt FROM akuttskjema "
            f"WHERE TrukketTilbake = 0 AND SkjemaGUID NOT IN (SELECT SkjemaGUID FROM {inbox})), "
            "ordered AS (SELECT line, key, at, lag(key) OVER w AS before, lag(at) OVER w AS before_at, "
            "lead(key) OVER w AS after, lead(at) OVER w AS after_at FROM every WHERE patient IS NOT NULL "
            "WINDOW w AS (PARTITION BY patient ORDER BY at, key)) "
            f"SELECT line, at, CASE WHEN {days.format('at', 'before_at')} <= {NEW_FORM_DAYS} "
            "THEN before ELSE after END, "
            f"CASE WHEN {days.format('at', 'before_at')} <= {NEW_FORM_DAYS} THEN before_at ELSE after_at END "
            "FROM ordered WHERE line IS NOT NULL AND key IN (SELECT key FROM fresh) AND "
            f"({days.format('at', 'before_at')} <= {NEW_FORM_DAYS} OR "
            f"({days.format('after_at', 'at')} <= {NEW_FORM_DAYS} AND after NOT IN (SELECT key FROM fresh)))"
        )
        self._found(rows, "Innleggelsestidspunkt", "load.rule.soon_after_another", "warning", "other", "other_value")
        self._staging.run("DROP TABLE fresh")

    def _admissions(self) -> None:
        """A follow-up or thrombectomy form against the admission it belongs to."""
        inbox, form = self._inbox.table, self._layout.form
        owners = f"SELECT HovedskjemaGUID FROM {inbox}"
        self._bridge.pull_keys(acute, ("SkjemaGUID",), owners)
        self._bridge.pull_keys(self._layout.table, ("HovedskjemaGUID",), owners)
        rows = self._staging.run(
            "SELECT line, owner, first FROM (SELECT line, HovedskjemaGUID AS owner, "
            "min(line) OVER (PARTITION BY HovedskjemaGUID) AS first "
            f"FROM {inbox}) WHERE line <> first"
        )
        self._found(rows, "HovedskjemaGUID", "load.rule.second_in_file", "error", "first")
        # a withdrawn form makes room for the one that replaces it
        clash = (
            f'FROM {inbox} i JOIN "{form}" e ON e.HovedskjemaGUID = i.HovedskjemaGUID AND e.SkjemaGUID <> i.SkjemaGUID'
        )
        self._staging.run(
            f"INSERT OR IGNORE INTO \"state_{form}\" SELECT e.SkjemaGUID, 'replaced' {clash} AND e.TrukketTilbake = 1"
        )
        self._staging.run(
            f'DELETE FROM "{form}" WHERE SkjemaGUID IN '
            f"(SELECT SkjemaGUID FROM \"state_{form}\" WHERE status = 'replaced')"
        )
        rows = self._staging.run(f"SELECT i.line, i.HovedskjemaGUID, e.SkjemaGUID {clash}")
        self._found(rows, "HovedskjemaGUID", "load.rule.has_another", "error", "other")
        rows = self._staging.run(
            f"SELECT line, HovedskjemaGUID FROM {inbox} "
            "WHERE HovedskjemaGUID NOT IN (SELECT SkjemaGUID FROM akuttskjema)"
        )
        self._found(rows, "HovedskjemaGUID", "load.rule.unknown_admission", "warning")
        for column in ("OppfolgingDato", "AnkomstSenter", "Lyskepunksjon"):
            if column not in self._inbox.columns:
                continue
            midnight = "00:00:00.000000"
            lies = (
                f"CASE WHEN substr(i.\"{column}\", 12) IN ('', '{midnight}') OR substr(a.Innleggelsestidspunkt, 12) = "
                f"'{midnight}' THEN date(i.\"{column}\") < date(a.Innleggelsestidspunkt) "
                f'ELSE i."{column}" < a.Innleggelsestidspunkt END'
            )
            rows = self._staging.run(
                f"SELECT i.line, i.\"{column}\", 'Innleggelsestidspunkt', a.Innleggelsestidspunkt FROM {inbox} i "
                f"JOIN akuttskjema a ON a.SkjemaGUID = i.HovedskjemaGUID WHERE {lies}"
            )
            self._found(rows, column, "load.rule.before", "error", "other", "other_value")

    def _aggregates(self, shares: frozenset[str]) -> None:
        """The published format's own rules: shares are counts, and one kind a file."""
        inbox = self._inbox.table
        rows = self._staging.run(
            f'SELECT line, ind_id, "var", denominator, context, orgnr, year FROM {inbox}'
        ).fetchall()
        if len({row[1] in shares for row in rows}) > 1:
            raise Refused("load.refused.mixed_kinds", file=self._file)
        groups: dict[tuple[Any, ...], list[Any]] = {}
        for row in rows:
            line, indicator, var, denominator, *rest = row
            if indicator in shares and var != int(var):
                self._found([(line, var)], "var", "load.value.not_whole")
            elif indicator in shares and var > denominator:
                self._found([(line, var, denominator)], "var", "load.rule.more_than_all", "error", "denominator")
            else:
                groups.setdefault((indicator, *rest), []).append(row)
        for group in groups.values():
            if len(group) == 1:
                continue
            if group[0][1] in shares and all(row[3] == 1 for row in group):  # one row a patient: summed
                self._staging.run(
                    f'UPDATE {inbox} SET "var" = ?, denominator = ? WHERE line = ?',
                    sum(row[2] for row in group),
                    len(group),
                    group[0][0],
                )
                for row in group[1:]:
                    self._staging.run(f"DELETE FROM {inbox} WHERE line = ?", row[0])
            else:
                again = [(row[0], row[1], group[0][0]) for row in group[1:]]
                self._found(again, "ind_id", "load.row.twice", "error", "first")
