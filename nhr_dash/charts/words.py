"""The finding in words, in both languages, from the same numbers as the drawing.

Headline numbers are pooled shares (every patient once); medians of points are only labels of the
lines. What is known, how sure, how many patients; never blame.
"""

import math
from typing import TYPE_CHECKING, Protocol

from nhr_dash.statistics.reading import FEWEST_POINTS, MANY_TIES, Phase, Reading
from nhr_dash.text import formats
from nhr_dash.text.catalog import t

if TYPE_CHECKING:
    from nhr_dash.statistics.effect import MinutesVerdict, Verdict

TOO_EARLY = "verdict.too_early"


class Goal(Protocol):
    """A wanted share: an indicator's target or a project's aim."""

    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def strict(self) -> bool: ...  # noqa: D102


def goal(target: Goal, direction: int, language: str, kind: str = "share") -> str:
    """'over 60 %' or 'minst 90 %'; for a share (or minutes, by ``kind``) that should be low 'under' or 'høyst'."""
    key = ("goal_under" if target.strict else "goal_most") if direction < 0 else None
    key = key or ("goal_over" if target.strict else "goal_least")
    value = formats.minutes(target.value, language) if kind == "minutes" else _exact(target.value, language)
    return t(language, f"chart.{key}", value=value)


def reached(target: Goal, share: float, direction: int) -> bool:
    """Decided on the unrounded share: at exactly 60 % a goal of over 60 % isn't reached."""
    ahead = (share - target.value) * (direction or 1)
    return ahead > 0 if target.strict else ahead >= 0


def _exact(share: float, language: str) -> str:
    """A limit as it was set: 2,5 % keeps its decimal, 60 % has none."""
    whole = math.isclose(share * 100, round(share * 100), abs_tol=1e-9)
    return formats.percent(share, language, 0 if whole else 1)


def _counts(phase: Phase, language: str) -> str:
    return t(language, "units.of_patients", k=formats.number(phase.numerator, language), n=phase.denominator)


def _patients(phase: Phase, language: str) -> str:
    return t(language, "units.patient", n=phase.denominator)


def level(reading: Reading, phase: Phase, target: Goal | None, language: str) -> str:
    """The headline number of a phase: its pooled share, or its median in minutes."""
    if reading.kind == "minutes":
        return formats.minutes(phase.minutes, language)
    return formats.percent_near(phase.share.estimate, target.value if target else None, language)


def title(reading: Reading, indicator: str, target: Goal | None, language: str) -> str:
    """The finding, as the title of the drawing: a verdict where a stored change was judged, else the signal."""
    if not reading.phases:
        return t(language, "sentence.title.nothing", indicator=indicator)
    now = level(reading, reading.now, target, language)
    if reading.before is not None:
        key, verdict = _finding(reading), ""
        if reading.judged is not None:
            verdict = t(language, f"verdict.{reading.judged.grade.value}")
        before = level(reading, reading.before, target, language)
        count = reading.row.length if reading.row is not None else 0
        values = {"verdict": verdict, "before": before, "after": now, "count": count}
        return t(language, f"sentence.title.{key}", indicator=indicator, **values)
    row = reading.row
    if row is not None and row.signal:
        key = "row_up" if row.side > 0 else "row_down"
        return t(language, f"sentence.title.{key}", indicator=indicator, count=row.length)
    if reading.few_crossings:
        return t(language, "sentence.title.crossings", indicator=indicator)
    key = "natural" if reading.now.runs.n_useful >= FEWEST_POINTS else "short"
    return t(language, f"sentence.title.{key}", indicator=indicator, value=now)


def _finding(reading: Reading) -> str:
    """Which title a chart of several phases gets."""
    judged, row = reading.judged, reading.row
    if reading.few:
        return "early" if judged is not None and TOO_EARLY in judged.reasons else "few"
    if judged is not None:
        return "no_change" if judged.grade.value == "no_certain_change" else "change"
    if row is not None and row.signal:
        return "row_before_up" if row.side > 0 else "row_before_down"
    return "levels"


def sentence(reading: Reading, target: Goal | None, direction: int, language: str) -> str:
    """What is known, how sure, how many patients: the text over the drawing and in its description."""
    if not reading.phases:
        return t(language, "sentence.say.nothing")
    parts = _compared(reading, target, language) if reading.before else _alone(reading, target, language)
    if reading.row is not None and reading.row.signal and reading.provisional_in_row:
        parts.append(t(language, "sentence.say.provisional", n=reading.provisional_in_row))
    share = reading.now.share.estimate
    if target is not None and reading.kind == "share" and not math.isnan(share):
        key = "reached" if reached(target, share, direction) else "not_reached"
        parts.append(t(language, f"sentence.say.{key}", goal=goal(target, direction, language)))
    # Where a row was found in spite of them the ties hid nothing.
    if reading.tie_share > MANY_TIES and not reading.signal:
        parts.append(t(language, "sentence.say.ties", share=formats.percent(reading.tie_share, language)))
    return " ".join(part for part in parts if part)


def _compared(reading: Reading, target: Goal | None, language: str) -> list[str]:
    before, now, judged = reading.before, reading.now, reading.judged
    assert before is not None
    if reading.few:
        counts = {"counts_before": _patients(before, language), "counts_after": _patients(now, language)}
        key = "early" if judged is not None and TOO_EARLY in judged.reasons else "few"
        return [t(language, f"sentence.say.{key}", **counts)]
    levels = {"before": level(reading, before, target, language), "after": level(reading, now, target, language)}
    if reading.kind == "minutes":
        parts = [
            t(
                language,
                f"sentence.say.{'change_minutes' if reading.one_by_one else 'change_points'}",
                patients_before=_patients(before, language),
                patients_after=_patients(now, language),
                shift=_shift(reading, language),
                **levels,
            ).strip()
        ]
        if reading.limit is not None and not math.isnan(before.share.estimate):
            parts.append(
                t(
                    language,
                    "sentence.say.within_change",
                    limit=formats.minutes(reading.limit, language),
                    before=formats.percent(before.share.estimate, language),
                    after=formats.percent(now.share.estimate, language),
                )
            )
    else:
        size = reading.difference
        parts = [
            t(
                language,
                "sentence.say.change",
                counts_before=_counts(before, language),
                counts_after=_counts(now, language),
                points=formats.points(size.estimate, language),
                low_high=formats.between(size.low, size.high, language),
                **levels,
            )
        ]
    parts[0] = _led(parts[0], judged, language)
    if judged is not None:
        parts += _basis(judged, language)
    row = reading.row
    if row is not None:
        key = "no_row" if not row.signal else "row_before_up" if row.side > 0 else "row_before_down"
        parts.append(t(language, f"sentence.say.{key}", count=row.length, limit=row.limit))
    return parts


def _led(said: str, judged: "Verdict | MinutesVerdict | None", language: str) -> str:
    """The change as a sentence of its own, led by the verdict where there is one."""
    if judged is None:
        return said[0].upper() + said[1:]
    word = t(language, f"verdict.{judged.grade.value}")
    return f"{word[0].upper()}{word[1:]}: {said}"


def _basis(judged: "Verdict | MinutesVerdict", language: str) -> list[str]:
    """What the verdict rests on: whole months, settled figures, who it is held against; and why it isn't clearer."""
    change = judged.shift if hasattr(judged, "shift") else judged.change
    key = "basis" if judged.others else "basis_alone"
    counts = {
        "before": t(language, "units.patient", n=change.before_patients),
        "after": formats.number(change.after_patients, language),
        "others": t(language, "units.hospital", n=judged.others),
    }
    return [t(language, f"sentence.say.{key}", **counts), *(t(language, reason) for reason in judged.reasons)]


def _shift(reading: Reading, language: str) -> str:
    """'Det går 9 min raskere, usikkerhet 4–14 minutter.'; empty where no interval can be had."""
    shift = reading.shift
    if math.isnan(shift.low):
        return ""
    if round(shift.estimate) == 0:
        low_high = formats.between(shift.low, shift.high, language, scale=1)
        return t(language, "sentence.say.same_time", low_high=low_high)
    faster = shift.estimate < 0
    low, high = (-shift.high, -shift.low) if faster else (shift.low, shift.high)
    return t(
        language,
        "sentence.say.faster" if faster else "sentence.say.slower",
        minutes=t(language, "units.minute", n=round(abs(shift.estimate))),
        low_high=formats.between(low, high, language, scale=1),
    )


def _alone(reading: Reading, target: Goal | None, language: str) -> list[str]:
    now, row = reading.now, reading.row
    value = level(reading, now, target, language)
    if reading.kind == "minutes":
        of = "alone_minutes" if reading.one_by_one else "alone_points"
        parts = [t(language, f"sentence.say.{of}", value=value, patients=_patients(now, language))]
        if reading.limit is not None and not math.isnan(now.share.estimate):
            parts.append(
                t(
                    language,
                    "sentence.say.within",
                    limit=formats.minutes(reading.limit, language),
                    value=formats.percent(now.share.estimate, language),
                    counts=_counts(now, language),
                )
            )
    else:
        low_high = formats.between(now.share.low, now.share.high, language)
        parts = [t(language, "sentence.say.alone", value=value, counts=_counts(now, language), low_high=low_high)]
    if row is not None and row.signal:
        key = "row_own_up" if row.side > 0 else "row_own_down"
        parts.append(t(language, f"sentence.say.{key}", count=row.length, limit=row.limit))
    elif reading.few_crossings:
        own = now.runs
        parts.append(t(language, "sentence.say.crossings", count=own.crossings, limit=own.crossings_min))
    elif now.runs.n_useful >= FEWEST_POINTS:
        parts.append(t(language, "sentence.say.natural"))
    else:
        parts.append(t(language, "sentence.say.short", least=FEWEST_POINTS))
    return parts
