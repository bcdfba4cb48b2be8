"""From an area to a project with its numbers filled in, and from the questions to a list of tasks."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from nhr_dash.improvement.questions import PYRAMID
from tests.browser.addresses import FJORDVIK
from tests.browser.conftest import drawn, press
from tests.support.server import Server


def test_an_area_becomes_a_project_with_its_baseline(own_app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{own_app.url}/forbedringsomrader?sykehus={FJORDVIK}&lang=nb&naa=fifth")
    expect(page.get_by_text("flere pasienter i året").first).to_be_visible()
    first = page.locator('[class*="st-key-area_"]').first
    title = first.get_by_role("link").first.inner_text().split(":")[0]
    press(page, "Begynn prosjekt")
    page.wait_for_url("**/nytt-prosjekt?*utkast=*")
    drawn(page)
    expect(page.get_by_label("Hva?", exact=True)).to_have_value(title)
    assert page.get_by_label("Hvor mye? (prosent)").input_value().isdigit()
    press(page, "Åpne prosjektet")
    page.wait_for_url("**/prosjekt?*")
    drawn(page)
    assert title in page.inner_text('[data-testid="stMain"]')
    plan = look(f"{page.url}&fane=maleplan").inner_text('[data-testid="stMain"]')
    assert re.search(r"utgangspunkt 1\. jan\. (20\d\d) – 31\. des\. \1", plan)


def test_questions_become_tasks_and_the_link_reopens_them(own_app: Server, look: Callable[..., Page]) -> None:
    link = f"visning=sporsmal&enhet={FJORDVIK}&indikator=pakke_bilde_15min"
    page = look(f"{own_app.url}/forbedringsomrader?sykehus={FJORDVIK}&lang=nb&{link}")
    expect(page.get_by_text("Dekningsgraden var").first).to_be_visible()
    page.get_by_text("Er alle pasientene registrert?").click()
    drawn(page)
    assert link.split("&")[1] in page.url
    press(page, "Begynn et prosjekt med spørsmålene")
    page.wait_for_url("**/nytt-prosjekt?*utkast=*")
    drawn(page)
    press(page, "Åpne prosjektet")
    page.wait_for_url("**/prosjekt?*")
    drawn(page)
    asked = sum(len(level) for level in PYRAMID.values())
    assert f"Oppgaver ({asked - 1})" in page.inner_text('[data-testid="stMain"]')


def test_the_funnel_leads_to_the_questions_about_a_hospital_outside(app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{app.url}/variasjon?sykehus={FJORDVIK}&lang=nb&indikator=hjerneslag_inn_enhet")
    row = page.locator(".nhr-units tr", has=page.get_by_role("link", name="Spørsmål å stille")).first
    hospital = row.get_by_role("link").first.inner_text()
    address = row.get_by_role("link", name="Spørsmål å stille").get_attribute("href")
    page = look(f"{app.url}/{address}")
    expect(page.get_by_role("combobox", name="Om hvilket sykehus")).to_have_value(hospital)
    expect(page.get_by_text("Er alle pasientene registrert?")).to_be_visible()
