"""Two roles of a PostgreSQL database: what the app's may do, whatever statement reaches it, and what the loader's."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from nhr_dash import __main__ as command
from nhr_dash import database, roles
from nhr_dash.access import NotAllowed, Role, Scope, everything, holding
from nhr_dash.improvement import annotations, store
from nhr_dash.improvement.models import Project
from nhr_dash.registry import audit, case_mix, facts, grants, series, tables
from nhr_dash.registry.forms import FORMS, receipt
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.own_forms import own_forms
from nhr_dash.registry.people import audit as audit_table
from nhr_dash.settings import ROOT, read, settings
from nhr_dash.ui import doors
from tests.registry.load.made import acute, followup, thrombectomy, write
from tests.support.postgres import Server

FJORDVIK, SKOGVIK = 999100001, 999100002
ADMITTED, NEEDLE, FOLLOWED_UP = "hjerneslag_inn_enhet", "hjerneslag_tromb_40min", "hjerneslag_rapport_3mnd"
AT_CENTRE = "pakke_lyske_senter"
ME = everything("test")
YEAR = (date(2024, 1, 1), date(2025, 1, 1))


@pytest.fixture(scope="module")
def addresses(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The app's and the loader's address of one database: made as an administrator would, filled by the loader.

    A1 and A2 are Fjordvik's, A3 is Skogvik's, and A4 as well, but was thrombolysed at Fjordvik,
    and so is A5, who was thrombectomised there.
    """
    administrator = postgres_server.empty()
    folder = tmp_path_factory.mktemp("roles")
    app, loader = (
        make_url(administrator).set(username=name).render_as_string(hide_password=False)
        for name in ("nhr_app", "nhr_loader")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NHR_DATABASE_URL", app)
        patch.setenv("NHR_LOADER_DATABASE_URL", loader)
        patch.setenv("NHR_DATA_DIR", str(folder))
        settings.cache_clear()
        for _ in range(2):
            with psycopg.connect(administrator, autocommit=True) as connection:
                connection.execute(roles.script(settings()).encode())
        assert command.main(["init"]) == command.OK
        admissions = [
            acute("A1", orgnr=str(FJORDVIK)),
            acute("A2", orgnr=str(FJORDVIK), PatientAge="93", AvdForstInnlagt="2"),
            acute("A3", orgnr=str(SKOGVIK)),
            acute("A4", orgnr=str(SKOGVIK), TrombolyseOrgnr=str(FJORDVIK)),
            acute("A5", orgnr=str(SKOGVIK), Trombektomi="1"),
        ]
        after = [followup(f"F{one}", f"A{one}") for one in (1, 3)]
        files = [write(folder / "acute.csv", admissions), write(folder / "after.csv", after)]
        at_centre = thrombectomy("T5", "A5", SenterOrgnr=str(FJORDVIK))
        files.append(write(folder / "groin.csv", [thrombectomy("T3", "A3"), at_centre]))
        assert command.main(["load", *map(str, files)]) == command.OK
        assert command.main(["grant", "nurse", "team", str(FJORDVIK)]) == command.OK
        yield app, loader
    settings.cache_clear()
    postgres_server.drop(administrator)


@pytest.fixture
def app(addresses: tuple[str, str]) -> Iterator[Engine]:
    engine = database.connect(addresses[0])
    yield engine
    engine.dispose()


@pytest.fixture
def loader(addresses: tuple[str, str]) -> Iterator[Engine]:
    engine = database.connect(addresses[1])
    yield engine
    engine.dispose()


@pytest.fixture
def nurse(app: Engine) -> Scope:
    with app.connect() as connection:
        return holding("nurse", [grants.held(connection, Role.TEAM, FJORDVIK)])


SHOWN = {
    "akuttskjema": ("SkjemaGUID", ["A1", "A2", "A4", "A5"]),
    "oppfolgingsskjema": ("SkjemaGUID", ["F1"]),
    "trombektomiskjema": ("SkjemaGUID", ["T5"]),
    "pakkeforlopkode": ("KodeGUID", []),
}


@pytest.mark.postgres
@pytest.mark.parametrize("form", FORMS, ids=lambda table: table.name)
def test_any_statement_finds_the_forms_of_the_units_that_are_open_and_no_others(app, nurse, form):
    column, own = SHOWN[form.name]
    every = f'SELECT "{column}" FROM {form.name} ORDER BY 1'
    with app.connect() as connection:
        assert connection.exec_driver_sql(every).all() == []
        with own_forms(connection, nurse, FJORDVIK, by_id(ADMITTED)):
            assert list(connection.exec_driver_sql(every).scalars()) == own
        assert connection.exec_driver_sql(every).all() == []
        with pytest.raises(NotAllowed), own_forms(connection, nurse, SKOGVIK, by_id(ADMITTED)):
            pass
        with own_forms(connection, nurse, FJORDVIK, by_id(ADMITTED)):
            connection.rollback()  # what was open ends with the transaction
            assert connection.exec_driver_sql(every).all() == []


REFUSED = (
    "SELECT id FROM akuttskjema",
    'SELECT "PasientGUID" FROM akuttskjema',
    "SELECT * FROM akuttskjema",
    "INSERT INTO fact SELECT * FROM fact",
    "DELETE FROM day_summary",
    "UPDATE akuttskjema SET orgnr = 999100001",
    "DELETE FROM leveranse",
    "UPDATE audit SET person = 'x'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "DELETE FROM access_grant",
    "INSERT INTO tilstand VALUES ('synthetic', '1')",
    "ALTER TABLE akuttskjema DISABLE ROW LEVEL SECURITY",
    "DROP POLICY own_units ON akuttskjema",
    "CREATE TABLE mine (one integer)",
    "CREATE TEMP TABLE mine (one integer)",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "SET ROLE nhr_loader",
)


@pytest.mark.postgres
@pytest.mark.parametrize("statement", REFUSED)
def test_the_apps_role_is_refused(app, statement):
    with app.connect() as connection, pytest.raises(ProgrammingError):
        connection.exec_driver_sql(statement)


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ["UPDATE audit SET person = 'x'", "DELETE FROM audit"])
def test_nobody_changes_the_audit_log_not_even_its_owner(loader, statement):
    with loader.connect() as connection:
        assert connection.scalar(select(audit_table.c.what).where(audit_table.c.what == "granted")) == "granted"
        with pytest.raises(ProgrammingError, match="the audit log only grows"):
            connection.exec_driver_sql(statement)


@pytest.mark.postgres
def test_the_app_reads_numbers_of_everybody_and_forms_of_its_own(app, nurse):
    with app.connect() as connection:
        skogvik = series.Question(SKOGVIK, ADMITTED, "year")
        assert series.series(connection, ME, skogvik).frame["denominator"].sum() == 3
        assert len(connection.execute(select(receipt)).all()) == 5
        assert series.newest_admission(connection) is not None
        assert set(connection.scalars(select(tables.fact.c.age_band))) == {70, 90}
        mine = case_mix.patients(connection, nurse, FJORDVIK, ADMITTED, *YEAR)
        assert sorted(mine["age"]) == [74, 93]
        assert len(case_mix.patients(connection, nurse, FJORDVIK, NEEDLE, *YEAR)) == 3
        assert len(case_mix.patients(connection, nurse, FJORDVIK, FOLLOWED_UP, *YEAR)) == 2
        assert len(case_mix.patients(connection, nurse, FJORDVIK, AT_CENTRE, *YEAR)) == 1
        with pytest.raises(NotAllowed):
            case_mix.patients(connection, nurse, SKOGVIK, ADMITTED, *YEAR)


@pytest.mark.postgres
def test_the_app_writes_what_people_write(app):
    database.upgrade(app)
    assert facts.refresh_stale(app) == ()  # what stands already needs no right
    with app.begin() as connection:
        before = database.state(connection)
        annotations.add_phase(connection, ME, FJORDVIK, ADMITTED, date(2024, 2, 1), "varsling")
        audit.note(connection, "nurse", audit.What.SIGNED_IN)
        number = grants.give(connection, ME, "leader", Role.LEADER, FJORDVIK)
        assert grants.revoke(connection, ME, number)
        assert database.state(connection).data_version == before.data_version + 1
    with Session(app) as session, session.begin():
        store.make(session, ME, Project(title="Raskere bilder", unit=FJORDVIK))


@pytest.mark.postgres
def test_a_delivery_that_is_uploaded_is_applied_with_the_loaders(app, addresses, monkeypatch, tmp_path):
    monkeypatch.setenv("NHR_OTHER_GATE", "1")
    settings.cache_clear()
    for forget in (doors.loader, doors.engine):
        forget.clear()
    page = (
        AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page("pages/data/innlasting.py").run()
    )
    file = write(tmp_path / "more.csv", [acute("A6", orgnr=str(SKOGVIK))])
    page.file_uploader[0].upload(file.name, file.read_bytes()).run()
    page.button(key="delivery_confirm").click().run()
    assert not page.exception and not page.error, [one.value for one in (*page.exception, *page.error)]
    assert "1 " in page.success[0].value
    with app.connect() as connection:
        assert len(connection.execute(select(receipt)).all()) == 6
    for door, address in zip((doors.engine, doors.loader), addresses, strict=True):
        engine = door(address)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT current_user").scalar() == make_url(address).username
        engine.dispose()
        door.clear()


@pytest.mark.postgres
def test_without_its_rights_the_app_says_that_the_database_is_not_ready(app, loader):
    with loader.begin() as connection:
        connection.exec_driver_sql("REVOKE ALL ON tilstand FROM nhr_app")
    with pytest.raises(database.DatabaseProblem, match="incomplete"), database.problems_named(), app.connect() as asked:
        database.state(asked)
    assert command.main(["init"]) == command.OK
    with app.connect() as connection:
        assert database.state(connection).data_version > 0


@pytest.mark.postgres
def test_a_table_that_a_migration_adds_is_the_apps_to_read(app, loader, addresses):
    with loader.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE later (one integer)")
        roles.give_rights(connection, "nhr_app")
        roles.give_rights(connection, "a role that is not there")
    with app.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM later").all() == []
    with app.connect() as connection, pytest.raises(ProgrammingError):
        connection.exec_driver_sql("INSERT INTO later VALUES (1)")
    with loader.begin() as connection:
        connection.exec_driver_sql("DROP TABLE later")


def test_one_address_is_one_role_and_the_command_says_what_is_missing(capsys, monkeypatch):
    for name in ("NHR_DATABASE_URL", "NHR_LOADER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    assert roles.app_role(read({})) is None
    assert command.main(["roles", "--language", "en"]) == command.FAILED
    assert "PostgreSQL addresses" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["NHR_LOADER_DATABASE_URL", "NHR_REPLICA_URL"])
@pytest.mark.parametrize(
    ("database_url", "other"),
    [
        ("", "postgresql://loader@host/nhr"),
        ("sqlite:////srv/nhr.db", "sqlite:////srv/other.db"),
        ("postgresql://app@host/nhr", "postgresql://loader@host/test"),
    ],
)
def test_every_address_leads_to_one_database(name, database_url, other, tmp_path: Path):
    with pytest.raises(ValueError, match=name):
        read({"NHR_DATA_DIR": str(tmp_path), "NHR_DATABASE_URL": database_url, name: other})
