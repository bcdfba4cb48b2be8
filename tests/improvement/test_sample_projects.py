"""The sample projects: nothing invented at real hospitals, no persons, and figures that the registry bears out."""

import re
from datetime import date

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from nhr_dash.access import everything
from nhr_dash.improvement import kinds, models, projects, sample_projects
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.tables import fact
from tests.improvement.conftest import empty_database

TRAINING = {999100001, 999100002, 999100003, 999100004}
FJORDVIK, MYRDAL = 999100001, 999100003
NEWEST = date(2025, 12, 28)
KINDS = tuple(mapper.class_ for mapper in models.Base.registry.mappers if issubclass(mapper.class_, models.OfProject))


@pytest.fixture(scope="module")
def session(sample_database):
    engine = create_engine(f"sqlite:///{sample_database.as_posix()}")
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def wholes(session):
    scope = everything("test")
    return {
        path.stem: projects.whole(session, scope, sample_projects.project_id(path.stem))
        for path in sample_projects.files()
    }


def share(session, unit, indicator, start, end):
    """Numerator and denominator of a hospital from a day to a day (inclusive)."""
    return session.execute(
        select(func.sum(fact.c.success), func.count()).where(
            fact.c.indicator == by_id(indicator).number,
            fact.c.hospital == unit,
            func.date(fact.c.admitted_at) >= start.isoformat(),
            func.date(fact.c.admitted_at) <= end.isoformat(),
        )
    ).one()


def texts(record):
    """Every text of a record with its field's name."""
    for column in type(record).__mapper__.column_attrs:
        value = getattr(record, column.key)
        if isinstance(value, str) and column.key not in {"id", "project", "created_by", "changed_by"}:
            yield column.key, value


def everything_in(whole):
    return [whole.project, *(record for name in vars(whole) if name != "project" for record in getattr(whole, name))]


def planted(folder, name):
    engine = empty_database(folder / name)
    with engine.begin() as connection:
        sample_projects.plant_projects(connection, everything("sample"), NEWEST)
    with Session(engine) as session:
        found = {
            (kind.__tablename__, record.id, record.version, record.created_at)
            for kind in (models.Project, *KINDS, models.Event, models.Decision)
            for record in session.scalars(select(kind))
        }
    engine.dispose()
    return found


def test_every_file_is_a_project_that_can_be_read(wholes):
    assert 18 <= len(wholes) <= 25
    assert all(whole.project.title and whole.project.title_en for whole in wholes.values())
    assert all(whole.outcome for whole in wholes.values())


def test_two_builds_give_the_same_records_with_the_same_stamps(tmp_path):
    first, second = planted(tmp_path, "a.db"), planted(tmp_path, "b.db")
    assert first == second
    assert len(first) > 200


def test_real_hospitals_carry_only_what_is_told_in_public(wholes):
    real = [whole for whole in wholes.values() if not TRAINING & set(whole.units)]
    assert real
    for whole in real:
        made_up = (whole.members, whole.cycles, whole.entries, whole.ideas, whole.phases, whole.tasks)
        made_up += (whole.decisions, whole.deliverables, whole.obstacles)
        assert not any(made_up), whole.project.title
        assert whole.project.reference
        assert not (whole.project.contact or whole.project.package or whole.project.keeper)
        assert not (whole.project.aim_what or whole.project.aim_value or whole.project.score)


def test_the_only_points_of_a_real_hospital_are_the_two_that_the_source_gives(wholes):
    real = {name: whole for name, whole in wholes.items() if not TRAINING & set(whole.units)}
    points = {name: [(one.numerator, one.denominator) for one in whole.points] for name, whole in real.items()}
    assert {name: found for name, found in points.items() if found} == {
        "bodo-bruk-av-registerdata": [(6, 11), (10, 12)]
    }


def test_invented_projects_stand_at_training_hospitals_alone(wholes):
    for whole in wholes.values():
        invented = bool(TRAINING & set(whole.units))
        assert not invented or set(whole.units) <= TRAINING
        assert invented != bool(whole.project.reference)


def test_cycles_lie_inside_their_project_and_end_after_they_start(wholes):
    for whole in wholes.values():
        for cycle in whole.cycles:
            assert cycle.starts_on is None or cycle.starts_on >= whole.project.starts_on, cycle.title
            if whole.project.ends_on and cycle.ends_on:
                assert cycle.ends_on <= whole.project.ends_on, cycle.title


def test_the_stages_and_endings_of_a_project_are_all_there(wholes):
    found = {whole.project.status for whole in wholes.values()}
    assert {"idea", "planned", "running", "closed", "stopped"} <= found
    assert all(whole.project.stop_reason for whole in wholes.values() if whole.project.status == "stopped")
    acts = {cycle.act for whole in wholes.values() for cycle in whole.cycles}
    assert {*kinds.Act, ""} == acts
    assert any(one.answered_on is None for whole in wholes.values() for one in whole.obstacles)


def test_a_published_project_has_its_effect_and_a_public_story_has_none(wholes):
    for whole in wholes.values():
        invented = whole.project.published and not whole.project.reference
        assert {one.unit for one in whole.effects} == (set(whole.units) if invented else set()), whole.project.title
    grades = {one.grade for whole in wholes.values() for one in whole.effects}
    assert {"clear_improvement", "no_certain_change"} <= grades


def test_an_abandoned_cycle_says_why(wholes):
    for whole in wholes.values():
        assert all(cycle.act_why and cycle.learned for cycle in whole.cycles if cycle.act == kinds.Act.ABANDON)


def test_entries_and_points_lie_before_now_and_in_their_cycle(wholes):
    for whole in wholes.values():
        spans = {cycle.id: (cycle.starts_on, cycle.ends_on) for cycle in whole.cycles}
        for entry in whole.entries:
            first, last = spans[entry.cycle]
            assert first <= entry.day <= min(last or NEWEST, NEWEST)
        assert all(point.day <= NEWEST for point in whole.points)


def test_a_measure_is_an_indicator_or_has_its_own_definition(wholes):
    for whole in wholes.values():
        for measure in whole.measures:
            if measure.indicator:
                assert by_id(measure.indicator)
            else:
                assert measure.title
                assert measure.definition


def test_no_text_holds_an_address_or_a_person(wholes):
    for whole in wholes.values():
        for record in everything_in(whole):
            for field, text in texts(record):
                assert "@" not in text, (whole.project.title, field)
                # Two capitalised words after each other inside a sentence are nearly always a person's name.
                names = set(re.findall(r"(?<=[a-zæøå,] )[A-ZÆØÅ][a-zæøå]+ [A-ZÆØÅ][a-zæøå]+", text))
                assert not names - {"Norsk Pasientregister"}, (whole.project.title, field, names)


def test_every_stored_change_is_in_the_history(session, wholes):
    stored = set(session.scalars(select(models.Change.record)))
    for whole in wholes.values():
        assert {record.id for record in everything_in(whole)} <= stored


def results(whole):
    """Cycles whose result names a count, as (cycle, indicator, unit, numerator, denominator)."""
    measures = {measure.id: measure.indicator for measure in whole.measures}
    for cycle in whole.cycles:
        said = re.match(r"(\d+) av (\d+)", cycle.result)
        if said and measures.get(cycle.measure) and cycle.scale in {kinds.Scale.HOSPITAL, kinds.Scale.WARD}:
            yield cycle, measures[cycle.measure], int(said[1]), int(said[2])


def test_results_are_those_of_the_registry(session, wholes):
    checked = 0
    for whole in wholes.values():
        for cycle, indicator, numerator, denominator in results(whole):
            units = [cycle.unit] if cycle.unit else whole.units
            found = [share(session, unit, indicator, cycle.starts_on, cycle.ends_on) for unit in units]
            assert (sum(one[0] for one in found), sum(one[1] for one in found)) == (numerator, denominator), cycle.title
            checked += 1
    assert checked > 5


def test_results_of_own_measures_are_the_sum_of_their_points(wholes):
    checked = 0
    for whole in wholes.values():
        own = {measure.id for measure in whole.measures if measure.indicator is None and measure.data_kind == "share"}
        for cycle in whole.cycles:
            said = re.match(r"(\d+) av (\d+)", cycle.result)
            if said and cycle.measure in own and cycle.scale == kinds.Scale.WARD:
                points = [
                    point
                    for point in whole.points
                    if point.measure == cycle.measure and cycle.starts_on.replace(day=1) <= point.day <= cycle.ends_on
                ]
                found = (sum(point.numerator for point in points), sum(point.denominator for point in points))
                assert found == (int(said[1]), int(said[2])), cycle.title
                checked += 1
    assert checked


def test_fjordviks_predictions_are_in_the_order_of_what_happened(session, wholes):
    whole = wholes["fjordvik-bildediagnostikk"]
    for cycle in whole.cycles:
        if cycle.prediction_kind == kinds.PredictionKind.SHARE:
            numerator, denominator = share(session, FJORDVIK, "pakke_bilde_15min", cycle.starts_on, cycle.ends_on)
            assert abs(numerator / denominator - cycle.prediction_value) < 0.15


def test_myrdal_improved_and_relapsed(session):
    def level(start, end):
        numerator, denominator = share(session, MYRDAL, "hjerneslag_test_svelg", start, end)
        return numerator / denominator

    before = level(date(2021, 1, 1), date(2023, 1, 31))
    during = level(date(2023, 2, 1), date(2024, 8, 31))
    after = level(date(2024, 9, 1), date(2025, 11, 30))
    assert during - before > 0.1
    assert during - after > 0.1


def test_flags_of_a_training_hospital_are_cycles_and_not_also_events(session, wholes):
    cycles = {
        (cycle.unit or whole.project.unit, cycle.starts_on) for whole in wholes.values() for cycle in whole.cycles
    }
    events = session.execute(select(models.Event.unit, models.Event.starts_on).where(models.Event.unit.in_(TRAINING)))
    assert not cycles & {tuple(row) for row in events}
