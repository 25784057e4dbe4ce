"""Enrolling whom the platform's backlog cancelled instead of moving (C6)."""

import pandas as pd

from models.backlog_plan import BacklogMove
from tasks.operation import Operation

NOT_LET_IN = "was cancelled, and not let in again"


def enroll_again(operation: Operation, move: BacklogMove, cancelled: pd.DataFrame) -> dict[str, str | None]:
    """Enroll these (columns `email, sequence, mailbox`) from the mailboxes planned for them, else by turns; give the
    refusal of each, or None.

    Whoever runs there already is refused with `already_enrolled`: nobody is enrolled twice.
    """
    if cancelled.empty:
        return {}
    by_turns = (move.mailboxes[at % len(move.mailboxes)] for at in range(len(cancelled)))
    planned = [mailbox if known else turn for mailbox, known, turn in zip(
        cancelled["mailbox"], cancelled["mailbox"].notna(), by_turns, strict=True
    )]  # fmt: skip
    answer = operation.platform.enroll(cancelled[["email", "sequence"]].assign(mailbox=planned))
    return dict(zip(answer["email"], answer["reason"], strict=True))
