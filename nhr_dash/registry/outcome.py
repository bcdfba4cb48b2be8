"""What became of the patients: outcomes that are compared between hospitals only after adjustment for case-mix.

An outcome is declared by what one does *not* want (death, dependence, not home): that is the rarer side, which the
models foresee. On the screen its counterpart is shown.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.dialects import sqlite

from nhr_dash.registry import rules

ModelName = Literal["national", "registry"]
MODELS: tuple[ModelName, ...] = ("national", "registry")
"""By age, sex and type of stroke; and with severity and function before."""


class UnknownOutcome(KeyError):
    """No outcome has this id."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One outcome, by its unwanted side. Words: ``survival.<id>_…``.

    ``missed`` that is NULL is not missed. ``of`` is whom ``population`` could have held if everybody's outcome were
    known; None where it always is. Figures are final ``maturity_days`` after admission. ``number``: what stored rows
    refer to, never changed.
    """

    id: str
    number: int
    population: ColumnElement[bool]
    missed: ColumnElement[bool]
    maturity_days: int
    of: ColumnElement[bool] | None = None
    min_denominator: int = 10

    @property
    def missed_or_unknown(self) -> ColumnElement[int]:
        """1 missed, 0 reached, NULL outside the population; over the acute form and the follow-up beside it."""
        return case((self.population, case((self.missed, 1), else_=0)))

    @property
    def could_be_known(self) -> ColumnElement[bool]:
        """Who has a row, known or not."""
        return self.population if self.of is None else or_(self.population, self.of)


@cache
def definition_hash(outcome: Outcome) -> str:
    """A hash of what an outcome is; models fitted with another one are not in use."""
    compiled = select(outcome.missed_or_unknown, outcome.could_be_known).compile(
        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
    )
    return hashlib.sha256(str(compiled).encode()).hexdigest()


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("survival", 1, rules.everyone, rules.dead_at_thirty_days, rules.THIRTY_DAYS),
    Outcome(
        "function",
        2,
        rules.known_function,
        rules.dependent,
        rules.THREE_MONTHS_DAYS,
        of=rules.alive_at_three_months,
    ),
    Outcome("home", 3, rules.could_go_home, rules.not_home, rules.THIRTY_DAYS),
)
"""30-day survival; mRS 0-2 at three months among the living who were asked; discharged to one's own home.

Sources: Helsedirektoratet, *Hjerneslag - overlevelse 30 dager etter innleggelse*; the registry's form 4.0.
"""


@cache
def _ids() -> dict[str, Outcome]:
    return {one.id: one for one in OUTCOMES}


def by_id(outcome: str) -> Outcome:
    """The outcome with this id. Raises :class:`UnknownOutcome` (a KeyError)."""
    try:
        return _ids()[outcome]
    except KeyError:
        raise UnknownOutcome(outcome) from None
