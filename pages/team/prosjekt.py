"""One project on one page: what is tried, and whether it works."""

from functools import partial

import streamlit as st

from nhr_dash.reports import project as paper
from nhr_dash.reports.export import Stamp
from nhr_dash.text.catalog import t
from nhr_dash.ui import editing, frame
from nhr_dash.ui.project import chosen, cycles, header, parts, share, tabs, wall

KINDS: tuple[paper.Kind, ...] = ("a3", "a4", "docx", "md", "json")


def papers(page: frame.Frame, of: share.Content) -> share.Papers:
    """The poster, the page, the report and the project itself, from what the page shows."""
    report = paper.report(
        paper.Parts(
            whole=of.whole,
            units=of.units,
            aim=of.aim,
            verdict=of.verdict,
            stamp=Stamp(page.version, of.newest, of.patients, of.address, page.synthetic),
            chart=of.chart,
            measures=of.measures,
            ramp=of.ramp,
            drivers=of.drivers,
        ),
        page.language,
    )
    files = [
        share.File(kind, paper.filename(report, kind), paper.MIME[kind], partial(paper.make, report, kind))
        for kind in KINDS
    ]
    return share.Papers(files, paper.evaluation_text(report))


with frame.page("project.title", *tabs.OWN) as page:
    whole = chosen.project(page)
    if whole is not None:
        parts.drawn(whole)
        editing.undo_bar(page)
        project = whole.project.id
        header.draw(page, project)
        wall.draw(page, project)
        cycles.draw(page, project)
        share.files(page, project, papers)
        tabs.draw(page, project)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "project.how_to_read"))
