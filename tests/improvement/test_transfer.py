"""A project travels to another installation and back without losing or adding a word."""

import json
from copy import deepcopy
from datetime import date

import pytest
from sqlalchemy.orm import Session

from nhr_dash.access import NotAllowed
from nhr_dash.improvement import checks, projects, store, transfer
from nhr_dash.improvement.models import (
    Cycle,
    Decision,
    Deliverable,
    Effect,
    Entry,
    Event,
    Idea,
    Measure,
    Member,
    Obstacle,
    Point,
    Project,
    ProjectPhase,
    Task,
)
from tests.improvement.conftest import FJORDVIK, INDICATOR, KARI, SKOGVIK, STRANGER, empty_database

DAY = date(2024, 1, 1)


@pytest.fixture
def full(session, project):
    """The project with a record of every kind, and some that were deleted."""

    def make(kind, /, **values):
        return store.make(session, KARI, kind(project=project.id, **values))

    words = {"background": "linje 1\n=cmd() 🚑 <b>", "dimensions": ["safe"], "links": ["https://x.no"], "score": 2.5}
    store.save(session, KARI, Project, project.id, 1, words | {"aim_by": date(2026, 12, 31), "published": True})
    make(Member, role="radiograf")
    make(ProjectPhase, starts_on=DAY)
    measure = make(Measure, title="Varslet", kind="process")
    make(Point, measure=measure.id, day=DAY, numerator=3, denominator=4)
    idea, dropped = make(Idea, title="Varsle CT"), make(Idea, title="Plakat")
    first = make(Cycle, title="Én vakt", idea=idea.id, measure=measure.id, starts_on=DAY)
    second = make(Cycle, title="En uke", follows=first.id, idea=dropped.id)
    store.save(session, KARI, Cycle, first.id, 1, {"number": 3})  # the ramp need not rise with the numbers
    make(Entry, cycle=second.id, unit=FJORDVIK, day=DAY, followed=True, minutes=12)
    make(Event, unit=FJORDVIK, starts_on=DAY, title="Ny vakt")
    make(Decision, unit=FJORDVIK, decided_on=DAY, decision="Fortsett")
    make(Task, title="Ring AMK", due_on=DAY)
    make(Deliverable, title="Prosedyre")
    make(Obstacle, what="Ingen radiograf om natten")
    ends = {"before_from": DAY, "before_until": DAY, "after_from": DAY, "after_until": DAY}
    numbers = {"before": 0.18, "before_patients": 90, "after": 0.6, "after_patients": 91, "difference": 0.42}
    make(Effect, measure=measure.id, unit=FJORDVIK, **ends, **numbers, low=0.3, high=0.5, grade="x", data_version=1)
    gone = make(Measure, title="Feil", data_kind="count")
    make(Point, measure=gone.id, day=DAY, value=1)
    for kind, record in ((Idea, dropped), (Measure, gone)):
        store.delete(session, KARI, kind, record.id)
    return transfer.dump(projects.whole(session, KARI, project.id))


@pytest.fixture
def elsewhere(tmp_path):
    """Another installation."""
    engine = empty_database(tmp_path / "elsewhere.db")
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


def again(session, project):
    return transfer.dump(projects.whole(session, KARI, project))


def test_there_and_back_is_the_same(full, elsewhere):
    assert all(full[name] for name in transfer.PARTS)
    travelled = transfer.parsed(json.dumps(full, ensure_ascii=False).encode())
    assert travelled == full
    assert again(elsewhere, transfer.load(elsewhere, KARI, travelled)) == full


def test_who_wrote_it_stays_at_home(full):
    text = json.dumps(full)
    assert KARI.person not in text
    assert not {"created_by", "changed_by", "version", "deleted_at"} & set(full["project"])


def test_what_was_deleted_stays_at_home(full):
    assert "Plakat" not in json.dumps(full)
    assert {one["title"]: one["idea"] is None for one in full["cycles"]} == {"Én vakt": False, "En uke": True}
    assert len(full["points"]) == 1


def test_the_same_project_twice_is_refused_and_a_copy_is_another(session, project, full):
    with pytest.raises(checks.Refused, match="already_here"):
        transfer.load(session, KARI, full)
    copied = transfer.load(session, KARI, full, copy=True)
    found = again(session, copied)
    assert (found["project"]["origin"], found["project"]["published"]) == (project.id, False)
    assert found["project"]["background"] == full["project"]["background"]
    ids = {row["id"] for name in transfer.PARTS for row in found[name]}
    assert ids.isdisjoint({row["id"] for name in transfer.PARTS for row in full[name]})
    first, second = sorted(found["cycles"], key=lambda one: -one["number"])
    assert (second["follows"], first["idea"]) == (first["id"], found["ideas"][0]["id"])
    assert again(session, project.id) == full


def test_a_deleted_one_is_brought_back_not_taken_in(session, project, full):
    store.delete(session, KARI, Project, project.id)
    with pytest.raises(checks.Refused, match="already_here"):
        transfer.load(session, KARI, full)


@pytest.mark.parametrize(
    ("part", "field", "value", "kind"),
    [
        ("project", "title", "", "empty"),
        ("project", "title", 7, "unreadable"),
        ("project", "aim_by", "i morgen", "unreadable"),
        ("project", "aim_value", "mange", "unreadable"),
        ("project", "score", 9, "score"),
        ("project", "published", 1, "unreadable"),
        ("project", "unit", 10**30, "unreadable"),
        ("project", "links", ["javascript:alert(1)"], "not_a_link"),
        ("project", "background", "x" * 10_001, "long"),
        ("project", "background", "\x00", "unknown_sign"),
        ("project", "version", 7, "unknown_field"),
        ("project", "id", "../../x", "unreadable"),
        ("project", "id", None, "unreadable"),
        ("cycles", "prediction_value", 1.4, "over_100"),
        ("cycles", "measure", "nowhere", "other_project"),
        ("cycles", "project", "another", "unknown_field"),
        ("points", "numerator", float("nan"), "unreadable"),
        ("measures", "indicator", "nowhere", "unknown_indicator"),
        ("events", "starts_on", None, "empty"),
    ],
)
def test_every_field_is_checked(full, elsewhere, part, field, value, kind):
    bad = deepcopy(full)
    row = bad[part] if part == "project" else bad[part][0]
    row[field] = value
    if field == "prediction_value":
        row["prediction_kind"] = "share"
    with pytest.raises(checks.Refused) as refused:
        transfer.load(elsewhere, KARI, bad)
    assert (refused.value.field, refused.value.kind) == (field, kind)


def test_cycles_in_a_ring_are_refused(full, elsewhere):
    first, second = full["cycles"]
    first["follows"], second["follows"] = second["id"], first["id"]
    with pytest.raises(checks.Refused, match="follows_itself"):
        transfer.load(elsewhere, KARI, full)


@pytest.mark.parametrize(
    "data",
    [None, [], "x", {}, {"format": "x", "schema": 1}, {"format": transfer.FORMAT, "schema": "1"}],
)
def test_what_is_no_project(elsewhere, data):
    with pytest.raises(checks.Refused, match="not_a_project"):
        transfer.load(elsewhere, KARI, data)


def test_parts_of_another_shape(full, elsewhere):
    for part, value in (("project", None), ("cycles", "x"), ("cycles", [1]), ("tasks", 7)):
        with pytest.raises(checks.Refused, match="not_a_project"):
            transfer.load(elsewhere, KARI, {**full, part: value})
    with pytest.raises(checks.Refused, match="newer_file"):
        transfer.load(elsewhere, KARI, {**full, "schema": 2})


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b" " * (transfer.MOST_BYTES + 1)])
def test_what_is_no_json(raw):
    with pytest.raises(checks.Refused, match="not_a_project"):
        transfer.parsed(raw)


def test_only_into_one_s_own_hospital(full, elsewhere):
    with pytest.raises(NotAllowed):
        transfer.load(elsewhere, STRANGER, full)


class TestCopyingAnIdea:
    @pytest.fixture
    def idea(self, session, project):
        words = {"title": "Varsle CT", "primary_driver": "Tidlig beskjed"}
        return store.make(session, KARI, Idea(project=project.id, status="adopted", **words))

    def test_it_names_where_it_came_from_and_begins_anew(self, session, project, other, idea):
        copied = transfer.copy_idea(session, KARI, idea.id, other.id)
        assert (copied.title, copied.primary_driver, copied.status) == ("Varsle CT", "Tidlig beskjed", "idea")
        assert (copied.project, copied.origin) == (other.id, project.id)

    def test_only_what_may_be_read_into_what_may_be_written(self, session, project, idea):
        from tests.improvement.conftest import of

        skogvik = of("lege", SKOGVIK)
        theirs = projects.create(session, skogvik, Project(title="x", unit=SKOGVIK), indicator=INDICATOR, units=[])
        with pytest.raises(NotAllowed):
            transfer.copy_idea(session, skogvik, idea.id, theirs.id)
        store.save(session, KARI, Project, project.id, project.version, {"published": True})
        assert transfer.copy_idea(session, skogvik, idea.id, theirs.id).origin == project.id
        with pytest.raises(NotAllowed):
            transfer.copy_idea(session, skogvik, idea.id, project.id)
        store.delete(session, KARI, Idea, idea.id)
        with pytest.raises(store.Gone):
            transfer.copy_idea(session, skogvik, idea.id, theirs.id)
