"""Taking in: cycles and events out of a table, a project out of a file; and what is taken along from the page."""

import json

import pytest
import streamlit as st
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.improvement import projects, transfer
from nhr_dash.improvement.sample_projects import project_id
from nhr_dash.settings import ROOT, settings
from nhr_dash.text.catalog import t
from tests.ui.test_pages import healthy

ALL = everything("test")
FJORDVIK = 999100001
OWN = project_id("fjordvik-bildediagnostikk")


@pytest.fixture
def session(sample_copy, monkeypatch):
    address = f"sqlite:///{sample_copy.as_posix()}"
    monkeypatch.setenv("NHR_DATABASE_URL", address)
    settings.cache_clear()
    forget()
    engine = connect(address)
    with Session(engine) as found:
        yield found
    engine.dispose()
    settings.cache_clear()
    forget()


def forget() -> None:
    """Caches are keyed by version: another copy of the registry may have the same, and other projects."""
    st.cache_data.clear()
    st.cache_resource.clear()


def opened(page: str, **state) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run().switch_page(f"pages/team/{page}.py")
    for name, code in {"prosjekt": OWN, "sykehus": str(FJORDVIK), "fane": "tidslinje"}.items():
        app.query_params[name] = code
    for name, value in state.items():
        app.session_state[name] = value
    return healthy(app.run())


def whole(session: Session, project: str = OWN) -> projects.Whole:
    session.expire_all()
    return projects.whole(session, ALL, project)


def table(what: str, text: str) -> AppTest:
    key = f"import_{what}_{OWN}_0"
    app = opened("prosjekt", **{key: True})
    return healthy(app.text_area(key=f"{key}_text").set_value(text).run())


def words(app: AppTest) -> str:
    shown = [one.value for one in (*app.markdown, *app.caption, *app.warning, *app.info)]
    return " ".join(shown).replace("\\", "")


def cells(app: AppTest) -> str:
    return " ".join(one.value.to_string() for one in app.table).replace("\\", "")


def test_cycles_are_tried_before_they_are_taken_in(session):
    before = len(whole(session).cycles)
    app = table(
        "cycles", "tittel;fra;hva vi tror\nVarsle tidlig;01.03.2025;8 av 10\nFeil dag;32.13.2025;x\n;01.01.2025;y"
    )
    assert "1 ny syklus. 2 rader kan ikke tas med." in words(app)
    assert "32.13.2025" in cells(app)
    assert len(whole(session).cycles) == before
    healthy(app.button(key=f"import_cycles_{OWN}_0_take").click().run())
    assert [one.prediction for one in whole(session).cycles if one.title == "Varsle tidlig"] == ["8 av 10"]


def test_events_are_flags_of_the_chart_and_can_be_taken_away(session):
    app = table("events", "14.02.2024\tNy vaktordning <b>x</b>\n15.03.2024\t:red[Kurs]")
    healthy(app.button(key=f"import_events_{OWN}_0_take").click().run())
    added = {one.title: one for one in whole(session).events}
    assert {"Ny vaktordning <b>x</b>", ":red[Kurs]"} <= set(added)
    app = opened("prosjekt")
    assert any(r"\<b\>x" in one.value for one in app.markdown)
    app.button(key=f"remove:{added[':red[Kurs]'].id}").click().run()
    assert ":red[Kurs]" not in {one.title for one in whole(session).events}


@pytest.mark.parametrize("text", ["\x00\x01\x02", "a;b;c", "tittel", "x" * 6_000_000])
def test_what_is_no_table_gets_a_sentence(session, text):
    before = len(whole(session).cycles)
    app = table("cycles", text)
    assert app.warning or "0 nye sykluser" in words(app)
    assert len(whole(session).cycles) == before


def test_a_file_that_is_not_what_its_name_says_gets_a_sentence(session):
    key = f"import_cycles_{OWN}_0"
    app = opened("prosjekt", **{key: True})
    app.file_uploader(key=f"{key}_file").upload("sykluser.xlsx", b"PK\x03\x04 not a workbook").run()
    assert "sykluser.xlsx" in healthy(app).warning[0].value.replace("\\", "")


def upload(raw: bytes) -> AppTest:
    app = opened("prosjekter", import_project=True)
    return healthy(app.file_uploader(key="import_project_file").upload("prosjekt.json", raw).run())


def test_a_project_that_is_here_is_offered_as_a_copy(session):
    before = len(projects.listed(session, ALL))
    app = upload(json.dumps(transfer.dump(whole(session))).encode())
    assert t("nb", "imports.already_here") in [one.value for one in app.info]
    assert len(projects.listed(session, ALL)) == before
    app.button(key="import_project_take").click().run()
    session.expire_all()
    assert len(projects.listed(session, ALL)) == before + 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (b"not json", "refused.not_a_project"),
        ({"format": "x"}, "refused.not_a_project"),
        ({"schema": 99}, "refused.newer_file"),
        ({"project": {"id": OWN, "<b>x</b>": 1}}, "refused.unknown_field"),
    ],
)
def test_a_file_that_is_no_project_gets_a_sentence(session, change, said):
    before = len(projects.listed(session, ALL))
    data = change if isinstance(change, bytes) else json.dumps({**transfer.dump(whole(session)), **change}).encode()
    assert t("nb", said) in upload(data).warning[0].value.replace("\\", "")
    assert len(projects.listed(session, ALL)) == before


def test_a_field_that_cannot_stand_is_named(session):
    data = transfer.dump(whole(session))
    data["project"]["aim_value"] = "seksti"
    said = upload(json.dumps(data).encode()).warning[0].value.replace("\\", "")
    assert said.endswith(t("nb", "refused.unreadable")) and ": " in said


def test_everything_is_offered_when_it_is_asked_for(session):
    app = opened("prosjekt")
    assert not app.get("download_button")
    app = opened("prosjekt", share_project=True)
    names = {one.proto.label for one in app.get("download_button")}
    assert names == {t("nb", f"project.download_{kind}") for kind in ("a3", "a4", "docx", "md", "json")}
    answers = app.code[-1].value
    assert t("nb", "project_report.evaluation_who") in answers and "eksempeldata" in answers
