"""Chart phases and exclusions: what a team has set on a chart, stored as dates.

Never as indexes: the grain of a chart changes, a date does not. A point belongs to the phase of
its first day.
"""

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, String, Table

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
    Index(None, "unit", "indicator", "starts_on", unique=True),
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
    Index(None, "unit", "indicator"),
    comment="Days whose points stay on a chart but are left out of its lines and rules, with the reason.",
)
