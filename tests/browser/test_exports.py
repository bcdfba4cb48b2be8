"""The poster is fetched from the page, as a team does before it walks to the printer."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from nhr_dash.improvement.sample_projects import project_id
from nhr_dash.text.catalog import t
from tests.browser.addresses import FJORDVIK
from tests.browser.conftest import drawn
from tests.support.server import Server


def test_the_poster_is_downloaded_from_the_page(app: Server, look: Callable[..., Page], tmp_path: Path) -> None:
    project = project_id("fjordvik-bildediagnostikk")
    page = look(f"{app.url}/prosjekt?sykehus={FJORDVIK}&prosjekt={project}&lang=nb")
    page.get_by_role("button", name=t("nb", "project.share")).click()
    poster = page.get_by_role("button", name=t("nb", "project.download_a3"))
    poster.wait_for()
    drawn(page)
    with page.expect_download(timeout=60_000) as download:
        poster.click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "bildediagnostikk-innen-15-minutter-a3.pdf"
    content = file.read_bytes()
    assert content.startswith(b"%PDF") and b"%%EOF" in content[-20:]
    # Nothing on the page was lost by it.
    assert page.get_by_role("heading", name="Bildediagnostikk innen 15 minutter").count()
