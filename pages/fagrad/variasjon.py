"""Variation: are the differences between units larger than chance?"""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, frame, share
from nhr_dash.ui.variation.views import CODES, VIEWS


def take_along(page: frame.Frame, taken: share.Taken) -> None:
    """The link and the files of what is drawn."""
    drawing, lang = taken.drawing, page.language
    address = share.link((*frame.COMMON, *CODES))
    newest = caches.data_basis(page.version, page.unit).newest
    stamp = export.Stamp(page.version, newest, taken.patients, address, page.synthetic, method=taken.method)
    share.files(
        page,
        taken.about,
        address,
        lambda kind: export.filename(drawing, t(lang, "ui.nav_variation"), kind),
        lambda kind: export.export(drawing, stamp, lang, kind),
    )


with frame.page("variation.title", *CODES) as page:
    lang = page.language
    view = choices.ask(
        st.segmented_control,
        "visning",
        t(lang, "variation.view"),
        tuple(VIEWS),
        next(iter(VIEWS)),
        format_func=lambda one: t(lang, f"variation.view_{one}"),
        label_visibility="collapsed",
        required=True,
    )
    taken = VIEWS[view](page)
    if taken is not None:
        take_along(page, taken)
    st.caption(t(lang, "variation.open_comparison"))
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, f"variation.how_to_read_{view}"))
