"""A thousand projects with ten thousand cycles are listed before anybody begins to wait."""

from datetime import date, datetime, timedelta
from time import process_time  # what other tests do beside doesn't count

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from nhr_dash.improvement import projects, store
from nhr_dash.improvement.models import Cycle, Effect, Measure, Obstacle, Participant, Project, Task
from tests.improvement.conftest import FJORDVIK, INDICATOR, REGISTRY, empty_database

PROJECTS, CYCLES, TASKS = 1_000, 10, 3
NOW = datetime(2026, 1, 1)


def row(kind, /, **values):
    """A record as it is stored, with its defaults."""
    record = kind(**values)
    store.fill_in(record)
    stamps = {"created_at": NOW, "created_by": "x", "changed_at": NOW, "changed_by": "x", "version": 1}
    return {"id": record.id, **store.values(record), **stamps}


def filled(engine):
    """Write the projects, each with texts as long as teams write them."""
    words = "Vi prøvde varsling før ankomst på en kveldsvakt. " * 10
    day = date(2024, 1, 1)
    rows = {kind: [] for kind in (Project, Participant, Measure, Cycle, Task, Obstacle, Effect)}
    for number in range(PROJECTS):
        project = row(Project, title=f"Prosjekt {number}", unit=FJORDVIK, background=words, purpose=words)
        of = {"project": project["id"]}
        measure = row(Measure, **of, indicator=INDICATOR)
        rows[Project].append(project)
        rows[Participant].append(row(Participant, **of, unit=FJORDVIK))
        rows[Measure] += [measure, row(Measure, **of, title="Varslet", kind="process", position=1)]
        rows[Cycle] += [
            row(
                Cycle, **of, number=one + 1, title=f"Test {one}", starts_on=day + timedelta(days=one), happened=words,
                learned=words, question=words,
            )
            for one in range(CYCLES)
        ]  # fmt: skip
        rows[Task] += [row(Task, **of, title="Ring AMK", due_on=day) for _ in range(TASKS)]
        rows[Obstacle].append(row(Obstacle, **of, what=words))
        rows[Effect].append(
            row(
                Effect, **of, measure=measure["id"], unit=FJORDVIK, before_from=day, before_until=day, after_from=day,
                after_until=day, before=0.2, before_patients=90, after=0.6, after_patients=90, difference=0.4, low=0.3,
                high=0.5, grade="clear", data_version=1,
            )
        )  # fmt: skip
    with engine.begin() as connection:
        for kind, values in rows.items():
            connection.execute(insert(kind), values)


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    engine = empty_database(tmp_path_factory.mktemp("thousand") / "team.db")
    filled(engine)
    yield engine
    engine.dispose()


def test_a_thousand_projects_are_listed_in_under_a_second(thousand):
    asked = []
    event.listen(thousand, "before_cursor_execute", lambda *call: asked.append(call[2]))
    taken = []
    for _ in range(3):
        with Session(thousand) as session:
            start = process_time()
            found = projects.listed(session, REGISTRY)
            taken.append(process_time() - start)
    assert len(found) == PROJECTS
    assert sum(len(one.cycles) for one in found) == PROJECTS * CYCLES
    assert min(taken) < 1
    assert len(asked) == 3 * 8  # a query a table, however many projects
