"""One project in a browser: the wall, a cycle from its flag, an edit that stands, and nothing that axe finds."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from nhr_dash.improvement.sample_projects import project_id
from tests.browser.addresses import FJORDVIK
from tests.browser.conftest import drawn, words
from tests.support.server import Server

OWN = project_id("fjordvik-bildediagnostikk")
SEVERAL = project_id("tre-sykehus-trombolysealarm")


def address(app: Server, project: str = OWN, **more: str) -> str:
    link = {"prosjekt": project, "sykehus": str(FJORDVIK), "lang": "nb", **more}
    return f"{app.url}/prosjekt?" + "&".join(f"{name}={code}" for name, code in link.items())


@pytest.mark.parametrize("width", [400, 1600])
def test_the_wall_fits_and_says_what_is_tried_and_whether_it_works(
    app: Server, look: Callable[..., Page], width: int
) -> None:
    page = look(address(app), width=width)
    text = words(page)
    for said in ("Bildediagnostikk innen 15 minutter", "Gir data nyttig kunnskap?", "bedring", "Prosjektets mål"):
        assert said in text
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth + 1")


def test_a_cycles_line_opens_the_cycle(app: Server, look: Callable[..., Page]) -> None:
    page = look(address(app))
    page.locator(".st-key-cycles").get_by_role("link").first.click()
    page.wait_for_url("**/syklus?*")
    drawn(page)
    assert "syklus=" in page.url


def test_several_hospitals_stand_under_each_other(app: Server, look: Callable[..., Page]) -> None:
    page = look(address(app, SEVERAL, sykehus="999100002"))
    for name in ("Skogvik", "Myrdal", "Høgfjell"):
        expect(page.get_by_role("cell", name=name).first).to_be_visible(timeout=15_000)
