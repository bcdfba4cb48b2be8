"""The sample projects of ``sample_data/projects/``: one file a project, saved the way a team's own are.

A project and all that belongs to it get the same UUIDs and the same stamps in every build. Within a file
an idea and a measure are pointed at by their ``key``, a cycle by its number, another project by its file's name.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from nhr_dash.access import Scope
from nhr_dash.improvement import models, publishing, store
from nhr_dash.improvement.models import Kept

FOLDER = Path(__file__).resolve().parents[2] / "sample_data" / "projects"

# In the order that they are saved: what is pointed at stands first.
_TABLES: dict[str, type[models.OfProject] | type[models.Event] | type[models.Decision]] = {
    "participants": models.Participant,
    "members": models.Member,
    "phases": models.ProjectPhase,
    "measures": models.Measure,
    "points": models.Point,
    "ideas": models.Idea,
    "cycles": models.Cycle,
    "entries": models.Entry,
    "events": models.Event,
    "decisions": models.Decision,
    "tasks": models.Task,
    "deliverables": models.Deliverable,
    "obstacles": models.Obstacle,
}
_POINTERS = {"measure": "measures", "idea": "ideas", "follows": "cycles", "cycle": "cycles"}
_HAS_UNIT = {"entries", "decisions", "events"}  # at the project's own hospital unless the file says another
_WRITTEN = ("decided_on", "ends_on", "day", "starts_on")
"""A record is stamped with the first of these days that it has, never before the project was written."""


def files(folder: Path = FOLDER) -> list[Path]:
    """The project files, oldest project first: an idea's origin stands before its copy."""
    return sorted(folder.glob("*.toml"), key=lambda path: (read(path)["written_on"], path.stem))


def read(path: Path) -> dict[str, Any]:
    """What a file says, as it stands."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def project_id(name: str) -> str:
    """UUID of the project in the file of this name (without ``.toml``)."""
    return _id(name)


def plant_projects(connection: Connection, scope: Scope, newest: date) -> None:
    """Save every sample project, the published ones with their effect, in the caller's transaction.

    ``newest``: no record is stamped later than this day. Raises ``checks.Refused`` as any save does.
    """
    with Session(connection) as session:
        for path in files():
            held = []  # what the session has no hold of it would read anew for every check
            for place, (record, day) in enumerate(records(path)):
                at = datetime.combine(min(day, newest), time(9)) + timedelta(seconds=place)
                held.append(store.make(session, scope, record, at=at))
            told = read(path)
            # The effect of a public story is what its source says of it, never what these numbers come to.
            if told.get("published") and "reference" not in told:
                publishing.publish(session, scope, project_id(path.stem))


def records(path: Path) -> Iterator[tuple[Kept, date]]:
    """The records of one file with the day that each was written on, the project first."""
    content = read(path)
    written_on = content.pop("written_on")
    commitment = content.pop("commitment", "")
    rows: dict[str, list[dict[str, Any]]] = {table: content.pop(table, []) for table in _TABLES}
    rows["participants"] = [{"unit": content["unit"], "commitment": commitment}, *rows["participants"]]
    _unfold(rows)
    project = _id(path.stem)
    if "origin" in content:
        content["origin"] = _id(content["origin"])
    yield models.Project(id=project, **content), written_on
    for table, kind in _TABLES.items():
        for place, row in enumerate(rows[table]):
            values = {"unit": content["unit"], **row} if table in _HAS_UNIT else dict(row)
            key = values.pop("key", values.get("number", place))
            for field, other in _POINTERS.items():
                if field in values:
                    values[field] = _id(path.stem, other, values[field])
            if isinstance(values.get("origin"), str):
                values["origin"] = _id(values["origin"])
            if table == "measures":
                values.setdefault("position", place)
            day = next((values[name] for name in _WRITTEN if name in values), written_on)
            yield kind(id=_id(path.stem, table, key), project=project, **values), max(day, written_on)


def _unfold(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Points stand as short lists in their measure, and entries in their cycle; here they become rows of their own."""
    for measure in rows["measures"]:
        for day, numerator, *denominator in measure.pop("points", []):
            figures = {"numerator": numerator, "denominator": denominator[0]} if denominator else {"value": numerator}
            rows["points"].append({"measure": measure["key"], "day": day, **figures})
    for cycle in rows["cycles"]:
        at = {"unit": cycle["unit"]} if "unit" in cycle else {}
        for day, shift, followed, minutes, note in cycle.pop("entries", []):
            # TOML has no null: -1 minutes are minutes that nobody wrote down.
            known = {} if minutes < 0 else {"minutes": minutes}
            rows["entries"].append(
                {
                    **at,
                    "cycle": cycle["number"],
                    "day": day,
                    "shift": shift,
                    "followed": followed,
                    "note": note,
                    **known,
                }
            )


def _id(project: str, *parts: object) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(["project", project, *map(str, parts)])))
