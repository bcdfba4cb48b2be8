"""A project on paper: one page for the wall (A3), one for the meeting (A4), Word, Markdown; with the national answers."""

from nhr_dash.reports.project.content import Parts, Report, report
from nhr_dash.reports.project.files import Kind, filename, make

__all__ = ["Kind", "Parts", "Report", "filename", "make", "report"]
