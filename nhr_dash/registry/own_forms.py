"""The one way to patients' forms from a page: a unit's own, for as long as they are read.

On PostgreSQL the database itself holds back every other row (row level security, where the app has a role of its
own): which units' forms may be read is a setting of the transaction, and nothing set is no form.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from nhr_dash.access import Scope
from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.reach import reach
from nhr_dash.registry.units import Span

_SHOW = text("SELECT set_config('nhr.units', :units, true)")  # until the transaction ends


@contextmanager
def own_forms(connection: Connection, scope: Scope, unit: int, indicator: Indicator) -> Iterator[tuple[Span, ...]]:
    """The days of each hospital that a unit's numbers count, whose forms can be read until this is left.

    Raises ``NotAllowed`` for a unit that isn't seen in detail.
    """
    scope.require_detail(unit)
    counted = reach(connection, unit, indicator)
    _show(connection, counted.hospitals)
    yield counted.spans
    _show(connection, ())  # after an error there is nothing to take back: the transaction ends with it


def _show(connection: Connection, hospitals: tuple[int, ...]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_SHOW, {"units": ",".join(map(str, hospitals))})
