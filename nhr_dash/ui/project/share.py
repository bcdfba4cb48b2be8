"""The project taken along: the link, the poster for the wall, the page for the meeting, Word, Markdown and JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from nhr_dash.charts import driver, ramp
from nhr_dash.charts.drawing import Drawing
from nhr_dash.improvement.projects import Whole
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, looks, share
from nhr_dash.ui.frame import COMMON, Frame
from nhr_dash.ui.project import cycles, parts, tabs, wall
from nhr_dash.ui.project import driver as drivers


@dataclass(frozen=True)
class Content:
    """What papers are made of: the sentences and drawings of the page, and what they stand on."""

    whole: Whole
    units: Mapping[int, str]
    aim: str
    verdict: str
    chart: Drawing | None
    measures: Drawing | None
    ramp: str | None
    drivers: str | None
    newest: date | None
    patients: int
    address: str


@dataclass(frozen=True)
class File:
    """A file that is made when it is asked for; ``kind`` names its button (``project.download_<kind>``)."""

    kind: str
    name: str
    mime: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Papers:
    """What a project is taken along as: files, and the answers for the national evaluation as text to copy."""

    files: Sequence[File]
    answers: str


def files(page: Frame, project: str, papers: Callable[[Frame, Content], Papers]) -> None:
    """The popover with the link and what ``papers`` offers."""

    def draw(fresh: Frame, whole: Whole) -> None:
        lang = fresh.language
        label = t(lang, "project.share")
        box = st.popover(label, icon=":material/ios_share:", key="share_project", on_change="rerun")
        if not box.open:
            return
        address = share.link((*COMMON, *tabs.OWN))
        with box:
            st.caption(t(lang, "series.link"))
            st.code(address, language=None, wrap_lines=True)
            offered = papers(fresh, _content(fresh, whole, address))
            for one in offered.files:
                st.download_button(
                    t(lang, f"project.download_{one.kind}"),
                    looks.exporting(fresh, f"{one.kind} {whole.project.id}", one.make),
                    file_name=one.name,
                    mime=one.mime,
                    on_click="ignore",
                    key=f"download_{one.kind}",
                )
            st.caption(t(lang, "project.answers"))
            st.code(offered.answers, language=None, wrap_lines=True)

    parts.alone(draw)(page, project)


def _content(page: Frame, whole: Whole, address: str) -> Content:
    lang = page.language
    found, view = wall.board(page, whole), None
    if found.chart is not None:
        key = (page.version, page.scope.visibility, lang, found.unit, found.indicator)
        view = caches.run_chart_view(*key, "", 0, found.start, project=found.chart)
    return Content(
        whole=whole,
        units={int(code): name for code, name in caches.unit_names(page.version, lang).by_code.items()},
        aim=found.aim,
        verdict=" ".join(found.verdict),
        chart=view.drawing if view is not None else None,
        measures=found.family,
        ramp=ramp.build(cycles.climb(whole), lang),
        drivers=driver.build(found.aim, drivers.tree(whole.ideas, lang), lang),
        newest=caches.data_basis(page.version, page.unit).newest,
        patients=view.patients if view is not None else 0,
        address=address,
    )
