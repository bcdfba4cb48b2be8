"""The road the app is for, walked in a browser: from the address to a chart a team can trust."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.addresses import FJORDVIK, IMAGING
from tests.browser.conftest import choose, drawn, words
from tests.support.server import Server

NARROW = "\u202f"  # before a percent sign


def test_from_the_start_page_to_the_signal_at_fjordvik(app: Server, look: Callable[..., Page]) -> None:
    page = look(app.url)
    choose(page, "Sykehus", "Fjordvik")
    page.get_by_role("link", name="Seriediagram").first.click()
    page.wait_for_url("**/seriediagram*")
    drawn(page)
    choose(page, "Indikator", "innen 15 minutter")
    choose(page, "Periode", "Alle år")
    expect(page.locator('[role="graphics-document"]').first).to_be_visible()
    text = words(page)
    assert "Fjordvik" in text
    change = re.search(rf"Klar bedring: fra (\S+){NARROW}% .*? til (\S+){NARROW}%", text)
    assert change, "the sentence says what has changed"
    assert [round(float(share.replace(",", "."))) for share in change.groups()] == [18, 60]
    run = re.search(r"(\d+) på rad over nivået før; naturlig variasjon gir inntil (\d+)", text)
    assert run, "and the signal is said"
    assert int(run[1]) > int(run[2])
    assert f"sykehus={FJORDVIK}" in page.url, "the address reopens this view"
    assert f"indikator={IMAGING}" in page.url


def test_a_link_reopens_exactly_the_view_it_was_copied_from(app: Server, look: Callable[..., Page]) -> None:
    address = f"{app.url}/seriediagram?sykehus={FJORDVIK}&periode=alt&lang=nb&indikator={IMAGING}&punkt=quarter"
    page = look(address)
    first = view(page)
    assert any("ett kvartal" in choice for choice in first[1])
    assert view(look(page.url)) == first


def view(page: Page) -> tuple[str, list[str]]:
    """What a reader sees of a page once it stands still: its words, and what its choices stand on."""
    main = page.locator('[data-testid="stMain"]')
    before, words_now = "", main.inner_text()
    while words_now != before:
        page.wait_for_timeout(1000)
        before, words_now = words_now, main.inner_text()
    boxes = main.locator('[data-testid="stSelectbox"]').all()
    return words_now, [f"{box.inner_text()} {box.get_by_role('combobox').input_value()}" for box in boxes]


def test_choices_survive_a_change_of_page_and_a_reload(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/seriediagram?sykehus={FJORDVIK}&lang=en")
    page.get_by_role("link", name="Overview").first.click()
    page.wait_for_url(f"{app.url}/?*")
    drawn(page)
    assert f"sykehus={FJORDVIK}" in page.url
    assert "Fjordvik" in page.inner_text('[data-testid="stMain"]')
    page.reload()
    drawn(page)
    assert "Fjordvik" in page.inner_text('[data-testid="stMain"]')
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_click_on_a_point_opens_the_form_of_a_new_event(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/seriediagram?sykehus={FJORDVIK}&lang=nb&indikator={IMAGING}&punkt=month&periode=60")
    page.locator('[role="graphics-document"] .mark-symbol path').nth(20).click()
    expect(page.get_by_text(re.compile(r"Ny hendelse fra 1\. \w+\.? 2022"))).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Lukk").click()
    expect(page.get_by_text("Ny hendelse fra")).to_have_count(0)
