"""An in-memory registry with the reference units, and a way to write forms into it."""

from datetime import datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from nhr_dash.database import connect, raise_data_version
from nhr_dash.improvement import models as _models  # noqa: F401 (the metadata is whole)
from nhr_dash.improvement import tables as _improvement  # noqa: F401
from nhr_dash.registry import facts, tables
from nhr_dash.registry import people as _people  # noqa: F401
from nhr_dash.registry.forms import acute, followup, thrombectomy
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.metadata import metadata
from nhr_dash.registry.units import seed_units

RECEIVED = datetime(2025, 12, 29, 6, 0)


def empty_registry():
    """An engine on an in-memory registry with units and one delivery."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE VIEW mottak AS SELECT orgnr, Innleggelsestidspunkt, ForsteGangMottatt FROM akuttskjema "
            "WHERE TrukketTilbake IS NOT TRUE"
        )
        seed_units(connection)
    return with_delivery(engine)


def with_delivery(engine):
    """Put the delivery that the tests' forms refer to into a registry with its units."""
    with engine.begin() as connection:
        connection.execute(
            tables.delivery.insert().values(
                id=1,
                **{
                    "file": "forms.csv",
                    "sha256": "0" * 64,
                    "form": "acute",
                    "kind": "changes",
                    "loaded_at": RECEIVED,
                    "loaded_by": "test",
                    "extract_date": RECEIVED.date(),
                    "rows_read": 0,
                    "rows_new": 0,
                    "rows_changed": 0,
                    "rows_rejected": 0,
                    "rows_withdrawn": 0,
                    "synthetic": True,
                },
            )
        )
    return engine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request):
    """A registry in memory, and one on PostgreSQL: whatever is asked in SQL must be answered alike."""
    if request.param == "sqlite":
        engine = empty_registry()
        yield engine
        engine.dispose()
        return
    engine = with_delivery(connect(request.getfixturevalue("postgres_server").cleaned()))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine):
    with engine.begin() as connection:
        yield connection


class Registry:
    """Writes forms and computes their facts."""

    def __init__(self, connection):
        self.connection = connection
        self.count = 0

    def admit(self, admitted_at=datetime(2024, 5, 14, 10, 0), *, hospital=974724960, **values):
        """An acute form; returns its id. Defaults: infarction, woke up well, stroke outside hospital."""
        self.count += 1
        row = {
            "id": self.count,
            "form_key": f"form-{self.count:05d}",
            "hospital": hospital,
            "admitted_at": admitted_at,
            "diagnosis": 2,
            "onset_place": 1,
            "wake_up": 2,
            "delivery": 1,
        }
        self.connection.execute(acute.insert().values(row | values))
        return self.count

    def follow_up(self, admission, **values):
        row = {"form_key": f"follow-{admission}", "acute_key": f"form-{admission:05d}", "delivery": 1}
        self.connection.execute(followup.insert().values(row | values))

    def thrombectomy(self, admission, **values):
        row = {"form_key": f"tromb-{admission}", "acute_key": f"form-{admission:05d}", "delivery": 1}
        self.connection.execute(thrombectomy.insert().values(row | values))

    def fact(self, indicator, admission):
        """The fact row of an admission, or None where it is not in the population."""
        select = facts.facts_select(by_id(indicator)).where(acute.c.id == admission)
        return self.connection.execute(select).one_or_none()

    def success(self, indicator, admission):
        """1, 0, or None where the admission is not in the population."""
        row = self.fact(indicator, admission)
        return None if row is None else row.success


@pytest.fixture
def registry(connection):
    return Registry(connection)


@pytest.fixture
def compute(connection):
    """What a load does at its end: facts, and a new data version."""

    def run():
        facts.rebuild(connection)
        raise_data_version(connection)

    return run
