"""Nothing of a page reaches somebody who is not signed in, whatever they ask for first.

Streamlit has two ways to run a page file past app.py (a ``pages`` folder, and a process that has
not yet reached ``st.navigation``); AppTest, and a browser that begins at the start page, see neither.
So each page is asked for over the websocket as the first thing a fresh process ever hears.
"""

from pathlib import Path

import pytest
from streamlit.util import calc_hash

from tests.browser.addresses import PAGES, ROOT, every_page
from tests.browser.conftest import address
from tests.support.server import Server, serve
from tests.support.session import Run, Session

SIGNED_OUT = {"NHR_DEMO": "0", "NHR_OTHER_GATE": "0"}
WAYS = {"name": lambda name: {"page_name": name}, "hash": lambda name: {"page_hash": calc_hash(name)}}


def first_answer(log: Path, environment: dict[str, str], **request: str) -> Run:
    """What a fresh process answers to the first thing it is asked."""
    with serve(log, environment=environment) as server, Session(server.port) as session:
        return session.run(**request)


@pytest.fixture(scope="module")
def refusal(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """All that someone not signed in may read: what the start page says to them."""
    log = tmp_path_factory.mktemp("refusal") / "log.txt"
    strings = first_answer(log, {**address(sample_database), **SIGNED_OUT}).strings()
    assert any("ikke logget inn" in string for string in strings), strings
    return strings


@every_page
@pytest.mark.parametrize("way", WAYS)
def test_a_fresh_process_shows_nothing_of_a_page_to_someone_not_signed_in(
    app: Server, sample_database: Path, refusal: set[str], tmp_path: Path, name: str, way: str
) -> None:
    request = WAYS[way](name)
    with Session(app.port) as session:
        page = session.run(**request).strings() - refusal
    assert len(page) > 5, "the same request with access draws a page, so silence below means something"
    answer = first_answer(tmp_path / "log.txt", {**address(sample_database), **SIGNED_OUT}, **request)
    assert answer.strings() <= refusal


def test_a_real_registry_is_served_only_behind_another_gate(sample_copy: Path, tmp_path: Path) -> None:
    mark_real(sample_copy)
    refused = first_answer(tmp_path / "refused.txt", address(sample_copy), page_name="seriediagram")
    assert "NHR_OTHER_GATE" in refused.text()
    assert "vega_lite_chart" not in refused.kinds()
    environment = {**address(sample_copy), "NHR_OTHER_GATE": "1"}
    served = first_answer(tmp_path / "served.txt", environment, page_name="seriediagram")
    assert "vega_lite_chart" in served.kinds()


def mark_real(database: Path) -> None:
    """Take the mark that only the generator sets from a copy of the sample registry."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(database)) as connection, connection:
        assert connection.execute("DELETE FROM tilstand WHERE key = 'synthetic'").rowcount == 1


def test_every_page_file_lies_below_a_folder_of_pages_and_is_known_here() -> None:
    files = sorted((ROOT / "pages").rglob("*.py"))
    assert not list((ROOT / "pages").glob("*.py")), "a file directly in pages/ can be opened past app.py"
    assert sorted(file.stem.replace("_", "-") for file in files) == sorted(PAGES), "each is asked for above"


def test_the_probe_sees_the_hole_where_there_is_one(tmp_path: Path) -> None:
    """A gate in app.py before st.navigation, and a page directly in pages/: the probe reads the page."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "app.py").write_text("import streamlit as st\nst.write('logg inn')\nst.stop()\n", encoding="utf-8")
    (tmp_path / "pages" / "secret.py").write_text(
        "import streamlit as st\nst.write('twelve patients')\n", encoding="utf-8"
    )
    for way in WAYS.values():
        with serve(tmp_path / "log.txt", app=tmp_path / "app.py") as server, Session(server.port) as session:
            assert "twelve patients" in session.run(**way("secret")).text()
