"""Where is there most to gain, and what should be asked where a unit lies outside?"""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, frame, share
from nhr_dash.ui.variation import find, questions

VIEWS = {"omrader": find.draw, "sporsmal": questions.view}
OWN = ("visning", *find.OWN, *questions.OWN)
HOW = {"omrader": "potential.how_to_read", "sporsmal": "questions.how_to_read"}


def take_along(page: frame.Frame, taken: share.Taken) -> None:
    """The link and the files of what is drawn."""
    drawing, lang = taken.drawing, page.language
    address = share.link((*frame.COMMON, *OWN))
    newest = caches.data_basis(page.version, page.unit).newest
    stamp = export.Stamp(page.version, newest, taken.patients, address, page.synthetic, method=taken.method)
    share.files(
        page,
        taken.about,
        address,
        lambda kind: export.filename(drawing, page.unit_name, kind),
        lambda kind: export.export(drawing, stamp, lang, kind),
    )


with frame.page("potential.title", *OWN) as page:
    view = choices.ask(
        st.segmented_control,
        "visning",
        t(page.language, "potential.view"),
        tuple(VIEWS),
        "omrader",
        format_func=lambda one: t(page.language, f"potential.view_{one}"),
        label_visibility="collapsed",
        required=True,
    )
    taken = VIEWS[view](page)
    if taken is not None:
        take_along(page, taken)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, HOW[view]))
