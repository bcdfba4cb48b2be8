"""A comparison on the page: the chart beside its list, what stands around them, and the way to a unit's own chart."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.funnel import UNIT
from nhr_dash.registry.across import Asked
from nhr_dash.ui import frame
from nhr_dash.ui.frame import Frame
from nhr_dash.ui.plain import plain
from nhr_dash.ui.share import Taken

RUN_CHART = "pages/team/seriediagram.py"


def head(sentence: str, lines: Sequence[str]) -> None:
    """What the chart says, and what changes how it is read."""
    st.markdown(f"#### {plain(sentence)}")
    for line in lines:
        st.markdown(plain(line))


@contextmanager
def beside(page: Frame, asked: Asked, drawing: Drawing, key: str) -> Iterator[DeltaGenerator]:
    """The chart, and room for its list: beside it on a wide screen, under it on others.

    A click on a point opens that unit's run chart, when the list has been drawn.
    """
    with st.container(key=f"units_{key}"):
        left, right = st.columns((3, 2))
        with left:
            picked: Any = st.vega_lite_chart(
                drawing.spec, key=key, alt=drawing.alt, theme=None, on_select="rerun", selection_mode=UNIT
            )
        with right:
            yield right
    rows = picked.selection.get(UNIT, [])
    if rows:
        st.switch_page(RUN_CHART, query_params=link(page, asked, int(rows[0]["unit"])))


def link(page: Frame, asked: Asked, unit: int) -> dict[str, str]:
    """The codes of a unit's run chart of what is compared."""
    return {**frame.common(page), "sykehus": str(unit), "indikator": asked.indicator}


def under(lines: Sequence[str]) -> None:
    """What is to be known of the units."""
    for line in lines:
        st.caption(plain(line))


def nothing(why: str, lines: Sequence[str]) -> None:
    """Why there is no chart."""
    st.info(plain(why))
    under(lines)


def taken(asked: Asked, drawing: Drawing, patients: int, method: str) -> Taken:
    """The chart as it can be taken along."""
    return Taken(drawing, f"{asked.level} {asked.indicator} {asked.first} {asked.last}", patients, method)
