"""Chart phases and exclusions: what a team has set on a chart, stored as dates.

Never as indexes: the grain of a chart changes, a date does not. A point belongs to the phase of
its first day. What was removed keeps its row, so that it can be brought back and looked at.
"""

from sqlalchemy import JSON, BigInteger, Column, Date, DateTime, Index, Integer, String, Table, text

from nhr_dash.registry.metadata import metadata

chart_phase = Table(
    "chart_phase",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit", BigInteger, nullable=False),
    Column("indicator", String(40), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("created_at", DateTime, nullable=False),  # UTC
    Column("created_by", String(120), nullable=False),
    Column("answers", JSON),  # of the questions that were asked before the level was moved, by their codes
    Column("removed_at", DateTime),  # UTC; missing: it stands
    Column("removed_by", String(120)),
    Index(
        None,
        "unit",
        "indicator",
        "starts_on",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
    comment="Where a new phase of a chart begins, with the reason.",
)

chart_exclusion = Table(
    "chart_exclusion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit", BigInteger, nullable=False),
    Column("indicator", String(40), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),  # inclusive
    Column("reason", String(200), nullable=False),
    Column("created_at", DateTime, nullable=False),  # UTC
    Column("created_by", String(120), nullable=False),
    Column("removed_at", DateTime),  # UTC; missing: it stands
    Column("removed_by", String(120)),
    Index(None, "unit", "indicator"),
    comment="Days whose points stay on a chart but are left out of its lines and rules, with the reason.",
)
