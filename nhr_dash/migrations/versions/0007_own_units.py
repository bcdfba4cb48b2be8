"""Facts hold bands of age; PostgreSQL shows the forms of a transaction's own units alone (their owner sees all)."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

UNITS = "(SELECT string_to_array(nullif(current_setting('nhr.units', true), ''), ',')::bigint[])"
OF_AN_OWN_ADMISSION = 'EXISTS (SELECT FROM akuttskjema a WHERE a."SkjemaGUID" = "HovedskjemaGUID")'
POLICIES = {
    # Who was thrombolysed or thrombectomised at a hospital is its patient too, where another one fills in the form.
    'akuttskjema': f'orgnr = ANY ({UNITS}::bigint[]) OR "TrombolyseOrgnr" = ANY ({UNITS}::bigint[]) '
    'OR "SkjemaGUID" IN (SELECT treated_here())',
    'oppfolgingsskjema': OF_AN_OWN_ADMISSION,  # of those that the policy above lets through
    'trombektomiskjema': OF_AN_OWN_ADMISSION,
    'pakkeforlopkode': f'orgnr = ANY ({UNITS}::bigint[])',
}
ELSEWHERE = sa.text('"TrombolyseOrgnr" IS NOT NULL')
COUNTED = "key IN ('data_version', 'team_version')"


def upgrade() -> None:
    op.execute('UPDATE fact SET age = CASE WHEN age < 60 THEN 0 WHEN age < 90 THEN age / 10 * 10 ELSE 90 END '
               'WHERE age IS NOT NULL')  # fmt: skip
    op.execute('ALTER TABLE fact RENAME COLUMN age TO age_band')
    op.execute(
        'CREATE VIEW mottak AS SELECT orgnr, "Innleggelsestidspunkt", "ForsteGangMottatt" FROM akuttskjema '
        'WHERE "TrukketTilbake" IS NOT TRUE'
    )
    op.create_index(
        op.f('ix_akuttskjema_TrombolyseOrgnr'),
        'akuttskjema',
        ['TrombolyseOrgnr'],
        sqlite_where=ELSEWHERE,
        postgresql_where=ELSEWHERE,
    )
    if op.get_bind().dialect.name != 'postgresql':
        return
    # as the tables' owner: the two forms' policies can't ask each other
    op.execute(
        'CREATE FUNCTION treated_here() RETURNS SETOF varchar LANGUAGE sql STABLE SECURITY DEFINER '
        'SET search_path = public, pg_temp AS '
        f'$$ SELECT "HovedskjemaGUID" FROM trombektomiskjema WHERE "SenterOrgnr" = ANY ({UNITS}::bigint[]) $$'
    )
    for table, own in POLICIES.items():
        op.execute(f'ALTER TABLE {table} ENABLE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY own_units ON {table} FOR SELECT USING ({own})')
    # The app counts the versions up; what marks a registry as synthetic is the loader's.
    op.execute('ALTER TABLE tilstand ENABLE ROW LEVEL SECURITY')
    op.execute('CREATE POLICY known ON tilstand FOR SELECT USING (true)')
    op.execute(f'CREATE POLICY counted ON tilstand FOR INSERT WITH CHECK ({COUNTED})')
    op.execute(f'CREATE POLICY counted_up ON tilstand FOR UPDATE USING ({COUNTED})')
