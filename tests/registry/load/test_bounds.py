"""Files that are made to fill a machine: refused with a sentence, before they have cost anything."""

import tracemalloc
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from nhr_dash.registry.load import bounds
from nhr_dash.text.catalog import t
from tests.registry.load.made import acute, write


def refusal(load, path: Path) -> str:
    """Why a file was refused; the sentence exists in both languages, and nothing was loaded."""
    report = load(path)
    assert report.data_version is None
    refused = report.files[0].refused
    assert refused
    assert all(path.name.split(".")[0] in report.files[0].refusal(lang) for lang in ("nb", "en"))
    return refused


def workbook(path: Path, parts: dict[str, bytes]) -> Path:
    """A real small workbook with some of its parts replaced or added."""
    book = Workbook()
    book.active.append(list(acute("A1")))
    book.active.append(list(acute("A1").values()))
    book.save(path.with_suffix(".real"))
    with zipfile.ZipFile(path.with_suffix(".real")) as real, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in real.namelist():
            if name not in parts:
                made.writestr(name, real.read(name))
        for name, content in parts.items():
            made.writestr(name, content)
    return path


def test_a_workbook_that_unpacks_to_a_thousand_times_its_size_is_not_unpacked(load, tmp_path):
    path = workbook(tmp_path / "bombe.xlsx", {"xl/worksheets/sheet1.xml": b"\0" * 60_000_000})
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    assert refusal(load, path) == "load.refused.unpacks_too_large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_shared_texts_that_would_fill_the_memory_are_not_read(load, tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "SHARED_BYTES", 5_000_000)
    texts = b"<sst>" + b"".join(b"<si><t>%d</t></si>" % number for number in range(400_000)) + b"</sst>"
    path = workbook(tmp_path / "tekster.xlsx", {"xl/sharedStrings.xml": texts})
    assert refusal(load, path) == "load.refused.unpacks_too_large"


def test_an_archive_of_very_many_parts_is_no_workbook(load, tmp_path):
    path = workbook(tmp_path / "deler.xlsx", {f"xl/worksheets/sheet{number}.xml": b"" for number in range(2, 1_100)})
    assert refusal(load, path) == "load.refused.unpacks_too_large"


def test_names_that_grow_when_they_are_read_do_not(load, tmp_path):
    """A billion laughs: entities within entities."""
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<!DOCTYPE x [<!ENTITY l0 "ha">{names}]><worksheet><sheetData><row><c t="str"><v>&l9;</v></c></row>'
    path = workbook(tmp_path / "latter.xlsx", {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert refusal(load, path) == "load.refused.not_an_export"


def test_a_workbook_that_breaks_off_in_the_middle_is_not_loaded(load, tmp_path):
    with zipfile.ZipFile(workbook(tmp_path / "hel.xlsx", {})) as whole:
        sheet = whole.read("xl/worksheets/sheet1.xml").replace(b"</row></sheetData>", b"</row><row")
    path = workbook(tmp_path / "halv.xlsx", {"xl/worksheets/sheet1.xml": sheet})
    assert refusal(load, path) == "load.refused.not_whole"


@pytest.mark.parametrize(
    ("name", "value"), [("felt", ";" * 5_000), ("celle", "x" * 40_000), ("linje", "x" * 1_500_000)]
)
def test_a_line_that_is_wider_than_any_export_ends_the_reading(load, tmp_path, name, value):
    path = write(tmp_path / f"{name}.csv", [acute("A1")])
    with path.open("a", encoding="utf-8") as file:
        file.write(value + "\n")
    assert refusal(load, path) == "load.refused.too_wide"


def test_more_rows_than_any_registry_has_are_not_loaded(load, tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "ROWS", 3)
    path = write(tmp_path / "rader.csv", [acute(f"A{number}") for number in range(4)])
    assert refusal(load, path) == "load.refused.too_many_rows"


def test_a_file_larger_than_any_delivery_is_not_opened(load, tmp_path):
    path = tmp_path / "stor.csv"
    with path.open("wb") as file:
        file.truncate(bounds.FILE_BYTES + 1)  # takes no room on the disk
    assert refusal(load, path) == "load.refused.too_large"


def test_the_command_line_says_so_too(tmp_path, engine, capsys, monkeypatch):
    from nhr_dash.__main__ import main
    from nhr_dash.settings import settings

    monkeypatch.setenv("NHR_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    settings.cache_clear()
    path = workbook(tmp_path / "bombe.xlsx", {"xl/worksheets/sheet1.xml": b"\0" * 60_000_000})
    assert main(["load", str(path)]) == 1
    assert t("nb", "load.refused.unpacks_too_large", file="bombe.xlsx") in capsys.readouterr().err
    settings.cache_clear()
