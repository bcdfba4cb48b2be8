"""Who the patients were is read from the forms: of exactly the patients that the facts count."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from nhr_dash.access import NotAllowed, Scope, Visibility, everything
from nhr_dash.database import raise_data_version
from nhr_dash.registry import case_mix, facts
from nhr_dash.registry.indicators import WITH_FACTS
from nhr_dash.registry.tables import fact

HAMAR, FJORDVIK, SKOGVIK = 974724960, 999100001, 999100002
AT = datetime(2024, 5, 14, 10)
YEAR = (date(2024, 1, 1), date(2025, 1, 1))
CARE = {"thrombolysis": 1, "first_ward": 1, "discharge_ward": 1, "swallow_test": 1, "discharged_to": 1, "age": 71}


@pytest.fixture
def filled(registry):
    """Patients of two hospitals, some of them treated at the other one."""
    needle = AT + timedelta(minutes=35)
    for hospital, elsewhere in ((FJORDVIK, SKOGVIK), (SKOGVIK, FJORDVIK), (HAMAR, None)):
        registry.admit(AT, hospital=hospital, needle_at=needle, thrombolysis_hospital=elsewhere, **CARE)
        one = registry.admit(AT, hospital=hospital, needle_at=needle, thrombectomy=1, imaging_at=needle, **CARE)
        registry.thrombectomy(one, centre=elsewhere or hospital, arrived_centre_at=AT, groin_at=needle)
        registry.follow_up(one, done=1, mrs=2)
        registry.admit(datetime(2025, 1, 1, 0, 5), hospital=hospital, **CARE)  # the year after
    facts.rebuild(registry.connection)
    raise_data_version(registry.connection)
    return registry.connection


def test_they_are_those_of_the_facts(filled):
    seen = 0
    for unit in (HAMAR, FJORDVIK, SKOGVIK):
        for one in WITH_FACTS:
            here = (fact.c.indicator == one.number, fact.c.hospital == unit, fact.c.admitted_at < YEAR[1])
            counted = filled.scalar(select(func.count()).select_from(fact).where(*here))
            found = case_mix.patients(filled, everything("test"), unit, one.id, *YEAR)
            assert len(found) == counted, (unit, one.id)
            assert (found["age"] == 71).all()
            seen += counted
    assert seen > 3 * len(WITH_FACTS) / 2


def test_another_units_are_not_read(filled):
    scope = Scope("", Visibility(frozenset({FJORDVIK})))
    with pytest.raises(NotAllowed):
        case_mix.patients(filled, scope, SKOGVIK, WITH_FACTS[0].id, *YEAR)
