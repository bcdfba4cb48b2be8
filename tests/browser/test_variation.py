"""From a funnel to a unit's own chart, and on to a project; a list tied to its points."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from nhr_dash.ui.variation.views import VIEWS
from tests.browser.addresses import FJORDVIK
from tests.browser.conftest import drawn, press
from tests.browser.test_a11y import lasting_findings, sideways
from tests.support.server import Server

DIRECT = "hjerneslag_inn_enhet"
GJOVIK = 974632535


def point(page: Page, name: str) -> str:
    """The selector of a unit's point in the chart."""
    return f'[role="graphics-symbol"][aria-label^="{name}:"]'


@pytest.mark.parametrize("view", ["trakt", "rangering"])
def test_from_a_point_to_the_units_run_chart_and_a_project(app: Server, look: Callable[..., Page], view: str) -> None:
    page = look(f"{app.url}/variasjon?sykehus={FJORDVIK}&indikator={DIRECT}&visning={view}&lang=nb", width=1500)
    page.locator(point(page, "Gjøvik")).click()
    page.wait_for_url("**/seriediagram?**")
    drawn(page)
    assert f"sykehus={GJOVIK}" in page.url
    assert f"indikator={DIRECT}" in page.url
    expect(page.get_by_text("Andel direkte innlagt i slagenhet").first).to_be_visible()
    page.get_by_role("link", name="Prosjekter").first.click()
    page.wait_for_url("**/prosjekter*")
    drawn(page)
    press(page, "Nytt prosjekt")
    page.wait_for_url("**/nytt-prosjekt*")
    drawn(page)
    assert f"sykehus={GJOVIK}" in page.url
    expect(page.get_by_text("Gjøvik").first).to_be_visible()


def test_a_row_is_a_link_for_the_keyboard_and_lifts_its_point(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/variasjon?sykehus={FJORDVIK}&indikator={DIRECT}&lang=nb", width=1500)
    mark = page.locator(point(page, "Gjøvik"))
    before = mark.evaluate("one => getComputedStyle(one).strokeWidth")
    row = page.get_by_role("link", name="Gjøvik")
    row.focus()
    assert mark.evaluate("one => getComputedStyle(one).strokeWidth") != before
    page.keyboard.press("Enter")
    page.wait_for_url("**/seriediagram?**")
    drawn(page)
    assert f"sykehus={GJOVIK}" in page.url


@pytest.mark.parametrize("view", tuple(VIEWS)[1:])
@pytest.mark.parametrize(("width", "language"), [(400, "nb"), (1600, "en")])
def test_nothing_bars_the_way_of_a_reader_of_the_other_views(
    app: Server, look: Callable[..., Page], view: str, width: int, language: str
) -> None:
    page = look(f"{app.url}/variasjon?sykehus={FJORDVIK}&visning={view}&lang={language}", width=width)
    assert lasting_findings(page) == []
    assert sideways(page) <= 0
    for chart in page.locator('[role="graphics-document"]').all():
        assert len(chart.get_attribute("aria-label") or "") > 30, "a chart has a description in words"


@pytest.mark.parametrize(("width", "beside"), [(1500, True), (1100, False)])
def test_the_list_stands_beside_the_chart_where_there_is_room(
    app: Server, look: Callable[..., Page], width: int, beside: bool
) -> None:
    page = look(f"{app.url}/variasjon?sykehus={FJORDVIK}&lang=nb", width=width)
    chart = page.locator('[role="graphics-document"]').first.bounding_box()
    table = page.locator(".nhr-units").first.bounding_box()
    assert chart and table
    assert (table["x"] > chart["x"] + chart["width"] / 2) == beside
    assert (table["y"] > chart["y"] + chart["height"]) == (not beside)
