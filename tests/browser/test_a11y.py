"""Each page in both languages, on a telephone and on a wide screen: axe finds nothing, and nothing is cut off."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.addresses import FJORDVIK, every_page, path
from tests.support.server import Server

SAMPLE = {"nb": "Eksempeldata, ikke virkelige pasienter", "en": "Sample data, not real patients"}
LAPTOP = 1280
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def findings(page: Page) -> list[str]:
    """What axe objects to, but for the small fields inside Streamlit's own date input (1.67)."""
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in Axe().run(page, options=RULES).response["violations"]
        for node in violation["nodes"]
        if not (violation["id"] == "target-size" and "stDateInput" in page_part(page, node["target"][0]))
    ]


def lasting_findings(page: Page) -> list[str]:
    """What axe still objects to after a moment: a text that is being faded in is grey, which no reader meets."""
    found = findings(page)
    for _ in range(5):
        if not found:
            break
        page.wait_for_timeout(1000)
        found = findings(page)
    return found


def page_part(page: Page, selector: str) -> str:
    """The test ids of an element's ancestors, innermost first."""
    script = """element => { const ids = []; for (let e = element; e; e = e.parentElement)
        if (e.dataset && e.dataset.testid) ids.push(e.dataset.testid); return ids.join(' '); }"""
    return str(page.locator(selector).first.evaluate(script))


@every_page
@pytest.mark.parametrize("language", SAMPLE)
@pytest.mark.parametrize("width", [400, 1600])
def test_nothing_bars_the_way_of_a_reader(
    app: Server, look: Callable[..., Page], name: str, language: str, width: int
) -> None:
    page = look(f"{app.url}/{path(name)}?sykehus={FJORDVIK}&lang={language}", width=width)
    expect(page.locator("html")).to_have_attribute("lang", language)
    # (Streamlit fetches the code that draws HTML when it is first needed: the banner comes a moment late.)
    expect(page.locator(".nhr-banner")).to_have_text(SAMPLE[language], timeout=15_000)
    assert page.locator("h1").count() == 1, "one title"
    assert lasting_findings(page) == []
    assert sideways(page) <= 0
    for chart in page.locator('[role="graphics-document"]').all():
        assert len(chart.get_attribute("aria-label") or "") > 30, "a chart has a description in words"
    if width > LAPTOP:
        page.set_viewport_size({"width": LAPTOP, "height": 900})
        page.wait_for_timeout(1000)  # charts follow the room they have
        assert sideways(page) <= 0, "nothing is cut off on a laptop"


def sideways(page: Page) -> int:
    """By how many pixels the content is wider than the room it has."""
    main = page.locator('[data-testid="stMain"]')
    return int(main.evaluate("main => main.scrollWidth - main.clientWidth"))
