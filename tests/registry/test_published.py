"""The published results of 2014-2019, loaded in the published format: each level's own row is what is shown.

The file beside this one is an excerpt, the values as the registries' public results service had them; the whole file
is read where a folder ``shared`` beside the checkout holds it.
"""

import csv
import math
import shutil
from datetime import date
from pathlib import Path

import pytest

from nhr_dash.access import everything
from nhr_dash.database import connect
from nhr_dash.registry import across, attainment, units
from nhr_dash.registry.across import Asked
from nhr_dash.registry.groups import LEVELS
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.load import load_files
from nhr_dash.ui.variation import funnel_answer
from nhr_dash.ui.variation.funnel_answer import Look
from tests.registry.load.made import aggregate, write

ALL = everything("test")
EXCERPT = Path(__file__).parent / "published_2019.csv"
WHOLE = next(
    (file for one in EXCERPT.parents if (file := one / "shared/domain/published_results_2014_2019.csv").is_file()), None
)
UNKNOWN = {444444444, 444444, 333333}
"""Rows of no unit: undefined hospitals, and the two groups of private hospitals."""
WORDS = {"H": "high", "M": "moderate", "L": "low"}
LAST_DIGIT = 1.01e-4
"""Shares are published with four decimals, some of them rounded twice."""
GJOVIK, FORDE, TYNSET = 974632535, 974744570, 974725215


def rows_of(file):
    with file.open(encoding="utf-8") as text:
        rows = [
            {**row, "orgnr": int(row["orgnr"]), "year": int(row["year"]), "share": float(row["var"])}
            for row in csv.DictReader(text)
        ]
    return [row | {"denominator": int(row["denominator"])} for row in rows if row["orgnr"] not in UNKNOWN]


@pytest.fixture(scope="module", params=["excerpt", *(["whole"] if WHOLE else [])])
def published(request, empty_file, tmp_path_factory):
    """A registry with the published results and nothing else, and their rows."""
    folder = tmp_path_factory.mktemp(request.param)
    rows = rows_of(EXCERPT if request.param == "excerpt" else WHOLE)
    counts = [
        aggregate(
            orgnr=str(row["orgnr"]),
            year=str(row["year"]),
            ind_id=row["ind_id"],
            var=str(round(row["share"] * row["denominator"])),
            denominator=str(row["denominator"]),
        )
        for row in rows
    ]
    engine = connect(f"sqlite:///{shutil.copy(empty_file, folder / 'registry.db')}")
    report = load_files(engine, ALL, [write(folder / "published_2020-10-01.csv", counts)])
    assert (report.files[0].rows_new, report.files[0].rows_rejected) == (len(rows), 0)
    with engine.connect() as connection:
        yield connection, rows
    engine.dispose()


def test_every_level_has_its_own_published_value(published):
    connection, rows = published
    kinds = {one.orgnr: one.level for one in units.all_units(connection)}
    for year, indicator in sorted({(row["year"], row["ind_id"]) for row in rows}):
        mine = [row for row in rows if (row["year"], row["ind_id"]) == (year, indicator)]
        for level in LEVELS:
            found = across.read(connection, ALL, Asked(indicator, year, year, level))
            seen = found.rows[found.rows["denominator"] > 0].set_index("unit")
            wanted = {row["orgnr"]: row for row in mine if kinds[row["orgnr"]] == level}
            # Of trusts without a row of their own there is the sum of their hospitals.
            assert set(wanted) <= set(seen.index)
            for unit, row in wanted.items():
                assert seen.at[unit, "denominator"] == row["denominator"]
                assert seen.at[unit, "value"] == pytest.approx(row["share"], abs=LAST_DIGIT)
        nation = next(row for row in mine if row["unit_level"] == "nation")
        assert found.value == pytest.approx(nation["share"], abs=LAST_DIGIT)


def test_levels_are_the_published_ones(published):
    connection, rows = published
    for year in sorted({row["year"] for row in rows}):
        mine = {(row["orgnr"], row["ind_id"]): row for row in rows if row["year"] == year}
        found = attainment.attained(connection, ALL, list({unit for unit, _ in mine}), year)
        known = {(one.unit, one.indicator): one for one in found}
        for key, row in mine.items():
            one = known[key]
            assert one.patients == row["denominator"]
            if on_a_limit(row):
                # The service of that time counted a share right on a limit as low; the limits are inclusive.
                assert row["level"] == "L"
                assert one.level in ("high", "moderate")
            else:
                assert one.level == WORDS[row["level"]], row


def on_a_limit(row):
    limits = by_id(row["ind_id"]).levels_on(date(row["year"], 12, 31))
    count = round(row["share"] * row["denominator"])
    return any(math.isclose(count, one * row["denominator"]) for one in (limits.high, limits.moderate))


@pytest.mark.parametrize(
    ("indicator", "low", "high"), [("hjerneslag_inn_enhet", "Gjøvik", "Narvik"), ("hjerneslag_tromb_40min", None, None)]
)
def test_the_funnel_of_published_results(published, indicator, low, high):
    connection, rows = published
    found = across.read(connection, ALL, Asked(indicator, 2019, 2019), TYNSET)
    view = funnel_answer.answer(found, {}, (TYNSET, "Tynset"), Look(), (indicator, "2019"), "nb")
    hospitals = {row["orgnr"]: row for row in rows if (row["year"], row["ind_id"]) == (2019, indicator)}
    drawn = {point.unit: point for point in view.points}
    lacking = {TYNSET} if indicator == "hjerneslag_inn_enhet" else set()
    kinds = {one.orgnr: one.level for one in units.all_units(connection)}
    assert set(drawn) == {unit for unit in hospitals if kinds[unit] == "hospital"} - lacking
    for unit, point in drawn.items():
        assert point.share == pytest.approx(hospitals[unit]["share"], abs=LAST_DIGIT)
    if low:
        assert f"Lavest er {low} med" in view.sentence
        assert f"høyest {high} med" in view.sentence
        assert {GJOVIK, FORDE} <= {unit for unit, point in drawn.items() if point.side == "worse"}
