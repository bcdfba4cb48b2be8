"""What the sample registry holds besides patients: projects, national events, the public stories, phases of charts.

Real hospitals get only what is told of them in public, with its source; what a source leaves open
is marked as assumed. Everything invented happens at the training hospitals.
"""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, insert

from nhr_dash.access import everything
from nhr_dash.improvement.models import Event
from nhr_dash.improvement.sample_projects import plant_projects
from nhr_dash.improvement.tables import chart_phase
from nhr_dash.registry.series import newest_admission

FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
PERSON = "sample"


def plant(connection: Connection) -> None:
    """Write what ``sample_data/`` says of projects, events and phases, in the caller's transaction."""
    now = datetime.now(UTC).replace(tzinfo=None)
    newest = newest_admission(connection)
    plant_projects(connection, everything(PERSON), newest.date() if newest else now.date())
    connection.execute(insert(Event), [_event(row, now) for row in _rows("events.csv")])
    connection.execute(
        chart_phase.insert(),
        [
            {
                "unit": int(row["unit"]),
                "indicator": row["indicator"],
                "starts_on": date.fromisoformat(row["starts_on"]),
                "reason": row["reason"],
                "created_at": now,
                "created_by": PERSON,
            }
            for row in _rows("phases.csv")
        ],
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _event(row: dict[str, str], now: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"event/{row['unit']}/{row['starts_on']}/{row['title_nb']}")),
        "version": 1,
        "created_at": now,
        "created_by": PERSON,
        "changed_at": now,
        "changed_by": PERSON,
        "kind": row["kind"],
        "title": row["title_nb"],
        "title_en": row["title_en"],
        "reference": row["source"],
        "note": row["note"],
        "indicator": row["indicator"] or None,
        "unit": int(row["unit"]) if row["unit"] else None,
        "starts_on": date.fromisoformat(row["starts_on"]),
        "ends_on": date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
        "assumed": row["assumed"] == "1",
    }
