"""Numbers and dates as they stand on the screen."""

from datetime import date, datetime

import pandas as pd
import pytest

from nhr_dash.text import formats as f


@pytest.mark.parametrize(
    ("x", "decimals", "nb", "en"),
    [
        (0, 0, "0", "0"),
        (12345.6, 0, "12\u202f346", "12\u202f346"),
        (2.5, 0, "3", "3"),
        (-0.4, 0, "0", "0"),
        (-7, 0, "\u22127", "\u22127"),
        (3.14159, 2, "3,14", "3.14"),
        (float("nan"), 0, "–", "–"),
        (None, 0, "–", "–"),
    ],
)
def test_number(x, decimals, nb, en):
    assert f.number(x, "nb", decimals) == nb
    assert f.number(x, "en", decimals) == en


def test_percent():
    assert f.percent(0.195, "nb") == "20\u202f%"
    assert f.percent(0.195, "en", 1) == "19.5%"
    assert f.percent(0.145, "nb") == "15\u202f%"  # the half as people mean it, not as binary has it
    assert f.percent(None, "nb") == "–"


@pytest.mark.parametrize(
    ("share", "limit", "shown"),
    [
        (0.60, 0.60, "60"),
        (0.5996, 0.60, "59,96"),
        (0.599999, 0.60, "59,99"),
        (0.600001, 0.60, "60,01"),
        (0.603, 0.60, "60,3"),
        (0.594, 0.60, "59"),
        (0.596, 0.60, "59,6"),
        (0.6149, 0.60, "61"),
        (0.8996, (0.75, 0.90), "89,96"),
        (0.7499, [0.75, 0.90], "74,99"),
        (0.42, None, "42"),
        (2 / 3, (), "67"),
    ],
)
def test_near_a_limit_the_right_side_is_shown(share, limit, shown):
    assert f.percent_near(share, limit, "nb") == f"{shown}\u202f%"


def test_points_and_intervals():
    assert f.points(0.42, "nb") == "+42 prosentpoeng"
    assert f.points(-0.01, "en") == "\u22121 percentage point"
    assert f.points(0.0, "nb") == "0 prosentpoeng"
    assert f.between(0.33, 0.50, "nb") == "33–50"
    assert f.between(-0.12, -0.02, "nb") == "\u221212 til \u22122"
    assert f.between(12, 31, "en", scale=1) == "12–31"
    assert f.between(None, 1, "en") == "–"


def test_minutes():
    assert f.minutes(23.4, "nb") == "23 min"
    assert f.minutes(2880, "nb") == "48 t"
    assert f.minutes(2880, "en") == "48 h"


def test_dates():
    when = datetime(2025, 12, 28, 9, 5)
    assert f.day(when, "nb") == "28. des. 2025"
    assert f.day(when, "en", long=True) == "28 December 2025"
    assert f.day(when, "nb", year=False) == "28. des."
    assert f.month(when, "nb") == "desember 2025"
    assert f.month(pd.Timestamp(when), "nb", short=True) == "des. 25"
    assert f.clock(when, "nb") == "09:05"
    assert f.moment(when, "en") == "28 Dec 2025 09:05"
    assert f.day(pd.NaT, "nb") == "–"
    assert f.period(date(2024, 5, 1), "tertial", "nb") == "2. tertial 2024"
    assert f.period(date(2024, 7, 1), "quarter", "nb") == "3. kvartal 2024"
    assert f.period(date(2024, 7, 1), "half_year", "en") == "half-year 2 of 2024"
    assert f.period(date(2024, 7, 1), "year", "nb") == "2024"
    assert f.period(date(2024, 7, 3), "every_k", "nb") == "3. juli 2024"


def test_lists():
    assert f.listed(["a"], "nb") == "a"
    assert f.listed(["a", "b", "c"], "nb") == "a, b og c"
    assert f.listed([], "en") == ""


@pytest.mark.parametrize(
    ("text", "value"), [("12,5", 12.5), ("\u22123", -3), ("1 234", 1234), ("60 %", 60), ("x", None), ("inf", None)]
)
def test_numbers_as_typed(text, value):
    assert f.parse_number(text) == value
