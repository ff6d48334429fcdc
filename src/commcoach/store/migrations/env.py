"""What Alembic runs around the revisions: on our connection, in our transaction."""

from __future__ import annotations

from alembic import context

from commcoach.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
