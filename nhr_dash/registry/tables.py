"""Units, deliveries, aggregates and the derived tables (facts, day summary).

The forms themselves stand in :mod:`nhr_dash.registry.forms`.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
)

from nhr_dash.registry.metadata import metadata

hospital = Table(
    "sykehus",
    metadata,
    Column("orgnr", BigInteger, primary_key=True, autoincrement=False),
    Column("kortnavn", String(60), key="name", nullable=False),
    Column("slagenhet", Boolean, key="has_stroke_unit", nullable=False),
    Column("trombektomisenter", Boolean, key="thrombectomy_centre", nullable=False),
    Column("opplaering", Boolean, key="training", nullable=False),
    Column("gyldig_fra", Date, key="valid_from"),
    Column("gyldig_til", Date, key="valid_to"),
    comment="Hospitals; orgnr is the organisation number of the sub-entity. RESH is never a key.",
)
"""Treating hospitals. Source: the public list of units with organisation numbers."""

organisation = Table(
    "foretak",
    metadata,
    Column("orgnr", BigInteger, primary_key=True, autoincrement=False),
    Column("navn", String(80), key="name", nullable=False),
    Column("kortnavn", String(60), key="short_name", nullable=False),
    Column("nivaa", String(10), key="level", nullable=False),
    CheckConstraint("nivaa IN ('trust', 'region', 'nation')", name="level"),
    comment="Health trusts, regions and the nation (orgnr 1).",
)
"""The levels above a hospital. Source: as for hospitals."""

unit_membership = Table(
    "unit_membership",
    metadata,
    Column("unit", BigInteger, primary_key=True, autoincrement=False),
    Column("parent", BigInteger, ForeignKey("foretak.orgnr"), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    CheckConstraint("kind IN ('trust', 'region', 'nation')", name="kind"),
    comment="Which hospital belongs to which trust, region and nation, from-to (to is exclusive).",
)
"""A hospital's row for each level it is summed into. Training hospitals have a trust only."""

counted_at = Table(
    "counted_at",
    metadata,
    Column("unit", BigInteger, ForeignKey("sykehus.orgnr"), primary_key=True),
    Column("indicator", String(40), primary_key=True),
    Column("counted_unit", BigInteger, ForeignKey("sykehus.orgnr"), nullable=False),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    comment="An indicator's cases of one hospital counted at another (thrombolysis mergers).",
)
"""Mergers, applied when read, with a footnote; facts keep the raw hospital. Source: footnotes of
the national indicator on thrombolysis within 40 minutes."""

delivery = Table(
    "leveranse",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fil", String(255), key="file", nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("lastet", DateTime, key="loaded_at", nullable=False),  # UTC
    Column("lastet_av", String(120), key="loaded_by", nullable=False),
    Column("skjema", String(30), key="form", nullable=False),  # table name, or 'aggregat'
    Column("uttrekksdato", Date, key="extract_date", nullable=False),
    Column("type", String(10), key="kind", nullable=False),  # changes, full
    Column("full_orgnr", BigInteger, key="full_unit"),
    Column("full_fra", Date, key="full_from"),
    Column("full_til", Date, key="full_to"),
    Column("lest", Integer, key="rows_read", nullable=False),
    Column("nye", Integer, key="rows_new", nullable=False),
    Column("endret", Integer, key="rows_changed", nullable=False),
    Column("avvist", Integer, key="rows_rejected", nullable=False),
    Column("trukket", Integer, key="rows_withdrawn", nullable=False),
    Column("nyeste_innleggelse", DateTime, key="newest_admission"),
    Column("bekreftet_til", Date, key="confirmed_until"),
    Column("syntetisk", Boolean, key="synthetic", nullable=False),
    CheckConstraint("type IN ('changes', 'full')", name="kind"),
    comment="One row a loaded file.",
)
"""Every delivery. ``extract_date`` decides which of two deliveries is newer, not the order of loading."""

coverage = Table(
    "dekningsgrad",
    metadata,
    Column("orgnr", BigInteger, key="unit", primary_key=True, autoincrement=False),
    Column("aar", SmallInteger, key="year", primary_key=True, autoincrement=False),
    Column("i_begge", Integer, key="both", nullable=False),
    Column("kun_nhr", Integer, key="only_nhr", nullable=False),
    Column("kun_npr", Integer, key="only_npr", nullable=False),
    Column("leveranse", ForeignKey("leveranse.id"), key="delivery"),
    comment="Coverage against the patient registry: (both + only NHR) / (both + only NHR + only NPR).",
)
"""Yearly coverage a unit, by linking individuals in the two registries."""

aggregate = Table(
    "aggregat",
    metadata,
    Column("context", String(10), primary_key=True),  # caregiver, resident
    Column("orgnr", BigInteger, key="unit", primary_key=True, autoincrement=False),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("ind_id", String(40), key="indicator", primary_key=True),
    Column("var", Float, key="numerator", nullable=False),
    Column("denominator", Integer, nullable=False),
    Column("leveranse", ForeignKey("leveranse.id"), key="delivery"),
    comment="Published yearly results; a level's own row beats the sum of its children.",
)
"""Yearly aggregates in the published delivery format (context, year, orgnr, ind_id, var, denominator)."""

state = Table(
    "tilstand",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", String(255), nullable=False),
    comment="data_version (integer, rises with every change), synthetic (1 or 0, set by the generator alone).",
)

indicator = Table(
    "indikator",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("ind_id", String(40), key="id", unique=True, nullable=False),
    Column("definition_hash", String(64), nullable=False),
    comment="Which definition the stored facts were computed with; a short number that facts refer to.",
)

fact = Table(
    "fact",
    metadata,
    Column("indicator", SmallInteger, primary_key=True, autoincrement=False),
    Column("hospital", BigInteger, primary_key=True, autoincrement=False),
    Column("admitted_at", DateTime, primary_key=True),
    # akuttskjema.id, a number of ours that the app's database role may not read there
    Column("admission", Integer, primary_key=True, autoincrement=False),
    Column("success", SmallInteger, nullable=False),  # 1 or 0
    Column("minutes", Integer),  # of an interval indicator, else missing
    Column("age_band", SmallInteger),  # the first year of one of rules.AGE_BANDS
    Column("sex", String(6)),
    Column("diagnosis", SmallInteger),
    Column("nihss", SmallInteger),
    Column("early", Boolean),  # arrived within 4 h of onset; missing where onset is unknown
    sqlite_with_rowid=False,
    comment="One row an admission and indicator it is in the population of; raw treating hospital.",
)
"""Derived from the forms at every load; never edited. The last columns are those one may filter by."""

day_summary = Table(
    "day_summary",
    metadata,
    Column("indicator", SmallInteger, primary_key=True, autoincrement=False),
    Column("hospital", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("month", Integer, nullable=False),  # year * 12 + month - 1: quarter = month / 3, tertial = month / 4
    Column("numerator", Integer, nullable=False),
    Column("denominator", Integer, nullable=False),
    sqlite_with_rowid=False,
    comment="Facts summed a day, for unfiltered rates over many units.",
)

Index(None, fact.c.admission)

case_mix_model = Table(
    "case_mix_model",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outcome", String(20), nullable=False),
    Column("name", String(10), nullable=False),
    Column("fitted_at", DateTime, nullable=False),  # UTC
    Column("data_version", Integer, nullable=False),  # what it was fitted on
    Column("coefficients", JSON, nullable=False),
    Column("definition_hash", String(64), nullable=False),  # of the outcome, as in the table of indicators
    CheckConstraint("name IN ('national', 'registry')", name="name"),
    comment="Fitted case-mix models; the newest of an outcome and a name is in use. A row is never changed.",
)
"""What is expected of patients like these. The coefficients hold the period and the counts they were fitted on."""

expected = Table(
    "expected",
    metadata,
    Column("model", Integer, ForeignKey("case_mix_model.id"), primary_key=True, autoincrement=False),
    Column("admission", Integer, primary_key=True, autoincrement=False),  # akuttskjema.id
    Column("p", Float, nullable=False),  # 0-1
    sqlite_with_rowid=False,
    comment="Each admission's probability of the unwanted outcome, by the models in use.",
)
"""Derived from the acute forms and the stored models; never edited. In steps, so that p gives away no patient's age."""

outcome_fact = Table(
    "outcome_fact",
    metadata,
    Column("outcome", SmallInteger, primary_key=True, autoincrement=False),
    Column("admission", Integer, primary_key=True, autoincrement=False),  # akuttskjema.id
    Column("hospital", BigInteger, nullable=False),
    Column("admitted_at", DateTime, nullable=False),
    Column("missed", SmallInteger),  # 1 or 0; missing: it could have been known, and isn't
    sqlite_with_rowid=False,
    comment="One row an admission and outcome that it could have: the unwanted side happened or not.",
)
"""Derived from the forms at every load once models are fitted; never edited."""
