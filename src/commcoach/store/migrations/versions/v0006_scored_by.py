"""Turns: who gave the levels, so that each is told by what is known of that very engine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go one revision forward."""
    op.add_column("turns", sa.Column("scored_by", sa.JSON(none_as_null=True), nullable=True))
