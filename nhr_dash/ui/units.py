"""Units as a person chooses them, and what a unit's numbers rest on."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from nhr_dash.access import Visibility
from nhr_dash.database import DatabaseProblem, is_synthetic
from nhr_dash.registry import series, units
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, percent

LEVELS = ("hospital", "trust", "region", "nation")
KINDS_SAID = ("training", "trust", "region")


@dataclass(frozen=True, slots=True)
class UnitNames:
    """Code (organisation number as text) to name, and to name with kind; training hospitals first."""

    by_code: dict[str, str]
    labels: dict[str, str]

    def first(self, visibility: Visibility) -> str:
        """The unit a person starts at: an own hospital, else the first in the list."""
        own = visibility.own_units
        return next((code for code in self.by_code if own and int(code) in own), next(iter(self.by_code)))


def read(connection: Connection, language: str) -> UnitNames:
    """All units that can be chosen. Raises DatabaseProblem where the tables are there, and empty."""
    synthetic = is_synthetic(connection)  # a real registry has no use for the invented hospitals
    known = [unit for unit in units.all_units(connection) if synthetic or not unit.training]
    found = sorted(known, key=lambda unit: (not unit.training, LEVELS.index(unit.level)))
    if not found:
        raise DatabaseProblem("incomplete")
    names = {
        # The nation's name is a word, and follows the language.
        str(unit.orgnr): t(language, "ui.nation_name") if unit.level == "nation" else unit.name
        for unit in found
    }
    kinds = {str(unit.orgnr): "training" if unit.training else unit.level for unit in found}
    labels = {
        code: f"{name} ({t(language, f'ui.{kinds[code]}')})" if kinds[code] in KINDS_SAID else name
        for code, name in names.items()
    }
    return UnitNames(by_code=names, labels=labels)


@dataclass(frozen=True, slots=True)
class DataBasis:
    """Newest admission, newest known coverage (year, share), and from when figures are provisional."""

    newest: date | None
    coverage_year: int | None
    coverage_share: float | None
    provisional_from: date | None

    def sentence(self, language: str) -> str:
        """The data basis in one line, for the foot of the side bar."""
        if self.newest is None:
            return t(language, "ui.basis_empty")
        parts = [t(language, "ui.basis_newest", day=day(self.newest, language))]
        if self.coverage_share is None:
            parts.append(t(language, "ui.basis_no_coverage"))
        else:
            parts.append(
                t(
                    language,
                    "ui.basis_coverage",
                    year=self.coverage_year,
                    share=percent(self.coverage_share, language),
                )
            )
        if self.provisional_from is not None:
            parts.append(t(language, "ui.basis_provisional", day=day(self.provisional_from, language)))
        return " · ".join(parts)


def basis(connection: Connection, unit: int) -> DataBasis:
    """What the numbers of a unit rest on."""
    newest = series.newest_admission(connection)
    known = series.coverage(connection, unit)
    last = known.iloc[-1] if len(known) else None
    return DataBasis(
        newest=newest.date() if newest else None,
        coverage_year=None if last is None else int(last["year"]),
        coverage_share=None if last is None else float(last["share"]),
        provisional_from=series.provisional_from(connection, unit, "hjerneslag_inn_enhet"),
    )
