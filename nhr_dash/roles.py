"""Two roles of a PostgreSQL database: the app's, which people's requests reach, and the loader's, which owns it all.

What an administrator of the server must do is a script (:func:`script`). The rest is the loader's to give: it owns the
tables, and gives the app's role its rights after each migration (:func:`give_rights`).
"""

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.dialects import postgresql

from nhr_dash.improvement import tables as charts
from nhr_dash.improvement.models import Base
from nhr_dash.registry.forms import FORMS, acute, pathway_code
from nhr_dash.registry.people import access_grant, audit, person
from nhr_dash.registry.tables import state
from nhr_dash.settings import Settings
from nhr_dash.signin.sessions import TABLES as SIGN_IN

CHANGED = frozenset(
    {one.class_.__tablename__ for one in Base.registry.mappers}
    | {one.name for one in (charts.chart_phase, charts.chart_exclusion, person, *SIGN_IN)}
)
"""Tables whose rows the app writes, changes and removes."""
KEPT = {audit.name: "SELECT, INSERT", access_grant.name: "SELECT, INSERT, UPDATE", state.name: "SELECT, INSERT, UPDATE"}
"""Tables that the app only adds to, or removes nothing from."""
UNSEEN = frozenset({acute.c.id, acute.c.patient_key, acute.c.course_key, pathway_code.c.id, pathway_code.c.patient_key})
"""Columns of the forms that the app's role may not read: the numbers that facts refer to, and the keys of patients."""

_quoted = postgresql.dialect().identifier_preparer.quote


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


class NotTwoRoles(Exception):
    """The settings don't name two roles of a PostgreSQL database."""


def app_role(chosen: Settings) -> str | None:
    """The app's role; None where the app and the loader are one, as on SQLite."""
    app, loader = make_url(chosen.database_url).username, make_url(chosen.loader_url).username
    return app if app and app != loader else None


def script(chosen: Settings) -> str:
    """SQL for an administrator of the server, connected to the database; safe to repeat. It holds no passwords.

    Makes both roles, lets the loader's make tables, and gives it those that stand. Raises :class:`NotTwoRoles`.
    """
    app, owner = app_role(chosen), make_url(chosen.loader_url)
    if app is None or owner.username is None or owner.database is None:
        raise NotTwoRoles
    role, loader, database = _quoted(app), _quoted(owner.username), _quoted(owner.database)
    return f"""\
DO $made$
BEGIN
  IF to_regrole({_text(role)}) IS NULL THEN CREATE ROLE {role} LOGIN; END IF;
  IF to_regrole({_text(loader)}) IS NULL THEN CREATE ROLE {loader} LOGIN; END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = {_text(app)} AND (rolsuper OR rolbypassrls)) THEN
    RAISE EXCEPTION '% sees every row: it must be no superuser, and have no BYPASSRLS', {_text(app)};
  END IF;
END $made$;
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {role};
GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {loader};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {role};
GRANT USAGE, CREATE ON SCHEMA public TO {loader};
DO $owned$
DECLARE one oid;
BEGIN
  FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO %I', one::regclass, {_text(owner.username)});
  END LOOP;
  FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND proname IN ('audit_only_grows', 'treated_here') LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', one::regprocedure, {_text(owner.username)});
  END LOOP;
END $owned$;
"""


def give_rights(connection: Connection, role: str) -> None:
    """Give the app's role what it may do, and nothing else, in the loader's transaction.

    It reads every table, but of the forms only its own units' rows and no column in :data:`UNSEEN`; it changes what
    teams write and adds to the audit log. Nothing happens where the server doesn't know the role.
    """
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.dialect.name != "postgresql" or connection.scalar(known, {"role": role}) is None:
        return
    grantee, forms = _quoted(role), {form.name: form for form in FORMS}
    found = inspect(connection)
    connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {grantee}")
    for name in (*found.get_table_names(), *found.get_view_names()):
        rights = KEPT.get(name, "SELECT, INSERT, UPDATE, DELETE" if name in CHANGED else "SELECT")
        if name in forms:
            seen = ", ".join(_quoted(column.name) for column in forms[name].c if column not in UNSEEN)
            rights = f"SELECT ({seen})"
        connection.exec_driver_sql(f"GRANT {rights} ON {_quoted(name)} TO {grantee}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {grantee}")
