"""Whatever a team writes is shown as it was written: never as HTML, Markdown or a script, on any page."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import String, Text

from nhr_dash.improvement.models import LINE, Base
from nhr_dash.improvement.sample_projects import project_id
from tests.browser.addresses import FJORDVIK, PAGES, path
from tests.browser.conftest import drawn
from tests.support.server import Server

OWN = project_id("fjordvik-bildediagnostikk")
HOSTILE = (
    "<img src=nhr-x onerror=\"window.hacked='img'\"><b class=nhr-x>fet</b><script>window.hacked='script'</script> "
    "**MARK** [lenke](javascript:window.hacked='link') ![bilde](https://et-annet-sted.example/x.png) :red[rød] $x$"
)


def spoil(database: Path) -> None:
    """Every line and every text that a team has written becomes hostile."""
    with closing(sqlite3.connect(database)) as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                free = isinstance(column.type, Text) or (isinstance(column.type, String) and column.type.length == LINE)
                if free and not column.foreign_keys and not column.primary_key:
                    connection.execute(
                        f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE "{column.name}" <> \'\'', [HOSTILE[:LINE]]
                    )
        connection.commit()


def test_no_page_reads_a_teams_text_as_anything_but_text(
    sample_copy: Path, own_app: Server, look: Callable[..., Page]
) -> None:
    spoil(sample_copy)
    with closing(sqlite3.connect(sample_copy)) as connection:
        (cycle,) = connection.execute("SELECT id FROM cycle WHERE project = ? ORDER BY number", [OWN]).fetchone()
    page = look(f"{own_app.url}/hjelp?lang=nb")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    seen = 0
    for name in PAGES:
        page.goto(f"{own_app.url}/{path(name)}?sykehus={FJORDVIK}&lang=nb&prosjekt={OWN}&syklus={cycle}")
        drawn(page)
        seen += page.locator("body").inner_text().count("<b class=nhr-x>")
        assert page.evaluate("window.hacked") is None, name
        assert page.locator(".nhr-x, img[src*='nhr-x']").count() == 0, f"HTML on {name}"
        assert page.locator("strong, em, code").filter(has_text=re.compile(r"^\s*MARK\s*$")).count() == 0, (
            f"Markdown on {name}"
        )
        assert page.locator("a[href^='javascript']").count() == 0, name
    assert seen > 10, "the texts are there to be seen"
    assert [url for url in asked if "et-annet-sted" in url] == []
