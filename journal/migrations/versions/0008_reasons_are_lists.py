"""Reasons are lists, as JSON: the name of an exclusion may hold what stood between two reasons"""

import json
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("forecast_reasons", "reasons")
EXCLUDED = "excluded:"
# The codes of the release before: what follows a `;` and is none of these belongs to the name in front of it.
CODES = frozenset(
    (
        "opted_out",
        "do_not_email",
        "already_enrolled",
        "already_sequenced",
        "recently_enrolled",
        "never_again",
        "play_cooldown",
        "play_runs_once",
        "mailbox_unavailable",
        "not_in_audience",
        "past_step_one",
        "not_queued",
        "missing_variable",
        "replied",
        "bounced",
        "task_closed",
        "unknown_sequence",
        "unknown_contact",
        "duplicate_row",
        "invalid_email",
        "needs_admin",
        "superseded",
        "not_approved",
        "timed_out",
        "moved_on",
        "no_step_left",
    )
)


def upgrade() -> None:
    _rewrite(lambda joined: json.dumps(_apart(joined)))


def downgrade() -> None:
    _rewrite(lambda listed: ";".join(json.loads(listed)))


def _apart(joined: str) -> list[str]:
    """The reasons that were joined by `;`, however many of those the exclusions' names hold."""
    found: list[str] = []
    for piece in joined.split(";") if joined else ():
        if not found or piece in CODES or piece.startswith(EXCLUDED):
            found.append(piece)
        else:
            found[-1] += f";{piece}"
    return found


def _rewrite(change: Callable[[str], str]) -> None:
    """Each different text is changed once, then all rows in one pass: there may be millions."""
    connection = op.get_bind()
    connection.execute(sa.text("CREATE TEMPORARY TABLE reasons_changed (was TEXT PRIMARY KEY, becomes TEXT NOT NULL)"))
    for column in COLUMNS:
        connection.execute(sa.text("DELETE FROM reasons_changed"))
        different = connection.execute(sa.text(f"SELECT DISTINCT {column} FROM outcome")).scalars().all()
        if different:
            connection.execute(
                sa.text("INSERT INTO reasons_changed (was, becomes) VALUES (:was, :becomes)"),
                [{"was": text, "becomes": change(text)} for text in different],
            )
        connection.execute(
            sa.text(f"UPDATE outcome SET {column} = (SELECT becomes FROM reasons_changed WHERE was = {column})")
        )
    connection.execute(sa.text("DROP TABLE reasons_changed"))
