"""What a team pastes out of Excel becomes data points; what can't be read is told cell by cell."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from nhr_dash.access import NotAllowed
from nhr_dash.improvement import own_data, projects, sheets, store
from nhr_dash.improvement.models import Measure
from nhr_dash.registry.load.findings import Refused
from nhr_dash.text import catalog
from nhr_dash.text.catalog import t
from tests.improvement.conftest import KARI, STRANGER


@pytest.fixture
def share(session, project):
    return store.make(session, KARI, Measure(project=project.id, title="Varslet før ankomst", data_kind="share"))


@pytest.fixture
def minutes(session, project):
    return store.make(session, KARI, Measure(project=project.id, title="Dør til bilde", data_kind="minutes"))


def triples(table):
    return [(one.day, one.numerator, one.denominator) for one in table.new]


def told(table):
    return [(one.line, one.column, one.value, one.reason_key) for one in table.findings]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


BOTH = [(date(2024, 5, 1), 3.0, 4.0), (date(2024, 5, 8), 2.5, 5.0)]


@pytest.mark.parametrize(
    "data",
    [
        "01.05.2024\t3\t4\n08.05.2024\t2,5\t5\n",
        "Dato;Teller;Nevner\n2024-05-01;3;4\n2024-05-08;2,5;5",
        "date,numerator,denominator\r\n2024-05-01,3,4\r\n2024-05-08,2.5,5\r\n",
        "\n\nNevner;Dato;Teller\n4;1.5.2024;3\n\n5;8.5.2024;2,5\n",
        "\ufeffDato;Teller;Nevner;Merknad\n01.05.2024;3;4;\n08.05.2024;2,5;5;påske\n".encode(),
        "Dato;Teller;Nevner;Merknad\n01.05.2024;3;4;\n08.05.2024;2,5;5;påske\n".encode("latin-1"),
        workbook(["Dato", "Teller", "Nevner"], [date(2024, 5, 1), 3, 4], [datetime(2024, 5, 8), 2.5, 5]),
        workbook([date(2024, 5, 1), 3, 4], ["08.05.2024", "2,5", 5, None]),
    ],
    ids=["pasted", "semicolon", "comma", "another order", "bom", "latin-1", "excel", "excel without headings"],
)
def test_however_it_is_written(share, data):
    table = own_data.read(data, "tall", share, [])
    assert (triples(table), table.findings) == (BOTH, ())


def test_pasted_twice_is_there_once_and_a_correction_corrects(session, project, share):
    def points():
        return projects.whole(session, KARI, project.id).points

    own_data.write(session, KARI, own_data.read("01.05.2024\t3\t4\n08.05.2024\t1\t5", "", share, points()))
    again = own_data.read("01.05.2024\t3\t4\n08.05.2024\t2\t5\t\n15.05.2024\t0\t2", "", share, points())
    assert (len(again.new), len(again.changed), again.same) == (1, 1, 1)
    own_data.write(session, KARI, again)
    assert [(one.numerator, one.denominator) for one in points()] == [(3, 4), (2, 5), (0, 2)]
    assert own_data.read("01.05.2024\t3\t4\n08.05.2024\t2\t5", "", share, points()).same == 2


def test_good_rows_are_kept_and_bad_cells_told(share):
    data = (
        "Dato;Teller;Nevner;Vekt\n"
        "32.05.2024;1;2;\n"  # no such day
        "02.05.2024;fire;5;\n"
        "03.05.2024;6;5;\n"
        "04.05.2024;1;;\n"
        "05.05.2024;-1;5;\n"
        "06.05.2024;1;5;\n"
        "06.05.2024;2;5;\n"
        "i går;1;2;\n"
        "07.05.1924;1;2;\n"
        "08.05.2024;=1+1;2;\n"
    )
    table = own_data.read(data, "tall.csv", share, [])
    assert triples(table) == [(date(2024, 5, 6), 1.0, 5.0)]
    assert told(table) == [
        (None, "Vekt", "", "load.note.ignored"),
        (2, "Dato", "32.05.2024", "load.value.no_such_day"),
        (3, "Teller", "fire", "load.value.not_a_number"),
        (4, "Teller", "6", "refused.more_than_all"),
        (5, "Nevner", "", "refused.empty"),
        (6, "Teller", "-1", "refused.negative"),
        (8, "Dato", "06.05.2024", "load.row.twice"),
        (9, "Dato", "i går", "load.value.not_a_date"),
        (10, "Dato", "07.05.1924", "refused.far_date"),
        (11, "Teller", "=1+1", "load.value.not_a_number"),
    ]
    assert all(one.sentence(language) for one in table.findings for language in catalog.LANGUAGES)


def test_minutes_counts_and_dates(session, project, minutes):
    table = own_data.read("Dato\tMinutter\tMerknad\n01.05.2024\t12,5\tnatt", "", minutes, [])
    assert [(one.value, one.note) for one in table.new] == [(12.5, "natt")]
    dates = store.make(session, KARI, Measure(project=project.id, title="Uten varsel", data_kind="dates"))
    table = own_data.read("01.05.2024\t\n08.05.2024\tlørdag", "", dates, [])
    assert [(one.day.day, one.note) for one in table.new] == [(1, ""), (8, "lørdag")]
    own_data.write(session, KARI, table)
    assert len(projects.whole(session, KARI, project.id).points) == 2


def test_an_empty_note_leaves_the_one_that_stands(session, project, minutes):
    own_data.write(session, KARI, own_data.read("01.05.2024\t12\tnatt", "", minutes, []))
    points = projects.whole(session, KARI, project.id).points
    assert own_data.read("01.05.2024\t12\t", "", minutes, points).same == 1


def test_a_stranger_writes_nothing(session, share):
    with pytest.raises(NotAllowed):
        own_data.write(session, STRANGER, own_data.read("01.05.2024\t3\t4", "", share, []))


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
        (b"PK\x03\x04 not a workbook", "not_text"),
        (bomb(), "large"),
        ("x" * (sheets.MOST_BYTES + 1), "large"),
        ("01.05.2024\t1\t2\n" * (sheets.MOST_ROWS + 2), "rows"),
        ("Dato;Teller\n01.05.2024;1", "columns"),
    ],
    ids=["nothing", "blank", "picture", "no workbook", "bomb", "large", "many rows", "column"],
)
def test_what_is_no_table_is_refused_whole(share, data, kind):
    with pytest.raises(Refused) as refused:
        own_data.read(data, "fil", share, [])
    assert refused.value.reason_key == f"refused.table.{kind}"
    for language in catalog.LANGUAGES:
        assert "fil" in t(language, refused.value.reason_key, **refused.value.params)
