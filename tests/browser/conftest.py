"""A server on the sample registry, and a Chromium that looks at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.server import Server, serve
from tests.support.session import Session


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that asks for a browser carries the mark ``browser``, and is run once more where it fails.

    A page, a server and a browser on a busy machine are late in ways that nobody foresaw. What failed the first time is
    listed at the end (R): a reason to look, for words were lost that way once.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


def address(database: Path) -> dict[str, str]:
    """The environment of an app on a database file."""
    return {"NHR_DATABASE_URL": f"sqlite:///{database.as_posix()}"}


@pytest.fixture(scope="session")
def app(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on the sample registry, one server for all tests that only look."""
    with serve(tmp_path_factory.mktemp("app") / "log.txt", environment=address(sample_database)) as server:
        warm(server)
        yield server


@pytest.fixture
def own_app(sample_copy: Path, tmp_path: Path) -> Iterator[Server]:
    """A server on a registry of one's own, which may be written to."""
    with serve(tmp_path / "log.txt", environment=address(sample_copy)) as server:
        warm(server)
        yield server


def warm(server: Server) -> None:
    """Open the start page once, so that the process has reached ``st.navigation``.

    Streamlit answers the very first link to another page with a dialog "Page not found" over the
    right page, as long as a folder ``pages`` stands beside app.py.
    """
    with Session(server.port) as session:
        session.run()


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for all tests that only look: the app's code is fetched and compiled once."""
    context = browser.new_context(locale="nb-NO")
    yield context
    context.close()


@pytest.fixture
def look(window: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Open an address on a page of a width and wait until it is drawn. Nothing is remembered afterwards."""

    def open_page(url: str, *, width: int = 1280) -> Page:
        page = window.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(url)
        drawn(page)
        return page

    yield open_page
    for page in window.pages:
        page.evaluate("() => localStorage.clear()")
        page.close()
    window.clear_cookies()


def drawn(page: Page) -> None:
    """Wait until the script has run to its end, and what it sent is on the page."""
    page.wait_for_selector('h1, [data-testid="stAlert"]', timeout=60_000)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_function("() => !document.querySelector('[data-stale=\"true\"]')", timeout=30_000)
    # A run that a widget asked for starts a moment after the one before: stillness must last.
    page.wait_for_timeout(400)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    # A chart is drawn a moment after its place is there.
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=\"stVegaLiteChart\"]')]"
        ".every(one => one.querySelector('svg.marks, canvas.marks') || !one.checkVisibility())",
        timeout=30_000,
    )
    # Streamlit fades what a run replaces; a text half faded in is grey, which a reader never meets.
    page.wait_for_function(
        "() => document.getAnimations().every(one => one.effect.getTiming().iterations === Infinity)", timeout=30_000
    )


def press(page: Page, name: str) -> None:
    """Click a button and wait for its run. (A button's hint, once shown, counts as fading for ever.)"""
    page.get_by_role("button", name=name).first.click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(1000)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)


def choose(page: Page, label: str, option: str) -> None:
    """Pick the first option of a select box that contains a text, as a person does: type, then click."""
    box = page.get_by_role("combobox", name=label).first
    box.click()
    box.fill(option)
    page.get_by_role("option").filter(has_text=option).first.click()
    page.wait_for_timeout(200)
    drawn(page)


def words(page: Page) -> str:
    """What a reader can read of the page, the text of the charts included."""
    script = """() => Array.from(document.querySelectorAll('svg text, [aria-label]'))
        .map(e => e.textContent + ' ' + (e.getAttribute('aria-label') || '')).join('\\n')"""
    return page.inner_text("body") + "\n" + str(page.evaluate(script))
