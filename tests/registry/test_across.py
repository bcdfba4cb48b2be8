"""Units side by side over whole years."""

from datetime import datetime

import pandas
import pytest

from nhr_dash.access import Held, Role, everything, holding
from nhr_dash.registry import across, groups
from nhr_dash.registry.across import Asked
from nhr_dash.registry.tables import aggregate
from nhr_dash.registry.units import name_order

DIRECT = "hjerneslag_inn_enhet"
FULL = everything("test")
FAGRAAD = holding("test", (Held(Role.FAGRAAD, None),))
READER = holding("test", (Held(Role.READER, None),))
TYNSET, BODO, HAMAR, AHUS = 974725215, 974795361, 974724960, 974706490


def admit(registry, hospital, count, year=2024, direct=None, **columns):
    for at in range(count):
        ward = 1 if direct is None or at < direct else 3
        registry.admit(datetime(year, 1 + at % 12, 1 + at // 12, 10), hospital=hospital, first_ward=ward, **columns)


def row(found, unit):
    return found.set_index("unit").loc[unit]


def test_units_have_their_own_sums_and_the_country_its_own(registry, connection, compute):
    admit(registry, BODO, 12, direct=9)
    admit(registry, HAMAR, 24, direct=12)
    compute()
    found = across.read(connection, FULL, Asked(DIRECT, 2024, 2024))
    assert row(found.rows, BODO)[["numerator", "denominator", "value"]].tolist() == [9, 12, 0.75]
    assert found.national == (21, 36)
    assert found.value == pytest.approx(21 / 36)
    assert found.counted.sum() == 2
    assert list(found.rows["name"]) == sorted(found.rows["name"], key=name_order)


def test_years_are_summed_and_a_unit_with_one_hidden_year_is_hidden(registry, connection, compute):
    admit(registry, BODO, 120)
    admit(registry, BODO, 2, year=2023)
    admit(registry, HAMAR, 120)
    compute()
    found = across.read(connection, FAGRAAD, Asked(DIRECT, 2023, 2024))
    assert row(found.rows, BODO)[["denominator", "why"]].tolist() == [122, "few"]
    shown = row(found.shown, BODO)
    assert shown[["numerator", "denominator", "value"]].isna().all()
    assert shown["name"] == "Bodø"
    assert row(found.shown, HAMAR)["denominator"] == 120


def test_what_one_category_leaves_of_another_is_hidden_with_it(registry, connection, compute):
    """Twenty women and two men at Bodø: the women, taken from all that are on show, would be the men."""
    for hospital, women, men in ((BODO, 20, 2), (HAMAR, 24, 36), (AHUS, 60, 60)):
        admit(registry, hospital, women, sex="Female")
        admit(registry, hospital, men, sex="Male")
    compute()
    for category in ("female", "male"):
        found = across.read(connection, READER, Asked(DIRECT, 2024, 2024, part=("sex", category)))
        assert row(found.rows, BODO)["why"] == "few"
        assert row(found.rows, AHUS)["why"] == ""
        assert (found.shown["denominator"].isna() == (found.rows["why"] != "")).all()


def test_where_a_year_is_hidden_it_is_not_told_which_categories_are_empty(registry, connection, compute):
    admit(registry, BODO, 3, sex="Female")
    admit(registry, AHUS, 240, sex="Female")
    compute()
    for category in ("female", "male", "unknown"):
        found = across.read(connection, READER, Asked(DIRECT, 2024, 2024, part=("sex", category)))
        assert row(found.rows, BODO)["why"] == "few"
        assert row(found.rows, HAMAR)["why"] == ""


def test_a_hospital_without_a_stroke_unit_is_named_not_compared(registry, connection, compute):
    admit(registry, TYNSET, 20, direct=0)
    admit(registry, BODO, 20)
    compute()
    found = across.read(connection, FULL, Asked(DIRECT, 2024, 2024))
    assert not row(found.rows, TYNSET)["compared"]
    assert [note.key for note in found.footnotes[TYNSET]] == ["footnote.no_stroke_unit"]


def test_ones_own_unit_stands_beside_a_group_it_is_not_in(registry, connection, compute):
    admit(registry, BODO, 12)
    compute()
    found = across.read(connection, FULL, Asked(DIRECT, 2024, 2024, group="university"), BODO)
    assert set(found.rows.loc[found.rows["compared"], "unit"]) == groups.UNIVERSITY
    assert not row(found.rows, BODO)["compared"]


def test_only_the_patients_of_one_category(registry, connection, compute):
    admit(registry, BODO, 12, sex="Female")
    admit(registry, BODO, 24, direct=12, sex="Male")
    compute()
    women = across.read(connection, FULL, Asked(DIRECT, 2024, 2024, part=("sex", "female")))
    assert row(women.rows, BODO)["value"] == 1
    assert women.national == (12, 12)
    with pytest.raises(ValueError, match="divided"):
        across.read(connection, FULL, Asked(DIRECT, 2024, 2024, part=("sex", "both")))


def test_published_figures_stand_where_there_are_no_patient_rows(registry, connection, compute):
    for unit, done, patients in ((BODO, 80, 100), (1, 7000, 9000)):
        connection.execute(
            aggregate.insert().values(
                context="caregiver", unit=unit, year=2016, indicator=DIRECT, numerator=done, denominator=patients
            )
        )
    compute()
    found = across.read(connection, FAGRAAD, Asked(DIRECT, 2016, 2016))
    assert row(found.rows, BODO)["value"] == 0.8
    assert found.national == (7000, 9000)
    assert across.years(connection, DIRECT) == (2016,)


@pytest.mark.parametrize("group", groups.SIZES)
def test_groups_by_size_divide_the_hospitals(registry, connection, compute, group):
    admit(registry, BODO, 12)
    admit(registry, AHUS, 120)
    compute()
    inside = {one.orgnr for one in groups.compared(connection, "hospital", group, 2024)}
    assert (BODO in inside, AHUS in inside) == (group == "small", group == "medium")


def test_a_wrong_question_is_refused(connection):
    with pytest.raises(ValueError, match="before"):
        across.read(connection, FULL, Asked(DIRECT, 2024, 2023))
    with pytest.raises(ValueError, match="group"):
        across.read(connection, FULL, Asked(DIRECT, 2024, 2024, group="best"))


def test_numbers_of_hidden_rows_are_blanked_in_every_result():
    rows = pandas.DataFrame(
        {"unit": [1, 2], "name": ["a", "b"], "rank": [1, 2], "low": [0.1, 0.2], "out": [True, True]}
    )
    left = across.without(rows, (rows["unit"] == 2).to_numpy())
    assert left.loc[1, ["rank", "low"]].isna().all()
    assert left["out"].tolist() == [True, False]
    assert left["name"].tolist() == ["a", "b"]


def test_the_countrys_row_is_left_out_where_it_is_few_too(registry, connection, compute):
    admit(registry, BODO, 12, sex="Female")
    admit(registry, HAMAR, 3, sex="Male")
    compute()
    men = across.read(connection, FAGRAAD, Asked(DIRECT, 2024, 2024, part=("sex", "male")))
    assert men.national == (0, 0)
    assert men.shown["denominator"].fillna(0).sum() == 0
