"""The Vega config that every drawing carries: language, typeface, plain axes.

The locale stands in the spec itself, so that a browser in another language and an export draw the
same text.
"""

from typing import Any

from nhr_dash.charts import palette
from nhr_dash.text import formats


def locale(language: str) -> dict[str, Any]:
    """Vega's number and time locale of 'nb' or 'en'."""
    return {
        "number": {
            "decimal": formats.DECIMAL_MARK[language],
            "thousands": formats.THIN,
            "grouping": [3],
            "currency": ["", ""],
            "percent": formats.PERCENT[language],
            "minus": formats.MINUS,
        },
        "time": {
            "dateTime": "%A %e %B %Y %X",
            "date": "%d.%m.%Y",
            "time": "%H:%M:%S",
            "periods": ["", ""],
            # Vega's weeks begin on Sunday.
            "days": [formats.DAYS[language][-1], *formats.DAYS[language][:-1]],
            "shortDays": [formats.SHORT_DAYS[language][-1], *formats.SHORT_DAYS[language][:-1]],
            "months": list(formats.MONTHS[language]),
            "shortMonths": list(formats.SHORT_MONTHS[language]),
        },
    }


# Single marks stay out of a screen reader's way (each would lack a name): the drawing as a whole carries a
# description in words, and its numbers stand beside it as a table. A general "aria" doesn't reach the marks.
_MARKS = ("area", "bar", "circle", "line", "point", "rect", "rule", "square", "tick", "trail")


def config(language: str) -> dict[str, Any]:
    """The ``config`` of a spec."""
    axis = {
        "labelFontSize": palette.SMALL,
        "labelColor": palette.MUTED,
        "titleFontSize": palette.SMALL,
        "titleColor": palette.MUTED,
        "titleFontWeight": "normal",
        "domainColor": palette.AXIS,
        "tickColor": palette.AXIS,
        "gridColor": palette.GRID,
    }
    return {
        **{mark: {"aria": False} for mark in _MARKS},
        "aria": False,
        "locale": locale(language),
        "font": palette.FONT,
        "background": palette.PAPER,
        "view": {"stroke": None},
        "axis": axis,
        "text": {"aria": False, "color": palette.INK, "fontSize": palette.BODY},
        "title": {
            "anchor": "start",
            "frame": "group",
            "fontSize": palette.HEAD,
            "fontWeight": palette.STRONG,
            "color": palette.INK,
            "subtitleFontSize": palette.BODY,
            "subtitleColor": palette.MUTED,
            "subtitlePadding": 5,
            "offset": 12,
        },
    }
