"""One column's cells: text in, stored values and reasons out.

Exports repeat themselves: 120 000 rows hold a few distinct texts in most columns. Each distinct
text is therefore judged once, and a block of cells is then a run of dictionary look-ups. Values
come in the form SQLite stores them (moments and days as ISO text), moments with their seconds
for the rules beside.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, SmallInteger, String

DAY_SECONDS = 86_400
NO_TIME = -(1 << 62)
"""Seconds of a missing moment."""
EMPTY = frozenset({"", "-1", "NULL", "NA", "null", "None"})
_EMPTY_TEXT = EMPTY - {"-1"}
_MEMO_LIMIT = 50_000
_YES = frozenset({"1", "true", "ja", "j", "x", "sann"})
_NO = frozenset({"0", "false", "nei", "n", "usann"})
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NORWEGIAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_TIME = re.compile(r"(?:(?:[T ]|\s*kl\.?\s*)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,7})?)?)?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?")

Value = Any
Parse = Callable[[str], Value]
Moment = tuple[str | None, int]


class Bad(Exception):
    """A cell that can't be stored, with the reason's text key."""

    def __init__(self, reason_key: str, **params: Any) -> None:
        super().__init__(reason_key)
        self.reason_key = reason_key
        self.params = params


class Memo(dict[str, Value]):
    """Text -> value of one column; a text that can't be a value is remembered in ``bad``."""

    def __init__(self, parse: Parse, missing: Value = None) -> None:
        super().__init__()
        self._parse = parse
        self._missing = missing
        self.bad: dict[str, Bad] = {}

    def __missing__(self, text: str) -> Value:
        try:
            value = self._parse(text.strip())
        except Bad as bad:
            self.bad[text] = bad
            value = self._missing
        self[text] = value
        return value

    def read(self, cells: Collection[str]) -> tuple[list[Value], list[tuple[int, Bad]]]:
        """The cells' values, and which cells are bad."""
        if len(self) > _MEMO_LIMIT:
            self.clear()
            self.bad.clear()
        values = list(map(self.__getitem__, cells))
        if not self.bad:
            return values, []
        return values, [(index, self.bad[cell]) for index, cell in enumerate(cells) if cell in self.bad]


def memo(column: Column, known: Mapping[str, Collection[Any]]) -> Memo:
    """The reader of one column. ``known`` holds the allowed values of columns that refer to
    something (by column key): hospitals, units, indicators."""
    if is_moment(column):
        return Memo(_moment if isinstance(column.type, DateTime) else _day, (None, NO_TIME))
    return Memo(_parser(column, known))


def is_moment(column: Column) -> bool:
    """True for columns whose values come with seconds: moments and days."""
    return isinstance(column.type, DateTime | Date)


def _parser(column: Column, known: Mapping[str, Collection[Any]]) -> Parse:
    special: dict[str, Parse] = {"diagnosis": _diagnosis(column.info.get("codes", ())), "sex": _sex}
    if column.key in special and column.table.name == "akuttskjema":
        return special[column.key]
    if column.key in known:
        number = isinstance(column.type, BigInteger)
        return _one_of(known[column.key], f"load.value.unknown_{column.key}", _whole if number else str)
    if isinstance(column.type, Boolean):
        return _tick
    if isinstance(column.type, Float):
        return _ranged(_decimal, column)
    if isinstance(column.type, SmallInteger | Integer | BigInteger):
        codes = column.info.get("codes")
        return _one_of(codes, "load.value.unknown_code", _whole) if codes else _ranged(_whole, column)
    assert isinstance(column.type, String)
    return _text(column.type.length or 255)


def _one_of(allowed: Collection[Any], reason: str, convert: Parse) -> Parse:
    listed = ", ".join(str(one) for one in sorted(allowed)) if reason == "load.value.unknown_code" else ""

    def parse(text: str) -> Value:
        if text in EMPTY:
            return None
        value = convert(text)
        if value not in allowed:
            raise Bad(reason, codes=listed) if listed else Bad(reason)
        return value

    return parse


def _ranged(convert: Parse, column: Column) -> Parse:
    low, high = column.info.get("low", 0), column.info.get("high")

    def parse(text: str) -> Value:
        if text in EMPTY:
            return None
        value = convert(text)
        if high is None and value < low:
            raise Bad("load.value.negative")
        if high is not None and not low <= value <= high:
            raise Bad("load.value.out_of_range", low=low, high=high)
        return value

    return parse


def _whole(text: str) -> int:
    if text.isdecimal() and len(text) < 16:
        return int(text)
    value = _decimal(text)
    if value != int(value):
        raise Bad("load.value.not_whole")
    return int(value)


def _decimal(text: str) -> float:
    bare = text.replace("\u00a0", "").replace("\u202f", "")
    if not _NUMBER.fullmatch(bare):
        raise Bad("load.value.not_a_number")
    return float(bare.replace(",", "."))


def _tick(text: str) -> int | None:
    if text in EMPTY:
        return None
    lower = text.casefold()
    if lower in _YES:
        return 1
    if lower in _NO:
        return 0
    raise Bad("load.value.not_a_tick")


def _text(length: int) -> Parse:
    def parse(text: str) -> str | None:
        if text in _EMPTY_TEXT:
            return None
        if len(text) > length:
            raise Bad("load.value.too_long", length=length)
        return text

    return parse


def _sex(text: str) -> str | None:
    if text in EMPTY:
        return None
    sex = {"male": "Male", "mann": "Male", "female": "Female", "kvinne": "Female"}.get(text.casefold())
    if sex is None:
        raise Bad("load.value.unknown_sex")
    return sex


def _diagnosis(codes: Collection[int]) -> Parse:
    """The registry's code, or the ICD-10 code it stands for; other diagnoses aren't included."""
    coded = _one_of(codes, "load.value.unknown_code", _whole)
    icd = {"I61": 1, "I63": 2, "I64": 3}

    def parse(text: str) -> int | None:
        if text[:1].isalpha() and text not in EMPTY:
            code = icd.get(text[:3].upper())
            if code is None:
                raise Bad("load.value.diagnosis_not_included")
            return code
        return coded(text)

    return parse


_days: dict[str, tuple[str, int]] = {}
_times: dict[str, tuple[str, int]] = {}


def _moment(text: str) -> Moment:
    """``YYYY-MM-DD HH:MM:SS.ffffff`` as SQLite stores it, and seconds since the year 1.

    A day alone is a known day at an unknown time: 00:00.
    """
    if text in EMPTY:
        return None, NO_TIME
    day, tail = _split(text)
    clock = _times.get(tail)
    if clock is None:
        clock = _times[tail] = _clock(tail)
    return day[0] + clock[0], day[1] + clock[1]


def _day(text: str) -> Moment:
    if text in EMPTY:
        return None, NO_TIME
    day, tail = _split(text)
    _clock(tail)  # a day may come with a time, but not with anything else
    return day


def _split(text: str) -> tuple[tuple[str, int], str]:
    head, tail = text[:10], text[10:]
    day = _days.get(head)
    if day is None:
        found = _ISO_DAY.match(text)
        if found:
            year, month, number = found.groups()
        elif found := _NORWEGIAN_DAY.match(text):
            number, month, year = found.groups()
        else:
            raise Bad("load.value.not_a_date")
        try:
            real = date(int(year), int(month), int(number))
        except ValueError:
            raise Bad("load.value.no_such_day") from None
        day = real.isoformat(), real.toordinal() * DAY_SECONDS
        tail = text[found.end() :]
        if found.end() == 10:
            _days[head] = day
    return day, tail


def _clock(tail: str) -> tuple[str, int]:
    found = _TIME.fullmatch(tail)
    if found is None:
        raise Bad("load.value.not_a_date")
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise Bad("load.value.no_such_time")
    return f" {hour:02d}:{minute:02d}:{second:02d}.000000", hour * 3600 + minute * 60 + second
