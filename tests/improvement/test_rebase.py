"""A new phase is suggested where the signal has held, and only there; a person answers, and both versions stand."""

from datetime import date

import numpy as np
import pytest

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.database import connect
from nhr_dash.improvement import annotations, rebase
from nhr_dash.registry.indicators import by_id
from tests.improvement import hand

IMAGING = by_id(hand.IMAGING)
FJORDVIK = 999100001
ME = everything("test")
# Two years of 2 and 4 of 10 in turn: median and share 30 %.
OLD = [(2, 10), (4, 10)] * 12
NEW = [(7, 10), (5, 10), (6, 10), (8, 10), (4, 10), (7, 10)] * 2


def judged(months: list[tuple[int, int]], *, boundaries=(), changed_on=None, provisional: int = 0):
    frame = hand.monthly(date(2022, 1, 1), months, provisional=provisional)
    cuts = np.array(boundaries, dtype="datetime64[D]")
    frame["phase"] = np.searchsorted(cuts, frame["start"].to_numpy().astype("datetime64[D]"), side="right")
    found = rebase.judged(IMAGING, 1, frame, boundaries, changed_on)
    assert all(found.reason.said(language) for language in ("nb", "en"))
    return found


def test_a_level_that_has_held_for_a_year_is_suggested():
    # 36 useful points: round(log2 36) + 3 = 8; twelve in a row above 30 %; 74 of 120 after.
    found = judged(OLD + NEW)
    assert (found.starts_on, found.side, found.reason.key) == (date(2024, 1, 1), 1, "rebase.held")
    assert (found.reason.values["row"], found.reason.values["limit"], found.reason.values["n"]) == (12, 8, 12)
    assert found.before.value == pytest.approx(0.30)
    assert found.after.value == pytest.approx(74 / 120)


def test_both_versions_can_be_viewed():
    found = judged(OLD + NEW)
    assert (found.as_is.boundaries, found.moved.boundaries) == ((), (date(2024, 1, 1),))
    assert (len(found.as_is.reading.phases), len(found.moved.reading.phases)) == (1, 2)
    assert found.moved.reading.side == "better"
    assert found.moved.reading.now.median == pytest.approx(0.65)
    assert found.moved.frame["phase"].tolist() == [0] * 24 + [1] * 12


def test_only_the_first_question_and_the_direction_are_answered_from_the_data():
    found = judged(OLD + NEW)
    assert "12 måneder på det nye nivået" in found.answer("sustained", "nb")
    assert found.answer("wanted", "nb").startswith("Ja: fra 30")
    assert found.answer("cause", "nb") == found.answer("lasting", "nb") == ""
    worse = judged(OLD + [(0, 10), (1, 10), (0, 10), (0, 10), (1, 10), (0, 10)] * 2)
    assert worse.side == -1
    assert worse.answer("wanted", "nb").startswith("Nei")


@pytest.mark.parametrize(
    ("months", "key"),
    [
        ([], "short_before"),
        (OLD[:11], "short_before"),
        (OLD + [(3, 10), (2, 10), (4, 10)] * 4, "no_signal"),
        (OLD + [(5 + place // 5, 10) for place in range(24)], "unsettled"),  # it is still climbing
    ],
)
def test_what_has_not_settled_is_not_suggested(months, key):
    found = judged(months, changed_on=date(2024, 1, 1))
    assert found.reason.key == f"rebase.{key}"
    assert (found.starts_on, found.moved) == (None, None)
    assert found.answer("sustained", "nb") == ""


def test_eleven_months_are_too_few_and_provisional_ones_do_not_count():
    short = judged(OLD + NEW[:11], changed_on=date(2024, 1, 1))
    assert (short.reason.key, short.reason.values["n"]) == ("rebase.short_after", 11)
    assert judged(OLD + NEW, provisional=1, changed_on=date(2024, 1, 1)).reason.key == "rebase.short_after"


def test_a_ramp_in_is_left_out():
    # Four months on the way up, then twelve on the new level: from the first month the level isn't random yet.
    ramp = [(5, 10)] * 4
    level = [(9, 10), (7, 10), (8, 10), (10, 10), (7, 10), (9, 10)] * 3
    found = judged(OLD + ramp + level, changed_on=date(2024, 1, 1))
    assert found.side == 1
    assert date(2024, 1, 1) <= found.starts_on <= date(2024, 7, 1)


def test_a_month_or_two_of_patients_are_too_coarse():
    # One patient a month: a row of months on one side of the median, and hardly a difference between the patients.
    coarse = [(1, 1), (1, 1), (0, 1)] * 8
    found = judged(coarse + [(0, 1)] * 3 + [(1, 2)] * 12)
    assert found.starts_on is None


def test_a_new_phase_begins_where_the_last_one_did_before():
    found = judged(OLD + NEW, boundaries=(date(2024, 1, 1),))
    assert found.reason.key in {"rebase.no_signal", "rebase.short_after"}


def test_on_the_sample_registry(sample_copy):
    """Fjordvik without its phase: suggested at the change; accepted with the four answers, and taken away again."""
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with engine.begin() as connection:
        for phase in annotations.phases(connection, FJORDVIK, hand.IMAGING):
            annotations.remove_phase(connection, ME, phase.id)
        found = rebase.suggest(connection, ME, FJORDVIK, hand.IMAGING, changed_on=date(2023, 2, 1))
        assert date(2023, 2, 1) <= found.starts_on <= date(2023, 8, 1)
        assert (round(found.before.value, 2), round(found.after.value, 1)) == (0.18, 0.6)
        answers = {name: found.answer(name, "nb") or "ja" for name in annotations.QUESTIONS}
        with pytest.raises(NotAllowed):
            stranger = Scope("other", Visibility(frozenset()))
            rebase.accept(connection, stranger, found, found.starts_on, "varsling", answers)
        rebase.accept(connection, ME, found, found.starts_on, "varsling", answers)
        (kept,) = annotations.phases(connection, FJORDVIK, hand.IMAGING)
        assert (kept.starts_on, dict(kept.answers)["cause"]) == (found.starts_on, "ja")
        again = rebase.suggest(connection, ME, FJORDVIK, hand.IMAGING)
        assert again.as_is.boundaries == (found.starts_on,)
    engine.dispose()
