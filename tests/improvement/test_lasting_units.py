"""Who became lastingly better: found, paid for by everything that was looked through, and still holding or not."""

from datetime import date

import pytest

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.improvement import lasting_units
from nhr_dash.improvement.lasting_units import LOOKED_THROUGH, Stepped
from nhr_dash.registry.steps import Step

FJORDVIK = 999100001
IMAGING = "pakke_bilde_15min"
ME = everything("test")
MAY = date(2023, 5, 1)


def step(p: float = 0.0001, difference: float = 0.4, *, patients: int = 100, **values) -> Step:
    known = {
        "unit": FJORDVIK, "found": True, "since": MAY, "before": 0.2, "after": 0.6, "difference": difference,
        "low": 0.3, "high": 0.5, "strength": 5.0, "patients_before": patients, "patients_after": patients, "p": p,
        "earliest": MAY, "latest": MAY, "place": 6, "points": ((5, 20),) * 6 + ((15, 20),) * 6,
    }  # fmt: skip
    return Step(**(known | values))


def stepped(one: Step) -> Stepped:
    return Stepped(IMAGING, one, one.difference > 0, (0, 0), "unsure")


class TestHolding:
    @pytest.mark.parametrize(
        ("now", "holding"),
        [((15, 20), "holds"), ((9, 20), "fallen"), ((7, 10), "holds"), ((2, 4), "unsure"), ((0, 0), "unsure")],
    )
    def test_the_newest_year_against_before_and_between(self, now, holding):
        points = ((5, 20),) * 6 + ((15, 20),) * 6 + (now,) * 3
        assert lasting_units._holding(step(points=points), 1) == holding

    def test_a_step_in_the_newest_year_is_new(self):
        assert lasting_units._holding(step(place=9), 1) == "new"

    def test_where_fewer_is_better_it_is_mirrored(self):
        points = ((15, 20),) * 6 + ((5, 20),) * 6 + ((5, 20),) * 3
        assert lasting_units._holding(step(points=points), -1) == "holds"
        back = (*points[:-3], *((12, 20),) * 3)
        assert lasting_units._holding(step(points=back), -1) == "fallen"


class TestBetter:
    def test_what_is_clear_alone_is_not_clear_among_many(self):
        alone = [stepped(step(p=0.01))]
        assert lasting_units.better(alone) == tuple(alone)
        assert lasting_units.better([*alone, *[stepped(step(p=0.5))] * 40]) == ()

    def test_the_largest_comes_first_and_what_got_worse_is_left_out(self):
        small, large, worse = (stepped(step(difference=size)) for size in (0.1, 0.5, -0.6))
        assert lasting_units.better([small, worse, large]) == (large, small)


class TestLook:
    @pytest.fixture
    def connection(self, sample_database):
        engine = connect(f"sqlite:///{sample_database.as_posix()}")
        with engine.connect() as opened:
            yield opened
        engine.dispose()

    def test_the_training_hospital_is_found_and_holds(self, connection):
        every = lasting_units.look(connection, ME, IMAGING, 5)
        assert len(every) > 30
        (found,) = lasting_units.better(every)
        assert (found.step.unit, found.holding) == (FJORDVIK, "holds")
        assert found.step.earliest <= found.step.since <= found.step.latest
        assert found.now == tuple(map(sum, zip(*found.step.points[-3:], strict=True)))

    @pytest.mark.parametrize("indicator", ["hjerneslag_dg", "pakke_lyske"])
    def test_what_has_no_share_by_month_is_not_looked_through(self, connection, indicator):
        assert lasting_units.look(connection, ME, indicator, 5) == ()
        assert indicator not in LOOKED_THROUGH

    def test_each_measure_is_looked_through_once(self):
        assert "hjerneslag_beh_enhet" in LOOKED_THROUGH
        assert "nki_slagenhet" not in LOOKED_THROUGH
