"""Phases and exclusions that were removed keep their row; a phase keeps the answers it was set with."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

STANDS = sa.text('removed_at IS NULL')


def upgrade() -> None:
    for table in ('chart_phase', 'chart_exclusion'):
        op.add_column(table, sa.Column('removed_at', sa.DateTime(), nullable=True))
        op.add_column(table, sa.Column('removed_by', sa.String(length=120), nullable=True))
    op.add_column('chart_phase', sa.Column('answers', sa.JSON(), nullable=True))
    name = op.f('ix_chart_phase_unit_indicator_starts_on')
    op.drop_index(name, 'chart_phase')
    op.create_index(
        name,
        'chart_phase',
        ['unit', 'indicator', 'starts_on'],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
