"""A database file with the reference units and no patients, and people who may write in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from nhr_dash.access import Held, Role, Scope, everything, holding
from nhr_dash.database import connect, upgrade
from nhr_dash.improvement import models, projects
from nhr_dash.registry.units import seed_units

FJORDVIK, SKOGVIK, MYRDAL = 999100001, 999100002, 999100003
INDICATOR = "pakke_bilde_15min"


def of(person: str, *units: int) -> Scope:
    """Somebody who leads these hospitals: sees them in detail, edits, publishes and decides."""
    return holding(person, [Held(Role.LEADER, frozenset(units))])


REGISTRY = everything("registeret")
KARI, OLA = of("sykepleier", FJORDVIK), of("overlege", FJORDVIK)
STRANGER = of("annet sykehus", MYRDAL)


def empty_database(path: Path) -> Engine:
    """An engine on a new database file at the newest migration, with its units."""
    engine = connect(f"sqlite:///{path.as_posix()}", create=True)
    upgrade(engine)
    with engine.begin() as connection:
        seed_units(connection)
    return engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """On SQLite and on PostgreSQL: what teams write is kept alike."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One transaction, as a page's save is."""
    with Session(engine, expire_on_commit=False) as opened, opened.begin():
        yield opened


@pytest.fixture
def project(session: Session) -> models.Project:
    """Fjordvik's project about imaging."""
    new = models.Project(title="Bilder innen 15 minutter", unit=FJORDVIK, aim_what="få bildediagnostikk i tide")
    return projects.create(session, KARI, new, indicator=INDICATOR, units=[])


@pytest.fixture
def other(session: Session) -> models.Project:
    """Another project of the same hospital."""
    new = models.Project(title="Svelgtest", unit=FJORDVIK)
    return projects.create(session, KARI, new, indicator=None, units=[])
