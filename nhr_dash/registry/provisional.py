"""What "now" is, and from when figures are provisional. Both come from the data, never from the clock."""

from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from nhr_dash.database import data_version
from nhr_dash.registry import tables
from nhr_dash.registry.clock import days_between
from nhr_dash.registry.forms import receipt
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.reach import condition
from nhr_dash.registry.tables import delivery
from nhr_dash.registry.units import NATION, Span, structure

RECEIVED_SHARE = 0.90
"""Figures stop being provisional when this share of a unit's forms has usually come in."""
LOOK_BACK_DAYS = 365  # the delay curve is read from the last year
SETTLED_DAYS = 90  # and only from admissions this old, so that late forms are in it too
FEWEST_FORMS = 20  # below this a unit borrows the nation's curve

_known: WeakKeyDictionary[Engine, tuple[int, dict]] = WeakKeyDictionary()


def _remembered(connection: Connection) -> dict:
    """What has been found at this data version (per engine); emptied when the version rises."""
    version = data_version(connection)
    found = _known.get(connection.engine)
    if found is None or found[0] != version:
        found = (version, {})
        if version:  # nothing was loaded yet: don't remember an empty database
            _known[connection.engine] = found
    return found[1]


def newest_admission(connection: Connection) -> datetime | None:
    """The newest admission of any hospital: what every "now" and "last year" counts from. None: no forms."""
    found = _remembered(connection)
    if "newest" not in found:
        newest = (
            select(receipt.c.admitted_at)
            .where(receipt.c.hospital == tables.hospital.c.orgnr)
            .order_by(receipt.c.admitted_at.desc())
            .limit(1)
            .scalar_subquery()  # one look into the index a hospital, not a scan of all forms
        )
        found["newest"] = connection.scalar(select(func.max(newest)).select_from(tables.hospital))
    return found["newest"]


def provisional_from(connection: Connection, unit: int, indicator: str) -> date | None:
    """The first day whose figures may still change at a unit, for an indicator. None: nothing is provisional.

    The earliest of: the day after the newest delivery's confirmed-until; newest admission less the
    indicator's maturity; and the unit's own delay curve. Raises UnknownIndicator and UnknownUnit.
    """
    return open_from(connection, unit, by_id(indicator).maturity_days)


def open_from(connection: Connection, unit: int, maturity: int) -> date | None:
    """:func:`provisional_from` for figures that are final so many days after the admission."""
    newest = newest_admission(connection)
    if newest is None:
        return None
    days: list[date] = []
    if maturity:
        days.append(newest.date() - timedelta(days=maturity - 1))
    confirmed = _confirmed_until(connection)
    if confirmed is not None:
        days.append(confirmed + timedelta(days=1))
    delay = _delay(connection, unit)
    if delay is not None:
        days.append(newest.date() - timedelta(days=delay - 1))
    first = min(days, default=None)
    return first if first is not None and first <= newest.date() else None


def usual_wait(connection: Connection, unit: int, indicator: str) -> int | None:
    """Days after the admission until most of a unit's figures have usually come, for an indicator.

    None where it can't be known. Raises UnknownIndicator and UnknownUnit.
    """
    delay, maturity = _delay(connection, unit), by_id(indicator).maturity_days
    return max(delay or 0, maturity) or None


def _confirmed_until(connection: Connection) -> date | None:
    found = _remembered(connection)
    if "confirmed" not in found:
        found["confirmed"] = connection.scalar(
            select(delivery.c.confirmed_until)
            .where(delivery.c.confirmed_until.is_not(None))
            .order_by(delivery.c.extract_date.desc(), delivery.c.id.desc())
            .limit(1)
        )
    return found["confirmed"]


def _delay(connection: Connection, unit: int) -> int | None:
    """Days until :data:`RECEIVED_SHARE` of a unit's forms have come in; None where that can't be known."""
    found = _remembered(connection)
    key = ("delay", unit)
    if key not in found:
        spans = structure(connection).spans(unit)
        own = _delay_of(connection, spans)
        if own is None and unit != NATION:
            own = _delay(connection, NATION)
        found[key] = own
    return found[key]


def _delay_of(connection: Connection, spans: tuple[Span, ...]) -> int | None:
    """The delay in days from admission to the first receipt of the form, at :data:`RECEIVED_SHARE`.

    Only admissions after the first extract are read: the forms of a first full delivery came all at
    once and tell nothing about delay.
    """
    newest = newest_admission(connection)
    first_extract = connection.scalar(select(func.min(delivery.c.extract_date)))
    if newest is None or first_extract is None:
        return None
    until = newest.date() - timedelta(days=SETTLED_DAYS)
    since = max(first_extract, newest.date() - timedelta(days=LOOK_BACK_DAYS))
    if since >= until:
        return None
    chosen = (
        condition(spans, receipt.c.hospital, receipt.c.admitted_at),
        receipt.c.admitted_at >= since,
        receipt.c.admitted_at < until,
        receipt.c.first_received_at.is_not(None),
    )
    count = connection.scalar(select(func.count()).select_from(receipt).where(*chosen)) or 0
    if count < FEWEST_FORMS:
        return None
    days = days_between(receipt.c.admitted_at, receipt.c.first_received_at)
    place = min(count - 1, int(RECEIVED_SHARE * count))
    return connection.scalar(select(days).where(*chosen).order_by(days).offset(place).limit(1))
