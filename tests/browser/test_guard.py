"""Nothing of a page reaches somebody who is not signed in, whatever they ask for first.

Streamlit has two ways to run a page file past app.py (a ``pages`` folder, and a process that has
not yet reached ``st.navigation``); AppTest and a browser that starts at the start page see neither.
So each page is asked for over the websocket as the first thing a fresh process ever hears.
"""

from pathlib import Path

import pytest
from streamlit.util import calc_hash

from tests.browser.addresses import PAGES, ROOT, every_page
from tests.browser.conftest import address
from tests.support.server import serve
from tests.support.session import Run, Session

SIGNED_OUT = {"NHR_DEMO": "0", "NHR_OTHER_GATE": "0"}


def ask(database: Path, log: Path, environment: dict[str, str], **request: str) -> Run:
    """The first thing a fresh process is asked for, and what it answers."""
    with serve(log, environment={**address(database), **environment}) as server, Session(server.port) as session:
        return session.run(**request)


def requests_for(name: str) -> dict[str, dict[str, str]]:
    """The ways to ask for a page: by its address, by the hash of its address, by that of its file."""
    file = next((ROOT / "pages").rglob(f"{name}.py"))
    return {
        "name": {"page_name": name},
        "hash": {"page_hash": calc_hash(name)},
        "file": {"page_hash": calc_hash(str(file))},
        "stem": {"page_hash": calc_hash(file.stem), "page_name": file.stem},
    }


@every_page
@pytest.mark.parametrize("way", ["name", "hash"])
def test_a_fresh_process_shows_nothing_of_a_page_to_someone_not_signed_in(
    sample_database: Path, tmp_path: Path, name: str, way: str
) -> None:
    answer = ask(sample_database, tmp_path / "log.txt", SIGNED_OUT, **requests_for(name)[way])
    assert "ikke logget inn" in answer.text(), "the refusal is a sentence"
    drawn = set(answer.kinds())
    assert not drawn & {"vega_lite_chart", "arrow_data_frame", "table", "metric", "selectbox", "file_uploader", "title"}
    with_access = ask(sample_database, tmp_path / "log2.txt", {"NHR_DEMO": "1"}, **requests_for(name)[way])
    # What the page shows to those who may see it, less what both see (the product's name, the language line).
    secret = readable(with_access) - readable(ask(sample_database, tmp_path / "log3.txt", SIGNED_OUT))
    assert len(secret) > 3, "the same request with access shows a page, so the refusal above means something"
    assert not readable(answer) & secret
