"""The fagråd moves a limit, sees which hospitals change level, and stores a proposal that changes nothing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import drawn, press
from tests.support.server import Server

LIPID = "hjerneslag_ut_lipidsenk"


def test_a_limit_is_moved_and_a_proposal_stored_and_taken_back(own_app: Server, look: Callable[..., Page]) -> None:
    page = look(f"{own_app.url}/indikatorene?lang=nb&rolle=fagraad&aar=2019&indikator={LIPID}")
    page.get_by_role("slider", name="Høy fra").focus()
    for _ in range(10):  # slower than it sends, faster than it is answered: it never leaps back
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(250)
    page.wait_for_url("**hoy=85**")
    expect(page.get_by_text("sykehus ville bytte nivå i 2019")).to_be_visible()
    page.get_by_role("textbox", name="Hvorfor?").fill("Nesten alle står på høy.")
    press(page, "Lagre forslaget")
    expect(page.get_by_text("Forslaget er lagret. Grensene er ikke endret.")).to_be_visible()
    again = look(f"{own_app.url}/indikatorene?lang=nb&rolle=team&aar=2019&indikator={LIPID}")
    expect(again.get_by_text("Nesten alle står på høy.")).to_be_visible()
    expect(again.get_by_text("Fagråd, ")).to_be_visible()
    expect(again.get_by_text("høy fra 75")).to_be_visible()
    page.reload()
    drawn(page)
    press(page, "Slett")
    expect(page.get_by_text("Nesten alle står på høy.")).to_have_count(0)
    press(page, "Angre")
    expect(page.get_by_text("Nesten alle står på høy.")).to_be_visible()
