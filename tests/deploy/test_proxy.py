"""What the proxy that is shipped lets through, adds and refuses, with the app behind it as it is served."""

import re
import ssl
from http.client import HTTPSConnection
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Request
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.browser.addresses import PAGES, path
from tests.browser.conftest import drawn
from tests.deploy.conftest import COLLEAGUE, EVERYTHING, FJORDVIK, NURSE, House, People
from tests.support.provider import SECRET

pytestmark = EVERYTHING
TOLD = """document.addEventListener('securitypolicyviolation',
    event => console.error(`refused: ${event.violatedDirective} ${event.blockedURI}`))"""


@pytest.fixture
def ask(house: House) -> httpx.Client:
    with httpx.Client(base_url=house.url, verify=False, timeout=30) as client:
        yield client


def test_every_page_works_under_the_content_policy(house: House, person: People) -> None:
    cycle = house.cycle(0)
    page = person(COLLEAGUE, f"{house.url}/hjelp")
    refused: list[str] = []
    page.add_init_script(TOLD)
    page.on("console", lambda said: refused.append(said.text) if is_refusal(said.text) else None)
    for name in PAGES:
        page.goto(
            f"{house.url}/{path(name)}?sykehus={FJORDVIK}&lang=nb&prosjekt={cycle.project}&syklus={cycle.id}&kort=utfor"
        )
        drawn(page)
        assert page.locator("h1").count() == 1, name
        assert name != "syklus" or page.locator("div.field").count(), (
            "the fields that are a component of ours are there"
        )
    assert refused == []


def is_refusal(text: str) -> bool:
    return "refused: " in text or "Content Security Policy" in text


def test_what_a_browser_is_told(ask: httpx.Client, house: House) -> None:
    headers = ask.get("/logget-ut").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert "nginx/" not in headers["server"]
    for name in ("content-security-policy", "strict-transport-security", "x-content-type-options"):
        assert len(headers.get_list(name)) == 1, "said once"
    away = httpx.get(f"http://localhost:{house.proxy.plain}/hjelp?lang=en")
    assert (away.status_code, away.headers["location"]) == (301, "https://localhost/hjelp?lang=en")


def test_what_is_not_for_outside(ask: httpx.Client) -> None:
    assert ask.get("/_stcore/metrics").status_code == 404
    assert ask.get("/_stcore/script-health-check").status_code == 404
    assert ask.get("/klar").text == "ok", "this machine is where monitoring stands"
    with pytest.raises(httpx.RemoteProtocolError):
        ask.get("/logget-ut", headers={"Host": "et-annet-navn.example"})


def test_a_body_is_small_unless_it_is_a_delivery(ask: httpx.Client, house: House) -> None:
    over = b"x" * (1024 * 1024 + 1)
    assert ask.post("/", content=over).status_code == 413
    assert ask.put("/_stcore/upload_file/a/b", content=over).status_code == 401, "past the proxy, to the gate"
    claiming = HTTPSConnection("localhost", house.proxy.port, context=trusting_all())
    claiming.putrequest("PUT", "/_stcore/upload_file/a/b")
    claiming.putheader("Content-Length", str(102 * 1024 * 1024))
    claiming.endheaders()
    assert claiming.getresponse().status == 413, "told before it is sent"
    claiming.close()


def trusting_all() -> ssl.SSLContext:
    found = ssl.create_default_context()
    found.check_hostname, found.verify_mode = False, ssl.CERT_NONE
    return found


def test_other_pages_on_the_web_get_nowhere(ask: httpx.Client, house: House, person: People) -> None:
    page = person(NURSE, f"{house.url}/hjelp")
    jar = {one["name"]: one["value"] for one in page.context.cookies()}
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
    elsewhere = cookies | {"Origin": "https://et-annet-sted.example"}
    assert "access-control-allow-origin" not in ask.get("/_stcore/host-config", headers=elsewhere).headers
    without_token = ask.put("/_stcore/upload_file/a/b", files={"file": b"x"}, headers=cookies)
    assert without_token.status_code == 403, "a form on another page has no token to send"
    stream = house.url.replace("https", "wss") + "/_stcore/stream"
    with connect(stream, additional_headers=cookies, ssl=trusting_all(), origin=Origin(house.url)):
        pass
    with pytest.raises(InvalidStatus, match="403"):
        connect(stream, additional_headers=elsewhere, ssl=trusting_all())


def test_nothing_secret_is_logged(house: House, person: People) -> None:
    """The logs of the whole run: every sign-in of these tests, and one more, with what the provider sent back."""
    secrets = [SECRET]
    page = person(NURSE, f"{house.url}/hjelp")
    secrets += [one["value"] for one in page.context.cookies() if one["name"] != "nhr_node"]
    heard: list[str] = []
    page.on("request", lambda asked: heard.extend(words_of(asked)))
    sign_out_and_in(page, house)
    logs = house.proxy.log() + "".join(node.log.read_text(encoding="utf-8") for node in house.nodes.values())
    logs += (house.proxy.folder / "error.log").read_text(encoding="utf-8")
    assert "/tilbakekall" in logs
    assert len(heard) >= 2, "a code and a state came back"
    assert [word for word in secrets + heard if word in logs] == []
    assert not re.search(r"eyJ[\w-]{10,}\.", logs), "nor a token of any kind"


def words_of(asked: Request) -> list[str]:
    told = parse_qs(urlsplit(asked.url).query)
    return [word for name in ("code", "state", "nonce", "code_challenge") for word in told.get(name, [])]


def sign_out_and_in(page: Page, house: House) -> None:
    page.goto(f"{house.url}/logg-ut")
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url("**/logget-ut**")
    page.goto(f"{house.url}/hjelp")
    page.locator("[name=login]").fill(NURSE)
    page.locator("[name=password]").fill("-")
    page.locator("[type=submit]").click()
    page.locator("[type=submit]").click()
    drawn(page)


def test_whoever_tries_to_sign_in_all_the_time_is_slowed_down(ask: httpx.Client) -> None:
    """Last in this file: for some seconds afterwards nobody on this machine can sign in."""
    answers = [ask.get("/logget-ut").status_code for _ in range(160)]
    assert set(answers) == {200, 429}
    assert answers[:60] == [200] * 60, "a shift that comes to work is let in"
    assert ask.get("/_stcore/health").status_code == 200, "those who are in notice nothing"
