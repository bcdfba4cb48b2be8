"""*Hvor lenge må vi vente?*: what a team with so many patients can expect to see, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st
from sqlalchemy import Connection

from nhr_dash.access import Scope, Visibility
from nhr_dash.registry import series, units
from nhr_dash.statistics import power
from nhr_dash.text.catalog import t
from nhr_dash.ui import caches

if TYPE_CHECKING:
    from nhr_dash.registry.indicator import Indicator
    from nhr_dash.statistics.reading import Phase

STEP = 0.10
"""The lift that is asked for where there is no target well ahead."""
WELL_AHEAD = 0.05
"""A target nearer than this is no aim for a project: it could be reached by chance."""
FEWEST = 10
"""Patients in the phase now under which its level is too uncertain to plan from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Volume and level now, and the wanted share; shares 0-1. ``months`` is the length of the phase now."""

    monthly: float
    months: int
    before: float
    after: float
    has_minutes: bool


def plan(indicator: "Indicator", now: "Phase", months: int, day: date) -> Plan | None:
    """What to ask the power meter: from the level now to the target, or ten points where the target is near or reached.

    None without a share (minutes without a limit), or with too few patients to know the level.
    """
    if indicator.is_duration or indicator.is_coverage or now.denominator < FEWEST:
        return None
    before, target = now.numerator / now.denominator, indicator.target_on(day)
    ahead = (target.value - before) * indicator.direction if target is not None else 0.0
    wanted = target.value if target is not None and ahead >= WELL_AHEAD else before + STEP * indicator.direction
    after = min(1.0, max(0.0, wanted))
    return Plan(now.denominator / months, months, before, after, indicator.minutes is not None)


def said(
    connection: Connection, scope: Scope, unit: int, indicator: str, start: date | None, asked: Plan, language: str
) -> tuple[str, ...]:
    """The answer as short sentences, the most important first."""
    trust = units.parents(connection, unit).get("trust")
    pooled = None
    if trust is not None and len(units.members(connection, trust)) > 1:
        question = series.Question(trust, indicator, "year", start, None)
        pooled = series.series(connection, scope, question).monthly_volume
    return sentences(asked, pooled, language)


def sentences(asked: Plan, trust_monthly: float | None, language: str) -> tuple[str, ...]:
    """The power meter's answer to a plan, in words. ``trust_monthly``: patients a month in the whole trust."""
    if round(asked.before, 4) == round(asked.after, 4):
        return (t(language, "power.nothing_to_gain"),)
    found = power.meter(
        asked.monthly,
        asked.months,
        asked.before,
        asked.after,
        has_minutes=asked.has_minutes,
        trust_monthly=trust_monthly,
    )
    three, six, twelve = (round(100 * found.seen[month]) for month in (3, 6, 12))
    lines = [
        with_volume(found.reason, found.values, language),
        t(language, "power.seen", three=three, six=six, twelve=twelve),
        t(language, "power.smallest_none")
        if found.smallest is None
        else t(language, "power.smallest", percent=round(100 * found.smallest)),
        t(language, "power.false_alarm", percent=round(100 * found.false_alarm)),
    ]
    if found.instead:
        ways = [with_volume(way.key, way.values, language) for way in found.instead]
        lines.append("\n".join([t(language, "power.instead"), *(f"    - {way}" for way in ways)]))
    basis = with_volume("power.basis", {"a_month": round(asked.monthly), "baseline": asked.months}, language)
    return (*lines, basis)


def with_volume(key: str, values: Mapping[str, int], language: str) -> str:
    """A sentence in which ``a_month`` is so many patients, as a count word; fewer than one is said so."""
    monthly = values.get("a_month")
    if monthly is None:
        return t(language, key, **values)
    words = t(language, "units.patient", n=max(1, monthly))
    return t(language, key, **{**values, "a_month": words if monthly else f"<\u202f{words}"})


def panel(
    version: int,
    visibility: Visibility,
    language: str,
    unit: int,
    indicator: str,
    start: date | None,
    asked: Plan | None,
) -> None:
    """The button beside the adviser's reason, where there is a plan; the answer is computed when it is opened."""
    if asked is None:
        return
    with st.popover(t(language, "power.title"), key="waiting", on_change="rerun") as box:
        if box.open:
            lines = caches.waiting_lines(version, visibility, language, unit, indicator, start, asked)
            st.markdown("\n".join(f"- {line}" for line in lines))
