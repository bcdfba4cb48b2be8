"""Who has access: what a grant leads to, when it holds, who may give it, and the log that only grows."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from nhr_dash.access import NotAllowed, Role, everything
from nhr_dash.registry import audit, grants
from nhr_dash.registry.audit import What
from nhr_dash.registry.people import audit as log
from tests.improvement.conftest import FJORDVIK, MYRDAL, SKOGVIK, empty_database

TRUST, BODO, NORTH = 999100000, 974795361, 883658752
ADMIN = everything("first administrator")
DAY = date(2025, 6, 1)


@pytest.fixture
def engine(tmp_path):
    made = empty_database(tmp_path / "people.db")
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine):
    with engine.begin() as opened:
        yield opened


def scope_of(connection, role, unit=None):
    grants.give(connection, ADMIN, "someone", role, unit, start=DAY)
    found = grants.grants_of(connection, "someone", DAY)
    assert found is not None
    return found


class TestScope:
    def test_nobody_has_access_without_a_grant(self, connection):
        grants.remember(connection, "someone", "Sykepleier", "post@example.org")
        assert grants.grants_of(connection, "someone", DAY) is None
        assert grants.grants_of(connection, "unknown", DAY) is None

    def test_a_team_has_its_hospital(self, connection):
        scope = scope_of(connection, Role.TEAM, FJORDVIK)
        assert scope.visibility.own_units == {FJORDVIK}
        assert scope.may_edit(FJORDVIK) and not scope.may_edit(SKOGVIK)
        assert not scope.may_publish(FJORDVIK) and not scope.may_decide(FJORDVIK)
        assert not (scope.may_load or scope.may_grant or scope.may_see_audit)

    def test_a_leader_of_a_trust_has_its_hospitals(self, connection):
        scope = scope_of(connection, Role.LEADER, TRUST)
        assert scope.visibility.own_units is not None
        assert {TRUST, FJORDVIK, SKOGVIK, MYRDAL} <= scope.visibility.own_units
        assert scope.may_edit(MYRDAL) and scope.may_publish(MYRDAL) and scope.may_decide(MYRDAL)
        assert not scope.may_publish(BODO) and not scope.visibility.in_detail(BODO)

    @pytest.mark.parametrize("role", [Role.READER, Role.FAGRAAD, Role.REGISTRY])
    def test_the_others_see_aggregates_and_change_no_project(self, connection, role):
        scope = scope_of(connection, role)
        assert scope.visibility.own_units == frozenset()
        assert scope.visibility.fagraad == (role is Role.FAGRAAD)
        assert not scope.may_edit(FJORDVIK) and not scope.may_publish(FJORDVIK)
        assert scope.may_load == scope.may_grant == scope.may_see_audit == (role is Role.REGISTRY)

    def test_a_reader_of_a_region_sees_no_hospital_of_it_in_detail(self, connection):
        assert scope_of(connection, Role.READER, NORTH).visibility.own_units == frozenset()

    def test_roles_add_up_and_name_the_person(self, connection):
        grants.remember(connection, "someone", "Sykepleier")
        grants.give(connection, ADMIN, "someone", Role.FAGRAAD, start=DAY)
        scope = scope_of(connection, Role.TEAM, FJORDVIK)
        assert scope.visibility.fagraad and scope.may_edit(FJORDVIK)
        assert scope.roles == {Role.FAGRAAD, Role.TEAM}
        assert (scope.person, scope.logged_as) == ("Sykepleier", "someone")
        assert len({scope}) == 1

    def test_a_grant_holds_from_its_first_day_to_its_last(self, connection):
        grants.give(connection, ADMIN, "someone", Role.TEAM, FJORDVIK, start=DAY, end=DAY + timedelta(days=2))
        days = [DAY + timedelta(days=past) for past in (-1, 0, 1, 2)]
        assert [grants.grants_of(connection, "someone", day) is not None for day in days] == [False, True, True, False]

    def test_a_revoked_grant_gives_nothing_and_is_kept(self, connection):
        number = grants.give(connection, ADMIN, "someone", Role.TEAM, FJORDVIK, start=DAY)
        assert grants.revoke(connection, ADMIN, number)
        assert not grants.revoke(connection, ADMIN, number)
        assert grants.grants_of(connection, "someone", DAY) is None
        (kept,) = grants.every(connection, ADMIN)
        assert (kept.revoked_by, kept.unit) == ("first administrator", FJORDVIK)
        grants.give(connection, ADMIN, "someone", Role.TEAM, FJORDVIK, start=DAY)
        assert grants.grants_of(connection, "someone", DAY) is not None


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("no_person", {"subject": " "}),
        ("unknown_unit", {"unit": 5}),
        ("needs_unit", {"unit": None}),
        ("wrong_level", {"unit": TRUST}),
        ("no_unit", {"role": Role.FAGRAAD}),
        ("municipality", {"municipality": "Bodø"}),
        ("backwards", {"end": DAY}),
    ],
)
def test_what_can_not_be_given(connection, kind, wrong):
    asked = {"subject": "someone", "role": Role.TEAM, "unit": FJORDVIK, "start": DAY, **wrong}
    with pytest.raises(grants.Refused) as refused:
        grants.give(connection, ADMIN, asked.pop("subject"), asked.pop("role"), asked.pop("unit"), **asked)
    assert refused.value.kind == kind
    assert grants.every(connection, ADMIN) == () and audit.newest(connection, ADMIN, 10) == ()


def test_the_same_is_not_given_twice(connection):
    grants.give(connection, ADMIN, "someone", Role.TEAM, FJORDVIK, start=DAY)
    with pytest.raises(grants.Refused, match="same"):
        grants.give(connection, ADMIN, "someone", Role.TEAM, FJORDVIK, start=DAY)


@pytest.mark.parametrize("role", [Role.TEAM, Role.LEADER, Role.FAGRAAD, Role.READER])
def test_only_the_registry_sees_and_changes_access(connection, role):
    scope = scope_of(connection, role, FJORDVIK if role in {Role.TEAM, Role.LEADER} else None)
    for call in (
        lambda: grants.every(connection, scope),
        lambda: grants.give(connection, scope, "friend", Role.READER),
        lambda: grants.revoke(connection, scope, 1),
        lambda: audit.newest(connection, scope, 1),
    ):
        with pytest.raises(NotAllowed):
            call()


class TestLog:
    def test_changes_of_access_stand_in_it_newest_first(self, connection):
        number = grants.give(connection, ADMIN, "someone", Role.TEAM, FJORDVIK)
        grants.revoke(connection, ADMIN, number)
        lines = audit.newest(connection, ADMIN, 10)
        assert [line.what for line in lines] == [What.REVOKED, What.GRANTED]
        assert lines[0].person == "first administrator"
        assert lines[0].about == f"{number} team {FJORDVIK} someone"

    def test_patients_looked_at_are_a_line_an_hour(self, connection, monkeypatch):
        now = datetime(2026, 1, 1, 8)
        monkeypatch.setattr(audit, "_now", lambda: now)
        looks = [("a", FJORDVIK, "x"), ("a", FJORDVIK, "x"), ("a", FJORDVIK, "y"), ("b", FJORDVIK, "x"),
                 ("a", MYRDAL, "x")]  # fmt: skip
        assert [audit.looked(connection, *look) for look in looks] == [True, False, True, True, True]
        now += timedelta(hours=1)
        assert audit.looked(connection, "a", FJORDVIK, "x")

    @pytest.mark.parametrize("change", [log.update().values(person="other"), log.delete()], ids=["update", "delete"])
    def test_the_database_itself_refuses_to_change_a_line(self, engine, change):
        with engine.begin() as connection:
            audit.note(connection, "someone", What.SIGNED_IN)
        with pytest.raises(DBAPIError, match="only grows"), engine.begin() as connection:
            connection.execute(change)
        with engine.connect() as connection:
            assert connection.scalars(select(log.c.person)).all() == ["someone"]
