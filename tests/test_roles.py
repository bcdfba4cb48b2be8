"""The role walk: every public function that takes a scope, with every role, gives what the role may have or refuses.

A function of ``registry`` or ``improvement`` that takes a scope and stands in no row here fails the test.
"""

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from nhr_dash import improvement, registry
from nhr_dash.access import NotAllowed, Role, Scope, everything, holding
from nhr_dash.database import connect
from nhr_dash.disclosure import Limits
from nhr_dash.improvement import (
    annotations,
    bank,
    before_after,
    effects,
    evidence,
    imports,
    lasting_units,
    measured,
    own_data,
    potential,
    projects,
    proposals,
    publishing,
    questions,
    rebase,
    sample_projects,
    starts,
    store,
    study,
    templates,
    transfer,
    watch,
)
from nhr_dash.improvement.models import Cycle, Decision, Effect, Event, LimitProposal, Point, Project
from nhr_dash.registry import (
    across,
    attainment,
    audit,
    case_mix,
    disclosed,
    equity,
    expected,
    grants,
    heat,
    masks,
    multiples,
    outcomes,
    own_forms,
    sample,
    series,
    spread,
    steps,
    thrombectomies,
    units,
    upkeep,
)
from nhr_dash.registry.filters import Filters
from nhr_dash.registry.indicators import by_id
from nhr_dash.registry.load import load_files
from nhr_dash.registry.parts import PARTS
from nhr_dash.registry.series import Question
from nhr_dash.statistics.intervals import Interval

FJORDVIK, BODO, TRUST = 999100001, 974795361, 999100000
IMAGING, RARE = "pakke_bilde_15min", "nki_trombolyse_40min"
OWN, SHOWN = "c51ad660-9688-5ad3-8bf3-0289f965cdda", "5bf6993e-ca20-5a09-8b96-cf25ac1b0968"
"""Fjordvik's project that nobody else sees, and one that is published."""
CHANGED = date(2023, 2, 1)
HELD: dict[str, tuple[tuple[Role, int | None], ...]] = {
    "team": ((Role.TEAM, FJORDVIK),),
    "leader": ((Role.LEADER, TRUST),),
    "other_team": ((Role.TEAM, BODO),),
    "fagraad": ((Role.FAGRAAD, None),),
    "registry": ((Role.REGISTRY, None),),
    "reader": ((Role.READER, None),),
    "nobody": (),
}
EVERY = frozenset(HELD)
TEAMS, LEADERS = frozenset({"team", "leader"}), frozenset({"leader"})
REGISTRY: frozenset[str] = frozenset({"registry"})
KEEPERS = frozenset({"fagraad", "registry"})
NONE: frozenset[str] = frozenset()


@dataclass
class Walk:
    """One role at the door, in a transaction that is rolled back; Fjordvik's data are asked for."""

    engine: Engine
    session: Session
    scope: Scope
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        return self.session.connection()

    @property
    def asked(self) -> tuple[Connection, Scope]:
        return self.connection, self.scope

    @property
    def saved(self) -> tuple[Session, Scope]:
        return self.session, self.scope

    @property
    def judged(self) -> evidence.Evidence:
        """A judged change, as one with full sight found it."""
        if "judged" not in self.known:
            self.known["judged"] = evidence.judged(
                self.connection, everything("test"), FJORDVIK, IMAGING, evidence.Window(CHANGED)
            )
        return self.known["judged"]

    @property
    def hospitals(self) -> evidence.Hospitals:
        if "hospitals" not in self.known:
            self.known["hospitals"] = evidence.hospitals(self.connection, everything("test"), IMAGING)
        return self.known["hospitals"]

    @property
    def place(self) -> int:
        """Where Fjordvik stands among the units."""
        return [one.orgnr for one in units.all_units(self.connection)].index(FJORDVIK)

    @property
    def months(self) -> pandas.DataFrame:
        """Fjordvik's months in full."""
        return series.many(self.connection, everything("test"), [FJORDVIK], IMAGING, "month")

    @property
    def eighties(self) -> pandas.DataFrame:
        """Fjordvik's patients in their eighties by year, in full."""
        asked = (by_id(RARE), [FJORDVIK], 2020, 2024, ("age", "80_89"))
        return across.by_year(self.connection, everything("test"), *asked).assign(category="80_89")

    def whole(self, project: str = OWN) -> projects.Whole:
        return projects.whole(self.session, everything("test"), project)

    def version(self, project: str = OWN) -> int:
        return self.session.get_one(Project, project).version

    def set_up(self, kind: str) -> int:
        """A phase or an exclusion on Fjordvik's chart, and its number."""
        full = everything("test")
        if kind == "phase":
            annotations.add_phase(self.connection, full, FJORDVIK, IMAGING, date(2022, 3, 1), "x")
            return annotations.phases(self.connection, FJORDVIK, IMAGING)[0].id
        annotations.add_exclusion(self.connection, full, FJORDVIK, IMAGING, date(2022, 3, 1), date(2022, 3, 31), "x")
        return annotations.exclusions(self.connection, FJORDVIK, IMAGING)[0].id

    def effect(self) -> Effect:
        values = {name: 0.1 for name in ("before", "after", "difference", "low", "high")}
        days = {name: CHANGED for name in ("before_from", "before_until", "after_from", "after_until")}
        return Effect(
            project=OWN, measure=self.whole().measures[0].id, unit=FJORDVIK, grade="no_certain_change",
            data_version=1, before_patients=30, after_patients=30, **values, **days,
        )  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A call, the roles that get an answer (the others ``NotAllowed``), and what in the answer only ``owners`` see."""

    function: Callable[..., Any]
    call: Callable[[Walk], Any]
    roles: frozenset[str]
    detail: Callable[[Any], bool] | None = None
    owners: frozenset[str] = TEAMS


def question(grain: str, **given: Any) -> Question:
    return Question(FJORDVIK, IMAGING, grain, **given)


WINDOW = {"start": date(2024, 1, 15), "end": date(2024, 6, 3)}
TWO_FILTERS = Filters(sex="Female", age=(70, 90))
ROWS = [
    Row(across.read, lambda w: across.read(*w.asked, across.Asked(IMAGING, 2024, 2024), FJORDVIK), EVERY),
    Row(across.by_year, lambda w: across.by_year(*w.asked, by_id(IMAGING), [FJORDVIK, BODO], 2024, 2024), EVERY),
    Row(thrombectomies.shares, lambda w: thrombectomies.shares(*w.asked, 2024, 2024), EVERY),
    Row(thrombectomies.waits, lambda w: thrombectomies.waits(*w.asked, 2024, 2024), EVERY),
    Row(thrombectomies.centre_waits, lambda w: thrombectomies.centre_waits(*w.asked, 2024, 2024), EVERY),
    Row(attainment.by_years, lambda w: attainment.by_years(*w.asked, [FJORDVIK, BODO], 2023, 2024), EVERY),
    Row(heat.read, lambda w: heat.read(*w.asked, heat.Asked(2024, signals=True), FJORDVIK), EVERY),
    Row(multiples.read, lambda w: multiples.read(*w.asked, multiples.Asked(IMAGING, 2022, 2024), FJORDVIK), EVERY),
    Row(steps.read, lambda w: steps.read(*w.asked, IMAGING, date(2022, 1, 1), date(2025, 1, 1)), EVERY),
    Row(attainment.attained, lambda w: attainment.attained(*w.asked, [FJORDVIK, BODO], 2024), EVERY),
    Row(spread.read, lambda w: spread.read(*w.asked, across.Asked(IMAGING, 2023, 2024), FJORDVIK), EVERY),
    Row(equity.read, lambda w: equity.read(*w.asked, FJORDVIK, "sex", 2023, 2024), EVERY),
    Row(upkeep.standings, lambda w: upkeep.standings(*w.asked, "hjerneslag_inn_enhet", 2024), EVERY),
    Row(audit.newest, lambda w: audit.newest(*w.asked, 5), REGISTRY),
    Row(case_mix.patients, lambda w: case_mix.patients(*w.asked, FJORDVIK, IMAGING, CHANGED, date(2024, 1, 1)), TEAMS),
    Row(expected.refit, lambda w: expected.refit(w.engine, w.scope), REGISTRY),
    Row(grants.every, lambda w: grants.every(*w.asked), REGISTRY),
    Row(grants.give, lambda w: grants.give(*w.asked, "friend", Role.READER), REGISTRY),
    Row(grants.revoke, lambda w: grants.revoke(*w.asked, 1), REGISTRY),
    Row(load_files, lambda w: load_files(w.engine, w.scope, [], dry_run=True), REGISTRY),
    Row(
        outcomes.adjusted,
        lambda w: outcomes.adjusted(*w.asked, "survival", 2023, 2024),
        EVERY,
        lambda found: any(one.unit == FJORDVIK and one.own for one in found.hospitals),
    ),
    Row(own_forms.own_forms, lambda w: entered(own_forms.own_forms(*w.asked, FJORDVIK, by_id(IMAGING))), TEAMS),
    Row(outcomes.course, lambda w: outcomes.course(*w.asked, FJORDVIK, "survival", 2023, 2024), TEAMS),
    Row(sample.next_week, lambda w: sample.next_week(w.engine, w.scope), REGISTRY),
    Row(series.series, lambda w: series.series(*w.asked, question("month")), EVERY),
    Row(series.series, lambda w: series.series(*w.asked, question("month", filters=Filters(sex="Female"))), TEAMS),
    Row(series.series, lambda w: series.series(*w.asked, question("patient")), TEAMS),
    Row(series.series, lambda w: series.series(*w.asked, question("every_k", k=10)), TEAMS),
    Row(series.series, lambda w: series.series(*w.asked, question("month", **WINDOW)), TEAMS),
    Row(series.series, lambda w: series.series(*w.asked, question("month", filters=TWO_FILTERS)), TEAMS),
    Row(series.many, lambda w: series.many(*w.asked, [FJORDVIK], IMAGING, "month"), EVERY),
    Row(series.many, lambda w: series.many(*w.asked, [FJORDVIK], IMAGING, "month", **WINDOW), TEAMS),
    Row(
        masks.hidden,
        lambda w: masks.hidden(*w.asked, by_id(RARE), [2023], Limits())[2023][w.place],
        EVERY,
        lambda found: not found.any(),
    ),
    Row(
        masks.divided,
        lambda w: masks.divided(*w.asked, by_id(RARE), PARTS["age"], [2023], Limits())[2023][w.place],
        EVERY,
        lambda found: not found.any(),
    ),
    Row(
        disclosed.of_unit,
        lambda w: disclosed.of_unit(*w.asked, FJORDVIK, by_id(IMAGING), "month", w.months),
        EVERY,
        lambda found: not found["hidden"].any(),
    ),
    Row(
        disclosed.of_many,
        lambda w: (disclosed.of_many(*w.asked, by_id(IMAGING), "month", w.months), w.months),
        EVERY,
        lambda found: len(found[0]) == len(found[1]),
    ),
    Row(
        disclosed.of_years,
        lambda w: disclosed.of_years(*w.asked, by_id(RARE), w.eighties, part="age"),
        EVERY,
        lambda found: not found["hidden"].any(),
    ),
    Row(series.patients, lambda w: series.patients(*w.asked, question("patient")), TEAMS),
    Row(series.overview, lambda w: series.overview(*w.asked, FJORDVIK), EVERY),
    Row(series.latest, lambda w: series.latest(*w.asked, FJORDVIK, 10), EVERY, bool),
    Row(
        annotations.add_phase,
        lambda w: annotations.add_phase(*w.asked, FJORDVIK, IMAGING, date(2022, 3, 1), "x"),
        TEAMS,
    ),
    Row(
        annotations.set_baseline,
        lambda w: annotations.set_baseline(*w.asked, FJORDVIK, IMAGING, date(2022, 3, 1), date(2022, 9, 30), "x"),
        TEAMS,
    ),
    Row(
        annotations.add_exclusion,
        lambda w: annotations.add_exclusion(*w.asked, FJORDVIK, IMAGING, date(2022, 3, 1), date(2022, 4, 30), "x"),
        TEAMS,
    ),
    Row(annotations.remove_phase, lambda w: annotations.remove_phase(*w.asked, w.set_up("phase")), TEAMS),
    Row(annotations.restore_phase, lambda w: annotations.restore_phase(*w.asked, w.set_up("phase")), TEAMS),
    Row(annotations.remove_exclusion, lambda w: annotations.remove_exclusion(*w.asked, w.set_up("out")), TEAMS),
    Row(annotations.restore_exclusion, lambda w: annotations.restore_exclusion(*w.asked, w.set_up("out")), TEAMS),
    Row(bank.published, lambda w: bank.published(*w.saved), EVERY),
    Row(bank.begin_from, lambda w: bank.begin_from(*w.saved, SHOWN, FJORDVIK, "x", "nb"), TEAMS),
    Row(before_after.months, lambda w: before_after.months(*w.asked, w.judged), EVERY),
    Row(
        before_after.beside,
        lambda w: before_after.beside(*w.asked, w.judged, [IMAGING], lambda _: w.hospitals),
        EVERY,
    ),
    Row(before_after.difference, lambda w: before_after.difference(*w.asked, w.judged, "country"), EVERY),
    Row(before_after.compared_with, lambda w: before_after.compared_with(*w.asked, w.judged, "size"), EVERY),
    Row(before_after.minutes, lambda w: before_after.minutes(*w.asked, w.judged), TEAMS),
    Row(before_after.mix, lambda w: before_after.mix(*w.asked, w.judged), TEAMS),
    Row(before_after.warnings, lambda w: before_after.warnings(*w.asked, w.judged), EVERY),
    Row(
        effects.every,
        lambda w: effects.every(*w.saved),
        EVERY,
        lambda found: any(one.unit == FJORDVIK and not one.stored for one in found),
    ),
    # For the statistics over all hospitals; nothing of it is drawn.
    Row(evidence.hospitals, lambda w: evidence.hospitals(*w.asked, IMAGING), EVERY),
    Row(
        evidence.judged,
        lambda w: evidence.judged(*w.asked, FJORDVIK, IMAGING, evidence.Window(CHANGED)),
        EVERY,
        lambda found: found.minutes is not None,
    ),
    Row(
        evidence.judged_many,
        lambda w: evidence.judged_many(*w.asked, [(FJORDVIK, IMAGING, evidence.Window(CHANGED))]),
        EVERY,
        lambda found: found[0].minutes is not None,
        NONE,
    ),
    Row(imports.write, lambda w: imports.write(*w.saved, imports.Plan((event(FJORDVIK),), 0, ())), TEAMS),
    Row(imports.write, lambda w: imports.write(*w.saved, imports.Plan((event(None),), 0, ())), REGISTRY),
    Row(lasting_units.look, lambda w: lasting_units.look(*w.asked, IMAGING, 5), EVERY),
    Row(measured.gather, lambda w: measured.gather(*w.asked, w.whole(), judge=False), EVERY),
    Row(
        measured.registry_measure,
        lambda w: measured.registry_measure(*w.asked, w.whole().measures[0], FJORDVIK),
        EVERY,
    ),
    Row(own_data.write, lambda w: own_data.write(*w.saved, own_data.Table((point(w),), (), 0, ())), TEAMS),
    Row(
        potential.look,
        lambda w: potential.look(*w.asked, IMAGING, "target", 1),
        EVERY,
        lambda found: any(one.unit == FJORDVIK for one in found.gaps),
        EVERY,
    ),
    Row(potential.begin, lambda w: potential.begin(*w.saved, gap(), "x", "", "nb", "variation"), TEAMS),
    Row(projects.whole, lambda w: projects.whole(*w.saved, OWN), TEAMS),
    Row(projects.whole, lambda w: projects.whole(*w.saved, SHOWN), EVERY),
    Row(projects.is_own, lambda w: projects.is_own(w.scope, [FJORDVIK]), EVERY, bool),
    Row(
        projects.listed,
        lambda w: projects.listed(*w.saved),
        EVERY,
        lambda found: OWN in {one.project.id for one in found},
    ),
    Row(
        projects.on_chart,
        lambda w: projects.on_chart(*w.saved, FJORDVIK, IMAGING),
        EVERY,
        lambda found: OWN in {one.id for one, _ in found},
    ),
    Row(
        projects.create,
        lambda w: projects.create(*w.saved, Project(title="x", unit=FJORDVIK), indicator=IMAGING, units=[BODO]),
        TEAMS,
    ),
    Row(projects.follow, lambda w: projects.follow(*w.saved, w.whole().cycles[0], CHANGED), TEAMS),
    Row(proposals.propose, lambda w: proposals.propose(*w.saved, IMAGING, 2024, 0.8, 0.6, "x"), KEEPERS),
    Row(publishing.publish, lambda w: publishing.publish(*w.saved, OWN), LEADERS),
    Row(publishing.unpublish, lambda w: publishing.unpublish(*w.saved, SHOWN), LEADERS),
    Row(publishing.may_publish, lambda w: publishing.may_publish(w.scope, w.whole()), EVERY, bool, LEADERS),
    Row(publishing.shown, lambda w: publishing.shown([few(w)], w.scope), EVERY, bool),
    Row(questions.answers, lambda w: questions.answers(*w.asked, FJORDVIK, IMAGING, 2024, 2024), EVERY),
    Row(questions.begin, lambda w: questions.begin(*w.saved, FJORDVIK, IMAGING, "x", "", ["y"], "nb"), TEAMS),
    Row(rebase.suggest, lambda w: rebase.suggest(*w.asked, FJORDVIK, IMAGING), EVERY),
    Row(rebase.accept, lambda w: rebase.accept(*w.asked, suggestion(w), date(2022, 3, 1), "x", {}), TEAMS),
    # Only who holds every role everywhere may plant projects at hospitals all over the country.
    Row(sample_projects.plant_projects, lambda w: sample_projects.plant_projects(*w.asked, date(2026, 1, 1)), NONE),
    Row(
        starts.stored,
        lambda w: starts.stored(*w.saved, FJORDVIK, IMAGING, "nb"),
        EVERY,
        lambda found: any(one.project == OWN for one in found),
    ),
    Row(store.make, lambda w: store.make(*w.saved, Cycle(project=OWN, title="x")), TEAMS),
    Row(store.make, lambda w: store.make(*w.saved, decision()), LEADERS),
    Row(store.make, lambda w: store.make(*w.saved, w.effect()), LEADERS),
    Row(store.make, lambda w: store.make(*w.saved, Project(title="x", unit=FJORDVIK, published=True)), LEADERS),
    Row(store.make, lambda w: store.make(*w.saved, event(None)), REGISTRY),
    Row(store.make, lambda w: store.make(*w.saved, proposal()), KEEPERS),
    Row(store.save, lambda w: store.save(*w.saved, Project, OWN, w.version(), {"title": "y"}), TEAMS),
    Row(store.save, lambda w: store.save(*w.saved, Project, OWN, w.version(), {"published": True}), LEADERS),
    Row(store.save, lambda w: store.save(*w.saved, Project, SHOWN, w.version(SHOWN), {"published": False}), LEADERS),
    Row(store.delete, lambda w: store.delete(*w.saved, Cycle, w.whole().cycles[0].id), TEAMS),
    Row(store.delete, lambda w: store.delete(*w.saved, Project, SHOWN), TEAMS),
    Row(store.restore, lambda w: store.restore(*w.saved, Cycle, w.whole().cycles[0].id), TEAMS),
    Row(store.history, lambda w: store.history(*w.saved, OWN), TEAMS),
    Row(store.may_edit, lambda w: store.may_edit(*w.saved, w.whole().project), EVERY, bool),
    Row(
        study.study,
        lambda w: study.study(*w.asked, w.whole(), w.whole().cycles[0]),
        EVERY,
        lambda found: found.result is not None,
    ),
    Row(
        study.book,
        lambda w: study.book(*w.asked, w.whole()),
        EVERY,
        lambda found: any(one.result is not None for one in found.studies),
    ),
    Row(
        templates.apply,
        lambda w: templates.apply(*w.saved, w.whole().project, templates.all("nb")[0]),
        TEAMS,
    ),
    Row(transfer.load, lambda w: transfer.load(*w.saved, {**dumped(w), "decisions": []}, copy=True), TEAMS),
    Row(transfer.load, lambda w: transfer.load(*w.saved, dumped(w), copy=True), LEADERS),
    Row(transfer.copy_idea, lambda w: transfer.copy_idea(*w.saved, w.whole(SHOWN).ideas[0].id, OWN), TEAMS),
    Row(watch.at_units, lambda w: watch.at_units(*w.saved, [FJORDVIK]), EVERY),
    Row(watch.watch, lambda w: watch.watch(*w.asked, watch.at_units(w.session, w.scope, [FJORDVIK])), EVERY),
]


def event(unit: int | None) -> Event:
    return Event(unit=unit, starts_on=CHANGED, title="x", kind="change")


def decision() -> Decision:
    return Decision(project=OWN, unit=FJORDVIK, decided_on=CHANGED, decision="x")


def proposal() -> LimitProposal:
    return LimitProposal(indicator=IMAGING, year=2024, high=0.8, moderate=0.6, reason="x", by_role="fagraad")


def point(walk: Walk) -> Point:
    mine = next(one for one in walk.whole().measures if one.indicator is None)
    return Point(project=OWN, measure=mine.id, day=date(2020, 1, 1), value=1.0, numerator=1, denominator=2)


def gap() -> potential.Gap:
    share, wanted = Interval(0.4, 0.3, 0.5), Interval(0.6, 0.6, 0.6)
    aim = potential.Aim(wanted, "target")
    return potential.Gap(FJORDVIK, IMAGING, 2024, 2024, 100, share, aim, 100, Interval(20, 10, 30), 0.99)


def dumped(walk: Walk) -> dict[str, Any]:
    """A project as a file, with a decision in it."""
    file = transfer.dump(walk.whole())
    assert file["decisions"]
    return file


def entered(manager: AbstractContextManager[Any]) -> Any:
    with manager as found:
        return found


def few(walk: Walk) -> Effect:
    effect = walk.effect()
    effect.before_patients = publishing.FEWEST - 1
    return effect


def suggestion(walk: Walk) -> rebase.Suggestion:
    return rebase.suggest(walk.connection, everything("test"), FJORDVIK, IMAGING)


@pytest.fixture(scope="module")
def engine(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A copy for the walk: loading and building write past the transaction that is rolled back."""
    copied = shutil.copy(sample_database, tmp_path_factory.mktemp("walk") / "sample.db")
    made = connect(f"sqlite:///{Path(copied).as_posix()}")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    return {}


def scope_of(connection: Connection, role: str) -> Scope:
    return holding(role, [grants.held(connection, one, unit) for one, unit in HELD[role]], subject=role)


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


@pytest.mark.parametrize("role", HELD)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: name_of(row.function).removeprefix("nhr_dash."))
def test_every_role_gets_what_it_may_have_or_is_refused(
    engine: Engine, known: dict[str, Any], row: Row, role: str
) -> None:
    with Session(engine, expire_on_commit=False) as session:
        walk = Walk(engine, session, scope_of(session.connection(), role), known)
        if role not in row.roles:
            with pytest.raises(NotAllowed):
                row.call(walk)
        else:
            found = row.call(walk)
            if row.detail is not None:
                assert row.detail(found) == (role in row.owners)
        session.rollback()


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(one.name)


def taking_a_scope(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """Public functions of a module, and methods of its public classes, with a parameter that is a scope."""
    classes = [one for name, one in vars(module).items() if inspect.isclass(one) and not name.startswith("_")]
    for holder in (module, *(one for one in classes if one.__module__ == module.__name__)):
        for name, found in vars(holder).items():
            if name.startswith("_") or not inspect.isfunction(found) or found.__module__ != module.__name__:
                continue
            if any("Scope" in str(one.annotation) for one in inspect.signature(found).parameters.values()):
                yield found


def test_every_public_function_that_takes_a_scope_stands_in_the_table() -> None:
    there = {name_of(one) for package in (registry, improvement) for m in modules(package) for one in taking_a_scope(m)}
    assert len(there) > 60
    assert there == {name_of(row.function) for row in ROWS}


def test_a_scope_without_a_role_can_change_nothing() -> None:
    scope = Scope("cache", everything("test").visibility)
    assert scope.visibility.in_detail(FJORDVIK)
    assert not (scope.may_edit(FJORDVIK) or scope.may_publish(FJORDVIK) or scope.may_decide(FJORDVIK))
    assert not (scope.may_load or scope.may_grant or scope.may_see_audit)
