"""Sign-in as a person meets it: the provider's form, the page asked for, a second tab, and out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import drawn, words
from tests.support.installation import NURSE, install
from tests.support.server import Server

pytestmark = pytest.mark.provider

PAGE = "/seriediagram?sykehus=999100001&indikator=pakke_bilde_15min"


@pytest.fixture(scope="module")
def shell(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with install(tmp_path_factory.mktemp("shell"), sample_database, "key") as server:
        yield server


def through_the_provider(page: Page) -> None:
    page.locator("[name=login]").fill(NURSE)
    page.locator("[name=password]").fill("-")
    page.locator("[type=submit]").click()
    page.locator("[type=submit]").click()


def test_in_a_second_tab_and_out(browser: Browser, shell: Server) -> None:
    context = browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(shell.url + PAGE)
    through_the_provider(page)
    drawn(page)
    assert page.url.startswith(f"{shell.url}/seriediagram?sykehus=999100001")
    assert "Rolle sykepleier" in words(page)
    page.wait_for_selector("[role=graphics-document]")
    second = context.new_page()
    second.goto(f"{shell.url}/hjelp")
    drawn(second)
    assert not second.get_by_text("Innloggingen er avsluttet").is_visible()
    page.get_by_role("link", name="Logg ut", exact=True).click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{shell.url}/logget-ut**")
    assert "Du er logget ut" in page.inner_text("body")
    second.get_by_role("link", name="Prosjekter").click()
    second.get_by_text("Innloggingen er avsluttet").wait_for()
    assert refused == [], "the content policy stands in the way of the page"
    context.close()
