"""Does it last? Relapses in series worked out by hand, on the sample registry, and of many projects at once."""

from datetime import date

import numpy as np
import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from nhr_dash.access import Scope, Visibility, everything
from nhr_dash.database import connect
from nhr_dash.improvement import projects, store, watch
from nhr_dash.improvement.models import Measure, Project
from nhr_dash.registry import indicators
from nhr_dash.registry.tables import day_summary, fact
from tests.improvement import hand

IMAGING = indicators.by_id(hand.IMAGING)
FJORDVIK, SKOGVIK = 999100001, 999100002
ME = everything("test")
# A year at 60 %, six of ten a month with a little to and fro.
LEVEL = [(6, 10), (7, 10), (5, 10)] * 4
FROM, SINCE = date(2023, 1, 1), date(2024, 1, 1)


def judged(after: list[tuple[int, int]], level=LEVEL, indicator=IMAGING) -> watch.Watch:
    found = watch.judged("project", 1, indicator, hand.monthly(FROM, level + after), FROM, SINCE)
    assert all(found.reason.said(language) for language in ("nb", "en"))
    return found


def project(**values) -> Project:
    days = {"starts_on": date(2022, 3, 1), "status": "closed", "ends_on": SINCE}
    return hand.made(Project, title="Bilde", unit=1, **{**days, **values})


class TestRule:
    def test_a_level_that_holds(self):
        found = judged([(6, 10), (5, 10), (7, 10)] * 4)
        assert (found.state, found.signalled) == ("held", None)
        assert (found.level.value, found.now.value) == (pytest.approx(0.6), pytest.approx(0.6))

    def test_a_fall_is_found_within_months_and_dated_from_where_it_began(self):
        # From 60 to 20 % in July: two of ten a month where six are the level.
        found = judged([(6, 10), (5, 10), (7, 10)] * 2 + [(2, 10)] * 4)
        assert (found.state, found.signalled) == ("relapsed", date(2024, 7, 1))
        assert found.now.value == pytest.approx(0.2)
        assert found.reason.said("nb") == "falt tilbake fra 60\u202f% til 20\u202f% siden juli 2024"

    def test_a_slow_fall_is_found_by_the_row(self):
        # 57 patients a month, 50 % instead of 55 %: too little for halved odds, but twelve months in a row.
        level = [(55, 100), (56, 100), (54, 100)] * 4
        assert judged([(50, 100)] * 12, level).state == "relapsed"

    def test_what_came_back_is_no_relapse(self):
        assert judged([(2, 10)] * 4 + [(7, 10)] * 6).state == "held"

    def test_getting_better_is_no_relapse(self):
        assert judged([(9, 10)] * 12).state == "held"

    def test_few_patients_say_nothing(self):
        assert judged([(0, 4), (0, 5)]).state == "early"
        assert judged([]).state == "early"
        assert judged([(2, 10)] * 12, level=[]).state == "early"

    def test_everybody_or_nobody_at_the_level_is_no_error(self):
        assert judged([(10, 10)] * 12, level=[(10, 10)] * 12).state == "held"
        assert judged([(0, 10)] * 12, level=[(0, 10)] * 12).state == "held"
        assert judged([(5, 10)] * 12, level=[(10, 10)] * 12).state == "relapsed"

    def test_the_false_alarm_rate_is_as_promised(self):
        """A year at a level from 24 months, 11 patients a month, 80 times (seed 7): 8 % at most by both rules."""
        rng = np.random.default_rng(7)
        alarms = 0
        for _ in range(80):
            months = [(int(rng.binomial(11, 0.6)), 11) for _ in range(36)]
            frame = hand.monthly(date(2022, 1, 1), months)
            alarms += watch.judged("x", 1, IMAGING, frame, date(2022, 1, 1), SINCE).state == "relapsed"
        assert alarms / 80 <= 0.08


class TestWindow:
    def test_the_level_is_from_the_ramp_in_to_the_last_day(self):
        assert watch.window(project(settled_on=date(2022, 6, 1))) == (date(2022, 6, 1), SINCE)

    def test_without_a_last_day_the_first_year_is_the_level(self):
        assert watch.window(project(status="sustaining", ends_on=None)) == (date(2022, 3, 1), date(2023, 3, 1))

    def test_a_later_phase_of_the_chart_is_the_level(self):
        phases = [date(2022, 3, 1), date(2022, 10, 1), date(2025, 1, 1)]
        assert watch.window(project(), phases) == (date(2022, 10, 1), SINCE)

    def test_without_the_day_of_the_change(self):
        with pytest.raises(ValueError, match="day of its change"):
            watch.window(project(starts_on=None))


@pytest.fixture
def session(sample_copy):
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def stored(session: Session, unit: int, indicator: str, **values) -> Project:
    days = {"starts_on": date(2023, 2, 1), "settled_on": date(2023, 6, 1), "status": "closed"}
    made = Project(title="Bilde", unit=unit, **{**days, "ends_on": date(2024, 6, 1), **values})
    return projects.create(session, ME, made, indicator=indicator, units=[])


class TestOnTheSampleRegistry:
    def test_fjordvik_holds_and_a_fall_is_seen(self, session):
        made = stored(session, FJORDVIK, hand.IMAGING)
        followed = watch.at_units(session, ME, {FJORDVIK})
        mine = [one for one in followed if one.project.id == made.id]
        (found,) = watch.watch(session.connection(), ME, mine)
        assert found.state == "held"
        # Everything since January 2025 undone: nobody in time.
        late = date(2025, 1, 1)
        for table, column in ((fact, fact.c.admitted_at), (day_summary, day_summary.c.day)):
            undone = {"success": 0} if table is fact else {"numerator": 0}
            session.execute(
                update(table)
                .where(table.c.indicator == IMAGING.number, table.c.hospital == FJORDVIK, column >= late)
                .values(undone)
            )
        (found,) = watch.watch(session.connection(), ME, mine)
        assert found.state == "relapsed"
        assert found.now.value < 0.1
        assert date(2024, 11, 1) <= found.signalled <= late
        assert watch.relapses([found]) == [found]

    def test_only_what_is_over_or_followed_up_and_may_be_seen(self, session):
        stored(session, FJORDVIK, hand.IMAGING, status="running")
        hidden = stored(session, SKOGVIK, "hjerneslag_inn_enhet")
        shown = stored(session, SKOGVIK, "hjerneslag_inn_enhet", published=True)
        stranger = Scope("other", Visibility(frozenset({FJORDVIK})))
        seen = {one.project.id for one in watch.at_units(session, stranger, {FJORDVIK, SKOGVIK})}
        assert shown.id in seen
        assert hidden.id not in seen
        gone = stored(session, FJORDVIK, hand.IMAGING)
        store.delete(session, ME, Project, gone.id)
        assert gone.id not in {one.project.id for one in watch.at_units(session, ME, {FJORDVIK})}

    def test_many_projects_cost_few_queries(self, session):
        for place in range(20):
            stored(session, (FJORDVIK, SKOGVIK)[place % 2], (hand.IMAGING, "hjerneslag_inn_enhet")[place // 10])
        followed = watch.at_units(session, ME, {FJORDVIK, SKOGVIK})
        watch.watch(session.connection(), ME, followed)  # what a data version remembers is read
        asked = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *parts: asked.append(parts[2]))
        found = watch.watch(session.connection(), ME, followed)
        assert len(found) >= 20
        summaries = [one for one in asked if "day_summary" in one]
        assert len(summaries) == len({one.outcome.indicator for one in followed})

    def test_own_measures_and_minutes_are_left_out(self, session):
        stored(session, FJORDVIK, "pakke_lyske")
        bare = store.make(session, ME, Project(title="x", unit=FJORDVIK, status="closed", starts_on=FROM))
        store.make(session, ME, Measure(project=bare.id, kind="outcome", title="eget"))
        followed = [one for one in watch.at_units(session, ME, {FJORDVIK}) if one.project.created_by == "test"]
        assert watch.watch(session.connection(), ME, followed) == []
