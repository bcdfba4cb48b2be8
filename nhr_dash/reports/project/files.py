"""A report as a file: PDF (A3 poster, A4), Word, Markdown, and JSON that another installation takes in.

Team texts are data in all of them, never markup.
"""

import io
import json
import re
from typing import Any, Literal

from nhr_dash.reports import export
from nhr_dash.reports.letters import drawable
from nhr_dash.reports.project import poster
from nhr_dash.reports.project.content import Report, Table
from nhr_dash.text.catalog import t

Kind = Literal["a3", "a4", "docx", "md", "json"]
EXTENSION: dict[Kind, str] = {"a3": "pdf", "a4": "pdf", "docx": "docx", "md": "md", "json": "json"}
MIME: dict[Kind, str] = {
    "a3": "application/pdf",
    "a4": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown",
    "json": "application/json",
}
_NUMBERED = re.compile(r"^(\d+)([.)])")
_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~$&])")


def filename(report: Report, kind: Kind) -> str:
    """A name that every system takes: letters and digits with hyphens, at most 80."""
    words = "".join(c if c.isalnum() else " " for c in report.title).split()
    size = f"-{kind}" if kind in ("a3", "a4") else ""
    return f"{'-'.join(words).lower()[:80]}{size}.{EXTENSION[kind]}"


def make(report: Report, kind: Kind) -> bytes:
    """The file: a page for the wall or the meeting, the whole report as Word or Markdown, or the project as JSON."""
    if kind == "json":
        return json.dumps({**report.portable, "stamp": dict(report.notes)}, ensure_ascii=False, indent=1).encode(
            "utf-8"
        )
    if kind == "md":
        return _markdown(report).encode("utf-8")
    return _word(report) if kind == "docx" else poster.pdf(report, kind)


def _word(report: Report) -> bytes:
    from docx import Document
    from docx.shared import Cm

    document = Document()
    document.add_heading(_clean(report.title), 0)
    document.add_paragraph(_clean(report.subtitle))
    for section in report.sections:
        document.add_heading(section.title, 1)
        for text in section.texts:
            document.add_paragraph(_clean(text))
        for point in section.points:
            document.add_paragraph(_clean(point), style="List Bullet")
        for table in section.tables:
            _word_table(document, table)
        for name in section.pictures:
            picture = io.BytesIO(_png(report, name))
            document.add_picture(picture, width=Cm(16))
    document.add_heading(t(report.language, "project_report.evaluation"), 1)
    _word_table(document, report.evaluation)
    document.add_paragraph(" · ".join(f"{name}: {value}" for name, value in report.notes))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _word_table(document: Any, table: Table) -> None:
    made = document.add_table(rows=1, cols=len(table.head), style="Light Grid")
    for cell, text in zip(made.rows[0].cells, table.head, strict=True):
        cell.text = text
    for row in table.rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = _clean(text)


def _png(report: Report, name: str) -> bytes:
    if name in report.drawings:
        return export.bare(report.drawings[name], "png", export.WIDTH)
    return export.svg_to_png(drawable(report.svgs[name]))


def _clean(text: str) -> str:
    """Without the signs that XML can't hold."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)


def _markdown(report: Report) -> str:
    lines = [f"# {_escaped(report.title)}", "", _escaped(report.subtitle), ""]
    for section in report.sections:
        lines += [f"## {_escaped(section.title)}", ""]
        for text in section.texts:
            lines += [*(_escaped(line) for line in text.splitlines()), ""]
        if section.points:
            lines += [*(f"- {_escaped(point)}" for point in section.points), ""]
        for table in section.tables:
            lines += [*_markdown_table(table), ""]
    lines += [f"## {t(report.language, 'project_report.evaluation')}", "", *_markdown_table(report.evaluation), ""]
    lines.append(" · ".join(f"{name}: {_escaped(value)}" for name, value in report.notes))
    return "\n".join(lines) + "\n"


def _markdown_table(table: Table) -> list[str]:
    def row(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(_escaped(re.sub(r"[ \t\r\n]+", " ", cell)) for cell in cells) + " |"

    return [row(table.head), "|" + " --- |" * len(table.head), *(row(one) for one in table.rows)]


def _escaped(text: str) -> str:
    """As it was typed, wherever Markdown would read a sign, a numbered line or an indent."""
    return _NUMBERED.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", text.strip()))
