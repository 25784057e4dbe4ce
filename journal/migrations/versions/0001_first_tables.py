"""The journal's first tables"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("setting", sa.String(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=True),
        sa.Column("set_to", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("deadline", UtcTime(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.create_index(
            "one_open_loan",
            ["workspace", "setting"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'returning')"),
            postgresql_where=sa.text("state IN ('open', 'returning')"),
        )

    op.create_table(
        "operation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("acting_user", sa.String(), nullable=False),
        sa.Column("flow_run_id", sa.String(), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.Column("plan_hash", sa.String(), nullable=True),
        sa.Column("next", sa.JSON(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_flow_run_id"), ["flow_run_id"], unique=False)
        batch_op.create_index(
            "one_live_operation",
            ["workspace", "procedure", "subject"],
            unique=True,
            sqlite_where=sa.text("mode = 'live' AND ended_at IS NULL"),
            postgresql_where=sa.text("mode = 'live' AND ended_at IS NULL"),
        )

    op.create_table(
        "owner_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("intended_at", UtcTime(), nullable=False),
        sa.Column("applied_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("operation_id", "key"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("plan_hash", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("operation_id", "question", "plan_hash"),
    )
    op.create_table(
        "loan_holder",
        sa.Column("loan_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("alive_until", UtcTime(), nullable=False),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["loan_id"],
            ["loan.id"],
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
        ),
        sa.PrimaryKeyConstraint("loan_id", "operation_id"),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("sequence", sa.String(), nullable=True),
        sa.Column("mailbox", sa.String(), nullable=True),
        sa.Column("play", sa.String(), nullable=True),
        sa.Column("forecast", sa.String(), nullable=False),
        sa.Column("forecast_reasons", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("operation_id", "email"),
    )
    op.create_table(
        "snapshot_enrollment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("sequence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["owner_snapshot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("snapshot_enrollment", schema=None) as batch_op:
        batch_op.create_index("snapshot_enrollment_of", ["snapshot_id", "email"], unique=False)

    op.create_table(
        "wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("waits_for", sa.String(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("wakes_at", UtcTime(), nullable=False),
        sa.Column("latest", UtcTime(), nullable=False),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(), nullable=True),
        sa.Column("proved_by", sa.String(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("operation_id", "waits_for"),
    )


def downgrade() -> None:
    op.drop_table("wait")
    with op.batch_alter_table("snapshot_enrollment", schema=None) as batch_op:
        batch_op.drop_index("snapshot_enrollment_of")

    op.drop_table("snapshot_enrollment")
    op.drop_table("outcome")
    op.drop_table("loan_holder")
    op.drop_table("decision")
    op.drop_table("change")
    op.drop_table("owner_snapshot")
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_index(
            "one_live_operation",
            sqlite_where=sa.text("mode = 'live' AND ended_at IS NULL"),
            postgresql_where=sa.text("mode = 'live' AND ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_operation_flow_run_id"))

    op.drop_table("operation")
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_loan",
            sqlite_where=sa.text("state IN ('open', 'returning')"),
            postgresql_where=sa.text("state IN ('open', 'returning')"),
        )

    op.drop_table("loan")
