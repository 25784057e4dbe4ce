"""Which wave a contact is enrolled in"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outcome", sa.Column("wave", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("outcome", "wave")
