"""People, what they are granted, and an audit log that only grows."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'person',
        sa.Column('subject', sa.String(length=255), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('email', sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint('subject', name=op.f('pk_person')),
        comment="People who have or have had access, by the identity provider's subject.",
    )
    op.create_table(
        'access_grant',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person', sa.String(length=255), nullable=False),
        sa.Column('role', sa.String(length=10), nullable=False),
        sa.Column('unit', sa.BigInteger(), nullable=True),
        sa.Column('municipality', sa.String(length=80), nullable=True),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('given_by', sa.String(length=255), nullable=False),
        sa.Column('given_at', sa.DateTime(), nullable=False),
        sa.Column('revoked_by', sa.String(length=255), nullable=True),
        sa.Column('revoked_at', sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('reader', 'team', 'leader', 'fagraad', 'registry')", name=op.f('ck_access_grant_role')
        ),
        sa.ForeignKeyConstraint(['person'], ['person.subject'], name=op.f('fk_access_grant_person_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_access_grant')),
        comment='Who holds which role at which unit, from-to. A row is never deleted.',
    )
    op.create_index(op.f('ix_access_grant_person'), 'access_grant', ['person'])
    op.create_table(
        'audit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('person', sa.String(length=255), nullable=False),
        sa.Column('what', sa.String(length=20), nullable=False),
        sa.Column('about', sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
        comment='Who did what, and when. Rows are added; the database refuses to change or delete one.',
    )
    op.create_index(op.f('ix_audit_at'), 'audit', ['at'])
    op.create_index(op.f('ix_audit_person_what_about_at'), 'audit', ['person', 'what', 'about', 'at'])
    _only_grows(op.get_bind().dialect.name)


def _only_grows(dialect: str) -> None:
    """Refuse every change of a line that stands, in the database itself."""
    if dialect == 'sqlite':
        for change in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$"
    )
    op.execute(
        'CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit '
        'FOR EACH ROW EXECUTE FUNCTION audit_only_grows()'
    )
