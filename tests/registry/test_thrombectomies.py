"""Thrombectomy: the wait of the hospital that admitted the patient, and of the centre."""

from datetime import datetime, timedelta

import pytest

from nhr_dash.access import Held, Role, everything, holding
from nhr_dash.registry import thrombectomies

HAMAR, ULLEVAAL = 974724960, 974589095
FULL = everything("test")
FAGRAAD = holding("test", (Held(Role.FAGRAAD, None),))
ADMITTED = datetime(2024, 3, 1, 10)


@pytest.fixture
def treated(registry):
    """Write patients who were admitted at a hospital and treated at Ullevål: minutes to the centre, and from there."""

    def write(hospital, count, there, more):
        for at in range(count):
            admitted = ADMITTED + timedelta(days=at)
            patient = registry.admit(admitted, hospital=hospital, diagnosis=2, thrombectomy=1)
            arrived = admitted + timedelta(minutes=there)
            registry.thrombectomy(
                patient, centre=ULLEVAAL, arrived_centre_at=arrived, groin_at=arrived + timedelta(minutes=more + at)
            )

    return write


def test_the_sender_has_the_whole_wait_and_the_centre_its_own(treated, connection, compute):
    treated(HAMAR, 11, there=100, more=20)
    treated(ULLEVAAL, 12, there=0, more=60)
    compute()
    sender = thrombectomies.waits(connection, FULL, 2024, 2024).set_index("unit").loc[HAMAR]
    assert sender[["patients", "median", "to", "share_to"]].tolist() == [11, 125, ULLEVAAL, 1]
    assert sender["low"] < 125 < sender["high"]
    ways = thrombectomies.centre_waits(connection, FULL, 2024, 2024).set_index("way")
    assert ways["patients"].to_dict() == {"direct": 12, "sent": 11}
    assert ways["median"].to_dict() == {"direct": 65.5, "sent": 25}
    assert (ways["unit"] == ULLEVAAL).all()


def test_few_patients_one_way_hide_the_other_too(treated, connection, compute):
    treated(HAMAR, 3, there=100, more=20)
    treated(ULLEVAAL, 12, there=0, more=60)
    compute()
    ways = thrombectomies.centre_waits(connection, FAGRAAD, 2024, 2024)
    assert ways["why"].tolist() == ["few", "few"]
    assert ways[["patients", "median", "low", "high"]].isna().all().all()
    sender = thrombectomies.waits(connection, FAGRAAD, 2024, 2024).set_index("unit").loc[HAMAR]
    assert sender["why"] == "few"
    assert sender[["patients", "median", "share_to"]].isna().all()
    assert sender["to"] == 0


def test_shares_count_infarctions_where_it_is_known(registry, treated, connection, compute):
    treated(HAMAR, 4, there=100, more=20)
    for at in range(16):
        registry.admit(ADMITTED + timedelta(hours=at), hospital=HAMAR, diagnosis=2, thrombectomy=2)
    registry.admit(ADMITTED, hospital=HAMAR, diagnosis=2, thrombectomy=9)
    compute()
    found = thrombectomies.shares(connection, FULL, 2024, 2024)
    assert found.national == (4, 20)


def test_years_without_patients_are_empty(connection, compute):
    compute()
    assert thrombectomies.waits(connection, FULL, 2015, 2015).empty
    assert thrombectomies.centre_waits(connection, FULL, 2015, 2015).empty
