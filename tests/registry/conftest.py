"""An in-memory registry with the reference units, and a way to write forms into it."""

from datetime import datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from nhr_dash.improvement import tables as _improvement  # noqa: F401 (the metadata is whole)
from nhr_dash.registry import tables
from nhr_dash.registry.metadata import metadata
from nhr_dash.registry.units import seed_units

RECEIVED = datetime(2025, 12, 29, 6, 0)


@pytest.fixture
def engine():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    with engine.begin() as connection:
        seed_units(connection)
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
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine):
    with engine.begin() as connection:
        yield connection
