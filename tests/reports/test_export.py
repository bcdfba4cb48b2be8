"""Everything that leaves the screen says where it comes from, in letters that can be drawn."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas
import pytest
from openpyxl import load_workbook
from PIL import Image, ImageFont

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from tests.charts.conftest import Event, Limits, draw, monthly, verdict

__all__ = ["draw"]  # the fixture

STAMP = export.Stamp(
    data_version=7,
    newest=date(2024, 3, 28),
    patients=350,
    link="http://localhost:8501/seriediagram?sykehus=999100001&indikator=pakke_bilde_15min",
    synthetic=True,
    baseline=(date(2022, 1, 1), date(2023, 1, 31)),
    exclusions=((date(2022, 5, 1), date(2022, 5, 1), "ombygging"),),
)
EVENTS = (Event(date(2023, 2, 6), "=HYPERLINK(1) Ørsta – æøå", date(2023, 3, 5)),)
FONTS = Path(export.__file__).resolve().parents[1] / "charts" / "fonts"


@pytest.fixture
def drawing(draw):
    return draw(levels=Limits(), events=EVENTS, judged=verdict(monthly()))


def texts(svg: bytes) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("}text")]


def test_a_picture_carries_title_finding_events_and_stamp(drawing):
    text = " ".join(texts(export.export(drawing, STAMP, "nb", "svg"))).replace("\u00a0", " ")
    for wanted in (
        "klar bedring, fra 19\u202f% til 65\u202f%",
        "Median etter 66\u202f%",
        "14 på rad over nivået før (tilfeldig: inntil 8)",
        "Ørsta",
        "eksempeldata, ikke virkelige pasienter",
        "versjon 7",
        "350 pasienter",
        "Anhøj",
        "1. jan. 2022 – 31. jan. 2023",
        "ombygging",
        "indikator=pakke_bilde_15min",
    ):
        assert wanted in text, wanted


@pytest.mark.parametrize("language", ["nb", "en"])
def test_every_letter_of_a_picture_is_in_the_shipped_typeface(draw, language):
    svg = export.export(draw(language=language, levels=Limits(), events=EVENTS), STAMP, language, "svg")
    assert "NHR Sans" in svg.decode()
    for name in ("NHRSans-Regular.ttf", "NHRSans-Semibold.ttf"):
        font = ImageFont.truetype(str(FONTS / name), 40)
        unknown = bytes(font.getmask("\ue000"))
        for letter in set("".join(texts(svg))) - {"\n"}:
            assert bytes(font.getmask(letter)) != unknown or letter.isspace(), repr(letter)


def test_a_png_shows_text(drawing):
    """With a family that vl-convert doesn't find it draws none at all: then the title's corner is white."""
    image = Image.open(io.BytesIO(export.export(drawing, STAMP, "nb", "png"))).convert("L")
    assert image.width >= 2 * export.WIDTH
    corner = image.crop((40, 30, 1100, 90))
    assert min(corner.get_flattened_data()) < 90
    assert image.getpixel((5, 5)) == 255


def test_csv_opens_in_a_norwegian_spreadsheet(drawing):
    text = export.export(drawing, STAMP, "nb", "csv").decode("utf-8")
    assert text.startswith("\ufeff# Bildediagnostikk")
    lines = [line for line in text.splitlines() if not line.lstrip("\ufeff").startswith("#")]
    assert lines[0] == "Periode;Andel;Pasienter;Fase;Merknad"
    assert len(lines) == 28
    assert "# Merk: eksempeldata, ikke virkelige pasienter" in text


def test_excel_holds_numbers_and_stamp_and_runs_nothing(drawing):
    book = load_workbook(io.BytesIO(export.export(drawing, STAMP, "nb", "xlsx")))
    numbers, about = book.worksheets
    assert numbers.max_row == 28
    cells = [cell.value for row in about for cell in row]
    assert "eksempeldata, ikke virkelige pasienter" in cells
    assert STAMP.link in cells
    assert not [v for v in cells if str(v).startswith("=")]
    assert all(cell.data_type != "f" for row in about for cell in row)


def test_a_real_registry_is_not_called_sample_data(drawing):
    real = export.Stamp(1, None, 0, "", synthetic=False)
    assert "eksempeldata" not in " ".join(" ".join(row) for row in export.stamp_rows(real, "nb"))


def test_file_names_are_safe(drawing):
    name = export.filename(drawing, "Fjordvik sykehus (opplæring) / ../x", "png")
    assert re.fullmatch(r"[\w-]+\.png", name)
    with pytest.raises(KeyError):
        export.export(drawing, STAMP, "nb", "exe")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n="])
def test_no_cell_of_an_export_is_run_as_a_formula(drawing, sign):
    hostile = f'{sign}HYPERLINK("http://a.example","x");=1+1'
    table = pandas.DataFrame({hostile: [hostile, "12"], "Hendelse": ["x", hostile]})
    spoilt = replace(drawing, table=table, title=hostile, sentence=hostile, events=((1, "i dag", hostile),))
    text = export.export(spoilt, STAMP, "nb", "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    cells = [cell for row in rows if not row[0].startswith("#") for cell in row]
    assert len(cells) == 6
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n")]
    book = load_workbook(io.BytesIO(export.export(spoilt, STAMP, "nb", "xlsx")))
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_a_comparison_of_units_claims_no_run_rules_and_no_baseline():
    one = export.Stamp(1, None, 5, "http://x", synthetic=False, of_series=False)
    said = [name for name, _ in export.stamp_rows(one, "nb")]
    assert t("nb", "export.rules") not in said
    assert t("nb", "export.baseline") not in said
    assert t("nb", "export.link") in said
