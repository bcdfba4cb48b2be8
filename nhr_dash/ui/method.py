"""Behind *Metode*: the kind of chart, the rule set, what the rules find, how often they are wrong here."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from nhr_dash.charts.drawing import Ribbon
from nhr_dash.statistics.false_alarm import false_alarm
from nhr_dash.statistics.rules import NEITHER, RULE_SETS, Found, Rule, RuleSet
from nhr_dash.statistics.spc import CannotChart, ControlChart, control_chart
from nhr_dash.text import formats
from nhr_dash.text.catalog import t
from nhr_dash.ui import choices

if TYPE_CHECKING:
    import pandas

RECOMMENDED = "anbefalt"
DEFAULT_RULES = "anhoej"
RULES = tuple(RULE_SETS)


@dataclass(frozen=True, slots=True)
class Method:
    """How a series is charted and what the rules say of it.

    ``best`` is the recommended kind; ``kinds`` are those that fit the series; ``chart`` is None where there is
    nothing to chart, and for a CUSUM, which has limits of its own and no rules.
    ``refused`` is the key of a sentence where what was asked for could not be had, else empty.
    """

    kind: str
    best: str
    kinds: tuple[str, ...]
    rules: str
    chart: ControlChart | None = None
    found: Found | None = None
    refused: str = ""

    @property
    def ordinary(self) -> bool:
        """The run chart with the Anhøj rules, which the reading of the series speaks of itself."""
        return self.kind == "run" and self.rules == DEFAULT_RULES


def kinds_of(grain: str, *, in_minutes: bool) -> tuple[str, ...]:
    """Kinds of chart that fit a series, the run chart first. Yes and no for one patient has only the run chart."""
    if in_minutes:
        return ("run", "i") if grain == "patient" else ("run", "i", "ip")
    return ("run",) if grain == "patient" else ("run", "p", "pp")


def chart_of(
    frame: "pandas.DataFrame",
    *,
    grain: str,
    kind: str,
    rules: str,
    recommended: str,
    in_minutes: bool,
    excluded: Sequence[bool],
) -> Method:
    """Chart a series' frame (value, numerator, denominator, phase) as a kind; empty: the recommended one, if it fits.

    A kind or rule set that is not there, or that the numbers don't allow, falls back, and says so.
    """
    kinds = kinds_of(grain, in_minutes=in_minutes)
    kind = "" if kind == RECOMMENDED else kind
    refused = "method.cannot.unknown_kind" if kind and kind not in kinds else ""
    refused = "method.cannot.unknown_rules" if rules and rules not in RULE_SETS else refused
    best = recommended if recommended in kinds else kinds[0]
    kind, rules = kind if kind in kinds else best, rules if rules in RULE_SETS else DEFAULT_RULES
    try:
        chart = _charted(frame, kind, in_minutes, excluded)
    except CannotChart as error:
        kind, refused = "run", f"method.cannot.{error.reason}"
        chart = _charted(frame, kind, in_minutes, excluded)
    return Method(kind, best, kinds, rules, chart, RULE_SETS[rules].find(chart), refused)


def _charted(frame: "pandas.DataFrame", kind: str, in_minutes: bool, excluded: Sequence[bool]) -> ControlChart:
    value, size = frame["value"].to_numpy(dtype=float), frame["denominator"].to_numpy(dtype=float)
    phase = frame["phase"].to_numpy()
    starts = (np.flatnonzero(phase[1:] != phase[:-1]) + 1).tolist()
    out = np.flatnonzero(np.asarray(excluded, dtype=bool)).tolist()
    if in_minutes and kind != "ip":
        return control_chart(value, kind=kind, phases=starts, exclude=out)
    total = value * size if in_minutes else frame["numerator"].to_numpy(dtype=float)
    return control_chart(np.where(size > 0, total, np.nan), size, kind=kind, phases=starts, exclude=out)


def ribbon(method: Method, shown: Sequence[bool], language: str) -> Ribbon | None:
    """The band of natural variation of a control chart; none for a run chart.

    ``shown``: points whose counts are shown; the width of the band gives the count away, so others have none.
    """
    if method.kind == "run" or method.chart is None:
        return None
    points = method.chart.points
    seen = np.asarray(shown, dtype=bool) & points["included"].to_numpy()
    lower, center, upper = (np.where(seen, points[name], np.nan) for name in ("lower", "center", "upper"))
    words = t(language, "method.ribbon"), t(language, "method.ribbon_short")
    return Ribbon(tuple(lower.tolist()), tuple(center.tolist()), tuple(upper.tolist()), *words)


def sides(method: Method, good: int) -> tuple[str, ...] | None:
    """Which way each point is marked by the rules (better, worse, changed, none); None where the reading does it."""
    if method.ordinary or method.found is None:
        return None
    return tuple(side(mark, good) for mark in method.found.side)


def side(mark: int, good: int) -> str:
    """The side of a rule's mark (+1 high, -1 low): better, worse, changed or none."""
    if mark == 0:
        return "none"
    if mark == NEITHER or not good:
        return "changed"
    return "better" if mark == good else "worse"


def said(method: Method, periods: Sequence[str], language: str) -> tuple[str, ...]:
    """What the rules find, in words, with where: ``periods`` are the names of the points."""
    if method.found is None:
        return ()
    lines = []
    for rule in RULE_SETS[method.rules].rules:
        if not method.found.signals[rule.key]:
            continue
        places = [
            t(language, "method.place", period=period, side=t(language, f"method.{side}"))
            for period, side in _places(method.found.marks[rule.key].to_numpy(), periods)
        ]
        words = _words(rule, language)
        key = "found" if places else "found_series"
        lines.append(t(language, f"method.{key}", rule=words, where=", ".join(places)))
    phases = 0 if method.chart is None else len(method.chart.phases)
    return tuple(lines) or (t(language, "method.nothing_found" if phases < 2 else "method.nothing_in_phases"),)


def stamp(method: Method | None, language: str) -> str:
    """Chart and rules in words, for an export; empty for the ordinary ones."""
    if method is None or method.ordinary:
        return ""
    if method.chart is None:
        return t(language, f"method.kinds.{method.kind}")
    return f"{t(language, f'method.rule_sets.{method.rules}')}, {t(language, f'method.kinds.{method.kind}')}"


def _places(marks: Any, periods: Sequence[str]) -> list[tuple[str, str]]:
    """Stretches of points marked the same way, as (first – last, side)."""
    found = []
    where = np.flatnonzero(marks)
    if not len(where):
        return []
    # A point on the line, or a gap, may stand inside a run without being marked.
    cuts = np.flatnonzero((np.diff(where) > 2) | (marks[where[1:]] != marks[where[:-1]])) + 1
    for stretch in np.split(where, cuts):
        first, last = periods[stretch[0]], periods[stretch[-1]]
        side = {1: "up", -1: "down"}.get(int(marks[stretch[0]]), "neither")
        found.append((first if first == last else f"{first} – {last}", side))
    return found


def _words(rule: Rule, language: str) -> str:
    values = {name: value for name, value in asdict(rule).items() if name != "key"}  # type: ignore[call-overload]
    return t(language, f"method.rules.{rule.key}", **values)


def false_alarm_line(method: Method, language: str) -> str:
    """How often the chosen rules are wrong on a series like this one."""
    if method.chart is None:
        return ""
    key, share = _rate(method.chart, RULE_SETS[method.rules], language)
    return t(language, f"method.{key}", rules=t(language, f"method.rule_sets.{method.rules}"), share=share)


def false_alarms(method: Method, language: str) -> "pandas.DataFrame":
    """Every rule set with how often it is wrong on a series like this one. The answers are kept by the statistics."""
    import pandas

    assert method.chart is not None  # asked for under a drawn chart only
    rates = [_rate(method.chart, rules, language) for rules in RULE_SETS.values()]
    return pandas.DataFrame(
        {
            t(language, "method.column_rules"): [t(language, f"method.rule_sets.{name}") for name in RULES],
            t(language, "method.column_share"): [share or t(language, "method.unknown") for _, share in rates],
        }
    )


def _rate(chart: ControlChart, rules: RuleSet, language: str) -> tuple[str, str]:
    found = false_alarm(chart, rules)
    if np.isnan(found.probability):
        return "false_alarm_unknown", ""
    decimals = 1 if found.probability < 0.1 else 0
    share = formats.percent(found.probability, language, decimals)
    return "false_alarm_exact" if found.exact else "false_alarm", share


def _as_text(line: str) -> str:
    """A line with words that people wrote, so that nothing in it is markup."""
    return re.sub(r"([\\`*_\[\]<>$:~#|!])", r"\\\1", line)


def panel(method: Method, lines: Sequence[str], signals: Sequence[str], language: str) -> None:
    """*Metode*, closed: chart and rules to choose, what was found, and how often that is a false alarm.

    ``lines``: what is always told of the phases; ``signals``: what the rules found. The false alarms are computed
    when it is opened.
    """
    box = st.expander(t(language, "series.method"), key="method", on_change="rerun")
    if not box.open:
        return
    with box:
        names = {kind: t(language, f"method.kinds.{kind}") for kind in method.kinds}
        names[RECOMMENDED] = t(language, "method.recommended", kind=names[method.best])
        left, right = st.columns(2)
        with left:
            choices.ask(
                st.selectbox,
                "diagram",
                t(language, "method.kind"),
                (RECOMMENDED, *method.kinds),
                RECOMMENDED,
                format_func=names.__getitem__,
            )
        # A CUSUM has its own limits, and no rules to choose between.
        if method.chart is not None:
            choices.ask(
                right.selectbox,
                "regler",
                t(language, "method.rule_set"),
                RULES,
                DEFAULT_RULES,
                format_func=lambda name: t(language, f"method.rule_sets.{name}"),
            )
        told = [t(language, f"method.kinds_why.{method.kind}")]
        if method.chart is not None and method.rules != DEFAULT_RULES:
            told.append(t(language, "method.source", source=RULE_SETS[method.rules].source))
            told += [t(language, "method.only_runs")] if method.kind == "run" else []
        told += [_as_text(line) for line in lines]
        told += [] if method.ordinary else signals
        told += [line] if (line := false_alarm_line(method, language)) else []
        st.markdown("\n".join(f"- {line}" for line in told))
        if method.chart is not None:
            st.table(false_alarms(method, language), hide_index=True, alt=t(language, "method.compare"))
