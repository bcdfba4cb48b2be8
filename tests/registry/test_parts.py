from datetime import datetime

import pytest
from sqlalchemy import insert, select

from nhr_dash.registry import facts
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.parts import PARTS, UNKNOWN
from nhr_dash.registry.tables import fact

ADMITTED = "nki_slagenhet"
TUESDAY, SATURDAY = datetime(2024, 5, 14, 10, 0), datetime(2024, 5, 18, 10, 0)


def code(connection, registry, part, admitted_at=TUESDAY, **form):
    admission = registry.admit(admitted_at, **form)
    rows = facts.facts_select(by_id(ADMITTED)).where(facts.acute.c.id == admission)
    connection.execute(insert(fact).from_select(facts.FACT_COLUMNS, rows))
    return connection.scalar(select(PARTS[part].code).where(fact.c.admission == admission))


@pytest.mark.parametrize(
    ("part", "form", "category"),
    [
        ("sex", {"sex": "Female"}, "female"),
        ("sex", {"sex": "Male"}, "male"),
        ("sex", {}, UNKNOWN),
        ("age", {"age": 18}, "under_60"),
        ("age", {"age": 59}, "under_60"),
        ("age", {"age": 60}, "60_69"),
        ("age", {"age": 89}, "80_89"),
        ("age", {"age": 90}, "90_up"),
        ("age", {}, UNKNOWN),
        ("diagnosis", {"diagnosis": 1}, "haemorrhage"),
        ("diagnosis", {"diagnosis": 3}, "unspecified"),
        ("early", {"onset_at": datetime(2024, 5, 14, 6, 0)}, "early"),
        ("early", {"onset_at": datetime(2024, 5, 14, 5, 59)}, "late"),
        ("early", {"onset_at": datetime(2024, 5, 14, 6, 0), "wake_up": 1}, UNKNOWN),
    ],
)
def test_a_patient_is_in_one_category(connection, registry, part, form, category):
    assert code(connection, registry, part, **form) == category
    assert category in PARTS[part].categories


@pytest.mark.parametrize(
    ("admitted_at", "category"),
    [
        (TUESDAY.replace(hour=7, minute=59), "off_hours"),
        (TUESDAY.replace(hour=8), "day"),
        (TUESDAY.replace(hour=15, minute=59), "day"),
        (TUESDAY.replace(hour=16), "off_hours"),
        (TUESDAY.replace(hour=0, minute=1), "off_hours"),
        (TUESDAY.replace(hour=0), UNKNOWN),
        (SATURDAY, "off_hours"),
        (SATURDAY.replace(hour=0), "off_hours"),
    ],
)
def test_day_is_a_weekday_from_8_to_16_and_midnight_is_an_unknown_time(connection, registry, admitted_at, category):
    assert code(connection, registry, "arrival", admitted_at) == category
