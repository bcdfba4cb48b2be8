"""Loading the registry's exports: files in, checked rows, facts and a report out."""

from nhr_dash.registry.load.findings import FileReport, Finding, LoadReport, Refused, write_findings
from nhr_dash.registry.load.loading import load_files
from nhr_dash.registry.load.merging import Full

__all__ = ["FileReport", "Finding", "Full", "LoadReport", "Refused", "load_files", "write_findings"]
