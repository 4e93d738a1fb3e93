"""Alembic's entry: runs the steps on the connection, and inside the transaction, that it is given."""

from alembic import context

from tracker.clinic.records.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
