"""What may stand in a team's fields. A fault names the field and the sentence that is shown beside it."""

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Session

from nhr_dash.access import Role
from nhr_dash.improvement import kinds, models
from nhr_dash.improvement.models import LINE, TEXT, Kept
from nhr_dash.registry import indicators, units

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
LONGEST_MINUTES = 7 * 24 * 60


class _Language(StrEnum):
    NB = "nb"
    EN = "en"


_CODES: dict[tuple[type[Kept], str], type[StrEnum]] = {
    (models.Project, "language"): _Language,
    (models.Project, "status"): kinds.Status,
    (models.Project, "funding"): kinds.Funding,
    (models.Project, "initiator"): kinds.Initiator,
    (models.Project, "reach"): kinds.Reach,
    (models.Project, "source"): kinds.Source,
    (models.Project, "dimensions"): kinds.Dimension,
    (models.ProjectPhase, "kind"): kinds.PhaseKind,
    (models.Measure, "kind"): kinds.MeasureKind,
    (models.Measure, "data_kind"): kinds.DataKind,
    (models.Idea, "status"): kinds.IdeaStatus,
    (models.Cycle, "scale"): kinds.Scale,
    (models.Cycle, "prediction_kind"): kinds.PredictionKind,
    (models.Cycle, "act"): kinds.Act,
    (models.Deliverable, "progress"): kinds.Progress,
    (models.Event, "kind"): kinds.EventKind,
    (models.Entry, "shift"): kinds.Shift,
    (models.LimitProposal, "by_role"): Role,
}
_MAY_BE_EMPTY = {(models.Project, "source"), (models.Cycle, "act")}
_NEEDED: dict[type[Kept], tuple[str, ...]] = {
    models.Project: ("title",),
    models.Idea: ("title",),
    models.Event: ("title",),
    models.Task: ("title",),
    models.Deliverable: ("title",),
    models.Obstacle: ("what",),
    models.Decision: ("decision",),
    models.Member: ("role",),
    models.Cycle: ("title",),
    models.LimitProposal: ("reason",),
}
_NEVER_EMPTIED: dict[type[Kept], tuple[str, ...]] = {models.Project: ("aim_what",)}
"""May wait when the record is made, but is never taken away again."""
_SPANS = (
    ("starts_on", "ends_on"),
    ("starts_on", "settled_on"),
    ("starts_on", "aim_by"),
    ("baseline_from", "baseline_to"),
    ("decided_on", "follow_up_on"),
)
_NEVER_NEGATIVE = ("numerator", "denominator", "minutes", "aim_value", "target", "value", "prediction_value", "number")
REFERS: dict[tuple[type[Kept], str], type[models.OfProject]] = {
    (models.Cycle, "idea"): models.Idea,
    (models.Cycle, "follows"): models.Cycle,
    (models.Cycle, "measure"): models.Measure,
    (models.Entry, "cycle"): models.Cycle,
    (models.Point, "measure"): models.Measure,
    (models.Effect, "measure"): models.Measure,
}
"""Fields that hold the id of another record of the same project."""
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


class Refused(ValueError):
    """A field can't be as it is. ``kind`` names the sentence (``refused.<kind>``), ``values`` what stands in it."""

    def __init__(self, field: str, kind: str, **values: Any) -> None:
        super().__init__(f"{field}: {kind}")
        self.field = field
        self.kind = kind
        self.values = values


def check_new(kind: type[Kept], fields: Mapping[str, Any]) -> None:
    """Raise :class:`Refused` for the first field of a record to be made that lacks what it needs or can't stand."""
    for column in kind.__mapper__.columns:
        if column.key in fields and fields[column.key] is None and not column.nullable:
            raise Refused(column.key, "empty")
    said = {name: value for name, value in fields.items() if value not in (None, "")}
    check(kind, said | {name: fields[name] for name in _NEEDED.get(kind, ())}, fields)


def check(kind: type[Kept], new: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Raise :class:`Refused` for the first of the new values that can't stand beside the rest of the record.

    ``whole`` is the record as it would be. Nothing is cut or mended: what was typed stays the person's.
    """
    for field in (*_NEEDED.get(kind, ()), *_NEVER_EMPTIED.get(kind, ())):
        if field in new and not str(new[field] or "").strip():
            raise Refused(field, "empty")
    for field, value in new.items():
        _check_one(kind, field, value)
    for first, last in _SPANS:
        start, end = whole.get(first), whole.get(last)
        if start and end and end < start and (first in new or last in new):
            raise Refused(last if last in new else first, "backwards")
    _check_numbers(kind, new, whole)
    if kind is models.Measure and not whole.get("indicator") and not str(whole.get("title") or "").strip():
        raise Refused("title", "empty")


def check_references(session: Session, record: Kept, new: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Raise :class:`Refused` where new values point outside the project, or at a unit or indicator that isn't there.

    ``record`` says whose values they are; it may be on its way in.
    """
    kind = type(record)
    for field, target in ((name, REFERS[kind, name]) for name in new if (kind, name) in REFERS):
        if new[field] is not None:
            _check_reference(session, record, field, target, new[field], whole["project"])
    if isinstance(whole.get("indicator"), str) and "indicator" in new:
        try:
            indicators.by_id(whole["indicator"])
        except indicators.UnknownIndicator:
            raise Refused("indicator", "unknown_indicator") from None
    if new.get("unit") is not None:
        _check_unit(session, record, new["unit"], whole)
    if kind is models.Point:
        _check_point(session.get(models.Measure, whole["measure"]), whole)


def participants(session: Session, project: str) -> list[int]:
    """Hospitals that stand as taking part in a project."""
    wanted = select(models.Participant.unit).where(
        models.Participant.project == project, models.Participant.deleted_at.is_(None)
    )
    with session.no_autoflush:
        return list(session.scalars(wanted))


def taking_part(session: Session, project: str) -> set[int]:
    """Hospitals of a project, its owner included."""
    found = session.get(models.Project, project)
    return {*participants(session, project), *([found.unit] if found else [])}


def _check_one(kind: type[Kept], field: str, value: Any) -> None:
    column = kind.__mapper__.columns[field]
    if value is None and not column.nullable:
        raise Refused(field, "empty")
    if isinstance(value, str):
        _check_text(kind, field, value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise Refused(field, "not_a_number")
    elif isinstance(value, date) and not EARLIEST <= value <= LATEST:
        raise Refused(field, "far_date")
    elif isinstance(value, list):
        _check_list(kind, field, value)


def _check_text(kind: type[Kept], field: str, value: str) -> None:
    codes = _CODES.get((kind, field))
    if codes is not None:
        if value not in tuple(codes) and not (value == "" and (kind, field) in _MAY_BE_EMPTY):
            raise Refused(field, "unknown_code")
        return
    column = kind.__mapper__.columns[field].type
    longest = TEXT if isinstance(column, Text) else column.length if isinstance(column, String) else LINE
    if longest is not None and len(value) > longest:
        raise Refused(field, "long", longest=longest)
    if not printable(value):
        raise Refused(field, "unknown_sign")


def printable(text: str) -> bool:
    """Can a text be stored in every database and written to every kind of file? Emoji can, control signs can't."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\n\r" for sign in text)


def _check_list(kind: type[Kept], field: str, value: list[Any]) -> None:
    codes = _CODES.get((kind, field))
    if not all(isinstance(one, str) and (codes is None or one in tuple(codes)) for one in value):
        raise Refused(field, "unknown_code")
    if codes is None and not all(_LINK.fullmatch(one) and printable(one) for one in value):
        raise Refused(field, "not_a_link")
    if sum(map(len, value)) > TEXT:
        raise Refused(field, "long", longest=TEXT)


def _check_numbers(kind: type[Kept], new: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    for field in _NEVER_NEGATIVE:
        if new.get(field) is not None and new[field] < 0:
            raise Refused(field, "negative")
    if kind is models.Cycle and new.keys() & {"prediction_kind", "prediction_value", "prediction_of"}:
        _check_prediction(whole)
    if kind is models.Project and new.get("score") is not None and not 0.5 <= new["score"] <= 5:
        raise Refused("score", "score")
    if kind is models.Measure and new.get("direction") not in (None, -1, 0, 1):
        raise Refused("direction", "unknown_code")
    if kind is models.Point and new.keys() & {"numerator", "denominator"}:
        numerator, denominator = whole.get("numerator"), whole.get("denominator")
        if denominator is not None and (numerator or 0) > denominator:
            raise Refused("numerator", "more_than_all")
    if kind is models.LimitProposal and not 0 < whole["moderate"] < whole["high"] <= 1:
        raise Refused("high", "limits_order")
    if new.get("minutes") is not None and new["minutes"] > LONGEST_MINUTES:
        raise Refused("minutes", "long_minutes")


def _check_prediction(whole: Mapping[str, Any]) -> None:
    value, of = whole.get("prediction_value"), whole.get("prediction_of")
    if value is None:
        return
    if whole.get("prediction_kind") == kinds.PredictionKind.SHARE and value > 1:
        raise Refused("prediction_value", "over_100")
    if whole.get("prediction_kind") == kinds.PredictionKind.MINUTES and value > LONGEST_MINUTES:
        raise Refused("prediction_value", "long_minutes")
    if of is not None and whole.get("prediction_kind") == kinds.PredictionKind.COUNT and value > of:
        raise Refused("prediction_value", "more_than_all")


def _check_reference(
    session: Session, record: Kept, field: str, target: type[models.OfProject], wanted: str, project: str
) -> None:
    found = session.get(target, wanted)
    if found is None or found.project != project:
        raise Refused(field, "other_project")
    if found.deleted_at is not None:
        raise Refused(field, "gone")
    # A ramp that bites its own tail has no first cycle to be drawn from.
    before: models.Cycle | None = found if isinstance(record, models.Cycle) and field == "follows" else None  # type: ignore[assignment]
    passed: set[str] = set()
    while before is not None and before.id not in passed:
        if before.id == record.id:
            raise Refused(field, "follows_itself")
        passed.add(before.id)
        before = session.get(models.Cycle, before.follows) if before.follows else None


def _check_unit(session: Session, record: Kept, unit: int, whole: Mapping[str, Any]) -> None:
    if unit not in units.structure(session.connection()).units:
        raise Refused("unit", "unknown_unit")
    if isinstance(record, models.Cycle | models.Entry) and unit not in taking_part(session, whole["project"]):
        raise Refused("unit", "not_taking_part")
    if isinstance(record, models.Participant) and unit in participants(session, whole["project"]):
        raise Refused("unit", "twice")


def _check_point(measure: models.Measure | None, whole: Mapping[str, Any]) -> None:
    """A data point holds what its measure counts."""
    if measure is None or measure.data_kind == kinds.DataKind.DATES:
        return
    share = measure.data_kind == kinds.DataKind.SHARE
    for field in ("numerator", "denominator") if share else ("value",):
        if whole.get(field) is None:
            raise Refused(field, "empty")
