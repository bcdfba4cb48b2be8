"""What an export of each form looks like: its columns, its key, what must be there.

A file is recognised by its headings, in any order. An export that lacks a required column is
refused with the names of what is missing; an optional one may be absent, and forms that are
known already then keep what they had.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Column, Table

from nhr_dash.registry.forms import acute, followup, pathway_code, thrombectomy
from nhr_dash.registry.load.findings import Refused
from nhr_dash.registry.load.rules import ACUTE, AGGREGATE, COVERAGE, FOLLOWUP, THROMBECTOMY, Rule
from nhr_dash.registry.tables import aggregate, coverage

OURS = frozenset({"id", "delivery", "first_received_at", "withdrawn"})
"""Columns that the loader writes and no export brings."""


@dataclass(frozen=True, eq=False)
class Layout:
    """An export's form.

    ``key``: the columns (by English key) that identify a row. ``required``: columns a file must
    have. ``filled``: columns that must hold a value in every row. ``number``: our own short
    number, given once a row in order of ``numbered_by``. ``repeats``: rows of one key may be
    several, and are summed. ``exact``: the headings' case matters.
    """

    table: Table
    key: tuple[str, ...]
    required: frozenset[str]
    filled: frozenset[str]
    rules: tuple[Rule, ...] = ()
    number: str | None = None
    numbered_by: str | None = None
    repeats: bool = False
    exact: bool = False
    columns: dict[str, Column] = field(init=False)
    """Heading (lower case, unless ``exact``) -> column."""

    def __post_init__(self) -> None:
        found = {self.heading(column.name): column for column in self.table.c if column.key not in OURS}
        object.__setattr__(self, "columns", found)

    @property
    def form(self) -> str:
        """The table's name, which is the form's name in a report."""
        return self.table.name

    @property
    def tracked(self) -> bool:
        """True for the registry's forms, which can be withdrawn."""
        return "withdrawn" in self.table.c

    def heading(self, text: str) -> str:
        """A heading as it is compared."""
        return text if self.exact else text.casefold()

    def names(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Database names of columns given by key."""
        return tuple(self.table.c[key].name for key in keys)


ACUTE_REQUIRED = (
    "form_key", "hospital", "admitted_at", "age", "sex", "diagnosis", "onset_at", "wake_up", "onset_place",
    "first_ward", "first_ward_other", "discharge_ward", "thrombolysis", "needle_at", "swallow_test",
    "atrial_fibrillation", "discharged_to", "discharged_at",
)  # fmt: skip
"""What the national indicators can't do without, and what identifies a form."""

LAYOUTS = (
    Layout(
        acute,
        key=("form_key",),
        required=frozenset(ACUTE_REQUIRED),
        filled=frozenset({"form_key", "hospital", "admitted_at", "age", "diagnosis"}),
        rules=ACUTE,
        number="id",
        numbered_by="admitted_at",
    ),
    Layout(
        followup,
        key=("form_key",),
        required=frozenset({"form_key", "acute_key", "done", "mrs"}),
        filled=frozenset({"form_key", "acute_key"}),
        rules=FOLLOWUP,
    ),
    Layout(
        thrombectomy,
        key=("form_key",),
        required=frozenset({"form_key", "acute_key", "groin_at"}),
        filled=frozenset({"form_key", "acute_key"}),
        rules=THROMBECTOMY,
    ),
    Layout(
        pathway_code,
        key=("form_key",),
        required=frozenset({"form_key", "pathway_code", "coded_on", "unit"}),
        filled=frozenset({"form_key", "pathway_code", "coded_on", "unit"}),
        number="id",
        numbered_by="coded_on",
    ),
    Layout(
        aggregate,
        key=("context", "unit", "year", "indicator"),
        required=frozenset({"context", "unit", "year", "indicator", "numerator", "denominator"}),
        filled=frozenset({"context", "unit", "year", "indicator", "numerator", "denominator"}),
        rules=AGGREGATE,
        repeats=True,
        exact=True,
    ),
    Layout(
        coverage,
        key=("unit", "year"),
        required=frozenset({"unit", "year", "both", "only_nhr", "only_npr"}),
        filled=frozenset({"unit", "year", "both", "only_nhr", "only_npr"}),
        rules=COVERAGE,
    ),
)
"""In the order in which a delivery of several forms is worked through: admissions come first."""


@dataclass(frozen=True)
class Recognised:
    """A file's form, and where in a row each column stands. ``ignored``: headings that the form
    doesn't have; ``absent``: optional columns that the file doesn't have."""

    layout: Layout
    places: dict[str, int]
    ignored: tuple[str, ...]
    absent: tuple[str, ...]


def score(headings: tuple[str, ...]) -> int:
    """How many of a row's headings some form knows."""
    return max(_known(layout, headings) for layout in LAYOUTS)


def _known(layout: Layout, headings: Iterable[str]) -> int:
    return sum(layout.heading(heading) in layout.columns for heading in headings)


def recognise(file: str, headings: tuple[str, ...]) -> Recognised:
    """The form that a file is an export of.

    Raises :class:`Refused` when it is none, when required columns are missing (they are named),
    or when a column stands there twice.
    """
    layout = max(LAYOUTS, key=lambda one: (_present(one, headings), _known(one, headings)))
    if _present(layout, headings) < 0.5:
        raise Refused("load.refused.not_an_export", file=file)
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        column = layout.columns.get(layout.heading(heading))
        if column is None:
            continue
        if column.key in places:
            raise Refused("load.refused.column_twice", file=file, column=column.name)
        places[column.key] = place
    missing = [column.name for column in layout.columns.values() if column.key in layout.required - places.keys()]
    if missing:
        raise Refused("load.refused.missing_columns", file=file, form=layout.form, columns=", ".join(missing))
    known = frozenset(places.values())
    return Recognised(
        layout,
        places,
        ignored=tuple(name for place, name in enumerate(headings) if place not in known and name),
        absent=tuple(column.name for column in layout.columns.values() if column.key not in places),
    )


def _present(layout: Layout, headings: tuple[str, ...]) -> float:
    found = {layout.columns[name].key for name in map(layout.heading, headings) if name in layout.columns}
    return len(found & layout.required) / len(layout.required)
