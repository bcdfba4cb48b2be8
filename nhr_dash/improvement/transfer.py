"""A project as JSON that another installation can take in, and ideas copied from project to project.

What was written travels, with the UUIDs that links and a later import know it by. Who wrote it, the history and
what was deleted stay at home.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Boolean, Date, Float
from sqlalchemy.orm import Session

from nhr_dash.access import NotAllowed, Scope
from nhr_dash.improvement import checks, projects, store
from nhr_dash.improvement.checks import REFERS
from nhr_dash.improvement.models import Cycle, Idea, Kept, Project
from nhr_dash.improvement.projects import Whole

FORMAT, SCHEMA = "nhr-dash project", 1
MOST_BYTES = 20_000_000
PARTS = (
    "participants", "members", "phases", "measures", "points", "ideas", "cycles", "entries", "events", "decisions",
    "tasks", "deliverables", "obstacles", "effects",
)  # fmt: skip
"""Lists of a whole project, what is pointed at before what points at it."""
_KINDS: dict[str, type[Kept]] = {
    name: kind
    for name, kind in zip(
        PARTS,
        (
            projects.Participant, projects.Member, projects.ProjectPhase, projects.Measure, projects.Point, Idea, Cycle,
            projects.Entry, projects.Event, projects.Decision, projects.Task, projects.Deliverable, projects.Obstacle,
            projects.Effect,
        ),
        strict=True,
    )
}  # fmt: skip


def dump(whole: Whole) -> dict[str, Any]:
    """A project as JSON's own types: days in ISO, shares 0-1. What it points at and has been deleted is left out."""
    standing = {record.id for name in PARTS for record in getattr(whole, name)}
    parts = {}
    for name in PARTS:
        rows = [_row(record, standing) for record in getattr(whole, name)]
        parts[name] = sorted((row for row in rows if row is not None), key=lambda row: row["id"])
    return {"format": FORMAT, "schema": SCHEMA, "project": _row(whole.project, standing), **parts}


def parsed(raw: bytes) -> Any:
    """The JSON of an uploaded file. Raises ``checks.Refused``."""
    if len(raw) > MOST_BYTES:
        raise checks.Refused("file", "not_a_project")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise checks.Refused("file", "not_a_project") from error


def load(session: Session, scope: Scope, data: Any, *, copy: bool = False) -> str:
    """Take a project in, in the caller's transaction; its id.

    With ``copy`` everything gets a new id, the project names its origin and is not published. Raises
    ``NotAllowed``, and ``checks.Refused`` where the file is no project, a field can't stand, or
    (``already_here``) the project or a part of it is here already, deleted or not.
    """
    project, parts = _opened(data)
    ids = {row["id"]: str(uuid4()) if copy else row["id"] for row in [project, *(row for _, row in parts)]}
    if copy:
        project = {**project, "origin": project["id"], "published": False}
    made = _made(session, scope, Project, project, ids, {})
    for kind, row in parts:
        _made(session, scope, kind, row, ids, {"project": made.id})
    return made.id


def copy_idea(session: Session, scope: Scope, idea: str, to_project: str) -> Idea:
    """Copy a change idea that may be read into one's own project; it names the project that it came from.

    Raises ``store.Gone`` and ``NotAllowed``.
    """
    found = store.found(session, Idea, idea)
    source = store.found(session, Project, found.project)
    if not (source.published or projects.is_own(scope, checks.taking_part(session, source.id))):
        raise NotAllowed("the idea's project is neither published nor one's own")
    copied = {name: getattr(found, name) for name in ("title", "primary_driver", "secondary_driver")}
    return store.make(session, scope, Idea(project=to_project, origin=source.id, **copied))


def _row(record: Kept, standing: set[str]) -> dict[str, Any] | None:
    """A record's fields; None where it has lost what it is a part of."""
    row: dict[str, Any] = {"id": record.id}
    for name, value in store.values(record).items():
        if name == "project":
            continue
        lost = (type(record), name) in REFERS and value is not None and value not in standing
        if lost and not type(record).__mapper__.columns[name].nullable:
            return None
        row[name] = None if lost else value.isoformat() if isinstance(value, date) else value
    return row


def _opened(data: Any) -> tuple[dict[str, Any], list[tuple[type[Kept], dict[str, Any]]]]:
    """The project and the parts of a file, with their shape checked and their values typed."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT or not isinstance(data.get("schema"), int):
        raise checks.Refused("file", "not_a_project")
    if data["schema"] > SCHEMA:
        raise checks.Refused("schema", "newer_file")
    parts = []
    for name in PARTS:
        rows = data.get(name, [])
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            raise checks.Refused(name, "not_a_project")
        typed = [_typed(_KINDS[name], row) for row in rows]
        parts += [(_KINDS[name], row) for row in (_in_order(typed) if name == "cycles" else typed)]
    return _typed(Project, data.get("project")), parts


def _typed(kind: type[Kept], row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise checks.Refused("file", "not_a_project")
    known = {"id", *store.values(kind())} - {"project"}
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name not in known:
            raise checks.Refused(str(name), "unknown_field")
        values[name] = _value(kind, name, value)
    try:
        values["id"] = str(UUID(values.get("id")))
    except (ValueError, TypeError, AttributeError) as error:
        raise checks.Refused("id", "unreadable") from error
    return values


def _value(kind: type[Kept], name: str, value: Any) -> Any:
    """A value of a file as the field holds it. Raises ``checks.Refused`` where it is of another kind."""
    if value is None:
        return None
    column = kind.__mapper__.columns[name].type
    right: bool
    if isinstance(column, Date):
        try:
            return date.fromisoformat(value)
        except (ValueError, TypeError) as error:
            raise checks.Refused(name, "unreadable") from error
    if isinstance(column, Boolean):
        right = isinstance(value, bool)
    elif isinstance(column, BigInteger):
        right = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    elif isinstance(column, Float):
        right = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    elif isinstance(column, JSON):
        right = isinstance(value, list)
    else:
        right = isinstance(value, str)
    if not right:
        raise checks.Refused(name, "unreadable")
    return float(value) if isinstance(column, Float) else value


def _in_order(cycles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cycles so that each stands after the one it builds on, whatever the file's order."""
    waiting = {row["id"]: row for row in cycles}
    ordered: list[dict[str, Any]] = []
    while waiting:
        ready = [row for row in waiting.values() if row.get("follows") not in waiting]
        if not ready:
            raise checks.Refused("follows", "follows_itself")
        ordered += ready
        for row in ready:
            del waiting[row["id"]]
    return ordered


def _made(
    session: Session, scope: Scope, kind: type[Kept], row: Mapping[str, Any], ids: Mapping[str, str], of: dict[str, str]
) -> Kept:
    values = {name: ids.get(value, value) if (kind, name) in REFERS else value for name, value in row.items()}
    values["id"] = ids[row["id"]]
    if session.get(kind, values["id"]) is not None:
        raise checks.Refused("id", "already_here")
    return store.make(session, scope, kind(**values, **of))
