"""Practice: sessions, turns, scores, evidence, replies set aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go one revision forward."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(
        op.f("ix_sessions_learner_started_at"), "sessions", ["learner", "started_at"], unique=False
    )
    op.create_table(
        "set_aside_replies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_set_aside_replies_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside_replies")),
    )
    op.create_index(
        op.f("ix_set_aside_replies_session_id"), "set_aside_replies", ["session_id"], unique=False
    )
    op.create_table(
        "turns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=True),
        sa.Column("reaction", sa.JSON(), nullable=True),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("gates", sa.JSON(), nullable=True),
        sa.Column("repairs", sa.JSON(), nullable=True),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_turns_attempt")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_turns_number")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_turns_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint(
            "session_id", "number", "attempt", name=op.f("uq_turns_session_id_number_attempt")
        ),
    )
    op.create_table(
        "scores",
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("probabilities", sa.JSON(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(status = 'scored') = (level IS NOT NULL)"
            " AND (status = 'scored') = (expected IS NOT NULL)",
            name=op.f("ck_scores_level_only_if_scored"),
        ),
        sa.CheckConstraint(
            "status IN ('scored', 'not_applicable', 'unscored')", name=op.f("ck_scores_status")
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_scores_turn_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("turn_id", "criterion", name=op.f("pk_scores")),
    )
    op.create_table(
        "evidence",
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("source IN ('reply', 'context')", name=op.f("ck_evidence_source")),
        sa.ForeignKeyConstraint(
            ["turn_id", "criterion"],
            ["scores.turn_id", "scores.criterion"],
            name=op.f("fk_evidence_turn_id_criterion"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("turn_id", "criterion", "position", name=op.f("pk_evidence")),
    )
