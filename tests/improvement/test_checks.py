"""What teams can't write, and that what they can write is kept exactly as typed."""

import re
from datetime import date
from pathlib import Path

import pytest

from nhr_dash.improvement import checks, projects, store
from nhr_dash.improvement.models import (
    LINE,
    TEXT,
    Cycle,
    Effect,
    Entry,
    Event,
    Idea,
    Measure,
    Participant,
    Point,
    Project,
    ProjectPhase,
    Task,
)
from nhr_dash.text import catalog
from nhr_dash.text.catalog import t
from tests.improvement.conftest import FJORDVIK, KARI, REGISTRY, SKOGVIK

PACKAGE = Path(checks.__file__).parent


def refused(session, record, scope=KARI):
    """Field and kind of the fault in a new record."""
    with pytest.raises(checks.Refused) as fault:
        store.make(session, scope, record)
    return fault.value.field, fault.value.kind


def refused_change(session, record, **changes):
    with pytest.raises(checks.Refused) as fault:
        store.save(session, KARI, type(record), record.id, record.version, changes)
    return fault.value.field, fault.value.kind


@pytest.fixture
def cycle(session, project):
    return store.make(session, KARI, Cycle(project=project.id, title="Varsling før ankomst"))


class TestEmpty:
    @pytest.mark.parametrize("title", ["", "  ", "\n\t"])
    def test_a_project_needs_a_title(self, session, title):
        assert refused(session, Project(title=title, unit=FJORDVIK)) == ("title", "empty")

    def test_a_title_is_not_taken_away(self, session, project):
        assert refused_change(session, project, title=" ") == ("title", "empty")

    def test_an_aim_may_wait_but_is_not_taken_away(self, session, project, other):
        assert other.aim_what == ""
        assert refused_change(session, project, aim_what="") == ("aim_what", "empty")

    def test_a_day_that_a_record_needs(self, session, project):
        assert refused(session, ProjectPhase(project=project.id)) == ("starts_on", "empty")
        phase = store.make(session, KARI, ProjectPhase(project=project.id, starts_on=date(2024, 1, 1)))
        assert refused_change(session, phase, starts_on=None) == ("starts_on", "empty")

    def test_a_team_s_own_measure_needs_a_name(self, session, project):
        assert refused(session, Measure(project=project.id, kind="process")) == ("title", "empty")

    def test_a_data_point_holds_what_its_measure_counts(self, session, project):
        share = store.make(session, KARI, Measure(project=project.id, title="Varslet", data_kind="share"))
        minutes = store.make(session, KARI, Measure(project=project.id, title="Tid", data_kind="minutes"))
        dates = store.make(session, KARI, Measure(project=project.id, title="Avvik", data_kind="dates"))
        day = date(2024, 1, 1)
        assert refused(session, Point(project=project.id, measure=share.id, day=day, numerator=1.0)) == (
            "denominator",
            "empty",
        )
        assert refused(session, Point(project=project.id, measure=minutes.id, day=day)) == ("value", "empty")
        assert store.make(session, KARI, Point(project=project.id, measure=dates.id, day=day))


class TestDates:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"starts_on": date(2024, 2, 1), "ends_on": date(2024, 1, 31)}, "ends_on"),
            ({"starts_on": date(2024, 2, 1), "settled_on": date(2024, 1, 31)}, "settled_on"),
            ({"starts_on": date(2024, 2, 1), "aim_by": date(2023, 12, 31)}, "aim_by"),
        ],
    )
    def test_no_end_before_its_start(self, session, project, changes, field):
        assert refused_change(session, project, **changes) == (field, "backwards")

    def test_the_field_that_was_changed_is_the_one_that_is_told(self, session, project):
        project = store.save(session, KARI, Project, project.id, project.version, {"ends_on": date(2024, 1, 1)})
        assert refused_change(session, project, starts_on=date(2024, 1, 2)) == ("starts_on", "backwards")
        store.save(session, KARI, Project, project.id, project.version, {"starts_on": date(2024, 1, 1)})

    @pytest.mark.parametrize("day", [date(1999, 12, 31), date(2100, 1, 2), date(9999, 12, 31)])
    def test_a_year_that_is_a_slip_of_the_finger(self, session, project, day):
        assert refused_change(session, project, ends_on=day) == ("ends_on", "far_date")


class TestNumbers:
    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            ({"prediction_kind": "share", "prediction_value": 1.4}, "over_100"),
            ({"prediction_kind": "share", "prediction_value": -0.1}, "negative"),
            ({"prediction_kind": "share", "prediction_value": float("nan")}, "not_a_number"),
            ({"prediction_kind": "minutes", "prediction_value": float("inf")}, "not_a_number"),
            ({"prediction_kind": "minutes", "prediction_value": 10_081.0}, "long_minutes"),
            ({"prediction_kind": "count", "prediction_value": 4.0, "prediction_of": 3.0}, "more_than_all"),
        ],
    )
    def test_predictions(self, session, cycle, changes, kind):
        assert refused_change(session, cycle, **changes) == ("prediction_value", kind)

    @pytest.mark.parametrize(
        "changes",
        [
            {"prediction_kind": "share", "prediction_value": 1.0},
            {"prediction_kind": "share", "prediction_value": 0.0},
            {"prediction_kind": "minutes", "prediction_value": 140.0},
            {"prediction_kind": "count", "prediction_value": 3.0, "prediction_of": 3.0},
            {"prediction_kind": "sentence", "prediction": "Alle blir varslet"},
        ],
    )
    def test_predictions_that_stand(self, session, cycle, changes):
        saved = store.save(session, KARI, Cycle, cycle.id, cycle.version, changes)
        assert {name: getattr(saved, name) for name in changes} == changes

    def test_minutes_become_a_share_only_when_they_fit(self, session, cycle):
        minutes = {"prediction_kind": "minutes", "prediction_value": 140.0}
        cycle = store.save(session, KARI, Cycle, cycle.id, cycle.version, minutes)
        assert refused_change(session, cycle, prediction_kind="share") == ("prediction_value", "over_100")

    def test_more_than_all(self, session, project):
        measure = store.make(session, KARI, Measure(project=project.id, title="Varslet"))
        point = Point(project=project.id, measure=measure.id, day=date(2024, 1, 1), numerator=4.0, denominator=3.0)
        assert refused(session, point) == ("numerator", "more_than_all")

    @pytest.mark.parametrize("score", [0.0, 5.5])
    def test_the_scale_of_progress(self, session, project, score):
        assert refused_change(session, project, score=score) == ("score", "score")

    @pytest.mark.parametrize("minutes", [-1.0, 10_081.0])
    def test_minutes_of_a_quick_entry(self, session, project, minutes):
        entry = Entry(project=project.id, unit=FJORDVIK, day=date(2024, 1, 1), followed=True, minutes=minutes)
        assert refused(session, entry)[0] == "minutes"


class TestOtherProjects:
    """A cycle stays in its project, whatever it is pointed at."""

    def test_idea_measure_and_cycle_of_another_project(self, session, project, other, cycle):
        idea = store.make(session, KARI, Idea(project=other.id, title="Plakat"))
        measure = store.make(session, KARI, Measure(project=other.id, title="Testet"))
        theirs = store.make(session, KARI, Cycle(project=other.id, title="Test"))
        for field, record in (("idea", idea), ("measure", measure), ("follows", theirs)):
            assert refused_change(session, cycle, **{field: record.id}) == (field, "other_project")
            assert refused(session, Cycle(project=project.id, title="Ny", **{field: record.id})) == (
                field,
                "other_project",
            )
        assert refused_change(session, cycle, idea="nothing at all") == ("idea", "other_project")

    def test_points_and_entries(self, session, project, other):
        measure = store.make(session, KARI, Measure(project=other.id, title="Testet", data_kind="count"))
        theirs = store.make(session, KARI, Cycle(project=other.id, title="Test"))
        day = date(2024, 1, 1)
        point = Point(project=project.id, measure=measure.id, day=day, value=1.0)
        assert refused(session, point) == ("measure", "other_project")
        entry = Entry(project=project.id, cycle=theirs.id, unit=FJORDVIK, day=day, followed=True)
        assert refused(session, entry) == ("cycle", "other_project")

    def test_a_record_never_moves_to_another_project(self, session, other, cycle):
        assert refused_change(session, cycle, project=other.id) == ("project", "other_project")

    def test_what_is_deleted_is_not_pointed_at(self, session, project, cycle):
        idea = store.make(session, KARI, Idea(project=project.id, title="Plakat"))
        store.delete(session, KARI, Idea, idea.id)
        assert refused_change(session, cycle, idea=idea.id) == ("idea", "gone")

    def test_a_ramp_never_bites_its_own_tail(self, session, project, cycle):
        second = store.make(session, KARI, Cycle(project=project.id, title="To", follows=cycle.id))
        third = store.make(session, KARI, Cycle(project=project.id, title="Tre", follows=second.id))
        assert [one.number for one in (cycle, second, third)] == [1, 2, 3]
        for last in (cycle, second, third):
            assert refused_change(session, cycle, follows=last.id) == ("follows", "follows_itself")

    def test_a_cycle_is_tried_at_a_hospital_that_takes_part(self, session, project):
        assert refused(session, Cycle(project=project.id, title="x", unit=SKOGVIK), REGISTRY) == (
            "unit",
            "not_taking_part",
        )
        store.make(session, KARI, Participant(project=project.id, unit=SKOGVIK))
        assert store.make(session, REGISTRY, Cycle(project=project.id, title="x", unit=SKOGVIK))

    def test_a_hospital_takes_part_once(self, session, project):
        assert refused(session, Participant(project=project.id, unit=FJORDVIK)) == ("unit", "twice")

    def test_units_and_indicators_that_are_not_there(self, session, project):
        assert refused(session, Project(title="x", unit=123), REGISTRY) == ("unit", "unknown_unit")
        assert refused(session, Measure(project=project.id, indicator="nowhere")) == ("indicator", "unknown_indicator")


class TestText:
    ODD = (
        "<script>alert(1)</script>",
        "**fet** _kursiv_ [lenke](javascript:alert(1)) `kode` $x^2$ :red[rødt]",
        '=cmd|"/c calc"!A0',
        "👩‍⚕️🧠 æøå ÆØÅ né \u202e",
        "{title} %s %(x)s \\n",
        "  mellomrom  foran og bak  ",
        "linje 1\r\nlinje 2\n\tinnrykk",
    )

    @pytest.mark.parametrize("typed", ODD)
    def test_kept_exactly_as_typed(self, engine, session, project, typed):
        store.save(session, KARI, Project, project.id, project.version, {"background": typed})
        session.flush()
        session.expire_all()
        assert projects.whole(session, KARI, project.id).project.background == typed

    def test_ten_thousand_characters_and_not_one_more(self, session, project):
        saved = store.save(session, KARI, Project, project.id, project.version, {"background": "æ" * TEXT})
        assert len(saved.background) == TEXT
        assert refused_change(session, saved, background="æ" * (TEXT + 1)) == ("background", "long")
        assert refused_change(session, saved, title="x" * (LINE + 1)) == ("title", "long")

    @pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\ud800"])
    def test_signs_that_no_file_can_hold(self, session, project, sign):
        assert refused_change(session, project, background=f"a{sign}b") == ("background", "unknown_sign")

    def test_codes_are_of_the_list(self, session, project, cycle):
        assert refused_change(session, project, status="done") == ("status", "unknown_code")
        assert refused_change(session, project, dimensions=["safe", "quick"]) == ("dimensions", "unknown_code")
        assert refused_change(session, project, status="") == ("status", "unknown_code")
        assert refused_change(session, project, language="de") == ("language", "unknown_code")
        measure = store.make(session, KARI, Measure(project=project.id, title="x"))
        assert refused_change(session, measure, direction=2) == ("direction", "unknown_code")
        store.save(session, KARI, Cycle, cycle.id, cycle.version, {"act": ""})

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "www.helse.no", "https://a b", "", "ftp://x"])
    def test_a_link_leads_to_the_web(self, session, project, link):
        assert refused_change(session, project, links=[link]) == ("links", "not_a_link")
        store.save(session, KARI, Project, project.id, project.version, {"links": ["https://hjerneslag.no/x?y=1#z"]})


def test_other_records_are_checked_by_the_same_rules(session, project):
    assert refused(session, Task(project=project.id, title="")) == ("title", "empty")
    assert refused(session, Event(unit=FJORDVIK, starts_on=date(2024, 1, 1), title="x", kind="party")) == (
        "kind",
        "unknown_code",
    )
    measure = projects.whole(session, KARI, project.id).measures[0]
    day, share = date(2024, 1, 1), 0.5
    effect = Effect(
        project=project.id, measure=measure.id, unit=FJORDVIK, before_from=day, before_until=day, after_from=day,
        after_until=day, before=share, before_patients=1, after=share, after_patients=1, difference=0.0, low=0.0,
        high=float("nan"), grade="none", data_version=1,
    )  # fmt: skip
    assert refused(session, effect) == ("high", "not_a_number")


def test_every_fault_has_a_sentence():
    raised = set(re.findall(r'Refused\(.+?, "(\w+)"[,)]', Path(checks.__file__).read_text(encoding="utf-8")))
    tables = {"empty", "not_text", "broken"}  # the loader's own, told of a table
    for path in PACKAGE.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        raised |= set(re.findall(r'checks\.Refused\(.+?, "(\w+)"[,)]', text))
        tables |= set(re.findall(r'"refused\.table\.(\w+)"', text))
    assert len(raised) >= 20
    for language in catalog.LANGUAGES:
        told = {key.partition(".")[2] for key in catalog.area(language, "refused")}
        assert raised | {f"table.{kind}" for kind in tables} == told
        assert str(TEXT) in t(language, "refused.long", longest=TEXT)
