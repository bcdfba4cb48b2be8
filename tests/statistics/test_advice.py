import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhr_dash.statistics import advice

TEXT = Path(advice.__file__).parents[1] / "text"


@pytest.mark.parametrize(("level", "needed"), [(0.70, 21), (0.80, 36), (0.90, 81), (0.95, 171)])
def test_patients_a_month_before_a_single_point_can_signal(level, needed):
    assert advice.patients_needed(level) == needed
    assert advice.patients_needed(1 - level, direction=-1) == needed


@pytest.mark.parametrize(
    ("monthly", "level", "minutes", "months", "expected"),
    [
        (3.8, 0.6, True, 36, ("patient", None, "run", "advice.patient_minutes")),
        (0.5, 0.6, True, 36, ("patient", None, "run", "advice.patient_minutes_rare")),
        (0.1, 0.6, True, 36, ("patient", None, "run", "advice.patient_too_few")),
        (11.3, 0.8, True, 24, ("month", None, "run", "advice.month_run")),
        (37, 0.75, False, 24, ("month", None, "p", "advice.month_p")),
        (11.3, None, False, 24, ("month", None, "run", "advice.month")),
        (40, 0.75, False, 6, ("every_k", 20, "run", "advice.every_k_short")),
        (4, 0.75, False, 36, ("quarter", None, "run", "advice.quarter")),
        (4, 0.75, False, 24, ("every_k", 8, "run", "advice.every_k")),
        (8, 0.75, False, 24, ("every_k", 10, "run", "advice.every_k")),
        (1, 0.75, False, 24, ("year", None, "run", "advice.few")),
        (9, 0.96, False, 60, ("patient", None, "g", "advice.between_misses")),
        (0, None, False, 24, ("month", None, "run", "advice.none")),
    ],
)
def test_the_figure_that_fits(monthly, level, minutes, months, expected):
    got = advice.recommend(monthly, level, minutes, months, charts=("run", "p", "g"))
    assert (got.grain, got.k, got.chart, got.reason) == expected


def test_a_chart_that_cannot_be_drawn_is_an_option_but_not_the_advice():
    got = advice.recommend(9, 0.96, False, 60)
    assert got.chart == "run"
    assert {"g", "before_after", "cusum"} <= {option.chart for option in got.options}
    assert advice.recommend(37, 0.75, False, 24, charts=("run",)).reason == "advice.month"


@given(
    st.floats(0, 400),
    st.one_of(st.none(), st.just(float("nan")), st.floats(0, 1)),
    st.booleans(),
    st.integers(0, 180),
    st.sampled_from([1, -1]),
)
def test_every_reason_has_its_sentence_and_whole_numbers(monthly, level, minutes, months, direction):
    got = advice.recommend(monthly, level, minutes, months, direction=direction)
    catalogs = [tomllib.loads((TEXT / lang / "advice.toml").read_text("utf-8")) for lang in ("nb", "en")]
    for reason, values in [(got.reason, got.values), *((o.reason, o.values) for o in got.options)]:
        for catalog in catalogs:
            assert catalog[reason.removeprefix("advice.")].format(**values)
        assert all(type(value) is int for value in values.values())


def test_both_languages_say_the_same_things():
    nb, en = (tomllib.loads((TEXT / lang / "advice.toml").read_text("utf-8")) for lang in ("nb", "en"))
    assert nb.keys() == en.keys()
    for key, sentence in nb.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (sentence, en[key])]
        assert fields[0] == fields[1], key
