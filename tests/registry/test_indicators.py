from datetime import date

import pytest

from nhr_dash.registry import indicators
from nhr_dash.registry.indicator import UnknownIndicator


def test_ids_and_numbers_are_unique():
    assert len({one.id for one in indicators.INDICATORS}) == len(indicators.INDICATORS)
    assert len({one.number for one in indicators.INDICATORS}) == len(indicators.INDICATORS)


def test_numbers_are_stable():
    """A fact refers to them: a new indicator gets a new number, an old one is never reused."""
    assert {one.id: one.number for one in indicators.INDICATORS} == {
        "hjerneslag_beh_enhet": 1,
        "hjerneslag_inn_enhet": 2,
        "hjerneslag_beh_tromb": 3,
        "hjerneslag_tromb_40min": 4,
        "hjerneslag_test_svelg": 5,
        "hjerneslag_ut_antitromb": 6,
        "hjerneslag_ut_antikoag": 7,
        "hjerneslag_ut_blodtrykksenk": 8,
        "hjerneslag_ut_lipidsenk": 9,
        "hjerneslag_rapport_3mnd": 10,
        "hjerneslag_dg": 11,
        "hjerneslag_tverrfaglig": 12,
        "nki_slagenhet": 21,
        "nki_trombolyse_40min": 22,
        "nki_trombolyse_30min": 23,
        "nki_funksjonsvurdering_7d": 24,
        "pakke_bilde_15min": 41,
        "pakke_bilde_15min_4t": 42,
        "pakke_113_15min": 43,
        "pakke_ambulanse_25min": 44,
        "pakke_nal_30min": 45,
        "pakke_nal_40min": 46,
        "pakke_funksjonsvurdering_7d": 47,
        "pakke_lyske": 48,
        "pakke_lyske_senter": 49,
        "pakke_trombektomi": 50,
    }


PUBLISHED_LIMITS = {
    "hjerneslag_beh_enhet": (0.90, 0.80),
    "hjerneslag_inn_enhet": (0.90, 0.75),
    "hjerneslag_beh_tromb": (0.15, 0.10),
    "hjerneslag_tromb_40min": (0.50, 0.30),
    "hjerneslag_test_svelg": (0.95, 0.85),
    "hjerneslag_ut_antitromb": (0.95, 0.85),
    "hjerneslag_ut_antikoag": (0.70, 0.55),
    "hjerneslag_ut_blodtrykksenk": (0.70, 0.60),
    "hjerneslag_ut_lipidsenk": (0.75, 0.65),
    "hjerneslag_rapport_3mnd": (0.80, 0.70),
    "hjerneslag_dg": (0.90, 0.70),
}


@pytest.mark.parametrize(("indicator", "limits"), PUBLISHED_LIMITS.items())
def test_published_limits(indicator, limits):
    levels = indicators.by_id(indicator).levels_on(date(2019, 1, 1))
    assert (levels.high, levels.moderate) == limits


@pytest.mark.parametrize(("year", "count", "national"), [(2020, 11, 0), (2021, 12, 8)])
def test_the_published_set_was_11_in_2020_and_12_in_2021_with_8_national(year, count, national):
    day = date(year, 12, 31)
    in_set = [one for one in indicators.REGISTRY if any(s.name == "registry" and s.holds_on(day) for s in one.sets)]
    assert len(in_set) == count
    flagged = [one for one in in_set if any(s.holds_on(day) for s in one.national)]
    assert len(flagged) == national


def test_what_no_source_confirms_is_marked():
    confirmed = {one.id for one in indicators.REGISTRY for flag in one.national if flag.confirmed}
    assert confirmed == {"hjerneslag_beh_enhet", "hjerneslag_tromb_40min", "hjerneslag_tverrfaglig"}
    for indicator in ("pakke_bilde_15min", "hjerneslag_tverrfaglig", "pakke_lyske"):
        assert indicators.by_id(indicator).assumed


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_indicator_has_its_words_in_both_languages(language):
    for one in indicators.INDICATORS:
        words = one.words(language)
        assert words.title and words.short and words.population and words.rationale
        assert words.population.endswith(".") and words.rationale.endswith(".")
        assert bool(words.assumed_note) == one.assumed
        assert one.source


def test_an_unknown_indicator_is_named():
    with pytest.raises(UnknownIndicator, match="nothing_like_it"):
        indicators.by_id("nothing_like_it")
    assert issubclass(UnknownIndicator, KeyError)


def test_coverage_is_a_share_without_patient_rows():
    assert indicators.by_id("hjerneslag_dg").is_coverage
    assert indicators.by_id("hjerneslag_dg") not in indicators.WITH_FACTS
