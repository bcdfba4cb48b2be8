"""Every text stands in both languages and needs the same values in both."""

import pytest

from nhr_dash.text import catalog
from nhr_dash.text.catalog import MissingText, t


@pytest.mark.parametrize("name", catalog.areas())
def test_both_languages_hold_the_same_keys_and_values(name):
    nb, en = catalog.area("nb", name), catalog.area("en", name)
    assert nb, f"{name}.toml is empty"
    assert set(nb) == set(en)
    differing = {key for key in nb if catalog.placeholders(nb[key]) != catalog.placeholders(en[key])}
    assert not differing


def test_the_two_languages_have_the_same_files():
    folder = catalog._HERE
    assert {p.name for p in (folder / "nb").glob("*.toml")} == {p.name for p in (folder / "en").glob("*.toml")}


def test_no_singular_without_its_plural():
    for name in catalog.areas():
        keys = set(catalog.area("nb", name))
        for key in keys:
            if key.endswith(".one"):
                assert key.removesuffix("one") + "other" in keys


def test_a_count_chooses_the_form_and_is_written_with_separators():
    assert t("nb", "units.patient", n=1) == "1 pasient"
    assert t("nb", "units.patient", n=0) == "0 pasienter"
    assert t("en", "units.patient", n=12345) == "12\u202f345 patients"


def test_a_missing_key_or_value_is_an_error_under_test():
    with pytest.raises(MissingText, match=r"units\.nowhere"):
        t("nb", "units.nowhere")
    with pytest.raises(MissingText):
        t("nb", "nowhere.at_all")
    with pytest.raises(MissingText, match="'k'"):
        t("nb", "units.of_patients", n=2)
    assert not catalog.has("nb", "units.nowhere")
    assert catalog.has("nb", "units.patient")


def test_on_a_screen_a_missing_key_is_shown(monkeypatch, caplog):
    monkeypatch.delenv("PYTEST_VERSION")
    assert t("nb", "units.nowhere") == "units.nowhere"
    assert "units.nowhere" in caplog.text


def test_a_key_never_walks_out_of_the_folder():
    assert catalog.area("nb", "../en/units") == {}
    with pytest.raises(ValueError, match="language"):
        catalog.area("../..", "units")
