"""A hundred people on one process, each choosing something every fifth second."""

import asyncio
import random
import time
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.apps import HOSPITALS, PAGE, link, ours
from bench.reading import Reading, percentile
from tests.support.session import is_end, rerun_message, stream_address

PEOPLE = 100
SECONDS_BETWEEN = 5.0
SECONDS_MEASURED = 30.0
ARRIVAL_SECONDS = 20.0


def measure(database: Path, folder: Path) -> list[Reading]:
    """Everyone arrives within twenty seconds; from then on thirty seconds are measured."""
    with ours(database, folder / "load.txt") as app:
        waited = asyncio.run(_crowd(app.port))
    return [
        Reading(
            f"{PEOPLE} people, one action each {SECONDS_BETWEEN:g} s: actions a second",
            len(waited) / SECONDS_MEASURED,
            "1/s",
        ),
        Reading(f"{PEOPLE} people: median wait", percentile(waited, 0.5), "s"),
        Reading(f"{PEOPLE} people: 95th percentile of the wait", percentile(waited, 0.95), "s", 1.0),
    ]


async def _crowd(port: int) -> list[float]:
    begun = time.perf_counter()
    people = [_person(port, random.Random(number), begun) for number in range(PEOPLE)]
    return [wait for waits in await asyncio.gather(*people) for wait in waits]


async def _person(port: int, dice: random.Random, begun: float) -> list[float]:
    """The waits of one person's actions in the measured time."""
    waits: list[float] = []
    end = begun + ARRIVAL_SECONDS + SECONDS_MEASURED
    await asyncio.sleep(dice.uniform(0, ARRIVAL_SECONDS - SECONDS_BETWEEN))
    async with connect(stream_address(port), subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        turn = dice.randrange(2)
        page, _ = await _act(socket, page_name=PAGE, query=link(HOSPITALS[turn]))
        while time.perf_counter() < end:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * SECONDS_BETWEEN)
            turn += 1
            started = time.perf_counter()
            _, wait = await _act(socket, page_hash=page, query=link(HOSPITALS[turn % 2]))
            if begun + ARRIVAL_SECONDS <= started < end:
                waits.append(wait)
    return waits


async def _act(socket: ClientConnection, **request: str) -> tuple[str, float]:
    """Ask for one run; the page's hash and the seconds until it had finished."""
    started = time.perf_counter()
    await socket.send(rerun_message(**request))
    page = ""
    while True:
        message = ForwardMsg()
        message.ParseFromString(await socket.recv(decode=False))
        if message.WhichOneof("type") == "navigation":
            page = message.navigation.page_script_hash
        if is_end(message):
            return page, time.perf_counter() - started
