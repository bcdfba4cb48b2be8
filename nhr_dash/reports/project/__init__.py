"""A project on paper: a page for the wall (A3) or the meeting (A4), Word, Markdown; with the national answers."""

from nhr_dash.reports.project.content import Parts, Report, evaluation_text, report
from nhr_dash.reports.project.files import MIME, Kind, filename, make

__all__ = ["MIME", "Kind", "Parts", "Report", "evaluation_text", "filename", "make", "report"]
