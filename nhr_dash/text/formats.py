"""Numbers, dates and spans as they stand on a screen and on paper: the one place that knows.

Streamlit's own formats follow the browser, so nothing outside a chart may use them. Bokmål has a
decimal comma and a thin no-break space (U+202F) before %; both languages part thousands with
U+202F, which nobody can take for a decimal mark. Missing (None or NaN) is always an en dash.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

THIN = "\u202f"
MINUS = "\u2212"
DASH = "–"
DECIMAL_MARK = {"nb": ",", "en": "."}
PERCENT = {"nb": f"{THIN}%", "en": "%"}

MONTHS = {
    "nb": (
        "januar", "februar", "mars", "april", "mai", "juni",
        "juli", "august", "september", "oktober", "november", "desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
SHORT_MONTHS = {
    "nb": ("jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
DAYS = {
    "nb": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SHORT_DAYS = {
    "nb": ("man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_POINTS = {"nb": ("prosentpoeng", "prosentpoeng"), "en": ("percentage point", "percentage points")}
_AND = {"nb": "og", "en": "and"}
# The last point of a limit that is not "near" any more: one percentage point (levels, targets).
_NEAR = Decimal("0.01")
_MOST_DECIMALS = 2


def _missing(x: float | None) -> bool:
    return x is None or math.isnan(x)


def _no_date(value: date) -> bool:
    # pandas' NaT is a kind of datetime, and text must not import pandas to know it.
    return str(value) == "NaT"


def _decimal(x: float) -> Decimal:
    # repr, not the binary value: 0.145 is meant as 0.145, and its half rounds up as people do it.
    return Decimal(repr(float(x)))


def _written(value: Decimal, language: str) -> str:
    sign = MINUS if value < 0 else ""
    text = f"{abs(value):,f}".replace(",", THIN)
    return sign + text.replace(".", DECIMAL_MARK[language])


def _rounded(value: Decimal, decimals: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    result = value.quantize(Decimal(1).scaleb(-decimals), rounding=rounding)
    return abs(result) if result == 0 else result  # never "−0"


def number(x: float | None, language: str, decimals: int = 0) -> str:
    """12345.6 -> '12 346'; half away from zero."""
    if x is None or _missing(x):
        return DASH
    return _written(_rounded(_decimal(x), decimals), language)


def percent(share: float | None, language: str, decimals: int = 0) -> str:
    """A share 0–1 as percent: 0.195 -> '20 %' (nb), '20%' (en)."""
    if share is None or _missing(share):
        return DASH
    return _written(_rounded(_decimal(share) * 100, decimals), language) + PERCENT[language]


def percent_near(share: float | None, limit: float | Sequence[float] | None, language: str) -> str:
    """Percent with as many decimals (at most two) as show on which side of the limit it is.

    Further than a percentage point from every limit: no decimals. 0.8996 against 0.90 is '89,96 %',
    0.603 against 0.60 is '60,3 %', exactly 0.60 is '60 %'. ``limit`` is one share, several, or None.
    """
    if share is None or _missing(share):
        return DASH
    value = _decimal(share)
    limits = [limit] if isinstance(limit, (int, float)) else list(limit or ())
    near = [one for one in map(_decimal, limits) if abs(value - one) < _NEAR and value != one]
    for decimals in range(_MOST_DECIMALS + 1):
        shown = _rounded(value * 100, decimals)
        if all((shown < one * 100) == (value < one) and (shown > one * 100) == (value > one) for one in near):
            return _written(shown, language) + PERCENT[language]
    # Nearer than two decimals can show: cut towards the side it is on, never onto the limit.
    away = ROUND_FLOOR if value < near[0] else ROUND_CEILING
    return _written(_rounded(value * 100, _MOST_DECIMALS, away), language) + PERCENT[language]


def signed(x: float | None, language: str, decimals: int = 0) -> str:
    """A number with its sign: '+3', '−7', '0'."""
    if x is None or _missing(x):
        return DASH
    value = _rounded(_decimal(x), decimals)
    return ("+" if value > 0 else "") + _written(value, language)


def points(difference: float | None, language: str, decimals: int = 0) -> str:
    """A difference of shares as '+42 prosentpoeng'. Missing is an en dash alone."""
    if difference is None or _missing(difference):
        return DASH
    one, many = _POINTS[language]
    value = float(_decimal(difference) * 100)
    text = signed(value, language, decimals)
    return f"{text} {one if text.lstrip('+' + MINUS) == '1' else many}"


def between(low: float | None, high: float | None, language: str, decimals: int = 0, scale: float = 100) -> str:
    """The two ends of an interval: '33–50', and '−12 til −2' where a minus would run into the dash."""
    if low is None or high is None or _missing(low) or _missing(high):
        return DASH
    first, last = (_rounded(_decimal(end) * _decimal(scale), decimals) for end in (low, high))
    join = DASH if first >= 0 else {"nb": " til ", "en": " to "}[language]
    return f"{_written(first, language)}{join}{_written(last, language)}"


def years(first: int, last: int) -> str:
    """'2024' or '2022–2024'."""
    return str(first) if first == last else f"{first}{DASH}{last}"


def minutes(x: float | None, language: str, decimals: int = 0) -> str:
    """'23 min'; from ten hours on in hours, because nobody reads 2880 minutes."""
    if x is None or _missing(x):
        return DASH
    if abs(x) >= 600:
        return f"{number(x / 60, language)} {'t' if language == 'nb' else 'h'}"
    return f"{number(x, language, decimals)} min"


def day(value: date | datetime | None, language: str, *, long: bool = False, year: bool = True) -> str:
    """'28. des. 2025', or with the month in full; English '28 Dec 2025'."""
    if value is None or _no_date(value):
        return DASH
    names = MONTHS if long else SHORT_MONTHS
    dot = "." if language == "nb" else ""
    text = f"{value.day}{dot} {names[language][value.month - 1]}"
    return f"{text} {value.year}" if year else text


def month(value: date | datetime | None, language: str, *, short: bool = False) -> str:
    """'januar 2022', or short for an axis: 'jan. 22'."""
    if value is None or _no_date(value):
        return DASH
    if short:
        return f"{SHORT_MONTHS[language][value.month - 1]} {value.year % 100:02d}"
    return f"{MONTHS[language][value.month - 1]} {value.year}"


def clock(value: datetime | None, language: str) -> str:
    """'14:05', the registered Norwegian clock time."""
    if value is None or _no_date(value):
        return DASH
    return f"{value.hour:02d}:{value.minute:02d}"


def moment(value: datetime | None, language: str) -> str:
    """Day and clock: '28. des. 2025 14:05'."""
    if value is None or _no_date(value):
        return DASH
    return f"{day(value, language)} {clock(value, language)}"


def days(first: date, last: date, language: str) -> str:
    """A day, or the first and last of several (both inclusive)."""
    return day(first, language) if first == last else f"{day(first, language)} – {day(last, language)}"


def period(start: date | datetime, grain: str, language: str) -> str:
    """The name of a calendar period by its first day: '1. tertial 2024', 'mars 2024', '2024'."""
    if grain == "year":
        return str(start.year)
    if grain == "month":
        return month(start, language)
    lengths = {"quarter": 3, "tertial": 4, "half_year": 6}
    if grain not in lengths:
        return day(start, language)
    part = (start.month - 1) // lengths[grain] + 1
    if language == "nb":
        return f"{part}. {({'quarter': 'kvartal', 'tertial': 'tertial', 'half_year': 'halvår'})[grain]} {start.year}"
    name = {"quarter": "quarter", "tertial": "four-month period", "half_year": "half-year"}[grain]
    return f"{name} {part} of {start.year}"


def listed(items: Sequence[str], language: str) -> str:
    """'a, b og c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {_AND[language]} {items[-1]}"


def parse_number(text: str) -> float | None:
    """A number as people type it, with comma or point and any spaces; None where it is none."""
    plain = "".join(text.split()).replace(MINUS, "-").replace(",", ".").removesuffix("%")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
