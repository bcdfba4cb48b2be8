"""A ten-minute course, *find the signal*: made-up series, judged by the rules that judge the real ones.

A series is drawn from a seed and kept when it looks as its round wants to show; whether it is a
signal is then asked of the rules, never written down here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

import streamlit as st

from nhr_dash.charts import example
from nhr_dash.statistics.runs import Runs, analyse
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import listed, percent

if TYPE_CHECKING:
    import numpy

    Random = numpy.random.Generator

MONTHS = 24
_TRIES = 20_000


@dataclass(frozen=True, slots=True)
class Round:
    """One series of shares by month, its median, and what the rules say of it."""

    kind: str
    shares: tuple[float, ...]
    centre: float
    runs: Runs


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of series is drawn (levels a month, patients a month) and what makes it a good example."""

    name: str
    patients: int
    levels: Callable[["Random"], Sequence[float]]
    shows: Callable[[Sequence[float], Runs], bool]


def _flat(level: float) -> Callable[["Random"], Sequence[float]]:
    return lambda _: [level] * MONTHS


def _step(before: float, after: float) -> Callable[["Random"], Sequence[float]]:
    return lambda _: [before] * (MONTHS // 2) + [after] * (MONTHS // 2)


def _spike(random: "Random") -> Sequence[float]:
    month = int(random.integers(6, MONTHS - 4))
    return [0.25 if index == month else 0.62 for index in range(MONTHS)]


def _drift(random: "Random") -> Sequence[float]:
    """Level that wanders: high for some months, low for some months."""
    length = int(random.integers(5, 8))
    return [0.5 + (0.17 if index // length % 2 else -0.17) for index in range(MONTHS)]


def _quiet(_: Sequence[float], runs: Runs) -> bool:
    return not runs.signal and runs.longest <= runs.longest_max - 3 and runs.n_useful >= 20


def _up(_: Sequence[float], runs: Runs) -> bool:
    return runs.longest > runs.longest_max and runs.side > 0


def _down(_: Sequence[float], runs: Runs) -> bool:
    return runs.longest > runs.longest_max and runs.side < 0


def _rarely_crossed(_: Sequence[float], runs: Runs) -> bool:
    return runs.longest <= runs.longest_max and runs.crossings < runs.crossings_min


def _one_odd_month(shares: Sequence[float], runs: Runs) -> bool:
    lowest, next_lowest = sorted(shares)[:2]
    return not runs.signal and next_lowest - lowest >= 0.15


def _rising_end(shares: Sequence[float], runs: Runs) -> bool:
    end = shares[-5:]
    return not runs.signal and all(later > earlier for earlier, later in pairwise(end))


def _at_the_limit(_: Sequence[float], runs: Runs) -> bool:
    return not runs.signal and runs.longest == runs.longest_max


def _many_ties(shares: Sequence[float], runs: Runs) -> bool:
    return 5 <= len(shares) - runs.n_useful <= 9


KINDS = (
    Kind("stable", 20, _flat(0.6), _quiet),
    Kind("up", 20, _step(0.35, 0.65), _up),
    Kind("spike", 25, _spike, _one_odd_month),
    Kind("crossings", 16, _drift, _rarely_crossed),
    Kind("trend", 18, _flat(0.55), _rising_end),
    Kind("down", 20, _step(0.85, 0.6), _down),
    Kind("ties", 4, _flat(0.5), _many_ties),
    Kind("limit", 18, _flat(0.5), _at_the_limit),
)


@lru_cache(maxsize=32)
def rounds(seed: int) -> tuple[Round, ...]:
    """The eight rounds of a seed, in the seed's own order."""
    import numpy

    random = numpy.random.default_rng(seed)
    drawn = [_draw(kind, random) for kind in KINDS]
    return tuple(drawn[index] for index in random.permutation(len(drawn)))


def _draw(kind: Kind, random: "Random") -> Round:
    for _ in range(_TRIES):
        shares = [float(random.binomial(kind.patients, level)) / kind.patients for level in kind.levels(random)]
        centre = float(median(shares))
        found = analyse(shares, centre)
        if kind.shows(shares, found):
            return Round(kind.name, tuple(shares), centre, found)
    raise RuntimeError(f"no series of the kind {kind.name!r} in {_TRIES} tries")


def spec(one: Round, language: str, *, judged: bool, provisional: int = 0) -> example.Spec:
    """The round's chart; once judged, with the bracket over a run that is too long."""
    runs = one.runs
    row = (runs.first, runs.last) if judged and runs.first is not None and runs.last is not None else None
    return example.run_chart(
        one.shares,
        one.centre,
        language,
        row=row,
        longest=runs.longest,
        limit=runs.longest_max,
        side=runs.side,
        provisional=provisional,
    )


def reason(one: Round, language: str) -> str:
    """Longest run and crossings against their limits, in words."""
    runs = one.runs
    return t(
        language,
        "help_course.reason",
        longest=runs.longest,
        longest_max=runs.longest_max,
        crossings=runs.crossings,
        crossings_min=runs.crossings_min,
        useful=runs.n_useful,
        ties=len(one.shares) - runs.n_useful,
    )


@dataclass(slots=True)
class _Progress:
    """How far a person has come: kept in the session."""

    seed: int
    answers: list[bool]  # True: said to be more than chance
    judged: bool = False

    def answer(self, more_than_chance: bool) -> None:
        if not self.judged:
            self.answers.append(more_than_chance)
            self.judged = True

    def go_on(self) -> None:
        self.judged = False

    def again(self) -> None:
        self.seed, self.answers, self.judged = self.seed + 1, [], False


def show(language: str) -> None:
    """The course on the page: a round, its verdict, the score at the end."""
    progress = st.session_state.setdefault("course", _Progress(1, []))
    all_rounds = rounds(progress.seed)
    st.markdown(t(language, "help_course.intro", count=len(all_rounds)))
    number = len(progress.answers) - (1 if progress.judged else 0)
    if number == len(all_rounds):
        _score(progress, all_rounds, language)
        return
    one = all_rounds[number]
    st.subheader(t(language, "help_course.round", number=number + 1, count=len(all_rounds)), anchor=False)
    numbers = listed([percent(share, language) for share in one.shares], language)
    alt = t(language, "help_course.alt", median=percent(one.centre, language), numbers=numbers)
    drawing = spec(one, language, judged=progress.judged)
    st.vega_lite_chart(drawing, key=f"course_chart_{number}", alt=alt, theme=None)
    if not progress.judged:
        st.markdown(t(language, "help_course.question"))
        with st.container(horizontal=True):
            st.button(t(language, "help_course.more"), key="course_more", on_click=progress.answer, args=(True,))
            st.button(t(language, "help_course.chance"), key="course_chance", on_click=progress.answer, args=(False,))
    else:
        _verdict(one, progress.answers[-1], language)
        last = number + 1 == len(all_rounds)
        label = t(language, "help_course.to_score" if last else "help_course.next")
        st.button(label, key="course_next", type="primary", on_click=progress.go_on)
    with st.expander(t(language, "series.numbers")):
        st.markdown(numbers)


def _verdict(one: Round, said: bool, language: str) -> None:
    right = said == one.runs.signal
    truth = t(language, "help_course.is_signal" if one.runs.signal else "help_course.is_chance")
    told = t(language, "help_course.right" if right else "help_course.wrong")
    (st.success if right else st.info)(f"**{told}** {truth}")
    st.markdown(reason(one, language))
    st.markdown(t(language, f"help_course.lesson_{one.kind}"))


def _score(progress: _Progress, all_rounds: Sequence[Round], language: str) -> None:
    right = sum(said == one.runs.signal for said, one in zip(progress.answers, all_rounds, strict=True))
    false_alarms = sum(said and not one.runs.signal for said, one in zip(progress.answers, all_rounds, strict=True))
    missed = len(all_rounds) - right - false_alarms
    st.subheader(t(language, "help_course.score", right=right, count=len(all_rounds)), anchor=False)
    st.markdown(t(language, "help_course.mistakes", false_alarms=false_alarms, missed=missed))
    st.markdown(t(language, "help_course.summary"))
    st.button(t(language, "help_course.again"), key="course_again", on_click=progress.again)
