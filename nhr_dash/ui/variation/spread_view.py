"""*Blir forskjellene mindre?*, drawn and told: the answer that the view shows and that its cache keeps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from nhr_dash.charts import spread as pictures
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.spread import FanYear
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.spread import Named, Shrinking, Year
from nhr_dash.statistics.intervals import Interval
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, between, number, percent

if TYPE_CHECKING:
    import pandas

SURE = 0.975
"""From this probability on, a change of the spread is called one: both sides of a 95 % interval."""


@dataclass(frozen=True, eq=False)
class View:
    """What is shown. ``side``: smaller, larger or unsure; ``beside``: more sentences; ``patients``: in all years.

    Without two years that could be worked out there is only ``sentence``.
    """

    side: str
    sentence: str
    beside: tuple[str, ...] = ()
    fan: Drawing | None = None
    deviation: Drawing | None = None
    patients: int = 0


def build(found: Shrinking, subtitle: str, own: str, language: str) -> View:
    """``subtitle``: what is compared, in words; ``own``: the name of one's own unit."""
    left_out = _left_out(found.years, language)
    change = found.change
    if change is None:
        return View("unsure", t(language, "spread.too_few_years"), left_out)
    side = "smaller" if change.p_smaller >= SURE else "larger" if change.p_smaller <= 1 - SURE else "unsure"
    level = found.asked.level
    among = t(language, f"spread.between_units_{level}")
    first, last = found.known[0], found.known[-1]
    sentence = t(
        language,
        f"spread.say_{side}",
        units=among,
        before=_with_interval(change.before, language),
        after=_with_interval(change.after, language),
        first=first.year,
        last=last.year,
        sure=number(change.p_smaller * 100, language),
    )
    named = own if any(one.own for one in found.years) else ""
    table = _table(found, named, language)
    years = [_drawn(one) for one in _every_year(found)]
    title = t(language, f"spread.title_{side}", units=among)
    patients = sum(one.patients for one in found.years)
    under = [subtitle, t(language, "units.patient", n=patients)]
    fan = pictures.fan(years, own=named, title=title, subtitle=under, sentence=sentence, table=table, language=language)
    deviation = pictures.deviation(
        years,
        title=t(language, "spread.deviation_title", units=among),
        subtitle=[t(language, "spread.deviation_note")],
        sentence=sentence,
        table=table,
        language=language,
    )
    size = t(
        language,
        "spread.ratio",
        first=first.year,
        last=last.year,
        ratio=number(change.ratio.estimate * 100, language),
        low_high=between(change.ratio.low, change.ratio.high, language),
    )
    told = () if side == "unsure" else (size,)
    return View(side, sentence, (*told, *_beside(last, found, language), *left_out), fan, deviation, patients)


def _with_interval(one: Interval, language: str) -> str:
    low_high = between(one.low, one.high, language, 1)
    return t(language, "spread.with_interval", value=number(one.estimate * 100, language, 1), low_high=low_high)


def _beside(last: Year, found: Shrinking, language: str) -> list[str]:
    """Lowest and highest, what chance alone would give, and what the gap means in patients: of the last year."""
    result = last.result
    if result is None:
        return []
    told = []
    if last.lowest is not None and last.highest is not None:
        values: dict[str, object] = {}
        for name, one in (("lowest", last.lowest), ("highest", last.highest)):
            values |= {name: one.name, f"{name}_value": percent(one.value, language)}
            values |= {f"{name}_interval": between(one.low, one.high, language)}
        told.append(t(language, "spread.ends", year=last.year, **values))
    told.append(
        t(
            language,
            "spread.chance",
            year=last.year,
            raw=number(result.raw * 100, language, 1),
            chance=number(result.chance * 100, language, 1),
        )
    )
    if not math.isnan(result.gap.estimate):
        told.append(
            t(
                language,
                "spread.gap_fifth" if result.fifth > 1 else "spread.gap_one",
                n=result.fifth,
                units=t(language, f"spread.units_{found.asked.level}"),
                gap=number(result.gap.estimate * 100, language),
                gap_low_high=between(result.gap.low, result.gap.high, language),
                patients=_about(result.patients.estimate, language),
                patients_low_high=between(result.patients.low, result.patients.high, language, scale=1),
                short=by_id(found.asked.indicator).words(language).short,
            )
        )
    return told


def _about(patients: float, language: str) -> str:
    """'om lag 140': no more figures than the number is good for."""
    return number(round(patients, -1) if patients >= 100 else patients, language)


def _left_out(years: Sequence[Year], language: str) -> tuple[str, ...]:
    """The years that couldn't be worked out, by why."""
    gone = sorted((one for one in years if one.why), key=lambda one: (one.why, one.year))
    return tuple(
        t(
            language,
            "spread.left_out",
            years=", ".join(str(one.year) for one in some),
            why=t(language, f"spread.why_{why}"),
        )
        for why, some in groupby(gone, key=lambda one: one.why)
    )


def _every_year(found: Shrinking) -> list[Year]:
    """The years and those in between without any patients, which are gaps."""
    known = {one.year: one for one in found.years}
    first, last = min(known), max(known)
    return [known.get(year) or Year(year, 0, 0, math.nan, "too_few_units") for year in range(first, last + 1)]


def _drawn(one: Year) -> FanYear:
    result, nothing = one.result, math.nan
    own = one.own.value if one.own else nothing
    if result is None:
        return FanYear(one.year, (), nothing, nothing, one.national, own, *(nothing,) * 4)
    return FanYear(
        one.year, result.quantiles, result.lowest, result.highest, one.national, own, *result.between, result.chance
    )


def _table(found: Shrinking, own: str, language: str) -> "pandas.DataFrame":
    import pandas

    def name(key: str, **values: object) -> str:
        return t(language, f"spread.col_{key}", **values)

    rows = []
    for one in reversed(found.years):
        row = {
            name("year"): str(one.year),
            name("units"): number(one.units, language),
            name("patients"): number(one.patients, language),
        }
        row |= {name(key): value for key, value in _cells(one, language).items()}
        row[name("country")] = percent(one.national, language)
        if own:
            row[name("own", name=own)] = _own(one.own, one.own_raw, language)
        rows.append(row)
    return pandas.DataFrame(rows)


def _cells(one: Year, language: str) -> dict[str, str]:
    result = one.result
    if result is None:
        return dict.fromkeys(("between", "raw", "chance", "median", "half", "most", "range", "gap", "more"), DASH)
    low, quarter, median, three, high = result.quantiles
    return {
        "between": f"{number(result.between.estimate * 100, language, 1)} "
        f"({between(result.between.low, result.between.high, language, 1)})",
        "raw": number(result.raw * 100, language, 1),
        "chance": number(result.chance * 100, language, 1),
        "median": percent(median, language),
        "half": between(quarter, three, language),
        "most": between(low, high, language),
        "range": between(result.lowest, result.highest, language),
        "gap": f"{number(result.gap.estimate * 100, language)} ({between(result.gap.low, result.gap.high, language)})",
        "more": f"{number(result.patients.estimate, language)} "
        f"({between(result.patients.low, result.patients.high, language, scale=1)})",
    }


def _own(one: Named | None, raw: float, language: str) -> str:
    return DASH if one is None else f"{percent(one.value, language)} ({percent(raw, language)})"
