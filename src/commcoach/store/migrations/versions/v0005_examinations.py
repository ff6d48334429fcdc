"""Examinations: the calibration links with the verdicts on floors, none of them overwritten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Go one revision forward."""
    examinations = op.create_table(
        "examinations",
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("examined_at", TIME, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_examinations")),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name=op.f("fk_examinations_release")),
    )
    op.create_index(op.f("ix_examinations_release"), "examinations", ["release"])
    findings = op.create_table(
        "findings",
        sa.Column("examination", NUMBER, nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("fitting", JSON, nullable=True),
        sa.Column("verdict", JSON, nullable=True),
        sa.PrimaryKeyConstraint("examination", "criterion", name=op.f("pk_findings")),
        sa.ForeignKeyConstraint(
            ["examination"], ["examinations.place"], name=op.f("fk_findings_examination")
        ),
    )
    _take_over(examinations, findings)
    op.drop_table("calibrations")


def _take_over(examinations: sa.Table, findings: sa.Table) -> None:
    """Each link that was kept becomes an examination of its own; nobody knows who asked for it."""
    db = op.get_bind()
    old = sa.table(
        "calibrations",
        *map(sa.column, ("release", "engine", "version", "model", "criterion")),
        sa.column("fitted_at", TIME),
        sa.column("choice", JSON),
    )
    for row in db.execute(sa.select(old).order_by(old.c.fitted_at, old.c.criterion)).all():
        about = {name: getattr(row, name) for name in ("release", "engine", "version", "model")}
        added = db.execute(
            sa.insert(examinations).values(**about, examined_at=row.fitted_at, author="")
        )
        (place,) = added.inserted_primary_key or (0,)
        fitting = {"n": row.choice["n"], "link": row.choice, "refused": None}
        db.execute(
            sa.insert(findings).values(
                examination=place, criterion=row.criterion, fitting=fitting, verdict=None
            )
        )
