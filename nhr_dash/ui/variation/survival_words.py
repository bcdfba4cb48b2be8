"""What is said of hospitals on the tab *Overlevelse*: shares, places, sentences, and the table."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas

from nhr_dash.charts.survival import At, Line
from nhr_dash.registry.outcomes import CRUDE, WAYS, Adjusted, Hospital, Way
from nhr_dash.text import formats
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import DASH, between, listed, number, percent

WELL_KNOWN = 0.70
"""Under this share with a known outcome a result says little (the registry's limit for the follow-up)."""


@dataclass(frozen=True)
class Words:
    """What is said of hospitals. ``count``: how many are ranked."""

    found: Adjusted
    names: dict[str, str]
    language: str
    count: int

    @property
    def title(self) -> str:
        """The outcome, such as *30 dagers overlevelse*."""
        return t(self.language, f"survival.{self.found.outcome}_title")

    @property
    def missed(self) -> str:
        """What is counted, such as *døde innen 30 dager*."""
        return t(self.language, f"survival.{self.found.outcome}_missed")

    @property
    def years(self) -> str:
        """The years that are shown."""
        return formats.years(self.found.first, self.found.last)

    @property
    def whole(self) -> tuple[str, str]:
        """The country's line, long and short."""
        share = percent(self.found.share, self.language, 1)
        return t(self.language, "survival.all", share=share), t(self.language, "survival.all_short", share=share)

    def name(self, one: Hospital) -> str:
        """Its name."""
        return self.names[str(one.unit)]

    def share(self, way: Way) -> str:
        """'91,2 %'."""
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
        """'89,7–92,5'."""
        return between(way.low, way.high, self.language, 1)

    def finding(self, one: Hospital) -> str:
        """What adjustment did to a hospital, as the title of the chart."""
        ways = one.ways
        values = {"crude": self.share(ways[CRUDE]), "adjusted": self.share(ways["registry"])}
        return t(self.language, "survival.title_chart", name=self.name(one), **values)

    def subtitle(self, shown: int, synthetic: bool) -> str:
        """Outcome, years, hospitals and patients."""
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
        """A hospital as it is drawn; what is named has its places at the end."""
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
        def head(key: str) -> str:
            return t(self.language, f"survival.{key}")

        if one.hidden:
            return {head("hospital"): self.name(one), head("column_patients"): head("hidden_row")}
        known = {head("column_known"): percent(one.patients / one.of, self.language)} if self._partly_known else {}
        shares = {head(f"way_{way}"): f"{self.share(one.ways[way])} ({self.interval(one.ways[way])})" for way in WAYS}
        return {
            head("hospital"): self.name(one),
            head("column_patients"): number(one.patients, self.language),
            **known,
            head("column_missed"): number(one.missed, self.language),
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
