"""The tab *Overlevelse* in words and drawings: hospitals crude and adjusted, how good the models are, the country."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas

from nhr_dash.charts import survival as pictures
from nhr_dash.charts import vlad
from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.survival import At, Group, Line
from nhr_dash.registry.outcome import MODELS
from nhr_dash.registry.outcomes import CRUDE, WAYS, Adjusted, Hospital, Way
from nhr_dash.registry.units import name_order
from nhr_dash.statistics.cusum import risk_adjusted
from nhr_dash.statistics.intervals import Interval
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, between, day, listed, number, percent

MOVED = 3
"""Hospitals that are named because adjustment moves them most."""
MOST_OWN = 6
"""A unit of more hospitals than this has none of them named as one's own."""
WELL_KNOWN = 0.70
"""Under this share with a known outcome a result says little (the registry's limit for the follow-up)."""
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
    calibration: Drawing | None
    quality: pandas.DataFrame
    quality_said: tuple[str, ...]
    country: Drawing | None


def years_words(first: int, last: int) -> str:
    """``2024`` or ``2022–2024``."""
    return str(first) if first == last else f"{first}–{last}"


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
        return View(t(language, "survival.nothing"), "", None, nothing, (), 0, None, nothing, (), None)
    movers = sorted(ranked, key=_move, reverse=True)[:MOVED] if len(ranked) > 1 else []
    words = _Words(found, names, language, sum(not one.training for one in found.hospitals))
    table = words.table(hospitals)
    said, moved = words.sentence(ranked), words.moved(movers)
    drawing = pictures.build(
        [words.line(one, one.unit in own and len(own) <= MOST_OWN + 1, one in movers) for one in shown],
        center=found.share,
        center_name=words.whole,
        outcome=words.title,
        title=words.finding(movers[0]) if movers else words.title,
        subtitle=words.subtitle(len(shown), synthetic),
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
        _calibration(found, words),
        _quality(found, language),
        _quality_said(found, language),
        _country(found, words, synthetic),
    )


def _move(one: Hospital) -> float:
    return abs(one.ways["registry"].share - one.ways[CRUDE].share)


@dataclass(frozen=True)
class _Words:
    """What is said of hospitals. ``count``: how many are ranked."""

    found: Adjusted
    names: dict[str, str]
    language: str
    count: int

    @property
    def title(self) -> str:
        return t(self.language, f"survival.{self.found.outcome}_title")

    @property
    def missed(self) -> str:
        return t(self.language, f"survival.{self.found.outcome}_missed")

    @property
    def years(self) -> str:
        return years_words(self.found.first, self.found.last)

    @property
    def whole(self) -> tuple[str, str]:
        """The country's line, long and short."""
        share = percent(self.found.share, self.language, 1)
        return t(self.language, "survival.all", share=share), t(self.language, "survival.all_short", share=share)

    def name(self, one: Hospital) -> str:
        return self.names[str(one.unit)]

    def share(self, way: Way) -> str:
        return percent(way.share, self.language, 1)

    def place(self, way: Way) -> str:
        """'44 (usikkerhet 31–46)'."""
        if math.isnan(way.rank):
            return DASH
        key = "place" if way.rank_low < way.rank_high else "place_same"
        interval = between(way.rank_low, way.rank_high, self.language, 0, 1)
        return t(self.language, f"survival.{key}", rank=number(way.rank, self.language), interval=interval)

    def short_place(self, way: Way) -> str:
        """'44 (31–46)'."""
        interval = between(way.rank_low, way.rank_high, self.language, 0, 1)
        return f"{number(way.rank, self.language)}\u00a0({interval})"

    def interval(self, way: Way) -> str:
        return between(way.low, way.high, self.language, 1)

    def finding(self, one: Hospital) -> str:
        ways = one.ways
        values = {"crude": self.share(ways[CRUDE]), "adjusted": self.share(ways["registry"])}
        return t(self.language, "survival.title_chart", name=self.name(one), **values)

    def subtitle(self, shown: int, synthetic: bool) -> str:
        told = t(
            self.language,
            "survival.subtitle",
            title=self.title,
            years=self.years,
            hospitals=t(self.language, "units.hospital", n=shown),
            patients=t(self.language, "units.patient", n=self.found.patients),
        )
        return f"{told} · {t(self.language, 'chart.sample')}" if synthetic else told

    def sentence(self, ranked: Sequence[Hospital]) -> str:
        """Lowest and highest with their uncertainty."""
        if len(ranked) < 2:
            return t(self.language, "survival.one_hospital")
        ordered = sorted(ranked, key=lambda one: one.ways["registry"].share)
        low, high = ordered[0], ordered[-1]
        return t(
            self.language,
            "survival.sentence",
            title=self.title,
            years=self.years,
            lowest=self.name(low),
            low=self.share(low.ways["registry"]),
            low_interval=self.interval(low.ways["registry"]),
            highest=self.name(high),
            high=self.share(high.ways["registry"]),
            high_interval=self.interval(high.ways["registry"]),
        )

    def moved(self, movers: Sequence[Hospital]) -> str:
        """Whom adjustment moved most, and how sure the places are."""
        if not movers:
            return ""
        ways = movers[0].ways
        return t(
            self.language,
            "survival.moved",
            name=self.name(movers[0]),
            crude=self.share(ways[CRUDE]),
            adjusted=self.share(ways["registry"]),
            from_place=self.place(ways[CRUDE]),
            to_place=self.place(ways["registry"]),
            count=self.count,
        )

    def line(self, one: Hospital, own: bool, moved: bool) -> Line:
        ways = [one.ways[way] for way in WAYS]
        crude, national, registry = (At(way.share, self.interval(way), self.place(way)) for way in ways)
        end = ("", "")
        if own or moved:
            places = [number(way.rank, self.language) for way in (ways[0], ways[2])]
            values = {"name": self.name(one), "share": self.share(ways[2])}
            long = t(self.language, "survival.end", **values, places=" → ".join(places))
            end = (f"{values['name']} {values['share']}" if math.isnan(ways[0].rank) else long, self.name(one))
        return Line(self.name(one), one.patients, (crude, national, registry), own, moved, end)

    def table(self, hospitals: Iterable[Hospital]) -> pandas.DataFrame:
        """A row a hospital, in Norwegian order; a hidden one has its name and why."""
        rows = [self._row(one) for one in hospitals]
        return pandas.DataFrame(rows).fillna(DASH)

    def _row(self, one: Hospital) -> dict[str, str]:
        def head(key: str, **values: str) -> str:
            return t(self.language, f"survival.{key}", **values)

        if one.hidden:
            return {head("hospital"): self.name(one), head("column_patients"): t(self.language, "variation.hidden_few")}
        known = {head("column_known"): percent(one.patients / one.of, self.language)} if self._partly_known else {}
        shares = {head(f"way_{way}"): f"{self.share(one.ways[way])} ({self.interval(one.ways[way])})" for way in WAYS}
        return {
            head("hospital"): self.name(one),
            head("column_patients"): number(one.patients, self.language),
            **known,
            head("column_missed", missed=self.missed): number(one.missed, self.language),
            head("column_expected_number"): number(one.ways["registry"].expected, self.language),
            **shares,
            head("column_place_crude"): head("training") if one.training else self.short_place(one.ways[CRUDE]),
            head("column_place_adjusted"): DASH if one.training else self.short_place(one.ways["registry"]),
        }

    @property
    def _partly_known(self) -> bool:
        return any(one.of > one.patients for one in self.found.hospitals)

    def notes(self, hospitals: Sequence[Hospital]) -> tuple[str, ...]:
        """Who isn't shown, and whose outcomes are known too seldom."""
        lines = []
        for key, chosen in (
            ("hidden", [one for one in hospitals if one.hidden]),
            ("few_known", [one for one in hospitals if one.of and one.patients < WELL_KNOWN * one.of]),
        ):
            if chosen:
                names = listed([self.name(one) for one in chosen], self.language)
                lines.append(t(self.language, f"survival.{key}", names=names))
        return tuple(lines)


def _calibration(found: Adjusted, words: _Words) -> Drawing | None:
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


def _country(found: Adjusted, words: _Words, synthetic: bool) -> Drawing | None:
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
