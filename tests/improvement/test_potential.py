"""Where there is most to gain: goals that aren't luck, each measure once, nothing of what is hidden, and a project."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection

from nhr_dash.access import Held, Role, everything, holding
from nhr_dash.database import connect
from nhr_dash.improvement import potential, projects
from nhr_dash.improvement.kinds import Source
from nhr_dash.improvement.potential import WITH_SHARE, Aim, Gap, NoGoal, once, together
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics.gain import Part, gain, surety
from nhr_dash.statistics.intervals import Interval, wilson
from tests.improvement.conftest import FJORDVIK, KARI

BODO, HAMAR, TYNSET = 974795361, 974724960, 974725215
DIRECT, IMAGING, WARD, WARD_TOO = "hjerneslag_inn_enhet", "pakke_bilde_15min", "hjerneslag_beh_enhet", "nki_slagenhet"
FULL = everything("test")
READER = holding("test", (Held(Role.READER, None),))


def gap(x: int, n: int, goal: float, unit: int = BODO, indicator: str = IMAGING, kind: str = "target") -> Gap:
    share, aim = wilson(x, n), Aim(Interval(goal, goal, goal), kind)
    more = gain([Part(share, aim.share, n)])
    return Gap(unit, indicator, 2024, 2024, n, share, aim, n, more, surety(more))


class TestGoals:
    def test_the_target_goes_before_the_limit_of_high_attainment(self):
        target = potential.set_aim(by_id(IMAGING), date(2025, 12, 28))
        assert (target.kind, target.share.estimate, target.strict) == ("target", 0.6, True)
        assert potential.set_aim(by_id(DIRECT), date(2025, 12, 28)).kind == "high"

    def test_an_ended_target_is_none(self):
        with pytest.raises(NoGoal) as none:
            potential.set_aim(by_id("nki_trombolyse_40min"), date(2025, 12, 28))
        assert none.value.reason == "no_target"

    def test_the_best_fifth_is_chosen_by_shrunken_values_not_by_luck(self):
        lucky = [(5, 5)] * 5
        good, ordinary = [(180, 200)] * 5, [(140, 200)] * 15
        x, n = zip(*lucky, *good, *ordinary, strict=True)
        found = potential.best_fifth(x, n)
        assert 0.86 < found.share.estimate < 0.91  # 1 by raw values
        assert found.share.low < found.share.estimate < found.share.high
        worst = potential.best_fifth(x, n, direction=-1)
        assert worst.share.estimate == pytest.approx(0.7, abs=0.03)

    def test_a_fifth_of_few_hospitals_would_show_single_ones(self):
        with pytest.raises(NoGoal) as none:
            potential.best_fifth([50 + one for one in range(20)], [100] * 20)
        assert none.value.reason == "too_few_hospitals"

    def test_a_lucky_year_is_not_the_best_year(self):
        years = list(range(2016, 2024))
        x = [4, 140, 120, 121, 118, 122, 119, 120]
        found = potential.best_year(years, x, [4, *[200] * 7])
        assert found.year == 2017
        assert 0.6 < found.share.estimate < 0.7

    def test_two_years_have_no_best(self):
        with pytest.raises(NoGoal) as none:
            potential.best_year([2023, 2024], [50, 60], [100, 100])
        assert none.value.reason == "no_years"


class TestOrder:
    def test_what_can_be_chance_stands_below_what_is_clear_and_what_is_reached_last(self):
        few, many = gap(5, 10, 0.9, indicator=DIRECT), gap(400, 700, 0.6)
        reached = gap(95, 100, 0.9, indicator=WARD)
        assert [one.grade for one in (few, many, reached)] == ["clear", "chance", "reached"]
        assert many.gain.estimate > few.gain.estimate
        assert once([reached, many, few]) == (few, many, reached)

    def test_indicators_that_count_the_same_stand_once_with_the_higher_goal(self):
        assert potential.twins()[WARD_TOO] == WARD
        low, high = gap(50, 100, 0.8, indicator=WARD), gap(50, 100, 0.9, indicator=WARD_TOO)
        assert once([low, high]) == (high,)

    def test_only_clear_gaps_are_summed_over_hospitals(self):
        rows = [gap(40, 100, 0.6), gap(300, 1000, 0.6, HAMAR), gap(11, 20, 0.6, TYNSET), gap(70, 100, 0.6, FJORDVIK)]
        (found,) = together(rows)
        assert found.gain.estimate == pytest.approx(20 + 300)
        assert [one.unit for one in found.clear] == [HAMAR, BODO]
        assert (found.chance, found.reached) == (1, 1)


@pytest.fixture
def connection(sample_database) -> Iterator[Connection]:
    engine = connect(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


class TestLook:
    def test_the_number_is_the_gap_times_the_patients_of_a_year(self, connection):
        for span in potential.SPANS:
            found = potential.look(connection, FULL, IMAGING, "target", span)
            (one,) = [each for each in found.gaps if each.unit == BODO]
            assert one.yearly == one.patients / span
            assert one.last - one.first + 1 == span
            assert one.gain.estimate == pytest.approx((0.6 - one.share.estimate) * one.yearly)
            assert {Source.POLICY, Source.LOW_ATTAINMENT} <= one.ways

    @pytest.mark.parametrize("goal", potential.GOALS)
    def test_a_hospital_without_a_stroke_unit_is_not_to_reach_one(self, connection, goal):
        found = potential.look(connection, FULL, DIRECT, goal, 1, only=TYNSET)
        assert TYNSET in found.lacking
        assert not found.gaps

    def test_nothing_is_left_of_what_is_hidden(self, connection):
        for indicator in WITH_SHARE:
            found = potential.look(connection, READER, indicator, "target", 1)
            assert not found.hidden & {one.unit for one in found.gaps}
            assert all(one.patients >= by_id(indicator).min_denominator for one in found.gaps)
        assert potential.look(connection, READER, "hjerneslag_ut_antikoag", "target", 1).hidden

    def test_without_a_goal_it_says_why(self, connection):
        found = potential.look(connection, FULL, "nki_trombolyse_40min", "target", 1)
        assert (found.why, found.gaps) == ("no_target", ())

    def test_minutes_have_no_share(self, connection):
        with pytest.raises(ValueError, match="minutes"):
            potential.look(connection, FULL, "pakke_lyske", "target", 1)

    def test_a_registry_without_patients_has_no_data(self, empty_file):
        engine = connect(f"sqlite:///{empty_file.as_posix()}")
        with engine.connect() as opened:
            assert potential.look(opened, FULL, IMAGING, "target", 1).why == "no_data"
        engine.dispose()


def test_a_project_begins_with_indicator_baseline_and_aim(session):
    begun = potential.begin(session, KARI, gap(57, 138, 0.6, FJORDVIK), "Bilder", "Bakgrunn", "nb", Source.VARIATION)
    whole = projects.whole(session, KARI, begun)
    assert whole.outcome is not None
    assert (whole.outcome.indicator, whole.project.aim_value, whole.project.source) == (IMAGING, 0.6, "variation")
    assert (whole.outcome.baseline_from, whole.outcome.baseline_to) == (date(2024, 1, 1), date(2024, 12, 31))
    assert whole.project.background == "Bakgrunn"


def test_an_aim_that_nobody_set_is_in_whole_percent_away_from_the_share_now(session):
    begun = potential.begin(
        session, KARI, gap(57, 138, 0.7132, FJORDVIK, kind="fifth"), "Bilder", "", "nb", Source.VARIATION
    )
    assert projects.whole(session, KARI, begun).project.aim_value == 0.72
