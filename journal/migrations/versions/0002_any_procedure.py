"""What a plan tells, whichever procedure's it is; several rows for a contact who has several tasks"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# 0001 left the constraint to the database to name; SQLite gives none, and Alembic needs one to take it away.
NAMES = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def unnamed() -> str:
    sqlite = op.get_bind().dialect.name == "sqlite"
    return "uq_outcome_operation_id" if sqlite else "outcome_operation_id_email_key"


def upgrade() -> None:
    op.add_column("operation", sa.Column("told", sa.JSON(), nullable=True))
    constraint = unnamed()
    with op.batch_alter_table("outcome", naming_convention=NAMES) as batch_op:
        batch_op.add_column(sa.Column("item", sa.String(), nullable=False, server_default=""))
        batch_op.drop_constraint(constraint, type_="unique")
        batch_op.create_unique_constraint("outcome_of_a_contact", ["operation_id", "email", "item"])


def downgrade() -> None:
    constraint = unnamed()
    with op.batch_alter_table("outcome") as batch_op:
        batch_op.drop_constraint("outcome_of_a_contact", type_="unique")
        batch_op.drop_column("item")
        batch_op.create_unique_constraint(constraint, ["operation_id", "email"])
    op.drop_column("operation", "told")
