"""The two apps that are measured beside each other: ours, and a bare one with the same chart."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.server import Server, serve
from tests.support.session import Run, Session

FOLDER = Path(__file__).resolve().parent
PAGE = "seriediagram"
HOSPITALS = (999100001, 999100002)
INDICATOR = "pakke_bilde_15min"

# Streamlit reads .streamlit/config.toml beside the app; the bare apps get our tuning this way.
TUNING = {
    "STREAMLIT_RUNNER_POST_SCRIPT_GC": "false",
    "STREAMLIT_RUNNER_MAGIC_ENABLED": "false",
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
    "STREAMLIT_SERVER_SHOW_EMAIL_PROMPT": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}


def link(hospital: int) -> str:
    """The codes of a view of the run chart page: one point a month, all grains being as long."""
    return f"sykehus={hospital}&indikator={INDICATOR}&punkt=month&periode=60&lang=nb"


@contextmanager
def ours(database: Path, log: Path) -> Iterator[Server]:
    """The app on the sample registry."""
    with serve(log, environment={"NHR_DATABASE_URL": f"sqlite:///{database.as_posix()}"}) as server:
        yield server


@contextmanager
def bare(name: str, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A bare app of this folder, tuned as ours is."""
    with serve(log, app=FOLDER / name, environment={**TUNING, **(environment or {})}) as server:
        yield server


def take_specs(server: Server, folder: Path) -> Path:
    """Write the chart specs that our page draws for two hospitals, for the bare app to draw the same."""
    specs = []
    for hospital in HOSPITALS:
        with Session(server.port) as session:
            specs.append(chart_spec(session.run(page_name=PAGE, query=link(hospital))))
    file = folder / "specs.json"
    file.write_text(json.dumps(specs), encoding="utf-8")
    return file


def chart_spec(run: Run) -> dict[str, object]:
    """The spec of the page's chart. Raises LookupError if the page drew none."""
    charts = run.of_kind("vega_lite_chart")
    if not charts:
        raise LookupError(f"no chart among {run.kinds()}: {run.text()[:500]}")
    return json.loads(charts[0].spec)  # type: ignore[attr-defined]
