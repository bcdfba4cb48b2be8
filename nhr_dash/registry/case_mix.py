"""Who the patients of an indicator were: what a before-and-after comparison must know of them."""

from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection, or_, true

from nhr_dash.access import Scope
from nhr_dash.registry.facts import HOSPITAL, facts_select
from nhr_dash.registry.forms import acute
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.own_forms import own_forms
from nhr_dash.registry.reach import condition

NUMBERS = ("age", "nihss", "mrs_before")
CATEGORIES = ("sex", "diagnosis", "wake_up", "transport", "onset_place", "arrival")
EVENING, NIGHT_ENDS = 16, 8
"""Hours between which a patient arrives by day; weekends are never day."""


def patients(
    connection: Connection, scope: Scope, unit: int, indicator: str, first: date, until: date
) -> pandas.DataFrame:
    """A row a patient of an indicator's population at a unit, from ``first`` to ``until`` (exclusive).

    Numbers (``age`` years, ``nihss``, ``mrs_before``; NaN where not done) and categories as the codes of the form,
    None where unknown; ``arrival``: ``day`` (weekdays 8-16) or ``off_hours``. Raises ``NotAllowed`` for a unit that
    isn't seen in detail.
    """
    found, forms = by_id(indicator), acute.c
    names = ["admitted_at", *NUMBERS, *(name for name in CATEGORIES if name != "arrival")]
    chosen = facts_select(found).with_only_columns(*(forms[name].label(name) for name in names))
    with own_forms(connection, scope, unit, found) as spans:
        hospitals = {span.hospital for span in spans}
        # an index for each side of what would otherwise be looked for in every form
        either = or_(forms.hospital.in_(hospitals), forms.thrombolysis_hospital.in_(hospitals))
        near = either if found.unit == "thrombolysing" else true()
        rows = connection.execute(
            chosen.where(
                condition(spans, HOSPITAL[found.unit], forms.admitted_at),
                near,
                forms.admitted_at >= first,
                forms.admitted_at < until,
            )
        ).all()
    frame = pandas.DataFrame([tuple(row) for row in rows], columns=names)
    at = pandas.to_datetime(frame["admitted_at"])
    by_day = (at.dt.hour >= NIGHT_ENDS) & (at.dt.hour < EVENING) & (at.dt.day_of_week < 5)
    return pandas.DataFrame(
        {
            **{name: frame[name].astype(float) for name in NUMBERS},
            **{name: _category(frame[name]) for name in CATEGORIES if name != "arrival"},
            "arrival": np.where(by_day, "day", "off_hours").astype(object),
        }
    )


def _category(column: pandas.Series) -> pandas.Series:
    """Codes as text; 9 is the registry's unknown."""

    def text(code: object) -> str | None:
        if isinstance(code, str) or code is None:
            return code
        number = float(code)  # type: ignore[arg-type]  # a column with gaps holds its codes as floats
        return None if np.isnan(number) or number == 9 else str(int(number))

    return pandas.Series([text(code) for code in column], index=column.index, dtype=object)
