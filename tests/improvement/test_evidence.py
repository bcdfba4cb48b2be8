"""A change in the sample registry, judged: what the stories come to, and what can't be judged."""

from datetime import date
from time import process_time

import pytest
from sqlalchemy import create_engine

from nhr_dash.access import Scope, Visibility, everything
from nhr_dash.charts import verdict_words
from nhr_dash.improvement import annotations, evidence
from nhr_dash.improvement.evidence import Refused, Window
from nhr_dash.registry import units
from nhr_dash.registry.indicators import INDICATORS, by_id
from nhr_dash.statistics.effect import Grade
from nhr_dash.text.catalog import LANGUAGES, has
from tests.registry.conftest import empty_registry

ALL = everything("test")
FJORDVIK, SKOGVIK, TRAINING_TRUST = 999100001, 999100002, 999100000
HAMAR, TYNSET, NATION = 974724960, 974725215, 1
IMAGING, DIRECT, NEEDLE, GROIN = "pakke_bilde_15min", "hjerneslag_inn_enhet", "hjerneslag_tromb_40min", "pakke_lyske"
ALERTED = Window(date(2023, 2, 1))


@pytest.fixture(scope="module")
def connection(sample_database):
    engine = create_engine(f"sqlite:///{sample_database.as_posix()}")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def judged(connection, unit, indicator, window, **given):
    return evidence.judged(connection, ALL, unit, indicator, window, **given)


def said(found, language="nb"):
    words = by_id(found.indicator).words(language)
    told = verdict_words.headline(
        found.verdict, language, title=words.title, short=words.short, helped=found.helped_a_year
    )
    return told.replace("\u202f", " ")


def without_stroke_unit(connection):
    hospitals = units.members(connection, NATION)
    return [one for one in hospitals if not units.unit(connection, one).has_stroke_unit]


def test_imaging_at_fjordvik_is_a_clear_improvement(connection):
    found = judged(connection, FJORDVIK, IMAGING, ALERTED)
    assert found.grade is Grade.CLEAR_IMPROVEMENT
    change = found.verdict.change
    assert (round(100 * change.before.estimate), round(100 * change.after.estimate)) == (18, 60)
    assert (found.spans.before_from, found.spans.before_until) == (date(2021, 2, 1), date(2023, 2, 1))
    assert found.others > 40
    assert found.verdict.compared.low > 0
    assert found.minutes.grade is Grade.CLEAR_IMPROVEMENT
    assert found.minutes.shift.median_after < 15 < found.minutes.shift.median_before
    text = said(found)
    assert ": 18 % → 60 % (+42 prosentpoeng, usikkerhet 35–48). Klar bedring. " in text
    assert text.endswith("Om lag 60 flere pasienter i året får bildediagnostikk innen 15 minutter.")
    assert verdict_words.reasons(found.verdict, "nb") == ()


def test_the_change_in_minutes_is_said_too(connection):
    found = judged(connection, FJORDVIK, IMAGING, ALERTED).minutes
    told = verdict_words.headline_minutes(found, "nb", title="Bildediagnostikk")
    assert told.startswith("Bildediagnostikk: median 34 min → 13 min (")
    assert told.endswith("Klar bedring.")
    assert "minutter raskere, usikkerhet" in told


def test_direct_admission_at_skogvik_is_a_clear_improvement(connection):
    found = judged(connection, SKOGVIK, DIRECT, Window(date(2021, 9, 1)))
    assert found.grade is Grade.CLEAR_IMPROVEMENT
    assert (round(100 * found.verdict.change.before.estimate), found.minutes) == (72, None)
    assert round(100 * found.verdict.change.after.estimate) == 86
    assert found.helped_a_year > 20


def test_nothing_certain_where_nothing_happened(connection):
    found = judged(connection, HAMAR, "hjerneslag_test_svelg", Window(date(2022, 1, 1)))
    assert found.grade is Grade.NO_CERTAIN_CHANGE
    assert "Ingen sikker endring." in said(found)
    assert "pasienter i året" not in said(found)


def test_too_few_patients_and_too_early_are_said(connection):
    few = judged(connection, TYNSET, NEEDLE, Window(date(2024, 1, 1), until=date(2024, 7, 1)))
    assert few.grade is Grade.TOO_LITTLE_DATA
    early = judged(connection, FJORDVIK, IMAGING, Window(date(2025, 9, 1)))
    assert early.grade is Grade.TOO_LITTLE_DATA
    assert "for tidlig" in said(early)
    for language in LANGUAGES:
        assert said(few, language)
        assert verdict_words.reasons(few.verdict, language)


def test_without_others_likely_is_the_most(connection):
    """Nobody is left to compare with where the project is the whole country's."""
    found = judged(connection, FJORDVIK, IMAGING, ALERTED, participants=[NATION])
    assert found.grade is Grade.LIKELY_IMPROVEMENT
    assert (found.others, found.verdict.compared, found.minutes.compared) == (0, None, None)
    assert any("ingen andre sykehus" in one for one in verdict_words.reasons(found.verdict, "nb"))
    assert judged(connection, NATION, DIRECT, Window(date(2023, 1, 1))).others == 0


def test_who_took_part_is_not_compared_with(connection):
    known = units.members(connection, NATION)
    alone, with_others = (
        judged(connection, FJORDVIK, IMAGING, ALERTED, participants=part, minutes=False) for part in ((), known[:6])
    )
    assert alone.others - with_others.others in range(4, 7)
    trust = units.parents(connection, HAMAR)["trust"]
    inside = units.members(connection, trust)
    own = judged(connection, trust, "hjerneslag_test_svelg", Window(date(2022, 1, 1)))
    everyone = judged(connection, FJORDVIK, "hjerneslag_test_svelg", Window(date(2022, 1, 1)))
    assert own.others == everyone.others - len(inside)


def test_hospitals_without_a_stroke_unit_are_not_compared_with_where_it_is_needed(connection):
    assert without_stroke_unit(connection)
    for indicator in (one for one in INDICATORS if one.needs_stroke_unit):
        held = evidence.hospitals(connection, ALL, indicator.id)
        assert not set(held.monthly["unit"]) & set(without_stroke_unit(connection))


def test_a_window_that_was_chosen_after_looking_is_at_most_likely(connection):
    found = judged(connection, FJORDVIK, IMAGING, Window(date(2023, 2, 1), chosen_after_looking=True))
    assert found.grade is Grade.LIKELY_IMPROVEMENT


def test_the_asked_months_are_counted_whole(connection):
    asked = Window(date(2023, 2, 14), date(2023, 4, 1), date(2022, 3, 10), date(2024, 5, 20))
    spans = judged(connection, FJORDVIK, IMAGING, asked).spans
    assert (spans.before_from, spans.before_until) == (date(2022, 3, 1), date(2023, 2, 1))
    assert (spans.after_from, spans.after_until, spans.gap_months) == (date(2023, 4, 1), date(2024, 5, 1), 2)
    early = judged(connection, FJORDVIK, IMAGING, Window(date(2023, 2, 1), before_from=date(1990, 1, 1)))
    assert early.spans.before_from >= date(2012, 1, 1)


def test_a_duration_is_judged_in_minutes_alone(connection):
    found = judged(connection, TRAINING_TRUST, GROIN, ALERTED)
    assert (found.verdict, found.helped_a_year) == (None, None)
    assert found.grade is found.minutes.grade


def test_minutes_of_a_unit_that_is_not_ones_own_are_not_judged(connection):
    other = Scope("test", Visibility(own_units=frozenset({HAMAR})))
    found = evidence.judged(connection, other, FJORDVIK, IMAGING, ALERTED)
    assert found.minutes is None
    assert found.grade is Grade.CLEAR_IMPROVEMENT


@pytest.mark.parametrize(
    ("kind", "indicator", "window"),
    [
        ("reversed", IMAGING, Window(date(2023, 2, 1), settled_on=date(2023, 1, 1))),
        ("reversed", IMAGING, Window(date(2023, 2, 1), before_from=date(2023, 2, 1))),
        ("reversed", IMAGING, Window(date(2023, 2, 1), settled_on=date(2023, 5, 1), until=date(2023, 5, 1))),
        ("before_data", IMAGING, Window(date(1999, 1, 1))),
        ("after_newest", IMAGING, Window(date(2031, 1, 1))),
        ("yearly", "hjerneslag_dg", ALERTED),
    ],
)
def test_an_impossible_window_is_refused(connection, kind, indicator, window):
    with pytest.raises(Refused) as refused:
        judged(connection, FJORDVIK, indicator, window)
    assert refused.value.kind == kind


def test_every_refusal_has_a_sentence():
    for kind in evidence.REFUSALS:
        assert all(has(language, f"verdict.refused.{kind}") for language in LANGUAGES)


def test_an_empty_registry_is_said():
    engine = empty_registry()
    with engine.connect() as opened, pytest.raises(Refused, match="no_data"):
        judged(opened, FJORDVIK, IMAGING, ALERTED)
    engine.dispose()


def test_a_unit_without_a_patient_is_an_answer(connection):
    held = evidence.hospitals(connection, ALL, NEEDLE)
    empty = next(one for one in units.members(connection, NATION) if one not in set(held.monthly["unit"]))
    found = judged(connection, empty, NEEDLE, Window(date(2024, 1, 1)))
    assert found.grade is Grade.TOO_LITTLE_DATA
    assert found.verdict.reasons == ("effect.no_patients",)


def test_a_portfolio_is_the_same_as_one_by_one_and_quick(connection):
    asked = [
        (FJORDVIK, IMAGING, ALERTED),
        (SKOGVIK, DIRECT, Window(date(2021, 9, 1))),
        (HAMAR, DIRECT, Window(date(2031, 1, 1))),
        (TRAINING_TRUST, DIRECT, Window(date(2021, 9, 1))),
        (FJORDVIK, "hjerneslag_dg", ALERTED),
    ]
    found = evidence.judged_many(connection, ALL, asked, participants=[(), (HAMAR,), (), (), ()])
    assert [one.kind for one in found if isinstance(one, Refused)] == ["after_newest", "yearly"]
    alone = judged(connection, SKOGVIK, DIRECT, asked[1][2], participants=[HAMAR], minutes=False)
    assert found[1].verdict == alone.verdict
    assert found[0].verdict == judged(connection, FJORDVIK, IMAGING, ALERTED, minutes=False).verdict
    assert found[3].spans.before.total[1] > 0
    start = process_time()
    evidence.judged_many(connection, ALL, asked[:2] * 100)
    assert process_time() - start < 4  # under a second on a quiet machine
    with pytest.raises(ValueError, match="argument"):
        evidence.judged_many(connection, ALL, asked, participants=[()])


def test_the_window_of_stored_phases_keeps_to_the_phase_before():
    assert evidence.stored([date(2023, 2, 1)]) == Window(date(2023, 2, 1))
    assert evidence.stored([date(2019, 1, 1), date(2023, 2, 1)]) == Window(date(2023, 2, 1))
    assert evidence.stored([date(2021, 8, 1), date(2023, 2, 1)]).before_from == date(2022, 2, 1)
    assert evidence.stored([date(2022, 8, 10), date(2023, 2, 1)]).before_from == date(2022, 9, 1)
    assert evidence.stored([date(2023, 1, 20), date(2023, 2, 1)]).before_from is None


def test_months_held_out_of_the_chart_are_held_out_of_the_verdict(sample_copy):
    engine = create_engine(f"sqlite:///{sample_copy.as_posix()}")
    with engine.begin() as opened:
        whole = judged(opened, FJORDVIK, IMAGING, ALERTED)
        days = date(2023, 3, 1), date(2023, 8, 31)
        annotations.add_exclusion(opened, ALL, FJORDVIK, IMAGING, *days, "Nytt journalsystem")
        found = judged(opened, FJORDVIK, IMAGING, ALERTED)
        assert found.spans.after.patients[1:7] == (0,) * 6
        assert found.spans.after.patients[7:] == whole.spans.after.patients[7:]
        assert found.minutes.shift.after_patients == found.verdict.change.after_patients
    engine.dispose()
