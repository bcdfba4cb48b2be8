"""What is typed is never lost: by a closed tab, a server that dies, or somebody who writes in the same field."""

import json
import os
import re
import signal
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import drawn
from tests.browser.test_a11y import findings, sideways
from tests.support.server import ROOT, Server, free_port, serve

WHAT, WHO, PIECE, FORM = "Hva skal vi gjøre?", "Hvem?", "I en del som kjører alene", "I et skjema"
BAD = """<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1"> **fet** $x$ =cmd() 😀"""


class Store:
    """The one record that the small app saves, in a JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, name: str = "what") -> str | None:
        """What stands saved in a field."""
        return self.record()["fields"].get(name)

    def record(self) -> dict[str, Any]:
        return json.loads(self.path.read_text(encoding="utf-8"))

    def write(self, version: int, **fields: str) -> None:
        """Save as somebody else would, elsewhere."""
        record = {"version": version, "fields": fields, "who": "Overlege", "when": "2026-01-05T12:00:00"}
        half = self.path.with_suffix(".new")
        half.write_text(json.dumps(record), encoding="utf-8")
        half.replace(self.path)

    @property
    def version(self) -> int:
        return self.record()["version"]

    def environment(self) -> dict[str, str]:
        theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
        colours = {"STREAMLIT_THEME_BASE": theme["base"], "STREAMLIT_THEME_PRIMARY_COLOR": theme["primaryColor"]}
        quiet = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
        return {"STORE": str(self.path), "PYTHONPATH": str(ROOT), **colours, **quiet}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    empty = Store(tmp_path / "record.json")
    empty.write(1)
    return empty


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Store]]:
    folder = tmp_path_factory.mktemp("typed")
    store = Store(folder / "record.json")
    store.write(1)
    with small_app(store) as server:
        yield server, store


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Server, Store]]:
    """A small app of the test's own: nobody else can save into its record."""
    store = Store(tmp_path / "record.json")
    store.write(1)
    with small_app(store) as server:
        yield server, store


@pytest.fixture
def shared(_shared: tuple[Server, Store]) -> tuple[Server, Store]:
    """A running small app with an empty record, of a version that no page of another test knows."""
    store = _shared[1]
    store.write(store.version + 1000)
    return _shared


def small_app(store: Store, port: int = 0) -> Any:
    """The app of tests/support/typed_app.py on a record."""
    app = ROOT / "tests" / "support" / "typed_app.py"
    return serve(store.path.with_suffix(".log"), app=app, environment=store.environment(), port=port)


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser of somebody's own: nothing shared, nothing kept."""
    opened = []

    def open_browser(width: int = 1280) -> BrowserContext:
        opened.append(browser.new_context(viewport={"width": width, "height": 900}, locale="nb-NO"))
        return opened[-1]

    yield open_browser
    for context in opened:
        context.close()


def at(context: BrowserContext, server: Server, label: str = WHAT, query: str = "") -> tuple[Page, Locator]:
    """A new tab and one of its fields."""
    page = context.new_page()
    page.goto(f"{server.url}/?{query}")
    field = page.get_by_label(label)
    field.wait_for(timeout=60_000)
    drawn(page)
    return page, field


def kept(page: Page) -> list[str]:
    """The unsaved texts that lie in the browser."""
    values = page.evaluate("Object.entries(localStorage).filter(([k]) => k.startsWith('nhr-typed:')).map(([, v]) => v)")
    return [json.loads(value)["text"] for value in values]


def said(field: Locator) -> Locator:
    """The mark under a field."""
    return field.locator("xpath=ancestor::div[@class='field']").get_by_role("status")


def until(page: Page, done: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for something outside of the page."""
    for _ in range(int(seconds * 10)):
        if done():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come")


class TestNothingIsLost:
    def test_typed_and_the_tab_closed_at_once(self, shared, person):
        server, store = shared
        browser = person()
        page, field = at(browser, server)
        field.press_sequentially("Lege møter i ambulansehallen")
        page.close()
        page, field = at(browser, server)
        expect(field).to_have_value("Lege møter i ambulansehallen")
        until(page, lambda: store() == "Lege møter i ambulansehallen")
        expect(field).to_have_value("Lege møter i ambulansehallen")
        until(page, lambda: kept(page) == [])

    def test_it_is_on_the_shelf_before_any_pause(self, shared, person):
        server, store = shared
        page, field = at(person(), server)
        field.evaluate("e => { e.focus(); document.execCommand('insertText', false, 'x') }")
        assert kept(page) == ["x"]
        expect(said(field)).to_have_text("lagret")
        assert (store(), kept(page)) == ("x", [])

    def test_the_tab_closed_while_the_server_is_away(self, store, person):
        browser, port = person(), free_port()
        with small_app(store, port) as server:
            page, field = at(browser, server)
            os.kill(server.pid, signal.SIGKILL)
            field.press_sequentially("skrevet uten nett")
            page.close()
        with small_app(store, port) as server:
            page, field = at(browser, server)
            expect(field).to_have_value("skrevet uten nett")
            until(page, lambda: store() == "skrevet uten nett")

    def test_the_server_started_anew_in_the_middle_of_an_edit(self, store, person):
        """The dialog that Streamlit then shows must not take the cursor from whoever writes."""
        port = free_port()
        with small_app(store, port) as server:
            page, field = at(person(), server)
            field.press_sequentially("før")
            expect(said(field)).to_have_text("lagret")
            field.evaluate("e => e.addEventListener('blur', (event) => (window.taker = event.relatedTarget.role))")
            os.kill(server.pid, signal.SIGKILL)
        field.press_sequentially(", under")
        page.wait_for_function("window.taker === 'dialog'", timeout=60_000)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(said(field)).to_have_text("ikke lagret ennå, teksten er tatt vare på her", timeout=15_000)
        page.keyboard.type(" og etter")
        with small_app(store, port):
            until(page, lambda: store() == "før, under og etter", 60)
            expect(said(field)).to_have_text("lagret")
            expect(field).to_have_value("før, under og etter")
            assert store.version == 3

    def test_what_was_saved_before_a_restart_does_not_count_after_it(self, store, person):
        """A browser repeats its old values to a new server; somebody may have written since."""
        port = free_port()
        with small_app(store, port) as server:
            page, field = at(person(), server)
            field.press_sequentially("gammelt")
            expect(said(field)).to_have_text("lagret")
            field.blur()
        store.write(9, what="nytt fra en annen")
        with small_app(store, port):
            page.wait_for_selector('[data-test-connection-state="CONNECTED"]', timeout=60_000)
            page.get_by_label(WHO).fill("en som skriver videre")
            expect(field).to_have_value("nytt fra en annen")
            until(page, lambda: store("who") == "en som skriver videre")
            assert page.get_by_text("To versjoner").count() == 0
            assert (store(), store.version) == ("nytt fra en annen", 10)

    def test_writing_on_while_the_server_saves(self, shared, person):
        server, store = shared
        page, field = at(person(), server)
        text = "Vi ringer før pasienten kommer, hver vakt i en uke."
        for part in re.findall("..?.?.?", text):
            field.press_sequentially(part, delay=40)
            page.wait_for_timeout(500)  # sometimes sent between, sometimes not
        expect(said(field)).to_have_text("lagret")
        expect(field).to_have_value(text)
        assert store() == text
        assert page.get_by_text("To versjoner").count() == 0

    def test_a_run_that_comes_while_its_code_is_loaded_leaves_the_field_alive(self, shared, person):
        """Streamlit hands over both runs' data, then takes the first back, as if the field had left the page."""
        _, box = at(person(), shared[0], WHO)
        heard = box.evaluate(
            """async (shown, code) => {
                const field = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
                const parentElement = document.body.appendChild(document.createElement("div"));
                parentElement.innerHTML = shown.closest("div.field").outerHTML;
                const data = { key: "twice", rows: 1, longest: 9, saved: "", version: 1, session: "s", words: {},
                               seen: 0, settled: 0, forgotten: 0, error: "" };
                const heard = [];
                const run = () => field.default({ data, parentElement, setStateValue: (_, sent) => heard.push(sent) });
                const takeBack = run();
                run();
                takeBack();
                const box = parentElement.querySelector("#box");
                box.value = "ord";
                box.dispatchEvent(new Event("input"));
                await new Promise(resolve => setTimeout(resolve, 1500));
                return heard.map(({ text }) => text);
            }""",
            (ROOT / "nhr_dash" / "ui" / "typed.js").read_text(encoding="utf-8"),
        )
        assert heard == ["ord"]

    def test_two_fields_of_one_record_one_after_the_other(self, shared, person):
        server, store = shared
        page, field = at(person(), server)
        other, first = page.get_by_label(WHO), store.version
        field.press_sequentially("noe")
        other.press_sequentially("noen")
        page.get_by_label(PIECE).press_sequentially("mer")
        until(page, lambda: (store(), store("who"), store("piece")) == ("noe", "noen", "mer"))
        expect(said(other)).to_have_text("lagret")
        assert page.get_by_text("To versjoner").count() == 0
        assert store.version == first + 3

    def test_two_tabs_of_one_browser(self, shared, person):
        """Neither writes over what the other keeps."""
        server, _ = shared
        browser = person()
        one, field = at(browser, server)
        two, other = at(browser, server)
        for each, text in ((field, "fra den ene"), (other, "fra den andre")):
            each.evaluate(f"e => {{ e.focus(); document.execCommand('insertText', false, '{text}') }}")
        until(one, lambda: any(tab.get_by_text("To versjoner").count() for tab in (one, two)))
        clash = next(tab for tab in (one, two) if tab.get_by_text("To versjoner").count())
        both = clash.get_by_label("Sammenslått tekst").input_value()
        assert sorted(both.split("\n\n")) == ["fra den andre", "fra den ene"]

    def test_old_leftovers_are_swept(self, shared, person):
        server, store = shared
        page, _ = at(person(), server)
        script = """days => localStorage.setItem('nhr-typed:cycle:1:what|x', JSON.stringify(
            {text: 'gammelt', base: '', version: 1, at: Date.now() - days * 86400000}))"""
        page.evaluate(script, 15)
        page.reload()
        drawn(page)
        assert (kept(page), store()) == ([], None)
        page.evaluate(script, 13)
        page.reload()
        until(page, lambda: store() == "gammelt")

    def test_too_long_is_kept_and_not_sent(self, small, person):
        server, store = small
        browser = person()
        page, field = at(browser, server, PIECE)
        field.fill("x" * 60)
        expect(page.get_by_role("alert").filter(has_text="lengre enn 50 tegn")).to_be_visible()
        assert field.get_attribute("aria-invalid") == "true"
        expect(page.get_by_text("10 tegn for mye")).to_be_visible()
        page.wait_for_timeout(1000)
        assert store("piece") is None
        page.reload()
        expect(field).to_have_value("x" * 60)
        field.press("End")
        for _ in range(10):
            field.press("Backspace")
        until(page, lambda: store("piece") == "x" * 50)

    def test_ten_thousand_characters(self, shared, person):
        server, store = shared
        page, field = at(person(), server)
        text = ("Æ ø å 😀 " * 2000)[:9_999] + "."
        field.fill(text)
        until(page, lambda: store() == text)
        page.reload()
        expect(field).to_have_value(text)

    def test_inside_a_form_it_is_sent_with_the_form(self, shared, person):
        server, _ = shared
        page, field = at(person(), server, FORM, "form=1")
        field.press_sequentially("først")
        page.wait_for_timeout(1500)
        assert kept(page) == ["først"]
        assert "Sendt: først" not in page.inner_text("body")
        field.press_sequentially(" og sist")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Sendt: først og sist")).to_be_visible()


class TestTwoPeople:
    @pytest.fixture
    def both(self, shared, person) -> tuple[Page, Locator, Store]:
        """Somebody has written while another saved: the page of the first, with the choice."""
        server, store = shared
        store.write(store.version + 1, what="Ring før ankomst")
        page, field = at(person(), server, query="who=Overlege")
        mine, my_field = at(person(), server)
        field.fill("Ring ti minutter før ankomst")
        until(page, lambda: store() == "Ring ti minutter før ankomst")
        return mine, my_field, store

    def test_changes_apart_from_each_other_are_merged(self, both):
        page, field, store = both
        field.press("End")
        field.press_sequentially(" til CT")
        expect(page.get_by_text("Overlege lagret en annen tekst")).to_be_visible()
        editor = page.get_by_label("Sammenslått tekst")
        expect(editor).to_have_value("Ring ti minutter før ankomst til CT")
        expect(page.locator("ins").first).to_contain_text("til CT")
        assert store() == "Ring ti minutter før ankomst", "nothing is written over"
        page.get_by_role("button", name="Lagre sammenslått").click()
        until(page, lambda: store() == "Ring ti minutter før ankomst til CT")
        expect(field).to_have_value("Ring ti minutter før ankomst til CT")
        expect(page.get_by_text("To versjoner")).to_have_count(0)
        assert kept(page) == []

    def test_a_meeting_in_the_same_words_shows_both(self, both):
        page, field, store = both
        field.fill("Ring fem minutter før ankomst")
        editor = page.get_by_label("Sammenslått tekst")
        expect(editor).to_have_value("Ring fem minutter før ankomst\n\nRing ti minutter før ankomst")
        editor.fill("Ring fem til ti minutter før ankomst")
        page.wait_for_timeout(1000)
        page.reload()
        expect(editor).to_have_value("Ring fem til ti minutter før ankomst")
        editor.press("End")
        editor.press_sequentially("!")
        page.get_by_role("button", name="Lagre sammenslått").click()
        until(page, lambda: store() == "Ring fem til ti minutter før ankomst!")
        expect(field).to_have_value("Ring fem til ti minutter før ankomst!")
        until(page, lambda: kept(page) == [])

    @pytest.mark.parametrize(
        ("button", "text"),
        [("Behold min", "Ikke ring"), ("Behold den andres", "Ring ti minutter før ankomst")],
    )
    def test_one_is_chosen(self, both, button, text):
        page, field, store = both
        field.fill("Ikke ring")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text("To versjoner")).to_have_count(0)
        expect(field).to_have_value(text)
        assert (store(), kept(page)) == (text, [])
        field.press("End")
        field.press_sequentially(" nå")
        until(page, lambda: store() == f"{text} nå")

    def test_what_another_saves_comes_when_nobody_writes_there(self, both):
        page, field, store = both
        other = page.get_by_label(WHO)
        other.fill("Sykepleier")
        expect(field).to_have_value("Ring ti minutter før ankomst")
        assert store("who") == "Sykepleier"


class TestForEverybody:
    @pytest.mark.parametrize("width", [400, 1600])
    def test_nothing_bars_the_way_of_a_reader(self, shared, person, width):
        server, store = shared
        store.write(store.version + 1, what="en to tre")
        page, field = at(person(width), server)
        store.write(store.version + 1, what="en to fire fem")
        assert findings(page) == []
        field.fill("ett to tre")
        page.get_by_label(PIECE).fill("x" * 60)
        page.get_by_role("button", name="Behold min").wait_for()
        drawn(page)
        assert findings(page) == []
        assert sideways(page) <= 0

    def test_by_keyboard_alone(self, shared, person):
        server, store = shared
        page, field = at(person(), server)
        field.focus()
        page.keyboard.type("en")
        page.keyboard.press("Tab")
        page.keyboard.type("to")
        page.keyboard.press("Enter")
        until(page, lambda: (store(), store("who")) == ("en", "to"))

    def test_what_looks_like_code_is_text(self, shared, person):
        server, store = shared
        store.write(store.version + 1, what=BAD)
        page, field = at(person(), server)
        expect(field).to_have_value(BAD)
        store.write(store.version + 1, what=f"{BAD} {BAD}")
        field.fill(f"nei {BAD}")
        expect(page.get_by_label("Sammenslått tekst")).to_have_value(f"nei {BAD} {BAD}")
        page.wait_for_timeout(500)
        assert page.evaluate("window.hacked") is None
        assert page.locator("img[src=x]").count() == 0
        assert "<script>" in page.locator(".nhr-version").first.inner_text()
