"""An operation's own sign of life, in our time; what deployed runs ask on forms; loans that were taken up again"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("operation") as batch_op:
        batch_op.add_column(sa.Column("deployed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("alive_until", UtcTime(), nullable=True))
        batch_op.add_column(sa.Column("woken", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("loan") as batch_op:
        batch_op.add_column(sa.Column("reopened", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("loan_holder") as batch_op:
        batch_op.drop_column("alive_until")
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("operation_id", "question", "key"),
    )


def downgrade() -> None:
    op.drop_table("question")
    with op.batch_alter_table("loan_holder") as batch_op:
        batch_op.add_column(sa.Column("alive_until", UtcTime(), nullable=False, server_default="2000-01-01 00:00:00"))
    with op.batch_alter_table("loan") as batch_op:
        batch_op.drop_column("reopened")
    with op.batch_alter_table("operation") as batch_op:
        batch_op.drop_column("woken")
        batch_op.drop_column("alive_until")
        batch_op.drop_column("deployed")
