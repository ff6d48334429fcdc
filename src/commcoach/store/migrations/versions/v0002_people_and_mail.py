"""People and the bot: learners, cohorts, mail, releases, corrections, the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one revision forward."""
    _make_people()
    _bind_sessions_to_learners()
    _date_turns()
    _make_records()
    _make_mail()


def _bind_sessions_to_learners() -> None:
    """Everybody who has practised becomes a learner, who speaks the language spoken last."""
    op.execute(
        "INSERT INTO learners (id, language, joined_at)"
        " SELECT learner,"
        " (SELECT language FROM sessions AS newest WHERE newest.learner = sessions.learner"
        " ORDER BY started_at DESC, id DESC LIMIT 1),"
        " min(started_at) FROM sessions GROUP BY learner"
    )
    with op.batch_alter_table("sessions") as sessions:
        sessions.create_foreign_key(
            op.f("fk_sessions_learner"), "learners", ["learner"], ["id"], ondelete="CASCADE"
        )


def _date_turns() -> None:
    """Turns get a time, that of the session for old ones; turns and set-asides their message."""
    op.add_column("turns", sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE turns SET taken_at ="
        " (SELECT started_at FROM sessions WHERE sessions.id = turns.session_id)"
    )
    with op.batch_alter_table("turns") as turns:
        turns.alter_column("taken_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        turns.add_column(sa.Column("message", sa.Text(), nullable=True))
        turns.create_unique_constraint(
            op.f("uq_turns_session_id_message"), ["session_id", "message"]
        )
    op.create_index(
        op.f("ix_turns_unscored"),
        "turns",
        ["taken_at"],
        sqlite_where=sa.text("gates IS NULL"),
        postgresql_where=sa.text("gates IS NULL"),
    )
    with op.batch_alter_table("set_aside_replies") as asides:
        asides.add_column(sa.Column("message", sa.Text(), nullable=True))
        asides.create_unique_constraint(
            op.f("uq_set_aside_replies_session_id_message"), ["session_id", "message"]
        )


def _make_people() -> None:
    op.create_table(
        "learners",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learners")),
    )
    op.create_table(
        "consents",
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner"], ["learners.id"], name=op.f("fk_consents_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner", "given_at", "version", name=op.f("pk_consents")),
    )
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
    )
    op.create_table(
        "invitations",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort"], ["cohorts.id"], name=op.f("fk_invitations_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_cohort"), "invitations", ["cohort"])
    op.create_table(
        "memberships",
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("cohort", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort"], ["cohorts.id"], name=op.f("fk_memberships_cohort"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["learner"], ["learners.id"], name=op.f("fk_memberships_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner", "cohort", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_cohort"), "memberships", ["cohort"])


def _make_records() -> None:
    op.create_table(
        "overrides",
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("turn_id", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_overrides_turn_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_turn_id"), "overrides", ["turn_id"])
    op.create_table(
        "contests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_contests_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contests")),
    )
    op.create_index(op.f("ix_contests_session_id"), "contests", ["session_id"])
    op.create_table(
        "model_calls",
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("prompt_hash", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("latency", sa.Double(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("learner", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_model_calls")),
    )
    op.create_index(op.f("ix_model_calls_called_at"), "model_calls", ["called_at"])
    op.create_index(op.f("ix_model_calls_learner"), "model_calls", ["learner"])
    op.create_table(
        "audit",
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"])
    op.create_table(
        "releases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_table(
        "contents",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_contents")),
    )


def _make_mail() -> None:
    op.create_table(
        "inbox",
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("bot", NUMBER, nullable=False),
        sa.Column("update_id", NUMBER, nullable=False),
        sa.Column("chat", NUMBER, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_inbox")),
        sa.UniqueConstraint("bot", "update_id", name=op.f("uq_inbox_bot_update_id")),
    )
    op.create_index(
        op.f("ix_inbox_unsettled"),
        "inbox",
        ["place"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("chat", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("buttons", sa.JSON(), nullable=True),
        sa.Column("edits", sa.Text(), nullable=True),
        sa.Column("recipe", sa.JSON(), nullable=True),
        sa.Column("hint", sa.Boolean(), nullable=False),
        sa.Column("fleeting", sa.Boolean(), nullable=False),
        sa.Column("promises", sa.Text(), nullable=True),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("message_id", NUMBER, nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "fate IN ('waiting', 'sending', 'sent', 'refused', 'blocked')",
            name=op.f("ck_outbox_fate"),
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_outbox_waiting"),
        "outbox",
        ["chat", "place"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "tallies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tallies")),
    )
    op.create_table(
        "chats",
        sa.Column("bot", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("expects", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner"], ["learners.id"], name=op.f("fk_chats_learner"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bot", "id", name=op.f("pk_chats")),
    )
    op.create_index(op.f("ix_chats_id"), "chats", ["id"])
    op.create_index(op.f("ix_chats_learner"), "chats", ["learner"])
