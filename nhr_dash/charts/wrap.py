"""Text that fits the width it gets: Vega doesn't wrap, so the lines for several widths lie in the spec."""

import json
import math
import re
import textwrap
from collections.abc import Sequence

WIDTHS = (300, 380, 480, 620, 800, 1000, 1300)
"""Plot widths (px) for which lines are made; the widest one that fits is chosen by the browser."""
_EM = 0.5
"""Mean advance of a character of Source Sans 3 in ems (running Norwegian text, measured on the regular weight)."""


def measure(text: str, size: float, *, strong: bool = False) -> float:
    """About how many pixels a text takes; a little too wide rather than too narrow."""
    narrow = sum(text.count(c) for c in " .,:;·il|'jtfr\u202f()")
    return (len(text) - 0.42 * narrow) * size * (_EM + (0.05 if strong else 0.025))


def lines(text: str, width: float, size: float, *, strong: bool = False) -> list[str]:
    """The text broken into lines of at most ``width`` pixels, never inside a word or at a thin space."""
    if not text:
        return []
    characters = max(12, math.floor(width / (measure(text, size, strong=strong) / len(text))))
    # textwrap breaks at ASCII white space alone, so "19\u202f%" stays together.
    return textwrap.wrap(together(text), characters, break_long_words=False, break_on_hyphens=False)


def together(text: str) -> str:
    """The text so that a number stays with its unit, and no line begins with the dot that parts two pieces."""
    return re.sub(r"(?<=\d) (?=(?:min|t|h)\b)|(?<=\S) (?=·)", "\u00a0", text)


def expression(paragraphs: Sequence[str], size: float, *, strong: bool = False, extra: float = 0) -> str:
    """A Vega expression for the lines of some paragraphs at the present plot width.

    ``extra``: pixels beside the plot that the text may use as well.
    """
    result = ""
    for limit in reversed(WIDTHS):
        broken = [line for text in paragraphs for line in lines(text, limit + extra, size, strong=strong)]
        result += f"width >= {limit} ? {_literal(broken)} : "
    narrowest = [line for text in paragraphs for line in lines(text, WIDTHS[0] - 60 + extra, size, strong=strong)]
    return result + _literal(narrowest)


def _literal(broken: Sequence[str]) -> str:
    return json.dumps(list(broken), ensure_ascii=False)
