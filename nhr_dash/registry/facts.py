"""Facts and the day summary: what they are computed with, and how they follow the code.

A load uses the same selects for the forms it touches. A fact is one admission in the population of
one indicator. Facts keep the raw hospital (mergers apply when read). Withdrawn forms have no facts.
Population cost is paid at load, never at a page.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    and_,
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

HOSPITAL: dict[str, ColumnElement[int]] = {
    "admitting": acute.c.hospital,
    "thrombolysing": func.coalesce(acute.c.thrombolysis_hospital, acute.c.hospital),
    "discharging": acute.c.hospital,  # the acute form is the discharging hospital's own
    "centre": thrombectomy.c.centre,
}
"""The hospital that an indicator counts an admission at."""


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
        "hospital": HOSPITAL[indicator.unit],
        "admitted_at": acute.c.admitted_at,
        "admission": acute.c.id,
        "success": success,
        "minutes": null() if minutes is None else minutes,
        "age_band": rules.age_band,
        "sex": acute.c.sex,
        "diagnosis": acute.c.diagnosis,
        "nihss": case((acute.c.nihss_not_done.is_not(True), acute.c.nihss)),  # 0 is a value, "not done" is none
        "early": rules.early,
    }
    used = _tables_of(population, success, columns["minutes"], columns["hospital"])
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


def summary_select() -> Select:
    """Day-summary rows, columns in :data:`SUMMARY_COLUMNS` order, from the facts table; the caller narrows it."""
    day = day_of(fact.c.admitted_at)
    month = month_of(fact.c.admitted_at)
    return select(
        fact.c.indicator,
        fact.c.hospital,
        day.label("day"),
        func.min(month).label("month"),
        func.sum(fact.c.success).label("numerator"),
        func.count().label("denominator"),
    ).group_by(fact.c.indicator, fact.c.hospital, day)


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
