"""Projects as they are read: whole, as a list, and as flags on a chart; by those who may."""

from datetime import date

import pytest

from nhr_dash.access import NotAllowed
from nhr_dash.improvement import projects, store
from nhr_dash.improvement.models import Cycle, Idea, Measure, Obstacle, Participant, Project, Task
from tests.improvement.conftest import FJORDVIK, INDICATOR, KARI, REGISTRY, SKOGVIK, STRANGER, of


def test_a_new_project_has_its_hospitals_and_its_outcome_measure(session):
    new = Project(title="x", unit=FJORDVIK)
    projects.create(session, KARI, new, indicator=INDICATOR, units=[SKOGVIK, FJORDVIK, SKOGVIK])
    found = projects.whole(session, KARI, new.id)
    assert found.units == (FJORDVIK, SKOGVIK)
    assert (found.outcome.indicator, found.outcome.kind) == (INDICATOR, "outcome")


def test_all_stands_in_the_order_it_is_shown(session, project):
    for day in (3, 1, 2):
        store.make(session, KARI, Task(project=project.id, title=str(day), due_on=date(2024, 1, day)))
        store.make(session, KARI, Cycle(project=project.id, title=str(day)))
    store.make(session, KARI, Measure(project=project.id, title="b", position=2))
    store.make(session, KARI, Measure(project=project.id, title="a", position=1))
    found = projects.whole(session, KARI, project.id)
    assert [one.title for one in found.tasks] == ["1", "2", "3"]
    assert [one.number for one in found.cycles] == [1, 2, 3]
    assert [one.title for one in found.measures] == ["", "a", "b"]


def test_an_unpublished_project_is_seen_by_its_own(session, project):
    with pytest.raises(NotAllowed):
        projects.whole(session, STRANGER, project.id)
    assert projects.listed(session, STRANGER) == []
    assert [one.project.id for one in projects.listed(session, KARI)] == [project.id]
    store.make(session, KARI, Participant(project=project.id, unit=SKOGVIK))
    assert [one.units for one in projects.listed(session, of("lege", SKOGVIK))] == [(FJORDVIK, SKOGVIK)]


def test_a_list_holds_what_a_card_shows(session, project, other):
    store.make(session, KARI, Obstacle(project=project.id, what="Ingen radiograf om natten"))
    store.make(session, KARI, Cycle(project=project.id, title="Test", act="adopt"))
    store.delete(session, KARI, Cycle, store.make(session, KARI, Cycle(project=project.id, title="feil")).id)
    session.flush()
    session.expunge_all()
    newest, oldest = projects.listed(session, KARI)
    assert (newest.project.id, oldest.project.id) == (other.id, project.id)
    assert oldest.cycles == ((1, "adopt"),)
    assert (oldest.outcome.indicator, newest.outcome) == (INDICATOR, None)
    assert [one.what for one in oldest.obstacles] == ["Ingen radiograf om natten"]


class TestOnChart:
    @pytest.fixture
    def cycle(self, session, project):
        return store.make(session, KARI, Cycle(project=project.id, title="Test", starts_on=date(2024, 1, 1)))

    def test_flags_stand_where_the_measure_and_the_hospital_are(self, session, project, cycle):
        store.make(session, KARI, Cycle(project=project.id, title="ikke begynt"))
        assert [one.id for _, one in projects.on_chart(session, KARI, FJORDVIK, INDICATOR)] == [cycle.id]
        assert projects.on_chart(session, KARI, SKOGVIK, INDICATOR) == []
        assert projects.on_chart(session, KARI, FJORDVIK, "hjerneslag_beh_enhet") == []

    def test_a_local_cycle_stands_at_its_own_hospital(self, session, project, cycle):
        store.make(session, KARI, Participant(project=project.id, unit=SKOGVIK))
        local = Cycle(project=project.id, title="Lokal", unit=SKOGVIK, starts_on=date(2024, 2, 1))
        store.make(session, of("lege", SKOGVIK), local)
        assert [one.title for _, one in projects.on_chart(session, REGISTRY, SKOGVIK, INDICATOR)] == ["Test", "Lokal"]
        assert [one.title for _, one in projects.on_chart(session, REGISTRY, FJORDVIK, INDICATOR)] == ["Test"]

    def test_strangers_see_those_of_published_projects(self, session, project, cycle):
        assert projects.on_chart(session, STRANGER, FJORDVIK, INDICATOR) == []
        store.save(session, KARI, Project, project.id, 1, {"published": True})
        assert len(projects.on_chart(session, STRANGER, FJORDVIK, INDICATOR)) == 1

    @pytest.mark.parametrize("kind", [Project, Cycle, Measure, Participant])
    def test_what_is_deleted_takes_its_flags_along(self, session, project, cycle, kind):
        found = projects.whole(session, KARI, project.id)
        record = {Project: found.project, Cycle: cycle, Measure: found.measures[0], Participant: found.participants[0]}
        store.delete(session, KARI, kind, record[kind].id)
        assert projects.on_chart(session, REGISTRY, FJORDVIK, INDICATOR) == []


def test_an_idea_is_read_with_its_project(session, project):
    idea = store.make(session, KARI, Idea(project=project.id, title="Varsle CT"))
    assert projects.whole(session, KARI, project.id).ideas == [idea]
