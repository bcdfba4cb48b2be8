"""What a reader gets of another hospital: nothing of a hidden number is in the page, the files or a sentence."""

import io
import json
import re
from collections.abc import Iterator
from datetime import date

import openpyxl
import pandas
import pytest
from sqlalchemy import Connection

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.charts.drawing import milliseconds
from nhr_dash.database import connect
from nhr_dash.improvement import evidence
from nhr_dash.registry import series
from nhr_dash.reports import export
from nhr_dash.settings import read, settings
from nhr_dash.ui import overview, run_chart

SKOGVIK, MYRDAL, INDICATOR = 999100002, 999100003, "pakke_bilde_15min"
RARE = "nki_trombolyse_40min"
STRANGER = Scope("other", Visibility(frozenset({SKOGVIK})))
SINCE = date(2022, 1, 1)
STAMP = export.Stamp(1, None, 0, "", synthetic=True)


@pytest.fixture
def connection(sample_copy) -> Iterator[Connection]:
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    with engine.begin() as opened_connection:
        yield opened_connection
    engine.dispose()


def view(connection: Connection, kind: str = "", grain: str = "month") -> run_chart.View:
    return run_chart.read(connection, STRANGER, MYRDAL, INDICATOR, grain, 0, SINCE, "nb", kind)


def hidden_months(connection: Connection) -> pandas.DataFrame:
    """The months that are hidden from the stranger, with all that is known of them."""
    asked = series.Question(MYRDAL, INDICATOR, "month", SINCE)
    full = series.series(connection, everything("test"), asked).frame
    seen = series.series(connection, STRANGER, asked).frame
    assert (full["start"] == seen["start"]).all()
    found = full[seen["hidden"].to_numpy()]
    assert 0 < len(found) < len(full)
    assert (found["denominator"] > 0).all()
    assert (seen[seen["hidden"]][["numerator", "denominator"]] == 0).all(axis=None)
    assert seen[seen["hidden"]]["value"].isna().all()
    return found


def rows_in(spec: object) -> Iterator[dict[str, object]]:
    """Every mapping anywhere in a spec: rows of data among them."""
    if isinstance(spec, dict):
        yield spec
        for part in spec.values():
            yield from rows_in(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from rows_in(part)


@pytest.fixture
def stricter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NHR_HIDDEN_UNDER", "40")
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_an_installation_may_hide_more(connection: Connection, stricter: None) -> None:
    """Myrdal's months have fewer than forty patients each; one's own are seen whatever the limit."""
    shown = series.series(connection, STRANGER, series.Question(MYRDAL, INDICATOR, "month", SINCE)).frame
    assert (shown["denominator"] == 0).all()
    own = series.series(connection, STRANGER, series.Question(SKOGVIK, INDICATOR, "month", SINCE)).frame
    assert (own["denominator"] > 0).any()


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [("NHR_HIDDEN_UNDER", "2", 3), ("NHR_UNCERTAIN_UNDER", "x", 3), ("NHR_HIDDEN_COVERAGE", "-1", 0)],
)
def test_a_limit_that_hides_too_little_is_refused(name: str, value: str, least: int) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a whole number from {least}"):
        read({name: value})


@pytest.mark.parametrize("kind", ["run", "p", "pp"])
def test_the_source_of_the_page_holds_nothing_of_a_hidden_month(connection, kind):
    hidden = {milliseconds(start) for start in hidden_months(connection)["start"]}
    drawing = view(connection, kind).drawing
    assert drawing is not None
    spec = json.loads(json.dumps(drawing.spec))
    rows = [row for row in rows_in(spec) if "t" in row]
    assert {row["t"] for row in rows if "v" in row and "n" not in row} - hidden
    for row in rows:
        if row["t"] in hidden:
            assert not row.get("n")
            assert not {"v", "value", "count", "lower", "upper", "low", "high"} & set(row)
        assert not (row.get("t2") in hidden and "v2" in row)
    assert "Skjult: færre enn 10 pasienter" in json.dumps(spec, ensure_ascii=False).replace('", "', " ")


def test_the_table_and_the_files_say_hidden_and_no_number(connection):
    hidden = hidden_months(connection)
    drawing = view(connection).drawing
    assert drawing is not None
    table = drawing.table
    gone = table[table["Merknad"].str.contains("skjult")]
    assert len(gone) == len(hidden)
    periods = set(gone["Periode"])
    lines = export.export(drawing, STAMP, "nb", "csv").decode("utf-8-sig").splitlines()
    told = [line for line in lines if line.split(";")[0].strip('"') in periods]
    assert len(told) == len(hidden)
    columns = list(table.columns)
    places = [at for at, name in enumerate(columns) if name not in ("Periode", "Fase", "Merknad")]
    assert not [line for line in told for at in places if re.search(r"\d", line.split(";")[at])]
    assert not gone.iloc[:, places].stack().str.contains(r"\d").any()
    book = openpyxl.load_workbook(io.BytesIO(export.export(drawing, STAMP, "nb", "xlsx")))
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True) if row[0] in periods]
    assert len(cells) == len(hidden)
    for row in cells:
        assert not [one for one in row[1:3] if re.search(r"\d", str(one))]
    picture = export.export(drawing, STAMP, "nb", "svg").decode()
    assert not [one for one in periods if re.search(rf"{re.escape(one)}[^<]*\d+ av \d", picture)]


def test_every_number_that_is_told_is_made_of_the_months_that_are_left(connection):
    asked = series.Question(MYRDAL, INDICATOR, "month", SINCE)
    seen = series.series(connection, STRANGER, asked).frame
    full = series.series(connection, everything("test"), asked).frame
    drawing = view(connection).drawing
    assert drawing is not None
    patients = int(seen["denominator"].sum())
    assert patients < full["denominator"].sum()
    assert f"{patients} pasienter" in drawing.subtitle


@pytest.mark.parametrize("grain", ["patient", "every_k", "quarter", "half_year"])
def test_a_link_to_what_is_off_the_grid_opens_what_is_on_it(connection, grain):
    asked = view(connection, grain=grain)
    assert asked.grains == ("month", "tertial", "year")
    assert asked.grain in asked.grains
    with pytest.raises(NotAllowed):
        series.series(connection, STRANGER, series.Question(MYRDAL, INDICATOR, grain, SINCE, k=10))


@pytest.mark.parametrize("kind", ["g", "t", "cusum"])
def test_charts_patient_by_patient_are_not_drawn(connection, kind):
    found = view(connection, kind=kind).charted
    assert found is not None
    assert found.kind == "run"
    assert kind not in found.kinds
    assert found.refused


def test_days_of_ones_own_are_for_ones_own_hospital(connection):
    window = evidence.Window(date(2023, 5, 1), chosen_after_looking=True)
    with pytest.raises(evidence.Refused, match="own_days"):
        evidence.judged(connection, STRANGER, MYRDAL, INDICATOR, window)
    assert evidence.judged(connection, STRANGER, SKOGVIK, INDICATOR, window).verdict is not None


def test_a_stored_change_elsewhere_is_judged_by_the_months_that_are_left(connection):
    window = evidence.Window(date(2023, 5, 1))
    seen = evidence.judged(connection, STRANGER, MYRDAL, INDICATOR, window)
    asked = series.Question(MYRDAL, INDICATOR, "month", seen.spans.before_from, seen.spans.before_until)
    shown = series.series(connection, STRANGER, asked).frame["denominator"].sum()
    everyone = series.series(connection, everything("test"), asked).frame["denominator"].sum()
    assert seen.spans.before.total[1] == shown < everyone


def test_where_every_period_is_hidden_the_page_says_so(connection):
    seen = run_chart.read(connection, STRANGER, MYRDAL, RARE, "month", 0, SINCE, "nb", "")
    assert (seen.drawing, seen.hidden_under) == (None, 10)
    suited = run_chart.read(connection, STRANGER, MYRDAL, INDICATOR, "", 0, SINCE, "nb", "")
    assert suited.drawing is not None
    assert suited.grain in ("tertial", "year")
    rows = overview.read(connection, STRANGER, MYRDAL, "nb")
    assert rows.yearly
    assert str(rows.yearly) in overview.left_out(rows, "nb")
    rare = next(row for row in rows.rows if row.indicator == "hjerneslag_tromb_40min")
    assert "<small>2024</small>" in rare.cells[1], "months are hidden, the whole year isn't"
    assert not overview.left_out(overview.read(connection, STRANGER, SKOGVIK, "nb"), "nb")
