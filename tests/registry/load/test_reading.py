"""The dresses an export comes in: encodings, delimiters, dates, workbooks; and what is no export."""

import random
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from nhr_dash.registry import tables
from nhr_dash.registry.forms import acute as acute_table
from nhr_dash.registry.forms import followup as followup_table
from tests.registry.load.made import ACUTE, acute, aggregate, followup, write


@pytest.fixture
def stored(engine):
    def read(key: str = "A1"):
        with engine.connect() as connection:
            chosen = select(acute_table).where(acute_table.c.form_key == key)
            return connection.execute(chosen).mappings().one()

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters(load, tmp_path, stored, encoding, delimiter):
    path = write(tmp_path / "a.csv", [acute("A1", Municipal="Bodø; Å, æ")], delimiter=delimiter, encoding=encoding)
    assert load(path).files[0].rows_new == 1
    assert stored()["municipality"] == "Bodø; Å, æ"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-03-04 11:20:00", datetime(2024, 3, 4, 11, 20)),
        ("2024-03-04T11:20:00.0000000", datetime(2024, 3, 4, 11, 20)),
        ("2024-03-04 11:20", datetime(2024, 3, 4, 11, 20)),
        ("04.03.2024 11:20", datetime(2024, 3, 4, 11, 20)),
        ("4.3.2024 11:20:30", datetime(2024, 3, 4, 11, 20, 30)),
        ("04.03.2024 kl. 11.20", datetime(2024, 3, 4, 11, 20)),
        ("04.03.2024", datetime(2024, 3, 4)),
        (" 2024-03-04 ", datetime(2024, 3, 4)),
    ],
)
def test_norwegian_and_iso_times(load, tmp_path, stored, text, value):
    rows = [acute("A1", Innleggelsestidspunkt=text, TrombolyseStarttid="2024-03-04 11:50:00")]
    assert load(write(tmp_path / "a.csv", rows)).files[0].rows_new == 1
    assert stored()["admitted_at"] == value


@pytest.mark.parametrize("empty", ["", "-1", "NULL", "NA", "  "])
def test_not_filled_in_is_missing_and_zero_is_a_value(load, tmp_path, stored, empty):
    load(write(tmp_path / "a.csv", [acute("A1", MRSPre=empty, NIHSSinnkomst="0")]))
    assert (stored()["mrs_before"], stored()["nihss"]) == (None, 0)


def test_decimal_comma(load, tmp_path, stored):
    load(write(tmp_path / "a.csv", [acute("A1", NIHSSinnkomst="12,0", PatientAge="74.0")]))
    assert (stored()["nihss"], stored()["age"]) == (12, 74)


def test_headings_in_any_order_and_case(load, tmp_path, stored):
    names = list(ACUTE)
    random.Random(3).shuffle(names)
    row = acute("A1")
    path = write(tmp_path / "a.csv", [{f" {name.upper()} ": row[name] for name in names} | {"Fodselsnummer": "1"}])
    report = load(path).files[0]
    assert report.rows_new == 1
    assert stored()["age"] == 74
    ignored = [one.column for one in report.findings if one.reason_key == "load.note.ignored"]
    assert ignored == ["Fodselsnummer"]


def test_last_years_columns_are_named(load, tmp_path):
    row = {name: value for name, value in acute("A1").items() if name not in ("VaaknetMedSymptom", "SvelgtestUtfort")}
    report = load(write(tmp_path / "a.csv", [row])).files[0]
    assert report.refused == "load.refused.missing_columns"
    assert "VaaknetMedSymptom, SvelgtestUtfort" in report.refusal("nb")


def test_the_published_formats_headings_are_exact(load, tmp_path):
    row = {("Year" if name == "year" else name): value for name, value in aggregate().items()}
    report = load(write(tmp_path / "a.csv", [row])).files[0]
    assert report.refused == "load.refused.missing_columns"
    assert "year" in report.refusal("en")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello\n", "not_an_export"),
        (b"%PDF-1.7\n\xe2\xe3\0\0binary", "not_text"),
        (b"PK\x03\x04 not a workbook", "not_an_export"),
        (b"name;value\n1;2\n", "not_an_export"),
        (b"\n\n", "not_an_export"),
        (";".join(ACUTE).encode() + b"\n", "no_rows"),
        (";".join([*ACUTE, "SkjemaGUID"]).encode() + b"\n1;2\n", "column_twice"),
    ],
)
def test_what_is_no_export_is_refused_whole(load, tmp_path, content, reason):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    report = load(path, write(tmp_path / "good.csv", [acute("A1")]))
    assert report.files[0].refused == f"load.refused.{reason}"
    for language in ("nb", "en"):
        assert report.files[0].refusal(language).endswith(".")
    assert report.files[-1].rows_new == 1  # the others load all the same


def test_a_file_that_is_not_there(load, tmp_path):
    assert load(tmp_path / "gone.csv").files[0].refused == "load.refused.unreadable"


def test_an_open_quotation_mark_is_found(load, tmp_path):
    path = write(tmp_path / "a.csv", [acute("A1"), acute("A2"), acute("A3")])
    text = path.read_text().replace("A2", '"A2', 1)
    path.write_text(text, newline="")
    finding = next(one for one in load(path).files[0].findings if one.level == "error")
    assert (finding.line, finding.reason_key) == (3, "load.row.cells_over_lines")
    path.write_text(text + "x" * 200_000, newline="")  # longer than any cell
    assert load(path).files[0].refused == "load.refused.broken"


def test_a_workbook_of_several_forms(load, tmp_path, stored, content):
    book = Workbook()
    sheet = book.active
    sheet.title = "Akutt"
    row = acute("A1")
    sheet.append(list(row))
    typed = {"PatientAge": 74, "Innleggelsestidspunkt": datetime(2024, 3, 4, 11, 20), "orgnr": int(row["orgnr"]),
             "NIHSSikkeUtfort": False, "MRSPre": 0.0}  # fmt: skip
    sheet.append([typed.get(name, value or None) for name, value in row.items()])
    sheet.append([typed.get(name, value or None) for name, value in list(acute("A2", PatientAge="x").items())[:4]])
    follow = book.create_sheet("Oppfølging")
    follow.append(list(followup("F1", "A1")))
    follow.append([*{**followup("F1", "A1"), "OppfolgingDato": date(2024, 6, 5)}.values()])
    book.create_sheet("Notater").append(["Skrevet av", "noen"])
    book.create_sheet("Tom")
    path = tmp_path / "delivery_2024-12-31.xlsx"
    book.save(path)
    report = load(path)
    assert [(file.file, file.form, file.rows_new) for file in report.files] == [
        (f"{path.name} [Akutt]", "akuttskjema", 1),
        (f"{path.name} [Oppfølging]", "oppfolgingsskjema", 1),
    ]
    assert {one.line for one in report.files[0].findings if one.level == "error"} == {3}
    assert (stored()["age"], stored()["admitted_at"], stored()["nihss_not_done"]) == (
        74,
        datetime(2024, 3, 4, 11, 20),
        False,
    )
    assert content(followup_table, "followed_up_on") == [(date(2024, 6, 5),)]
    assert content(tables.delivery, "form") == [("akuttskjema",), ("oppfolgingsskjema",)]


def test_empty_lines_and_trailing_separators_are_harmless(load, tmp_path: Path):
    path = write(tmp_path / "a.csv", [acute("A1"), acute("A2", PatientAge="1")])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "", lines[1] + ";", ";" * lines[0].count(";"), lines[2]]) + "\n")
    report = load(path).files[0]
    assert (report.rows_read, report.rows_new) == (2, 1)
    assert {one.line for one in report.findings if one.level == "error"} == {5}
