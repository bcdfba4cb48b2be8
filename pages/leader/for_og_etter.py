"""Before and after: did the change help? The verdict first, then what it stands on."""

import streamlit as st

from nhr_dash.improvement import evidence
from nhr_dash.reports import export
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches, choices, frame, problems, share
from nhr_dash.ui.before_after import answer, asked, cards, everything, verdict, years

OWN = ("visning", *asked.OWN, "mot", "aar1", "aar2")
VIEWS = ("en", "alle", "trodde")


@st.fragment
def question(page: frame.Frame) -> None:
    """The choices, the answer and its evidence; a changed date runs this part alone."""
    with problems.told():
        page = frame.renewed(page)
        what = asked.ask(page)
        choices.write_link((*frame.COMMON, *OWN))
        if what is None:
            return
        scope = page.scope.visibility
        try:
            found = caches.change_answer(page.version, page.team_version, scope, page.language, page.unit, what)
        except evidence.Refused as refused:
            if refused.kind == "yearly":
                years.draw(page, what)
            else:
                st.info(t(page.language, f"verdict.refused.{refused.kind}"))
            return
        verdict.draw(page, found)
        take_along(page, found)
        cards.draw(page, what, found)
        choices.write_link((*frame.COMMON, *OWN))


def take_along(page: frame.Frame, found: answer.Answer) -> None:
    """The sentence for the minutes of a meeting, the link, and the files."""
    drawing, lang = found.drawing, page.language
    if drawing is None:
        return
    address = share.link((*frame.COMMON, *OWN))
    stamp = export.Stamp(page.version, found.newest, found.patients, address, page.synthetic, found.baseline)
    left, right = st.columns([1, 1])
    with left.popover(t(lang, "before_after.copy"), icon=":material/content_copy:"):
        st.code(answer.for_minutes(found, page.unit_name, address, lang), language=None, wrap_lines=True)
    with right:
        share.files(
            page,
            f"{page.unit} {found.found.indicator}",
            address,
            lambda kind: export.filename(drawing, page.unit_name, kind),
            lambda kind: export.export(drawing, stamp, lang, kind),
        )


with frame.page("before_after.title", *OWN) as page:
    lang = page.language
    view = choices.ask(
        st.segmented_control,
        "visning",
        t(lang, "before_after.view"),
        VIEWS,
        VIEWS[0],
        format_func=lambda one: t(lang, f"before_after.view_{one}"),
        label_visibility="collapsed",
        required=True,
    )
    {"en": question, "alle": everything.projects, "trodde": everything.predictions}[view](page)
    with st.expander(t(lang, "ui.how_to_read")):
        st.markdown(t(lang, "before_after.how_to_read"))
