"""The answer: one sentence with its size, what makes it doubtful, and the chart with the two spans."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from nhr_dash import disclosure
from nhr_dash.access import Scope
from nhr_dash.charts import before_after as pictures
from nhr_dash.charts import run_chart, verdict_words
from nhr_dash.charts.drawing import Drawing
from nhr_dash.database import is_synthetic
from nhr_dash.improvement import before_after, evidence, holding
from nhr_dash.improvement.evidence import Evidence
from nhr_dash.registry import series, units
from nhr_dash.registry.indicators import by_id
from nhr_dash.statistics import reading
from nhr_dash.statistics.effect import checks
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day
from nhr_dash.ui import caches
from nhr_dash.ui.before_after.asked import Asked


@dataclass(frozen=True)
class Answer:
    """A judged change, in words and drawn. ``drawing`` is None where nothing was counted in the two spans."""

    found: Evidence
    sentence: str
    reasons: tuple[str, ...]
    beside: tuple[str, ...]
    reservations: tuple[str, ...]
    drawing: Drawing | None
    spans: str
    newest: date | None
    patients: int

    @property
    def baseline(self) -> tuple[date, date]:
        """First and last day of the time before."""
        return self.found.spans.before_from, self.found.spans.before_until - timedelta(days=1)


def answer(connection: Connection, scope: Scope, unit: int, asked: Asked, version: int, language: str) -> Answer:
    """Judge a change and say it. Raises :class:`evidence.Refused` for days that nothing can be said of."""
    indicator = by_id(asked.indicator)
    words = indicator.words(language)
    found = evidence.judged(
        connection,
        scope,
        unit,
        asked.indicator,
        asked.window,
        participants=asked.participants,
        compared_with=caches.hospitals(version, asked.indicator, indicator.minutes is not None),
    )
    if found.spans.after_until <= found.spans.after_from:
        raise evidence.Refused("after_newest")
    target = indicator.target_on(found.spans.after_until)
    said = []
    if found.verdict is not None:
        said.append(
            verdict_words.headline(
                found.verdict,
                language,
                title=words.title,
                short=words.short,
                helped=found.helped_a_year,
                limit=target.value if target else None,
            )
        )
    if found.minutes is not None:
        title = t(language, "before_after.minutes") if said else words.title
        said.append(verdict_words.headline_minutes(found.minutes, language, title=title))
    told = _warnings(connection, scope, found, asked)
    first = found.verdict or found.minutes
    newest = series.newest_admission(connection)
    return Answer(
        found=found,
        sentence=" ".join(said),
        reasons=verdict_words.reasons(first, language) if first is not None and said else (),
        beside=tuple(_said(one, language) for one in told if before_after.changes_the_reading(one, found)),
        reservations=tuple(_said(one, language) for one in told if not before_after.changes_the_reading(one, found)),
        drawing=_chart(connection, scope, unit, found, language),
        spans=_spans(found, language),
        newest=newest.date() if newest else None,
        patients=int(found.spans.before.total[1] + found.spans.after.total[1]),
    )


def for_minutes(found: Answer, unit_name: str, address: str, language: str) -> str:
    """The answer as plain text for the minutes of a meeting."""
    lines = [f"{unit_name}. {found.sentence}", found.spans, *found.beside, address]
    return "\n".join(one for one in lines if one)


def _warnings(connection: Connection, scope: Scope, found: Evidence, asked: Asked) -> tuple[checks.Check, ...]:
    own = scope.visibility.in_detail(found.unit)
    try:
        compared = before_after.difference(connection, scope, found, "country", asked.participants)
    except disclosure.TooFewUnits:
        compared = None
    patients = before_after.mix(connection, scope, found) if own else None
    return before_after.warnings(connection, scope, found, project=asked.project, compared=compared, patients=patients)


def _said(check: checks.Check, language: str) -> str:
    values: dict[str, object] = dict(check.values)
    if "column" in values:
        column = values["column"]
        values["column"] = t(language, f"case_mix.{column}")
        if values.get("category"):
            values["category"] = t(language, f"case_mix.{column}_{values['category']}")
    if "date" in values:
        values["date"] = day(date.fromisoformat(str(values["date"])), language)
    return t(language, check.key, **values)


def _chart(connection: Connection, scope: Scope, unit: int, found: Evidence, language: str) -> Drawing | None:
    """The run chart of the months compared, the median before carried on, and the two spans shaded."""
    indicator = by_id(found.indicator)
    spans = found.spans
    words = indicator.words(language)
    question = series.Question(
        unit, found.indicator, "month", spans.before_from, spans.after_until, boundaries=(spans.before_until,)
    )
    frame = series.series(connection, scope, question).frame
    if not frame["denominator"].sum():
        return None
    # The months of the ramp-in stay in sight, and out of both levels.
    start = frame["start"].dt.date
    ramp_in = ((start >= spans.before_until) & (start < spans.after_from)).to_numpy()
    judged = reading.read_frame(
        holding.without(frame, ramp_in.tolist()), direction=indicator.direction, duration=indicator.is_duration
    )
    judged = replace(judged, judged=found.minutes if indicator.is_duration else found.verdict)
    drawn = run_chart.build(
        frame,
        judged,
        indicator=words.title,
        unit_name=units.unit(connection, unit).name,
        grain="month",
        language=language,
        direction=indicator.direction,
        limit_minutes=indicator.limit_minutes if indicator.is_duration else None,
        target=indicator.target_on(spans.after_until),
        synthetic=is_synthetic(connection),
        excluded=ramp_in.tolist(),
        hidden_under=disclosure.limit_for(scope, indicator),
    )
    return pictures.spans(
        drawn, (spans.before_from, spans.before_until), (spans.after_from, spans.after_until), language
    )


def _spans(found: Evidence, language: str) -> str:
    """'Før: januar 2021 – januar 2023 (295 pasienter) · etter: …' with the ramp-in between them."""
    spans = found.spans

    def span(first: date, until: date) -> str:
        return f"{day(first, language)} – {day(until - timedelta(days=1), language)}"

    before = t(language, "units.patient", n=int(spans.before.total[1]))
    after = t(language, "units.patient", n=int(spans.after.total[1]))
    told = t(
        language,
        "before_after.spans",
        before=f"{span(spans.before_from, spans.before_until)} ({before})",
        after=f"{span(spans.after_from, spans.after_until)} ({after})",
    )
    if spans.gap_months:
        told += " " + t(language, "before_after.gap", n=spans.gap_months)
    return told
