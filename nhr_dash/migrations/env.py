"""Alembic's entry: runs the migrations on the connection it is handed."""

from alembic import context

from nhr_dash.improvement import models as _models  # noqa: F401 (registers its tables)
from nhr_dash.improvement import tables as _improvement  # noqa: F401
from nhr_dash.registry import forms as _forms  # noqa: F401
from nhr_dash.registry import people as _people  # noqa: F401
from nhr_dash.registry import tables as _tables  # noqa: F401
from nhr_dash.registry.metadata import metadata
from nhr_dash.roles import app_role, give_rights
from nhr_dash.settings import settings
from nhr_dash.signin import sessions as _sessions  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
role = app_role(settings())
if role:
    give_rights(context.config.attributes["connection"], role)
