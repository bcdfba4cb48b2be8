"""Who has become lastingly better, when, how much, and does it hold?"""

import streamlit as st

from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, frame, share
from nhr_dash.ui.variation import lasting_units

OWN = lasting_units.OWN


def take_along(page: frame.Frame, taken: share.Taken) -> None:
    """The link, the numbers and the files of what is drawn."""
    drawing, lang = taken.drawing, page.language
    address = share.link((*frame.COMMON, *OWN))
    newest = caches.data_basis(page.version, page.unit).newest
    stamp = export.Stamp(page.version, newest, taken.patients, address, page.synthetic, method=taken.method)
    share.numbers(drawing, lang)
    share.files(
        page,
        taken.about,
        address,
        lambda kind: export.filename(drawing, t(lang, "lasting_units.nav"), kind),
        lambda kind: export.export(drawing, stamp, lang, kind),
    )


with frame.page("lasting_units.title", *OWN) as page:
    taken = lasting_units.draw(page)
    if taken is not None:
        take_along(page, taken)
    with st.expander(t(page.language, "ui.how_to_read")):
        st.markdown(t(page.language, "lasting_units.how_to_read"))
