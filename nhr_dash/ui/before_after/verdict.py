"""The verdict sentence, large, with its rule one click away; what makes it doubtful beside it; the chart below."""

from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from nhr_dash.charts import before_after as pictures
from nhr_dash.charts import verdict_words
from nhr_dash.text.catalog import t
from nhr_dash.ui import choices, editing
from nhr_dash.ui.before_after.answer import Answer
from nhr_dash.ui.before_after.asked import FREE
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain

BRUSHED = "brushed_before"


def draw(page: Frame, found: Answer) -> None:
    """Sentence, warnings that change its reading, months compared, and the run chart with its two spans."""
    lang = page.language
    if not found.sentence or found.drawing is None:
        st.info(t(lang, "before_after.empty"))
        return
    st.markdown(f"#### {plain(found.sentence)}")
    for one in found.beside:
        st.warning(one, icon=":material/info:")
    left, right = st.columns([5, 2], vertical_alignment="center")
    left.caption(found.spans)
    with right.popover(t(lang, "before_after.what_means"), icon=":material/help:"):
        judged = found.found.verdict or found.found.minutes
        if judged is not None:
            st.markdown(f"**{verdict_words.grade(judged, lang)}**")
        for one in found.reasons:
            st.write(one)
        st.write(t(lang, "verdict.rule"))
    if choices.code("start") == FREE:
        _brushable(found, lang)
    else:
        st.vega_lite_chart(found.drawing.spec, key="spans", alt=found.drawing.alt, theme=None)


def _brushable(found: Answer, language: str) -> None:
    """Dragging over the chart sets the time after: from the month it begins in to the month it ends in."""
    assert found.drawing is not None
    st.caption(t(language, "before_after.brush"))
    event: Any = st.vega_lite_chart(
        pictures.brushable(found.drawing.spec),
        key="spans_brush",
        alt=found.drawing.alt,
        theme=None,
        on_select="rerun",
        selection_mode=pictures.BRUSH,
    )
    ends = dict(event.selection.get(pictures.BRUSH, {})).get("t", [])
    if len(ends) != 2:
        return
    first, last = (datetime.fromtimestamp(one / 1000, UTC).date().replace(day=1) for one in ends)
    until = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    # The selection stays in the chart until another is made: it counts once.
    if st.session_state.get(BRUSHED) == (first, until):
        return
    st.session_state[BRUSHED] = (first, until)
    choices.choose("endret", first.isoformat())
    choices.choose("til", until.isoformat())
    editing.again()
