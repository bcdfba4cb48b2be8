"""Facts and the day summary: what every load maintains and every chart reads.

A fact is one admission in the population of one indicator. Facts keep the raw hospital (mergers
apply when read). Withdrawn forms have no facts. Population cost is paid at load, never at a page.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import cache

from sqlalchemy import (
    Connection,
    Delete,
    Engine,
    FromClause,
    Insert,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import visitors

from nhr_dash.database import raise_data_version
from nhr_dash.registry import rules, tables
from nhr_dash.registry.clock import day_of, month_of
from nhr_dash.registry.forms import acute, followup, thrombectomy
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.indicators import WITH_FACTS
from nhr_dash.registry.tables import day_summary, fact

log = logging.getLogger(__name__)

FACT_COLUMNS = tuple(fact.c.keys())
SUMMARY_COLUMNS = tuple(day_summary.c.keys())
_SEQUENCE_BATCH = 5000  # below every driver's limit on parameters

_hospital = {
    "admitting": acute.c.hospital,
    "thrombolysing": func.coalesce(acute.c.thrombolysis_hospital, acute.c.hospital),
    "discharging": acute.c.hospital,  # the acute form is the discharging hospital's own
}


def facts_select(indicator: Indicator) -> Select:
    """The facts of an indicator, columns in :data:`FACT_COLUMNS` order, over every form that is not withdrawn.

    The caller narrows it: ``facts_select(i).where(acute.c.id.in_(...))``. Raises ValueError for coverage.
    """
    if indicator.population is None:
        raise ValueError(f"{indicator.id} has no facts")
    population = and_(acute.c.withdrawn.is_not(True), indicator.population)
    minutes = indicator.minutes
    if minutes is not None:
        population = and_(population, minutes.is_not(None))
    success = literal(1) if indicator.success is None else case((indicator.success, 1), else_=0)
    columns = {
        "indicator": literal(indicator.number),
        "hospital": _hospital[indicator.unit],
        "admitted_at": acute.c.admitted_at,
        "admission": acute.c.id,
        "success": success,
        "minutes": null() if minutes is None else minutes,
        "age": acute.c.age,
        "sex": acute.c.sex,
        "diagnosis": acute.c.diagnosis,
        "nihss": case((acute.c.nihss_not_done.is_not(True), acute.c.nihss)),  # 0 is a value, "not done" is none
        "early": rules.early,
    }
    used = _tables_of(population, success, columns["minutes"])
    source: FromClause = acute
    for form in (followup, thrombectomy):
        if form in used:
            link = and_(form.c.acute_key == acute.c.form_key, form.c.withdrawn.is_not(True))
            source = source.outerjoin(form, link)
    return select(*(columns[key].label(key) for key in FACT_COLUMNS)).select_from(source).where(population)


def _tables_of(*expressions: object) -> set:
    found = set()
    for expression in expressions:
        for element in visitors.iterate(expression):  # type: ignore[arg-type]
            table = getattr(element, "table", None)
            if table is not None:
                found.add(table)
    return found


@cache
def definition_hash(indicator: Indicator) -> str:
    """A hash of what the facts are computed with; another hash means that stored facts are stale."""
    compiled = facts_select(indicator).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    return hashlib.sha256(str(compiled).encode()).hexdigest()


def summary_select(source: Select | None = None) -> Select:
    """Day-summary rows, columns in :data:`SUMMARY_COLUMNS` order, from the facts table."""
    day = day_of(fact.c.admitted_at)
    month = month_of(fact.c.admitted_at)
    chosen = select(
        fact.c.indicator,
        fact.c.hospital,
        day.label("day"),
        func.min(month).label("month"),
        func.sum(fact.c.success).label("numerator"),
        func.count().label("denominator"),
    ).group_by(fact.c.indicator, fact.c.hospital, day)
    return chosen if source is None else chosen.where(fact.c.admission.in_(source))


def stale(connection: Connection) -> tuple[Indicator, ...]:
    """Indicators whose stored facts were computed with another definition, or never."""
    rows = connection.execute(select(tables.indicator.c.number, tables.indicator.c.definition_hash))
    stored = {number: value for number, value in rows}
    return tuple(one for one in WITH_FACTS if stored.get(one.number) != definition_hash(one))


def rebuild(
    connection: Connection,
    indicators: Iterable[Indicator] = WITH_FACTS,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Compute facts and summary of these indicators anew, over all forms, in the caller's transaction."""
    chosen = tuple(indicators)
    for done, one in enumerate(chosen):
        connection.execute(delete(fact).where(fact.c.indicator == one.number))
        connection.execute(delete(day_summary).where(day_summary.c.indicator == one.number))
        # in the order of the key, so that the table is written from end to end
        ordered = facts_select(one).order_by("hospital", acute.c.admitted_at, acute.c.id)
        connection.execute(insert(fact).from_select(FACT_COLUMNS, ordered))
        summed = summary_select().where(fact.c.indicator == one.number)
        connection.execute(insert(day_summary).from_select(SUMMARY_COLUMNS, summed))
        _register(connection, one)
        if progress is not None:
            progress((done + 1) / len(chosen))


def store(connection: Connection, admissions: Select | Sequence[int]) -> None:
    """Compute facts and summary of some admissions anew (acute ids, or a select of them).

    Only what they touch is written: their facts, and the days those are in or were in. Stale
    indicators are rebuilt. For a whole database :func:`rebuild` is faster.
    """
    old = stale(connection)
    if old:
        rebuild(connection, old)
    current = [one for one in WITH_FACTS if one not in old]
    if isinstance(admissions, Select):
        _store(connection, admissions, current)
        return
    for first in range(0, len(admissions), _SEQUENCE_BATCH):
        _store(connection, admissions[first : first + _SEQUENCE_BATCH], current)


def refresh_stale(engine: Engine) -> tuple[str, ...]:
    """Bring facts in step with the code: only indicators with a changed definition are summed anew.

    Facts of indicators that no longer exist are removed. Returns the ids that were computed; the
    data version rises if there were any.
    """
    with engine.connect() as connection:
        known = set(connection.scalars(select(tables.indicator.c.number)))
        gone = known - {one.number for one in WITH_FACTS}
        changed = stale(connection)
    if not changed and not gone:
        return ()
    with engine.begin() as connection:
        for table in (fact, day_summary):
            connection.execute(delete(table).where(table.c.indicator.in_(gone)))
        connection.execute(delete(tables.indicator).where(tables.indicator.c.number.in_(gone)))
        rebuild(connection, changed)
        raise_data_version(connection)
    for one in changed:
        log.info("indicator %s: definition changed, facts computed anew", one.id)
    return tuple(one.id for one in changed)


def _register(connection: Connection, one: Indicator) -> None:
    table = tables.indicator
    same = or_(table.c.number == one.number, table.c.id == one.id)
    connection.execute(delete(table).where(same))
    connection.execute(insert(table).values(number=one.number, id=one.id, definition_hash=definition_hash(one)))


def _store(connection: Connection, admissions: Select | Sequence[int], indicators: Iterable[Indicator]) -> None:
    mine = fact.c.admission.in_(admissions)
    day = day_of(fact.c.admitted_at)
    touched = select(fact.c.indicator, fact.c.hospital, day.label("day")).where(mine).distinct()
    cells = set(connection.execute(touched))
    connection.execute(delete(fact).where(mine))
    for one in indicators:
        chosen = facts_select(one).where(acute.c.id.in_(admissions))
        connection.execute(insert(fact).from_select(FACT_COLUMNS, chosen))
    cells |= set(connection.execute(touched))
    if not cells:
        return
    keys = []
    for number, hospital, on in sorted(cells):
        first = datetime.combine(on, time.min)
        key = {"_indicator": number, "_hospital": hospital, "_day": on}
        keys.append(key | {"_first": first, "_next": first + timedelta(days=1)})
    connection.execute(_delete_cells(), keys)
    connection.execute(_insert_cells(), keys)


@cache
def _delete_cells() -> Delete:
    return delete(day_summary).where(
        day_summary.c.indicator == bindparam("_indicator"),
        day_summary.c.hospital == bindparam("_hospital"),
        day_summary.c.day == bindparam("_day"),
    )


@cache
def _insert_cells() -> Insert:
    one_cell = summary_select().where(
        fact.c.indicator == bindparam("_indicator"),
        fact.c.hospital == bindparam("_hospital"),
        fact.c.admitted_at >= bindparam("_first"),  # a range on the key, so that a day is found at once
        fact.c.admitted_at < bindparam("_next"),
    )
    return insert(day_summary).from_select(SUMMARY_COLUMNS, one_cell)
