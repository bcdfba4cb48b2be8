"""Drawings in SVG in two widths, of which the screen shows the one that fits."""

from collections.abc import Callable

import streamlit as st

from nhr_dash.ui.image import image


def show(draw: Callable[..., str | None], alt: str) -> None:
    """Both drawings (``narrow=`` or not); the style sheet hides one of them. Nothing where there is nothing to draw."""
    wide, narrow = draw(narrow=False), draw(narrow=True)
    if wide and narrow:
        st.html(
            f'<div class="nhr-drawing nhr-wide">{image(wide, alt)}</div>'
            f'<div class="nhr-drawing nhr-narrow">{image(narrow, alt)}</div>'
        )
