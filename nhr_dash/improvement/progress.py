"""How far a project has come: the team's own score beside what the data support, and the registry's three questions.

The scale is that of the Institute for Healthcare Improvement (Assessment Scale for Collaboratives, 0.5 to 5.0 in steps
of a half); the words are our own, and shorter. Which of its steps the data support is decided by :data:`LADDER`: a step
is supported when its criteria and those of every lower step are met.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nhr_dash.improvement import shifts
from nhr_dash.improvement.kinds import Act, MeasureKind
from nhr_dash.improvement.measured import Facts, Level, Measured, Reason, months_between
from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.improvement.shifts import HELD_MONTHS, Shift
from nhr_dash.statistics import power
from nhr_dash.statistics.effect import Grade
from nhr_dash.text.catalog import t

SCORES = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)
"""The steps of the scale; words: ``progress.step_05`` … ``progress.step_50``."""
LADDER = (
    (1.0, ("measure",)),
    (1.5, ("aim",)),
    (2.0, ("baseline",)),
    (2.5, ("tested",)),
    (3.0, ("moved",)),
    (3.5, ("several", "signal")),
    (4.0, ("halfway",)),
    (4.5, ("held",)),
    (5.0, ("reached",)),
)
"""What each step asks of the data. 0.5 (the team intends to) asks nothing."""
BASELINE_POINTS = 12
"""Points before the change that a median needs (Anhøj's own recipe for a run chart)."""

BETTER = (Grade.CLEAR_IMPROVEMENT, Grade.LIKELY_IMPROVEMENT)
WORSE = (Grade.CLEAR_WORSENING, Grade.LIKELY_WORSENING)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a step asks: met, not met, or None: can't be told yet. ``reason`` says why."""

    name: str
    met: bool | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Progress:
    """The team's own score (None: not set) and the one that the data support, with every criterion in its order."""

    own: float | None
    supported: float
    criteria: tuple[Criterion, ...]

    @property
    def between(self) -> tuple[Criterion, ...]:
        """What the team's higher score lacks: criteria of the steps above the supported one that are not met."""
        if self.own is None or self.own <= self.supported:
            return ()
        names = [name for score, asked in LADDER if self.supported < score <= self.own for name in asked]
        return tuple(one for one in self.criteria if one.name in names and not one.met)

    @property
    def disagreement(self) -> Reason | None:
        """The two scores differ: which way. None where they agree, or the team has set none."""
        if self.own is None or self.own == self.supported:
            return None
        key = "progress.own_higher" if self.own > self.supported else "progress.own_lower"
        return Reason(key, {"own": Level(self.own, "count"), "supported": Level(self.supported, "count")})


@dataclass(frozen=True, slots=True)
class Question:
    """One of the three questions: yes, no, or None: not known yet. Its words: ``progress.question_<name>``."""

    name: str
    answer: bool | None
    reason: Reason


def label(score: float, language: str) -> str:
    """'framdrift 3 av 5: endringer testes'; a score between two steps has the words of the lower one."""
    step = max((one for one in SCORES if one <= score), default=SCORES[0])
    words = t(language, f"progress.step_{round(10 * step):02d}")
    return t(language, "progress.label", score=Level(score, "count").written(language), step=words)


def progress(whole: Whole, facts: Facts) -> Progress:
    """The score that the data support, with every criterion; see :data:`LADDER`."""
    outcome = facts.of(whole.outcome)
    shift = None if outcome is None else shifts.since_change(whole, outcome, facts.newest)
    criteria = (
        _measure(outcome),
        _aim(whole),
        _baseline(shift),
        _tested(whole, facts.newest),
        _moved(whole, facts, shift),
        _several(whole, facts),
        _signal(shift),
        _halfway(whole, shift),
        _held(shift),
        _reached(whole, shift),
    )
    met = {one.name for one in criteria if one.met}
    supported = SCORES[0]
    for score, asked in LADDER:
        if not met.issuperset(asked):
            break
        supported = score
    return Progress(whole.project.score, supported, criteria)


def three_questions(whole: Whole, facts: Facts) -> tuple[Question, Question, Question]:
    """*Gir data nyttig kunnskap? Fører kunnskapen til endret praksis? Fører endret praksis til bedre behandling?*"""
    return _knowledge(whole, facts), _practice(whole, facts), _care(whole, facts)


def tested(cycles: Sequence[Cycle], newest: date | None) -> list[Cycle]:
    """Cycles that have begun: by their day, or because the team has written what happened or decided on them."""
    return [
        one
        for one in cycles
        if one.act
        or one.happened.strip()
        or (one.starts_on is not None and newest is not None and one.starts_on <= newest)
    ]


def _criterion(name: str, met: bool | None, key: str = "", /, **values: object) -> Criterion:
    """With its sentence ``progress.<name>_<key>``; without a key ``yes``, ``no`` or ``unknown``."""
    said = key or {True: "yes", False: "no", None: "unknown"}[met]
    return Criterion(name, met, Reason(f"progress.{name}_{said}", values))


def _points(one: Measured) -> int:
    return len(one.within(None, None))


def _measure(outcome: Measured | None) -> Criterion:
    """An outcome measure with at least one point."""
    if outcome is None:
        return _criterion("measure", False)
    held = _points(outcome)
    return _criterion("measure", held > 0, "" if held else "empty", n=held)


def _aim(whole: Whole) -> Criterion:
    """How much and by when."""
    return _criterion("aim", whole.project.aim_value is not None and whole.project.aim_by is not None)


def _baseline(shift: Shift | None) -> Criterion:
    held = 0 if shift is None else shift.before_points
    return _criterion("baseline", held >= BASELINE_POINTS, n=held, wanted=BASELINE_POINTS)


def _tested(whole: Whole, newest: date | None) -> Criterion:
    begun = len(tested(whole.cycles, newest))
    return _criterion("tested", begun > 0, n=begun)


def _moved(whole: Whole, facts: Facts, shift: Shift | None) -> Criterion:
    """A signal for the better in the outcome or in a process measure."""
    found = [shift, *_process(whole, facts)]
    sides = [one.side for one in found if one is not None]
    if 1 in sides:
        return _criterion("moved", True)
    return _criterion("moved", None if not sides or None in sides else False)


def _several(whole: Whole, facts: Facts) -> Criterion:
    """At least two measures with data, of which one is no outcome measure: a family."""
    held = [one for one in facts.measured.values() if _points(one)]
    kinds = {one.measure.kind for one in held}
    return _criterion("several", len(held) > 1 and bool(kinds - {MeasureKind.OUTCOME}), n=len(held))


def _signal(shift: Shift | None) -> Criterion:
    if shift is None or shift.side is None:
        return _criterion("signal", None)
    if shift.side > 0:
        return _criterion("signal", True, n=shift.length, limit=shift.limit)
    return _criterion("signal", False, "worse" if shift.side < 0 else "", n=shift.length, limit=shift.limit)


def _gained(whole: Whole, shift: Shift | None) -> float | None:
    """The part of the way from the level before to the aim that the level after has come; None: not known."""
    value = whole.project.aim_value
    if shift is None or shift.before is None or shift.after is None or value is None:
        return None
    way = value - shift.before.value
    # Rounded: 60 % is exactly half the way from 30 to 90, whatever the last bits say.
    return round((shift.after.value - shift.before.value) / way, 9) if way else None


def _halfway(whole: Whole, shift: Shift | None) -> Criterion:
    """A signal for the better, and half the way from before to the aim (IHI's 4.0)."""
    gained = _gained(whole, shift)
    if shift is None or shift.side is None or gained is None or shift.after is None:
        return _criterion("halfway", None)
    return _criterion("halfway", shift.side > 0 and gained >= 0.5, now=shift.after)


def _held(shift: Shift | None) -> Criterion:
    if shift is None or shift.held is None:
        return _criterion("held", None)
    return _criterion("held", shift.held, n=shift.months, wanted=HELD_MONTHS)


def _reached(whole: Whole, shift: Shift | None) -> Criterion:
    """The whole way, and more than the aim where the aim says *over*."""
    gained = _gained(whole, shift)
    if gained is None or shift is None or shift.after is None:
        return _criterion("reached", None)
    there = gained > 1 if whole.project.aim_strict else gained >= 1
    aim = Level(whole.project.aim_value or 0.0, shift.after.scale)
    return _criterion("reached", there, now=Level(shift.after.value, shift.after.scale, aim.value), aim=aim)


def _process(whole: Whole, facts: Facts) -> list[Shift]:
    """Process measures with data, since the change."""
    found = [facts.of(one) for one in whole.measures if one.kind == MeasureKind.PROCESS]
    return [shifts.since_change(whole, one, facts.newest) for one in found if one is not None and _points(one)]


def _question(name: str, answer: bool | None, key: str, /, **values: object) -> Question:
    return Question(name, answer, Reason(f"progress.{name}_{key}", values))


def _knowledge(whole: Whole, facts: Facts) -> Question:
    """Yes with a measure and a baseline that a change can be held against; no when the change began without one."""
    one = facts.of(whole.outcome)
    if one is None:
        return _question("knowledge", False, "no_measure")
    shift = shifts.since_change(whole, one, facts.newest)
    if shift.before_points >= BASELINE_POINTS:
        return _question("knowledge", True, "yes", n=shift.before_points)
    late = whole.project.starts_on is not None and facts.newest is not None and whole.project.starts_on <= facts.newest
    key = "short" if late else "waiting"
    return _question("knowledge", False if late else None, key, n=shift.before_points, wanted=BASELINE_POINTS)


def _practice(whole: Whole, facts: Facts) -> Question:
    """From the process measures where there are any, else from what the team decided after its cycles."""
    moved = [one.side for one in _process(whole, facts) if one.side is not None]
    if 1 in moved:
        return _question("practice", True, "process")
    if moved:
        return _question("practice", False, "process_same")
    decided = [one for one in whole.cycles if one.act]
    kept = [one for one in decided if one.act in {Act.ADOPT, Act.ADAPT}]
    if kept:
        return _question("practice", True, "kept", kept=len(kept), n=len(decided))
    if decided and all(one.act == Act.ABANDON for one in decided):
        return _question("practice", False, "abandoned", n=len(decided))
    begun = len(tested(whole.cycles, facts.newest))
    return _question("practice", None, "testing" if begun else "no_cycle", n=begun)


def _care(whole: Whole, facts: Facts) -> Question:
    """The verdict on the change; without one (a team's own measure) the run rule.

    "No certain change" is a no only where the aim would have been seen by now with 80 % (``power``).
    """
    one = facts.of(whole.outcome)
    if one is None:
        return _question("care", None, "no_measure")
    shift = shifts.since_change(whole, one, facts.newest)
    levels = {"before": shift.before, "after": shift.after}
    if facts.grade is None:
        side = {1: "better", -1: "worse", 0: "same", None: "early"}[shift.side]
        return _question("care", {1: True, -1: False, 0: None, None: None}[shift.side], f"signal_{side}", **levels)
    if facts.grade in BETTER:
        return _question("care", True, facts.grade)
    if facts.grade in WORSE:
        return _question("care", False, facts.grade)
    if facts.grade == Grade.TOO_LITTLE_DATA:
        return _question("care", None, facts.grade)
    return _question("care", False if _would_be_seen(whole, one, shift, facts.newest) else None, facts.grade)


def _would_be_seen(whole: Whole, one: Measured, shift: Shift, newest: date | None) -> bool:
    """Would a change to the aim have been seen by now, with the patients that there are?"""
    value, start = whole.project.aim_value, whole.project.starts_on
    if one.scale != "share" or value is None or start is None or newest is None or shift.before is None:
        return False
    if not 0 <= value <= 1 or round(value, 4) == round(shift.before.value, 4) or not shift.after_points:
        return False
    after = one.within(whole.project.settled_on or start, None)
    monthly = float(after["denominator"].sum()) / len(after)
    months = power.meter(round(monthly, 1), shift.before_points, shift.before.value, value).months_to_know
    return months is not None and months <= months_between(whole.project.settled_on or start, newest)
