"""Who started an operation and from where, when its plan was made, and what the person who answered was shown"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("started_by", "started_from", "deployment"):
        op.add_column("operation", sa.Column(name, sa.String(), nullable=True))
    op.add_column("operation", sa.Column("planned_at", UtcTime(), nullable=True))
    op.add_column("decision", sa.Column("shown", sa.JSON(), nullable=True))
    op.add_column("question", sa.Column("workspace_time", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("question", "workspace_time")
    op.drop_column("decision", "shown")
    for name in ("planned_at", "deployment", "started_from", "started_by"):
        op.drop_column("operation", name)  # not in a batch: other tables refer to this one
