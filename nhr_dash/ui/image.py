"""Small drawings inside HTML."""

from base64 import b64encode
from html import escape

from nhr_dash.charts.svg import alone


def image(svg: str, alt: str = "") -> str:
    """An SVG as an image element, because Streamlit takes SVG elements out of HTML; empty for an empty one.

    Silent for a screen reader without ``alt``: then the words beside it say the same.
    """
    if not svg:
        return ""
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{b64encode(alone(svg).encode()).decode()}">'
