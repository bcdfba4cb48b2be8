"""Thrombectomy over whole years: how many, what share of the infarctions, and how long it took, there and here.

The wait from admission to groin puncture belongs to the hospital that admitted the patient; the wait from arrival at
the centre belongs to the centre. Both are read from facts, so that neither needs a form of another hospital.
"""

from datetime import date

import numpy as np
import pandas
from sqlalchemy import Connection, FromClause, Select, func, select

from nhr_dash.access import Scope
from nhr_dash.registry import across, series
from nhr_dash.registry.across import Asked
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.tables import fact
from nhr_dash.registry.units import all_units
from nhr_dash.statistics.intervals import median

SHARE, DOOR, CENTRE = "pakke_trombektomi", "pakke_lyske", "pakke_lyske_senter"
WAYS = ("direct", "sent")
"""How a patient came to the centre: admitted there, or sent on from another hospital."""


def shares(connection: Connection, scope: Scope, first: int, last: int, own: int = 0) -> across.Across:
    """Treated among those with infarction, at the hospital of first admission."""
    return across.read(connection, scope, Asked(SHARE, first, last), own)


def waits(connection: Connection, scope: Scope, first: int, last: int, own: int = 0) -> pandas.DataFrame:
    """Minutes from admission to groin puncture, a row a hospital that admitted patients, in Norwegian order.

    ``unit``, ``name``, ``patients``, ``median``, ``low``, ``high`` (of the median; NaN under six patients), ``to``
    (the centre that treated most of them, 0 where hidden), ``share_to`` (0-1), ``why`` (as in :class:`across.Across`:
    such a row has no numbers).
    """
    found = across.read(connection, scope, Asked(DOOR, first, last), own)
    rows = found.rows[found.rows["denominator"] > 0].reset_index(drop=True)
    minutes = series.minutes_of_many(connection, rows["unit"].tolist(), DOOR)
    year = minutes["start"].dt.year
    minutes = minutes[(year >= first) & (year <= last)]
    of = {int(unit): group["minutes"].to_numpy() for unit, group in minutes.groupby("unit")}
    medians = [median(of.get(unit, ())) for unit in rows["unit"].tolist()]
    table = pandas.DataFrame(
        {
            "unit": rows["unit"],
            "name": rows["name"],
            "patients": rows["denominator"],
            "median": [one.estimate for one in medians],
            "low": [one.low for one in medians],
            "high": [one.high for one in medians],
            "why": rows["why"],
        }
    )
    shown = across.without(table, (table["why"] != "").to_numpy())
    sent = _sent_to(connection, first, last)
    may_see = zip(shown["unit"].tolist(), shown["why"].tolist(), strict=True)
    to = [sent.get(unit, (0, np.nan)) if why == "" else (0, np.nan) for unit, why in may_see]
    return shown.assign(to=[one for one, _ in to], share_to=[share for _, share in to])


def centre_waits(connection: Connection, scope: Scope, first: int, last: int) -> pandas.DataFrame:
    """Minutes from arrival at the centre to groin puncture, a row a centre and way (:data:`WAYS`) with patients.

    ``unit``, ``name``, ``way``, ``patients``, ``median``, ``low``, ``high``, ``why``. Where one way has few patients,
    neither is shown: the centre's number of patients is known elsewhere.
    """
    door, centre = fact.alias("door"), fact.alias("centre")
    known = connection.execute(
        _both(select(centre.c.hospital, door.c.hospital, centre.c.minutes), door, centre, first, last)
    ).all()
    columns = ("unit", "sender", "minutes")
    frame = pandas.DataFrame([tuple(row) for row in known], columns=columns)
    frame["way"] = np.where(frame["unit"] == frame["sender"], *WAYS)
    hidden = _few(connection, scope, frame, first, last)
    rows = []
    for one in all_units(connection):
        for way in WAYS if one.thrombectomy_centre else ():
            minutes = frame.loc[(frame["unit"] == one.orgnr) & (frame["way"] == way), "minutes"].to_numpy(float)
            if len(minutes):
                found = median(minutes)
                why = hidden.get(one.orgnr, "")
                rows.append((one.orgnr, one.name, way, len(minutes), found.estimate, found.low, found.high, why))
    table = pandas.DataFrame(rows, columns=["unit", "name", "way", "patients", "median", "low", "high", "why"])
    return across.without(table, (table["why"] != "").to_numpy())


def _few(connection: Connection, scope: Scope, frame: pandas.DataFrame, first: int, last: int) -> dict[int, str]:
    """Why a centre may not be shown in two parts: as a whole, or because one of the parts is small."""
    centres = [one.orgnr for one in all_units(connection) if one.thrombectomy_centre]
    indicator = by_id(CENTRE)
    years = across.by_year(connection, scope, indicator, centres, first, last)
    hidden = {int(row.unit): str(row.why) for row in years.itertuples() if row.why}
    smallest = frame.groupby(["unit", "way"]).size().groupby("unit").min()
    for unit, count in smallest.items():
        if count < indicator.min_denominator and not scope.visibility.in_detail(int(unit)):
            hidden.setdefault(int(unit), "few")
    return hidden


def _sent_to(connection: Connection, first: int, last: int) -> dict[int, tuple[int, float]]:
    """The centre that treated most of a hospital's patients, and what share of them."""
    door, centre = fact.alias("door"), fact.alias("centre")
    counted = select(door.c.hospital, centre.c.hospital, func.count()).group_by(door.c.hospital, centre.c.hospital)
    of: dict[int, dict[int, int]] = {}
    for sender, to, count in connection.execute(_both(counted, door, centre, first, last)):
        of.setdefault(sender, {})[to] = count
    return {unit: (max(to, key=to.__getitem__), max(to.values()) / sum(to.values())) for unit, to in of.items()}


def _both(statement: Select, door: FromClause, centre: FromClause, first: int, last: int) -> Select:
    """The two facts of a patient, at the hospital of admission and at the centre."""
    return statement.select_from(door.join(centre, centre.c.admission == door.c.admission)).where(
        door.c.indicator == by_id(DOOR).number,
        centre.c.indicator == by_id(CENTRE).number,
        door.c.admitted_at >= date(first, 1, 1),
        door.c.admitted_at < date(last + 1, 1, 1),
    )
