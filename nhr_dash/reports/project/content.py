"""What a project's papers say, once, in the order of the national project plan; the files only lay it out.

Order: background, purpose, aims, measures and changes, results, lessons (the plan of the service for
medical quality registries), and last the answers that the registry's national evaluation asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nhr_dash.charts.drawing import Drawing
from nhr_dash.charts.svg import alone
from nhr_dash.improvement import measured, transfer
from nhr_dash.improvement.kinds import MeasureKind
from nhr_dash.improvement.models import Cycle
from nhr_dash.improvement.projects import Whole
from nhr_dash.reports.export import Stamp, stamp_rows
from nhr_dash.text.catalog import t
from nhr_dash.text.formats import day, days, listed


@dataclass(frozen=True)
class Parts:
    """What the papers are made of. Sentences and drawings come from the page, so that paper and screen agree.

    ``units``: names by organisation number. ``ramp`` and ``drivers`` are SVG; None where there is nothing to draw.
    """

    whole: Whole
    units: Mapping[int, str]
    aim: str
    verdict: str
    stamp: Stamp
    chart: Drawing | None = None
    measures: Drawing | None = None
    ramp: str | None = None
    drivers: str | None = None


@dataclass(frozen=True)
class Table:
    """Rows of text under their headings."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with texts, points, tables and the names of pictures, in that order."""

    title: str
    texts: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing was written yet."""
        return not (self.texts or self.points or self.tables or self.pictures)


@dataclass(frozen=True)
class Report:
    """A project's paper in one language.

    ``cycles``: number, title, scale, days, prediction, what was learned, decision, in that order, a row each.
    ``obstacles``: those that management has not answered. ``drawings`` and ``svgs`` are the pictures by the names
    that sections use; an SVG stands alone, with its namespace. ``portable``: the project as another installation
    takes it in.
    """

    title: str
    subtitle: str
    aim: str
    verdict: str
    sections: tuple[Section, ...]
    cycles: tuple[tuple[str, ...], ...]
    obstacles: tuple[str, ...]
    roles: tuple[str, ...]
    lessons: tuple[str, ...]
    evaluation: Table
    notes: tuple[tuple[str, str], ...]
    stamp: Stamp
    language: str
    portable: Mapping[str, Any]
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    svgs: Mapping[str, str] = field(default_factory=dict)


def report(parts: Parts, language: str) -> Report:
    """Everything that is written of a project, in order; sections that nobody has written are left out."""

    def word(key: str) -> str:
        return t(language, f"project_report.{key}")

    whole, project = parts.whole, parts.whole.project
    sections = (
        Section(word("background"), _said(project.background), tuple(_source(parts, language))),
        Section(word("purpose"), _said(project.purpose)),
        Section(word("aims"), _said(parts.aim), tuple(_aim(parts, language))),
        Section(word("team"), (), tuple(_team(parts, language))),
        Section(word("measures"), tables=_measures(whole, language), pictures=_named("measures", parts.measures)),
        Section(
            word("changes"),
            tables=_cycles(whole, language),
            pictures=(*_named("drivers", parts.drivers), *_named("ramp", parts.ramp)),
        ),
        Section(
            word("results"), _said(parts.verdict), tuple(_obstacles(parts, language)), (), _named("chart", parts.chart)
        ),
        Section(word("lessons"), _said(project.lessons, project.package), _labelled(word("contact"), project.contact)),
        Section(word("decisions"), tables=_decisions(whole, language)),
        Section(word("risks"), _said(project.risks), tuple(project.links)),
    )
    title = project.titled(language)
    where = listed([parts.units.get(unit, str(unit)) for unit in whole.units], language)
    status = t(language, f"project.status_{project.status}")
    drawings = {name: one for name, one in (("chart", parts.chart), ("measures", parts.measures)) if one is not None}
    return Report(
        title=title,
        subtitle=f"{where} · {status}",
        aim=parts.aim,
        verdict=parts.verdict,
        sections=tuple(one for one in sections if not one.empty),
        cycles=tuple(row for one in _cycles(whole, language) for row in one.rows),
        obstacles=tuple(one.what for one in whole.obstacles if one.answered_on is None),
        roles=tuple(one.role for one in whole.members),
        lessons=_said(project.lessons),
        evaluation=_evaluation(parts, title, where, language),
        notes=tuple(stamp_rows(parts.stamp, language)),
        stamp=parts.stamp,
        language=language,
        portable=transfer.dump(whole),
        drawings=drawings,
        svgs={name: alone(one) for name, one in (("ramp", parts.ramp), ("drivers", parts.drivers)) if one is not None},
    )


def evaluation_text(paper: Report) -> str:
    """The answers for the national evaluation as text to copy into its form."""
    lines = [f"{question}: {answer}" for question, answer in paper.evaluation.rows]
    if paper.stamp.synthetic:
        lines.append(": ".join(paper.notes[0]))
    return "\n".join(lines)


def _said(*texts: str) -> tuple[str, ...]:
    return tuple(one for one in texts if one.strip())


def _named(name: str, picture: object) -> tuple[str, ...]:
    return () if picture is None else (name,)


def _labelled(label: str, value: str) -> tuple[str, ...]:
    return (f"{label}: {value}",) if value.strip() else ()


def _source(parts: Parts, language: str) -> list[str]:
    project = parts.whole.project
    lines = []
    if project.source:
        lines.append(f"{t(language, 'project_report.source')}: {t(language, f'project.source_{project.source}')}")
    if project.reference:
        lines.append(f"{t(language, 'project_report.reference')}: {project.reference}")
    return lines


def _aim(parts: Parts, language: str) -> list[str]:
    project = parts.whole.project
    lines = [
        *_labelled(t(language, "project_report.whom"), project.aim_whom),
        *_labelled(t(language, "project_report.agreed"), project.aim_agreed),
    ]
    if project.dimensions:
        named = listed([t(language, f"project.dimension_{one}") for one in project.dimensions], language)
        lines.append(f"{t(language, 'project_report.dimensions')}: {named}")
    return lines


def _team(parts: Parts, language: str) -> list[str]:
    project = parts.whole.project
    lines = [
        ": ".join(piece for piece in (one.role, one.task) if piece)
        + (f" ({t(language, 'project_report.patient')})" if one.patient else "")
        for one in parts.whole.members
    ]
    lines += _labelled(t(language, "project_report.anchored_clinic"), project.anchored_clinic)
    lines += _labelled(t(language, "project_report.anchored_management"), project.anchored_management)
    return lines


def _measures(whole: Whole, language: str) -> tuple[Table, ...]:
    rows = []
    for kind in MeasureKind:
        for one in whole.measures:
            if one.kind != kind:
                continue
            known = measured.indicator_of(one)
            definition = one.definition or (known.words(language).population if known is not None else "")
            rows.append((t(language, f"project.measure_{kind}"), measured.title(one, language), definition))
    head = tuple(t(language, f"project_report.column_{name}") for name in ("kind", "measure", "definition"))
    return (Table(head, tuple(rows)),) if rows else ()


def cycle_days(cycle: Cycle, language: str) -> str:
    """From and to; empty before it has begun."""
    return days(cycle.starts_on, cycle.ends_on or cycle.starts_on, language) if cycle.starts_on else ""


def _cycles(whole: Whole, language: str) -> tuple[Table, ...]:
    rows = [
        (
            str(one.number),
            one.title,
            t(language, f"project.scale_{one.scale}"),
            cycle_days(one, language),
            one.prediction,
            " ".join(_said(one.result, one.learned)),
            t(language, f"project.acted_{one.act}") if one.act else "",
        )
        for one in whole.cycles
    ]
    names = ("number", "cycle", "scale", "when", "prediction", "learned", "decided")
    head = tuple(t(language, f"project_report.column_{name}") for name in names)
    return (Table(head, tuple(rows)),) if rows else ()


def _obstacles(parts: Parts, language: str) -> list[str]:
    return [
        f"{t(language, 'project_report.obstacle')}: {one.what}" + (f" – {one.answer}" if one.answer else "")
        for one in parts.whole.obstacles
    ]


def _decisions(whole: Whole, language: str) -> tuple[Table, ...]:
    rows = tuple((day(one.decided_on, language), one.decision, one.by_role) for one in whole.decisions)
    head = tuple(t(language, f"project_report.column_{name}") for name in ("date", "decision", "by"))
    return (Table(head, rows),) if rows else ()


def _evaluation(parts: Parts, title: str, where: str, language: str) -> Table:
    """Which measure, who, start, end, result: what the national evaluation of registries asks of each project."""

    def name(key: str) -> str:
        return t(language, f"project_report.evaluation_{key}")

    whole = parts.whole
    used = listed([measured.title(one, language) for one in whole.measures], language) if whole.measures else ""
    rows = (
        (name("project"), title),
        (name("who"), where),
        (name("measures"), used),
        (name("start"), day(whole.project.starts_on, language) if whole.project.starts_on else ""),
        (name("end"), day(whole.project.ends_on, language) if whole.project.ends_on else ""),
        (name("aim"), parts.aim),
        (name("result"), parts.verdict),
    )
    return Table((name("question"), name("answer")), rows)
