"""The aim in one computed sentence, and which parts of a good aim (SMARTE) it still lacks.

SMARTE is what the national project plan asks for: spesifikt, målbart, ambisiøst, realistisk, tidsbestemt, enighet.
"""

from dataclasses import dataclass
from datetime import date

from nhr_dash.improvement.measured import (
    Facts,
    Level,
    Measured,
    Reason,
    Scale,
    baseline,
    before,
    begun,
    indicator_of,
    months_between,
)
from nhr_dash.improvement.models import Measure, Project
from nhr_dash.improvement.projects import Whole
from nhr_dash.statistics import power
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day

PARTS = ("specific", "measurable", "ambitious", "realistic", "timed", "agreed")
"""The letters of SMARTE, in its order. Names: ``aim.part_<part>``."""


@dataclass(frozen=True, slots=True)
class Part:
    """One letter of SMARTE: is it there? ``met`` None: can't be told. ``reason`` says why in a sentence."""

    part: str
    met: bool | None
    reason: Reason


def sentence(
    project: Project, outcome: Measure | None, language: str, *, base: Level | None = None, has_begun: bool = False
) -> str:
    """The aim as one sentence: 'Innen 31. desember 2026 skal over 60 % få trombolyse innen 30 minutter (nå 18 %)'.

    The day comes first, so that its "innen" never meets the measure's own. ``base``: the level before the change, where
    it is known; it is called "now" until the change has begun. Empty where there is neither measure nor words.
    """
    subject, predicate = _wanted(project, outcome, language)
    if not subject:
        return ""
    said = {"subject": subject, "predicate": predicate, "day": day(project.aim_by, language, long=True)}
    form = ("dated" if project.aim_by else "undated") if predicate else ("words_dated" if project.aim_by else "words")
    text = t(language, f"aim.{form}", **said)
    if base is not None:
        shown = Level(base.value, base.scale, project.aim_value).written(language)
        text += " " + t(language, "aim.before" if has_begun else "aim.now", value=shown)
    return text[:1].upper() + text[1:]


def of_whole(whole: Whole, facts: Facts, language: str) -> str:
    """The aim sentence of a project that is read whole, with its level before the change."""
    return sentence(
        whole.project,
        whole.outcome,
        language,
        base=baseline(whole, facts),
        has_begun=begun(whole, facts.newest),
    )


def missing(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """The parts that are not there; what can't be told is not counted as missing."""
    return tuple(one.part for one in parts if one.met is False)


def smarte(whole: Whole, facts: Facts) -> tuple[Part, ...]:
    """Each part of a good aim, in the order of :data:`PARTS`, judged from what is written and from the data."""
    project, one = whole.project, facts.of(whole.outcome)
    base = baseline(whole, facts)
    return (
        _specific(project, whole.outcome),
        _measurable(project, whole.outcome),
        _ambitious(project, one, base),
        _realistic(whole, one, base, facts.newest),
        _part("timed", project.aim_by is not None, day=project.aim_by),
        _part("agreed", bool(project.aim_agreed.strip()), who=project.aim_agreed.strip()),
    )


def scale_of(outcome: Measure | None) -> Scale | None:
    """The scale that the aim's value is on; None without a measure."""
    if outcome is None:
        return None
    found = indicator_of(outcome)
    if found is not None:
        return "minutes" if found.is_duration else "share"
    return {"share": "share", "minutes": "minutes"}.get(outcome.data_kind, "count")  # type: ignore[return-value]


def _part(part: str, met: bool | None, key: str = "", /, **values: object) -> Part:
    """A part with its sentence ``aim.<part>_<key>``; the key is ``yes`` or ``no`` where nothing else is said."""
    return Part(part, met, Reason(f"aim.{part}_{key or ('yes' if met else 'no')}", values))


def _specific(project: Project, outcome: Measure | None) -> Part:
    """What is to change (said, or given by the measure), and for whom."""
    if not (project.aim_what.strip() or outcome is not None):
        return _part("specific", False, "no_what")
    said = project.aim_whom.strip() or (outcome is not None and indicator_of(outcome) is not None)
    return _part("specific", bool(said), "" if said else "no_whom")


def _measurable(project: Project, outcome: Measure | None) -> Part:
    if outcome is None:
        return _part("measurable", False, "no_measure")
    return _part("measurable", project.aim_value is not None, "" if project.aim_value is not None else "no_value")


def _ambitious(project: Project, one: Measured | None, base: Level | None) -> Part:
    """Better than the level before, in the wanted direction."""
    if one is None or project.aim_value is None:
        return _part("ambitious", None, "unknown")
    if base is None:
        return _part("ambitious", None, "no_baseline")
    levels = {"before": Level(base.value, base.scale, project.aim_value), "aim": Level(project.aim_value, base.scale)}
    gain = project.aim_value - base.value
    return _part("ambitious", gain * one.direction > 0 if one.direction else gain != 0, **levels)


def _realistic(whole: Whole, one: Measured | None, base: Level | None, newest: date | None) -> Part:
    """Would the team know within the time it has given itself, with the patients it has (80 %, see ``power``)?"""
    project = whole.project
    if one is None or project.aim_value is None or base is None or newest is None:
        return _part("realistic", None, "unknown")
    if project.aim_by is None:
        return _part("realistic", None, "no_day")
    if one.scale != "share" or not one.registry:
        return _part("realistic", None, "not_a_share")
    left = months_between(project.starts_on or newest, project.aim_by)
    held = one.within(*before(whole, one, newest))
    monthly = float(held["denominator"].sum()) / len(held)
    if not 0 <= project.aim_value <= 1 or round(project.aim_value, 4) == round(base.value, 4):
        return _part("realistic", None, "unknown")
    found = power.meter(round(monthly, 1), len(held), base.value, project.aim_value)
    values = {"a_month": round(monthly), "left": max(left, 0)}
    if found.months_to_know is None:
        return _part("realistic", False, "never", **values)
    enough = found.months_to_know <= left
    return _part("realistic", enough, **values, months=found.months_to_know)


def _wanted(project: Project, outcome: Measure | None, language: str) -> tuple[str, str]:
    """Who or what, and what shall be: ('over 60 %', 'få bildediagnostikk innen 15 minutter').

    Without a measure the team's own words and no predicate; without those nothing.
    """
    scale = scale_of(outcome)
    whom = _running(project.aim_whom)
    if outcome is None or scale is None:
        what = project.aim_what.strip()
        return (t(language, "aim.words_whom", what=what, whom=whom) if what and whom else what), ""
    found = indicator_of(outcome)
    direction = found.direction if found is not None else outcome.direction
    amount = _amount(project, scale, direction, language)
    if found is not None and not found.is_duration:
        more = amount or t(language, "aim.more" if direction > 0 else "aim.fewer")
        subject = t(language, "aim.of", amount=more, whom=whom) if whom else more
        return subject, _infinitive(found.words(language).short, language)
    name = _running(outcome.title) or _running(project.aim_what)
    if found is not None:
        name = t(language, "aim.duration", measure=found.words(language).short)
    better = t(language, "aim.higher" if direction > 0 else "aim.lower" if direction < 0 else "aim.other")
    return name, t(language, "aim.be", amount=amount or better)


def _amount(project: Project, scale: Scale, direction: int, language: str) -> str:
    """'over 60 %', 'minst 60 %', 'under 30 min'; empty without a value."""
    if project.aim_value is None:
        return ""
    value = Level(project.aim_value, scale).written(language)
    if not direction:
        return value
    strict, lax = ("over", "at_least") if direction > 0 else ("under", "at_most")
    return t(language, f"aim.{strict if project.aim_strict else lax}", value=value)


def _infinitive(running: str, language: str) -> str:
    """The running text of an indicator after "skal": 'får ...' becomes 'få ...'."""
    first, space, rest = running.partition(" ")
    bent = dict(pair.split("=") for pair in t(language, "aim.infinitives").split())
    return bent.get(first, first) + space + rest


def _running(words: str) -> str:
    """Words as they stand inside a sentence: the capital goes, unless the word is an abbreviation."""
    text = words.strip().rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
