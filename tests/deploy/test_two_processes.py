"""Two processes, one database: an edit is seen in the other, a dead process stops nobody, a restart goes unnoticed."""

import re
import threading
import time

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import drawn
from tests.deploy.conftest import COLLEAGUE, EVERYTHING, FJORDVIK, NURSE, House, Node, People, node_of

pytestmark = EVERYTHING

FIELD = "Hva ble annerledes enn planlagt?"
SAVED = 20_000


def field(page: Page) -> Locator:
    return page.get_by_label(FIELD, exact=True)


def saved(page: Page) -> None:
    """Wait until the field says that what stands in it is saved."""
    expect(page.locator("div.field", has=field(page)).get_by_role("status")).to_have_text("lagret", timeout=SAVED)


def still_signed_in(page: Page) -> None:
    expect(page.get_by_text("Innloggingen er avsluttet")).to_have_count(0)
    assert "/logg-inn" not in page.url


def test_an_edit_in_one_process_is_seen_in_the_other(house: House, person: People) -> None:
    cycle = house.cycle(0)
    nurse, colleague = person(NURSE, house.settled(cycle), "a"), person(COLLEAGUE, house.settled(cycle), "b")
    assert (node_of(nurse), node_of(colleague)) == ("a", "b")
    field(nurse).fill("Skrevet i den ene prosessen.")
    saved(nurse)
    colleague.reload()
    drawn(colleague)
    expect(field(colleague)).to_have_value("Skrevet i den ene prosessen.")
    used = {name: f":{node.port} " for name, node in house.nodes.items()}
    streams = [line for line in house.proxy.log().splitlines() if "/_stcore/stream" in line]
    assert all(used["a"] in line or used["b"] in line for line in streams)


def test_whoever_was_with_a_process_that_dies_goes_on_in_the_other(house: House, person: People) -> None:
    cycle = house.cycle(1)
    page = person(NURSE, house.settled(cycle), "a")
    field(page).fill("Lagret før prosessen døde.")
    saved(page)
    field(page).press_sequentially(" Skrevet i det den døde.", delay=5)
    house.nodes["a"].kill()
    try:
        saved(page)
        still_signed_in(page)
        assert node_of(page) == "b"
        assert house.kept(cycle) == "Lagret før prosessen døde. Skrevet i det den døde."
        page.goto(f"{house.url}/seriediagram?sykehus={FJORDVIK}&indikator=pakke_bilde_15min")
        drawn(page)
        expect(page.locator("[role=graphics-document]").first).to_be_visible()
    finally:
        house.nodes["a"].start()
    page.reload()
    drawn(page)
    assert node_of(page) == "b", "nobody is moved back"


def test_each_process_is_restarted_while_somebody_works(house: House, person: People) -> None:
    cycle = house.cycle(2)
    page = person(NURSE, house.settled(cycle))
    first = house.nodes[node_of(page)]
    other = next(node for node in house.nodes.values() if node is not first)
    words = ""
    for node in (first, other):
        seen: list[int] = []
        restart = threading.Thread(target=restarted, args=(node, seen))
        restart.start()
        while restart.is_alive():
            words = f"{words} {node.name}{len(words)}".strip()
            field(page).fill(words)
            page.wait_for_timeout(900)  # a pause: what stands there is sent
        assert 503 in seen, "it says that it is about to stop, while it still serves"
        assert node.ready() == 200
        saved(page)
        still_signed_in(page)
    assert house.kept(cycle) == words
    assert re.fullmatch(r"(\w+ ?){4,}", words)


def restarted(node: Node, seen: list[int]) -> None:
    """Stop a process as the system does, watch what it says of itself meanwhile, and start it."""
    watching = threading.Event()

    def watch() -> None:
        while not watching.is_set():
            seen.append(node.ready())
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    node.stop()
    watching.set()
    watcher.join()
    node.start()
