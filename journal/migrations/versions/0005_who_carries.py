"""Which process carries an operation, since when, and until when it has promised a sign of life"""

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("operation") as batch_op:
        batch_op.add_column(sa.Column("carrier", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("carried_since", UtcTime(), nullable=True))
        batch_op.add_column(sa.Column("carrier_until", UtcTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("operation") as batch_op:
        batch_op.drop_column("carrier_until")
        batch_op.drop_column("carried_since")
        batch_op.drop_column("carrier")
