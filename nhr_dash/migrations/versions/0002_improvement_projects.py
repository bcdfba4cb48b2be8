"""Improvement projects; events become records with a history, like everything a team writes."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def _stamps() -> list[sa.Column]:
    """What every record of a team carries."""
    return [
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('created_by', sa.String(length=120), nullable=False),
        sa.Column('changed_at', sa.DateTime(), nullable=False),
        sa.Column('changed_by', sa.String(length=120), nullable=False),
        sa.Column('deleted_at', sa.DateTime(), nullable=True),
    ]


def upgrade() -> None:
    op.create_table('change',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project', sa.String(length=36), nullable=True),
    sa.Column('record_table', sa.String(length=30), nullable=False),
    sa.Column('record', sa.String(length=36), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('changed_by', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change'))
    )
    with op.batch_alter_table('change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_project'), ['project'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_record'), ['record'], unique=False)

    op.create_table('project',
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('unit', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('stop_reason', sa.Text(), nullable=False),
    sa.Column('funding', sa.String(length=20), nullable=False),
    sa.Column('initiator', sa.String(length=20), nullable=False),
    sa.Column('reach', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('origin', sa.String(length=36), nullable=True),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('background', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('aim_what', sa.String(length=200), nullable=False),
    sa.Column('aim_whom', sa.String(length=200), nullable=False),
    sa.Column('aim_value', sa.Double(), nullable=True),
    sa.Column('aim_strict', sa.Boolean(), nullable=False),
    sa.Column('aim_by', sa.Date(), nullable=True),
    sa.Column('aim_agreed', sa.String(length=200), nullable=False),
    sa.Column('dimensions', sa.JSON(), nullable=False),
    sa.Column('anchored_clinic', sa.String(length=200), nullable=False),
    sa.Column('anchored_management', sa.String(length=200), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('risks', sa.Text(), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('keeper', sa.String(length=200), nullable=False),
    sa.Column('lessons', sa.Text(), nullable=False),
    sa.Column('package', sa.Text(), nullable=False),
    sa.Column('contact', sa.String(length=200), nullable=False),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('published', sa.Boolean(), nullable=False),
    *_stamps(),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project'))
    )
    op.create_table('change_idea',
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('primary_driver', sa.String(length=200), nullable=False),
    sa.Column('secondary_driver', sa.String(length=200), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('origin', sa.String(length=36), nullable=True),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_change_idea_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_idea'))
    )
    with op.batch_alter_table('change_idea', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_idea_project'), ['project'], unique=False)

    op.create_table('chart_event',
    sa.Column('project', sa.String(length=36), nullable=True),
    sa.Column('unit', sa.BigInteger(), nullable=True),
    sa.Column('indicator', sa.String(length=40), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('assumed', sa.Boolean(), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_chart_event_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chart_event'))
    )
    with op.batch_alter_table('chart_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chart_event_project'), ['project'], unique=False)
        batch_op.create_index(batch_op.f('ix_chart_event_unit_indicator'), ['unit', 'indicator'], unique=False)

    op.create_table('decision',
    sa.Column('project', sa.String(length=36), nullable=True),
    sa.Column('unit', sa.BigInteger(), nullable=False),
    sa.Column('indicator', sa.String(length=40), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('by_role', sa.String(length=200), nullable=False),
    sa.Column('follow_up_on', sa.Date(), nullable=True),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_decision_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_project'), ['project'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_unit_decided_on'), ['unit', 'decided_on'], unique=False)

    op.create_table('deliverable',
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('delivered_on', sa.Date(), nullable=True),
    sa.Column('progress', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_deliverable_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliverable'))
    )
    with op.batch_alter_table('deliverable', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deliverable_project'), ['project'], unique=False)

    op.create_table('obstacle',
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('decides', sa.String(length=200), nullable=False),
    sa.Column('by', sa.Date(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_obstacle_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_obstacle'))
    )
    with op.batch_alter_table('obstacle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_obstacle_project'), ['project'], unique=False)

    op.create_table('project_measure',
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('indicator', sa.String(length=40), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('definition', sa.Text(), nullable=False),
    sa.Column('data_kind', sa.String(length=20), nullable=False),
    sa.Column('direction', sa.BigInteger(), nullable=False),
    sa.Column('target', sa.Double(), nullable=True),
    sa.Column('baseline_from', sa.Date(), nullable=True),
    sa.Column('baseline_to', sa.Date(), nullable=True),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_project_measure_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_measure'))
    )
    with op.batch_alter_table('project_measure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_measure_indicator'), ['indicator'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_measure_project'), ['project'], unique=False)

    op.create_table('project_member',
    sa.Column('role', sa.String(length=200), nullable=False),
    sa.Column('task', sa.String(length=200), nullable=False),
    sa.Column('patient', sa.Boolean(), nullable=False),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_project_member_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_member'))
    )
    with op.batch_alter_table('project_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_member_project'), ['project'], unique=False)

    op.create_table('project_phase',
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_project_phase_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_phase'))
    )
    with op.batch_alter_table('project_phase', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_phase_project'), ['project'], unique=False)

    op.create_table('project_unit',
    sa.Column('unit', sa.BigInteger(), nullable=False),
    sa.Column('commitment', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_project_unit_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_unit'))
    )
    with op.batch_alter_table('project_unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_unit_project'), ['project'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_unit_unit'), ['unit'], unique=False)

    op.create_table('task',
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('owner', sa.String(length=200), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_task_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task'))
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_project'), ['project'], unique=False)

    op.create_table('cycle',
    sa.Column('unit', sa.BigInteger(), nullable=True),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('idea', sa.String(length=36), nullable=True),
    sa.Column('follows', sa.String(length=36), nullable=True),
    sa.Column('scale', sa.String(length=20), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('measure', sa.String(length=36), nullable=True),
    sa.Column('prediction_kind', sa.String(length=20), nullable=False),
    sa.Column('prediction_value', sa.Double(), nullable=True),
    sa.Column('prediction_of', sa.Double(), nullable=True),
    sa.Column('prediction', sa.Text(), nullable=False),
    sa.Column('plan_what', sa.Text(), nullable=False),
    sa.Column('plan_who', sa.String(length=200), nullable=False),
    sa.Column('plan_where', sa.String(length=200), nullable=False),
    sa.Column('plan_data', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('happened', sa.Text(), nullable=False),
    sa.Column('deviations', sa.Text(), nullable=False),
    sa.Column('learned', sa.Text(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('act_why', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['follows'], ['cycle.id'], name=op.f('fk_cycle_follows')),
    sa.ForeignKeyConstraint(['idea'], ['change_idea.id'], name=op.f('fk_cycle_idea')),
    sa.ForeignKeyConstraint(['measure'], ['project_measure.id'], name=op.f('fk_cycle_measure')),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_cycle_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cycle'))
    )
    with op.batch_alter_table('cycle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cycle_project'), ['project'], unique=False)

    op.create_table('measure_point',
    sa.Column('measure', sa.String(length=36), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('numerator', sa.Double(), nullable=True),
    sa.Column('denominator', sa.Double(), nullable=True),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['measure'], ['project_measure.id'], name=op.f('fk_measure_point_measure')),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_measure_point_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure_point'))
    )
    with op.batch_alter_table('measure_point', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_measure_point_measure'), ['measure'], unique=False)
        batch_op.create_index(batch_op.f('ix_measure_point_project'), ['project'], unique=False)

    op.create_table('project_effect',
    sa.Column('measure', sa.String(length=36), nullable=False),
    sa.Column('unit', sa.BigInteger(), nullable=False),
    sa.Column('before_from', sa.Date(), nullable=False),
    sa.Column('before_until', sa.Date(), nullable=False),
    sa.Column('after_from', sa.Date(), nullable=False),
    sa.Column('after_until', sa.Date(), nullable=False),
    sa.Column('before', sa.Double(), nullable=False),
    sa.Column('before_patients', sa.BigInteger(), nullable=False),
    sa.Column('after', sa.Double(), nullable=False),
    sa.Column('after_patients', sa.BigInteger(), nullable=False),
    sa.Column('difference', sa.Double(), nullable=False),
    sa.Column('low', sa.Double(), nullable=False),
    sa.Column('high', sa.Double(), nullable=False),
    sa.Column('grade', sa.String(length=30), nullable=False),
    sa.Column('data_version', sa.BigInteger(), nullable=False),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['measure'], ['project_measure.id'], name=op.f('fk_project_effect_measure')),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_project_effect_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_effect'))
    )
    with op.batch_alter_table('project_effect', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_effect_project'), ['project'], unique=False)

    op.create_table('quick_entry',
    sa.Column('cycle', sa.String(length=36), nullable=True),
    sa.Column('unit', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('shift', sa.String(length=20), nullable=False),
    sa.Column('followed', sa.Boolean(), nullable=False),
    sa.Column('minutes', sa.Double(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('project', sa.String(length=36), nullable=False),
    *_stamps(),
    sa.ForeignKeyConstraint(['cycle'], ['cycle.id'], name=op.f('fk_quick_entry_cycle')),
    sa.ForeignKeyConstraint(['project'], ['project.id'], name=op.f('fk_quick_entry_project')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quick_entry'))
    )
    with op.batch_alter_table('quick_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quick_entry_cycle'), ['cycle'], unique=False)
        batch_op.create_index(batch_op.f('ix_quick_entry_project'), ['project'], unique=False)

    _move_events()
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_unit_indicator'))

    op.drop_table('event')


def _move_events() -> None:
    """Every event of the first schema as it stood, under a UUID."""
    connection = op.get_bind()
    old = sa.Table("event", sa.MetaData(), autoload_with=connection)
    new = sa.Table("chart_event", sa.MetaData(), autoload_with=connection)
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {
            "id": str(uuid4()),
            "version": 1,
            "created_at": now,
            "created_by": "",
            "changed_at": now,
            "changed_by": "",
            "unit": row.unit,
            "indicator": row.indicator,
            "kind": row.kind,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "title": row.title_nb,
            "title_en": row.title_en,
            "note": row.note or "",
            "reference": row.source or "",
            "assumed": bool(row.assumed),
        }
        for row in connection.execute(sa.select(old))
    ]
    if rows:
        connection.execute(new.insert(), rows)
