"""*Trombektomi*: the wait by the hospital that sends and by the centre, and the share that is treated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas
from sqlalchemy import Connection

from nhr_dash.access import Scope
from nhr_dash.charts import forest
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.forest import ForestRow
from nhr_dash.registry import thrombectomies
from nhr_dash.statistics.intervals import wilson
from nhr_dash.statistics.variation import column, funnel
from nhr_dash.text import formats
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, listed, minutes, number, percent
from nhr_dash.ui.units import UnitNames

INDICATOR = {
    "venting": thrombectomies.DOOR,
    "senter": thrombectomies.CENTRE,
    "andel": thrombectomies.SHARE,
}
VIEWS = tuple(INDICATOR)
ENOUGH = 10
"""Named as shortest or longest from so many patients."""
FEW = 20
"""Under so many patients a median says little: drawn lighter."""
LEVEL = 0.998


@dataclass(frozen=True)
class Shown:
    """One view: the drawing with its sentence and table, and how many hospitals it leaves out."""

    drawing: Drawing | None
    hidden: int
    patients: int


def read(
    connection: Connection,
    scope: Scope,
    view: str,
    first: int,
    last: int,
    own: int,
    names: UnitNames,
    language: str,
) -> Shown:
    """One view over whole years. ``drawing`` is None where there is no patient to tell of."""
    years = formats.years(first, last)
    if view == "andel":
        return _shares(connection, scope, first, last, own, years, language)
    if view == "senter":
        frame = thrombectomies.centre_waits(connection, scope, first, last)
        labels = [f"{row.name}, {t(language, f'thrombectomy.{row.way}')}" for row in frame.itertuples()]
    else:
        frame = thrombectomies.waits(connection, scope, first, last, own)
        labels = [_sent(row, own, names, language) for row in frame.itertuples()]
    shown = frame.assign(label=labels)[(frame["why"] == "").to_numpy()].sort_values("median", kind="stable")
    hidden = int((frame["why"] != "").sum())
    if shown.empty:
        return Shown(None, hidden, 0)
    rows = [
        ForestRow(
            row.label,
            row.median,
            row.low,
            row.high,
            n=t(language, "thrombectomy.patients", n=int(row.patients)),
            faded=row.patients < FEW,
        )
        for row in shown.itertuples()
    ]
    patients = int(shown["patients"].sum())
    drawing = forest.build(
        rows,
        unit="wait",
        title=t(language, f"thrombectomy.title_{view}"),
        subtitle=t(language, "thrombectomy.subtitle", years=years, n=number(patients, language)),
        better=-1,
        said=_said(view, shown, language),
        language=language,
    )
    return Shown(drawing, hidden, patients)


def _sent(row: Any, own: int, names: UnitNames, language: str) -> str:
    """A hospital, and the centre where it isn't one itself."""
    label = t(language, "thrombectomy.own", name=row.name) if row.unit == own else str(row.name)
    if row.to in (0, row.unit):
        return label
    return f"{label} → {names.by_code.get(str(row.to), str(row.to))}"


def _said(view: str, shown: pandas.DataFrame, language: str) -> str:
    """The shortest and the longest, each with what it may be by chance."""
    told = shown[shown["patients"] >= ENOUGH]  # a median of three says nothing of a hospital
    if told.empty:
        return t(language, "thrombectomy.said_none", n=ENOUGH)
    short, long = told.iloc[0], told.iloc[-1]
    if len(told) == 1:
        return t(language, "thrombectomy.said_one", n=ENOUGH, **_median(short, language))
    ends = {f"{key}_short": value for key, value in _median(short, language).items()}
    ends |= {f"{key}_long": value for key, value in _median(long, language).items()}
    return t(language, f"thrombectomy.said_{view}", n=ENOUGH, **ends)


def _median(row: Any, language: str) -> dict[str, str]:
    span = between(row["low"], row["high"], language, 0, 1)
    return {"name": str(row["label"]), "median": minutes(row["median"], language), "interval": span}


def _shares(connection: Connection, scope: Scope, first: int, last: int, own: int, years: str, language: str) -> Shown:
    """Treated of those with infarction: lowest to highest, against the country."""
    found = thrombectomies.shares(connection, scope, first, last, own)
    rows = found.rows[(found.rows["why"] == "") & (found.rows["denominator"] > 0)].sort_values("value", kind="stable")
    hidden = int(found.hidden.sum())
    if rows.empty or found.value != found.value:
        return Shown(None, hidden, 0)
    spans = [wilson(row.numerator, row.denominator) for row in rows.itertuples()]
    drawn = [
        ForestRow(
            t(language, "thrombectomy.own", name=row.name) if row.unit == own else str(row.name),
            span.estimate,
            span.low,
            span.high,
            n=t(language, "thrombectomy.of", x=number(row.numerator, language), n=number(row.denominator, language)),
        )
        for row, span in zip(rows.itertuples(), spans, strict=True)
    ]
    drawing = forest.build(
        drawn,
        unit="share",
        title=t(language, "thrombectomy.title_andel"),
        subtitle=t(language, "thrombectomy.subtitle_share", years=years, country=percent(found.value, language, 1)),
        better=0,
        said=f"{_ends(drawn, language)} {_by_chance(found.rows[found.counted], found.value, language)}",
        line=found.value,
        language=language,
    )
    return Shown(drawing, hidden, found.national[1])


def _ends(drawn: Sequence[ForestRow], language: str) -> str:
    values = {}
    for end, row in (("low", drawn[0]), ("high", drawn[-1])):
        values[f"name_{end}"] = row.label
        values[f"share_{end}"] = forest.written(row.estimate, "share", language)
        values[f"interval_{end}"] = forest.interval(row, "share", language)
    return t(language, "thrombectomy.said_andel", **values)


def _by_chance(rows: pandas.DataFrame, country: float, language: str) -> str:
    """Is the spread more than chance makes?"""
    if len(rows) < 3:
        return t(language, "variation.too_few_units")
    found = funnel(rows["numerator"], rows["denominator"], target=country, adjustment="none", levels=(LEVEL,))
    outside = rows[(found.points[column("outside", LEVEL)] != 0).to_numpy() & (rows["why"] == "").to_numpy()]
    if outside.empty:
        return t(language, "thrombectomy.only_chance")
    return t(language, "thrombectomy.more_than_chance", names=listed(list(outside["name"]), language))
