"""Two people on one record: nobody's words are overwritten unseen, everything has a history, deleting is undone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from nhr_dash.access import NotAllowed
from nhr_dash.database import connect, state
from nhr_dash.improvement import checks, projects, store
from nhr_dash.improvement.models import Change, Cycle, Decision, Entry, Event, Kept, Participant, Project, Task
from tests.improvement.conftest import (
    FJORDVIK,
    INDICATOR,
    KARI,
    MYRDAL,
    OLA,
    REGISTRY,
    SKOGVIK,
    STRANGER,
    empty_database,
    of,
)


def fresh(session, record):
    session.expire(record)
    return record


class TestTwoPeople:
    def test_different_fields_both_stand(self, session, project):
        seen = project.version
        store.save(session, KARI, Project, project.id, seen, {"background": "Karis"})
        store.save(session, OLA, Project, project.id, seen, {"purpose": "Olas"})
        assert (fresh(session, project).background, project.purpose, project.version) == ("Karis", "Olas", seen + 2)

    def test_the_same_field_shows_both_texts(self, session, project):
        project = store.save(session, KARI, Project, project.id, project.version, {"background": "felles"})
        seen = project.version
        store.save(session, KARI, Project, project.id, seen, {"background": "Karis"})
        with pytest.raises(store.Conflict) as conflict:
            store.save(session, OLA, Project, project.id, seen, {"background": "Olas", "purpose": "også"})
        told = conflict.value
        assert told.fields == {"background": store.Clash("felles", "Karis")}
        assert (told.by, told.version, told.at) == ("sykepleier", seen + 1, project.changed_at)
        assert fresh(session, project).purpose == ""  # all or nothing
        merged = store.save(session, OLA, Project, project.id, told.version, {"background": "Karis\nOlas"})
        assert merged.background == "Karis\nOlas"

    def test_the_first_text_is_what_both_began_with(self, session, project):
        seen = project.version
        for words in ("a", "ab", "abc"):
            store.save(session, KARI, Project, project.id, fresh(session, project).version, {"background": words})
        with pytest.raises(store.Conflict) as conflict:
            store.save(session, OLA, Project, project.id, seen, {"background": "x"})
        assert conflict.value.fields["background"] == store.Clash("", "abc")

    def test_days_are_days_in_a_conflict(self, session, project):
        project = store.save(session, KARI, Project, project.id, 1, {"aim_by": date(2026, 1, 1)})
        store.save(session, KARI, Project, project.id, 2, {"aim_by": date(2026, 2, 1)})
        with pytest.raises(store.Conflict) as conflict:
            store.save(session, OLA, Project, project.id, 2, {"aim_by": date(2026, 3, 1)})
        assert conflict.value.fields["aim_by"] == store.Clash(date(2026, 1, 1), date(2026, 2, 1))

    def test_the_same_words_are_no_conflict(self, session, project):
        store.save(session, KARI, Project, project.id, 1, {"background": "likt"})
        assert store.save(session, OLA, Project, project.id, 1, {"background": "likt"}).version == 2

    def test_changed_and_changed_back_is_no_conflict(self, session, project):
        store.save(session, KARI, Project, project.id, 1, {"background": "feil"})
        store.save(session, KARI, Project, project.id, 2, {"background": ""})
        assert store.save(session, OLA, Project, project.id, 1, {"background": "Olas"}).background == "Olas"

    def test_nothing_changed_is_no_new_version(self, session, project):
        assert store.save(session, KARI, Project, project.id, 1, {"title": project.title}).version == 1

    def test_stamps_are_not_fields(self, session, project):
        with pytest.raises(ValueError, match="stamps"):
            store.save(session, KARI, Project, project.id, 1, {"version": 7})


def _at_once(engine, work):
    """Run ``work(engine, number)`` in two threads with an engine each, beginning together."""
    start = Barrier(2)
    url = engine.url

    def one(number):
        own = connect(url.render_as_string(hide_password=False))
        start.wait()
        try:
            return work(own, number)
        finally:
            own.dispose()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, (0, 1)))


class TestAtOnce:
    """Two processes on one database."""

    FIELDS = (
        ("background", "purpose", "risks", "lessons", "package"),
        ("aim_what", "aim_whom", "keeper", "contact", "stop_reason"),
    )

    @pytest.fixture
    def committed(self, engine):
        with Session(engine, expire_on_commit=False) as session, session.begin():
            new = Project(title="Bilder", unit=FJORDVIK)
            return projects.create(session, KARI, new, indicator=INDICATOR, units=[]).id

    def test_fifty_saves_of_different_fields_lose_nothing(self, engine, committed):
        def work(own, number):
            seen = 1  # as two who opened the page at the same moment
            for turn in range(5):
                for field in self.FIELDS[number]:
                    with Session(own) as session, session.begin():
                        words = {field: f"{field} {turn}"}
                        seen = store.save(session, (KARI, OLA)[number], Project, committed, seen, words).version

        _at_once(engine, work)
        with Session(engine) as session:
            project = session.get(Project, committed)
            assert {getattr(project, field) for fields in self.FIELDS for field in fields} == {
                f"{field} 4" for fields in self.FIELDS for field in fields
            }
            assert project.version == 51
            changes = [one for one in store.history(session, KARI, committed) if one.record == committed and one.field]
            assert sorted(one.version for one in changes) == list(range(2, 52))
        with engine.connect() as connection:
            assert state(connection).team_version == 50 + 3  # the project, its hospital, its measure

    def test_of_two_who_save_the_same_field_one_is_told(self, engine, committed):
        def work(own, number):
            try:
                with Session(own) as session, session.begin():
                    store.save(session, (KARI, OLA)[number], Project, committed, 1, {"background": f"av {number}"})
            except store.Conflict as conflict:
                return conflict.fields["background"].theirs
            return None

        told = _at_once(engine, work)
        with Session(engine) as session:
            stands = session.get(Project, committed).background
        assert sorted(told, key=str) == sorted([None, stands], key=str)

    def test_two_new_cycles_get_a_number_each(self, engine, committed):
        def work(own, number):
            for _ in range(5):
                with Session(own) as session, session.begin():
                    store.make(session, KARI, Cycle(project=committed, title="Test"))

        _at_once(engine, work)
        with Session(engine) as session:
            assert sorted(session.scalars(select(Cycle.number))) == list(range(1, 11))

    def test_a_save_is_seen_whole_or_not_at_all(self, engine, committed, monkeypatch):
        def broken(*_):
            raise RuntimeError("the server stops here")

        monkeypatch.setattr(store, "_log", broken)
        with pytest.raises(RuntimeError), Session(engine) as session, session.begin():
            store.save(session, KARI, Project, committed, 1, {"background": "halvveis"})
        with Session(engine) as session:
            project = session.get(Project, committed)
            assert (project.background, project.version) == ("", 1)

    def test_nobody_sees_a_save_before_it_is_whole(self, engine, committed):
        with Session(engine) as session, session.begin():
            store.save(session, KARI, Project, committed, 1, {"background": "snart"})
            with Session(engine) as other:
                assert other.get(Project, committed).background == ""

    def test_a_record_read_before_another_s_save_is_read_again(self, engine, committed):
        with Session(engine) as mine, mine.begin():
            assert mine.get(Project, committed).version == 1
            with Session(engine) as other, other.begin():
                store.save(other, OLA, Project, committed, 1, {"purpose": "Olas"})
            saved = store.save(mine, KARI, Project, committed, 1, {"background": "Karis"})
            assert (saved.purpose, saved.background, saved.version) == ("Olas", "Karis", 3)


class TestUndo:
    def test_deleted_and_back_again(self, session, project):
        task = store.make(session, KARI, Task(project=project.id, title="Ring AMK"))
        store.delete(session, OLA, Task, task.id)
        store.delete(session, OLA, Task, task.id)
        assert projects.whole(session, KARI, project.id).tasks == []
        with pytest.raises(store.Gone):
            store.save(session, KARI, Task, task.id, task.version, {"title": "x"})
        store.restore(session, KARI, Task, task.id)
        assert [one.title for one in projects.whole(session, KARI, project.id).tasks] == ["Ring AMK"]
        moves = [(one.before, one.after) for one in store.history(session, KARI, project.id) if one.record == task.id]
        assert moves == [('"deleted"', '"stands"'), ('"stands"', '"deleted"'), (None, None)]

    def test_a_deleted_project_comes_back_with_everything(self, session, project):
        before = len(projects.whole(session, KARI, project.id).measures)
        store.delete(session, KARI, Project, project.id)
        assert projects.listed(session, KARI) == []
        with pytest.raises(store.Gone):
            projects.whole(session, KARI, project.id)
        store.restore(session, KARI, Project, project.id)
        assert len(projects.whole(session, KARI, project.id).measures) == before

    def test_what_never_was_is_gone(self, session):
        for act in (store.delete, store.restore):
            with pytest.raises(store.Gone):
                act(session, KARI, Project, "nowhere")

    def test_the_number_of_a_deleted_cycle_is_not_used_again(self, session, project):
        first = store.make(session, KARI, Cycle(project=project.id, title="En"))
        store.delete(session, KARI, Cycle, first.id)
        assert store.make(session, KARI, Cycle(project=project.id, title="To")).number == 2

    def test_who_has_left_may_come_back(self, session, project):
        store.make(session, KARI, Participant(project=project.id, unit=SKOGVIK))
        skogvik = of("lege", SKOGVIK)
        place = next(one for one in projects.whole(session, KARI, project.id).participants if one.unit == SKOGVIK)
        store.delete(session, skogvik, Participant, place.id)
        store.restore(session, skogvik, Participant, place.id)
        assert projects.whole(session, skogvik, project.id).units == (FJORDVIK, SKOGVIK)


class TestHistory:
    def test_every_field_of_every_record_leaves_a_trace(self, session, project):
        """Each field of a project changed once stands in its history with what it was and what it became."""
        changes = {
            "title": "Ny", "title_en": "New", "language": "en", "status": "stopped", "stop_reason": "x",
            "funding": "skde", "initiator": "registry", "reach": "national", "source": "variation", "origin": "a",
            "reference": "b", "background": "c", "purpose": "d", "aim_what": "e", "aim_whom": "f", "aim_value": 0.6,
            "aim_strict": True, "aim_by": date(2027, 1, 1), "aim_agreed": "g", "dimensions": ["safe"],
            "anchored_clinic": "h", "anchored_management": "i", "starts_on": date(2026, 1, 1),
            "settled_on": date(2026, 2, 1), "ends_on": date(2026, 12, 1), "risks": "j", "links": ["https://x.no"],
            "keeper": "k", "lessons": "l", "package": "m", "contact": "n", "score": 2.5, "published": True,
            "unit": SKOGVIK,
        }  # fmt: skip
        assert set(changes) == set(store.values(project))
        before = store.values(project)
        store.save(session, REGISTRY, Project, project.id, 1, changes)
        told = {one.field: one for one in store.history(session, REGISTRY, project.id) if one.version == 2}
        assert set(told) == set(changes)
        for field, change in told.items():
            assert store.typed(Project, field, change.before) == before[field]
            assert store.typed(Project, field, change.after) == changes[field]
            assert (change.by, change.table, change.record) == ("registeret", "project", project.id)

    def test_only_the_project_s_own_read_it(self, session, project):
        with pytest.raises(NotAllowed):
            store.history(session, STRANGER, project.id)


class TestPermission:
    def test_a_stranger_writes_nothing(self, session, project):
        cycle = store.make(session, KARI, Cycle(project=project.id, title="Test"))
        writes = (
            lambda: store.make(session, STRANGER, Cycle(project=project.id, title="x")),
            lambda: store.make(session, STRANGER, Participant(project=project.id, unit=MYRDAL)),
            lambda: store.make(session, STRANGER, Project(title="x", unit=FJORDVIK)),
            lambda: store.save(session, STRANGER, Cycle, cycle.id, 1, {"title": "x"}),
            lambda: store.save(session, STRANGER, Project, project.id, 1, {"published": True}),
            lambda: store.delete(session, STRANGER, Cycle, cycle.id),
            lambda: store.delete(session, STRANGER, Project, project.id),
            lambda: store.restore(session, STRANGER, Cycle, cycle.id),
            lambda: projects.create(session, STRANGER, Project(title="x", unit=FJORDVIK), indicator=None, units=[]),
        )
        before = session.scalar(select(func.count()).select_from(Change))
        for write in writes:
            with pytest.raises(NotAllowed):
                write()
        assert session.scalar(select(func.count()).select_from(Change)) == before
        assert not store.may_edit(session, STRANGER, project)
        assert store.may_edit(session, KARI, project)

    def test_published_is_read_and_not_written(self, session, project):
        store.save(session, KARI, Project, project.id, 1, {"published": True})
        assert projects.whole(session, STRANGER, project.id).project.title == project.title
        with pytest.raises(NotAllowed):
            store.save(session, STRANGER, Project, project.id, 2, {"title": "x"})

    def test_a_hospital_that_takes_part_works_in_the_project_and_does_not_take_it(self, session, project):
        store.make(session, KARI, Participant(project=project.id, unit=SKOGVIK))
        skogvik = of("lege", SKOGVIK)
        saved = store.save(session, skogvik, Project, project.id, 1, {"background": "fra Skogvik"})
        assert saved.background == "fra Skogvik"
        with pytest.raises(NotAllowed):
            store.save(session, KARI, Project, project.id, saved.version, {"unit": SKOGVIK})
        assert fresh(session, project).unit == FJORDVIK

    def test_what_is_one_hospital_s_is_changed_by_that_one(self, session, project):
        store.make(session, KARI, Participant(project=project.id, unit=SKOGVIK))
        day = date(2024, 1, 1)
        for record in (
            Entry(project=project.id, unit=SKOGVIK, day=day, followed=True),
            Cycle(project=project.id, unit=SKOGVIK, title="x"),
            Decision(project=project.id, unit=SKOGVIK, decided_on=day, decision="x"),
            Event(project=project.id, unit=SKOGVIK, starts_on=day, title="x"),
        ):
            with pytest.raises(NotAllowed):
                store.make(session, KARI, record)

    def test_national_events_are_the_registry_s(self, session, project):
        for own in (None, project.id):
            event = Event(project=own, unit=None, starts_on=date(2024, 1, 1), title="Ny retningslinje")
            with pytest.raises(NotAllowed):
                store.make(session, KARI, event)
        assert store.make(session, REGISTRY, Event(unit=None, starts_on=date(2024, 1, 1), title="Ny retningslinje"))


def test_what_stands_on_charts_raises_the_data_version(session, project):
    connection = session.connection()
    before = state(connection)
    cycle = store.make(session, KARI, Cycle(project=project.id, title="Test"))
    made = state(connection)
    assert (made.data_version, made.team_version) == (before.data_version + 1, before.team_version + 1)
    store.save(session, KARI, Cycle, cycle.id, 1, {"happened": "Alle ble varslet"})
    assert state(connection).data_version == made.data_version
    store.save(session, KARI, Cycle, cycle.id, 2, {"starts_on": date(2024, 1, 1)})
    assert state(connection).data_version == made.data_version + 1


FIELDS = ("background", "purpose", "risks")
STEP = st.tuples(
    st.sampled_from((0, 1)),
    st.sampled_from(("save", "save", "save", "reload", "delete", "restore")),
    st.dictionaries(st.sampled_from(FIELDS), st.text("abæ", min_size=1, max_size=3), min_size=1),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    engine = empty_database(tmp_path_factory.mktemp("words") / "team.db")
    yield engine
    engine.dispose()


def saved(session, who, project, seen, words, typed):
    """Save and note what was accepted; what wasn't must have been handed back. The version then seen."""
    try:
        version = store.save(session, who, Project, project, seen, words).version
    except store.Conflict as conflict:
        current = session.get(Project, project)
        assert set(conflict.fields) <= set(words)
        for field, clash in conflict.fields.items():
            assert clash.theirs == getattr(current, field) != words[field]
        return seen
    except store.Gone:
        assert session.get(Project, project).deleted_at is not None
        return seen
    typed |= set(words.items())
    return version


@given(steps=st.lists(STEP, max_size=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_is_ever_lost(shared, steps):
    """Whatever two people do, all that was accepted stands in the record or its history; the rest was given back."""
    with Session(shared) as session:
        session.begin()
        project = projects.create(session, KARI, Project(title="x", unit=FJORDVIK), indicator=None, units=[]).id
        seen, typed = [1, 1], set()
        for person, act, words in steps:
            session.expire_all()
            who = (KARI, OLA)[person]
            if act == "reload":
                seen[person] = session.get(Project, project).version
            elif act == "save":
                seen[person] = saved(session, who, project, seen[person], words, typed)
            else:
                getattr(store, act)(session, who, Project, project)
        session.expire_all()
        store.restore(session, KARI, Project, project)
        kept = {(name, getattr(session.get(Project, project), name)) for name in FIELDS}
        for change in store.history(session, KARI, project):
            if change.field:
                kept |= {
                    (change.field, store.typed(Project, change.field, one)) for one in (change.before, change.after)
                }
        assert typed <= kept
        session.rollback()


def test_every_kind_of_record_can_be_kept(session):
    """Each record has a table in the history's own length of name, and fields that fit its column."""
    kinds = [one.class_ for one in Project.registry.mappers if issubclass(one.class_, Kept)]
    assert len(kinds) == 16
    for kind in kinds:
        assert len(kind.__tablename__) <= 30
        assert all(len(name) <= 40 for name in store.values(kind()))
    assert session.scalar(text("SELECT count(*) FROM change")) == 0
    assert checks.LINE < checks.TEXT
