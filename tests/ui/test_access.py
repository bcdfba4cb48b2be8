"""Roles on the screen: the demo's choice, whose menu holds what, and the page of who has access."""

from datetime import date

import pytest
from sqlalchemy import select

from nhr_dash.access import Held, Role, everything, holding
from nhr_dash.database import connect
from nhr_dash.registry import audit, grants
from nhr_dash.registry.people import audit as log
from nhr_dash.settings import ROOT, settings
from nhr_dash.ui import looks, menu
from nhr_dash.ui.frame import Frame
from tests.browser.addresses import PAGES as ADDRESSES
from tests.ui.test_pages import BODO, FJORDVIK, RUN_CHART, healthy, link_of, opened

ACCESS, BEFORE_AFTER, PROJECTS = "pages/data/tilganger.py", "pages/leader/for_og_etter.py", "pages/team/prosjekter.py"
PAGES = ["", RUN_CHART, BEFORE_AFTER, PROJECTS, "pages/team/idebank.py", "pages/team/nytt_prosjekt.py", ACCESS,
         "pages/data/innlasting.py", "pages/fagrad/variasjon.py", "pages/hjelp/hjelp.py"]  # fmt: skip
DEMO = ("team", "leder", "fagraad", "register", "leser")
IMAGING = "pakke_bilde_15min"


def field(app, label):
    return next(one for one in app.selectbox if one.label == label)


@pytest.fixture
def on_copy(sample_copy, monkeypatch):
    """This process's settings point at a registry that the test may write in."""
    address = f"sqlite:///{sample_copy.as_posix()}"
    monkeypatch.setenv("NHR_DATABASE_URL", address)
    settings.cache_clear()
    engine = connect(address)
    yield engine
    engine.dispose()
    settings.cache_clear()


@pytest.mark.usefixtures("on_sample")
class TestDemo:
    @pytest.mark.parametrize("role", DEMO)
    @pytest.mark.parametrize("unit", [FJORDVIK, BODO])
    def test_every_page_opens_for_every_role(self, role, unit):
        for page in PAGES:
            app = healthy(opened(page, sykehus=unit, rolle=role))
            assert app.title, page

    def test_the_choice_holds_on_other_pages_and_stands_in_the_link(self):
        app = opened(sykehus=FJORDVIK)
        assert app.selectbox(key="w_rolle").value == "alt" and "rolle" not in link_of(app)
        app.selectbox(key="w_rolle").select("team").run()
        assert link_of(app)["rolle"] == "team"
        app.switch_page(RUN_CHART).run()
        assert app.selectbox(key="w_rolle").value == "team" and link_of(app)["rolle"] == "team"
        app.selectbox(key="w_rolle").select("alt").run()
        assert "rolle" not in link_of(app)

    def test_single_patients_are_for_their_own_hospital(self):
        def grains(role):
            app = healthy(opened(RUN_CHART, sykehus=FJORDVIK, rolle=role, punkt="patient"))
            return " ".join(app.selectbox(key="w_punkt").options)

        assert {role for role in DEMO if "én pasient" in grains(role)} == {"team", "leder"}

    def test_a_code_that_is_no_role_is_all_roles(self):
        assert healthy(opened(rolle="sjef")).selectbox(key="w_rolle").value == "alt"

    def test_who_has_access_is_for_the_registry(self):
        for role in DEMO:
            app = healthy(opened(ACCESS, rolle=role))
            refused = any("for registeret" in one.value for one in app.info)
            assert refused == (role != "register")


@pytest.mark.parametrize("role", Role)
def test_a_menu_holds_at_most_eight(role):
    shown = [path for path in ADDRESSES if menu.visibility(path, {role}) == "visible"]
    assert 5 <= len(shown) <= menu.MOST
    assert ("tilganger" in shown) == (role is Role.REGISTRY)
    assert ("variasjon" in shown) == (role in {Role.FAGRAAD, Role.LEADER, Role.REGISTRY})
    navigation = (ROOT / "app.py").read_text(encoding="utf-8")
    in_menu = navigation.count("st.Page(") - navigation.count('visibility="hidden"')
    assert in_menu == sum(menu.visibility(path, Role) == "visible" for path in ADDRESSES)


class TestAccessList:
    def test_given_seen_and_revoked(self, on_copy):
        app = opened(ACCESS)
        assert "Ingen har fått tilgang ennå." in [one.value for one in app.info]
        app.text_input[0].set_value("abc-123")
        field(app, "Rolle").select(Role.TEAM)
        field(app, "Sykehus, helseforetak eller region").select(FJORDVIK)
        next(one for one in app.button if one.label == "Gi tilgang").click().run()
        assert [one.value for one in healthy(app).success] == ["Tilgangen er gitt."]
        (row,) = app.dataframe[0].value.to_dict("records")
        assert (row["Person"], row["Rolle"], row["Sted"], row["Nå"]) == (
            "abc-123", "Team", "Fjordvik (opplæring)", "gjelder")  # fmt: skip
        with on_copy.connect() as connection:
            scope = grants.grants_of(connection, "abc-123", date.today())
        assert scope is not None and scope.may_edit(int(FJORDVIK))
        next(one for one in app.button if one.label == "Trekk tilbake").click().run()
        assert [one.value for one in healthy(app).success] == ["Tilgangen er trukket tilbake."]
        assert app.dataframe[0].value["Nå"][0].startswith("trukket tilbake")

    def test_what_can_not_be_given_gets_its_sentence_and_keeps_what_was_typed(self, on_copy):
        app = opened(ACCESS)
        app.text_input[0].set_value("abc-123")
        field(app, "Rolle").select(Role.TEAM)
        next(one for one in app.button if one.label == "Gi tilgang").click().run()
        assert [one.value for one in app.error] == ["Denne rollen må ha et sted."]
        assert app.text_input[0].value == "abc-123"

    def test_the_log_is_read_here(self, on_copy):
        with on_copy.begin() as connection:
            audit.note(connection, "someone", audit.What.SIGNED_IN)
        app = healthy(opened(ACCESS, **{"del": "logg"}))
        assert "logget inn" in list(app.dataframe[0].value["Hva"])


class TestLooks:
    def page(self, subject, *, synthetic=True):
        scope = holding("x", [Held(Role.TEAM, None)], subject=subject)
        return Frame(scope, "nb", 1, 1, int(FJORDVIK), "Fjordvik", "60", synthetic)

    def lines(self, engine):
        wanted = select(log.c.person, log.c.what, log.c.about).where(log.c.what.in_(["patients", "exported"]))
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(wanted)]

    def test_a_look_and_a_file_are_kept_by_the_code_of_the_person(self, on_copy):
        page = self.page("abc-123")
        for _ in range(3):
            looks.patients(page, page.unit, IMAGING)
        assert looks.exporting(page, f"png {FJORDVIK}", lambda: b"file")() == b"file"
        assert self.lines(on_copy) == [
            ("abc-123", "patients", f"{FJORDVIK} {IMAGING}"),
            ("abc-123", "exported", f"png {FJORDVIK}"),
        ]

    def test_the_demo_keeps_none_and_a_real_registry_behind_another_gate_does(self, on_copy):
        healthy(opened(RUN_CHART, sykehus=FJORDVIK, indikator=IMAGING, punkt="patient"))
        assert self.lines(on_copy) == []
        looks.patients(self.page("", synthetic=False), int(FJORDVIK), IMAGING)
        assert self.lines(on_copy) == [("x", "patients", f"{FJORDVIK} {IMAGING}")]

    def test_the_page_says_it_where_single_patients_are_drawn(self, on_copy, monkeypatch):
        monkeypatch.setenv("NHR_OTHER_GATE", "1")
        settings.cache_clear()
        monkeypatch.setattr(looks, "_kept", lambda page: True)
        person = everything("behind another gate").logged_as
        # The app begins at Oversikt, whose last ten patients are a look of their own.
        first = (person, "patients", f"{FJORDVIK} oversikt")
        healthy(opened(RUN_CHART, sykehus=FJORDVIK, indikator=IMAGING, punkt="month"))
        assert set(self.lines(on_copy)) == {first}
        healthy(opened(RUN_CHART, sykehus=FJORDVIK, indikator=IMAGING, punkt="patient"))
        assert set(self.lines(on_copy)) == {first, (person, "patients", f"{FJORDVIK} {IMAGING}")}
