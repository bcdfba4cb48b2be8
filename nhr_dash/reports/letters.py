"""Letters that the shipped typeface can draw: what people type may hold any sign there is."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from nhr_dash.reports.export import FONTS

UNKNOWN = "□"
_JOINERS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
"""Signs that are not seen themselves: they join emoji, colour them or turn the direction of writing."""
_ROW = re.compile(f"{UNKNOWN}+")


def drawable(text: str) -> str:
    """The text in letters that can be drawn: a sign without a letter becomes what it is made of, or an empty box."""
    joined = _JOINERS.sub("", unicodedata.normalize("NFC", text))
    return _ROW.sub(UNKNOWN, "".join(_drawn(sign) for sign in joined))


@lru_cache(maxsize=4096)
def _drawn(sign: str) -> str:
    if sign in "\n\t" or known(sign):
        return sign
    if sign.isspace():
        return " "
    if unicodedata.category(sign) in ("Cc", "Mn", "Me"):
        return ""
    made_of = unicodedata.normalize("NFKC", sign)
    return made_of if made_of != sign and all(known(one) for one in made_of) else UNKNOWN


def known(sign: str) -> bool:
    """Has the typeface a letter for this sign?"""
    font, unknown = _font()
    return bytes(font.getmask(sign)) != unknown


@cache
def _font() -> tuple[Any, bytes]:
    """The typeface, letter by letter as it stands in the file, and what it draws for a sign that it lacks."""
    from PIL import ImageFont

    font = ImageFont.truetype(str(FONTS / "NHRSans-Regular.ttf"), 40, layout_engine=ImageFont.Layout.BASIC)
    return font, bytes(font.getmask("\ue000"))
