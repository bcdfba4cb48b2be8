"""Two app processes on one PostgreSQL, behind the proxy that is shipped, with real sign-in."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from nhr_dash import access, backup, database
from nhr_dash.improvement.models import Cycle, Project
from nhr_dash.registry import grants
from tests.browser.conftest import drawn
from tests.support import nginx, postgres
from tests.support.provider import provide, with_secret
from tests.support.server import Server, free_port, serve

NURSE, COLLEAGUE = "sykepleier", "kollega"
FJORDVIK = 999100001
DRAIN_SECONDS = 2


EVERYTHING = [getattr(pytest.mark, name) for name in ("browser", "postgres", "nginx", "provider")]
"""Marks of the tests that ask for the whole house."""


class Node:
    """One app process, which can be stopped, killed and started again at its port."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self.name, self.port = name, free_port()
        self.log = folder / f"{name}.txt"
        self._environment = environment
        self._running: AbstractContextManager[Server] | None = None
        self.pid = 0

    def start(self) -> None:
        """Start it, and wait until it is ready for people."""
        self._running = serve(self.log, environment=self._environment, port=self.port, shell=True)
        self.pid = self._running.__enter__().pid

    def stop(self) -> None:
        """End it as the system does, and wait until it has gone."""
        if self._running:
            self._running.__exit__(None, None, None)
            self._running = None

    def kill(self) -> None:
        """End it as a crash does."""
        os.kill(self.pid, signal.SIGKILL)
        self.stop()

    def ready(self) -> int:
        """What ``/klar`` answers; 0 where nobody listens."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/klar", timeout=5).status_code
        except httpx.TransportError:
            return 0


class House:
    """The whole installation."""

    def __init__(self, proxy: nginx.Proxy, nodes: dict[str, Node], engine: Engine) -> None:
        self.proxy, self.nodes, self.engine = proxy, nodes, engine

    @property
    def url(self) -> str:
        return self.proxy.url

    def cycle(self, place: int) -> Cycle:
        """A cycle of Fjordvik's running project."""
        with Session(self.engine) as session:
            running = select(Project.id).where(Project.unit == FJORDVIK, Project.status == "running")
            found = select(Cycle).where(Cycle.project.in_(running)).order_by(Cycle.number)
            return session.scalars(found).all()[place]

    def kept(self, cycle: Cycle) -> str:
        """What stands saved in the field of a cycle that the tests write in."""
        with Session(self.engine) as session:
            return session.scalars(select(Cycle.deviations).where(Cycle.id == cycle.id)).one()

    def settled(self, cycle: Cycle) -> str:
        """The address of the part of a cycle in which is written what came out."""
        return f"{self.url}/syklus?sykehus={FJORDVIK}&lang=nb&syklus={cycle.id}&kort=utfor"


@pytest.fixture(scope="session")
def house(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    ports = {name: free_port() for name in ("tls", "plain")}
    url = f"https://localhost:{ports['tls']}"
    with ExitStack() as stack:
        address = stack.enter_context(postgres.running()).empty()
        engine = database.connect(address)
        stack.callback(engine.dispose)
        backup.restore(engine, a_part_of(sample_database, folder))
        admit(engine)
        client = with_secret(url)
        signing_in = stack.enter_context(provide(folder / "provider.txt", client, pushed=False))
        environment = {"NHR_DATABASE_URL": address, "NHR_DRAIN_SECONDS": str(DRAIN_SECONDS), **signing_in}
        nodes = {name: Node(name, folder, environment) for name in ("a", "b")}
        for node in nodes.values():
            stack.callback(node.stop)
        with ThreadPoolExecutor() as both:
            list(both.map(Node.start, nodes.values()))
        proxy = stack.enter_context(nginx.proxy(folder, {**ports, **{name: one.port for name, one in nodes.items()}}))
        yield House(proxy, nodes, engine)


def a_part_of(sample: Path, folder: Path) -> Path:
    """The sample registry with the patients of the training hospitals alone: a restore takes a tenth of the time."""
    path = Path(shutil.copy(sample, folder / "part.db"))
    with closing(sqlite3.connect(path)) as part:
        part.execute("PRAGMA journal_mode=OFF")
        for table in ("fact", "day_summary", "outcome_fact"):
            part.execute(f"DELETE FROM {table} WHERE hospital NOT BETWEEN 999100001 AND 999100099")
        part.execute("DELETE FROM akuttskjema WHERE orgnr NOT BETWEEN 999100001 AND 999100099")
        part.execute("DELETE FROM expected WHERE admission NOT IN (SELECT id FROM akuttskjema)")
        for table in ("oppfolgingsskjema", "trombektomiskjema"):
            part.execute(f"DELETE FROM {table} WHERE HovedskjemaGUID NOT IN (SELECT SkjemaGUID FROM akuttskjema)")
        part.commit()
    return path


def admit(engine: Engine) -> None:
    """A nurse who works in Fjordvik's team, and a colleague who holds every role."""
    everything = access.everything("test")
    with engine.begin() as connection:
        for person in (NURSE, COLLEAGUE):
            grants.remember(connection, person, person.capitalize())
            grants.give(connection, everything, person, access.Role.TEAM, FJORDVIK)
        grants.give(connection, everything, COLLEAGUE, access.Role.LEADER, FJORDVIK)
        grants.give(connection, everything, COLLEAGUE, access.Role.FAGRAAD, None)
        grants.give(connection, everything, COLLEAGUE, access.Role.REGISTRY, None)


@pytest.fixture
def person(house: House, browser: Browser) -> Iterator["People"]:
    people = People(house, browser)
    yield people
    for context in people.opened:
        context.close()


class People:
    """Browsers of signed-in people."""

    def __init__(self, house: House, browser: Browser) -> None:
        self._house, self._browser = house, browser
        self.opened: list[BrowserContext] = []

    def __call__(self, name: str, address: str, node: str = "") -> Page:
        """Somebody who has come through the provider to an address; ``node``: the one their cookie names beforehand."""
        context = self._browser.new_context(
            ignore_https_errors=True, locale="nb-NO", viewport={"width": 1280, "height": 900}
        )
        self.opened.append(context)
        if node:
            context.add_cookies([{"name": "nhr_node", "value": node, "url": self._house.url}])
        page = context.new_page()
        page.goto(address)
        page.locator("[name=login]").fill(name)
        page.locator("[name=password]").fill("-")
        page.locator("[type=submit]").click()
        page.locator("[type=submit]").click()
        drawn(page)
        return page


def node_of(page: Page) -> str:
    """The node that a browser's cookie names."""
    return next((one["value"] for one in page.context.cookies() if one["name"] == "nhr_node"), "")
