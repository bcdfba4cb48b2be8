"""Our app in its shell beside a real provider, with a nurse who is granted something and a leader who isn't."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nhr_dash import access, database
from nhr_dash.registry import grants
from tests.support.provider import provide, with_key, with_secret
from tests.support.server import Server, free_port, serve

NURSE, STRANGER = "sykepleier", "leder"
FJORDVIK = 999100001


def granted(sample: Path, folder: Path) -> Path:
    """A copy of the sample registry in which the nurse works in Fjordvik's team."""
    path = Path(shutil.copy(sample, folder / "sample.db"))
    engine = database.connect(f"sqlite:///{path.as_posix()}")
    with engine.begin() as connection:
        grants.remember(connection, NURSE, "Sykepleier")
        grants.give(connection, access.everything("test"), NURSE, access.Role.TEAM, FJORDVIK)
    engine.dispose()
    return path


@contextmanager
def install(folder: Path, sample: Path, kind: str) -> Iterator[Server]:
    """``kind``: a client with a ``secret``, or one with a ``key`` that may only push its requests."""
    with (
        prepared(folder, sample, kind) as (port, environment),
        serve(folder / "app.txt", environment=environment, port=port, shell=True) as server,
    ):
        yield server


@contextmanager
def prepared(folder: Path, sample: Path, kind: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The provider and the database; the port that the app is known by, and its environment."""
    port = free_port()
    app = f"http://127.0.0.1:{port}"
    client = with_key(app, folder / "key.json") if kind == "key" else with_secret(app)
    with provide(folder / "provider.txt", client, pushed=kind == "key") as settings:
        yield port, {"NHR_DATABASE_URL": f"sqlite:///{granted(sample, folder).as_posix()}", **settings}
