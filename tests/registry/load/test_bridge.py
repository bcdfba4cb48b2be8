"""PostgreSQL is written by COPY: it must end exactly where an attached file ends."""

from datetime import date

import pytest
from sqlalchemy import select

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.registry import tables
from nhr_dash.registry.forms import FORMS
from nhr_dash.registry.load import Full, load_files
from nhr_dash.settings import settings
from tests.registry.load.made import BODO, HAMAR, acute, aggregate, followup, thrombectomy, write


@pytest.fixture
def other(postgres_server, tmp_path, monkeypatch):
    monkeypatch.setenv("NHR_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    engine = connect(postgres_server.cleaned())
    yield engine
    engine.dispose()
    settings.cache_clear()


@pytest.mark.postgres
def test_both_roads_end_in_the_same_place(engine, other, tmp_path):
    deliveries = [
        (
            [("acute", [acute("A1"), acute("A2"), acute("A3", orgnr=str(HAMAR))]), ("follow", [followup("F1", "A1")])],
            {},
        ),
        ([("follow", [followup("F1", "A2"), followup("F2", "A3")]), ("t", [thrombectomy("T1", "A1")])], {}),
        ([("acute", [acute("A1", PatientAge="70"), acute("A4"), acute("A5", PatientAge="2")])], {}),
        ([("acute", [acute("A2"), acute("A4")])], {"kind": Full(BODO, date(2024, 3, 1), date(2024, 3, 31))}),
        ([("published", [aggregate()])], {}),
        ([("published", [aggregate(var="81")])], {}),
    ]
    for number, (files, options) in enumerate(deliveries):
        paths = [write(tmp_path / f"{name}{number}_2025-01-{number + 1:02d}.csv", rows) for name, rows in files]
        for one in (engine, other):
            report = load_files(one, everything("test"), paths, **options)
            assert not report.refused
    for table in (*FORMS, tables.fact, tables.day_summary, tables.aggregate, tables.delivery, tables.state):
        columns = [column for column in table.c if column.key != "loaded_at"]
        found = []
        for one in (engine, other):
            with one.connect() as connection:
                found.append(sorted(map(tuple, connection.execute(select(*columns))), key=repr))
        assert found[0] == found[1], table.name
        assert found[0] or table.name == "pakkeforlopkode"
