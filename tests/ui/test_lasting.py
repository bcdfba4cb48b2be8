"""Projects on *Oversikt*: a relapse comes first and links to its project, and each project has a line."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from nhr_dash.access import everything
from nhr_dash.database import connect, raise_data_version
from nhr_dash.improvement import projects
from nhr_dash.improvement.models import Project
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.tables import day_summary
from nhr_dash.settings import ROOT, settings
from nhr_dash.ui import lasting
from nhr_dash.ui.portfolio import cards

FJORDVIK, IMAGING = 999100001, "pakke_bilde_15min"
ME = everything("test")
DAYS = {"starts_on": date(2023, 2, 1), "settled_on": date(2023, 6, 1), "ends_on": date(2024, 6, 1)}


@pytest.fixture
def fallen(sample_copy, monkeypatch):
    """Fjordvik has fallen back to nobody in time since 2025; the UUID of its closed project."""
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with Session(engine) as session, session.begin():
        session.execute(update(Project).values(deleted_at=date(2025, 1, 1)))
        made = Project(title="Bilder *i tide*", unit=FJORDVIK, status="closed", aim_value=0.6, **DAYS)
        projects.create(session, ME, made, indicator=IMAGING, units=[])
        projects.create(session, ME, Project(title="Nytt", unit=FJORDVIK, status="running"), indicator=None, units=[])
        number = by_id(IMAGING).number
        since = (day_summary.c.indicator == number) & (day_summary.c.day >= date(2025, 1, 1))
        session.execute(update(day_summary).where(since, day_summary.c.hospital == FJORDVIK).values(numerator=0))
        raise_data_version(session.connection())
        project = made.id
    monkeypatch.setenv("NHR_DATABASE_URL", f"sqlite:///{sample_copy.as_posix()}")
    settings.cache_clear()
    yield project, engine
    settings.cache_clear()
    engine.dispose()


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_relapse_is_the_first_thing_to_look_at(fallen, language):
    project, _ = fallen
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["sykehus"], app.query_params["lang"] = str(FJORDVIK), language
    app.run()
    assert not app.exception and not app.error
    links = [one.proto for one in app.get("page_link")]
    assert f"prosjekt={project}" in links[0].query_string
    word = {"nb": "falt tilbake fra", "en": "fell back from"}[language]
    assert links[0].label.startswith("Bilder \\*i tide\\*: " + word)
    headings = [one.value for one in app.subheader]
    assert {"nb": "Prosjekter: 1 pågår, 1 avsluttet", "en": "Projects: 1 running, 1 closed"}[language] in headings
    assert sum(f"prosjekt={project}" in one.query_string for one in links) == 2


def test_a_line_carries_status_and_aim(fallen):
    _, engine = fallen
    with Session(engine) as session:
        found = lasting.lines(cards.read(session, ME, {}, "nb"), "nb")
    assert found[0].label == "Nytt (pågår)"
    assert found[1].label.startswith("Bilder \\*i tide\\* (avsluttet): Minst 60")
