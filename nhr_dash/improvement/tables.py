"""Events, chart phases and exclusions: what a team or the registry has written on a chart, stored as dates.

Never as indexes: the grain of a chart changes, a date does not. A point belongs to the phase of
its first day.
"""

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, String, Table, Text

from nhr_dash.registry.metadata import metadata

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit", BigInteger),  # missing: national, shown on every chart
    Column("indicator", String(40)),  # missing: on every chart of the unit
    Column("kind", String(20), nullable=False),  # change, organisation, campaign, guideline, ...
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),  # missing: a single day
    Column("title_nb", String(200), nullable=False),
    Column("title_en", String(200), nullable=False),
    Column("note", Text),
    Column("source", String(200)),
    Column("assumed", Integer, nullable=False, server_default="0"),
    Index(None, "unit", "indicator"),
    comment="Dated or spanning annotations; unit missing means national.",
)

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
