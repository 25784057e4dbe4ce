"""Who ran at one look and not at the next, until a night accounts for them; looks that were cut short"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("owner_snapshot") as batch_op:
        batch_op.add_column(sa.Column("owner_seen_at", UtcTime(), nullable=True))
        batch_op.add_column(sa.Column("recorded_at", UtcTime(), nullable=True))
        batch_op.add_column(sa.Column("complete", sa.Boolean(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("gone", sa.Boolean(), nullable=False, server_default="0"))
    op.create_table(
        "departed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("sequence", sa.String(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("departed_of", "departed", ["workspace", "email"])
    op.create_index("departed_named_by", "departed", ["named_by", "id"])


def downgrade() -> None:
    op.drop_table("departed")
    with op.batch_alter_table("owner_snapshot") as batch_op:
        batch_op.drop_column("gone")
        batch_op.drop_column("complete")
        batch_op.drop_column("recorded_at")
        batch_op.drop_column("owner_seen_at")
