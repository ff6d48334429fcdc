"""Models: why the embedded engine stood in, and what a model said about a talk as a whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go one revision forward."""
    op.add_column("sessions", sa.Column("summary", sa.Text(), nullable=True))
    op.add_column("turns", sa.Column("line_stand_in", sa.Text(), nullable=True))
    op.add_column("turns", sa.Column("score_stand_in", sa.Text(), nullable=True))
