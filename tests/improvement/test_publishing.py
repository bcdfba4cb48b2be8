"""What others are told of a published effect, and that no small number can be got from it."""

from collections import Counter
from datetime import date
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhr_dash.access import Held, Role, holding
from nhr_dash.improvement import publishing
from nhr_dash.improvement.models import Effect

HOSPITAL, ELSEWHERE = 999100001, 999100002
TOLD = ("before", "before_patients", "after", "after_patients", "difference", "low", "high", "grade")


def effect(done_before=8, before=24, done_after=92, after=137) -> Effect:
    day = date(2023, 1, 1)
    return Effect(
        id=str(uuid5(NAMESPACE_URL, "one")),
        project="p",
        measure="m",
        unit=HOSPITAL,
        before_from=day,
        before_until=day,
        after_from=day,
        after_until=day,
        before=done_before / before,
        before_patients=before,
        after=done_after / after,
        after_patients=after,
        difference=done_after / after - done_before / before,
        low=0.15,
        high=0.54,
        grade="clear_improvement",
        data_version=1,
    )


def told(one: Effect) -> dict[str, float]:
    return {name: getattr(one, name) for name in TOLD}


def role(which: Role, unit: int | None) -> list[Effect]:
    return publishing.shown([effect()], holding("somebody", [Held(which, None if unit is None else frozenset({unit}))]))


@pytest.mark.parametrize("which", [Role.READER, Role.FAGRAAD])
def test_others_are_told_the_same_each_time_and_never_the_counts(which):
    (first,), (again,) = role(which, None), role(which, None)
    assert told(first) == told(again) != told(effect())
    assert first.grade == "clear_improvement"
    assert told(role(Role.TEAM, HOSPITAL)[0]) == told(effect())
    assert told(role(Role.TEAM, ELSEWHERE)[0]) == told(first)


# Four counts, how far each is off, and how many patients more each could have had.
numbers = st.tuples(*[st.integers(10, 300)] * 4)
shifts = st.tuples(*[st.integers(-8, 8)] * 4)


@given(numbers, shifts, shifts)
def test_what_is_told_fits_any_other_counts_as_well(counts, off, more):
    """A patient more is told as one fewer is off: whoever knows all months but one can rule no number of it out."""

    def of(counts):
        return effect(counts[0], counts[0] + counts[1], counts[2], counts[2] + counts[3])

    other = of(np.maximum(np.add(counts, more), 10).tolist())
    moved = np.maximum(np.add(counts, more), 10) - counts
    seen = publishing.blurred(of(counts), off)
    assert told(publishing.blurred(other, np.subtract(off, moved).tolist())) == told(seen)


def test_a_patient_further_off_is_half_as_likely_in_each_count():
    """So two patients more or fewer in a hidden month make what is told at most four times as likely."""
    drawn = np.array([publishing.off_by(str(uuid5(NAMESPACE_URL, str(at)))) for at in range(20_000)])
    assert np.abs(np.corrcoef(drawn.T) - np.eye(4)).max() < 0.03
    for column in drawn.T:
        times = Counter(column.tolist())
        for off in range(4):
            for here, further in ((off, off + 1), (-off, -off - 1)):
                assert times[further] / times[here] == pytest.approx(publishing.FADING, abs=0.06)


@pytest.mark.parametrize(
    ("patients", "shares"), [((20, 20), (0.5, 0.7)), ((24, 137), (0.33, 0.7)), ((52, 258), (0.42, 0.69))]
)
def test_the_uncertainty_holds_what_the_counts_are_off_by(patients, shares):
    """Nineteen of twenty told intervals hold the true change; without it nine of ten did."""
    random = np.random.default_rng(1)
    more, fewer = random.geometric(1 - publishing.FADING, (2, 2000, 4))
    done = random.binomial(patients, shares, (2000, 2))
    seen = [
        publishing.blurred(effect(int(one[0]), patients[0], int(one[1]), patients[1]), off)
        for one, off in zip(done, (more - fewer).tolist(), strict=True)
    ]
    held = np.mean([one.low <= shares[1] - shares[0] <= one.high for one in seen])
    assert held == pytest.approx(0.95, abs=0.015)


def test_minutes_are_told_whole():
    one = effect()
    one.before, one.after, one.difference, one.low, one.high = 41.5, 27.2, -13.6, -18.4, -9.7
    seen = publishing.blurred(one, [1, 2, -1, 0])
    assert (seen.before, seen.after, seen.difference, seen.low, seen.high) == (42, 27, -14, -18, -10)
    assert (seen.before_patients, seen.after_patients) == (27, 137)


def test_the_least_number_of_patients_is_told_as_no_fewer():
    seen = publishing.blurred(effect(10, 20, 12, 20), [-3, -2, -4, 0])
    assert (seen.before_patients, seen.after_patients) == (20, 20)
    assert (seen.before, seen.after) == (7 / 20, 8 / 20)
