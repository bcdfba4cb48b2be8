"""A finished drawing on the page, with its sentence, its numbers, and the files to take along."""

import streamlit as st

from nhr_dash.charts.drawing import Drawing
from nhr_dash.reports import export
from nhr_dash.ui import caches, frame, share
from nhr_dash.ui.frame import Frame


def show(page: Frame, drawing: Drawing, *, key: str, about: str, patients: int, own: tuple[str, ...]) -> None:
    """Sentence, chart, numbers, link and files. ``about``: codes for the log; ``own``: the codes of the page's link."""
    lang = page.language
    st.markdown(drawing.sentence)
    st.vega_lite_chart(drawing.spec, key=key, alt=drawing.alt, theme=None)
    share.numbers(drawing, lang)
    address = share.link((*frame.COMMON, *own))
    newest = caches.data_basis(page.version, page.unit).newest
    stamp = export.Stamp(page.version, newest, patients, address, page.synthetic)
    share.files(
        page,
        about,
        address,
        lambda kind: export.filename(drawing, page.unit_name, kind),
        lambda kind: export.export(drawing, stamp, lang, kind),
    )
