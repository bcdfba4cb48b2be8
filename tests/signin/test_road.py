"""Through a real provider by hand-made requests: who is let in, and each way in which nobody is."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.provider import Browser, provide, with_key, with_secret
from tests.support.server import Server, free_port, serve
from tests.support.session import Session

pytestmark = pytest.mark.provider

NO_GRANTS = "Du er logget inn, men har ikke fått tilgang ennå"
ENDED = "Innloggingen er avsluttet"


@contextmanager
def installation(folder: Path, sample: Path, kind: str, **more: str) -> Iterator[Server]:
    """A provider and our app in its shell, which uses it. ``kind``: ``secret``, or ``key`` (pushed requests only)."""
    port = free_port()
    app = f"http://127.0.0.1:{port}"
    client = with_key(app, folder / "key.json") if kind == "key" else with_secret(app)
    database = Path(shutil.copy(sample, folder / "sample.db"))
    with provide(folder / "provider.txt", client, pushed=kind == "key") as settings:
        environment = {"NHR_DATABASE_URL": f"sqlite:///{database.as_posix()}", **settings, **more}
        with serve(folder / "app.txt", environment=environment, port=port, shell=True) as server:
            yield server


@pytest.fixture(scope="module", params=["secret", "key"])
def app(request, sample_database, tmp_path_factory) -> Iterator[Server]:
    with installation(tmp_path_factory.mktemp(request.param), sample_database, request.param) as server:
        yield server


@pytest.fixture
def visitor(app: Server) -> Iterator[Browser]:
    browser = Browser(app.url)
    yield browser
    browser.http.close()


def test_the_way_in_and_on_to_the_page_that_was_asked_for(app: Server, visitor: Browser) -> None:
    refused = visitor.get("/seriediagram?sykehus=999100001&indikator=a%20b")
    assert refused.status_code == 303
    answer = visitor.sign_in("sykepleier", refused.headers["location"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/seriediagram?sykehus=999100001&indikator=a%20b")
    assert visitor.get("/seriediagram").status_code == 200
    with Session(app.port, visitor.cookie()) as tab:
        assert NO_GRANTS in tab.run(page_name="seriediagram").text()
