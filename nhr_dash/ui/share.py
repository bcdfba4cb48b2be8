"""Under a chart: its numbers as a table, a link to the view and files to take along."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import streamlit as st

from nhr_dash.charts.drawing import Drawing
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, looks
from nhr_dash.ui.frame import COMMON, Frame
from nhr_dash.ui.plain import plain

Kind = Literal["png", "svg", "csv", "xlsx"]
FILES: dict[Kind, str] = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Taken:
    """A drawing that can be taken along. ``about``: codes of what it shows, for the audit log; ``patients``: how many
    are behind it; ``method``: chart and rules where they are not the ordinary ones."""

    drawing: Drawing
    about: str
    patients: int
    method: str = ""


class Exporter(Protocol):
    """What a page takes from the reports (the module ``export``), which this layer doesn't know."""

    @property
    def Stamp(self) -> Callable[..., Any]: ...  # noqa: D102
    @property
    def filename(self) -> Callable[[Drawing, str, Kind], str]: ...  # noqa: D102
    @property
    def export(self) -> Callable[[Drawing, Any, str, Kind], bytes]: ...  # noqa: D102


def take_along(page: Frame, taken: Taken, names: tuple[str, ...], about: str, make: Exporter) -> None:
    """The link and the files of a comparison. ``names``: the link's codes; ``about``: what the file is called by."""
    drawing, lang = taken.drawing, page.language
    address = link((*COMMON, *names))
    newest = caches.data_basis(page.version, page.unit).newest
    shown = (page.version, newest, taken.patients, address, page.synthetic)
    stamp = make.Stamp(*shown, method=taken.method, of_series=False)
    files(
        page,
        taken.about,
        address,
        lambda kind: make.filename(drawing, about, kind),
        lambda kind: make.export(drawing, stamp, lang, kind),
    )


def link(names: tuple[str, ...]) -> str:
    """The address that opens exactly this view, for a colleague."""
    here = (st.context.url or "").partition("?")[0]
    return f"{here}?{urlencode({name: choices.said(name) for name in names if choices.said(name)})}"


def files(page: Frame, about: str, address: str, name: Callable[[Kind], str], make: Callable[[Kind], bytes]) -> None:
    """The link and the files. ``name`` and ``make`` get the kind; a file is made when it is asked for.

    ``about``: codes of what it shows, for the audit log.
    """
    language = page.language
    box = st.popover(
        t(language, "series.share_and_download"), icon=":material/ios_share:", key="share_open", on_change="rerun"
    )
    if not box.open:  # most runs: nobody waits for what nobody looks at
        return
    with box:
        st.caption(t(language, "series.link"))
        st.code(address, language=None, wrap_lines=True)
        for kind, mime in FILES.items():
            st.download_button(
                t(language, f"series.download_{kind}"),
                looks.exporting(page, f"{kind} {about}", partial(make, kind)),
                file_name=name(kind),
                mime=mime,
                on_click="ignore",
                key=f"download_{kind}",
            )


def numbers(drawing: Drawing, language: str) -> None:
    """What a chart was drawn from."""
    box = st.expander(t(language, "series.numbers"), key="numbers_open", on_change="rerun")
    if box.open:
        # A cell of a table is read as Markdown: "3. des." would be the third item of a list.
        box.table(drawing.table.map(plain), hide_index=True, alt=drawing.title)
