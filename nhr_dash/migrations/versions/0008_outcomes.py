"""Outcomes beside the facts, and with which definition of them a case-mix model was fitted."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A model from before has none, and is not in use until it is fitted anew.
    op.add_column(
        'case_mix_model', sa.Column('definition_hash', sa.String(length=64), nullable=False, server_default='')
    )
    op.create_table(
        'outcome_fact',
        sa.Column('outcome', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('admission', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('hospital', sa.BigInteger(), nullable=False),
        sa.Column('admitted_at', sa.DateTime(), nullable=False),
        sa.Column('missed', sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint('outcome', 'admission', name=op.f('pk_outcome_fact')),
        sqlite_with_rowid=False,
        comment='One row an admission and outcome that it could have: the unwanted side happened or not.',
    )
