"""Every colour of the product's drawings, and the shape that doubles each meaning.

Blue is better, orange is worse, purple is a change without a direction; never red and green alone.
All text colours have at least 4.5:1 against white, all marks at least 3:1.
"""

INK = "#1f2933"
MUTED = "#52606d"
LINE = "#8894a3"
LINE_EARLY = "#b3bcc7"
DOT = "#56657a"
BETTER = "#0b57b0"
WORSE = "#b84a00"
CHANGED = "#6b3fa0"
TARGET = "#1f7a55"
GRID = "#e9ecf0"
AXIS = "#c3cad3"
BAR = "#d3dae2"
RAMP = "#e9f0f9"
NATIONAL = "#f0f1f3"
NATIONAL_FLAG = "#6b7684"
PAPER = "#ffffff"
BAND = "#e4e9f0"

HIGH = "#2e7d32"
MODERATE = "#d9a400"
LOW = "#c62828"

SIDE_COLOUR = {"better": BETTER, "worse": WORSE, "changed": CHANGED, "none": DOT}
SIDE_SHAPE = {"better": "triangle-up", "worse": "triangle-down", "changed": "diamond", "none": "circle"}
LEVEL_COLOUR = {"high": HIGH, "moderate": MODERATE, "low": LOW}
LEVEL_SHAPE = {"high": "circle", "moderate": "square", "low": "triangle-up"}

FONT = "NHR Sans, Source Sans, sans-serif"
"""The first is the exports' (Source Sans 3, see charts/fonts), the second the same one as Streamlit carries it."""
SMALL, BODY, HEAD = 12, 13, 19
"""Pixels: three sizes of one typeface, as everywhere in the product."""
STRONG = 600


def lighter(colour: str, part: float = 0.45) -> str:
    """A colour mixed with white, for what is provisional; opaque, so that no line shines through a point."""
    mixed = (round(int(colour[i : i + 2], 16) * (1 - part) + 255 * part) for i in (1, 3, 5))
    return "#" + "".join(f"{value:02x}" for value in mixed)
