from datetime import date

import numpy as np
import pandas as pd

from nhr_dash.statistics import effect


def monthly(months, first="2023-01-01", patients=20, share=0.6):
    start = pd.date_range(first, periods=months, freq="MS")
    n = np.full(months, patients)
    return pd.DataFrame({"start": start, "numerator": np.round(n * share).astype(int), "denominator": n})


def test_a_change_in_the_middle_of_a_month_leaves_that_month_out():
    spans = effect.split(monthly(36), date(2025, 1, 10))
    assert (spans.before_until, spans.after_from) == (date(2025, 1, 1), date(2025, 2, 1))
    assert (len(spans.before.patients), len(spans.after.patients), spans.gap_months) == (24, 11, 1)
    whole = effect.split(monthly(36), date(2025, 1, 1))
    assert (len(whole.after.patients), whole.gap_months) == (12, 0)


def test_ramp_in_provisional_months_and_whole_years():
    frame = monthly(36)
    frame["provisional"] = [False] * 34 + [True] * 2
    spans = effect.split(frame, date(2024, 8, 1), settled_on=date(2024, 11, 1))
    assert len(spans.before.patients) == 12
    assert spans.before_from == date(2023, 8, 1)
    assert (spans.gap_months, spans.provisional) == (3, 2)
    assert (spans.after_from, spans.after_until) == (date(2024, 11, 1), date(2025, 11, 1))
    short = effect.split(frame, date(2023, 6, 1))
    assert len(short.before.patients) == 5


def test_a_missing_month_is_a_month_without_patients():
    frame = monthly(36).drop(index=[5, 30])
    spans = effect.split(frame, date(2025, 1, 1))
    assert spans.before.patients[5] == 0
    assert spans.after.patients[6] == 0
    assert len(spans.after.patients) == 12


def test_nothing_after_yet_and_no_rows_at_all():
    late, verdict = effect.judge_series(monthly(24), date(2025, 6, 1))
    assert late.after.patients == ()
    assert verdict.grade is effect.Grade.TOO_LITTLE_DATA
    empty = monthly(0)
    spans, verdict = effect.judge_series(empty, date(2025, 6, 1))
    assert spans.before.patients == ()
    assert verdict.reasons == ("verdict.too_early",)


def test_a_series_is_judged_against_the_units_that_took_no_part():
    own = monthly(36)
    own.loc[24:, "numerator"] = 18
    units = [monthly(36).assign(unit=number) for number in range(6)]
    units.append(monthly(20).assign(unit=99))
    others = pd.concat(units, ignore_index=True)
    spans, verdict = effect.judge_series(own, date(2025, 1, 1), others=others)
    assert verdict.grade is effect.Grade.CLEAR_IMPROVEMENT
    assert verdict.change.more_a_year is not None
    assert round(verdict.change.more_a_year.estimate) == 72
    assert len(effect.comparison(others, spans).before_counts) == 6


def changed(months, units=6):
    """A series that doubles after two years, with units that stay as they are."""
    own = monthly(months, share=0.3)
    own.loc[24:, "numerator"] = 12
    others = pd.concat([monthly(months, share=0.3).assign(unit=number) for number in range(units)], ignore_index=True)
    return own, others


def test_the_time_before_can_begin_where_it_is_asked_to():
    asked = effect.split(monthly(36), date(2025, 1, 1), before_from=date(2024, 5, 20))
    assert (asked.before_from, len(asked.before.patients)) == (date(2024, 5, 1), 8)
    early = effect.split(monthly(36), date(2025, 1, 1), before_from=date(1999, 1, 1))
    assert early.before_from == date(2023, 1, 1)


def test_months_beyond_whole_years_are_counted_and_do_not_hold_a_clear_answer_back():
    own, others = changed(43)
    spans, verdict = effect.judge_series(own, date(2025, 1, 1), others=others)
    assert (len(spans.after.patients), verdict.change.after_patients) == (19, 19 * 20)
    assert (verdict.grade, verdict.reasons) == (effect.Grade.CLEAR_IMPROVEMENT, ())
    assert verdict.others == 6


def test_under_a_year_after_the_season_holds_it_back():
    own, others = changed(33)
    _, verdict = effect.judge_series(own, date(2025, 1, 1), others=others)
    assert verdict.grade is effect.Grade.LIKELY_IMPROVEMENT
    assert verdict.reasons == ("verdict.not_whole_years",)


def test_a_late_rise_after_a_first_year_without_one_is_not_clear():
    own, others = changed(43)
    own.loc[24:35, "numerator"] = 6
    own.loc[36:, "numerator"] = 20
    _, verdict = effect.judge_series(own, date(2025, 1, 1), others=others)
    assert verdict.grade is effect.Grade.LIKELY_IMPROVEMENT
