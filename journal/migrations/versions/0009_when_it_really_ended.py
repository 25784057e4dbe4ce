"""When an operation ended, our time, beside the workspace's"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operation", sa.Column("recorded_end_at", UtcTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("operation", "recorded_end_at")  # not in a batch: other tables refer to this one
