"""A project and what belongs to it, as SQLAlchemy classes on the one MetaData.

Every record has a UUID, a version that rises with each save (two people never overwrite each other unseen),
and who and when. A deleted record keeps its row, so that it can be taken back. Team texts are stored
once, in the language they were written in. Days are Norwegian calendar days; moments are UTC.
"""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, Date, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from nhr_dash.registry.metadata import metadata as shared

LINE, TEXT = 200, 10_000
"""Longest line and longest text of a team, in characters."""


class Base(DeclarativeBase):
    """Every class here stands on the one MetaData."""

    metadata = shared
    type_annotation_map: ClassVar = {int: BigInteger, list[str]: JSON}


def _line() -> Any:
    return mapped_column(String(LINE), default="")


def _text() -> Any:
    return mapped_column(Text, default="")


def _code(default: str = "") -> Any:
    return mapped_column(String(20), default=default)


class Kept(Base):
    """What every record of a team carries. ``charted`` names the fields that stand on charts."""

    __abstract__ = True

    charted: ClassVar[frozenset[str]] = frozenset()

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid4()))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    created_by: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime] = mapped_column(DateTime)
    changed_by: Mapped[str] = mapped_column(String(120))
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime)  # missing: it stands

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """A save writes only over the version that it read."""
        return {"version_id_col": cls.version}


class OfProject(Kept):
    """A record that belongs to a project."""

    __abstract__ = True

    project: Mapped[str] = mapped_column(String(36), ForeignKey("project.id"), index=True)


class Titled:
    """A title in the language it was written in, and maybe one in English."""

    title: Mapped[str] = _line()
    title_en: Mapped[str] = _line()  # empty: the title stands in both languages

    def titled(self, language: str) -> str:
        """The title for a reader of a language."""
        return (self.title_en or self.title) if language == "en" else self.title


class Project(Titled, Kept):
    """An improvement project: who wants what, for whom, by when, and what came of it."""

    __tablename__ = "project"

    language: Mapped[str] = mapped_column(String(2), default="nb")
    unit: Mapped[int]  # the hospital that owns it
    status: Mapped[str] = _code("planned")
    stop_reason: Mapped[str] = _text()
    funding: Mapped[str] = _code("none")
    initiator: Mapped[str] = _code("hospital")
    reach: Mapped[str] = _code("local")
    source: Mapped[str] = _code()  # where the idea came from; empty: not said
    origin: Mapped[str | None] = mapped_column(String(36))  # project that the idea was copied from
    reference: Mapped[str] = _text()  # public source of a story; empty for a team's own
    background: Mapped[str] = _text()
    purpose: Mapped[str] = _text()
    # The aim: what, for whom, how much, by when.
    aim_what: Mapped[str] = _line()
    aim_whom: Mapped[str] = _line()
    aim_value: Mapped[float | None]  # on the outcome measure's scale: a share 0-1, minutes, a count
    aim_strict: Mapped[bool] = mapped_column(default=False)  # more than the value, else at least
    aim_by: Mapped[date | None] = mapped_column(Date)
    aim_agreed: Mapped[str] = _line()  # who has agreed to it (the E of SMARTE)
    dimensions: Mapped[list[str]] = mapped_column(default=list)
    anchored_clinic: Mapped[str] = _line()  # who and when
    anchored_management: Mapped[str] = _line()
    starts_on: Mapped[date | None] = mapped_column(Date)  # when the change began: what before and after are split by
    settled_on: Mapped[date | None] = mapped_column(Date)  # end of the ramp-in; missing: none
    ends_on: Mapped[date | None] = mapped_column(Date)
    risks: Mapped[str] = _text()
    links: Mapped[list[str]] = mapped_column(default=list)
    keeper: Mapped[str] = _line()  # role that answers for "does it last?" after the end
    lessons: Mapped[str] = _text()
    package: Mapped[str] = _text()  # what another hospital needs in order to do the same
    contact: Mapped[str] = _line()  # a role, never a name
    score: Mapped[float | None]  # IHI progress 0.5-5, set by the team
    published: Mapped[bool] = mapped_column(default=False)


class Participant(OfProject):
    """A hospital in a project, the owner included, and what it has committed itself to."""

    __tablename__ = "project_unit"

    unit: Mapped[int] = mapped_column(index=True)
    commitment: Mapped[str] = _text()
    starts_on: Mapped[date | None] = mapped_column(Date)  # own start; missing: the project's


class Member(OfProject):
    """A role in the team. Roles, not names."""

    __tablename__ = "project_member"

    role: Mapped[str] = _line()
    task: Mapped[str] = _line()
    patient: Mapped[bool] = mapped_column(default=False)  # user representative


class ProjectPhase(OfProject):
    """A stretch of a project."""

    __tablename__ = "project_phase"

    kind: Mapped[str] = _code("intervention")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)


class Measure(OfProject):
    """One measure of the family: a registry indicator, or the team's own with its own data points."""

    __tablename__ = "project_measure"

    kind: Mapped[str] = _code("outcome")
    position: Mapped[int] = mapped_column(default=0)
    indicator: Mapped[str | None] = mapped_column(String(40), index=True)  # missing: the team's own
    title: Mapped[str] = _line()  # own measures only
    definition: Mapped[str] = _text()
    data_kind: Mapped[str] = _code("share")
    direction: Mapped[int] = mapped_column(default=1)  # +1: more is better, -1: less, 0: neither
    target: Mapped[float | None]
    baseline_from: Mapped[date | None] = mapped_column(Date)
    baseline_to: Mapped[date | None] = mapped_column(Date)


class Point(OfProject):
    """One data point of a team's own measure."""

    __tablename__ = "measure_point"

    measure: Mapped[str] = mapped_column(String(36), ForeignKey("project_measure.id"), index=True)
    day: Mapped[date] = mapped_column(Date)
    numerator: Mapped[float | None]
    denominator: Mapped[float | None]
    value: Mapped[float | None]  # counts and minutes
    note: Mapped[str] = _line()


class Idea(OfProject):
    """A change idea under a primary and a secondary driver."""

    __tablename__ = "change_idea"

    title: Mapped[str] = _line()
    primary_driver: Mapped[str] = _line()
    secondary_driver: Mapped[str] = _line()
    status: Mapped[str] = _code("idea")
    origin: Mapped[str | None] = mapped_column(String(36))  # project that it was copied from


class Cycle(OfProject):
    """One PDSA cycle: plan with a prediction, do, study, act."""

    __tablename__ = "cycle"
    charted = frozenset({"unit", "number", "title", "starts_on", "ends_on"})

    unit: Mapped[int | None]  # missing: common to all participants
    number: Mapped[int]
    title: Mapped[str] = _line()
    idea: Mapped[str | None] = mapped_column(String(36), ForeignKey("change_idea.id"))
    follows: Mapped[str | None] = mapped_column(String(36), ForeignKey("cycle.id"))  # the cycle before in the ramp
    scale: Mapped[str] = _code("shift")
    question: Mapped[str] = _text()
    measure: Mapped[str | None] = mapped_column(String(36), ForeignKey("project_measure.id"))
    prediction_kind: Mapped[str] = _code("sentence")
    prediction_value: Mapped[float | None]
    prediction_of: Mapped[float | None]  # "3 of 3": how many patients a count is out of
    prediction: Mapped[str] = _text()
    plan_what: Mapped[str] = _text()
    plan_who: Mapped[str] = _line()
    plan_where: Mapped[str] = _line()
    plan_data: Mapped[str] = _text()
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    happened: Mapped[str] = _text()
    deviations: Mapped[str] = _text()
    learned: Mapped[str] = _text()
    result: Mapped[str] = _text()  # in the team's words, beside the computed one
    act: Mapped[str] = _code()  # empty: not decided yet
    act_why: Mapped[str] = _text()
    decided_on: Mapped[date | None] = mapped_column(Date)


class Entry(OfProject):
    """Quick registration during a test: no patient identity, only day and shift."""

    __tablename__ = "quick_entry"

    cycle: Mapped[str | None] = mapped_column(String(36), ForeignKey("cycle.id"), index=True)
    unit: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    shift: Mapped[str] = _code("day")  # day, evening, night
    followed: Mapped[bool]
    minutes: Mapped[float | None]
    note: Mapped[str] = _line()


class Event(Titled, Kept):
    """A dated or spanning event on charts: a team's own, a health trust's, or national."""

    __tablename__ = "chart_event"
    charted = frozenset({"unit", "indicator", "starts_on", "ends_on", "title", "title_en"})

    project: Mapped[str | None] = mapped_column(String(36), ForeignKey("project.id"), index=True)
    unit: Mapped[int | None]  # missing: national; a trust's or region's stands at its hospitals
    indicator: Mapped[str | None] = mapped_column(String(40))  # missing: on every chart of the unit
    kind: Mapped[str] = _code("change")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # missing: a single day
    note: Mapped[str] = _text()
    reference: Mapped[str] = _text()
    assumed: Mapped[bool] = mapped_column(default=False)  # a date or fact that the source leaves open
    __table_args__ = (Index(None, "unit", "indicator"),)


class Decision(Kept):
    """What a review meeting decided about a unit, with or without a project."""

    __tablename__ = "decision"

    project: Mapped[str | None] = mapped_column(String(36), ForeignKey("project.id"), index=True)
    unit: Mapped[int]
    indicator: Mapped[str | None] = mapped_column(String(40))
    decided_on: Mapped[date] = mapped_column(Date)
    decision: Mapped[str] = _text()
    by_role: Mapped[str] = _line()
    follow_up_on: Mapped[date | None] = mapped_column(Date)
    __table_args__ = (Index(None, "unit", "decided_on"),)


class LimitProposal(Kept):
    """Other limits of attainment that somebody proposes for an indicator, and why. Nothing follows from it."""

    __tablename__ = "limit_proposal"

    indicator: Mapped[str] = mapped_column(String(40), index=True)
    year: Mapped[int]  # the year whose results they were tried on
    high: Mapped[float]  # shares 0-1
    moderate: Mapped[float]
    reason: Mapped[str] = _text()
    by_role: Mapped[str] = _code()


class Task(OfProject):
    """Something to do, with the role that owns it."""

    __tablename__ = "task"

    title: Mapped[str] = _line()
    owner: Mapped[str] = _line()
    due_on: Mapped[date | None] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)


class Deliverable(OfProject):
    """Something promised: delivered, or why not."""

    __tablename__ = "deliverable"

    title: Mapped[str] = _line()
    due_on: Mapped[date | None] = mapped_column(Date)
    delivered_on: Mapped[date | None] = mapped_column(Date)
    progress: Mapped[str] = _code("on_track")
    reason: Mapped[str] = _text()


class Obstacle(OfProject):
    """An obstacle that management must solve; heads the project's part of a meeting until answered."""

    __tablename__ = "obstacle"

    what: Mapped[str] = _text()
    decides: Mapped[str] = _line()
    by: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str] = _text()
    answered_on: Mapped[date | None] = mapped_column(Date)


class Effect(OfProject):
    """The effect of a published project, stored when it was published and never recomputed for other dates."""

    __tablename__ = "project_effect"

    measure: Mapped[str] = mapped_column(String(36), ForeignKey("project_measure.id"))
    unit: Mapped[int]
    before_from: Mapped[date] = mapped_column(Date)
    before_until: Mapped[date] = mapped_column(Date)  # exclusive
    after_from: Mapped[date] = mapped_column(Date)
    after_until: Mapped[date] = mapped_column(Date)  # exclusive
    before: Mapped[float]  # a share 0-1, or median minutes
    before_patients: Mapped[int]
    after: Mapped[float]
    after_patients: Mapped[int]
    difference: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    grade: Mapped[str] = mapped_column(String(30))
    data_version: Mapped[int]

    @property
    def in_minutes(self) -> bool:
        """Are the levels medians in minutes? No share is above 1."""
        return max(self.before, self.after) > 1


class Change(Base):
    """One field of one record, before and after: the history that nothing removes."""

    __tablename__ = "change"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid4()))
    project: Mapped[str | None] = mapped_column(String(36), index=True)
    table: Mapped[str] = mapped_column("record_table", String(30))
    record: Mapped[str] = mapped_column(String(36), index=True)
    version: Mapped[int]  # the version that the change made
    field: Mapped[str] = mapped_column(String(40))  # "" for made, deleted and restored
    before: Mapped[str | None] = mapped_column(Text)  # JSON
    after: Mapped[str | None] = mapped_column(Text)  # JSON
    at: Mapped[datetime] = mapped_column("changed_at", DateTime)
    by: Mapped[str] = mapped_column("changed_by", String(120))
