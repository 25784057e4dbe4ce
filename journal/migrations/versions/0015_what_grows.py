"""Indices for what grows with the years, and what stays of contacts that were removed"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UNDER_WAY, PENDING = sa.text("ended_at IS NULL"), sa.text("ended IS NULL")
WAITING = sa.text("outcome = 'blocked' AND reasons = '[\"recently_enrolled\"]'")


def upgrade() -> None:
    op.create_index("operation_recorded", "operation", ["recorded_at"])
    op.create_index("operation_under_way", "operation", ["id"], sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)
    columns = ["workspace", "procedure", "mode", "recorded_at", "ended_at"]
    op.create_index("operation_of_procedure", "operation", columns)
    op.create_index("operation_started_by", "operation", ["started_by"])
    op.create_index("outcome_waiting", "outcome", ["operation_id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("loan_holder_of_operation", "loan_holder", ["operation_id"])
    op.create_index("wait_pending", "wait", ["id"], sqlite_where=PENDING, postgresql_where=PENDING)
    with op.batch_alter_table("sweep") as sweep:
        sweep.add_column(sa.Column("removed_at", UtcTime(), nullable=True))
    op.create_table(
        "removed_contacts",
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("removed_at", UtcTime(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("forecasts", sa.JSON(), nullable=True),
        sa.Column("outcomes", sa.JSON(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=True),
        sa.Column("verdicts", sa.JSON(), nullable=True),
        sa.Column("as_forecast", sa.Boolean(), nullable=False),
        sa.Column("mailboxes", sa.JSON(), nullable=True),
        sa.Column("rehearsal", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"]),
        sa.PrimaryKeyConstraint("operation_id"),
    )


def downgrade() -> None:
    op.drop_table("removed_contacts")
    with op.batch_alter_table("sweep") as sweep:
        sweep.drop_column("removed_at")
    op.drop_index("wait_pending", table_name="wait")
    op.drop_index("loan_holder_of_operation", table_name="loan_holder")
    op.drop_index("outcome_waiting", table_name="outcome")
    for name in ("operation_started_by", "operation_of_procedure", "operation_under_way", "operation_recorded"):
        op.drop_index(name, table_name="operation")
