"""From an empty thought to an open project, as a person does it: the list, the guide, the project, the idea bank."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.addresses import FJORDVIK
from tests.browser.conftest import choose, drawn, press
from tests.support.server import Server


def test_a_project_begins_in_three_minutes_and_survives_a_reload(own_app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{own_app.url}/prosjekter?sykehus={FJORDVIK}&lang=nb")
    press(page, "Nytt prosjekt")
    page.wait_for_url("**/nytt-prosjekt*")
    choose(page, "Hva skal bli bedre?", "30 minutter etter innleggelse (pakkeforløp)")
    expect(page.get_by_text("Hvor lenge må vi vente?")).to_be_visible()
    press(page, "Begynn prosjektet")
    title = "Nål på 30 <b>minutter</b> **også** om natten"
    page.get_by_label("Hva?", exact=True).fill(title)
    press(page, "det minste dere kan se på et år")
    press(page, "om 12 måneder")
    expect(page.get_by_text("få trombolyse innen 30 minutter (nå").first).to_be_visible()
    page.reload()
    drawn(page)
    expect(page.get_by_label("Hva?", exact=True)).to_have_value(title)
    press(page, "Legg til en test")
    press(page, "Åpne prosjektet")
    page.wait_for_url("**/prosjekt?*")
    drawn(page)
    assert title in page.inner_text('[data-testid="stMain"]')
    page.get_by_role("link", name="Prosjekter").first.click()
    page.wait_for_url("**/prosjekter*")
    drawn(page)
    expect(page.get_by_role("link", name=title)).to_be_visible()


def test_the_link_of_a_list_keeps_its_choices(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/prosjekter?sykehus={FJORDVIK}&lang=nb&enhet=alle&status=closed")
    shown = page.locator(".nhr-card").count()
    assert shown > 0
    assert "pågår" not in page.inner_text('[data-testid="stMain"]')
    again = look(page.url)
    assert again.locator(".nhr-card").count() == shown
    again.get_by_text("Tabell", exact=True).click()
    again.wait_for_url("**visning=tabell**")


def test_ideas_are_found_by_a_word_and_hospitals_by_their_numbers(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/idebank?sykehus={FJORDVIK}&lang=nb")
    every = page.locator(".nhr-idea").count()
    page.get_by_label("Søk").fill("kjøkkenet")
    page.get_by_label("Søk").press("Enter")
    drawn(page)
    assert 0 < page.locator(".nhr-idea").count() < every
    page = look(f"{app.url}/idebank?sykehus={FJORDVIK}&lang=nb&gjelder=hjerneslag_inn_enhet")
    expect(page.get_by_role("link", name="Skogvik: ").first).to_be_visible(timeout=30_000)
