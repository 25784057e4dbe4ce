"""When the last sweep of a workspace ended, also of one that found nothing to do"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweep",
        sa.Column("workspace", sa.String(), primary_key=True),
        sa.Column("last_ended_at", UtcTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sweep")
