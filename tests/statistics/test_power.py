import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhr_dash.statistics import power

TEXT = Path(power.__file__).parents[1] / "text"


def test_thirty_five_months_each_side_at_four_a_month():
    assert power.months_each_side(4, 0.75, 0.88) == 35
    assert power.months_each_side(0, 0.75, 0.88) is None
    assert power.months_each_side(4, 0.75, 0.75) is None


def test_a_wait_longer_than_a_project_says_what_to_do_instead():
    got = power.meter(4, 12, 0.75, 0.88, has_minutes=True, trust_monthly=15)
    assert got.reason == "power.too_long"
    assert got.months_to_know is None
    ways = {way.key: way.months for way in got.instead}
    assert ways["power.instead_minutes"] < 20
    assert ways["power.instead_process"] < 12
    assert ways["power.instead_pool"] == power.months_each_side(15, 0.75, 0.88)
    assert ways["power.instead_follow"] is None
    assert got.instead[-1].key == "power.instead_follow"


def test_a_busy_hospital_knows_within_a_project():
    got = power.meter(37, 12, 0.75, 0.88)
    assert got.reason == "power.within_project"
    assert got.months_to_know <= 12
    assert got.instead == ()
    assert 0.75 < got.smallest < 0.88


@pytest.mark.parametrize(
    ("monthly", "baseline", "simulated"), [(4, 12, 0.40), (11, 12, 0.75), (11, 24, 0.85), (37, 12, 0.99)]
)
def test_planning_is_close_to_simulation(monthly, baseline, simulated):
    assert power.meter(monthly, baseline, 0.75, 0.88).seen[12] == pytest.approx(simulated, abs=0.06)


@pytest.mark.parametrize("rule", ["likely", "clear", "one_look", "cusum"])
def test_every_rule_sees_more_with_time_and_with_more_patients(rule):
    few, many = (power.meter(n, 12, 0.6, 0.8, rule=rule) for n in (6, 20))
    assert few.seen[3] <= few.seen[6] <= few.seen[12] <= many.seen[12] + 1e-6
    assert 0 < few.false_alarm <= 0.051


@settings(max_examples=25)
@given(st.floats(0.1, 60), st.integers(1, 40), st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_every_sentence_can_be_said(monthly, baseline, before, after, minutes):
    if before == after:
        with pytest.raises(ValueError, match="different"):
            power.meter(monthly, baseline, before / 20, after / 20)
        return
    got = power.meter(monthly, baseline, before / 20, after / 20, has_minutes=minutes, trust_monthly=3 * monthly)
    for language in ("nb", "en"):
        catalog = tomllib.loads((TEXT / language / "power.toml").read_text("utf-8"))
        for key, values in [(got.reason, got.values), *((way.key, way.values) for way in got.instead)]:
            assert catalog[key.removeprefix("power.")].format(**values)


def test_both_languages_say_the_same_things():
    nb, en = (tomllib.loads((TEXT / lang / "power.toml").read_text("utf-8")) for lang in ("nb", "en"))
    assert nb.keys() == en.keys()
    for key, sentence in nb.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (sentence, en[key])]
        assert fields[0] == fields[1], key


def test_a_wait_that_nobody_can_plan_for_is_not_counted_in_months():
    got = power.meter(1.6, 86, 0.69, 0.79, has_minutes=True, trust_monthly=7)
    assert got.months_each_side > power.HORIZON
    assert (got.reason, got.values["years"]) == ("power.beyond_plan", 5)
    assert all((way.months or 0) <= power.HORIZON for way in got.instead)
    assert "power.instead_minutes" not in {way.key for way in got.instead}
    assert got.instead[-1].key == "power.instead_follow"
