"""Fitted case-mix models, and what they expect of each admission."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'case_mix_model',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('outcome', sa.String(length=20), nullable=False),
        sa.Column('name', sa.String(length=10), nullable=False),
        sa.Column('fitted_at', sa.DateTime(), nullable=False),
        sa.Column('data_version', sa.Integer(), nullable=False),
        sa.Column('coefficients', sa.JSON(), nullable=False),
        sa.CheckConstraint("name IN ('national', 'registry')", name=op.f('ck_case_mix_model_name')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_mix_model')),
        comment='Fitted case-mix models; the newest of an outcome and a name is in use. A row is never changed.',
    )
    op.create_table(
        'expected',
        sa.Column('model', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('admission', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('p', sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ['model'], ['case_mix_model.id'], name=op.f('fk_expected_model_case_mix_model')
        ),
        sa.PrimaryKeyConstraint('model', 'admission', name=op.f('pk_expected')),
        sqlite_with_rowid=False,
        comment="Each admission's probability of the unwanted outcome, by the models in use.",
    )
