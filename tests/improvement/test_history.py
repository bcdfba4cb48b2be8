"""What changed, as a person reads it."""

from datetime import date, datetime, timedelta

import pytest

from nhr_dash.improvement import history, store
from nhr_dash.improvement.models import Cycle, Project
from nhr_dash.text import catalog
from tests.improvement.conftest import KARI, OLA

START = datetime(2026, 3, 1, 8, 0)


@pytest.fixture
def clock(monkeypatch):
    """The store's clock, which a test moves."""
    now = [START]
    monkeypatch.setattr(store, "_now", lambda: now[0])

    def wait(**time):
        now[0] += timedelta(**time)

    return wait


def type_on(session, who, project, clock, *texts, field="background"):
    for words in texts:
        clock(seconds=2)
        store.save(session, who, Project, project.id, project.version, {field: words})


def entries(session, project):
    found = history.told(store.history(session, KARI, project.id))
    return [one for one in found if one.table == "project"]


def test_text_that_was_saved_while_typed_is_one_entry(session, clock, project):
    type_on(session, KARI, project, clock, "V", "Va", "Varsle")
    type_on(session, KARI, project, clock, "Raskere", field="purpose")
    newest = entries(session, project)[0]
    assert (newest.what, newest.by) == ("changed", "sykepleier")
    assert newest.at - newest.began == timedelta(seconds=6)
    assert [(one.name, one.before, one.after) for one in newest.fields] == [
        ("background", "", "Varsle"),
        ("purpose", "", "Raskere"),
    ]


def test_a_pause_or_another_person_begins_a_new_entry(session, clock, project):
    type_on(session, KARI, project, clock, "a")
    type_on(session, OLA, project, clock, "ab")
    type_on(session, KARI, project, clock, "abc")
    clock(minutes=11)
    type_on(session, KARI, project, clock, "abcd")
    told = [(one.by, one.fields[0].before, one.fields[0].after) for one in entries(session, project)[:-1]]
    assert told == [
        ("sykepleier", "abc", "abcd"),
        ("sykepleier", "ab", "abc"),
        ("overlege", "a", "ab"),
        ("sykepleier", "", "a"),
    ]


def test_what_ends_as_it_began_is_no_entry(session, clock, project):
    type_on(session, KARI, project, clock, "feil", "")
    assert [one.what for one in entries(session, project)] == ["made"]


def test_days_are_days(session, clock, project):
    clock(minutes=1)
    store.save(session, KARI, Project, project.id, project.version, {"aim_by": date(2027, 1, 1)})
    assert entries(session, project)[0].fields[0].after == date(2027, 1, 1)


def test_made_deleted_and_brought_back(session, clock, project):
    cycle = store.make(session, KARI, Cycle(project=project.id, title="Test"))
    for act in (store.delete, store.restore):
        clock(seconds=5)
        act(session, OLA, Cycle, cycle.id)
    found = [one for one in history.told(store.history(session, KARI, project.id)) if one.record == cycle.id]
    assert [(one.what, one.by) for one in found] == [
        ("restored", "overlege"),
        ("deleted", "overlege"),
        ("made", "sykepleier"),
    ]
    assert found[0].kind == "history.cycle.record"


@pytest.mark.parametrize("language", catalog.LANGUAGES)
def test_every_field_of_every_record_has_a_name(language):
    wanted = {
        history.label(table, name)
        for table, kind in history.KINDS.items()
        for name in (*store.values(kind()), "record")
        if name != "project"  # a record never moves
    }
    wanted |= {f"history.what.{what}" for what in ("made", "changed", "deleted", "restored")}
    assert set(catalog.area(language, "history")) == wanted
