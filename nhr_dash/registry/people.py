"""The tables of people, what they are granted, and the audit log.

Kept apart from the registry's own tables: nothing here says anything about a patient.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Integer, String, Table

from nhr_dash.registry.metadata import metadata

person = Table(
    "person",
    metadata,
    Column("subject", String(255), primary_key=True),
    Column("name", String(120), nullable=False),  # as the identity provider gives it; empty until the first sign-in
    Column("email", String(255)),
    comment="People who have or have had access, by the identity provider's subject.",
)

access_grant = Table(
    "access_grant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String(255), ForeignKey("person.subject"), nullable=False, index=True),
    Column("role", String(10), nullable=False),
    Column("unit", BigInteger),  # missing: a role that isn't held at a unit
    Column("municipality", String(80)),  # whose aggregates a reader follows
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),  # exclusive; missing: open
    Column("given_by", String(255), nullable=False),
    Column("given_at", DateTime, nullable=False),  # UTC
    Column("revoked_by", String(255)),
    Column("revoked_at", DateTime),  # UTC; missing: it stands
    CheckConstraint("role IN ('reader', 'team', 'leader', 'fagraad', 'registry')", name="role"),
    comment="Who holds which role at which unit, from-to. A row is never deleted.",
)
"""The unit is a hospital, a trust, a region or the nation; to which hospitals it leads is resolved when it is read."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),  # UTC
    Column("person", String(255), nullable=False),
    Column("what", String(20), nullable=False),
    Column("about", String(255), nullable=False),  # codes alone: orgnr, indicator, UUID, file; no patient's values
    Index(None, "person", "what", "about", "at"),
    comment="Who did what, and when. Rows are added; the database refuses to change or delete one.",
)
