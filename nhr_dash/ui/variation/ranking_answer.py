"""A ranking with its uncertainty: how far chance decides who stands where."""

from dataclasses import dataclass

from nhr_dash.charts import caterpillar
from nhr_dash.charts.caterpillar import Ranked
from nhr_dash.charts.drawing import Drawing
from nhr_dash.registry.across import Across
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.units import name_order
from nhr_dash.statistics.intervals import wilson
from nhr_dash.statistics.variation import CannotShrink, Shrunken, shrink
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import between, number, percent
from nhr_dash.ui.variation import notes

SURE, ROUGH = 0.75, 0.4
"""From which share of pairs with a known order a ranking is mostly sure, and from which roughly."""


@dataclass(frozen=True)
class Answer:
    """A ranking as it may be shown. ``drawing`` is None where ``refused`` says why.

    ``rows``: the units with numbers, the best first; ``places``: how many are ranked, hidden ones too.
    """

    rows: tuple[Ranked, ...] = ()
    places: int = 0
    sentence: str = ""
    beside: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    drawing: Drawing | None = None
    refused: str = ""
    patients: int = 0


def answer(found: Across, own: tuple[int, str], titles: tuple[str, str], language: str) -> Answer:
    """Rank and draw. ``own``: one's own unit and its name."""
    told = notes.under(found, language)
    counted = found.rows[notes.judged(found)]
    if len(counted) < 2:
        return Answer(refused=notes.too_few(found, language), under=told)
    try:
        judged = shrink(counted["numerator"], counted["denominator"])
    except CannotShrink as refused:
        return Answer(refused=t(language, f"variation.{refused.reason}"), under=told)
    rows = _rows(found, judged, own[0])
    if not rows:
        return Answer(refused=t(language, "variation.all_hidden"), under=told)
    places = len(counted)
    goal = notes.goal(found, language)
    said = _sentence(rows, places, language)
    center = notes.center(found)
    drawing = caterpillar.build(
        rows,
        places=places,
        center=center,
        center_name=t(language, "funnel.country", value=percent(center, language)),
        goal=goal,
        kind=found.asked.level,
        title=titles[0],
        subtitle=titles[1],
        sentence=said,
        language=language,
    )
    mine = [notes.own_unit(found, *own, language)]
    mine += [] if goal else [t(language, "variation.no_target")]
    return Answer(
        rows=rows,
        places=places,
        sentence=said,
        beside=(_trust(judged, language), *(line for line in mine if line)),
        under=told,
        drawing=drawing,
        patients=sum(row.patients for row in rows),
    )


def _rows(found: Across, judged: Shrunken, own: int) -> tuple[Ranked, ...]:
    """The units that may be shown, by shrunken share, the best first."""
    direction = by_id(found.asked.indicator).direction
    counted = found.rows[notes.judged(found)].reset_index(drop=True)
    intervals = wilson(counted["numerator"].to_numpy(), counted["denominator"].to_numpy())
    ranked = []
    for index, (row, unit) in enumerate(zip(counted.itertuples(), judged.units.itertuples(), strict=True)):
        if row.why:
            continue
        # The statistics count places from the highest share; here 1 is the best.
        ends = (unit.rank_low, unit.rank_high)
        first, last = ends if direction > 0 else (len(counted) + 1 - ends[1], len(counted) + 1 - ends[0])
        ranked.append(
            Ranked(
                unit=int(row.unit),
                name=row.name,
                share=float(row.value),
                low=float(intervals.low[index]),
                high=float(intervals.high[index]),
                shrunken=float(unit.shrunken),
                first=int(first),
                last=int(last),
                patients=int(row.denominator),
                own=row.unit == own,
            )
        )
    return tuple(sorted(ranked, key=lambda one: (-direction * one.shrunken, name_order(one.name))))


def _sentence(rows: tuple[Ranked, ...], places: int, language: str) -> str:
    """Who stands first and last, and which places each can have."""
    if len(rows) < 2:
        return t(language, "funnel.few_shown")
    values = {}
    for end, row in (("first", rows[0]), ("last", rows[-1])):
        values[end] = row.name
        values[f"{end}_value"] = percent(row.share, language)
        values[f"{end}_interval"] = between(row.low, row.high, language)
        values[f"{end}_places"] = caterpillar.placed(row, language)
    return t(language, "ranking.first_last", of=number(places, language), **values)


def _trust(judged: Shrunken, language: str) -> str:
    """How much the ranking can be trusted, in plain words."""
    known = judged.pairs_known
    how = "sure" if known >= SURE else "rough" if known >= ROUGH else "chance"
    return t(
        language,
        f"ranking.trust_{how}",
        pairs=percent(known, language),
        true=percent(judged.rankability, language),
        chance=percent(1 - judged.rankability, language),
    )
