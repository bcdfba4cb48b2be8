"""From checked rows to what has to be written: all inside staging, set by set.

The forms that a file touches are pulled beside its rows; each row is then new, changed, the same
or older than what stands. Facts and day summary are computed for touched admissions alone, so
that a weekly file costs what a weekly file holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import ClauseElement, Column, Connection, and_
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import visitors

from nhr_dash.registry.facts import FACT_COLUMNS, SUMMARY_COLUMNS, facts_select, summary_select
from nhr_dash.registry.forms import acute, followup, pathway_code, thrombectomy
from nhr_dash.registry.indicators import WITH_FACTS
from nhr_dash.registry.load.bridge import Bridge
from nhr_dash.registry.load.layouts import LAYOUTS, Layout
from nhr_dash.registry.load.staging import Inbox, Staging, quoted
from nhr_dash.registry.rules import age_band, early
from nhr_dash.registry.tables import aggregate, coverage, day_summary, delivery, fact

SIBLINGS = (followup, thrombectomy)
FACT_KEY = tuple(column.name for column in fact.primary_key)
_SHORT = 60  # characters of an expression that is cheap enough to repeat
_CELL_KEY = "indicator, hospital, day"
_CELL = "indicator, hospital, date(admitted_at)"


@dataclass(frozen=True, slots=True)
class Full:
    """A full delivery: every form of this unit with a day in this period (both ends inclusive)."""

    unit: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Numbers:
    """What became of a file's rows."""

    new: int
    changed: int
    unchanged: int
    older: int


def moment(day: date) -> str:
    """The start of a day as SQLite stores moments."""
    return datetime(day.year, day.month, day.day).isoformat(sep=" ") + ".000000"


def pull_standing(bridge: Bridge, layout: Layout, inbox: Inbox) -> None:
    """Pull what stands in the database under a file's keys."""
    if layout.table in (aggregate, coverage):
        bridge.pull_where(layout.table)  # small, and the key is wide
    else:
        key = quoted(layout.names(layout.key))
        bridge.pull_keys(layout.table, layout.names(layout.key), f"SELECT {key} FROM {inbox.table}")


def settle(staging: Staging, layout: Layout, inbox: Inbox, number: int, extract: date, first_number: int) -> Numbers:
    """Bring a file's rows into staging's own tables, and say what became of them.

    ``number`` is the delivery's id; ``first_number`` the highest short number given so far.
    """
    table, key = layout.form, layout.names(layout.key)
    join = " AND ".join(f'e."{name}" = i."{name}"' for name in key)
    same = " AND ".join(f'i."{name}" IS e."{name}"' for name in inbox.columns)
    if layout.tracked:
        same += f' AND e."{layout.table.c.withdrawn.name}" = 0'
    judged = f"judged_{number}"
    staging.run(
        f"CREATE TABLE {judged} AS SELECT i.line AS place, d.uttrekksdato AS stood, "
        f"CASE WHEN e.\"{key[0]}\" IS NULL THEN 'new' WHEN d.uttrekksdato > ? THEN 'older' "
        f"WHEN {same} THEN 'same' ELSE 'changed' END AS verdict "
        f'FROM {inbox.table} i LEFT JOIN "{table}" e ON {join} LEFT JOIN leveranse d ON d.id = e.leveranse',
        extract.isoformat(),
    )
    order = quoted(layout.names((layout.numbered_by or layout.key[0], layout.key[0])), "i")
    staging.run(f"CREATE TABLE ranked_{number} (place INTEGER PRIMARY KEY, rank INTEGER)")
    staging.run(
        f"INSERT INTO ranked_{number} SELECT place, row_number() OVER (ORDER BY {order}) "
        f"FROM {judged} JOIN {inbox.table} i ON i.line = place WHERE verdict = 'new'"
    )
    if layout.table in SIBLINGS:  # a form that moves to another admission touches both
        _touch(
            staging,
            f"SELECT e.HovedskjemaGUID FROM {judged} j JOIN {inbox.table} i ON i.line = j.place "
            f"JOIN \"{table}\" e ON {join} WHERE j.verdict = 'changed'",
        )
    _write(staging, layout, inbox, judged, join, number, extract, first_number)
    _mark(staging, layout, inbox, judged, extract)
    if layout.table is acute or layout.table in SIBLINGS:
        owner = key[0] if layout.table is acute else "HovedskjemaGUID"
        _touch(staging, f"SELECT i.\"{owner}\" FROM {judged} j JOIN {inbox.table} i ON i.line = j.place "
                        "WHERE j.verdict IN ('new', 'changed')")  # fmt: skip
    counts = dict(staging.run(f"SELECT verdict, count(*) FROM {judged} GROUP BY verdict").fetchall())
    return Numbers(counts.get("new", 0), counts.get("changed", 0), counts.get("same", 0), counts.get("older", 0))


def _write(
    staging: Staging,
    layout: Layout,
    inbox: Inbox,
    judged: str,
    join: str,
    number: int,
    extract: date,
    first_number: int,
) -> None:
    """New and changed rows into the form's table. Columns that the file lacks keep what stood."""
    values: dict[str, str] = {}
    for column in layout.table.c:
        name = column.name
        if column.key == layout.number:
            values[name] = f'coalesce(e."{name}", {first_number} + r.rank)'
        elif column.key == "delivery":
            values[name] = str(number)
        elif column.key == "first_received_at":
            values[name] = f"coalesce(e.\"{name}\", '{moment(extract)}')"
        elif column.key == "withdrawn":
            values[name] = "0"
        else:
            values[name] = f'i."{name}"' if name in inbox.columns else f'e."{name}"'
    staging.run(
        f'INSERT OR REPLACE INTO "{layout.form}" ({quoted(values)}) SELECT {", ".join(values.values())} '
        f"FROM {judged} j LEFT JOIN ranked_{number} r ON r.place = j.place JOIN {inbox.table} i ON i.line = j.place "
        f"LEFT JOIN \"{layout.form}\" e ON {join} WHERE j.verdict IN ('new', 'changed') ORDER BY r.rank"
    )
    # a row that says the same as what stands confirms it: an extract in between can't change it back
    staging.run(
        f'UPDATE "{layout.form}" SET leveranse = {number} WHERE ({quoted(layout.names(layout.key))}) IN '
        f"(SELECT {quoted(layout.names(layout.key), 'i')} FROM {judged} j JOIN {inbox.table} i ON i.line = j.place "
        "WHERE j.verdict = 'same' AND (j.stood IS NULL OR j.stood < ?))",
        extract.isoformat(),
    )


def _mark(staging: Staging, layout: Layout, inbox: Inbox, judged: str, extract: date) -> None:
    """Remember what has to be written. A form that is new stays new when a later file changes it."""
    key = quoted(layout.names(layout.key), "i")
    staging.run(
        f"INSERT INTO \"state_{layout.form}\" SELECT {key}, CASE verdict WHEN 'same' THEN 'confirmed' ELSE verdict END "
        f"FROM {judged} j JOIN {inbox.table} i ON i.line = j.place "
        "WHERE verdict IN ('new', 'changed') OR (verdict = 'same' AND (stood IS NULL OR stood < ?)) "
        f"ON CONFLICT ({quoted(layout.names(layout.key))}) DO UPDATE SET status = CASE WHEN status = 'new' THEN 'new' "
        "WHEN excluded.status = 'confirmed' THEN status ELSE excluded.status END",
        extract.isoformat(),
    )


def _touch(staging: Staging, keys: str) -> None:
    staging.run(f"INSERT OR IGNORE INTO touched_key {keys}")


def withdraw(
    staging: Staging, bridge: Bridge, layout: Layout, inbox: Inbox, number: int, extract: date, full: Full
) -> tuple[str, ...]:
    """Mark forms that a full delivery should have had and hasn't; returns their keys, sorted.

    A form that a newer extract has brought is left alone, and so is one whose row was rejected.
    """
    end = full.end + timedelta(days=1)
    table = layout.table
    inside = and_(
        acute.c.hospital == full.unit, acute.c.admitted_at >= _start(full.start), acute.c.admitted_at < _start(end)
    )
    admissions = (
        f"SELECT SkjemaGUID FROM akuttskjema WHERE orgnr = {full.unit} "
        f"AND Innleggelsestidspunkt >= '{moment(full.start)}' AND Innleggelsestidspunkt < '{moment(end)}'"
    )
    if table is acute:
        bridge.pull_where(acute, inside)
        scope = f"SkjemaGUID IN ({admissions})"
    elif table in SIBLINGS:
        bridge.pull_where(acute, inside)
        bridge.pull_keys(table, ("HovedskjemaGUID",), admissions)
        scope = f"HovedskjemaGUID IN ({admissions})"
    else:
        assert table is pathway_code
        on = pathway_code.c.coded_on
        bridge.pull_where(table, and_(pathway_code.c.unit == full.unit, on >= full.start, on <= full.end))
        scope = f"orgnr = {full.unit} AND KodeDato BETWEEN '{full.start}' AND '{full.end}'"
    key = layout.names(layout.key)[0]
    absent = [
        row[0]
        for row in staging.run(
            f'SELECT "{key}" FROM "{layout.form}" WHERE {scope} AND TrukketTilbake = 0 '
            f'AND "{key}" NOT IN (SELECT "{key}" FROM {inbox.table}) '
            f'AND "{key}" NOT IN (SELECT "{key}" FROM "held_{layout.form}" WHERE "{key}" IS NOT NULL) '
            f"AND coalesce((SELECT uttrekksdato FROM leveranse d WHERE d.id = leveranse), '') <= ? ORDER BY 1",
            extract.isoformat(),
        )
    ]
    keys = [(one,) for one in absent]
    if table is acute or table in SIBLINGS:
        owner = "SkjemaGUID" if table is acute else "HovedskjemaGUID"
        staging.db.executemany(
            f'INSERT OR IGNORE INTO touched_key SELECT "{owner}" FROM "{layout.form}" WHERE "{key}" = ?', keys
        )
    staging.db.executemany(
        f'UPDATE "{layout.form}" SET TrukketTilbake = 1, leveranse = {number} WHERE "{key}" = ?', keys
    )
    staging.db.executemany(
        f"INSERT INTO \"state_{layout.form}\" VALUES (?, 'withdrawn') "
        f"ON CONFLICT (\"{key}\") DO UPDATE SET status = 'withdrawn'",
        keys,
    )
    return tuple(absent)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


@cache
def _facts_sql() -> tuple[str, ...]:
    """Facts of the admissions in the narrow table, one statement an indicator, compiled once a process."""
    columns = quoted(fact.c[key].name for key in FACT_COLUMNS)
    order = "hospital, admitted_at, admission"  # of the table's key, so that it is written from end to end
    made = []
    for one in WITH_FACTS:
        chosen = _plain(facts_select(one))
        for expression, name in _shared():
            chosen = chosen.replace(expression, f"akuttskjema.{name}")
        made.append(f"INSERT INTO fact ({columns}) {chosen} ORDER BY {order}")
    return tuple(made)


@cache
def _shared() -> tuple[tuple[str, str], ...]:
    """Expressions over the acute form that the facts repeat, and the columns of the narrow table they become.

    Clock differences are dear in SQLite: each is computed once an admission, not once a fact. One
    that isn't found again in a statement simply stays as it is.
    """
    shared: list[ClauseElement] = [age_band, early]
    shared += [one.minutes for one in WITH_FACTS if one.minutes is not None]
    texts = dict.fromkeys(map(_plain, shared))
    mine = [one for one in texts if not any(f"{table.name}." in one for table in SIBLINGS)]
    longest_first = sorted(mine, key=len, reverse=True)
    return tuple((one, f"shared_{place}") for place, one in enumerate(longest_first) if len(one) > _SHORT)


@cache
def _acute_columns() -> tuple[str, ...]:
    """The columns of the acute form that any indicator reads."""
    used = {acute.c.id, acute.c.form_key, acute.c.withdrawn}
    for one in WITH_FACTS:
        for element in visitors.iterate(facts_select(one)):
            if isinstance(element, Column) and element.table is acute:
                used.add(element)
    return tuple(column.name for column in acute.c if column in used)


def _plain(chosen: ClauseElement) -> str:
    return str(chosen.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


def compute(staging: Staging, bridge: Bridge, progress: Callable[[float], None]) -> None:
    """Facts and day summary of everything touched, into staging's tables: only what differs is kept."""
    for table, column in ((acute, "SkjemaGUID"), (followup, "HovedskjemaGUID"), (thrombectomy, "HovedskjemaGUID")):
        bridge.pull_keys(table, (column,), "SELECT key FROM touched_key")
    staging.run("INSERT INTO touched SELECT id FROM akuttskjema WHERE SkjemaGUID IN (SELECT key FROM touched_key)")
    if not staging.one("SELECT 1 FROM touched"):
        return
    bridge.pull_keys(fact, ("admission",), "SELECT id FROM touched")
    staging.run("INSERT INTO fact_gone SELECT * FROM fact")
    staging.run("DELETE FROM fact")
    # Dozens of statements walk over the admissions: over a narrow copy, which hides the wide table.
    shared = "".join(f", {expression} AS {name}" for expression, name in _shared())
    staging.run(
        f"CREATE TEMP TABLE akuttskjema AS SELECT {quoted(_acute_columns())}{shared} FROM main.akuttskjema "
        "WHERE id IN (SELECT id FROM touched)"
    )
    staging.run("BEGIN")
    statements = _facts_sql()
    for done, statement in enumerate(statements):
        staging.run(statement)
        progress(done / len(statements))
    staging.run("DROP TABLE temp.akuttskjema")
    _keep_what_differs(staging)
    if bridge.has_facts():  # else this is a first load, and every sum is of what is here
        staging.run(f"INSERT OR IGNORE INTO cell SELECT {_CELL} FROM fact")
        staging.run(f"INSERT OR IGNORE INTO cell SELECT {_CELL} FROM fact_gone")
    staging.run("COMMIT")
    bridge.pull_neighbours()
    staging.index_facts()
    columns = quoted(day_summary.c[key].name for key in SUMMARY_COLUMNS)
    staging.run(f"INSERT INTO day_summary ({columns}) {_plain(summary_select())}")


def _keep_what_differs(staging: Staging) -> None:
    """A follow-up that arrives changes a few of its admission's facts: the others stay as they are."""
    if not staging.one("SELECT 1 FROM fact_gone LIMIT 1"):
        return
    rest = [column.name for column in fact.c if not column.primary_key]
    same = " AND ".join(f'n."{name}" IS o."{name}"' for name in rest)
    key = " AND ".join(f'n."{name}" = o."{name}"' for name in FACT_KEY)
    staging.run(
        f"CREATE TEMP TABLE same AS SELECT {quoted(FACT_KEY, 'n')} FROM fact_gone o JOIN fact n ON {key} WHERE {same}"
    )
    for table in ("fact", "fact_gone"):
        staging.run(f"DELETE FROM {table} WHERE ({quoted(FACT_KEY)}) IN (SELECT * FROM same)")
    staging.run("DROP TABLE temp.same")


def write(bridge: Bridge, connection: Connection, first_delivery: int) -> None:
    """Everything that differs, from staging into the database, inside the caller's transaction."""
    bridge.insert(connection, delivery, f"id >= {first_delivery}")
    for layout in LAYOUTS:
        key = layout.names(layout.key)
        chosen = f'SELECT {quoted(key)} FROM "state_{layout.form}" WHERE status'
        bridge.delete(connection, layout.table, key, f"{chosen} IN ('changed', 'withdrawn', 'replaced')")
        scan = ", ".join(f'+"{name}"' for name in key)  # + reads the table in its own order, not by key
        bridge.insert(connection, layout.table, f"({scan}) IN ({chosen} IN ('new', 'changed', 'withdrawn'))")
        bridge.stamp(connection, layout.table, key, f"{chosen} = 'confirmed'")
    bridge.delete(connection, fact, FACT_KEY, f"SELECT {quoted(FACT_KEY)} FROM fact_gone")
    # NOT EXISTS, because NOT IN walks over all neighbours for every row (any might be NULL)
    same = " AND ".join(f'n."{name}" = fact."{name}"' for name in FACT_KEY)
    bridge.insert(connection, fact, f"NOT EXISTS (SELECT 1 FROM fact_neighbour n WHERE {same})")
    bridge.delete(connection, day_summary, ("indicator", "hospital", "day"), f"SELECT {_CELL_KEY} FROM cell")
    bridge.insert(connection, day_summary)
