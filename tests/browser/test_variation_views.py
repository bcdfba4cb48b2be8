"""All hospitals and attainment as a person meets them: chosen, drawn in time, and clicked through to a run chart."""

from collections.abc import Callable
from time import perf_counter

from playwright.sync_api import Page, expect

from tests.browser.conftest import drawn, words
from tests.support.server import Server

BODO, AHUS = 974795361, 974706490
POINTS = "() => document.querySelectorAll('.st-key-multiples svg.marks path').length"


def click_by(page: Page, text: str, right: float, down: float) -> None:
    """Click at a distance from the right end of a text of the chart."""
    at = page.locator("svg.marks text", has_text=text).first
    at.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box = at.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] + right, box["y"] + down)


def test_47_hospitals_are_drawn_in_time_and_a_panel_opens_its_run_chart(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/variasjon?visning=alle&sykehus={BODO}&lang=nb&inndeling=month&aar0=2022&aar2=2024")
    page.wait_for_function(f"({POINTS})() > 1500", timeout=30_000)
    said = words(page)
    assert "Fra januar 2022 til desember 2024" in said and "Tynset" in said
    # Drawn anew without asking anything: what the browser itself takes, with room for a busy machine.
    begun = perf_counter()
    page.get_by_role("radio", name="Navn").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.st-key-multiples svg.marks text')].map(e => e.textContent)"
        ".filter(e => ['Ahus', 'Arendal'].includes(e)).join() === 'Ahus,Arendal'",
        timeout=30_000,
    )
    assert perf_counter() - begun < 2 * 4
    drawn(page)
    click_by(page, "Ahus", 20, 60)
    page.wait_for_url(f"**/seriediagram?*sykehus={AHUS}*punkt=month*")
    drawn(page)
    expect(page.get_by_role("combobox", name="Sykehus").first).to_have_value("Ahus")


def test_two_columns_on_a_phone(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/variasjon?visning=alle&sykehus={BODO}&lang=nb&inndeling=tertial", width=400)
    lefts = page.evaluate(
        "() => [...new Set([...document.querySelectorAll('.st-key-multiples svg.marks text')]"
        ".filter(e => / pasienter i året/.test(e.textContent)).map(e => Math.round(e.getBoundingClientRect().x)))]"
    )
    assert len(lefts) == 2
    assert max(lefts) < 300


def test_bodos_story_is_seen_and_a_cell_opens_its_run_chart(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/variasjon?visning=maal&sykehus={BODO}&lang=nb&aar=2021")
    assert "6 av 11 → 10 av 12" in words(page)
    assert "Bodø har høy måloppnåelse på 6 av 11 indikatorer i 2020 og 10 av 12 i 2021." in words(page)
    page.get_by_role("radio", name="Signal").click()
    page.wait_for_url("**viser=signal**", timeout=60_000)
    drawn(page)
    assert "utenfor den vanlige variasjonen" in words(page)
    # The last column before the counts: 150 px from the right.
    click_by(page, "6 av 11 → 10 av 12", -180, 8)
    page.wait_for_url(f"**/seriediagram?*sykehus={BODO}*indikator=hjerneslag_tverrfaglig*")
