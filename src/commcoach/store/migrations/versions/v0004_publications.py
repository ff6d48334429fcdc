"""Publications: which release is in force, and the calibration links of its criteria."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one revision forward."""
    op.add_column("scores", sa.Column("calibrated", sa.Double(), nullable=True))
    op.create_table(
        "publications",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rolled_back", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publications")),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name=op.f("fk_publications_release")),
    )
    op.create_table(
        "calibrations",
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(
            "release", "engine", "version", "model", "criterion", name=op.f("pk_calibrations")
        ),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name=op.f("fk_calibrations_release")),
    )
