"""Who answered a form, also where the run that came back had nothing left to ask"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("answered_by", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("question") as question:
        question.drop_column("answered_by")
