"""Which hospitals' patients a unit's numbers are made of, for one indicator, and what to say about it.

Memberships and mergers have days; both are applied here, when a question is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, or_

from nhr_dash.registry.indicator import Indicator
from nhr_dash.registry.units import Merger, Span, Structure, name_order, structure


@dataclass(frozen=True, slots=True)
class Footnote:
    """A sentence to stand under a chart: text key and the names in it."""

    key: str
    names: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """The days of each hospital that a unit's numbers count, with footnotes."""

    spans: tuple[Span, ...]
    footnotes: tuple[Footnote, ...] = ()

    @property
    def hospitals(self) -> tuple[int, ...]:
        """Hospitals with at least one counted day, each once."""
        return tuple(dict.fromkeys(span.hospital for span in self.spans))

    def cuts(self) -> list[date]:
        """Every day on which somebody enters or leaves, sorted."""
        days = {day for span in self.spans for day in (span.start, span.end) if day is not None}
        return sorted(days)


def reach(connection: Connection, unit: int, indicator: Indicator) -> Reach:
    """What is counted at a unit for an indicator. Raises :class:`units.UnknownUnit`."""
    return reach_in(structure(connection), unit, indicator)


def reach_in(known: Structure, unit: int, indicator: Indicator) -> Reach:
    """The same in a structure that has been read: for one that asks of every unit."""
    own = known.spans(unit)
    mergers = known.mergers.get(indicator.id, ())
    found = _with_mergers(known, own, mergers)
    one = known.unit(unit)
    if indicator.needs_stroke_unit and one.level == "hospital" and not one.has_stroke_unit:
        found = replace(found, footnotes=(*found.footnotes, Footnote("footnote.no_stroke_unit", one.name)))
    return found


def _with_mergers(known: Structure, own: tuple[Span, ...], mergers: Iterable[Merger]) -> Reach:
    inside = {span.hospital for span in own}
    spans = list(own)
    away: dict[str, str] = {}
    here: list[str] = []
    for merger in mergers:
        giver, receiver = merger.span.hospital, merger.counted_unit
        if giver in inside and receiver not in inside:
            spans = [
                part for span in spans for part in (_without(span, merger.span) if span.hospital == giver else (span,))
            ]
            away[known.unit(giver).name] = known.unit(receiver).name
        elif receiver in inside and giver not in inside:
            stays = [span for span in own if span.hospital == receiver]
            spans += [part for span in stays if (part := _overlap(replace(span, hospital=giver), merger.span))]
            here.append(known.unit(giver).name)
    footnotes = [Footnote("footnote.counted_elsewhere", f"{giver} → {to}") for giver, to in away.items()]
    if here:
        footnotes.append(Footnote("footnote.counted_here", ", ".join(sorted(here, key=name_order))))
    return Reach(tuple(spans), tuple(footnotes))


def _overlap(one: Span, other: Span) -> Span | None:
    start = max((day for day in (one.start, other.start) if day), default=None)
    end = min((day for day in (one.end, other.end) if day), default=None)
    if start is not None and end is not None and start >= end:
        return None
    return Span(one.hospital, start, end)


def _without(span: Span, gone: Span) -> tuple[Span, ...]:
    before = _overlap(span, Span(span.hospital, None, gone.start)) if gone.start else None
    after = _overlap(span, Span(span.hospital, gone.end, None)) if gone.end else None
    return tuple(part for part in (before, after) if part)


def condition(spans: Iterable[Span], hospital: ColumnElement[int], day: ColumnElement) -> ColumnElement[bool]:
    """The spans as a WHERE clause; ``day`` may be a date or a moment column. No span matches nothing."""
    always = sorted({span.hospital for span in spans if span.start is None and span.end is None})
    parts: list[ColumnElement[bool]] = [hospital.in_(always)]
    for span in spans:
        if span.start is None and span.end is None:
            continue
        limits = [hospital == span.hospital]
        if span.start is not None:
            limits.append(day >= span.start)
        if span.end is not None:
            limits.append(day < span.end)
        parts.append(and_(*limits))
    return parts[0] if len(parts) == 1 else or_(*parts)
