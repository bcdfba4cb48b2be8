"""What may stand in a team's fields. A fault names the field and the sentence that is shown beside it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import String, Text

from nhr_dash.improvement import kinds, models
from nhr_dash.improvement.models import LINE, TEXT, Kept

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
LONGEST_MINUTES = 7 * 24 * 60

_CODES: dict[tuple[type[Kept], str], type[kinds.StrEnum]] = {
    (models.Project, "status"): kinds.Status,
    (models.Project, "funding"): kinds.Funding,
    (models.Project, "initiator"): kinds.Initiator,
    (models.Project, "reach"): kinds.Reach,
    (models.Project, "source"): kinds.Source,
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
}
_SPANS = (("starts_on", "ends_on"), ("starts_on", "settled_on"), ("baseline_from", "baseline_to"))


class Refused(ValueError):
    """A field can't be as it is. ``kind`` names the sentence (``refused.<kind>``), ``values`` what stands in it."""

    def __init__(self, field: str, kind: str, **values: Any) -> None:
        super().__init__(f"{field}: {kind}")
        self.field = field
        self.kind = kind
        self.values = values


def check(kind: type[Kept], new: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Raise :class:`Refused` for the first of the new values that can't stand beside the rest of the record.

    ``whole`` is the record as it would be. Nothing is cut or mended: what was typed stays the person's.
    """
    for field in _NEEDED.get(kind, ()):
        if field in new and not str(new[field] or "").strip():
            raise Refused(field, "empty")
    for field, value in new.items():
        _check_one(kind, field, value)
    for first, last in _SPANS:
        start, end = whole.get(first), whole.get(last)
        if start and end and end < start and (first in new or last in new):
            raise Refused(last if last in new else first, "backwards")
    _check_numbers(kind, new, whole)


def _check_one(kind: type[Kept], field: str, value: Any) -> None:
    if isinstance(value, str):
        _check_text(kind, field, value)
    elif isinstance(value, date) and not EARLIEST <= value <= LATEST:
        raise Refused(field, "far_date")
    elif isinstance(value, list) and sum(len(str(one)) for one in value) > TEXT:
        raise Refused(field, "long", longest=TEXT)


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
    if "\x00" in value:
        raise Refused(field, "unknown_sign")


def _check_numbers(kind: type[Kept], new: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    if kind is models.Cycle and new.keys() & {"prediction_kind", "prediction_value", "prediction_of"}:
        _check_prediction(whole)
    if kind is models.Project and new.get("score") is not None and not 0.5 <= new["score"] <= 5:
        raise Refused("score", "score")
    if kind is models.Point and new.keys() & {"numerator", "denominator"}:
        numerator, denominator = whole.get("numerator"), whole.get("denominator")
        if denominator is not None and (denominator < 0 or (numerator or 0) > denominator):
            raise Refused("numerator", "more_than_all")
    for field in ("numerator", "minutes", "aim_value", "target", "value"):
        if new.get(field) is not None and new[field] < 0:
            raise Refused(field, "negative")
    if new.get("minutes") is not None and new["minutes"] > LONGEST_MINUTES:
        raise Refused("minutes", "long_minutes")


def _check_prediction(whole: Mapping[str, Any]) -> None:
    value, of = whole.get("prediction_value"), whole.get("prediction_of")
    if value is None:
        return
    if value < 0:
        raise Refused("prediction_value", "negative")
    if whole.get("prediction_kind") == kinds.PredictionKind.SHARE and value > 1:
        raise Refused("prediction_value", "over_100")
    if whole.get("prediction_kind") == kinds.PredictionKind.MINUTES and value > LONGEST_MINUTES:
        raise Refused("prediction_value", "long_minutes")
    if of is not None and whole.get("prediction_kind") == kinds.PredictionKind.COUNT and value > of:
        raise Refused("prediction_value", "more_than_all")
