from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql

from nhr_dash.database import data_version
from nhr_dash.registry import facts, tables
from nhr_dash.registry.forms import acute
from nhr_dash.registry.indicators import WITH_FACTS, by_id
from nhr_dash.registry.tables import day_summary, fact


def _rows(connection, table):
    return sorted(connection.execute(select(table)).all(), key=str)


def test_every_definition_compiles_on_postgresql():
    for indicator in WITH_FACTS:
        compiled = facts.facts_select(indicator).compile(dialect=postgresql.dialect())
        assert "substr" not in str(compiled)


def test_a_fact_has_the_columns_of_its_table_in_order():
    for indicator in WITH_FACTS:
        assert tuple(facts.facts_select(indicator).selected_columns.keys()) == tuple(fact.c.keys())


def test_coverage_has_no_facts():
    with pytest.raises(ValueError, match="hjerneslag_dg"):
        facts.facts_select(by_id("hjerneslag_dg"))


def test_withdrawn_forms_have_no_facts_and_leave_the_summary(registry, connection):
    registry.admit()
    facts.rebuild(connection)
    assert connection.scalar(select(func.count()).select_from(day_summary))
    connection.execute(acute.update().values(withdrawn=True))
    facts.rebuild(connection)
    assert _rows(connection, fact) == []
    assert _rows(connection, day_summary) == []


def test_only_a_changed_definition_is_computed_anew(engine):
    assert len(facts.refresh_stale(engine)) == len(WITH_FACTS)
    assert facts.refresh_stale(engine) == ()
    with engine.begin() as connection:
        table = tables.indicator
        connection.execute(table.update().where(table.c.number == 5).values(definition_hash="old"))
        before = data_version(connection)
    assert facts.refresh_stale(engine) == ("hjerneslag_test_svelg",)
    with engine.connect() as connection:
        assert data_version(connection) == before + 1


def test_facts_of_an_indicator_that_is_gone_are_removed(engine, caplog):
    facts.refresh_stale(engine)
    with engine.begin() as connection:
        connection.execute(tables.indicator.insert().values(number=99, id="gone", definition_hash="x"))
        connection.execute(
            day_summary.insert().values(
                indicator=99, hospital=1, day=datetime(2024, 1, 1).date(), month=1, numerator=1, denominator=1
            )
        )
    facts.refresh_stale(engine)
    with engine.connect() as connection:
        assert _rows(connection, day_summary) == []


def test_month_is_year_times_twelve_plus_month_less_one(registry, connection):
    registry.admit(datetime(2024, 12, 31, 23, 59))
    facts.rebuild(connection)
    assert set(connection.scalars(select(day_summary.c.month))) == {2024 * 12 + 11}
