"""A project on paper: whole, in order, on one page that can be read, and nothing that was typed is ever run."""

import io
import json
import re
import time
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from sqlalchemy.orm import Session

from nhr_dash.access import everything
from nhr_dash.charts import driver, ramp
from nhr_dash.charts.ramp import RampCycle
from nhr_dash.database import connect
from nhr_dash.improvement import projects, transfer
from nhr_dash.improvement.models import Cycle, Decision, Idea, Measure, Member, Obstacle, Project
from nhr_dash.improvement.sample_projects import project_id
from nhr_dash.reports import project as paper
from nhr_dash.reports.letters import drawable, known
from nhr_dash.reports.project import poster
from nhr_dash.text.catalog import LANGUAGES, t
from tests.charts.conftest import draw, monthly, verdict
from tests.improvement import hand
from tests.reports.test_export import EVENTS, STAMP

__all__ = ["draw"]  # the fixture

FJORDVIK = 999100001
MARKUP = '#read("/etc/passwd") *x* $x$ <b>y</b> `z` \\ @ref // [a](http://b) /* 👍🏽 =cmd()'
LONG = (MARKUP + " Vi prøvde dette og lærte noe nytt om mottaket." * 250)[:10_000]
PAPERS: tuple[poster.Paper, ...] = ("a3", "a4")


def cycle(number: int, **values) -> Cycle:
    days = {"starts_on": date(2023, 2, 6), "ends_on": date(2023, 3, 5), "scale": "shift"}
    texts = {
        "title": f"Varsling {number}",
        "prediction": "8 av 10",
        "result": "5 av 16.",
        "learned": "Bordet var opptatt.",
    }
    return hand.made(Cycle, project="p", number=number, **{**days, **texts, "act": "adapt", **values})


def written(**values) -> Project:
    texts = {name: f"Tekst om {name}." for name in ("background", "purpose", "lessons", "risks")}
    lists = {"links": [], "dimensions": []}
    return hand.made(
        Project,
        **{**lists, "unit": FJORDVIK, "title": "Bilde innen 15 minutter", "status": "running", **texts, **values},
    )


@pytest.fixture
def parts(draw):
    cycles = (cycle(1), cycle(2, title="CT-bord ledig"))
    measure = hand.made(Measure, project="p", kind="outcome", position=0, indicator=hand.IMAGING)
    whole = replace(
        hand.whole(written(), measures=(measure,), cycles=cycles),
        members=(hand.made(Member, project="p", role="Overlege i slagenheten", task="leder"),),
        obstacles=(hand.made(Obstacle, project="p", what="Ingen CT-vakt om natten"),),
        decisions=(hand.made(Decision, project="p", decision="Vi går videre", decided_on=date(2023, 4, 1)),),
        ideas=(hand.made(Idea, project="p", title="Ring CT", primary_driver="Klar i tide"),),
    )
    chart = draw(events=EVENTS, judged=verdict(monthly()))
    aim = "Innen 31. desember 2026 skal over 60\u202f% få bilde innen 15 minutter (nå 18\u202f%)"
    return paper.Parts(
        whole=whole,
        units={FJORDVIK: "Fjordvik"},
        aim=aim,
        verdict="18\u202f% → 63\u202f%. Klar bedring.",
        stamp=STAMP,
        chart=chart,
        measures=chart,
        ramp=ramp.build([RampCycle(1, "Varsling 1", "shift", "adapt")], "nb"),
        drivers=driver.build(aim, [driver.Driver("Klar i tide", ideas=(driver.Idea("Ring CT"),))], "nb"),
    )


@pytest.fixture
def bad(parts):
    """Everything as long and as odd as the fields allow."""
    whole = replace(
        parts.whole,
        project=written(title=LONG[:200], background=LONG, purpose="x" * 10_000, lessons=LONG, risks=LONG),
        cycles=tuple(cycle(n, title=LONG[:200], result=LONG, learned=LONG) for n in range(1, 21)),
        obstacles=tuple(hand.made(Obstacle, project="p", what=LONG) for _ in range(5)),
        members=tuple(hand.made(Member, project="p", role="z" * 200) for _ in range(12)),
    )
    return replace(parts, whole=whole, aim=LONG[:1000])


@pytest.fixture
def bare(parts):
    """A title and nothing else."""
    whole = hand.whole(hand.made(Project, unit=FJORDVIK, title="Idé", links=[], dimensions=[]))
    return replace(parts, whole=whole, aim="", verdict="", chart=None, measures=None, ramp=None, drivers=None)


def pages(pdf: bytes) -> int:
    found = re.search(rb"/Type\s*/Pages.*?/Count (\d+)", pdf, re.DOTALL)
    assert found
    return int(found[1])


def strings(value) -> list[str]:
    if isinstance(value, str):
        return [value]
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for one in values for text in strings(one)]


def said_on(parts: paper.Parts, size: poster.Paper, monkeypatch, language: str = "nb") -> dict:
    """What the page was made of at last."""
    kept: list[dict] = []
    original = poster.page_data

    def keep(*arguments):
        kept.append(original(*arguments))
        return kept[-1]

    monkeypatch.setattr(poster, "page_data", keep)
    assert pages(paper.make(paper.report(parts, language), size)) == 1
    monkeypatch.setattr(poster, "page_data", original)
    return kept[-1]


@pytest.mark.parametrize("size", PAPERS)
@pytest.mark.parametrize("which", ["parts", "bad", "bare"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_one_page_in_letters_that_can_be_read(which, size, language, request, monkeypatch):
    data = said_on(request.getfixturevalue(which), size, monkeypatch, language)
    assert data["size"] * 0.9 >= poster._SHEETS[size].least
    assert all(known(sign) for text in strings(data) for sign in text if sign != "\u200b")


@pytest.mark.parametrize("size", PAPERS)
def test_a_page_shows_what_matters(parts, size, monkeypatch):
    data = said_on(parts, size, monkeypatch)
    text = " ".join(strings(data)).replace("\u200b", "")
    for wanted in (parts.aim, parts.verdict, "Fjordvik", "Ingen CT-vakt", "Bordet var opptatt", "Tekst om lessons",
                   "Overlege i slagenheten", "eksempeldata, ikke virkelige pasienter", STAMP.link):  # fmt: skip
        assert wanted in text, wanted
    assert set(data["pictures"]) == {"chart", "measures"}
    assert "…" not in text and t("nb", "project_report.shortened") not in text


def test_what_is_cut_is_said(bad, monkeypatch):
    data = said_on(bad, "a3", monkeypatch)
    assert (t("nb", "project_report.shortened"), t("nb", "project_report.rest_in_word")) == data["notes"][-1]
    shown = len(strings([one for column in [*data["columns"], data["aside"]] for one in column if "about" in one])) // 4
    assert shown == 20 or f"{20 - shown} til" in data["left_out"]


def test_a_real_registry_is_not_called_sample_data(parts):
    real = paper.report(replace(parts, stamp=replace(STAMP, synthetic=False)), "nb")
    for kind in ("md", "json"):
        assert "eksempeldata" not in paper.make(real, kind).decode().replace(parts.chart.subtitle, "")
    assert "eksempeldata" not in paper.evaluation_text(real)


def whole_text(file: bytes) -> str:
    document = Document(io.BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_word_and_markdown_stand_in_the_order_of_the_national_plan(parts):
    report = paper.report(parts, "nb")
    order = [t("nb", f"project_report.{name}") for name in
             ("background", "purpose", "aims", "team", "measures", "changes", "results", "lessons", "decisions",
              "risks", "evaluation")]  # fmt: skip
    document = Document(io.BytesIO(paper.make(report, "docx")))
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 1"] == order
    markdown = paper.make(report, "md").decode()
    assert re.findall(r"^## (.*)$", markdown, re.MULTILINE) == order
    assert len(document.inline_shapes) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_of_sample_data_says_so(parts, language):
    report = paper.report(parts, language)
    said = t(language, "chart.sample")
    assert said in whole_text(paper.make(report, "docx"))
    assert said in paper.make(report, "md").decode()
    assert said in json.loads(paper.make(report, "json"))["stamp"].values()
    assert said in paper.evaluation_text(report)


def test_the_national_evaluation_gets_its_answers(parts):
    text = paper.evaluation_text(paper.report(parts, "nb"))
    for name in ("project", "who", "measures", "start", "end", "aim", "result"):
        assert f"{t('nb', f'project_report.evaluation_{name}')}: " in text
    assert "Bilde innen 15 minutter" in text and parts.verdict in text and "Fjordvik" in text


def test_what_was_typed_is_text_in_word(bad):
    file = paper.make(paper.report(bad, "nb"), "docx")
    text = whole_text(file)
    assert LONG in text
    xml = Document(io.BytesIO(file)).element.xml
    assert "w:instrText" not in xml and "w:fldSimple" not in xml and "w:hyperlink" not in xml


def test_what_was_typed_is_text_in_markdown(bad):
    markdown = paper.make(paper.report(bad, "nb"), "md").decode()
    assert "<b>" not in markdown.replace("\\<b\\>", "")
    assert "[a](http" not in markdown and "\\[a\\]\\(http" in markdown
    assert re.findall(r"^#{1,2} .*", markdown, re.MULTILINE)[0].startswith("# \\#read")


def test_a_line_that_would_begin_a_list_stays_a_line(parts):
    whole = replace(parts.whole, project=written(background="1. først\n2) så\n> sitat\n---\nslutt"))
    markdown = paper.make(paper.report(replace(parts, whole=whole), "nb"), "md").decode()
    assert "\n1. først" not in markdown and "\n2) så" not in markdown and "\n---\nslutt" not in markdown


def test_a_project_comes_back_from_its_file(parts, sample_copy):
    engine = connect(f"sqlite:///{sample_copy.as_posix()}")
    mine = everything("test")
    with Session(engine) as session:
        whole = projects.whole(session, mine, project_id("fjordvik-bildediagnostikk"))
        file = paper.make(paper.report(replace(parts, whole=whole), "nb"), "json")
        made = projects.whole(session, mine, transfer.load(session, mine, transfer.parsed(file), copy=True))
        assert made.project.origin == whole.project.id
        assert [one.title for one in made.cycles] == [one.title for one in whole.cycles]
        assert len(made.points) == len(whole.points)
    engine.dispose()


def test_signs_without_a_letter_become_one_that_can_be_drawn():
    assert drawable("Bra 👩‍⚕️👍🏽 ½ ≥ → ﬁ 日本 e\u0301 æøå\x07") == "Bra □ ½ ≥ → fi □ é æøå"
    assert drawable("60\u202f%") == "60\u202f%"


def test_the_poster_is_made_while_one_waits(parts):
    report = paper.report(parts, "nb")
    paper.make(report, "a3")  # the drawing engine starts once a process
    start = time.process_time()  # of this process: a busy machine says nothing about the code
    paper.make(report, "a3")
    took = time.process_time() - start
    assert took < 2, f"{took:.2f} s"


@pytest.mark.parametrize("kind", ["a3", "a4", "docx", "md", "json"])
def test_file_names_are_safe(bad, kind):
    assert re.fullmatch(r"[\w-]{1,84}\.(pdf|docx|md|json)", paper.filename(paper.report(bad, "nb"), kind))
