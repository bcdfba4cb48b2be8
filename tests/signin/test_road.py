"""Through a real provider by hand-made requests: who is let in, and each way in which nobody is."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from streamlit.util import calc_hash
from websockets.exceptions import InvalidStatus

from nhr_dash import access, database
from nhr_dash.registry import grants
from nhr_dash.settings import ROOT, read
from nhr_dash.signin import SignInProblem
from nhr_dash.signin.gate import HEADER
from nhr_dash.signin.provider import Provider
from nhr_dash.signin.sessions import Attempt, key_of
from tests.support.installation import FJORDVIK, NURSE, STRANGER, install, prepared
from tests.support.provider import Browser, provide, with_secret
from tests.support.server import Server, serve
from tests.support.session import Run, Session

pytestmark = pytest.mark.provider

NO_GRANTS = "har ikke fått tilgang ennå"
ENDED = "Innloggingen er avsluttet"
PAGE = "/seriediagram?sykehus=999100001&indikator=pakke_bilde_15min"


@pytest.fixture(scope="module", params=["secret", "key"])
def app(request, sample_database, tmp_path_factory) -> Iterator[Server]:
    with install(tmp_path_factory.mktemp(request.param), sample_database, request.param) as server:
        yield server


@pytest.fixture
def visitor(app: Server) -> Iterator[Callable[[], Browser]]:
    """A new browser, as many as a test asks for."""
    browsers = []

    def make() -> Browser:
        browsers.append(Browser(app.url))
        return browsers[-1]

    yield make
    for browser in browsers:
        browser.http.close()


def shown(app: Server, browser: Browser, page: str = "seriediagram", **headers: str) -> Run:
    with Session(app.port, browser.cookie() | headers) as tab:
        return tab.run(page_name=page)


def refused_everywhere(app: Server, browser: Browser) -> bool:
    """Neither a page nor its websocket is had with what the browser has."""
    answer = browser.get(PAGE)
    try:
        shown(app, browser)
    except InvalidStatus as refused:
        return refused.response.status_code == 403 and urlsplit(answer.headers.get("location", "")).path == "/logg-inn"
    return False


def log_of(app: Server) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(app.log.parent / "sample.db")) as connection:
        return connection.execute("SELECT person, what FROM audit ORDER BY id").fetchall()


def test_the_way_in_leads_to_the_page_that_was_asked_for(app, visitor) -> None:
    nurse = visitor()
    asked = nurse.get(PAGE)
    assert asked.status_code == 303
    answer = nurse.sign_in(NURSE, asked.headers["location"])
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert nurse.get(PAGE).status_code == 200
    page = shown(app, nurse)
    assert "vega_lite_chart" in page.kinds()
    assert "Rolle sykepleier" in page.text()
    assert (NURSE, "signed_in") in log_of(app)


def test_a_cookie_no_script_can_read_and_no_other_site_can_send(app, visitor) -> None:
    answer = visitor().sign_in(NURSE)
    cookies = answer.headers.get_list("set-cookie")
    session = next(one for one in cookies if one.startswith("nhr_session="))
    assert {part.strip().lower() for part in session.split(";")[1:]} == {"httponly", "path=/", "samesite=lax"}
    assert any(one.startswith('nhr_attempt=""') for one in cookies), "the attempt has served"


def test_somebody_without_a_grant_is_told_so_and_sees_nothing(app, visitor) -> None:
    stranger = visitor()
    stranger.sign_in(STRANGER)
    page = shown(app, stranger)
    assert NO_GRANTS in page.text()
    assert "vega_lite_chart" not in page.kinds()
    assert (STRANGER, "refused") in log_of(app)


@pytest.mark.parametrize(
    "fault",
    ["issuer", "audience", "audiences", "nonce", "no-nonce", "expired", "future", "azp", "signature", "unsigned"],
)
def test_one_wrong_thing_in_the_id_token_lets_nobody_in(app, visitor, fault) -> None:
    somebody = visitor()
    answer = somebody.sign_in(f"wrong-{fault}")
    assert answer.status_code == 403
    assert "kunne ikke bekreftes" in answer.text
    assert "nhr_session" not in somebody.http.cookies
    assert refused_everywhere(app, somebody)


def test_an_answer_that_belongs_to_nothing_asked_lets_nobody_in(app, visitor) -> None:
    nurse, other = visitor(), visitor()
    door = nurse.to_the_door(NURSE)
    told = {name: values[0] for name, values in parse_qs(urlsplit(door).query).items()}
    other.get("/logg-inn")
    for browser, changed in [(other, {}), (visitor(), {}), (nurse, {"state": "another"})]:
        answer = browser.http.get(f"{app.url}/tilbakekall?{urlencode(told | changed)}")
        assert answer.status_code == 400, "another browser's attempt, none at all, another state"
        assert refused_everywhere(app, browser)
    assert nurse.http.get(door).status_code == 400, "a wrong try has used the attempt up"


def test_an_answer_counts_once_and_from_the_provider_alone(app, visitor) -> None:
    nurse = visitor()
    door = nurse.to_the_door(NURSE)
    attempt = nurse.http.cookies["nhr_attempt"]
    assert nurse.http.get(door).status_code == 303
    again = visitor()
    again.http.cookies.set("nhr_attempt", attempt)
    assert again.http.get(door).status_code == 400
    assert refused_everywhere(app, again)
    for issuer in ("iss=https%3A%2F%2Felsewhere", ""):
        mixed_up = visitor()
        address, _, query = mixed_up.to_the_door(NURSE).partition("?")
        told = [part for part in query.split("&") if not part.startswith("iss=")]
        assert mixed_up.http.get(f"{address}?{'&'.join([*told, issuer])}").status_code == 403


def test_a_copied_cookie_is_worth_nothing_after_sign_out_and_the_open_tab_ends(app, visitor) -> None:
    nurse, thief = visitor(), visitor()
    nurse.sign_in(NURSE)
    thief.http.cookies.set("nhr_session", nurse.http.cookies["nhr_session"])
    assert "vega_lite_chart" in shown(app, thief).kinds(), "while it lives a copy is as good as the cookie"
    with Session(app.port, nurse.cookie()) as second_tab:
        assert "vega_lite_chart" in second_tab.run(page_name="seriediagram").kinds()
        out = nurse.get("/logg-ut")
        assert urlsplit(out.headers["location"]).path == "/session/end", "at the provider too"
        left = second_tab.run(page_name="seriediagram")
    assert ENDED in left.text()
    assert "vega_lite_chart" not in left.kinds()
    assert refused_everywhere(app, thief)
    assert log_of(app)[-1] == (NURSE, "signed_out")


def test_a_fragment_ends_with_the_session_too(app, visitor) -> None:
    nurse = visitor()
    nurse.sign_in(NURSE)
    with Session(app.port, nurse.cookie()) as tab:
        page = tab.run(page_name="seriediagram")
        assert "vega_lite_chart" in tab.run(page_hash=page.hash, fragment=page.fragment).kinds()
        nurse.get("/logg-ut")
        left = tab.run(page_hash=page.hash, fragment=page.fragment)
    assert ENDED in left.text()
    assert "vega_lite_chart" not in left.kinds()


def test_a_fragment_ends_with_a_revoked_grant(app, visitor) -> None:
    colleague = visitor()
    colleague.sign_in("kollega")
    engine = database.connect(f"sqlite:///{(app.log.parent / 'sample.db').as_posix()}")
    everything = access.everything("test")
    with engine.begin() as connection:
        number = grants.give(connection, everything, "kollega", access.Role.TEAM, FJORDVIK)
    with Session(app.port, colleague.cookie()) as tab:
        page = tab.run(page_name="seriediagram", query=urlsplit(PAGE).query)
        assert "vega_lite_chart" in tab.run(page_hash=page.hash, fragment=page.fragment).kinds()
        with engine.begin() as connection:
            assert grants.revoke(connection, everything, number)
        left = tab.run(page_hash=page.hash, fragment=page.fragment)
    engine.dispose()
    assert NO_GRANTS in left.text()
    assert "vega_lite_chart" not in left.kinds()


def test_whoever_sees_patients_one_by_one_stands_in_the_audit_log(app, visitor) -> None:
    nurse = visitor()
    nurse.sign_in(NURSE)
    with Session(app.port, nurse.cookie()) as tab:
        tab.run(page_name="oversikt", query=f"sykehus={FJORDVIK}")
    assert (NURSE, "patients") in log_of(app), "the last ten patients of a rare indicator"


def test_two_processes_know_the_same_sessions_and_so_does_the_next(sample_database, tmp_path) -> None:
    with prepared(tmp_path, sample_database, "secret") as (port, environment):

        def process(log: str, port: int = 0) -> AbstractContextManager[Server]:
            return serve(tmp_path / log, environment=environment, port=port, shell=True)

        with process("second.txt") as second:
            with process("app.txt", port) as first:
                nurse = Browser(first.url)
                nurse.sign_in(NURSE)
            with process("again.txt", port) as first:
                assert "vega_lite_chart" in shown(first, nurse).kinds(), "after a restart"
                with Session(second.port, nurse.cookie()) as tab:
                    assert "vega_lite_chart" in tab.run(page_name="seriediagram").kinds(), "in the other process"
                    nurse.get("/logg-ut")
                    assert ENDED in tab.run(page_name="seriediagram").text(), "signed out in the first"
                assert refused_everywhere(second, nurse)
        nurse.http.close()


def test_signing_out_everywhere_ends_the_other_machines_of_the_same_person_alone(app, visitor) -> None:
    here, there, elsewhere, other = visitor(), visitor(), visitor(), visitor()
    for browser in (here, there, elsewhere):
        browser.sign_in(NURSE)
    other.sign_in(STRANGER)
    here.get("/logg-ut")
    assert there.get(PAGE).status_code == 200
    there.get("/logg-ut?overalt=1")
    assert refused_everywhere(app, elsewhere)
    assert other.get(PAGE).status_code == 200


def test_signing_in_again_ends_the_session_before(app, visitor) -> None:
    nurse, copy = visitor(), visitor()
    nurse.sign_in(NURSE)
    copy.http.cookies.set("nhr_session", nurse.http.cookies["nhr_session"])
    nurse.sign_in(NURSE)
    assert nurse.get(PAGE).status_code == 200
    assert refused_everywhere(app, copy)


def test_a_link_on_another_site_signs_nobody_out(app, visitor) -> None:
    nurse = visitor()
    nurse.sign_in(NURSE)
    assert nurse.get("/logg-ut", sec_fetch_site="cross-site").status_code == 403
    assert nurse.get(PAGE).status_code == 200


def test_a_header_that_a_client_makes_up_is_removed(app, visitor) -> None:
    nurse, stranger = visitor(), visitor()
    nurse.sign_in(NURSE)
    stranger.sign_in(STRANGER)
    made_up = {HEADER: key_of(nurse.http.cookies["nhr_session"])}
    assert NO_GRANTS in shown(app, stranger, **made_up).text()
    with pytest.raises(InvalidStatus, match="403"):
        shown(app, visitor(), **made_up)


@pytest.mark.parametrize("page", sorted(path.stem.replace("_", "-") for path in (ROOT / "pages").rglob("*.py")))
def test_signed_out_no_page_is_reached_by_its_name_or_its_hash(app, visitor, page) -> None:
    nobody = visitor()
    assert nobody.get(f"/{page}").status_code == 303
    for request in ({"page_name": page}, {"page_hash": calc_hash(page)}):
        with pytest.raises(InvalidStatus, match="403"), Session(app.port) as session:
            session.run(**request)


def test_signed_out_no_file_is_had_and_none_is_taken(app) -> None:
    for path in (
        "/media/abc.csv",
        "/_stcore/upload_file/a/b",
        "/_stcore/metrics",
        "/_stcore/host-config",
        "/static/../",
    ):
        assert httpx.get(app.url + path).status_code in {401, 404}, path
    assert httpx.put(f"{app.url}/_stcore/upload_file/a/b", content=b"x").status_code == 401


@pytest.mark.parametrize(
    "asked", ["https://elsewhere.no/", "//elsewhere.no", "/\\elsewhere.no", "javascript:1", "/a\nb"]
)
def test_nobody_is_led_elsewhere(app, visitor, asked) -> None:
    answer = visitor().sign_in(NURSE, f"/logg-inn?{urlencode({'til': asked})}")
    assert answer.headers["location"] == "/"


def test_someone_who_gives_up_at_the_provider_is_told_so(app, visitor) -> None:
    somebody = visitor()
    door = somebody.to_the_door(NURSE)
    state = parse_qs(urlsplit(door).query)["state"][0]
    answer = somebody.get(f"/tilbakekall?{urlencode({'error': 'access_denied', 'state': state})}")
    assert answer.status_code == 403
    assert "ble avbrutt" in answer.text


def test_health_readiness_and_what_browsers_are_told_to_refuse(app) -> None:
    for path in ("/helse", "/klar", "/logget-ut"):
        answer = httpx.get(app.url + path)
        assert answer.status_code == 200
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


def test_nothing_secret_is_in_the_log(app, visitor) -> None:
    nurse = visitor()
    nurse.sign_in(NURSE)
    visitor().sign_in("wrong-nonce")
    written = app.log.read_text(encoding="utf-8")
    assert "sign-in rejected" in written
    assert not {one for one in (nurse.http.cookies["nhr_session"], "eyJ", "PRIVATE", "a secret of") if one in written}


def test_without_the_shell_nobody_is_signed_in_whatever_they_send(sample_copy, tmp_path) -> None:
    client = with_secret("http://127.0.0.1:1")
    settings = {"NHR_DATABASE_URL": f"sqlite:///{sample_copy.as_posix()}", "NHR_OIDC_ISSUER": "http://127.0.0.1:1"}
    with (
        serve(tmp_path / "log.txt", environment=settings | dict(client.settings)) as server,
        Session(server.port, {HEADER: "0" * 64}) as session,
    ):
        page = session.run(page_name="seriediagram")
    assert ENDED in page.text()
    assert "vega_lite_chart" not in page.kinds()


def test_a_provider_that_calls_itself_something_else_or_is_gone_is_not_used(tmp_path) -> None:
    attempt = Attempt("state", "nonce", "verifier", "/")
    with provide(tmp_path / "log.txt", with_secret("http://127.0.0.1:1"), pushed=False) as settings:
        other = settings | {"NHR_OIDC_ISSUER": settings["NHR_OIDC_ISSUER"].replace("127.0.0.1", "localhost")}
        with pytest.raises(SignInProblem, match="rejected"):
            Provider(read(other).sign_in).begin(attempt)
    with pytest.raises(SignInProblem, match="unreachable"):
        Provider(read(settings).sign_in).begin(attempt)
