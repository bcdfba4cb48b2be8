"""The tab *Overlevelse* in words and drawings: hospitals crude and adjusted, how good the models are, the country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas

from nhr_dash.charts import funnel as funnels
from nhr_dash.charts import survival as pictures
from nhr_dash.charts import vlad
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.funnel import Limit, Point
from nhr_dash.charts.survival import Group
from nhr_dash.registry.outcome import MODELS
from nhr_dash.registry.outcomes import CRUDE, LEVELS, Adjusted, Hospital
from nhr_dash.registry.units import name_order
from nhr_dash.statistics.cusum import risk_adjusted
from nhr_dash.statistics.intervals import Interval
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, day, number, percent
from nhr_dash.ui.variation.survival_words import Words

MOVED = 3
"""Hospitals that are named because adjustment moves them most."""
MOST_OWN = 6
"""A unit of more hospitals than this has none of them named as one's own."""
FEWEST_FOLLOWED = 40


@dataclass(frozen=True)
class View:
    """Everything that the tab shows of all hospitals, written; drawings are None where there is nothing to draw."""

    sentence: str
    moved: str
    drawing: Drawing | None
    table: pandas.DataFrame
    notes: tuple[str, ...]
    patients: int
    funnel: Drawing | None
    calibration: Drawing | None
    quality: pandas.DataFrame
    quality_said: tuple[str, ...]
    country: Drawing | None


def view(found: Adjusted, names: dict[str, str], own: frozenset[int], synthetic: bool, language: str) -> View:
    """What is shown of an outcome. ``own``: hospitals of the chosen unit; ``names`` by code."""
    hospitals = sorted(
        (one for one in found.hospitals if not one.training or one.unit in own),
        key=lambda one: name_order(names[str(one.unit)]),
    )
    shown = [one for one in hospitals if not one.hidden]
    ranked = [one for one in shown if not one.training]
    if not shown:
        nothing = pandas.DataFrame()
        return View(t(language, "survival.nothing"), "", None, nothing, (), 0, None, None, nothing, (), None)
    movers = sorted(ranked, key=_move, reverse=True)[:MOVED] if len(ranked) > 1 else []
    words = Words(found, names, language, sum(not one.training for one in found.hospitals))
    table = words.table(hospitals)
    said, moved = words.sentence(ranked), words.moved(movers)
    drawing = pictures.build(
        [words.line(one, one.unit in own and len(own) <= MOST_OWN + 1, one in movers) for one in shown],
        center=found.share,
        center_name=words.whole,
        outcome=words.title,
        title=words.finding(movers[0]) if movers else words.title,
        subtitle=words.subtitle(len(ranked), synthetic),
        sentence=f"{said} {moved}".strip(),
        table=table,
        language=language,
    )
    return View(
        said,
        moved,
        drawing,
        table,
        words.notes(hospitals),
        found.patients,
        _funnel(found, words, ranked, own, synthetic) if len(ranked) > 1 else None,
        _calibration(found, words),
        _quality(found, language),
        _quality_said(found, language),
        _country(found, words, synthetic),
    )


def _move(one: Hospital) -> float:
    return abs(one.ways["registry"].share - one.ways[CRUDE].share)


def _funnel(
    found: Adjusted, words: Words, ranked: Sequence[Hospital], own: frozenset[int], synthetic: bool
) -> Drawing | None:
    """Shares by the registry's model against the limits of chance; across lies what was expected."""
    judged, lang = found.funnel, words.language
    if judged is None:
        return None
    points = [_point(one, words.name(one), one.unit in own and len(own) <= MOST_OWN + 1) for one in ranked]
    least, most = funnels.reach(points)
    sizes = np.linspace(least**0.5, most**0.5, 90) ** 2
    limits = []
    for level in LEVELS:
        name = percent(level, lang, 1 if level == LEVELS[-1] else 0)
        ratios = judged.limits(sizes, level)
        low, high = (np.clip(1 - found.level * ratio, 0, 1) for ratio in (ratios.high, ratios.low))
        limits.append(Limit(name, tuple(sizes), tuple(low), tuple(high), wide=level == LEVELS[-1]))
    counts = [sum(abs(one.outside) >= place for one in ranked) for place in (1, 2)]
    values = {"outside": counts[0], "of": len(ranked), "far": counts[1]}
    expected = number(len(ranked) * (1 - LEVELS[0]), lang)
    return funnels.build(
        points,
        limits,
        center=found.share,
        center_name=words.whole[1],
        goal=None,
        kind="hospital",
        title=t(lang, "survival.funnel_title", title=words.title, **values),
        subtitle=words.subtitle(len(ranked), synthetic),
        sentence=t(lang, "survival.funnel_sentence", **values, expected=expected),
        language=lang,
        axis=t(lang, "survival.funnel_axis", missed=words.missed),
    )


def _point(one: Hospital, name: str, own: bool) -> Point:
    way = one.ways["registry"]
    return Point(
        unit=one.unit,
        name=name,
        share=way.share,
        low=way.low,
        high=way.high,
        numerator=one.patients - one.missed,
        patients=one.patients,
        outside=abs(one.outside),
        side="none" if not one.outside else "better" if one.outside > 0 else "worse",
        own=own,
        p=one.p,
        weight=way.expected,
    )


def _calibration(found: Adjusted, words: Words) -> Drawing | None:
    groups = {
        name: [
            Group(float(row.expected), float(row.observed), float(row.low), float(row.high), int(row.patients))
            for row in found.calibration[name].curve.itertuples()
        ]
        for name in MODELS
    }
    if not all(groups.values()):
        return None
    return pictures.calibration(
        groups,  # type: ignore[arg-type]  # lists are sequences
        missed=words.missed,
        title=t(words.language, "survival.calibration_title"),
        subtitle=words.subtitle(words.count, False),
        sentence=t(words.language, "survival.calibration_sentence"),
        language=words.language,
    )


def _quality(found: Adjusted, language: str) -> pandas.DataFrame:
    def head(key: str) -> str:
        return t(language, f"survival.quality_{key}")

    def spoken(value: Interval, decimals: int = 2) -> str:
        return f"{number(value.estimate, language, decimals)} ({between(value.low, value.high, language, decimals, 1)})"

    rows = []
    for name in MODELS:
        seen = found.calibration[name]
        rows.append(
            {
                head("model"): t(language, f"survival.way_{name}"),
                head("patients"): number(seen.patients, language),
                head("c"): spoken(seen.c_statistic, 3),
                head("slope"): spoken(seen.slope),
                head("level"): spoken(seen.in_the_large),
                head("brier"): number(seen.brier, language, 4),
            }
        )
    return pandas.DataFrame(rows)


def _quality_said(found: Adjusted, language: str) -> tuple[str, ...]:
    national, registry = (found.calibration[name].c_statistic for name in MODELS)
    better = "better" if registry.low > national.high else "alike"
    said = t(
        language,
        "survival.model_said",
        better=t(language, f"survival.model_{better}"),
        registry=number(registry.estimate, language, 2),
        national=number(national.estimate, language, 2),
    )
    stored = found.models["registry"]
    fitted = t(
        language,
        "survival.model_fitted",
        day=day(stored.fitted_at, language),
        patients=t(language, "units.patient", n=stored.model.patients),
        first=stored.model.start.year,
        last=stored.model.end.year - 1,
    )
    return said, fitted


def _country(found: Adjusted, words: Words, synthetic: bool) -> Drawing | None:
    months = found.months
    if len(months) < 2:
        return None
    gained = np.cumsum(months["expected"] - months["missed"])
    subject = vlad.Subject(t(words.language, "survival.country"), words.missed, words.years, synthetic, words.language)
    return vlad.vlad(
        list(months["month"]),
        months["missed"].tolist(),
        months["expected"].tolist(),
        gained.tolist(),
        found.patients,
        subject,
    )


def course(patients: pandas.DataFrame, subject: vlad.Subject) -> tuple[Drawing, Drawing] | None:
    """One's own patients (``admitted_at``, ``missed``, ``expected``) one by one: VLAD and CUSUM; None where few."""
    if len(patients) < FEWEST_FOLLOWED:
        return None
    when: list[datetime] = list(patients["admitted_at"])
    span = max((when[-1] - when[0]).days, 365)
    followed = risk_adjusted(patients["missed"], patients["expected"], max(1, round(len(when) * 365 / span)))
    drawn = vlad.vlad(
        when,
        patients["missed"].tolist(),
        patients["expected"].tolist(),
        followed.gained.tolist(),
        len(when),
        subject,
    )
    return drawn, vlad.cusum(when, followed, len(when), subject)
