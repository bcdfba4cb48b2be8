"""Proposals of other limits for indicators."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'limit_proposal',
        sa.Column('indicator', sa.String(length=40), nullable=False),
        sa.Column('year', sa.BigInteger(), nullable=False),
        sa.Column('high', sa.Double(), nullable=False),
        sa.Column('moderate', sa.Double(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('by_role', sa.String(length=20), nullable=False),
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('created_by', sa.String(length=120), nullable=False),
        sa.Column('changed_at', sa.DateTime(), nullable=False),
        sa.Column('changed_by', sa.String(length=120), nullable=False),
        sa.Column('deleted_at', sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_limit_proposal')),
    )
    op.create_index(op.f('ix_limit_proposal_indicator'), 'limit_proposal', ['indicator'])
