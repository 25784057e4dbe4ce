"""What a question shows; and which forecasts rest on what the platform does not tell"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("question") as batch_op:
        batch_op.add_column(sa.Column("sections", sa.JSON(), nullable=True))
    with op.batch_alter_table("outcome") as batch_op:
        batch_op.add_column(sa.Column("unknown", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("outcome") as batch_op:
        batch_op.drop_column("unknown")
    with op.batch_alter_table("question") as batch_op:
        batch_op.drop_column("sections")
