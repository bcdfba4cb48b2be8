"""What became of the patients: outcomes that are compared between hospitals only after adjustment for case-mix.

An outcome is declared by what one does *not* want (death, dependence, not home): that is the rarer side, which the
models foresee. On the screen its counterpart is shown.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlalchemy import ColumnElement

from nhr_dash.registry import rules

ModelName = Literal["national", "registry"]
MODELS: tuple[ModelName, ...] = ("national", "registry")
"""By age, sex and type of stroke; and with severity and function before."""


class UnknownOutcome(KeyError):
    """No outcome has this id."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One outcome, by its unwanted side. Words: ``survival.<id>_…``.

    ``missed`` is never NULL within ``population``. ``of`` is whom ``population`` could have held if everybody's outcome
    were known; None where it always is. Figures are final ``maturity_days`` after admission.
    """

    id: str
    population: ColumnElement[bool]
    missed: ColumnElement[bool]
    maturity_days: int
    of: ColumnElement[bool] | None = None
    min_denominator: int = 10


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("survival", rules.everyone, rules.dead_at_thirty_days, rules.THIRTY_DAYS),
    Outcome(
        "function",
        rules.known_function,
        rules.dependent,
        rules.THREE_MONTHS_DAYS,
        of=rules.alive_at_three_months,
    ),
    Outcome("home", rules.could_go_home, rules.not_home, rules.THIRTY_DAYS),
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
