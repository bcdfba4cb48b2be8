"""Clock differences in SQL, the same on SQLite and PostgreSQL.

Times are naive Norwegian clock times as registered, whole minutes (seconds in an export are cut).
00:00 is a known day at an unknown time. A difference across a change of summer time, or that
touches the hour that is repeated or skipped, is unknown: nobody wrote down which hour it was.
"""

from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class minutes_between(FunctionElement[int]):
    """Minutes from one clock time to another (negative when in the wrong order).

    Missing when either is missing, stands at 00:00, or the clocks were changed between them.
    """

    type = Integer()
    inherit_cache = True
    name = "minutes_between"


class days_between(FunctionElement[int]):
    """Calendar days from one day (or moment) to another; 00:00 doesn't matter."""

    type = Integer()
    inherit_cache = True
    name = "days_between"


class day_of(FunctionElement[Any]):
    """The calendar day of a moment."""

    type = Date()
    inherit_cache = True
    name = "day_of"


class month_of(FunctionElement[int]):
    """year * 12 + month - 1 of a moment: quarter is this divided by 3, tertial by 4, half year by 6."""

    type = Integer()
    inherit_cache = True
    name = "month_of"


class hour_of(FunctionElement[int]):
    """The hour of a moment, 0 to 23; missing at 00:00, which is an unknown time."""

    type = Integer()
    inherit_cache = True
    name = "hour_of"


class weekday_of(FunctionElement[int]):
    """The day of the week of a moment: 0 is Sunday, 6 Saturday."""

    type = Integer()
    inherit_cache = True
    name = "weekday_of"


def _arguments(element: FunctionElement, compiler: SQLCompiler, **keywords: Any) -> list[str]:
    return [compiler.process(clause, **keywords) for clause in element.clauses]


def _season_sqlite(at: str) -> str:
    """0 winter time, 1 summer time, NULL in the hour that is skipped or repeated.

    ``date(x, 'weekday 0')`` is the first Sunday on or after x: from the 25th, the last of the month.
    """
    spring = f"date(substr({at}, 1, 4) || '-03-25', 'weekday 0')"
    autumn = f"date(substr({at}, 1, 4) || '-10-25', 'weekday 0')"
    return (
        f"CASE substr({at}, 6, 2)"
        f" WHEN '03' THEN CASE WHEN substr({at}, 1, 13) = {spring} || ' 02' THEN NULL"
        f" ELSE {at} > {spring} || ' 02' END"
        f" WHEN '10' THEN CASE WHEN substr({at}, 1, 13) = {autumn} || ' 02' THEN NULL"
        f" ELSE {at} < {autumn} || ' 02' END"
        f" WHEN '01' THEN 0 WHEN '02' THEN 0 WHEN '11' THEN 0 WHEN '12' THEN 0 ELSE 1 END"
    )


@compiles(minutes_between, "sqlite")
def _minutes_sqlite(element: minutes_between, compiler: SQLCompiler, **keywords: Any) -> str:
    start, end = _arguments(element, compiler, **keywords)
    return (
        f"CASE WHEN substr({start}, 12, 5) <> '00:00' AND substr({end}, 12, 5) <> '00:00'"
        f" AND ({_season_sqlite(start)}) = ({_season_sqlite(end)})"
        f" THEN (strftime('%s', substr({end}, 1, 16)) - strftime('%s', substr({start}, 1, 16))) / 60 END"
    )


def _season_postgresql(at: str) -> str:
    def sunday(month: str) -> str:
        last = f"make_date(CAST(EXTRACT(year FROM {at}) AS integer), {month}, 31)"
        return f"({last} - CAST(EXTRACT(dow FROM {last}) AS integer) + time '02:00')"

    def side(month: str, comparison: str) -> str:
        hour = f"date_trunc('hour', {at})"
        return f"CASE WHEN {hour} = {sunday(month)} THEN NULL WHEN {at} {comparison} {sunday(month)} THEN 1 ELSE 0 END"

    return (
        f"CASE CAST(EXTRACT(month FROM {at}) AS integer)"
        f" WHEN 3 THEN {side('3', '>')} WHEN 10 THEN {side('10', '<')}"
        f" WHEN 1 THEN 0 WHEN 2 THEN 0 WHEN 11 THEN 0 WHEN 12 THEN 0 ELSE 1 END"
    )


@compiles(minutes_between, "postgresql")
def _minutes_postgresql(element: minutes_between, compiler: SQLCompiler, **keywords: Any) -> str:
    start, end = _arguments(element, compiler, **keywords)

    def known(at: str) -> str:
        return f"date_trunc('minute', {at}) <> date_trunc('day', {at})"

    difference = f"date_trunc('minute', {end}) - date_trunc('minute', {start})"
    return (
        f"CASE WHEN {known(start)} AND {known(end)}"
        f" AND ({_season_postgresql(start)}) = ({_season_postgresql(end)})"
        f" THEN CAST(EXTRACT(epoch FROM {difference}) / 60 AS integer) END"
    )


@compiles(days_between, "sqlite")
def _days_sqlite(element: days_between, compiler: SQLCompiler, **keywords: Any) -> str:
    start, end = _arguments(element, compiler, **keywords)
    return f"CAST(julianday(substr({end}, 1, 10)) - julianday(substr({start}, 1, 10)) AS INTEGER)"


@compiles(days_between, "postgresql")
def _days_postgresql(element: days_between, compiler: SQLCompiler, **keywords: Any) -> str:
    start, end = _arguments(element, compiler, **keywords)
    return f"(CAST({end} AS date) - CAST({start} AS date))"


@compiles(day_of, "sqlite")
def _day_sqlite(element: day_of, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"substr({_arguments(element, compiler, **keywords)[0]}, 1, 10)"


@compiles(day_of, "postgresql")
def _day_postgresql(element: day_of, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"CAST({_arguments(element, compiler, **keywords)[0]} AS date)"


@compiles(month_of, "sqlite")
def _month_sqlite(element: month_of, compiler: SQLCompiler, **keywords: Any) -> str:
    (at,) = _arguments(element, compiler, **keywords)
    return f"(substr({at}, 1, 4) * 12 + substr({at}, 6, 2) - 1)"


@compiles(month_of, "postgresql")
def _month_postgresql(element: month_of, compiler: SQLCompiler, **keywords: Any) -> str:
    (at,) = _arguments(element, compiler, **keywords)
    return f"CAST(EXTRACT(year FROM {at}) * 12 + EXTRACT(month FROM {at}) - 1 AS integer)"


@compiles(hour_of, "sqlite")
def _hour_sqlite(element: hour_of, compiler: SQLCompiler, **keywords: Any) -> str:
    (at,) = _arguments(element, compiler, **keywords)
    return f"CASE WHEN substr({at}, 12, 5) <> '00:00' THEN CAST(substr({at}, 12, 2) AS INTEGER) END"


@compiles(hour_of, "postgresql")
def _hour_postgresql(element: hour_of, compiler: SQLCompiler, **keywords: Any) -> str:
    (at,) = _arguments(element, compiler, **keywords)
    known = f"date_trunc('minute', {at}) <> date_trunc('day', {at})"
    return f"CASE WHEN {known} THEN CAST(EXTRACT(hour FROM {at}) AS integer) END"


@compiles(weekday_of, "sqlite")
def _weekday_sqlite(element: weekday_of, compiler: SQLCompiler, **keywords: Any) -> str:
    (at,) = _arguments(element, compiler, **keywords)
    return f"CAST(strftime('%w', substr({at}, 1, 10)) AS INTEGER)"


@compiles(weekday_of, "postgresql")
def _weekday_postgresql(element: weekday_of, compiler: SQLCompiler, **keywords: Any) -> str:
    (at,) = _arguments(element, compiler, **keywords)
    return f"CAST(EXTRACT(dow FROM {at}) AS integer)"


def within(minutes: ColumnElement[int], limit: int) -> ColumnElement[bool]:
    """Not after the limit and not before the start: a negative difference is a fault, never a success."""
    return minutes.between(0, limit)
