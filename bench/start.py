"""A second start, database in place: from the command to the first chart painted in a browser."""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.apps import HOSPITALS, PAGE, bare, link, ours, take_specs
from bench.reading import Reading
from tests.support import chromium
from tests.support.server import Server

ROUNDS = 5
CHART = '[role="graphics-document"]'


def measure(database: Path, folder: Path) -> list[Reading]:
    """The three apps are started in turn, each time a fresh process and an empty browser."""
    with ours(database, folder / "ours.txt") as app:
        specs = take_specs(app, folder)
    log = folder / "start.txt"
    starts: dict[str, Callable[[], float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        page = f"/{PAGE}?{link(HOSPITALS[0])}"
        starts["ours"] = lambda: first_chart(browser, lambda: ours(database, log), page)
        starts["chart"] = lambda: first_chart(browser, lambda: bare("bare_chart.py", log), "/")
        starts["dict"] = lambda: first_chart(
            browser, lambda: bare("bare_dict.py", log, {"BENCH_SPECS": str(specs)}), "/"
        )
        seconds: dict[str, list[float]] = {name: [] for name in starts}
        for _ in range(ROUNDS):
            for name, start in starts.items():
                seconds[name].append(start())
        browser.close()
    median = {name: statistics.median(values) for name, values in seconds.items()}
    return [
        Reading("second start, bare app with a finished spec and no data library", median["dict"], "s"),
        Reading("second start, bare app with a frame and a chart", median["chart"], "s"),
        Reading("second start, run chart page", median["ours"], "s"),
        Reading(
            "second start against the bare app with a frame and a chart", median["ours"] / median["chart"], "times", 1.3
        ),
    ]


def first_chart(browser: Browser, start: Callable[[], AbstractContextManager[Server]], path: str) -> float:
    """Seconds from starting the process to a chart on the page."""
    begun = time.perf_counter()
    with start() as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
        page = context.new_page()
        page.goto(server.url + path)
        page.wait_for_selector(CHART, timeout=60_000)
        seconds = time.perf_counter() - begun
        context.close()
    return seconds
