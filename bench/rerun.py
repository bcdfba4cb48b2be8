"""Server time of a rerun: a choice is changed, until the server says that the script has finished."""

import statistics
from pathlib import Path

from bench.apps import HOSPITALS, PAGE, bare, link, ours, take_specs
from bench.reading import Reading, percentile
from tests.support.session import Session, selectbox

ROUNDS = 60
WARM_UP = 8


def measure(database: Path, folder: Path) -> list[Reading]:
    """Both apps run side by side and are asked in turn, so that a busy machine slows both."""
    with ours(database, folder / "ours.txt") as app:
        specs = take_specs(app, folder)
        with (
            bare("bare_dict.py", folder / "bare.txt", {"BENCH_SPECS": str(specs)}) as plain,
            bare("bare_page.py", folder / "page.txt", {"BENCH_SPECS": str(specs)}) as floor,
            Session(app.port) as session,
            Session(plain.port) as plain_session,
            Session(floor.port) as floor_session,
        ):
            choice = plain_session.run().of_kind("selectbox")[0].id  # type: ignore[attr-defined]
            floor_choice = selectbox(floor_session.run(), "Hospital").id  # type: ignore[attr-defined]
            opened = session.run(page_name=PAGE, query=link(HOSPITALS[0]))
            page, fragment = opened.hash, opened.fragment
            grain = selectbox(opened, "Hvert punkt er")
            points = [grain.options[place] for place in (2, 3)]  # type: ignore[attr-defined]
            parts: list[float] = []
            mine: list[float] = []
            theirs: list[float] = []
            elements: list[float] = []
            for turn in range(WARM_UP + ROUNDS):
                mine.append(session.run(page_hash=page, query=link(HOSPITALS[turn % 2])).seconds)
                parts.append(
                    session.run(page_hash=page, fragment=fragment, widgets={grain.id: points[turn % 2]}).seconds  # type: ignore[attr-defined]
                )
                theirs.append(plain_session.run(widgets={choice: str(turn % 2)}).seconds)
                elements.append(floor_session.run(widgets={floor_choice: str(turn % 2)}).seconds)
    parts = parts[WARM_UP:]
    mine, theirs, elements = mine[WARM_UP:], theirs[WARM_UP:], elements[WARM_UP:]
    ratio = statistics.median(mine) / statistics.median(theirs)
    return [
        Reading("rerun, bare app with the same finished chart (median)", 1000 * statistics.median(theirs), "ms"),
        Reading("rerun, bare app with all elements of our page (median)", 1000 * statistics.median(elements), "ms"),
        Reading("rerun, run chart page (median)", 1000 * statistics.median(mine), "ms"),
        Reading(
            "rerun, a choice beside the chart: its part of the page alone (median)",
            1000 * statistics.median(parts),
            "ms",
        ),
        Reading(
            "rerun, a choice beside the chart against the bare app with the chart",
            statistics.median(parts) / statistics.median(theirs),
            "times",
            1.5,
        ),
        Reading("rerun, run chart page (95th percentile)", 1000 * percentile(mine, 0.95), "ms"),
        Reading(
            "rerun, run chart page against the bare app with all its elements",
            statistics.median(mine) / statistics.median(elements),
            "times",
        ),
        Reading("rerun, run chart page against the bare app with the chart", ratio, "times", 1.5),
    ]
