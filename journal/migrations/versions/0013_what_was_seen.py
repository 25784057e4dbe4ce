"""What calibrations saw of how a workspace behaves"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("operation_id", "question"),
    )
    op.create_index("seen_fact_of_workspace", "seen_fact", ["workspace"])


def downgrade() -> None:
    op.drop_index("seen_fact_of_workspace", table_name="seen_fact")
    op.drop_table("seen_fact")
